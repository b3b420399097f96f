import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrame, lonLatToMm, type PointMm } from '../geo/frame.ts';
import { containsPoint, distanceMm, distanceToSegmentMm } from '../geo/measure.ts';
import { cleanPolygons, offset, offsetRound } from '../geo/region.ts';
import { type OrbitOptions, planOrbit } from './orbit.ts';
import { ANYWHERE } from './pattern-space.ts';
import { polygonOf } from './shapes.fixture.ts';

const CENTRE = { lonDeg: 110.29, latDeg: 25.28 };
const FRAME = createFrame(CENTRE);
const OPTIONS: OrbitOptions = {
  semiMajorM: 100,
  semiMinorM: 100,
  axisBearingDeg: 0,
  direction: 'clockwise',
  turns: 1,
  start: null,
  toleranceM: 1,
  lookAtCentre: true,
  centreAmslM: 155,
  space: ANYWHERE,
  flight: {
    heightM: 60,
    datum: 'amsl',
    speedMps: 5,
    entry: [],
    exit: [{ kind: 'dwell', seconds: 3 }],
    capture: { kind: 'photos', everyM: 10 },
  },
};

const pointsOf = (options: OrbitOptions): PointMm[] =>
  planOrbit(CENTRE, options).points.map((p) => lonLatToMm(FRAME, p));

describe('the orbit', () => {
  it('has all its points at the radius and its legs within the tolerance of the circle', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 5, max: 3000, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        fc.boolean(),
        (radiusM, toleranceM, turns, clockwise) => {
          const points = pointsOf({
            ...OPTIONS,
            semiMajorM: radiusM,
            semiMinorM: radiusM,
            toleranceM,
            turns,
            direction: clockwise ? 'clockwise' : 'counter-clockwise',
          });
          let swept = 0;
          points.forEach((p, i) => {
            expect(Math.abs(Math.hypot(p.x, p.y) / 1000 - radiusM)).toBeLessThan(0.002);
            const q = points[i + 1];
            if (q === undefined) return;
            const nearest = distanceToSegmentMm({ x: 0, y: 0 }, p, q) / 1000;
            expect(nearest).toBeGreaterThanOrEqual(radiusM - toleranceM - 0.002);
            swept += Math.asin((p.x * q.y - p.y * q.x) / (Math.hypot(p.x, p.y) * Math.hypot(q.x, q.y)));
          });
          expect(-swept * (clockwise ? 1 : -1)).toBeCloseTo(2 * Math.PI * turns, 2);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps an ellipse on its axes', () => {
    const points = pointsOf({ ...OPTIONS, semiMajorM: 200, semiMinorM: 80, axisBearingDeg: 90 });
    for (const p of points) expect((p.x / 200_000) ** 2 + (p.y / 80_000) ** 2).toBeCloseTo(1, 4);
    // Middles of legs are no farther inside than the tolerance: an offset ellipse is hard, its distance is sampled.
    const dense = Array.from({ length: 20_000 }, (_, k) => ({
      x: 200_000 * Math.cos((k * Math.PI) / 10_000),
      y: 80_000 * Math.sin((k * Math.PI) / 10_000),
    }));
    points.slice(1, 12).forEach((q, i) => {
      const p = points[i] as PointMm;
      const middle = { x: (p.x + q.x) / 2, y: (p.y + q.y) / 2 };
      expect(Math.min(...dense.map((d) => distanceMm(d, middle)))).toBeLessThan(1_050);
    });
  });

  it('begins north of the centre, or nearest to where the aircraft comes from', () => {
    const [north] = pointsOf(OPTIONS);
    expect(north).toEqual({ x: 0, y: 100_000 });
    const [east] = pointsOf({ ...OPTIONS, start: { lonDeg: 110.31, latDeg: 25.28 } });
    expect(distanceMm(east as PointMm, { x: 100_000, y: 0 })).toBeLessThan(500);
  });

  it('looks at the centre from the first point and ahead after the last', () => {
    const path = planOrbit(CENTRE, OPTIONS);
    expect(path.points[0]?.actions).toEqual([
      { kind: 'speed', speedMps: 5 },
      { kind: 'look-at', target: CENTRE, targetAmslM: 155 },
      { kind: 'photo-distance', everyM: 10 },
    ]);
    expect(path.points.at(-1)?.actions).toEqual([
      { kind: 'photo-distance', everyM: 0 },
      { kind: 'dwell', seconds: 3 },
      { kind: 'look-ahead' },
    ]);
    expect(path.datum).toBe('amsl');
    expect(path.heightM).toBe(60);
  });

  it('goes round a keep-out with its margin and stays in the allowed area', () => {
    const keepOut = polygonOf([
      [80, -20],
      [130, -20],
      [130, 20],
      [80, 20],
    ]);
    const allowed = polygonOf([
      [-90, -300],
      [300, -300],
      [300, 300],
      [-90, 300],
    ]);
    const space = { ...ANYWHERE, allowed, keepOuts: [keepOut], keepOutMarginM: 10 };
    const path = planOrbit(CENTRE, { ...OPTIONS, space });
    expect(path.warnings.map((w) => w.code)).toEqual(['plan.pattern-clipped']);
    const points = path.points.map((p) => lonLatToMm(FRAME, p));
    const zone = offsetRound(cleanPolygons(FRAME, keepOut), 9_990);
    const inside = offset(cleanPolygons(FRAME, allowed), 3);
    points.slice(1).forEach((q, i) => {
      const p = points[i] as PointMm;
      for (let k = 0; k <= 20; k++) {
        const probe = { x: p.x + ((q.x - p.x) * k) / 20, y: p.y + ((q.y - p.y) * k) / 20 };
        expect(containsPoint(zone, probe)).toBe(false);
        expect(containsPoint(inside, probe)).toBe(true);
      }
    });
  });

  it('is refused when no arc of it is allowed', () => {
    const allowed = polygonOf([
      [-20, -20],
      [20, -20],
      [20, 20],
      [-20, 20],
    ]);
    const path = planOrbit(CENTRE, { ...OPTIONS, space: { ...ANYWHERE, allowed } });
    expect(path.points).toEqual([]);
    expect(path.warnings.map((w) => w.code)).toContain('plan.pattern-empty');
  });

  it('names what is wrong', () => {
    const path = planOrbit(CENTRE, { ...OPTIONS, semiMajorM: -5 });
    expect(path.warnings).toMatchObject([{ code: 'plan.bad-request', details: { field: 'semiMajorM' } }]);
  });
});
