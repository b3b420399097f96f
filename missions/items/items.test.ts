import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromDegE7, toDegE7 } from '../fleet/items.ts';
import type { MissionItem } from '../mission-item.ts';
import type { PathAction, PathPoint, PatternPath } from '../model.ts';
import { fromMissionItems } from './from-mission-items.ts';
import type { MissionAutopilot, MissionItemOptions } from './options.ts';
import { toMissionItems } from './to-mission-items.ts';

// Without shrinking: coordinates that must differ shrink one unit at a time, for minutes.
const RUNS = Number(process.env.ITEM_RUNS ?? 100);
const here = { lonDeg: 110.29, latDeg: 25.28 };
const point = (k: number, ...actions: PathAction[]): PathPoint => ({
  lonDeg: here.lonDeg + k * 0.001,
  latDeg: here.latDeg,
  heightM: null,
  actions,
});
const pathOf = (points: readonly PathPoint[], datum: PatternPath['datum'] = 'above-home'): PatternPath => ({
  points,
  heightM: 60,
  datum,
  lengthM: 0,
  warnings: [],
});
const options = (
  autopilot: MissionAutopilot,
  more: Partial<MissionItemOptions> = {},
): MissionItemOptions => ({
  autopilot,
  cruiseSpeedMps: 10,
  entry: { way: [], heightAboveHomeM: 60 },
  exit: { kind: 'return', way: [], heightAboveHomeM: 60 },
  capacity: 700,
  ...more,
});
const build = (path: PatternPath, o: MissionItemOptions) => {
  const result = toMissionItems(path, o);
  if (result.kind !== 'ok') throw new Error(JSON.stringify(result.issues));
  return result;
};
/** Command and the numbers that are not 0, for tables. */
const brief = (item: MissionItem): string =>
  [item.command, ...[item.param1, item.param2, item.param3, item.param4].map((p) => p || '')]
    .join(' ')
    .trimEnd();
const pathItems = (path: PatternPath, autopilot: MissionAutopilot): string[] => {
  const { plan, pathItems: range } = build(path, options(autopilot));
  return plan.items.slice(range.first, range.last + 1).map(brief);
};

describe('a mission from a path', () => {
  it('takes off, flies the way out, the path, the way back, and returns', () => {
    const {
      plan,
      pointItems,
      pathItems: range,
    } = build(
      pathOf([point(1), point(2)]),
      options('ardupilot', {
        entry: { way: [point(5)], heightAboveHomeM: 60 },
        exit: { kind: 'return', way: [point(6)], heightAboveHomeM: 60 },
      }),
    );
    expect(plan.items.map((i) => i.command)).toEqual([22, 178, 16, 16, 16, 16, 20]);
    expect(plan.items[0]).toMatchObject({ frame: 3, z: 60, x: 0, y: 0 });
    expect(plan.items[3]).toMatchObject({ frame: 3, x: 252_800_000, y: 1_102_910_000, z: 60 });
    expect(pointItems).toEqual([3, 4]);
    expect(range).toEqual({ first: 3, last: 4 });
  });

  it('flies steps in height straight up and down over the ends of the path', () => {
    const { plan } = build(
      pathOf([point(1), point(2)], 'amsl'),
      options('px4', {
        entry: { way: [], heightAboveHomeM: 30 },
        exit: { kind: 'return', way: [], heightAboveHomeM: 40 },
      }),
    );
    expect(plan.items.map((i) => [i.command, i.frame, i.z])).toEqual([
      [22, 3, 30],
      [178, 2, 0],
      [16, 3, 30],
      [16, 0, 60],
      [16, 0, 60],
      [16, 3, 40],
      [20, 2, 0],
    ]);
  });

  it('lands at a base: over it first, heading as it came, never 0', () => {
    const at = { lonDeg: here.lonDeg + 0.002, latDeg: here.latDeg + 0.01 };
    const { plan } = build(
      pathOf([point(2)]),
      options('px4', {
        exit: { kind: 'land', at, groundAmslM: 151.5, way: [], heightAboveHomeM: 60, markLandStart: true },
      }),
    );
    expect(plan.items.slice(-3)).toMatchObject([
      { command: 189, frame: 2 },
      { command: 16, frame: 3, x: toDegE7(at.latDeg), z: 60 },
      { command: 21, frame: 0, x: toDegE7(at.latDeg), z: 151.5, param4: 360 },
    ]);
  });

  it('uses the terrain frame of ArduPilot and refuses it for PX4', () => {
    const path = pathOf([point(1)], 'above-terrain');
    expect(build(path, options('ardupilot')).plan.items[3]).toMatchObject({ frame: 10, z: 60 });
    expect(toMissionItems(path, options('px4'))).toMatchObject({
      kind: 'refused',
      issues: [{ code: 'items.no-terrain-frame' }],
    });
  });

  it('tells when the autopilot cannot hold it, home slot of ArduPilot included', () => {
    const path = pathOf([point(1), point(2)]);
    const codes = (autopilot: MissionAutopilot, capacity: number) =>
      toMissionItems(path, options(autopilot, { capacity })).issues.map((i) => [i.code, i.details.items]);
    expect(codes('ardupilot', 5)).toEqual([['plan.mission-too-long', 6]]);
    expect(codes('ardupilot', 6)).toEqual([]);
    expect(codes('px4', 5)).toEqual([]);
    expect(codes('px4', 4)).toEqual([['plan.mission-too-long', 5]]);
  });

  it('never writes a height that means "as high as you are" to ArduPilot', () => {
    const path = pathOf([{ ...point(1), heightM: 0 }], 'amsl');
    expect(build(path, options('ardupilot')).plan.items[3]?.z).toBe(0.02);
    expect(build(path, options('px4')).plan.items[3]?.z).toBe(0);
  });
});

describe('actions at a point', () => {
  const dwell = (seconds: number): PathAction => ({ kind: 'dwell', seconds });
  const yaw = (headingDeg: number): PathAction => ({ kind: 'yaw', headingDeg });
  const photo: PathAction = { kind: 'photo' };
  const look: PathAction = { kind: 'look-at', target: here, targetAmslM: null };

  it.each<[string, PathAction[], string[], string[]]>([
    ['a stay', [dwell(5)], ['16 5'], ['16 5']],
    ['a fraction of a stay', [dwell(2.5)], ['16 3'], ['16 2.5']],
    ['a picture, then a stay', [photo, dwell(5)], ['16', '2000   1 1', '19 5'], ['16', '2000   1 1', '16 5']],
    ['a heading held while staying', [yaw(90), dwell(5)], ['16', '115 90', '19 5'], ['16', '16 5   90']],
    ['due north', [yaw(0), dwell(5)], ['16', '115', '19 5'], ['16', '16 5   360']],
    [
      'a heading that a picture waits for',
      [yaw(-90), photo],
      ['16', '115 270', '19 4', '2000   1 1'],
      ['16', '16    270', '2000   1 1'],
    ],
    [
      'a speed',
      [{ kind: 'speed', speedMps: 4 }],
      ['16', '178 1 4 -1', '178 1 10 -1'],
      ['16', '178 1 4 -1', '178 1 10 -1'],
    ],
    [
      'the gimbal',
      [{ kind: 'gimbal', pitchDeg: -60, yawDeg: 20 }],
      ['16', '205 -60  20'],
      ['16', '205 -60  20'],
    ],
    ['a place to look at, ended with the path', [look], ['16', '195', '197'], ['16', '195', '197']],
    [
      'the gimbal after a place to look at',
      [look, { kind: 'gimbal', pitchDeg: -90, yawDeg: 0 }],
      ['16', '195', '197', '205 -90'],
      ['16', '195', '197', '205 -90'],
    ],
    [
      'pictures by distance, ended with the path',
      [{ kind: 'photo-distance', everyM: 12 }],
      ['16', '206 12  1', '206'],
      ['16', '206 12  1', '206'],
    ],
    [
      'a film, ended with the path',
      [{ kind: 'video', on: true }],
      ['16', '2500', '2501'],
      ['16', '2500', '2501'],
    ],
    [
      'speech, with a stay that begins at the same time',
      [{ kind: 'speak', text: 'Go home', repeat: 2 }, dwell(20)],
      ['16', '19 20'],
      ['16', '16 20'],
    ],
  ])('%s', (_, actions, ardupilot, px4) => {
    expect(pathItems(pathOf([point(1, ...actions)]), 'ardupilot')).toEqual(ardupilot);
    expect(pathItems(pathOf([point(1, ...actions)]), 'px4')).toEqual(px4);
  });

  it('keep a heading over the following points until told otherwise', () => {
    const path = pathOf([point(1, yaw(45)), point(2), point(3, { kind: 'look-ahead' }), point(4)]);
    expect(pathItems(path, 'ardupilot')).toEqual(['16', '115 45', '16', '115 45', '16', '197', '16']);
    expect(pathItems(path, 'px4')).toEqual(['16', '16    45', '16    45', '16    45', '197', '16']);
  });

  it('name the item at which something is said', () => {
    const { speech, plan } = build(
      pathOf([point(1, dwell(3)), point(2, photo, { kind: 'speak', text: '请离开', repeat: 3 }, dwell(9))]),
      options('ardupilot'),
    );
    expect(speech).toEqual([{ itemIndex: 3, text: '请离开', repeat: 3 }]);
    expect(plan.items[3]).toMatchObject({ command: 16, y: toDegE7(point(2).lonDeg) });
  });

  it('look at a place in the frame that its height is in', () => {
    const target = { lonDeg: 110.3, latDeg: 25.3 };
    const at = (targetAmslM: number | null) =>
      build(pathOf([point(1, { kind: 'look-at', target, targetAmslM })]), options('px4')).plan.items[3];
    expect(at(null)).toMatchObject({ command: 195, frame: 3, x: 253_000_000, y: 1_103_000_000, z: 0 });
    expect(at(163)).toMatchObject({ command: 195, frame: 0, z: 163 });
  });

  it('take pictures by a wired shutter when that is what there is', () => {
    const { plan } = build(pathOf([point(1, photo)]), options('ardupilot', { shutter: 'trigger' }));
    expect(plan.items[3]).toMatchObject({ command: 203, frame: 2, x: 1 });
  });
});

describe('a path that cannot be flown is refused with the place', () => {
  const bad = { ...point(1), latDeg: Number.NaN };
  it.each<[string, PathPoint]>([
    ['latDeg', bad],
    ['position', { ...point(1), lonDeg: 0, latDeg: 0 }],
    ['heightM', { ...point(1), heightM: Number.NaN }],
    ['heightM', { ...point(1), heightM: 90_000 }],
    ['dwell.seconds', point(1, { kind: 'dwell', seconds: -1 })],
    ['dwell.seconds', point(1, { kind: 'dwell', seconds: 70_000 })],
    ['yaw.headingDeg', point(1, { kind: 'yaw', headingDeg: Number.POSITIVE_INFINITY })],
    ['speed.speedMps', point(1, { kind: 'speed', speedMps: 0 })],
    ['gimbal.pitchDeg', point(1, { kind: 'gimbal', pitchDeg: 400, yawDeg: 0 })],
    ['photo-distance.everyM', point(1, { kind: 'photo-distance', everyM: -2 })],
    ['speak.repeat', point(1, { kind: 'speak', text: 'x', repeat: 0.5 })],
    ['look-at.target.latDeg', point(1, { kind: 'look-at', target: bad, targetAmslM: 1 })],
  ])('%s', (field, p) => {
    expect(toMissionItems(pathOf([point(0), p]), options('ardupilot'))).toMatchObject({
      kind: 'refused',
      issues: [{ code: 'items.bad-path', severity: 'error', details: { point: 1, field } }],
    });
  });

  it('an empty one, one with errors of its own, and senseless options', () => {
    const issue = { severity: 'error', code: 'plan.no-way', message: '', details: {} } as const;
    expect(toMissionItems(pathOf([]), options('px4'))).toMatchObject({
      issues: [{ details: { field: 'points' } }],
    });
    expect(toMissionItems({ ...pathOf([point(1)]), warnings: [issue] }, options('px4'))).toEqual({
      kind: 'refused',
      issues: [issue],
    });
    const low = { way: [], heightAboveHomeM: 0.5 };
    for (const more of [
      { cruiseSpeedMps: Number.NaN },
      { entry: low },
      { exit: { kind: 'return', ...low } as const },
    ]) {
      expect(toMissionItems(pathOf([point(1)]), options('px4', more))).toMatchObject({
        kind: 'refused',
        issues: [{ code: 'plan.bad-request' }],
      });
    }
  });
});

/** Finite numbers that a path may hold. */
const e7 = (limit: number) => fc.integer({ min: -limit, max: limit }).map(fromDegE7);
const position = fc
  .record({ lonDeg: e7(1_800_000_000), latDeg: e7(900_000_000) })
  .filter((p) => p.lonDeg !== 0 || p.latDeg !== 0);
const centimetres = (min: number, max: number) =>
  fc.integer({ min: min * 100, max: max * 100 }).map((n) => n / 100);
const action: fc.Arbitrary<PathAction> = fc.oneof(
  fc.record({ kind: fc.constant('dwell' as const), seconds: fc.integer({ min: 1, max: 600 }) }),
  fc.record({ kind: fc.constant('speed' as const), speedMps: centimetres(1, 20) }),
  fc.record({ kind: fc.constant('yaw' as const), headingDeg: fc.integer({ min: 0, max: 359 }) }),
  fc.record({
    kind: fc.constant('gimbal' as const),
    pitchDeg: fc.integer({ min: -90, max: 30 }),
    yawDeg: fc.integer({ min: -180, max: 180 }),
  }),
  fc.record({
    kind: fc.constant('look-at' as const),
    target: position,
    targetAmslM: fc.option(centimetres(1, 3000), { nil: null }),
  }),
  fc.constant({ kind: 'look-ahead' as const }),
  fc.constant({ kind: 'photo' as const }),
  fc.record({ kind: fc.constant('photo-distance' as const), everyM: centimetres(0, 90) }),
  fc.record({ kind: fc.constant('video' as const), on: fc.boolean() }),
  fc.record({
    kind: fc.constant('speak' as const),
    text: fc.string(),
    repeat: fc.integer({ min: 1, max: 9 }),
  }),
);
const anyPath: fc.Arbitrary<PatternPath> = fc.record({
  points: fc
    .array(
      fc.record({
        lonDeg: e7(1_800_000_000),
        latDeg: e7(890_000_000).filter((deg) => deg !== 0),
        heightM: fc.option(centimetres(5, 500), { nil: null }),
        actions: fc.array(action, { maxLength: 4 }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    // Two points at one place are one point when read back.
    .filter((points) => points.every((p, i) => p.lonDeg !== points[i + 1]?.lonDeg)),
  heightM: centimetres(5, 500),
  datum: fc.constantFrom('above-home' as const, 'amsl' as const),
  lengthM: fc.constant(0),
  warnings: fc.constant([]),
});

/**
 * What each autopilot takes in a mission, from its own source (mavlink_mission.cpp parse_mavlink_mission_item and
 * FeasibilityChecker of PX4 1.17; AP_Mission::mavlink_int_to_mission_cmd and ModeAuto::start_command of ArduPilot).
 */
const PX4_PLACED = new Set([16, 21, 22, 195]);
const PX4_PLAIN = new Set([20, 178, 189, 197, 203, 205, 206, 2000, 2001, 2500, 2501]);
const COPTER_PLACED = new Set([16, 19, 21, 22, 195]);
const COPTER_PLAIN = new Set([20, 115, 178, 189, 197, 203, 205, 206, 2000, 2001, 2500, 2501]);

function isTaken(item: MissionItem, autopilot: MissionAutopilot): boolean {
  const numbers = [item.param1, item.param2, item.param3, item.param4, item.x, item.y, item.z];
  if (!numbers.every(Number.isFinite) || !Number.isInteger(item.x) || !Number.isInteger(item.y)) return false;
  if (autopilot === 'px4') {
    if (item.frame === 2) return PX4_PLAIN.has(item.command);
    return PX4_PLACED.has(item.command) && (item.frame === 0 || item.frame === 3);
  }
  if (item.frame === 2) return COPTER_PLAIN.has(item.command);
  if (!COPTER_PLACED.has(item.command) || ![0, 3, 10].includes(item.frame)) return false;
  const isStay = item.command === 16 || item.command === 19;
  return !isStay || (Number.isInteger(item.param1) && item.param1 < 65_536);
}

describe('any path', () => {
  it.each(['ardupilot', 'px4'] as const)('makes items that %s takes', (autopilot) => {
    fc.assert(
      fc.property(anyPath, (path) => {
        const { plan } = build(path, options(autopilot, { capacity: null }));
        for (const item of plan.items) {
          if (!isTaken(item, autopilot)) throw new Error(JSON.stringify(item));
        }
        expect(plan.items[0]?.command).toBe(22);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });

  it.each(['ardupilot', 'px4'] as const)(
    'comes back from its items and makes the same ones again (%s)',
    (autopilot) => {
      fc.assert(
        fc.property(anyPath, (path) => {
          const o = options(autopilot, { capacity: null });
          const first = build(path, o);
          const slice = (r: typeof first) => r.plan.items.slice(r.pathItems.first, r.pathItems.last + 1);
          const speech = (r: typeof first) =>
            r.speech.map((cue) => ({ ...cue, itemIndex: cue.itemIndex - r.pathItems.first }));
          const back = fromMissionItems(slice(first), { homeAmslM: null, speech: speech(first) });
          if (back.issues.length > 0) throw new Error(JSON.stringify(back.issues));
          if (back.path === null) throw new Error('no path');
          const second = build(back.path, o);
          // Compared as text: printing the difference of every smaller case would take minutes.
          const text = (r: typeof first) => JSON.stringify(slice(r).map(withoutOrder));
          if (text(second) !== text(first)) throw new Error(`${text(first)} became ${text(second)}`);
          const said = (r: typeof first) =>
            JSON.stringify(r.speech.map(({ text: t, repeat }) => [t, repeat]));
          if (said(second) !== said(first)) throw new Error(`said ${said(second)}, not ${said(first)}`);
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
    },
  );

  /** Pictures are numbered; a film that ends with the path is told twice when read back. */
  function withoutOrder(item: MissionItem): MissionItem {
    return item.command === 2000 ? { ...item, param4: 0 } : item;
  }
});

describe('degrees on the wire', () => {
  it('are exact for every integer', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }), (value) => {
        expect(toDegE7(fromDegE7(value))).toBe(value);
        expect(toDegE7(Number(fromDegE7(value).toFixed(7)))).toBe(value);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a mission of another ground station', () => {
  const item = (command: number, values: Partial<MissionItem> = {}): MissionItem => ({
    frame: 3,
    command,
    param1: 0,
    param2: 0,
    param3: 0,
    param4: 0,
    x: 252_800_000,
    y: 1_102_900_000,
    z: 50,
    ...values,
  });

  it('is read with what it does at its points', () => {
    const result = fromMissionItems(
      [
        item(22, { z: 15 }),
        item(201, { param1: 3, frame: 0, z: 120 }),
        item(16),
        item(115, { frame: 2, param1: 90 }),
        item(19, { param1: 7 }),
        item(1000, { frame: 2, param1: -45, param2: 10, x: 0, y: 0 }),
        item(16, { y: 1_102_950_000, z: 70 }),
        item(21, { z: 0 }),
      ],
      { homeAmslM: null },
    );
    expect(result).toMatchObject({ takeOffM: 15, ends: 'land', pointItems: [2, 6], issues: [] });
    expect(result.path?.points.map((p) => [p.heightM, p.actions.map((a) => a.kind)])).toEqual([
      [null, ['look-at', 'yaw', 'dwell', 'gimbal']],
      [70, []],
    ]);
    expect(result.path?.lengthM).toBeCloseTo(504, -1);
  });

  it('tells what a path has no word for', () => {
    const result = fromMissionItems([item(16), item(177, { frame: 2, param1: 1, param2: 5 }), item(18)], {
      homeAmslM: null,
    });
    expect(result.issues.map((i) => [i.code, i.details.item])).toEqual([
      ['items.not-a-path-command', 1],
      ['items.not-a-path-command', 2],
    ]);
  });

  it('joins heights above home and AMSL where home is known, and says so where it is not', () => {
    const items = [item(16), item(16, { frame: 0, y: 1_102_950_000, z: 210 })];
    expect(fromMissionItems(items, { homeAmslM: 150 }).path?.points[1]?.heightM).toBe(60);
    expect(fromMissionItems(items, { homeAmslM: null })).toMatchObject({
      path: null,
      issues: [{ code: 'items.mixed-heights', details: { item: 1, frame: 0 } }],
    });
  });

  it('may be anything at all', () => {
    const number = fc.oneof(fc.integer(), fc.double());
    const anyItem = fc.record({
      frame: fc.nat(25),
      command: fc.oneof(fc.constantFrom(16, 19, 115, 178, 195, 201, 205, 206, 1000, 2000), fc.nat(5000)),
      param1: number,
      param2: number,
      param3: number,
      param4: number,
      x: fc.integer(),
      y: fc.integer(),
      z: number,
    });
    fc.assert(fc.property(fc.array(anyItem), (items) => void fromMissionItems(items, { homeAmslM: null })));
  });
});
