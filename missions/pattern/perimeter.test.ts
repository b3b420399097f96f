import fc from 'fast-check';
import type { MultiPolygon, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { lonLatToMm, mmToLonLat, type PointMm, type Region } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { containsPoint, distanceMm, distanceToSegmentMm, nearestOnBorder } from '../geo/measure.ts';
import { cleanPolygons, difference, offset, offsetRound } from '../geo/region.ts';
import type { PatternPath } from '../model/path.ts';
import { type PerimeterOptions, planPerimeter } from './perimeter.ts';
import { polygonOf, randomRectilinear, randomStar, SHAPE_FRAME, SYNTHETIC } from './shapes.fixture.ts';

const OPTIONS: PerimeterOptions = {
  insetM: 15,
  laps: 1,
  direction: 'counter-clockwise',
  includeHoles: false,
  start: null,
  look: 'inwards',
  gimbalPitchDeg: -30,
  space: { keepOuts: [], keepOutMarginM: 0, wayFinder: null },
  flight: {
    heightM: 40,
    datum: 'above-terrain',
    speedMps: 6,
    entry: [],
    exit: [],
    capture: { kind: 'video' },
  },
};
const box = (x: number, y: number, w: number, h: number): [number, number][] => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];
const place = (x: number, y: number) => mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 });
const pointsOf = (path: PatternPath): PointMm[] => path.points.map((p) => lonLatToMm(SHAPE_FRAME, p));
const codes = (path: PatternPath): string[] => path.warnings.map((w) => w.code);
const metres = (points: readonly PointMm[]): [number, number][] =>
  points.map((p) => [Math.round(p.x / 1000), Math.round(p.y / 1000)]);

/** Legs that leave `region` by more than a few millimetres, found with another test than the planner's. */
function legsOutside(points: readonly PointMm[], region: Region): number {
  const grown = offset(region, 6);
  const space = new FreeSpace(grown);
  return points.slice(1).filter((q, i) => {
    const p = points[i] as PointMm;
    const inside = [0, 0.25, 0.5, 0.75, 1].every((t) =>
      containsPoint(grown, { x: p.x + (q.x - p.x) * t, y: p.y + (q.y - p.y) * t }),
    );
    return !inside || !space.isVisible(p, q);
  }).length;
}

describe('the perimeter', () => {
  it('of a square is a square, as far inside as asked, closed, and as long as pencil and ruler say', () => {
    const path = planPerimeter(SYNTHETIC.square as Polygon, { ...OPTIONS, insetM: 20 });
    expect(path.lengthM).toBeCloseTo(4 * 360, 0);
    expect(path.warnings).toEqual([]);
    const corners = metres(pointsOf(path));
    expect(corners).toHaveLength(5);
    expect(corners[0]).toEqual(corners[4]);
    expect(new Set(corners.map(String))).toEqual(new Set(['20,20', '380,20', '380,380', '20,380']));
  });

  it('begins nearest to the start, runs the way told, and as many laps', () => {
    const path = planPerimeter(SYNTHETIC.square as Polygon, {
      ...OPTIONS,
      insetM: 20,
      start: place(200, -300),
      direction: 'clockwise',
      laps: 2,
    });
    const points = metres(pointsOf(path));
    expect(points[0]).toEqual([200, 20]);
    expect(points[1]).toEqual([20, 20]);
    expect(points.at(-1)).toEqual([200, 20]);
    expect(path.lengthM).toBeCloseTo(8 * 360, 0);
  });

  it('looks into the area: to the left counter-clockwise, to the right clockwise, and back ahead at the end', () => {
    const yaw = (options: Partial<PerimeterOptions>): unknown =>
      planPerimeter(SYNTHETIC.square as Polygon, { ...OPTIONS, ...options }).points[0]?.actions[1];
    expect(yaw({})).toEqual({ kind: 'gimbal', pitchDeg: -30, yawDeg: -90 });
    expect(yaw({ direction: 'clockwise' })).toEqual({ kind: 'gimbal', pitchDeg: -30, yawDeg: 90 });
    expect(yaw({ look: 'outwards' })).toEqual({ kind: 'gimbal', pitchDeg: -30, yawDeg: 90 });
    const last = planPerimeter(SYNTHETIC.square as Polygon, OPTIONS).points.at(-1);
    expect(last?.actions).toEqual([
      { kind: 'video', on: false },
      { kind: 'gimbal', pitchDeg: -30, yawDeg: 0 },
    ]);
  });

  it('patrols holes too when asked, the other way round', () => {
    const path = planPerimeter(SYNTHETIC.oneHole as Polygon, { ...OPTIONS, insetM: 10, includeHoles: true });
    // Outer 480 × 380, hole 140 × 120, and the way between them.
    expect(path.lengthM).toBeGreaterThan(2 * 860 + 2 * 260);
    const points = pointsOf(path);
    const hole = points.filter((p) => p.x > 150_000 && p.x < 350_000 && p.y > 130_000 && p.y < 270_000);
    let turned = 0;
    for (let i = 1; i < hole.length; i++) {
      const [a, b] = [hole[i - 1] as PointMm, hole[i] as PointMm];
      turned += (a.x - 240_000) * (b.y - 200_000) - (a.y - 200_000) * (b.x - 240_000);
    }
    expect(turned).toBeLessThan(0);
  });

  it('keeps its distance from the border all along, and the border has it all along', () => {
    const area = SYNTHETIC.star as Polygon;
    const path = planPerimeter(area, OPTIONS);
    const region = cleanPolygons(SHAPE_FRAME, area);
    const points = pointsOf(path);
    points.slice(1).forEach((q, i) => {
      const p = points[i] as PointMm;
      for (let k = 0; k < 10; k++) {
        const probe = { x: p.x + ((q.x - p.x) * k) / 10, y: p.y + ((q.y - p.y) * k) / 10 };
        expect(distanceMm(probe, nearestOnBorder(region, probe) as PointMm)).toBeGreaterThan(14_990);
      }
    });
  });

  it('never leaves the area nor enters a keep-out, on random areas with holes and keep-outs', () => {
    let flown = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.boolean(),
        fc.constantFrom(0, 5, 20, 60),
        fc.constantFrom(0, 8, 25),
        fc.boolean(),
        (seed, isStar, insetM, keepOutMarginM, includeHoles) => {
          const area = isStar ? randomStar(seed, 5 + (seed % 12), seed % 3) : randomRectilinear(seed);
          const keepOuts = [0, 1, 2].map((k) => {
            const x = ((seed * (k + 3) * 37) % 800) - 400;
            const y = ((seed * (k + 5) * 53) % 800) - 400;
            return polygonOf(box(x, y, 40 + ((seed >> k) % 120), 30 + ((seed >> (k + 2)) % 120)));
          });
          const path = planPerimeter(area, {
            ...OPTIONS,
            insetM,
            includeHoles,
            space: { keepOuts, keepOutMarginM, wayFinder: null },
            start: place((seed % 1000) - 500, ((seed * 7) % 1000) - 500),
          });
          const region = cleanPolygons(SHAPE_FRAME, area);
          const zones = keepOuts.reduce<Region>((left, keepOut) => {
            const zone = cleanPolygons(SHAPE_FRAME, keepOut);
            return difference(
              left,
              keepOutMarginM > 0 ? offsetRound(zone, keepOutMarginM * 1000 - 5) : offset(zone, -5),
            );
          }, region);
          const points = pointsOf(path);
          if (points.length > 0) flown++;
          expect(legsOutside(points, zones)).toBe(0);
          // Nothing to fly is said, and why.
          if (points.length === 0) expect(codes(path)).toContain('plan.pattern-empty');
          let length = 0;
          points.slice(1).forEach((q, i) => {
            length += distanceMm(points[i] as PointMm, q);
          });
          expect(Math.abs(path.lengthM - length / 1000)).toBeLessThan(0.5);
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 40) },
    );
    expect(flown).toBeGreaterThan(25);
  }, 180_000);

  it('tells the parts apart into which an inset makes a dumbbell, and flies both through the neck', () => {
    const dumbbell = polygonOf([
      [0, 0],
      [200, 0],
      [200, 90],
      [300, 90],
      [300, 0],
      [500, 0],
      [500, 200],
      [300, 200],
      [300, 110],
      [200, 110],
      [200, 200],
      [0, 200],
    ]);
    const path = planPerimeter(dumbbell, OPTIONS);
    expect(codes(path)).toEqual(['plan.part-unserved', 'plan.inset-in-parts']);
    expect(path.warnings[0]?.details.areaM2).toBeGreaterThan(1000);
    expect(path.lengthM).toBeGreaterThan(2 * 4 * 170);
    expect(legsOutside(pointsOf(path), cleanPolygons(SHAPE_FRAME, dumbbell))).toBe(0);
  });

  it('flies the middle line there and back where there is no room, along every arm', () => {
    const cross = polygonOf([
      [0, 100],
      [200, 100],
      [200, 0],
      [220, 0],
      [220, 100],
      [420, 100],
      [420, 120],
      [220, 120],
      [220, 220],
      [200, 220],
      [200, 120],
      [0, 120],
    ]);
    const path = planPerimeter(cross, { ...OPTIONS, insetM: 25 });
    expect(codes(path)).toEqual(['plan.inset-empty']);
    const points = pointsOf(path);
    expect(legsOutside(points, cleanPolygons(SHAPE_FRAME, cross))).toBe(0);
    // The tip of every arm is passed within its width.
    for (const tip of [
      [0, 110],
      [420, 110],
      [210, 0],
      [210, 220],
    ] as const) {
      const p = { x: tip[0] * 1000, y: tip[1] * 1000 };
      const nearest = Math.min(
        ...points.slice(1).map((q, i) => distanceToSegmentMm(p, points[i] as PointMm, q)),
      );
      expect(nearest).toBeLessThan(20_000);
    }
    expect(path.lengthM).toBeGreaterThan(2 * (380 + 180));
    expect(path.lengthM).toBeLessThan(2 * (440 + 240) * 1.1);
  });

  it('goes once round a narrow ring', () => {
    const ring = polygonOf(box(0, 0, 300, 200), box(25, 25, 250, 150));
    const path = planPerimeter(ring, { ...OPTIONS, insetM: 30 });
    expect(codes(path)).toEqual(['plan.inset-empty']);
    expect(path.lengthM).toBeGreaterThan(2 * (250 + 150));
    expect(path.lengthM).toBeLessThan(2 * (290 + 190));
    const points = pointsOf(path);
    expect(points[0]).toEqual(points.at(-1));
    expect(legsOutside(points, cleanPolygons(SHAPE_FRAME, ring))).toBe(0);
  });

  it('flies the whole ring that an independent offset draws, where no keep-out lies', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(3, 10, 25), (seed, insetM) => {
        const area = randomStar(seed, 5 + (seed % 14), 0);
        const path = planPerimeter(area, { ...OPTIONS, insetM });
        fc.pre(!codes(path).includes('plan.inset-empty'));
        const points = pointsOf(path);
        const region = cleanPolygons(SHAPE_FRAME, area);
        // Border points moved inwards along their edge's normal: those that keep the distance to all edges are on the ring.
        const lost = (region[0] ?? []).flatMap((a, i, ring) => {
          const b = ring[(i + 1) % ring.length] as PointMm;
          const length = distanceMm(a, b);
          return [0.3, 0.5, 0.7].flatMap((t) => {
            const p = {
              x: a.x + (b.x - a.x) * t - ((b.y - a.y) / length) * insetM * 1000,
              y: a.y + (b.y - a.y) * t + ((b.x - a.x) / length) * insetM * 1000,
            };
            const border = nearestOnBorder(region, p) as PointMm;
            if (!containsPoint(region, p) || distanceMm(p, border) < insetM * 1000 - 3) return [];
            const near = Math.min(
              ...points.slice(1).map((q, k) => distanceToSegmentMm(p, points[k] as PointMm, q)),
            );
            return near <= 5 ? [] : [near];
          });
        });
        expect(lost).toEqual([]);
      }),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 30) },
    );
  }, 120_000);

  it('flies every part of an area in pieces only where a way finder knows a way', () => {
    const pieces: MultiPolygon = {
      type: 'MultiPolygon',
      coordinates: [polygonOf(box(0, 0, 200, 200)).coordinates, polygonOf(box(400, 0, 150, 150)).coordinates],
    };
    const alone = planPerimeter(pieces, OPTIONS);
    expect(codes(alone)).toEqual(['plan.piece-unserved']);
    expect(alone.lengthM).toBeCloseTo(4 * 170, 0);
    const wayFinder = { way: (a: never, b: never) => ({ points: [a, b], lengthM: 0 }) };
    const both = planPerimeter(pieces, { ...OPTIONS, space: { ...OPTIONS.space, wayFinder } });
    expect(codes(both)).toEqual(['plan.crosses-outside']);
    expect(both.lengthM).toBeGreaterThan(4 * 170 + 4 * 120);
  });

  it('says what is wrong with what it was given', () => {
    const wrong = (options: Partial<PerimeterOptions>) =>
      planPerimeter(SYNTHETIC.square as Polygon, { ...OPTIONS, ...options });
    expect(wrong({ insetM: Number.NaN }).warnings).toMatchObject([
      { code: 'plan.bad-request', details: { field: 'insetM' } },
    ]);
    const bow = { type: 'Point', coordinates: [1, 2] } as unknown as Polygon;
    expect(codes(planPerimeter(bow, OPTIONS))).toEqual(['plan.bad-area']);
    const covered = wrong({
      space: { ...OPTIONS.space, keepOuts: [SYNTHETIC.square as Polygon], keepOutMarginM: 10 },
    });
    expect(codes(covered)).toContain('plan.pattern-empty');
    expect(covered.points).toEqual([]);
  });

  it('gives the same path every time', () => {
    const area = randomStar(77, 12, 1);
    expect(planPerimeter(area, OPTIONS)).toEqual(planPerimeter(area, OPTIONS));
  });
});
