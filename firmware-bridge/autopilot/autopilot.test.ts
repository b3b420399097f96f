import { describe, expect, test } from 'vitest';
import type { CommandOutcome, VehicleState } from '../model.ts';
import type { CommandSpec } from '../protocol/command.ts';
import { ardupilot } from './ardupilot.ts';
import type { LaunchHost } from './autopilot.ts';
import { describeMode, px4CustomMode } from './modes.ts';
import { px4 } from './px4.ts';

const options = { giveUpMs: 5_000, persistent: false };

describe('mode commands', () => {
  test.each([
    ['hold', 'copter', [17, 5, 4]],
    ['hold', 'plane', [12]],
    ['hold', 'rover', [4]],
    ['return', 'copter', [6]],
    ['land', 'copter', [9]],
    ['land', 'plane', []],
    ['land', 'vtol', [20]],
    ['mission', 'plane', [10]],
  ] as const)('ArduPilot: %s of a %s', (intent, airframe, modes) => {
    const specs = ardupilot.modeCommands(intent, airframe, options);
    expect(specs.map((spec) => spec.params)).toEqual(modes.map((mode) => [1, mode, 0]));
  });

  test.each([
    ['hold', 3, 'AUTO.LOITER'],
    ['mission', 4, 'AUTO.MISSION'],
    ['return', 5, 'AUTO.RTL'],
    ['land', 6, 'AUTO.LAND'],
  ] as const)('PX4: %s is [1, 4, %i], never a number of ArduPilot', (intent, sub, name) => {
    const [spec] = px4.modeCommands(intent, 'copter', options);
    expect(spec).toMatchObject({ command: 176, params: [1, 4, sub], confirm: { expected: `mode ${name}` } });
    expect(describeMode('px4', 'copter', px4CustomMode(4, sub)).name).toBe(name);
  });
});

test("ArduPilot's home slot is put in front and taken off again, PX4 has none", () => {
  const item = { frame: 6, command: 16, param1: 0, param2: 0, param3: 0, param4: 0, x: 1, y: 2, z: 3 };
  const state = { home: { latDeg: 25.2809, lonDeg: 110.29, altitudeAmslM: 150 } } as VehicleState;
  const wire = ardupilot.toWire([item], state);
  expect(wire[0]).toMatchObject({ frame: 0, command: 16, x: 252_809_000, y: 1_102_900_000, z: 150 });
  expect(ardupilot.fromWire(wire)).toEqual([item]);
  expect(ardupilot.toWire([item], { home: null, position: null } as VehicleState)[0]).toMatchObject({
    x: 1,
    y: 2,
    z: 0,
  });
  expect(px4.fromWire(px4.toWire([item], state))).toHaveLength(1);
});

test('PX4 is told no heading where the plan means none, and takes off where it stands', () => {
  const blank = { frame: 3, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 60 };
  const state = { position: { latDeg: 25.2809, lonDeg: 110.29 } } as VehicleState;
  const items = [
    { ...blank, command: 22 },
    { ...blank, command: 16, x: 1, y: 2 },
    { ...blank, command: 16, x: 3, y: 4, param4: 90 },
    { ...blank, command: 20 },
  ];
  const wire = px4.toWire(items, state);
  expect(wire[0]).toMatchObject({ x: 252_809_000, y: 1_102_900_000, param4: Number.NaN });
  expect(wire[1]).toMatchObject({ x: 1, y: 2, param4: Number.NaN });
  expect(wire.slice(2)).toEqual(items.slice(2));
});

describe('launch of PX4', () => {
  function host(refuse?: string, missionIndex = 0): { host: LaunchHost; log: string[] } {
    const log: string[] = [];
    const ready = { ready: true, positionEstimateOk: true, reasons: [], receivedAtMs: 0 };
    const state = {
      armed: false,
      airframe: 'copter',
      prearm: ready,
      position: { relativeAltitudeM: 0 },
      mission: { currentIndex: missionIndex, reachedIndex: null, itemCount: 4 },
      mode: null,
    } as unknown as VehicleState;
    let now = state;
    return {
      log,
      host: {
        state: () => now,
        run(spec: CommandSpec): Promise<CommandOutcome> {
          log.push(`${spec.name} ${spec.params.join(',')}`);
          if (spec.name === refuse) {
            return Promise.resolve({ kind: 'denied', result: 'DENIED', reasons: ['Arming denied'] });
          }
          if (spec.name === 'arm') {
            const mode = {
              name: 'AUTO.MISSION',
              normalised: 'mission',
              customMode: 0,
              receivedAtMs: 1,
            } as const;
            now = {
              ...now,
              armed: true,
              mode,
              position: { relativeAltitudeM: 9.5 } as VehicleState['position'],
            };
          }
          return Promise.resolve({ kind: 'done', confirmedBy: 'test' });
        },
        waitUntil: (seen) => Promise.resolve(seen(now) ? 'seen' : 'timeout'),
        rewindMission: () => {
          log.push('rewind');
          if (refuse !== 'rewind') return Promise.resolve({ kind: 'done', confirmedBy: 'item 0' });
          return Promise.resolve({ kind: 'no-answer', afterMs: 5_000 });
        },
        progress: (step, progress) => log.push(`${step} ${progress}`),
        cancelledBy: () => null,
      },
    };
  }

  test('sets AUTO.MISSION, arms, sees the climb, sees the mission', async () => {
    const { host: launchHost, log } = host();
    expect(await px4.launch(launchHost, { takeoffAltitudeM: 10 })).toMatchObject({ kind: 'done' });
    expect(log).toEqual(
      [
        'prepare running',
        'rewind',
        'set mode AUTO.MISSION 4,4',
        'prepare done',
        'arm running',
        'arm 1,0',
        'arm done',
        'take-off running',
        'take-off done',
        'start-mission running',
        'start-mission done',
      ].map((line) => line.replace(' 4,4', ' 1,4,4')),
    );
  });

  test('a mission that stays at the end of its last flight is not armed: PX4 would finish at once', async () => {
    const { host: launchHost, log } = host('rewind', 3);
    expect(await px4.launch(launchHost, { takeoffAltitudeM: 10 })).toMatchObject({ kind: 'no-answer' });
    expect(log).toEqual(['prepare running', 'rewind']);
  });

  test('one that was not answered, and is at its first item all the same, is flown', async () => {
    const { host: launchHost } = host('rewind', 0);
    expect(await px4.launch(launchHost, { takeoffAltitudeM: 10 })).toMatchObject({ kind: 'done' });
  });

  test('a refusal ends it with the reasons', async () => {
    const { host: launchHost, log } = host('arm');
    expect(await px4.launch(launchHost, { takeoffAltitudeM: 10 })).toEqual({
      kind: 'denied',
      result: 'DENIED',
      reasons: ['Arming denied'],
    });
    expect(log.at(-1)).toBe('arm 1,0');
  });
});
