import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrame, lonLatToMm, type PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import { coverageFraction } from './exact.ts';
import type { PatternFlight } from './pattern-flight.ts';
import { ANYWHERE } from './pattern-space.ts';
import { planSearch, type SearchOptions, type SearchPath, type SearchPattern } from './search.ts';
import { expandingSquareLegs, expandingSquareRadius, SEARCHED_REACH, sectorLegs } from './search-legs.ts';
import { polygonOf, SHAPE_FRAME } from './shapes.fixture.ts';

const DATUM = { lonDeg: 110.29, latDeg: 25.28 };
const FRAME = createFrame(DATUM);
const FLIGHT: PatternFlight = {
  heightM: 60,
  datum: 'above-home',
  speedMps: 10,
  entry: [],
  exit: [],
  capture: { kind: 'video' },
};
const OPTIONS: SearchOptions = { drift: null, space: ANYWHERE, flight: FLIGHT };

const square = (spacingM: number, legs: number, firstCourseDeg = 0): SearchPattern => ({
  kind: 'expanding-square',
  datum: DATUM,
  spacingM,
  extent: { kind: 'legs', legs },
  firstCourseDeg,
  turns: 'starboard',
});

function pointsOf(path: SearchPath): PointMm[] {
  return path.points.map((p) => lonLatToMm(FRAME, p));
}

/** Courses and lengths as a navigator reads them off the chart. */
function legsOf(path: SearchPath): [courseDeg: number, lengthM: number][] {
  const points = pointsOf(path);
  return points.slice(1).map((b, i) => {
    const a = points[i] as PointMm;
    const course = (Math.atan2(b.x - a.x, b.y - a.y) * 180) / Math.PI;
    return [Math.round((course + 360) % 360), Math.round(distanceMm(a, b) / 1000)];
  });
}

describe('the expanding square (IAMSAR SS)', () => {
  it('flies S, S, 2S, 2S, 3S, 3S … with turns of 90° to starboard', () => {
    expect(legsOf(planSearch(square(100, 8), OPTIONS))).toEqual([
      [0, 100],
      [90, 100],
      [180, 200],
      [270, 200],
      [0, 300],
      [90, 300],
      [180, 400],
      [270, 400],
    ]);
  });

  it('is 20 S long after eight legs, and begins at the datum', () => {
    const path = planSearch(square(100, 8, 37), OPTIONS);
    expect(path.lengthM).toBeCloseTo(2000, 1);
    expect(path.points[0]).toMatchObject(DATUM);
  });

  it('turns to port when told, and by 45° for a second search', () => {
    const path = planSearch({ ...square(50, 4, 45), turns: 'port' } as SearchPattern, OPTIONS);
    expect(legsOf(path)).toEqual([
      [45, 50],
      [315, 50],
      [225, 100],
      [135, 100],
    ]);
  });

  it('searches the disc that it claims, and not much more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 26 }),
        fc.integer({ min: 5, max: 200 }),
        fc.integer({ min: 0, max: 359 }),
        (legs, spacingM, course) => {
          const path = planSearch(square(spacingM, legs, course), OPTIONS);
          const radiusM = path.searchedRadiusM ?? 0;
          expect(radiusM).toBe(expandingSquareRadius(spacingM, legs));
          const disc = (mm: number): PointMm[] =>
            Array.from({ length: 180 }, (_, k) => ({
              x: mm * Math.cos((k * Math.PI) / 90),
              y: mm * Math.sin((k * Math.PI) / 90),
            }));
          // Capsules are polygons inside their circles (some centimetres) and corners are whole millimetres.
          const reach = spacingM * 1000 * SEARCHED_REACH + 60;
          expect(coverageFraction([disc(radiusM * 1000)], pointsOf(path), reach)).toBeGreaterThan(1 - 1e-7);
          // Half a spacing sees all but the outsides of corners.
          expect(
            coverageFraction([disc(radiusM * 1000)], pointsOf(path), (spacingM * 1000) / 2 + 60),
          ).toBeGreaterThan(0.97);
          // A disc a quarter of a spacing wider is not searched whole: the claim could not be much greater.
          if (legs > 1)
            expect(
              coverageFraction([disc((radiusM + spacingM / 4) * 1000)], pointsOf(path), reach),
            ).toBeLessThan(1 - 1e-5);
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 20) },
    );
  });

  it('takes as many legs as a radius needs', () => {
    const path = planSearch(
      { ...square(100, 1), extent: { kind: 'radius', radiusM: 250 } } as SearchPattern,
      OPTIONS,
    );
    // 2.5 S are searched by nine legs (sides at 2 S all round), not by eight.
    expect(path.legs).toBe(9);
    expect(path.searchedRadiusM).toBe(250);
    expect(expandingSquareRadius(100, 8)).toBe(150);
  });
});

describe('the sector search (IAMSAR VS)', () => {
  const sector: SearchPattern = {
    kind: 'sector',
    datum: DATUM,
    radiusM: 500,
    firstCourseDeg: 0,
    turns: 'starboard',
    searches: 1,
  };

  it('has nine legs of one radius, 120° to starboard at the rim and straight over the datum', () => {
    expect(legsOf(planSearch(sector, OPTIONS))).toEqual([
      [0, 500],
      [120, 500],
      [240, 500],
      [240, 500],
      [0, 500],
      [120, 500],
      [120, 500],
      [240, 500],
      [0, 500],
    ]);
  });

  it('crosses the datum twice and ends there; its corners lie on the circle every 60°', () => {
    const points = pointsOf(planSearch(sector, OPTIONS));
    const atDatum = points.flatMap((p, i) => (Math.hypot(p.x, p.y) < 3 ? [i] : []));
    expect(atDatum).toEqual([0, 3, 6, 9]);
    const rim = points.filter((p) => Math.hypot(p.x, p.y) > 3);
    const bearings = rim.map((p) => Math.round(((Math.atan2(p.x, p.y) * 180) / Math.PI + 360) % 360));
    expect([...bearings].sort((a, b) => a - b)).toEqual([0, 60, 120, 180, 240, 300]);
    for (const p of rim) expect(Math.hypot(p.x, p.y) / 1000).toBeCloseTo(500, 2);
  });

  it('lays the second search half-way between the legs of the first', () => {
    const path = planSearch({ ...sector, searches: 2 }, OPTIONS);
    expect(path.lengthM).toBeCloseTo(18 * 500, 1);
    expect(
      legsOf(path)
        .slice(9)
        .map(([course]) => course),
    ).toEqual([30, 150, 270, 270, 30, 150, 150, 270, 30]);
    expect(sectorLegs(1, 0, 'port', 2)[9]?.courseDeg).toBe(330);
  });
});

describe('parallel track and creeping line', () => {
  const box: SearchPattern = {
    kind: 'parallel-track',
    centre: DATUM,
    lengthM: 1000,
    widthM: 400,
    axisBearingDeg: 90,
    spacingM: 100,
  };

  it('fly along the long side, half a spacing inside, or along the short one', () => {
    expect(legsOf(planSearch(box, OPTIONS))).toEqual([
      [90, 900],
      [180, 100],
      [270, 900],
      [180, 100],
      [90, 900],
      [180, 100],
      [270, 900],
    ]);
    const creeping = planSearch({ ...box, kind: 'creeping-line' }, OPTIONS);
    expect(creeping.legs).toBe(10);
    expect(legsOf(creeping)[0]).toEqual([180, 300]);
  });
});

describe('a search on a drifting datum', () => {
  it('keeps its figure about the datum that moves with the water', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        fc.integer({ min: 0, max: 359 }),
        fc.integer({ min: 0, max: 600 }),
        (rateMps, setDeg, elapsedS) => {
          const path = planSearch(square(80, 9, 20), { ...OPTIONS, drift: { setDeg, rateMps, elapsedS } });
          const still = pointsOf(planSearch(square(80, 9, 20), OPTIONS));
          let t = elapsedS;
          const points = pointsOf(path);
          points.forEach((p, i) => {
            const before = points[i - 1];
            // At 10 m/s: the clock of the aircraft, not of the planner.
            if (before !== undefined) t += distanceMm(before, p) / 10_000;
            const set = (setDeg * Math.PI) / 180;
            const moved = {
              x: p.x - rateMps * 1000 * t * Math.sin(set),
              y: p.y - rateMps * 1000 * t * Math.cos(set),
            };
            expect(distanceMm(moved, still[i] as PointMm)).toBeLessThan(50);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('needs a speed above the drift', () => {
    const drift = { setDeg: 0, rateMps: 11, elapsedS: 0 };
    const refused = planSearch(square(80, 9), { ...OPTIONS, drift });
    expect(refused.warnings).toMatchObject([{ code: 'plan.bad-request', details: { field: 'speedMps' } }]);
    const unknown = planSearch(square(80, 9), {
      ...OPTIONS,
      drift: { ...drift, rateMps: 1 },
      flight: { ...FLIGHT, speedMps: null },
    });
    expect(unknown.points).toEqual([]);
  });
});

describe('a search within limits', () => {
  it('leaves out what lies outside, says so, and no longer claims its disc', () => {
    const allowed = polygonOf([
      [-1000, -150],
      [1000, -150],
      [1000, 150],
      [-1000, 150],
    ]);
    const path = planSearch(square(100, 12), { ...OPTIONS, space: { ...ANYWHERE, allowed } });
    expect(path.warnings.map((w) => w.code)).toEqual(['plan.pattern-clipped']);
    expect(path.searchedRadiusM).toBeNull();
    for (const p of path.points) expect(Math.abs(lonLatToMm(SHAPE_FRAME, p).y)).toBeLessThanOrEqual(150_002);
  });

  it('is refused when nothing of it is allowed', () => {
    const far = polygonOf([
      [5000, 5000],
      [5100, 5000],
      [5100, 5100],
    ]);
    const path = planSearch(square(20, 4), { ...OPTIONS, space: { ...ANYWHERE, allowed: far } });
    expect(path.points).toEqual([]);
    expect(path.warnings.at(-1)?.code).toBe('plan.pattern-empty');
  });

  it('starts and ends the camera where the search does', () => {
    const path = planSearch(square(100, 4), OPTIONS);
    expect(path.points[0]?.actions).toEqual([
      { kind: 'speed', speedMps: 10 },
      { kind: 'video', on: true },
    ]);
    expect(path.points.at(-1)?.actions).toEqual([{ kind: 'video', on: false }]);
  });

  it('names what is wrong', () => {
    const path = planSearch(square(0, 4), OPTIONS);
    expect(path.warnings).toMatchObject([
      { code: 'plan.bad-request', details: { field: 'spacingM', value: '0' } },
    ]);
    expect(expandingSquareLegs(10, 3, 0, 'starboard').map((leg) => leg.lengthM)).toEqual([10, 10, 20]);
  });
});
