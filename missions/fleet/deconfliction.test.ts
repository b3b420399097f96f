import { describe, expect, it } from 'vitest';
import { type BaseProcedure, evenLanes, sortieGates } from '../airspace/base-lanes.ts';
import { lonLatToMm } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import { SHAPE_FRAME } from '../pattern/shapes.fixture.ts';
import { PLAN_ISSUE_CODES } from '../plan-issue.ts';
import { flightOf, point, randomFleet, sampled } from './deconfliction.fixture.ts';
import { contextOf, type Deconfliction, deconflict } from './deconfliction.ts';
import { closestApproach, closestApproaches, isConflict, placeOf } from './deconfliction-approach.ts';
import type { DeconflictOptions } from './deconfliction-check.ts';
import { leastDelays, toSteps } from './deconfliction-delays.ts';
import { conflictShifts, indexTrack } from './deconfliction-shifts.ts';
import {
  delayed,
  type FlightPoint,
  type FlightTrack,
  type PlannedFlight,
  routeOfSortie,
  routeThroughLanes,
  trackOf,
} from './deconfliction-track.ts';

const SEED = Number(process.env.SEED ?? 4);
const CASES = Number(process.env.CASES ?? 1);
const MINIMA = { horizontalM: 30, verticalM: 10 };
const OPTIONS: DeconflictOptions = {
  minHorizontalM: 30,
  minVerticalM: 10,
  layersM: [60, 72, 84, 96],
  maxDelayS: 300,
};
const CONTEXT = {
  frame: SHAPE_FRAME,
  epochMs: 1_800_000_000_000,
  uncertainty: null,
  commonGround: false,
};
const track = (flight: PlannedFlight, layerM = 60): FlightTrack => trackOf(flight, 0, layerM, CONTEXT);
const separatedOf = (result: Deconfliction): Extract<Deconfliction, { kind: 'separated' }> => {
  if (result.kind !== 'separated')
    throw new Error(`${result.kind}: ${result.issues.map((i) => i.message).join(' ')}`);
  return result;
};

describe('the track of a flight', () => {
  it('climbs, flies, turns, stands and descends as a pencil does', () => {
    // 60 m at 3 m/s, 500 m at 10 m/s, 10 s there, a half turn (10/2.5 s), back, down at 2 m/s.
    const { knots } = track(flightOf('a', [point(0, 0), point(500, 0, { dwellS: 10 }), point(0, 0)]));
    const times = [0, 20, 70, 80, 84, 134, 164];
    expect(knots.length).toBe(times.length * 4);
    times.forEach((t, i) => {
      expect(knots[i * 4]).toBeCloseTo(t, 2);
    });
    expect([knots[3], knots[7], knots[27]]).toEqual([150, 210, 150]);
    expect(knots[9]).toBeCloseTo(500, 2);
  });

  it('takes heights of its own points, and the time that climbing takes', () => {
    const { knots } = track(flightOf('a', [point(0, 0), point(10, 0, { heightM: 90 }), point(0, 0)]));
    // 10 m ahead and 30 m up: 10 s, not 1.
    expect((knots[8] ?? 0) - (knots[4] ?? 0)).toBeCloseTo(10, 3);
  });

  it('joins the parts of a sortie', () => {
    const [a, b, c] = [point(0, 0), point(100, 0), point(200, 0)];
    const route = routeOfSortie({ wayOut: [a, b], points: [b, c], wayBack: [c, a] });
    expect(route).toEqual([a, b, c, a]);
  });

  it('grows uncertain in pieces, up to a limit', () => {
    const uncertainty = { startM: 2, growthMPerS: 0.1, mostM: 8 };
    const { radiiM } = trackOf(flightOf('a', [point(0, 0), point(1000, 0)]), 0, 60, {
      ...CONTEXT,
      uncertainty,
    });
    expect(radiiM[0]).toBeCloseTo(4, 5);
    expect(Math.max(...radiiM)).toBe(8);
    expect([...radiiM]).toEqual([...radiiM].sort((a, b) => a - b));
  });
});

describe('closest approaches', () => {
  it('find where two crossing flights come nearest, between all knots', () => {
    // Both at 10 m/s on 60 m, crossing at right angles; B starts 2 s later: nearest at 20/√2 m.
    const a = track(flightOf('a', [point(-400, 0), point(400, 0)]));
    const b = track(flightOf('b', [point(0, -400), point(0, 400)], { startMs: 1_800_000_002_000 }));
    const found = closestApproach(a, b, MINIMA);
    expect(found?.horizontalM).toBeCloseTo(20 / Math.SQRT2, 2);
    expect(found?.verticalM).toBe(0);
    expect(found?.atS).toBeCloseTo(61, 2);
    if (found === null) throw new Error('never in the air together');
    const place = lonLatToMm(SHAPE_FRAME, placeOf(found, SHAPE_FRAME));
    expect([place.x, place.y].map((mm) => Math.round(mm / 1000))).toEqual([5, -5]);
    expect(found !== null && isConflict(found)).toBe(true);
  });

  it('call it a conflict only when both minima are undercut', () => {
    const a = track(flightOf('a', [point(-400, 0), point(400, 0)]), 60);
    const b = track(flightOf('b', [point(0, -400), point(0, 400)]), 70);
    const found = closestApproach(a, b, MINIMA);
    expect(found !== null && isConflict(found)).toBe(false);
    // Never far from both: passing the minimum in height while still 30 m apart would be less than 1.
    expect(found?.separation).toBeCloseTo(1, 6);
  });

  it('wait for no empty years', () => {
    const route = [point(0, 0), point(100, 0), point(0, 0)];
    const later = [0, 1, 2].map((year) =>
      track(flightOf(`y${year}`, route, { startMs: 1_800_000_000_000 + year * 31_536_000_000 })),
    );
    const again = track(flightOf('again', route, { startMs: 1_800_000_000_000 + 31_536_030_000 }));
    const list = closestApproaches([...later, again], MINIMA);
    expect(list.pairsApartInTime).toBe(5);
    expect(list.approaches.map((a) => [a.flightId, a.otherFlightId])).toEqual([['y1', 'again']]);
  });

  it('do not compare heights above homes that nobody knows', () => {
    const unknown = { homeElevationAmslM: null };
    const a = track(flightOf('a', [point(-400, 0), point(400, 0)], unknown), 60);
    const b = track(flightOf('b', [point(0, -400), point(0, 400)], unknown), 72);
    const found = closestApproach(a, b, MINIMA);
    expect(found?.verticalM).toBeNull();
    expect(found !== null && isConflict(found)).toBe(true);
  });

  it(`agree with dense sampling on random fleets (seed ${SEED})`, () => {
    for (let k = 0; k < 12 * CASES; k++) {
      const seed = SEED * 1000 + k;
      const fleet = randomFleet(seed, 10, { bases: 3, extentM: 600, legs: 6, spreadS: 60 });
      const uncertainty = k % 2 === 0 ? null : { startM: 1, growthMPerS: 0.05, mostM: 10 };
      const tracks = fleet.map((flight, i) =>
        trackOf(flight, 0, 60 + 12 * (i % 3), { ...CONTEXT, uncertainty }),
      );
      const list = closestApproaches(tracks, MINIMA);
      const judged = sampled(tracks, MINIMA, 0.1);
      expect(list.approaches.length + list.pairsBeyondHorizon).toBe(judged.length);
      for (const { a, b, separation } of judged) {
        const found = list.approaches.find((entry) => entry.flightId === a && entry.otherFlightId === b);
        const told = `seed ${seed}: ${a} ${b}`;
        if (found === undefined) expect(separation, told).toBeGreaterThan(list.horizonM / 60);
        else {
          // 0.1 s at 20 m/s of closing speed is 2 m of 30 (or 0.5 m of 10).
          expect(found.separation, told).toBeLessThanOrEqual(separation + 1e-9);
          expect(found.separation, told).toBeGreaterThan(separation - 0.09);
        }
      }
      const values = list.approaches.map((entry) => entry.separation);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
    }
  });
});

describe('conflict shifts', () => {
  it(`are the shifts at which the closest approach is a conflict (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    let inside = 0;
    let outside = 0;
    for (let k = 0; k < 60 * CASES; k++) {
      const seed = SEED * 5000 + k;
      const fleet = randomFleet(seed, 2, { bases: 1 + (k % 2), extentM: 400, legs: 5, spreadS: 30 });
      const uncertainty = k % 3 === 0 ? { startM: 1, growthMPerS: 0.05, mostM: 10 } : null;
      const [a, b] = fleet.map((flight, i) =>
        trackOf(flight, 0, 60 + 5 * (k % 4) * i, { ...CONTEXT, uncertainty }),
      );
      if (a === undefined || b === undefined) throw new Error('two flights');
      const shifts = conflictShifts(indexTrack(a), indexTrack(b), MINIMA, -400, 400);
      for (let q = 0; q < 30; q++) {
        const shift = random() * 600 - 300;
        const nearEnd = shifts.some((end) => Math.abs(end - shift) < 1e-3);
        if (nearEnd) continue;
        const approach = closestApproach(delayed(a, shift), b, MINIMA);
        const isIn = shifts.some((from, i) => i % 2 === 0 && shift > from && shift < (shifts[i + 1] ?? 0));
        expect(approach !== null && isConflict(approach), `seed ${seed}, shift ${shift}`).toBe(isIn);
        if (isIn) inside++;
        else outside++;
      }
    }
    expect(inside).toBeGreaterThan(100);
    expect(outside).toBeGreaterThan(100);
  });

  it('become whole steps that lie strictly inside', () => {
    expect(toSteps([-2.5, 2.5, 3.2, 3.8, 4.1, 9], 1)).toEqual([-2, 2, 5, 8]);
    expect(toSteps([-2, 2], 1)).toEqual([-1, 1]);
    expect(toSteps([0, 10], 5)).toEqual([1, 1]);
  });
});

describe('least delays', () => {
  it(`are those of trying all (seed ${SEED})`, () => {
    const random = seededRandom(SEED + 1);
    const whole = (most: number): number => Math.floor(random() * (most + 1));
    let none = 0;
    for (let k = 0; k < 250 * CASES; k++) {
      const n = 2 + whole(2);
      const most = Array.from({ length: n }, () => (random() < 0.2 ? 0 : 3 + whole(5)));
      const forbidden = new Map<string, number[]>();
      for (let i = 0; i < n; i++) {
        for (let j = i + 1; j < n; j++) {
          const first = -whole(6);
          const last = first + whole(9);
          forbidden.set(
            `${i},${j}`,
            random() < 0.5 ? [first, last] : [first, last, last + 2, last + 2 + whole(4)],
          );
        }
      }
      const banned = (i: number, j: number): readonly number[] => forbidden.get(`${i},${j}`) ?? [];
      const found = leastDelays({ most, forbidden: banned });
      const truth = tryAll(most, (d) =>
        d.every((di, i) =>
          d.every((dj, j) => {
            if (j <= i) return true;
            const list = banned(i, j);
            return !list.some((from, m) => m % 2 === 0 && di - dj >= from && di - dj <= (list[m + 1] ?? 0));
          }),
        ),
      );
      expect(found.proven).toBe(true);
      if (truth === null) {
        none++;
        expect(found.kind, `case ${k}`).toBe('none');
      } else expect(found, `case ${k}`).toMatchObject({ kind: 'solved', total: truth });
    }
    expect(none).toBeGreaterThan(5);
  });
});

/** Least sum of all vectors within limits that pass. */
function tryAll(most: readonly number[], passes: (delays: readonly number[]) => boolean): number | null {
  let best: number | null = null;
  const at = most.map(() => 0);
  for (;;) {
    const total = at.reduce((a, b) => a + b, 0);
    if ((best === null || total < best) && passes(at)) best = total;
    let k = 0;
    while (k < at.length && at[k] === most[k]) at[k++] = 0;
    if (k === at.length) return best;
    at[k] = (at[k] ?? 0) + 1;
  }
}

describe('deconflict', () => {
  const crossing = (id: string, angle: number, change: Partial<PlannedFlight> = {}): PlannedFlight => {
    const x = 500 * Math.cos(angle);
    const y = 500 * Math.sin(angle);
    return flightOf(id, [point(-x, -y), point(x, y)], change);
  };

  it('leaves flights that do not meet as they are', () => {
    const far = flightOf('far', [point(5000, 0), point(5500, 0), point(5000, 0)]);
    const result = separatedOf(deconflict([crossing('a', 0), far], OPTIONS));
    expect(result.flights.map((f) => [f.layerM, f.delayS])).toEqual([
      [60, 0],
      [60, 0],
    ]);
    expect(result.proof).toMatchObject({ approaches: [], pairsBeyondHorizon: 1 });
    expect(result.proven).toBe(true);
  });

  it('gives crossing flights layers first', () => {
    const result = separatedOf(
      deconflict(
        [0, 0.8, 1.6, 2.4].map((a, i) => crossing(`c${i}`, a)),
        OPTIONS,
      ),
    );
    expect(result.totalDelayS).toBe(0);
    expect(new Set(result.flights.map((f) => f.layerM))).toEqual(new Set([60, 72, 84, 96]));
    expect(result.proof.approaches.every((a) => a.separation >= 1 - 1e-6)).toBe(true);
  });

  it('takes another route where layers do not suffice, then a delay', () => {
    const aside = [point(-500, 200), point(500, 200)];
    const one = { ...OPTIONS, layersM: [60] };
    const detour = crossing('b', 0, { routes: [[point(-500, 0), point(500, 0)], aside] });
    const byRoute = separatedOf(deconflict([crossing('a', 0, { hold: 'fixed' }), detour], one));
    expect(byRoute.flights.map((f) => [f.routeIndex, f.delayS])).toEqual([
      [0, 0],
      [1, 0],
    ]);
    const byDelay = separatedOf(deconflict([crossing('a', 0, { hold: 'fixed' }), crossing('b', 0)], one));
    // Over the same column and line: 30 m behind at 3 m/s of climb would be too near until both are clear of 10 m.
    expect(byDelay.flights[1]?.delayS).toBeGreaterThan(0);
    expect(byDelay.proven).toBe(true);
    const earlier = trackOf(crossing('b', 0), 0, 60, contextOf([crossing('a', 0), crossing('b', 0)], one));
    const held = byDelay.flights[0]?.track;
    if (held === undefined) throw new Error('two flights');
    const less = closestApproach(held, delayed(earlier, (byDelay.flights[1]?.delayS ?? 0) - 1), MINIMA);
    expect(less !== null && isConflict(less)).toBe(true);
  });

  it('waits less where departing and arriving drones have lanes of their own', () => {
    const home = { lonDeg: point(0, 0).lonDeg, latDeg: point(0, 0).latDeg };
    const procedure: BaseProcedure = {
      base: { baseId: 'b', name: 'Station', position: home, pads: 2, elevationAmslM: 150 },
      columnRadiusM: 45,
      hopHeightM: 15,
      halfWidthM: 10,
      lanes: evenLanes(2, 0, 150),
    };
    const quiet = {
      zones: [],
      marginM: 0,
      fromMs: null,
      untilMs: null,
      homeElevationAmslM: 150,
      elevation: null,
    };
    const work = [point(400, 300), point(400, -300)];
    const gates = sortieGates(procedure, quiet, {
      heightM: 60,
      firstPoint: point(400, 300),
      lastPoint: point(400, -300),
      ways: null,
    });
    if (gates.departure === null || gates.arrival === null) throw new Error('no lanes');
    const laned = routeThroughLanes(gates.departure, work, gates.arrival);
    // Heights of lanes that are the layer stay open.
    expect(laned.map((p) => p.heightM)).toEqual([0, 15, 15, null, null, null, null, null, null, 15, 15, 0]);
    const straight = [point(0, 0), ...work, point(0, 0)];
    // The second takes off while the first comes down.
    const pair = (route: readonly FlightPoint[]): PlannedFlight[] => {
      const first = flightOf('first', route, { hold: 'fixed' });
      const end = track(first).knots.at(-4) ?? 0;
      return [first, flightOf('second', route, { startMs: first.startMs + Math.round((end - 25) * 1000) })];
    };
    const without = separatedOf(deconflict(pair(straight), { ...OPTIONS, layersM: [60] }));
    const withLanes = separatedOf(deconflict(pair(laned), { ...OPTIONS, layersM: [60] }));
    expect(without.totalDelayS).toBeGreaterThan(withLanes.totalDelayS);
  });

  it('places a fleet whose groups are too large to try everything', () => {
    const fleet = randomFleet(SEED, 24, { bases: 3, extentM: 900, legs: 8, spreadS: 300 });
    const result = deconflict(fleet, OPTIONS);
    if (result.kind === 'refused') throw new Error('refused');
    expect(result.flights.length).toBeGreaterThan(20);
    expect(result).toEqual(deconflict(fleet, OPTIONS));
  });

  it('says with whom there is no place', () => {
    const result = deconflict([crossing('a', 0, { hold: 'fixed' }), crossing('b', 0)], {
      ...OPTIONS,
      layersM: [60],
      maxDelayS: 1,
    });
    expect(result).toMatchObject({
      kind: 'unsolved',
      proven: true,
      unsolved: [{ flightId: 'b', againstIds: ['a'], issue: { code: 'deconflict.unsolved' } }],
    });
    expect(result.kind === 'unsolved' && result.flights.map((f) => f.flightId)).toEqual(['a']);
  });

  it('reports two flights in the air that nobody can part, and still keeps the others from both', () => {
    const held = { hold: 'airborne' as const };
    const result = deconflict(
      [crossing('a', 0, held), crossing('b', 1.5, held), crossing('c', 0.7)],
      OPTIONS,
    );
    expect(result).toMatchObject({
      kind: 'unsolved',
      proven: true,
      unsolved: [{ flightId: 'a', againstIds: ['b'], issue: { code: 'deconflict.fixed-conflict' } }],
    });
    expect(result.kind === 'unsolved' && result.flights).toHaveLength(3);
    expect(result.kind === 'unsolved' && result.proof.approaches.filter(isConflict)).toHaveLength(1);
  });

  it('names what it cannot use', () => {
    const bad: [Partial<PlannedFlight>, string][] = [
      [{ routes: [] }, 'routes'],
      [{ routes: [[]] }, 'routes'],
      [{ routes: [[point(0, 0, { heightM: Number.NaN })]] }, 'heightM'],
      [{ routes: [[point(0, 0, { dwellS: -1 })]] }, 'dwellS'],
      [{ layersM: [] }, 'layersM'],
      [{ startMs: Number.NaN }, 'startMs'],
      [{ homeElevationAmslM: Number.POSITIVE_INFINITY }, 'homeElevationAmslM'],
    ];
    for (const [change, field] of bad) {
      const result = deconflict([crossing('a', 0, change)], OPTIONS);
      expect(result.kind, field).toBe('refused');
      expect(result.issues.map((issue) => issue.details.field)).toContain(field);
    }
    const options: [Partial<DeconflictOptions>, string][] = [
      [{ minHorizontalM: 0 }, 'minHorizontalM'],
      [{ minVerticalM: Number.NaN }, 'minVerticalM'],
      [{ maxDelayS: -1 }, 'maxDelayS'],
      [{ delayStepS: 0 }, 'delayStepS'],
      [{ layersM: [] }, 'layersM'],
      [{ uncertainty: { startM: 5, growthMPerS: 1, mostM: 1 } }, 'uncertainty.mostM'],
    ];
    for (const [change, field] of options) {
      const result = deconflict([crossing('a', 0)], { ...OPTIONS, ...change });
      expect(result.kind, field).toBe('refused');
      expect(result.issues.map((issue) => issue.details.field)).toContain(field);
    }
    expect(deconflict([crossing('a', 0), crossing('a', 1)], OPTIONS).kind).toBe('refused');
    expect(deconflict([], OPTIONS)).toMatchObject({ kind: 'separated', flights: [] });
  });

  it('tells codes and details of the list', () => {
    const held = { hold: 'airborne' as const };
    const results = [
      deconflict([crossing('a', 0, held), crossing('b', 1.5, held)], OPTIONS),
      deconflict([crossing('a', 0, { routes: [] })], { ...OPTIONS, maxDelayS: -1 }),
      deconflict([crossing('a', 0, { homeElevationAmslM: null }), crossing('b', 2)], OPTIONS),
    ];
    const issues = results.flatMap((result) => result.issues);
    expect(new Set(issues.map((issue) => issue.code)).size).toBe(4);
    for (const issue of issues) {
      const known = PLAN_ISSUE_CODES[issue.code as keyof typeof PLAN_ISSUE_CODES];
      expect(Object.keys(issue.details).sort()).toEqual([...known.details].sort());
    }
  });

  it('keeps flights of bases of unknown elevation apart by place and time', () => {
    const unknown = { homeElevationAmslM: null };
    // The second layer is reached 4 s later, which alone would not part them in plan.
    const two = { ...OPTIONS, layersM: [60, 72] };
    const result = separatedOf(deconflict([crossing('a', 0, unknown), crossing('b', 1.5, unknown)], two));
    expect(result.totalDelayS).toBeGreaterThan(0);
    expect(result.issues.map((issue) => issue.code)).toEqual(['deconflict.heights-not-comparable']);
    const flat = separatedOf(
      deconflict([crossing('a', 0, unknown), crossing('b', 1.5, unknown)], {
        ...OPTIONS,
        commonGround: true,
      }),
    );
    expect(flat.totalDelayS).toBe(0);
  });

  it(`never undercuts the minima on random fleets, judged by dense sampling (seed ${SEED})`, () => {
    let separated = 0;
    for (let k = 0; k < 10 * CASES; k++) {
      const seed = SEED * 7000 + k;
      const fleet = randomFleet(seed, 3 + (k % 4) * 4, { bases: 2, extentM: 500, legs: 6, spreadS: 120 });
      const uncertainty = k % 2 === 0 ? null : { startM: 1, growthMPerS: 0.02, mostM: 6 };
      const result = deconflict(fleet, { ...OPTIONS, uncertainty });
      if (result.kind === 'refused') throw new Error(`seed ${seed} refused`);
      if (result.kind === 'separated') separated++;
      const held = new Set(fleet.filter((f) => f.hold !== 'free').map((f) => f.flightId));
      const told = new Set(result.kind === 'unsolved' ? result.unsolved.map((u) => u.flightId) : []);
      expect(result.flights.length + [...told].filter((id) => !held.has(id)).length).toBe(fleet.length);
      for (const { a, b, separation, atS } of sampled(
        result.flights.map((f) => f.track),
        MINIMA,
        0.1,
      )) {
        if (held.has(a) && held.has(b)) continue;
        expect(separation, `seed ${seed}: ${a} and ${b} at ${atS} s`).toBeGreaterThanOrEqual(1 - 1e-6);
      }
      for (const flight of result.flights) {
        const asked = fleet.find((f) => f.flightId === flight.flightId);
        const expected = trackOf(
          { ...(asked as PlannedFlight), startMs: flight.startMs },
          flight.routeIndex,
          flight.layerM,
          { frame: result.frame, epochMs: result.epochMs, uncertainty, commonGround: false },
        );
        expect(flight.track.knots.length).toBe(expected.knots.length);
        flight.track.knots.forEach((value, i) => {
          expect(value).toBeCloseTo(expected.knots[i] ?? Number.NaN, 6);
        });
        if (held.has(flight.flightId)) expect(flight.delayS).toBe(0);
      }
    }
    expect(separated).toBeGreaterThan(0);
  });

  it(`is impossible or least exactly when trying everything says so (seed ${SEED})`, () => {
    let impossible = 0;
    let waiting = 0;
    for (let k = 0; k < 40 * CASES; k++) {
      const seed = SEED * 9000 + k;
      const random = seededRandom(seed);
      const fleet = randomFleet(seed, 3, { bases: 1, extentM: 150, legs: 3, spreadS: 10 });
      const options: DeconflictOptions = {
        ...OPTIONS,
        layersM: random() < 0.5 ? [60] : [60, 72],
        delayStepS: 5,
        maxDelayS: 5 * Math.floor(3 + random() * 12),
      };
      const result = deconflict(fleet, options);
      const truth = tryEverything(fleet, options);
      const told = `seed ${seed}`;
      if (result.kind === 'refused') throw new Error(told);
      const heldPair =
        result.kind === 'unsolved' && result.issues.some((i) => i.code === 'deconflict.fixed-conflict');
      if (heldPair) continue;
      expect(result.proven, told).toBe(true);
      if (truth === null) {
        impossible++;
        expect(result.kind, told).toBe('unsolved');
      } else {
        expect(result.kind, told).toBe('separated');
        expect(result.totalDelayS, told).toBe(truth);
        if (truth > 0) waiting++;
      }
    }
    expect(impossible).toBeGreaterThan(2);
    expect(waiting).toBeGreaterThan(2);
  });
});

/** Every layer, route and delay of every flight, pair by pair judged by the closest approach. */
function tryEverything(fleet: readonly PlannedFlight[], options: DeconflictOptions): number | null {
  const context = contextOf(fleet, options);
  const stepS = options.delayStepS ?? 1;
  const steps = Math.floor(options.maxDelayS / stepS);
  const choices = fleet.map((flight) =>
    flight.routes
      .slice(0, flight.hold === 'free' ? 9 : 1)
      .flatMap((_, r) =>
        options.layersM.slice(0, flight.hold === 'free' ? 9 : 1).map((h) => trackOf(flight, r, h, context)),
      ),
  );
  const most = fleet.map((flight) => (flight.hold === 'free' ? steps : 0));
  const memo = new Map<string, boolean>();
  const clash = (i: number, a: number, j: number, b: number, difference: number): boolean => {
    const key = `${i} ${a} ${j} ${b} ${difference}`;
    const known = memo.get(key);
    if (known !== undefined) return known;
    const approach = closestApproach(
      delayed(choices[i]?.[a] as FlightTrack, difference * stepS),
      choices[j]?.[b] as FlightTrack,
      { horizontalM: options.minHorizontalM, verticalM: options.minVerticalM },
    );
    const value = approach !== null && isConflict(approach);
    memo.set(key, value);
    return value;
  };
  let best: number | null = null;
  const chosen: { option: number; delay: number }[] = [];
  const place = (i: number, total: number): void => {
    if (best !== null && total >= best) return;
    if (i === fleet.length) {
      best = total;
      return;
    }
    for (let delay = 0; delay <= (most[i] ?? 0); delay++) {
      (choices[i] ?? []).forEach((_, option) => {
        const free = chosen.every((other, j) => !clash(j, other.option, i, option, other.delay - delay));
        if (!free) return;
        chosen.push({ option, delay });
        place(i + 1, total + delay);
        chosen.pop();
      });
    }
  };
  place(0, 0);
  return best === null ? null : best * stepS;
}

it('measures in the plane of the flights', () => {
  const context = contextOf([flightOf('a', [point(100, 200)])], OPTIONS);
  expect(lonLatToMm(context.frame, point(100, 200))).toEqual({ x: 0, y: 0 });
});
