import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Encoder } from '../codec/encoder.ts';
import { AutopilotVersion, buildMessage, ParamRequestRead, ParamSet } from '../codec/messages.ts';
import type { VehicleState } from '../model.ts';
import {
  encodingOf,
  fromWire,
  mavTypeOf,
  type ParameterType,
  toWire,
  typeOfMav,
  valueProblem,
} from '../protocol/parameter-codec.ts';
import { readParameterPack } from '../protocol/parameter-pack.ts';
import { parameterSetMachine } from '../protocol/parameters-set.ts';
import { FakePort } from '../test-support/fake-port.ts';
import { FtpPeer } from '../test-support/ftp-peer.ts';
import {
  ParameterPeer,
  type ParameterPeerOptions,
  type PeerParameter,
} from '../test-support/parameter-peer.ts';
import { FtpClient } from './files-client.ts';
import { meaningOf, PARAMETER_MEANINGS } from './parameter-metadata.ts';
import { ParameterService } from './parameters.ts';

const ARDUPILOT: readonly PeerParameter[] = [
  { name: 'FORMAT_VERSION', type: 4, value: 120, readOnly: true },
  { name: 'MAV_GCS_SYSID', type: 4, value: 245 },
  { name: 'FS_GCS_ENABLE', type: 2, value: 1 },
  { name: 'FS_GCS_TIMEOUT', type: 9, value: 5 },
  { name: 'FS_OPTIONS', type: 6, value: 2 },
  { name: 'BATT_FS_LOW_ACT', type: 2, value: 2 },
  { name: 'BATT_LOW_VOLT', type: 9, value: 10.5 },
  { name: 'BATT_LOW_MAH', type: 9, value: 0 },
  { name: 'FENCE_ENABLE', type: 2, value: 1 },
  { name: 'FENCE_ACTION', type: 2, value: 4 },
  { name: 'RTL_ALT', type: 6, value: 3_000, min: 30, max: 300_000 },
  { name: 'WPNAV_SPEED', type: 9, value: 1_000 },
];

const PX4: readonly PeerParameter[] = [
  { name: 'NAV_DLL_ACT', type: 6, value: 2 },
  { name: 'COM_DL_LOSS_T', type: 6, value: 10 },
  { name: 'COM_DLL_EXCEPT', type: 6, value: 0 },
  { name: 'COM_LOW_BAT_ACT', type: 6, value: 3 },
  { name: 'GF_ACTION', type: 6, value: 0 },
  { name: 'RTL_RETURN_ALT', type: 9, value: 60 },
  { name: 'RTL_LAND_DELAY', type: 9, value: -1 },
  { name: 'SYS_AUTOSTART', type: 6, value: -1 },
];

function setUp(
  parameters: readonly PeerParameter[],
  options: ParameterPeerOptions = {},
  state: Partial<VehicleState> = {},
) {
  const port = new FakePort({ autopilot: options.style ?? 'ardupilot', ...state });
  const ftp = new FtpClient(port);
  const service = new ParameterService(port, ftp);
  const peer = new ParameterPeer(port, parameters, options);
  port.onSend = (message) => peer.receive(message);
  return { port, ftp, service, peer };
}

async function run<T>(port: FakePort, work: Promise<T>, forMs = 900_000): Promise<T> {
  let over = false;
  const settled = work.finally(() => {
    over = true;
  });
  for (let passed = 0; passed < forMs && !over; passed += 200) await port.clock.advance(200);
  return settled;
}

function many(count: number): PeerParameter[] {
  return Array.from({ length: count }, (_, i) => ({ name: `P_${i}`, type: i % 2 === 0 ? 6 : 9, value: i }));
}

describe('values on the wire', () => {
  test('every integer arrives, or is refused before it is sent', () => {
    const types: ParameterType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.constantFrom('c-cast' as const, 'bytewise' as const),
        fc.integer({ min: -0x80000000, max: 0xffffffff }),
        (type, encoding, value) => {
          if (valueProblem(value, type, encoding) !== null) return;
          const bytes = Buffer.alloc(4);
          bytes.writeFloatLE(toWire(value, type, encoding));
          expect(fromWire(bytes.readFloatLE(), type, encoding)).toBe(value);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    [300, 'int8', 'c-cast', 'out-of-range'],
    [-1, 'uint8', 'bytewise', 'out-of-range'],
    [1.5, 'int32', 'c-cast', 'not-an-integer'],
    [Number.NaN, 'float', 'c-cast', 'not-finite'],
    [16_777_217, 'int32', 'c-cast', 'not-representable'],
    [16_777_217, 'int32', 'bytewise', null],
    [-1, 'int32', 'bytewise', null],
    [0x7f800001, 'int32', 'bytewise', 'not-representable'],
    [1e39, 'float', 'bytewise', 'out-of-range'],
    [0.1, 'float', 'c-cast', null],
  ] as const)('%d as %s, %s: %s', (value, type, encoding, problem) => {
    expect(valueProblem(value, type, encoding)).toBe(problem);
  });

  test('the vehicle says how it encodes; else its kind does', () => {
    expect(encodingOf(16n, 'ardupilot')).toBe('bytewise');
    expect(encodingOf(131072n, 'px4')).toBe('c-cast');
    expect(encodingOf(32n, 'px4')).toBe('bytewise');
    expect(encodingOf(null, 'ardupilot')).toBe('c-cast');
  });

  test('types have the numbers of MAV_PARAM_TYPE', () => {
    expect([1, 2, 3, 4, 5, 6, 9].map(typeOfMav)).toEqual([
      'uint8',
      'int8',
      'uint16',
      'int16',
      'uint32',
      'int32',
      'float',
    ]);
    expect(typeOfMav(10)).toBeNull();
    expect(mavTypeOf('int32')).toBe(6);
  });

  /** PARAM_SET's payload after common.xml: value (float), target system and component, name (16), type. */
  test.each([
    ['c-cast', '00409c45', 6],
    ['bytewise', '88130000', 6],
  ] as const)('PARAM_SET of 5000 as int32, %s', (encoding, value, type) => {
    const machine = parameterSetMachine(
      { systemId: 1, componentId: 1 },
      encoding,
      { name: 'RTL_ALT', type: 'int32', value: 0 },
      5_000,
    );
    const [first] = machine.step(machine.initial, { kind: 'start' }, 0).effects;
    if (first?.kind !== 'send') throw new Error('nothing is sent');
    const frame = new Encoder({ systemId: 245, componentId: 190 }).encode(first.message);
    const name = Buffer.from('RTL_ALT').toString('hex').padEnd(32, '0');
    expect(frame.subarray(0, 10).toString('hex')).toBe('fd17000000f5be170000');
    expect(frame.subarray(10, -2).toString('hex')).toBe(`${value}0101${name}0${type}`);
  });
});

describe('the full list', () => {
  test('comes whole at any loss, or is not done', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e9 }),
        fc.constantFrom('ardupilot' as const, 'px4' as const),
        fc.constantFrom(0, 0.1, 0.3, 0.5),
        fc.constantFrom(0, 0.3),
        fc.constantFrom(0, 30, 300),
        fc.integer({ min: 1, max: 400 }),
        async (seed, style, loss, duplicates, jitterMs, count) => {
          const { port, service } = setUp(many(count), { seed, style, loss, duplicates, jitterMs });
          const outcome = await run(port, service.fetchAll());
          if (outcome.kind === 'done') {
            done++;
            expect(outcome.snapshot.parameters).toHaveLength(count);
            for (const { name, value } of outcome.snapshot.parameters) expect(name).toBe(`P_${value}`);
          } else expect(outcome.kind).toBe('incomplete');
        },
      ),
      { numRuns: 40 },
    );
    expect(done).toBeGreaterThan(36);
  }, 60_000);

  test('with one that never comes is incomplete, and says which', async () => {
    const { port, service } = setUp(many(50), { mute: [7, 20] });
    const outcome = await run(port, service.fetchAll());
    expect(outcome).toMatchObject({ kind: 'incomplete', received: 48, count: 50, missing: ['#7', '#20'] });
    expect(service.snapshot()).toBeNull();
  });

  test('names what is missing when an earlier list tells', async () => {
    const { port, service, peer } = setUp(many(50));
    expect(await run(port, service.fetchAll())).toMatchObject({ kind: 'done' });
    const mute = new ParameterPeer(port, peer.parameters, { mute: [7] });
    port.onSend = (message) => mute.receive(message);
    expect(await run(port, service.fetchAll())).toMatchObject({ kind: 'incomplete', missing: ['P_7'] });
  });

  test('asks for no more than ten at a time', async () => {
    const { port, service } = setUp(many(300), { loss: 0.4, seed: 5 });
    let open = new Set<number>();
    let most = 0;
    const { onSend } = port;
    port.onSend = (message) => {
      if (message instanceof ParamRequestRead) {
        open.add(message.paramIndex);
        most = Math.max(most, open.size);
      }
      onSend(message);
    };
    const deliver = port.deliver.bind(port);
    port.deliver = (message, componentId) => {
      open = new Set([...open].filter((index) => index !== (message as { paramIndex?: number }).paramIndex));
      deliver(message, componentId);
    };
    expect(await run(port, service.fetchAll())).toMatchObject({ kind: 'done' });
    expect(most).toBeGreaterThan(5);
    expect(most).toBeLessThanOrEqual(10);
  });

  test('begins anew when a group of parameters is switched on meanwhile', async () => {
    const { port, service, peer } = setUp(many(200));
    const fetching = service.fetchAll();
    await port.clock.advance(200);
    peer.parameters.splice(10, 0, { name: 'NEW_ONE', type: 2, value: 1 });
    const outcome = await run(port, fetching);
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    expect(outcome.snapshot.parameters).toHaveLength(201);
  });

  test('dead link', async () => {
    const { port, service } = setUp(many(5), { loss: 1 });
    const outcome = await run(port, service.fetchAll());
    expect(outcome).toEqual({ kind: 'incomplete', received: 0, count: null, missing: [], afterMs: 20_000 });
  });

  test('a second one at once is busy; a restart ends the first and forgets', async () => {
    const { port, service } = setUp(many(400), { loss: 0.5 });
    const first = service.fetchAll();
    await port.clock.advance(100);
    expect(await service.fetchAll()).toEqual({ kind: 'busy', what: 'parameter list' });
    service.onReboot();
    expect(await run(port, first)).toEqual({ kind: 'cancelled', by: 'vehicle restarted' });
    expect(service.snapshot()).toBeNull();
  });

  test('PX4 tells by its hash that nothing changed', async () => {
    const { port, service, peer } = setUp(PX4, { style: 'px4', loss: 0.2, seed: 4 });
    const first = await run(port, service.fetchAll());
    expect(first).toMatchObject({ kind: 'done', fromCache: false, snapshot: { vehicleHash: 0x9abcdef0 } });
    port.sent.length = 0;
    expect(await run(port, service.fetchAll())).toMatchObject({ kind: 'done', fromCache: true });
    expect(port.sent.every((message) => message instanceof ParamRequestRead)).toBe(true);
    peer.hash = 1;
    expect(await run(port, service.fetchAll())).toMatchObject({ kind: 'done', fromCache: false });
  });

  test('reads negative integers of PX4, whose bytes are no number', async () => {
    const { port, service } = setUp(PX4, { style: 'px4' });
    const outcome = await run(port, service.fetchAll());
    if (outcome.kind !== 'done') throw new Error(outcome.kind);
    expect(outcome.snapshot.parameters).toContainEqual({ name: 'SYS_AUTOSTART', type: 'int32', value: -1 });
  });

  test('a change that is seen later is in the snapshot, with its time and another hash', async () => {
    const { port, service, peer } = setUp(ARDUPILOT);
    await run(port, service.fetchAll());
    const before = service.snapshot();
    const speed = peer.parameters.find(({ name }) => name === 'WPNAV_SPEED');
    if (speed !== undefined) speed.value = 700;
    peer.announce('WPNAV_SPEED');
    await port.clock.advance(100);
    const after = service.snapshot();
    expect(after?.parameters).toContainEqual({ name: 'WPNAV_SPEED', type: 'float', value: 700 });
    expect(after?.changedAtMs).not.toBeNull();
    expect(after?.hash).not.toBe(before?.hash);
    expect(structuredClone(after)).toEqual(after);
  });
});

describe('the packed file', () => {
  function pack(parameters: readonly PeerParameter[], pads: readonly number[] = []): Buffer {
    const parts: Buffer[] = [Buffer.alloc(6)];
    parts[0]?.writeUInt16LE(0x671b, 0);
    parts[0]?.writeUInt16LE(parameters.length, 2);
    parts[0]?.writeUInt16LE(parameters.length, 4);
    let last = '';
    parameters.forEach(({ name, type, value }, i) => {
      let shared = 0;
      while (shared < 15 && shared < name.length - 1 && name[shared] === last[shared]) shared++;
      const own = Buffer.from(name.slice(shared), 'latin1');
      const kind = { 2: 1, 4: 2, 6: 3, 9: 4 }[type] ?? 0;
      const data = Buffer.alloc(type === 2 ? 1 : type === 4 ? 2 : 4);
      if (type === 2) data.writeInt8(value);
      else if (type === 4) data.writeInt16LE(value);
      else if (type === 6) data.writeInt32LE(value);
      else data.writeFloatLE(value);
      const pad = Buffer.alloc(pads[i % Math.max(1, pads.length)] ?? 0);
      parts.push(pad, Buffer.from([kind, shared | ((own.length - 1) << 4)]), own, data);
      last = name;
    });
    return Buffer.concat(parts);
  }

  test('is read with its shared names and padding', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 }), (pads) => {
        const result = readParameterPack(pack(ARDUPILOT, pads));
        if (result.kind !== 'ok') throw new Error(result.why);
        expect(result.parameters.map(({ name, value }) => [name, value])).toEqual(
          ARDUPILOT.map(({ name, value }) => [name, value]),
        );
      }),
    );
  });

  test('is refused when a byte is missing, anywhere', () => {
    const whole = pack(ARDUPILOT);
    for (let cut = 1; cut < whole.length; cut++) {
      expect(readParameterPack(whole.subarray(0, whole.length - cut)).kind).toBe('damaged');
    }
  });

  test('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const begun = Buffer.concat([Buffer.from([0x1b, 0x67]), bytes]);
        expect(['ok', 'damaged']).toContain(readParameterPack(begun).kind);
      }),
    );
  });

  test('is taken where ArduPilot offers files, exact beyond 2^24; the list where it is damaged', async () => {
    const exact: PeerParameter[] = [...ARDUPILOT, { name: 'STAT_RUNTIME', type: 6, value: 16_777_217 }];
    for (const damage of [false, true]) {
      const { port, service, peer } = setUp(exact);
      const files = new FtpPeer(port, { oneReadSize: true, announce: () => 1_048_576, loss: 0.2, seed: 2 });
      const bytes = pack(exact, [0, 1, 2]);
      files.files.set('@PARAM/param.pck', damage ? bytes.subarray(0, -3) : bytes);
      port.onSend = (message) => {
        peer.receive(message);
        files.receive(message);
      };
      port.deliver(buildMessage(AutopilotVersion, { capabilities: 131104n as unknown as number }));
      const outcome = await run(port, service.fetchAll());
      if (outcome.kind !== 'done') throw new Error(outcome.kind);
      expect(outcome.snapshot.source).toBe(damage ? 'list' : 'file');
      const runtime = outcome.snapshot.parameters.find(({ name }) => name === 'STAT_RUNTIME');
      expect(runtime?.value).toBe(damage ? 16_777_216 : 16_777_217);
      expect(outcome.snapshot.parameters).toHaveLength(exact.length);
    }
  });
});

describe('one parameter', () => {
  test('is read and set with read-back, in both encodings, at any loss: what is done is so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1e9 }),
        fc.constantFrom('ardupilot' as const, 'px4' as const),
        fc.constantFrom(0, 0.3, 0.5),
        fc.constantFrom(0, 50),
        fc.integer({ min: -1, max: 6 }),
        async (seed, style, loss, jitterMs, value) => {
          const [all, name] = style === 'px4' ? [PX4, 'NAV_DLL_ACT'] : [ARDUPILOT, 'FS_GCS_ENABLE'];
          const { port, service, peer } = setUp(all, { seed, style, loss, duplicates: 0.2, jitterMs });
          const outcome = await run(port, service.set(name, value));
          if (outcome.kind === 'done') {
            expect(peer.parameters.find((parameter) => parameter.name === name)?.value).toBe(value);
          } else expect(['no-answer', 'unknown-parameter', 'rejected']).toContain(outcome.kind);
        },
      ),
      { numRuns: 60 },
    );
  }, 30_000);

  test('an unknown name is told apart from a dead link', async () => {
    for (const style of ['ardupilot', 'px4'] as const) {
      const all = style === 'px4' ? PX4 : ARDUPILOT;
      const { port, service } = setUp(all, { style, loss: 0.3, seed: 9 });
      expect(await run(port, service.set('NO_SUCH', 1))).toEqual({
        kind: 'unknown-parameter',
        name: 'NO_SUCH',
      });
      expect(port.sent.some((message) => message instanceof ParamSet)).toBe(false);
    }
    const dead = setUp(ARDUPILOT, { loss: 1 });
    expect(await run(dead.port, dead.service.get('FS_OPTIONS'))).toEqual({
      kind: 'no-answer',
      afterMs: 20_000,
    });
    const newer = setUp(ARDUPILOT, { tellsErrors: true });
    expect(await run(newer.port, newer.service.get('NO_SUCH'))).toMatchObject({ kind: 'unknown-parameter' });
  });

  test('what the vehicle refuses or bends is told with both values', async () => {
    const { port, service } = setUp(ARDUPILOT, { loss: 0.2, seed: 3 });
    expect(await run(port, service.set('FORMAT_VERSION', 1))).toEqual({
      kind: 'rejected',
      wanted: 1,
      held: 120,
    });
    expect(await run(port, service.set('RTL_ALT', 500_000))).toEqual({
      kind: 'clamped',
      wanted: 500_000,
      held: 300_000,
    });
    const newer = setUp(ARDUPILOT, { tellsErrors: true });
    expect(await run(newer.port, newer.service.set('FORMAT_VERSION', 1))).toEqual({
      kind: 'denied',
      result: 'it is read-only',
    });
  });

  test('setting what it has already is done, though ArduPilot sends no echo', async () => {
    const { port, service } = setUp(ARDUPILOT);
    expect(await run(port, service.set('WPNAV_SPEED', 1_000))).toMatchObject({
      kind: 'done',
      previous: 1_000,
    });
  });

  test('is checked before anything is sent', async () => {
    const { port, service } = setUp(ARDUPILOT);
    expect(await run(port, service.set('FS_GCS_ENABLE', 300))).toEqual({
      kind: 'bad-parameter',
      name: 'FS_GCS_ENABLE',
      type: 'int8',
      problem: 'out-of-range',
    });
    expect(await service.get('A_NAME_OF_17_CHARS')).toMatchObject({ problem: 'bad-name' });
    expect(await service.set('lower case', 1)).toMatchObject({ problem: 'bad-name' });
    expect(port.sentOf(ParamSet)).toEqual([]);
    port.refuseWith = { kind: 'not-connected' };
    expect(await service.set('FS_GCS_ENABLE', 1)).toEqual({ kind: 'not-connected' });
  });

  test('leaves no timer behind', async () => {
    const { port, service } = setUp(ARDUPILOT);
    await run(port, service.set('FS_GCS_ENABLE', 0));
    await port.clock.advance(1_000);
    expect(port.clock.pendingTimers).toBe(0);
  });
});

describe('failsafes as found', () => {
  async function ticks(port: FakePort, service: ParameterService, forMs: number): Promise<void> {
    for (let passed = 0; passed < forMs; passed += 200) {
      service.tick(port.clock.nowMs());
      await port.clock.advance(200);
    }
  }

  test('come into the state by themselves, slowly, at 40 % loss', async () => {
    const { port, service } = setUp(ARDUPILOT, { loss: 0.4, seed: 6 });
    await ticks(port, service, 1_000);
    expect(port.sent.length).toBeLessThanOrEqual(4);
    await ticks(port, service, 120_000);
    expect(port.state().failsafes).toMatchObject({
      gcsLossAction: 'return',
      gcsLossTimeoutS: 5,
      gcsLossContinuesMission: true,
      batteryLowAction: 'return',
      fenceEnabled: true,
      fenceAction: 'hold',
      rtlAltitudeM: 30,
      gcsSystemId: 245,
      acceptsOurSystemId: true,
    });
    port.sent.length = 0;
    await ticks(port, service, 60_000);
    expect(port.sent).toEqual([]);
  });

  test('are found under the names of older firmware', async () => {
    const older: PeerParameter[] = [
      { name: 'SYSID_MYGCS', type: 4, value: 255 },
      { name: 'FS_GCS_ENABLE', type: 2, value: 0 },
      { name: 'FS_BATT_ENABLE', type: 2, value: 1 },
      { name: 'FS_BATT_VOLTAGE', type: 9, value: 10.5 },
      { name: 'RTL_ALT', type: 6, value: 1_500 },
    ];
    const { port, service } = setUp(older);
    await ticks(port, service, 40_000);
    expect(port.state().failsafes).toMatchObject({
      gcsLossAction: 'none',
      batteryLowAction: 'land',
      acceptsOurSystemId: false,
      gcsSystemId: 255,
      fenceEnabled: null,
      gcsLossTimeoutS: null,
      rtlAltitudeM: 15,
    });
  });

  test('of PX4', async () => {
    const { port, service } = setUp(PX4, { style: 'px4' });
    await ticks(port, service, 20_000);
    expect(port.state().failsafes).toMatchObject({
      gcsLossAction: 'return',
      gcsLossTimeoutS: 10,
      gcsLossContinuesMission: false,
      batteryLowAction: 'return',
      fenceEnabled: false,
      fenceAction: 'none',
      rtlAltitudeM: 60,
      acceptsOurSystemId: true,
      gcsSystemId: null,
    });
  });

  test.each([
    [
      'plane',
      [
        ['FS_GCS_ENABL', 1],
        ['FS_LONG_ACTN', 1],
        ['FS_LONG_TIMEOUT', 20],
        ['RTL_ALTITUDE', 90],
      ],
      'return',
      90,
    ],
    [
      'vtol',
      [
        ['FS_GCS_ENABL', 0],
        ['FS_LONG_ACTN', 1],
        ['ALT_HOLD_RTL', 9_000],
      ],
      'none',
      90,
    ],
    [
      'rover',
      [
        ['FS_GCS_ENABLE', 1],
        ['FS_ACTION', 2],
      ],
      'hold',
      null,
    ],
  ] as const)('of a %s', async (airframe, values, action, rtlAltitudeM) => {
    const peers = values.map(([name, value]) => ({ name, type: 9, value }));
    const { port, service } = setUp(peers, {}, { airframe });
    await ticks(port, service, 40_000);
    expect(port.state().failsafes).toMatchObject({ gcsLossAction: action, rtlAltitudeM });
  });

  test('a battery action without a threshold is none', async () => {
    const off = ARDUPILOT.map((parameter) =>
      parameter.name === 'BATT_LOW_VOLT' ? { ...parameter, value: 0 } : parameter,
    );
    const { port, service } = setUp(off);
    await ticks(port, service, 20_000);
    expect(port.state().failsafes?.batteryLowAction).toBe('none');
  });

  test('a change by somebody else is seen; a restart forgets and asks again', async () => {
    const { port, service, peer } = setUp(ARDUPILOT);
    await ticks(port, service, 20_000);
    const enable = peer.parameters.find(({ name }) => name === 'FS_GCS_ENABLE');
    if (enable !== undefined) enable.value = 5;
    peer.announce('FS_GCS_ENABLE');
    await port.clock.advance(100);
    expect(port.state().failsafes?.gcsLossAction).toBe('land');
    service.onReboot();
    expect(port.state().failsafes?.gcsLossAction).toBeNull();
    await ticks(port, service, 20_000);
    expect(port.state().failsafes?.gcsLossAction).toBe('land');
  });
});

test('the meaning of a parameter is found by its present and its former name', () => {
  expect(meaningOf('SYSID_MYGCS', 'ardupilot', 'copter')?.name).toBe('MAV_GCS_SYSID');
  expect(meaningOf('FS_GCS_ENABLE', 'ardupilot', 'copter')?.values?.[5]).toBe('land');
  expect(meaningOf('FS_GCS_ENABLE', 'ardupilot', 'rover')?.values?.[2]).toMatch(/continues/);
  expect(meaningOf('NAV_DLL_ACT', 'px4', 'copter')?.values?.[2]).toBe('return');
  expect(meaningOf('NAV_DLL_ACT', 'ardupilot', 'copter')).toBeNull();
  for (const { name, alsoCalled = [] } of PARAMETER_MEANINGS) {
    for (const each of [name, ...alsoCalled]) expect(each.length).toBeLessThanOrEqual(16);
  }
});
