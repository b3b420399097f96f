import { Clipper64, ClipType, FillRule, PolyTree64 } from 'clipper2-ts';
import fc from 'fast-check';
import type { LineString, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { lonLatToMm, mmToLonLat, type PointMm, positionToMm } from '../geo/frame.ts';
import { containsPoint, distanceMm, distanceToSegmentMm, lengthMm } from '../geo/measure.ts';
import { seededRandom } from '../geo/random.ts';
import { cleanPolygons, offset, offsetRound } from '../geo/region.ts';
import { type CorridorOptions, type CorridorPath, planCorridor, type Street } from './corridor.ts';
import { offsetLine, passOffsets } from './corridor-passes.ts';
import { postmanTour } from './corridor-postman.ts';
import { swathOf } from './exact.ts';
import { ANYWHERE } from './pattern-space.ts';
import { polygonOf, SHAPE_FRAME } from './shapes.fixture.ts';

const OPTIONS: CorridorOptions = {
  snapM: 1,
  mergeParallelM: null,
  corridorWidthM: 20,
  swathWidthM: 40,
  directions: 'one-way',
  start: null,
  gimbalPitchDeg: -45,
  space: ANYWHERE,
  flight: { heightM: 50, datum: 'above-home', speedMps: 8, entry: [], exit: [], capture: { kind: 'video' } },
};

function street(
  streetId: string,
  isChosen: boolean,
  ...metres: readonly (readonly [number, number])[]
): Street {
  const coordinates = metres.map(([x, y]) => {
    const { lonDeg, latDeg } = mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 });
    return [lonDeg, latDeg];
  });
  return { streetId, geometry: { type: 'LineString', coordinates }, isChosen };
}

/**
 * A jittered grid of streets, some missing, some bent, a share of them chosen. All columns and one row are there, so
 * that the whole hangs together.
 */
function randomGrid(seed: number, size: number, share: number): Street[] {
  const random = seededRandom(seed);
  const at = Array.from({ length: size }, (_, i) =>
    Array.from(
      { length: size },
      (_, j) => [i * 90 + (random() - 0.5) * 40, j * 110 + (random() - 0.5) * 40] as const,
    ),
  );
  const out: Street[] = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (const [di, dj] of [
        [1, 0],
        [0, 1],
      ] as const) {
        const a = at[i]?.[j];
        const b = at[i + di]?.[j + dj];
        const isSpine = di === 0 || j === 0;
        if (a === undefined || b === undefined || (!isSpine && random() < 0.25)) continue;
        const middle = [
          (a[0] + b[0]) / 2 + (random() - 0.5) * 20,
          (a[1] + b[1]) / 2 + (random() - 0.5) * 20,
        ] as const;
        out.push(street(`${i}.${j}.${di}`, random() < share, ...(random() < 0.3 ? [a, middle, b] : [a, b])));
      }
    }
  }
  return out;
}

const pointsOf = (path: CorridorPath): PointMm[] => path.points.map((p) => lonLatToMm(SHAPE_FRAME, p));
const codes = (path: CorridorPath): string[] => path.warnings.map((w) => w.code);
const lineOf = (s: Street): PointMm[] =>
  (s.geometry as LineString).coordinates.map((p) => positionToMm(SHAPE_FRAME, p));

/** Length of chosen street farther than `mm` from the path, by clipping the lines themselves with Clipper. */
function uncoveredMm(streets: readonly Street[], path: CorridorPath, mm: number): number {
  const clipper = new Clipper64();
  clipper.addOpenSubject(streets.filter((s) => s.isChosen).map(lineOf) as never);
  clipper.addClip(swathOf(pointsOf(path), mm) as never);
  const rest: PointMm[][] = [];
  clipper.execute(ClipType.Difference, FillRule.NonZero, new PolyTree64(), rest as never);
  return rest.reduce((sum, line) => sum + lengthMm(line), 0);
}

describe('the corridor', () => {
  it('flies a single street once, from the end near the start', () => {
    const streets = [street('a', true, [0, 0], [100, 0], [100, 50])];
    const near = mmToLonLat(SHAPE_FRAME, { x: 100_000, y: 400_000 });
    const path = planCorridor(streets, { ...OPTIONS, start: near });
    expect(path.lengthM).toBeCloseTo(150, 1);
    expect(path.streetsM).toBeCloseTo(150, 1);
    expect(path.warnings).toEqual([]);
    expect(path.points[0]?.actions.map((a) => a.kind)).toEqual(['speed', 'gimbal', 'video']);
  });

  it('flies the four sides of a block without a metre more', () => {
    const block = [
      street('a', true, [0, 0], [100, 0], [100, 80]),
      street('b', true, [100, 80], [0, 80], [0, 0]),
    ];
    const path = planCorridor(block, OPTIONS);
    expect(path.lengthM).toBeCloseTo(360, 1);
    expect(path.tourM).toBeCloseTo(path.lowerBoundM, 3);
  });

  it('covers every chosen street whole and never beats its bound, on random grids; one that hangs together meets it', () => {
    const ratios: number[] = [];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 3, max: 7 }),
        fc.constantFrom(1, 0.9, 0.8, 0.6),
        (seed, size, share) => {
          const streets = randomGrid(seed, size, share);
          fc.pre(streets.some((s) => s.isChosen));
          const path = planCorridor(streets, OPTIONS);
          expect(path.unserved).toEqual([]);
          // A metre of snapping moves ends by that much at most.
          expect(uncoveredMm(streets, path, 1000)).toBe(0);
          const ratio = path.tourM / path.lowerBoundM;
          expect(ratio).toBeGreaterThanOrEqual(1 - 1e-9);
          // Streets in pieces have no tour as short as the bound, which knows nothing of pieces.
          if (share === 1) expect(ratio).toBeLessThanOrEqual(1 + 1e-9);
          else ratios.push(ratio);
          // Flown is what was reckoned, less the link that was cut open.
          expect(path.lengthM).toBeLessThanOrEqual(path.tourM + 0.1);
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 25) },
    );
    const sorted = ratios.sort((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(1.05);
  }, 180_000);

  it('makes the shortest tour over scattered streets (against every order and direction)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 2, max: 6 }), (seed, n) => {
        const random = seededRandom(seed);
        const places = Array.from({ length: 2 * n }, () => ({
          x: Math.round(random() * 1000),
          y: Math.round(random() * 1000),
        }));
        const errands = Array.from({ length: n }, (_, i) => ({
          from: 2 * i,
          to: 2 * i + 1,
          lengthMm: Math.round(distanceMm(places[2 * i] as PointMm, places[2 * i + 1] as PointMm)),
        }));
        const distances = new Float64Array(4 * n * n);
        places.forEach((a, i) => {
          places.forEach((b, j) => {
            distances[i * 2 * n + j] = Math.round(distanceMm(a, b));
          });
        });
        const tour = postmanTour({ places: 2 * n, distances, errands, times: 1, bothWays: false });
        expect(new Set(tour.legs.map((leg) => leg.errand)).size).toBe(n);
        let best = Number.POSITIVE_INFINITY;
        const extend = (done: number[], used: number, cost: number): void => {
          const last = done[done.length - 1] as number;
          if (done.length === n) {
            best = Math.min(best, cost + (distances[(last ^ 1) * 2 * n + (done[0] as number)] as number));
            return;
          }
          for (let end = 0; end < 2 * n; end++) {
            if ((used & (1 << (end >> 1))) !== 0) continue;
            extend(
              [...done, end],
              used | (1 << (end >> 1)),
              cost + (distances[(last ^ 1) * 2 * n + end] as number),
            );
          }
        };
        extend([0], 1, 0);
        const sum = errands.reduce((total, errand) => total + errand.lengthMm, 0);
        // Local search on a handful of streets: within 5 % of the best, and never below it.
        expect(tour.lengthMm).toBeGreaterThanOrEqual(best + sum);
        expect(tour.lengthMm).toBeLessThanOrEqual((best + sum) * 1.05 + 1);
        expect(tour.lowerBoundMm).toBeLessThanOrEqual(best + sum);
      }),
      { numRuns: 60 },
    );
  });

  it('flies each street once in each direction when told', () => {
    const streets = randomGrid(11, 4, 1);
    const path = planCorridor(streets, { ...OPTIONS, directions: 'both-ways' });
    expect(path.tourM).toBeCloseTo(2 * path.streetsM, 0);
    const legs = new Map<string, number>();
    const points = pointsOf(path);
    points.slice(1).forEach((q, i) => {
      const p = points[i] as PointMm;
      const key = `${p.x},${p.y} ${q.x},${q.y}`;
      legs.set(key, (legs.get(key) ?? 0) + 1);
    });
    for (const [key, count] of legs) {
      const [a, b] = key.split(' ');
      expect([key, count, legs.get(`${b} ${a}`)]).toEqual([key, 1, 1]);
    }
  });

  it('sees a wide corridor with parallel passes', () => {
    const streets = [
      street('a', true, [0, 0], [300, 0], [420, 160]),
      street('b', true, [300, 0], [300, -200]),
    ];
    const path = planCorridor(streets, { ...OPTIONS, corridorWidthM: 60, swathWidthM: 30 });
    expect(path.passes).toBe(2);
    const seen = swathOf(pointsOf(path), 15_000);
    for (const s of streets) {
      const line = lineOf(s);
      for (let i = 1; i < line.length; i++) {
        const [a, b] = [line[i - 1] as PointMm, line[i] as PointMm];
        const length = distanceMm(a, b);
        for (let k = 0; k <= 20; k++) {
          for (const side of [-29_500, -14_000, 0, 14_000, 29_500]) {
            const p = {
              x: a.x + ((b.x - a.x) * k) / 20 + ((b.y - a.y) / length) * side,
              y: a.y + ((b.y - a.y) * k) / 20 - ((b.x - a.x) / length) * side,
            };
            expect(containsPoint(offset(seen, 100), p)).toBe(true);
          }
        }
      }
    }
  });

  it('leaves out what lies in keep-outs, names it, and flies round them', () => {
    const keepOut = polygonOf([
      [120, -40],
      [180, -40],
      [180, 40],
      [120, 40],
    ]);
    const streets = [street('High Street', true, [0, 0], [300, 0])];
    const path = planCorridor(streets, {
      ...OPTIONS,
      space: { ...ANYWHERE, keepOuts: [keepOut], keepOutMarginM: 10 },
    });
    expect(path.unserved).toMatchObject([{ streetId: 'High Street', lengthM: 80 }]);
    expect(codes(path)).toEqual(['plan.street-unserved']);
    const zone = offsetRound(cleanPolygons(SHAPE_FRAME, keepOut), 9_990);
    const points = pointsOf(path);
    points.slice(1).forEach((q, i) => {
      const p = points[i] as PointMm;
      for (let k = 0; k <= 40; k++) {
        expect(
          containsPoint(zone, { x: p.x + ((q.x - p.x) * k) / 40, y: p.y + ((q.y - p.y) * k) / 40 }),
        ).toBe(false);
      }
    });
  });

  it('serves the part that the start reaches, and names the rest', () => {
    const wall: Polygon = polygonOf([
      [140, -500],
      [160, -500],
      [160, 500],
      [140, 500],
    ]);
    const allowed = polygonOf([
      [-50, -100],
      [350, -100],
      [350, 100],
      [-50, 100],
    ]);
    const streets = [
      street('west', true, [0, 0], [100, 0]),
      street('east', true, [200, 0], [300, 0], [300, 50]),
    ];
    const space = { ...ANYWHERE, allowed, keepOuts: [wall] };
    const start = mmToLonLat(SHAPE_FRAME, { x: -20_000, y: 0 });
    const path = planCorridor(streets, { ...OPTIONS, space, start });
    expect(path.unserved).toMatchObject([{ streetId: 'east', reason: 'no allowed way leads there' }]);
    expect(path.lengthM).toBeCloseTo(100, 1);
    const longest = planCorridor(streets, { ...OPTIONS, space });
    expect(longest.unserved).toMatchObject([{ streetId: 'west' }]);
  });

  it('asks a way finder for the ways between streets', () => {
    const asked: unknown[] = [];
    const wayFinder = {
      way: (a: never, b: never) => {
        asked.push(a);
        return { points: [a, mmToLonLat(SHAPE_FRAME, { x: 150_000, y: 90_000 }), b], lengthM: 0 };
      },
    };
    const streets = [street('a', true, [0, 0], [100, 0]), street('b', true, [200, 0], [300, 0])];
    const path = planCorridor(streets, { ...OPTIONS, space: { ...ANYWHERE, wayFinder } });
    expect(asked.length).toBeGreaterThan(0);
    const detour = { x: 150_000, y: 90_000 };
    expect(Math.min(...pointsOf(path).map((p) => distanceMm(p, detour)))).toBeLessThan(5);
  });

  it('says what is wrong with what it was given', () => {
    expect(codes(planCorridor([], OPTIONS))).toEqual(['plan.bad-request']);
    const bad = {
      ...street('x', true, [0, 0], [1, 1]),
      geometry: { type: 'LineString', coordinates: [[1, Number.NaN]] },
    } as Street;
    expect(planCorridor([bad], OPTIONS).warnings).toMatchObject([
      { code: 'plan.bad-street', details: { streetId: 'x' } },
    ]);
    expect(codes(planCorridor([street('x', false, [0, 0], [50, 0])], OPTIONS))).toEqual([
      'plan.pattern-empty',
    ]);
  });

  it('gives the same path every time', () => {
    const streets = randomGrid(5, 5, 0.7);
    expect(planCorridor(streets, OPTIONS)).toEqual(planCorridor(streets, OPTIONS));
  });
});

describe('offset passes', () => {
  it('lie evenly about the middle', () => {
    expect(passOffsets(1, 10)).toEqual([0]);
    expect(passOffsets(4, 10)).toEqual([-15, -5, 5, 15]);
  });

  it('keep their distance along every leg, with mitred corners', () => {
    const line = [
      { x: 0, y: 0 },
      { x: 0, y: 100_000 },
      { x: 80_000, y: 160_000 },
    ];
    const right = offsetLine(line, 10_000);
    expect(right[0]).toEqual({ x: 10_000, y: 0 });
    for (const p of right) {
      const near = Math.min(...line.slice(1).map((b, i) => distanceToSegmentMm(p, line[i] as PointMm, b)));
      expect(Math.abs(near - 10_000)).toBeLessThan(2);
    }
  });
});
