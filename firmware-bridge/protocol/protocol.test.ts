import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MissionItem } from '../../missions/mission-item.ts';
import { setMode } from '../autopilot/commands.ts';
import type { CommandOutcome, VehicleState } from '../model.ts';
import { type CommandInput, type CommandSpec, commandMachine } from './command.ts';
import { compareMissions, hashPlan } from './compare-missions.ts';
import { type DownloadInput, downloadMachine } from './mission-download.ts';
import { type UploadInput, uploadMachine } from './mission-upload.ts';
import type { CommonInput, Effect, Machine } from './step.ts';

const TARGET = { systemId: 1, componentId: 1 };

/** Runs a machine over timed inputs; effects as short words, timers only as they are named. */
function drive<S, I, O, P>(
  machine: Machine<S, I, O, P>,
  inputs: readonly (readonly [atMs: number, input: I | CommonInput])[],
): { readonly trace: string[]; readonly outcome: O | undefined; readonly state: S } {
  let state = machine.initial;
  const trace: string[] = [];
  for (const [atMs, input] of inputs) {
    const step = machine.step(state, input, atMs);
    state = step.state;
    for (const effect of step.effects) trace.push(word(effect));
    if (step.outcome !== undefined) return { trace, outcome: step.outcome, state };
  }
  return { trace, outcome: undefined, state };
}

function word(effect: Effect<unknown>): string {
  switch (effect.kind) {
    case 'send': {
      const { seq, count, type, confirmation } = effect.message as unknown as Record<
        string,
        number | undefined
      >;
      return `${effect.message.constructor.name} ${seq ?? count ?? type ?? confirmation ?? ''}`.trim();
    }
    case 'startTimer':
      return `${effect.timer}+${effect.afterMs}`;
    case 'stopTimer':
      return `-${effect.timer}`;
    case 'progress':
      return 'progress';
  }
}

const start: CommonInput = { kind: 'start' };
const timer = (name: string): CommonInput => ({ kind: 'timer', timer: name });

describe('command machine', () => {
  const mode = setMode({
    modeName: 'RTL',
    params: [6, 0],
    customMode: 6,
    giveUpMs: 5_000,
    persistent: false,
  });
  const persistent = { ...mode, persistent: true };
  const arm: CommandSpec = {
    name: 'arm',
    command: 400,
    params: [1],
    commandClass: 'one-shot',
    giveUpMs: 8_000,
    persistent: false,
    confirm: {
      expected: 'armed',
      seen: (state) => state.armed === true,
      observed: (state) => String(state.armed),
      reportedAtMs: (state) => state.mode?.receivedAtMs ?? null,
      withinMs: 4_000,
    },
  };
  const ack = (result: number): CommandInput => ({ kind: 'ack', result, progressPct: null });
  const report = (customMode: number, receivedAtMs: number, armed = false): CommandInput => ({
    kind: 'report',
    state: {
      armed,
      mode: { name: `M${customMode}`, normalised: 'other', customMode, receivedAtMs },
    } as VehicleState,
  });
  const text = (severity: number, words: string): CommandInput => ({ kind: 'text', severity, text: words });
  type Row = readonly [
    name: string,
    spec: CommandSpec,
    inputs: readonly (readonly [number, CommandInput | CommonInput])[],
    outcome: CommandOutcome | undefined,
    trace: readonly string[] | null,
  ];
  const rows: readonly Row[] = [
    [
      'the acknowledgement alone is not success',
      mode,
      [
        [0, start],
        [20, ack(0)],
      ],
      undefined,
      ['CommandLong 0', 'retry+500', 'deadline+5000', '-retry', 'deadline+4000'],
    ],
    [
      'the mode that is reported afterwards is',
      mode,
      [
        [0, start],
        [20, ack(0)],
        [900, report(6, 900)],
      ],
      { kind: 'done', confirmedBy: 'mode RTL' },
      null,
    ],
    [
      'the state counts even when every acknowledgement was lost',
      mode,
      [
        [0, start],
        [900, report(6, 900)],
      ],
      { kind: 'done', confirmedBy: 'mode RTL' },
      null,
    ],
    [
      'a report from before the sending proves nothing',
      mode,
      [
        [1000, start],
        [1001, report(6, 999)],
      ],
      undefined,
      null,
    ],
    [
      'silence: repeated with growing waits, then told',
      mode,
      [
        [0, start],
        [500, timer('retry')],
        [1250, timer('retry')],
        [2375, timer('retry')],
        [5000, timer('deadline')],
      ],
      { kind: 'no-answer', afterMs: 5_000 },
      [
        'CommandLong 0',
        'retry+500',
        'deadline+5000',
        'CommandLong 1',
        'retry+750',
        'CommandLong 2',
        'retry+1125',
        'CommandLong 3',
        'retry+1687.5',
      ],
    ],
    [
      'acknowledged but never seen: what was seen instead',
      mode,
      [
        [0, start],
        [20, ack(0)],
        [1000, report(3, 1000)],
        [4020, timer('deadline')],
      ],
      { kind: 'not-confirmed', expected: 'mode RTL', observed: 'mode M3', afterMs: 4_020 },
      null,
    ],
    [
      'a refusal waits for its reasons',
      mode,
      [
        [0, start],
        [10, text(2, 'PreArm: Compass not healthy')],
        [20, ack(4)],
        [60, text(4, 'Mode change failed')],
        [70, text(6, 'chatter')],
        [320, timer('texts')],
      ],
      { kind: 'denied', result: 'FAILED', reasons: ['Compass not healthy', 'Mode change failed'] },
      null,
    ],
    [
      "PX4's second acknowledgement overrules its first",
      mode,
      [
        [0, start],
        [5, ack(0)],
        [10, ack(2)],
        [310, timer('texts')],
      ],
      { kind: 'denied', result: 'DENIED', reasons: [] },
      null,
    ],
    [
      'in progress extends the wait and stops repeating',
      mode,
      [
        [0, start],
        [20, ack(5)],
      ],
      undefined,
      ['CommandLong 0', 'retry+500', 'deadline+5000', '-retry', 'deadline+5000', 'progress'],
    ],
    [
      'a persistent command outlives refusals and succeeds',
      persistent,
      [
        [0, start],
        [20, ack(4)],
        [500, timer('retry')],
        [520, ack(0)],
        [900, report(6, 900)],
      ],
      { kind: 'done', confirmedBy: 'mode RTL' },
      null,
    ],
    [
      'a persistent command refused to the end is denied',
      persistent,
      [
        [0, start],
        [20, ack(4)],
        [5000, timer('deadline')],
      ],
      { kind: 'denied', result: 'FAILED', reasons: [] },
      null,
    ],
    [
      'unsupported is its own outcome',
      mode,
      [
        [0, start],
        [20, ack(3)],
        [320, timer('texts')],
      ],
      { kind: 'unsupported', what: 'set mode RTL' },
      null,
    ],
    [
      'one-shot: without any report it is not repeated',
      arm,
      [
        [0, start],
        [2000, timer('retry')],
        [2500, timer('retry')],
      ],
      undefined,
      ['CommandLong 0', 'retry+2000', 'deadline+8000', 'retry+500', 'retry+500'],
    ],
    [
      'one-shot: repeated after a report newer than the sending shows no effect',
      arm,
      [
        [0, start],
        [600, report(4, 600)],
        [2600, report(4, 2600)],
        [3000, timer('retry')],
      ],
      undefined,
      ['CommandLong 0', 'retry+2000', 'deadline+8000', 'CommandLong 1', 'retry+2000'],
    ],
    [
      'one-shot: a report that may be older than the arrival is not enough',
      arm,
      [
        [0, start],
        [2400, report(4, 2400)],
        [3000, timer('retry')],
      ],
      undefined,
      ['CommandLong 0', 'retry+2000', 'deadline+8000', 'retry+500'],
    ],
    [
      'one-shot: once accepted, never repeated',
      arm,
      [
        [0, start],
        [20, ack(0)],
        [1000, report(4, 1000)],
      ],
      undefined,
      ['CommandLong 0', 'retry+2000', 'deadline+8000', '-retry', 'deadline+4000'],
    ],
    [
      'cancelled by whoever needs the vehicle',
      arm,
      [
        [0, start],
        [20, { kind: 'cancel', by: 'land' }],
      ],
      { kind: 'cancelled', by: 'land' },
      null,
    ],
  ];
  test.each(rows)('%s', (_name, spec, inputs, outcome, trace) => {
    const run = drive(commandMachine(TARGET, spec), inputs);
    expect(run.outcome).toEqual(outcome);
    if (trace !== null) expect(run.trace).toEqual(trace);
  });
});

function items(count: number): MissionItem[] {
  return Array.from({ length: count }, (_, i) => ({
    frame: 6,
    command: 16,
    param1: 0,
    param2: 0,
    param3: 0,
    param4: 0,
    x: 252_809_000 + i,
    y: 1_102_900_000,
    z: 25,
  }));
}

describe('mission upload machine', () => {
  const request = (seq: number): UploadInput => ({ kind: 'request', seq });
  const ack = (result: number): UploadInput => ({ kind: 'ack', result });
  const run = (inputs: readonly (readonly [number, UploadInput | CommonInput])[], count = 3) =>
    drive(uploadMachine(TARGET, items(count)), inputs);
  const allSent = [
    [0, start],
    [10, request(0)],
    [20, request(1)],
    [30, request(2)],
  ] as const;

  test('resends the count when the vehicle stays silent', () => {
    expect(
      run([
        [0, start],
        [400, timer('resend')],
      ]).trace.filter((step) => step.startsWith('Mission')),
    ).toEqual(['MissionCount 3', 'MissionCount 3']);
  });

  test('answers every request, repeats the current item', () => {
    const { trace } = run([...allSent, [430, timer('resend')], [440, request(1)]]);
    expect(trace.filter((step) => step.startsWith('Mission'))).toEqual([
      'MissionCount 3',
      'MissionItemInt 0',
      'MissionItemInt 1',
      'MissionItemInt 2',
      'MissionItemInt 2',
      'MissionItemInt 1',
    ]);
  });

  test.each<[string, readonly (readonly [number, UploadInput | CommonInput])[], unknown]>([
    ['ACK 0 after the last item', [...allSent, [40, ack(0)]], { kind: 'sent', certain: true }],
    [
      'ACK 0 before the last item counts for nothing',
      [
        [0, start],
        [10, request(0)],
        [20, ack(0)],
      ],
      undefined,
    ],
    ['ACK 13 is never fatal', [...allSent, [40, ack(13)], [50, ack(13)]], undefined],
    [
      'ACK 1 after the last item: read back and see',
      [...allSent, [40, ack(1)]],
      { kind: 'sent', certain: false },
    ],
    [
      'silence after the last item: the same',
      [...allSent, [5030, timer('final')]],
      { kind: 'sent', certain: false },
    ],
    [
      'ACK 4 with its text',
      [
        [0, start],
        [5, { kind: 'text', text: 'Only 2 items are supported' }],
        [10, ack(4)],
        [310, timer('texts')],
      ],
      { kind: 'no-space', capacity: 2 },
    ],
    [
      'ACK 4 without text',
      [
        [0, start],
        [10, ack(4)],
        [310, timer('texts')],
      ],
      { kind: 'no-space', capacity: null },
    ],
    [
      'an item that it does not take',
      [
        [0, start],
        [10, request(0)],
        [20, request(1)],
        [30, ack(3)],
        [330, timer('texts')],
      ],
      { kind: 'rejected', result: 'UNSUPPORTED', index: 1, reasons: [] },
    ],
    [
      'no progress',
      [
        [0, start],
        [10, request(0)],
        [20_010, timer('no-progress')],
      ],
      { kind: 'no-progress', afterMs: 20_000 },
    ],
    [
      'cancelled',
      [
        [0, start],
        [10, { kind: 'cancel', by: 'hold' }],
      ],
      { kind: 'cancelled', by: 'hold' },
    ],
  ])('%s', (_name, inputs, outcome) => {
    expect(run(inputs).outcome).toEqual(outcome);
  });

  // PX4 1.17 turns a second station away by ACK 1 alone; of ArduPilot the same would be an error of its own.
  test.each([
    [true, { kind: 'taken' }],
    [false, { kind: 'no-progress', afterMs: 20_000 }],
  ])('ACK 1 for the count all the time, without a text; it means taken: %s', (errorMeansTaken, outcome) => {
    const inputs = [
      [0, start],
      [10, ack(1)],
      [1_510, timer('suspect')],
      [2_010, timer('restart')],
      [2_020, ack(1)],
      [20_000, timer('no-progress')],
    ] as const;
    expect(drive(uploadMachine(TARGET, items(3), 0, errorMeansTaken), inputs).outcome).toEqual(outcome);
  });

  test('an item that PX4 answers with ACK 1 is not called taken', () => {
    const inputs = [
      [0, start],
      [10, request(0)],
      [20, ack(1)],
      [20_010, timer('no-progress')],
    ] as const;
    expect(drive(uploadMachine(TARGET, items(3), 0, true), inputs).outcome?.kind).toBe('no-progress');
  });

  test('begins again after ACK 15, at most five times, then tells it', () => {
    const inputs: [number, UploadInput | CommonInput][] = [[0, start]];
    for (let i = 0; i < 5; i++) inputs.push([i, ack(15)], [i, timer('restart')]);
    const restarted = run(inputs);
    expect(restarted.outcome).toBeUndefined();
    expect(restarted.trace.filter((step) => step === 'MissionCount 3')).toHaveLength(6);
    inputs.push([10, ack(15)], [310, timer('texts')]);
    expect(run(inputs).outcome).toMatchObject({ kind: 'rejected', result: 'OPERATION_CANCELLED' });
  });

  test('a cancel goes out whenever it gives up', () => {
    for (const last of [timer('no-progress'), { kind: 'cancel', by: 'x' } as const]) {
      expect(
        run([
          [0, start],
          [10, request(0)],
          [20, last],
        ]).trace.at(-1),
      ).toBe('MissionAck 15');
    }
  });

  test('never throws and never claims more than was sent, whatever comes in which order', () => {
    const input = fc.oneof(
      fc.nat(6).map((seq): UploadInput => request(seq)),
      fc.nat(16).map((result): UploadInput => ack(result)),
      fc.constantFrom('resend', 'restart', 'stall', 'final', 'texts').map(timer),
      fc.string().map((words): UploadInput => ({ kind: 'text', text: words })),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        const { outcome, trace } = run([[0, start], ...inputs.map((each, i) => [i, each] as const)]);
        if (outcome?.kind === 'sent' && outcome.certain) {
          expect(trace).toContain('MissionItemInt 2');
        }
      }),
    );
  });
});

describe('mission download machine', () => {
  const [first, second] = items(2) as [MissionItem, MissionItem];
  const count = (n: number): DownloadInput => ({ kind: 'count', count: n });
  const item = (seq: number, it: MissionItem): DownloadInput => ({ kind: 'item', seq, item: it });
  const run = (inputs: readonly (readonly [number, DownloadInput | CommonInput])[]) =>
    drive(downloadMachine(TARGET), inputs);

  test('asks item by item, repeats questions, acknowledges at the end', () => {
    const { outcome, trace } = run([
      [0, start],
      [400, timer('resend')],
      [410, count(2)],
      [420, count(2)],
      [430, item(1, second)],
      [810, timer('resend')],
      [820, item(0, first)],
      [830, item(0, first)],
      [840, item(1, second)],
    ]);
    expect(outcome).toEqual({ kind: 'done', items: [first, second] });
    expect(trace.filter((step) => step.startsWith('Mission'))).toEqual([
      'MissionRequestList',
      'MissionRequestList',
      'MissionRequestInt 0',
      'MissionRequestInt 0',
      'MissionRequestInt 1',
      'MissionAck 0',
    ]);
  });

  test.each<[string, readonly (readonly [number, DownloadInput | CommonInput])[], unknown]>([
    [
      'an empty mission',
      [
        [0, start],
        [10, count(0)],
      ],
      { kind: 'done', items: [] },
    ],
    [
      'echoes of an upload are passed over',
      [
        [0, start],
        [5, { kind: 'ack', result: 0 }],
        [10, count(0)],
      ],
      { kind: 'done', items: [] },
    ],
    [
      'another mission in between: begins again',
      [
        [0, start],
        [10, count(2)],
        [20, count(1)],
        [520, timer('restart')],
        [530, count(1)],
        [540, item(0, second)],
      ],
      { kind: 'done', items: [second] },
    ],
    [
      'no progress',
      [
        [0, start],
        [10, count(2)],
        [20_010, timer('no-progress')],
      ],
      { kind: 'no-progress', afterMs: 20_000 },
    ],
  ])('%s', (_name, inputs, outcome) => {
    expect(run(inputs).outcome).toEqual(outcome);
  });
});

describe('compareMissions', () => {
  const [waypoint] = items(1) as [MissionItem];
  const rtl: MissionItem = { ...waypoint, command: 20, frame: 2, x: 0, y: 0, z: 0 };

  test.each<[string, Partial<MissionItem>, Partial<MissionItem>, 'ardupilot' | 'px4', string[]]>([
    ['equal', {}, {}, 'ardupilot', []],
    ['frame 6 comes back as 3', {}, { frame: 3 }, 'ardupilot', []],
    ['frame 3 comes back as 6', { frame: 3 }, {}, 'px4', []],
    ['another datum', {}, { frame: 0 }, 'ardupilot', ['frame']],
    ['one unit of position on ArduPilot', {}, { x: 252_809_001 }, 'ardupilot', ['x']],
    ['one unit of position on PX4', {}, { x: 252_808_999 }, 'px4', []],
    ['two units of position on PX4', {}, { y: 1_102_900_002 }, 'px4', ['y']],
    ['centimetres of height', { z: 25.004 }, { z: 25 }, 'ardupilot', []],
    ['decimetres of height', {}, { z: 25.1 }, 'ardupilot', ['z']],
    ['NaN height', {}, { z: Number.NaN }, 'ardupilot', ['z']],
    ['yaw given up by Copter', { param4: 90 }, { param4: 0 }, 'ardupilot', []],
    ['another yaw', { param4: 90 }, { param4: 180 }, 'ardupilot', ['param4']],
    ['the delay lost', { param1: 5 }, { param1: 0 }, 'ardupilot', ['param1']],
    ['NaN yaw kept', { param4: Number.NaN }, { param4: Number.NaN }, 'px4', []],
    ['NaN yaw made 0', { param4: Number.NaN }, { param4: 0 }, 'ardupilot', []],
    ['another command', {}, { command: 17 }, 'ardupilot', ['command']],
  ])('%s', (_name, sent, held, autopilot, fields) => {
    const differences = compareMissions([{ ...waypoint, ...sent }], [{ ...waypoint, ...held }], autopilot);
    expect(differences.map((difference) => difference.field)).toEqual(fields);
  });

  test('a return item may change its frame, a missing item is a difference', () => {
    expect(compareMissions([rtl], [{ ...rtl, frame: 0 }], 'ardupilot')).toEqual([]);
  });

  test.each([
    { command: 21, field: 'param4', sent: 0, held: 1, same: true },
    { command: 21, field: 'param4', sent: -1, held: -1, same: true },
    { command: 21, field: 'param4', sent: -1, held: 1, same: false },
    { command: 19, field: 'param3', sent: 0, held: 1, same: true },
    { command: 19, field: 'param3', sent: -80, held: -1, same: true },
    { command: 19, field: 'param3', sent: 80, held: -1, same: false },
  ] as const)(
    'ArduPilot keeps a direction, not a number, in $field of $command: $sent reads back as $held',
    (row) => {
      const sent = { ...waypoint, command: row.command, [row.field]: row.sent };
      const differences = compareMissions([sent], [{ ...sent, [row.field]: row.held }], 'ardupilot');
      expect(differences.map(({ field }) => field)).toEqual(row.same ? [] : [row.field]);
    },
  );

  test('and whatever else differs is named', () => {
    expect(compareMissions([waypoint, rtl], [waypoint], 'px4')).toEqual([
      { index: -1, field: 'count', sent: 2, held: 1 },
    ]);
  });

  test('the hash names the plan, not its spelling', () => {
    expect(hashPlan([waypoint, rtl])).toBe(
      hashPlan([
        { ...waypoint, frame: 3 },
        { ...rtl, frame: 0 },
      ]),
    );
    expect(hashPlan([waypoint])).not.toBe(hashPlan([{ ...waypoint, x: waypoint.x + 1 }]));
    expect(hashPlan([waypoint, rtl])).not.toBe(hashPlan([rtl, waypoint]));
    expect(hashPlan([])).toMatch(/^[0-9a-f]{64}$/);
  });
});
