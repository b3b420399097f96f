import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mmToLonLat } from '../geo/frame.ts';
import type { BaseOffer, FleetDrone, LonLat, PathPoint, PatternPath, WayFinder } from '../model.ts';
import { SHAPE_FRAME } from '../pattern/shapes.fixture.ts';
import { PLAN_ISSUE_CODES } from '../plan-issue.ts';
import { SAMPLE_PROFILE } from './profile.fixture.ts';
import { type PathSortie, type SplitOptions, type SplitResult, splitIntoSorties } from './sorties.ts';
import { judgeEnergyWh, wayBetween } from './split.fixture.ts';

const at = (x: number, y: number): LonLat => mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 });
const point = (x: number, y: number, more: Partial<PathPoint> = {}): PathPoint => ({
  ...at(x, y),
  heightM: null,
  actions: [],
  ...more,
});
const pathOf = (points: readonly PathPoint[]): PatternPath => ({
  points,
  heightM: 60,
  datum: 'above-home',
  lengthM: 0,
  warnings: [],
});
const base = (baseId: string, x: number, y: number, more: Partial<BaseOffer> = {}): BaseOffer => ({
  base: { baseId, name: baseId, position: at(x, y), pads: 4, elevationAmslM: null },
  freePads: 4,
  inService: true,
  ...more,
});
const drone: FleetDrone = {
  vehicleId: 'd1',
  profile: SAMPLE_PROFILE,
  position: at(0, 0),
  remainingFraction: 1,
  batteryHealthFraction: 1,
  turnaround: { kind: 'swap', seconds: 120 },
};
const calm: SplitOptions = { conditions: { wind: null, airTempC: null }, returnTo: 'nearest', ways: null };

/** Lanes of a length, 60 m apart. */
function lanes(count: number, lengthM: number, x = 100, y = 100): PathPoint[] {
  return Array.from({ length: count }, (_, k) => {
    const ends = [point(x, y + 60 * k), point(x + lengthM, y + 60 * k)];
    return k % 2 === 0 ? ends : ends.toReversed();
  }).flat();
}

function split(result: SplitResult): Extract<SplitResult, { kind: 'split' }> {
  if (result.kind !== 'split') throw new Error(result.issues.map((i) => i.message).join(' '));
  return result;
}

/** The covering parts put together again: points that were put in at cuts leave no trace. */
function joined(sorties: readonly PathSortie[]): PathPoint[] {
  const out: PathPoint[] = [];
  sorties.forEach((sortie, k) => {
    const before = sorties[k - 1];
    if (before !== undefined) {
      expect(sortie.from).toBe(before.to);
      const [a, b] = [before.covering.at(-1), sortie.covering[0]];
      expect(a?.lonDeg).toBe(b?.lonDeg);
      expect(a?.latDeg).toBe(b?.latDeg);
      if (!Number.isInteger(before.to)) out.pop();
    }
    out.push(...(k === 0 ? sortie.covering : sortie.covering.slice(1)));
  });
  return out;
}

const stop = fc.record({
  x: fc.integer({ min: -2500, max: 2500 }),
  y: fc.integer({ min: -2500, max: 2500 }),
  heightM: fc.oneof(fc.constant(null), fc.integer({ min: 40, max: 80 })),
  dwell: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 120 })),
});

describe('splitIntoSorties', () => {
  it('keeps every property for random paths, batteries, winds and bases (150 cases, seed 21)', () => {
    let several = 0;
    fc.assert(
      fc.property(
        fc.array(stop, { minLength: 2, maxLength: 25 }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 359 }),
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 9, max: 60 }),
        fc.boolean(),
        (stops, remainingFraction, fromDeg, speedMps, missionCapacity, isHome) => {
          const path = pathOf(
            stops.map((s) =>
              point(s.x, s.y, {
                heightM: s.heightM,
                actions: s.dwell > 0 ? [{ kind: 'dwell', seconds: s.dwell }] : [],
              }),
            ),
          );
          const wind = speedMps === 0 ? null : { fromDeg, speedMps };
          const offered = [base('b0', 0, 0), base('b1', 2000, 500), base('b2', -1800, -900)];
          const result = splitIntoSorties(
            path,
            { ...drone, remainingFraction, profile: { ...SAMPLE_PROFILE, missionCapacity } },
            offered,
            { ...calm, conditions: { wind, airTempC: null }, returnTo: isHome ? 'home' : 'nearest' },
          );
          if (result.kind === 'refused') {
            expect(result.issues.every((i) => i.code in PLAN_ISSUE_CODES)).toBe(true);
            expect(result.issues.some((i) => i.severity === 'error')).toBe(true);
            return;
          }
          const { sorties, bound } = result;
          if (sorties.length > 1) several++;
          expect(sorties.length).toBeGreaterThanOrEqual(bound.value);
          expect(joined(sorties)).toEqual(path.points);
          let clockS = 0;
          for (const [k, sortie] of sorties.entries()) {
            expect(sortie.startsAtS).toBeCloseTo(clockS, 6);
            clockS += sortie.durationS + 120;
            expect(sortie.items).toBeLessThanOrEqual(missionCapacity);
            const fullWh = SAMPLE_PROFILE.batteryCapacityWh * 0.75;
            const firstWh = SAMPLE_PROFILE.batteryCapacityWh * (remainingFraction - 0.25);
            expect(sortie.allowedWh).toBeCloseTo(k === 0 ? firstWh : fullWh, 9);
            expect(sortie.energyWh).toBeLessThanOrEqual(sortie.allowedWh + 1e-9);
            // Written a second time, with 0.6 % for the sphere, what the flight takes is allowed too.
            const first = sortie.covering[0]?.heightM ?? 60;
            const last = sortie.covering.at(-1)?.heightM ?? 60;
            const flown = [
              ...sortie.wayOut.slice(0, -1).map((p) => ({ ...p, heightM: first, dwellS: 0 })),
              ...sortie.covering.map((p) => ({
                ...p,
                heightM: p.heightM ?? 60,
                dwellS: p.actions.reduce((s, a) => s + (a.kind === 'dwell' ? a.seconds : 0), 0),
              })),
              ...sortie.wayBack.slice(1).map((p) => ({ ...p, heightM: last, dwellS: 0 })),
            ];
            const judged = judgeEnergyWh(flown, SAMPLE_PROFILE, wind);
            expect(judged).toBeLessThanOrEqual(sortie.allowedWh * 1.006);
            if (isHome) expect(sortie.returnBaseId).toBe('b0');
          }
        },
      ),
      { numRuns: 150, seed: 21 },
    );
    expect(several).toBeGreaterThan(30);
  });

  it('finds the best cuts at waypoints: as quick as trying every set of cuts (25 cases, seed 22)', () => {
    fc.assert(
      fc.property(fc.array(stop, { minLength: 4, maxLength: 9 }), (stops) => {
        const path = pathOf(stops.map((s) => point(s.x, s.y)));
        const small = { ...drone, profile: { ...SAMPLE_PROFILE, batteryCapacityWh: 110 } };
        const offered = [base('b0', 0, 0), base('b1', 1500, 1500)];
        const result = splitIntoSorties(path, small, offered, calm);
        const best = quickestByTrying(path, small, offered);
        if (best === null) return;
        // Cuts within legs are allowed as well, so it may only be quicker; each trial has a frame of its own, and
        // their scales differ by some 10⁻⁵ over these distances.
        expect(split(result).finishS).toBeLessThanOrEqual(best * 1.0002);
      }),
      { numRuns: 25, seed: 22 },
    );
  });

  it('cuts inside a lane that is longer than a battery allows to end', () => {
    const weak = { ...drone, profile: { ...SAMPLE_PROFILE, batteryCapacityWh: 60 } };
    const result = split(splitIntoSorties(pathOf([point(0, 0), point(6000, 0)]), weak, row(7), calm));
    expect(result.sorties.length).toBeGreaterThanOrEqual(result.bound.value);
    expect(result.sorties.some((s) => !Number.isInteger(s.to))).toBe(true);
    expect(result.sorties.at(-1)?.returnBaseId).toBe('r6');
    const ways = result.sorties.flatMap((s) => [s.wayOut, s.wayBack]);
    expect(ways.every((w) => wayBetween(w[0] as LonLat, w.at(-1) as LonLat).wayM < 1010)).toBe(true);
  });

  it('sets speed, camera and pictures again where a path is resumed, and ends pictures before the way home', () => {
    const points = lanes(24, 1200);
    points[0] = {
      ...(points[0] as PathPoint),
      actions: [
        { kind: 'speed', speedMps: 8 },
        { kind: 'gimbal', pitchDeg: -90, yawDeg: 0 },
        { kind: 'photo-distance', everyM: 20 },
        { kind: 'speak', text: 'once', repeat: 1 },
      ],
    };
    points[47] = { ...(points[47] as PathPoint), actions: [{ kind: 'photo-distance', everyM: 0 }] };
    const { sorties } = split(splitIntoSorties(pathOf(points), drone, [base('b0', 0, 0)], calm));
    expect(sorties.length).toBeGreaterThan(1);
    expect(sorties[1]?.covering[0]?.actions).toEqual([
      { kind: 'speed', speedMps: 8 },
      { kind: 'gimbal', pitchDeg: -90, yawDeg: 0 },
      { kind: 'photo-distance', everyM: 20 },
    ]);
    expect(sorties[0]?.endings).toEqual([{ kind: 'photo-distance', everyM: 0 }]);
    expect(sorties.at(-1)?.endings).toEqual([]);
  });

  it('goes round a wall on the ways out and back, and counts it', () => {
    // A wall along x = 500 with its end at y = 800.
    const corner = at(500, 800);
    const ways: WayFinder = {
      way: (from, to) => {
        const crosses = from.lonDeg < corner.lonDeg !== to.lonDeg < corner.lonDeg;
        const points = crosses ? [from, corner, to] : [from, to];
        const lengthM = points.slice(1).reduce((s, p, i) => s + wayBetween(points[i] as LonLat, p).wayM, 0);
        return { points, lengthM };
      },
    };
    const path = pathOf(lanes(20, 900, 1000, 0));
    const free = split(splitIntoSorties(path, drone, [base('b0', 0, 0)], calm));
    const walled = split(splitIntoSorties(path, drone, [base('b0', 0, 0)], { ...calm, ways }));
    expect(walled.finishS).toBeGreaterThan(free.finishS);
    for (const s of walled.sorties) {
      expect(s.wayOut).toHaveLength(3);
      expect(s.wayOut[1]?.lonDeg).toBeCloseTo(corner.lonDeg, 7);
      expect(s.energyWh).toBeLessThanOrEqual(s.allowedWh);
    }
    expect(joined(walled.sorties)).toEqual(path.points);
  });

  it.each<[string, Partial<BaseOffer>]>([
    ['is out of service', { inService: false }],
    ['has no pad free', { freePads: 0 }],
  ])('does not land at a base that %s', (_, change) => {
    const path = pathOf(lanes(30, 1000));
    const offered = [base('b0', 0, 0), base('near', 600, 900, change)];
    const { sorties } = split(splitIntoSorties(path, drone, offered, calm));
    expect(new Set(sorties.map((s) => s.returnBaseId))).toEqual(new Set(['b0']));
    const open = split(splitIntoSorties(path, drone, [base('b0', 0, 0), base('near', 600, 900)], calm));
    expect(open.sorties.some((s) => s.returnBaseId === 'near')).toBe(true);
  });

  it.each<[string, Partial<FleetDrone>, PathPoint[], BaseOffer[], Partial<SplitOptions>, string]>([
    ['no points', {}, [], [base('b', 0, 0)], {}, 'plan.bad-request'],
    ['a NaN', {}, [point(Number.NaN, 0), point(1, 1)], [base('b', 0, 0)], {}, 'plan.bad-request'],
    [
      'a battery of 140 %',
      { remainingFraction: 1.4 },
      lanes(1, 100),
      [base('b', 0, 0)],
      {},
      'plan.bad-request',
    ],
    [
      'an empty battery',
      { remainingFraction: 0.2 },
      lanes(1, 100),
      [base('b', 0, 0)],
      {},
      'plan.battery-too-low',
    ],
    ['no base to land at', {}, lanes(1, 100), [base('b', 0, 0, { inService: false })], {}, 'plan.no-base'],
    ['a point too far', {}, lanes(1, 100, 12_000), [base('b', 0, 0)], {}, 'plan.too-far'],
    [
      'one flight only',
      { turnaround: { kind: 'none' } },
      lanes(40, 1500),
      [base('b', 0, 0)],
      {},
      'plan.not-enough-drones',
    ],
    [
      'no way',
      {},
      lanes(1, 100),
      [base('b', 0, 0)],
      { returnTo: 'home', ways: { way: () => null } },
      'plan.no-way',
    ],
    [
      'a storm',
      {},
      lanes(1, 100),
      [base('b', 0, 0)],
      { conditions: { wind: { fromDeg: 0, speedMps: 20 }, airTempC: null } },
      'plan.wind-too-strong',
    ],
    [
      'an autopilot without room',
      { profile: { ...SAMPLE_PROFILE, missionCapacity: 4 } },
      lanes(1, 100),
      [base('b', 0, 0)],
      {},
      'plan.mission-too-long',
    ],
  ])('refuses %s with a code and figures', (_, change, points, offered, options, code) => {
    const result = splitIntoSorties(pathOf(points), { ...drone, ...change }, offered, {
      ...calm,
      ...options,
    });
    expect(result.kind).toBe('refused');
    expect(result.issues.map((i) => i.code)).toEqual([code]);
    const known = PLAN_ISSUE_CODES[code as keyof typeof PLAN_ISSUE_CODES].details;
    expect(Object.keys(result.issues[0]?.details ?? {}).sort()).toEqual([...known].sort());
  });

  it('remarks on a reserve below the usual one', () => {
    const thin = { ...drone, profile: { ...SAMPLE_PROFILE, reserveFraction: 0.15 } };
    const result = splitIntoSorties(pathOf(lanes(1, 100)), thin, [base('b', 0, 0)], calm);
    expect(result.kind).toBe('split');
    expect(result.issues.map((i) => i.code)).toEqual(['plan.reserve-low']);
  });
});

/** Bases every kilometre along the path. */
function row(count: number): BaseOffer[] {
  return Array.from({ length: count }, (_, k) => base(`r${k}`, 1000 * k, 0));
}

/** Every set of cuts at waypoints, each sortie as the planner itself splits it when nothing is to be split. */
function quickestByTrying(path: PatternPath, who: FleetDrone, offered: readonly BaseOffer[]): number | null {
  const last = path.points.length - 1;
  const once = { ...who, turnaround: { kind: 'none' } as const };
  const landed = new Map<string, { finishS: number; to: LonLat } | null>();
  const fly = (from: number, to: number, start: LonLat): { finishS: number; to: LonLat } | null => {
    const key = `${from} ${to} ${start.lonDeg}`;
    const known = landed.get(key);
    if (known !== undefined) return known;
    const piece = pathOf(path.points.slice(from, to + 1));
    const result = splitIntoSorties(piece, { ...once, position: start }, offered, calm);
    const end = result.kind === 'split' ? result.sorties[0]?.wayBack.at(-1) : undefined;
    const found = result.kind === 'split' && end !== undefined ? { finishS: result.finishS, to: end } : null;
    landed.set(key, found);
    return found;
  };
  let best: number | null = null;
  for (let cuts = 0; cuts < 1 << (last - 1); cuts++) {
    const ends = [
      ...Array.from({ length: last - 1 }, (_, i) => i + 1).filter((i) => (cuts & (1 << (i - 1))) !== 0),
      last,
    ];
    let from = 0;
    let start = who.position;
    let time: number | null = -120;
    for (const to of ends) {
      const sortie = fly(from, to, start);
      if (sortie === null) {
        time = null;
        break;
      }
      time += sortie.finishS + 120;
      from = to;
      start = sortie.to;
    }
    if (time !== null && (best === null || time < best)) best = time;
  }
  return best;
}
