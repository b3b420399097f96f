import { describe, expect, it } from 'vitest';
import { lonLatToMm, type PointMm, type Region } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import { difference } from '../geo/region.ts';
import type { LonLat } from '../model.ts';
import { polygonOf } from '../pattern/shapes.fixture.ts';
import type { Airspace } from './airspace.ts';
import { bruteForceLength, depth, gridLength, sees } from './brute-force.fixture.ts';
import { airspaceOf, at, box, randomZones, star, zoneOf } from './zones.fixture.ts';

const SEED = Number(process.env.SEED ?? 4);
const CASES = Number(process.env.CASES ?? 60);
const EXTENT_M = 400;

describe('shortest ways round zones', () => {
  it('go straight where nothing is in the way', () => {
    const airspace = airspaceOf([zoneOf('a', polygonOf(box(0, 100, 50, 50)))]);
    expect(airspace.way(at(-100, 0), at(200, 0))).toMatchObject({ points: [at(-100, 0), at(200, 0)] });
    expect(airspaceOf([]).way(at(-100, 0), at(200, 0))?.lengthM).toBeCloseTo(300, 2);
  });

  it('bend at the corners of a square, at its margin', () => {
    // From (−50, 50) to (150, 50) round the square 0–100 with 10 m: over (−10, −10) and (110, −10), or the other side.
    const airspace = airspaceOf([zoneOf('a', polygonOf(box(0, 0, 100, 100)))], { marginM: 10 });
    const way = airspace.way(at(-50, 50), at(150, 50));
    expect(way?.points).toHaveLength(4);
    expect(way?.lengthM).toBeCloseTo(2 * Math.hypot(40, 60) + 120, 1);
  });

  it('take the short side', () => {
    const airspace = airspaceOf([zoneOf('a', polygonOf(box(0, -20, 10, 200)))]);
    const way = airspace.way(at(-30, 0), at(40, 0));
    expect(way?.lengthM).toBeCloseTo(2 * Math.hypot(30, 20) + 10, 1);
  });

  it('do not pass between zones that touch, at a corner or along an edge', () => {
    const wall = [-2, -1, 0, 1].map((k) => zoneOf(`w${k}`, polygonOf(box(0, k * 100, 10, 100))));
    const stairs = [-2, -1, 0, 1].map((k) => zoneOf(`s${k}`, polygonOf(box(k * 10, k * 100, 10, 100))));
    for (const zones of [wall, stairs]) {
      const length = airspaceOf(zones).way(at(-100, 0), at(100, 0))?.lengthM ?? 0;
      expect(length).toBeGreaterThan(2 * Math.hypot(85, 195));
    }
  });

  it('find the way out of a zone’s own hole only when there is one', () => {
    const closed = zoneOf('ring', polygonOf(box(0, 0, 100, 100), box(10, 10, 80, 80)));
    expect(airspaceOf([closed]).way(at(50, 50), at(200, 50))).toBeNull();
    expect(airspaceOf([closed]).way(at(20, 50), at(80, 50))?.lengthM).toBeCloseTo(60, 2);
    const open = zoneOf(
      'c',
      polygonOf([
        [0, 0],
        [100, 0],
        [100, 10],
        [10, 10],
        [10, 90],
        [100, 90],
        [100, 100],
        [0, 100],
      ]),
    );
    // (50, 50) → (100, 90) → (100, 100) → (0, 100) → (−50, 50).
    expect(airspaceOf([open]).way(at(50, 50), at(-50, 50))?.lengthM).toBeCloseTo(
      Math.hypot(50, 40) + 10 + 100 + Math.hypot(50, 50),
      1,
    );
  });

  it('stay inside the boundary', () => {
    const boundary = polygonOf([
      [0, 0],
      [300, 0],
      [300, 100],
      [200, 100],
      [200, 40],
      [100, 40],
      [100, 100],
      [0, 100],
    ]);
    const airspace = airspaceOf([], { boundary });
    const way = airspace.way(at(50, 90), at(250, 90));
    expect(way?.lengthM).toBeCloseTo(2 * Math.hypot(50, 50) + 100, 1);
    expect(airspace.way(at(50, 90), at(150, 90))).toBeNull();
    expect(airspace.whyNone(at(50, 90), at(150, 90))?.kind).toBe('outside-boundary');
  });

  it('run along a border and start on one', () => {
    const airspace = airspaceOf([zoneOf('a', polygonOf(box(0, 0, 100, 100)))]);
    const ring = airspace.obstacles[0] as readonly PointMm[];
    const corner = ring.map((p) => ({ p, at: at(p.x / 1000, p.y / 1000) }));
    for (const a of corner) {
      for (const b of corner) {
        const way = airspace.way(a.at, b.at);
        const apart = Math.abs(a.p.x - b.p.x) + Math.abs(a.p.y - b.p.y);
        expect(way?.lengthM).toBeCloseTo(apart / 1000, 1);
      }
    }
  });

  it(`are those of a full visibility graph (seed ${SEED}, ${CASES} cases)`, () => {
    let found = 0;
    let none = 0;
    for (let k = 0; k < CASES; k++) {
      const seed = SEED * 100_000 + k;
      const random = seededRandom(seed);
      const zones = randomZones(seed, 1 + Math.floor(random() * 9), EXTENT_M);
      const fence = random() < 0.3 ? star(random, 200, 200, 300, 7) : null;
      const airspace = airspaceOf(zones, { marginM: random() < 0.3 ? 5 : 0, boundary: fence });
      const { frame } = airspace;
      const obstacles = forbiddenOf(airspace);
      // Not those of the frame round the boundary.
      const corners = obstacles.flat().filter((p) => Math.abs(p.x) < 9_000_000);
      const place = (): PointMm => {
        const i = Math.floor(random() * corners.length);
        const a = corners[i] as PointMm;
        const b = corners[(i + 1) % corners.length] as PointMm;
        const kind = random();
        // Free points, corners, and points on (or beside) edges.
        if (kind < 0.2) return a;
        if (kind < 0.4) return { x: Math.round((a.x + b.x) / 2), y: Math.round((a.y + b.y) / 2) };
        const spread = (): number => Math.round((random() * 1.5 - 0.1) * EXTENT_M) * 1000 + 0;
        return { x: spread(), y: spread() };
      };
      for (let q = 0; q < 4; q++) {
        const from = place();
        const to = place();
        if (depth(obstacles, from) > 0 || depth(obstacles, to) > 0) continue;
        const asLonLat = (p: PointMm): LonLat => at(p.x / 1000, p.y / 1000);
        expect(lonLatToMm(frame, asLonLat(from))).toEqual({ x: from.x, y: from.y });
        const way = airspace.way(asLonLat(from), asLonLat(to));
        const length = way === null ? Number.POSITIVE_INFINITY : way.lengthM * 1000;
        const truth = bruteForceLength(obstacles, from, to);
        const told = `seed ${seed}, query ${q}`;
        if (Number.isFinite(truth) || Number.isFinite(length)) {
          found++;
          expect(Math.abs(length - truth), told).toBeLessThan(25 * (way?.points.length ?? 1));
        } else none++;
        const points = way?.points.map((p) => lonLatToMm(frame, p)) ?? [];
        for (let i = 1; i < points.length; i++) {
          expect(sees(obstacles, points[i - 1] as PointMm, points[i] as PointMm), told).toBe(true);
        }
        // There and back are equally long.
        const back = airspace.way(asLonLat(to), asLonLat(from));
        expect(back?.lengthM ?? -1, told).toBeCloseTo(way?.lengthM ?? -1, 2);
      }
    }
    expect(found).toBeGreaterThan(CASES);
    expect(none).toBeGreaterThan(0);
  });

  it(`lie between the bounds of a fine grid (seed ${SEED})`, () => {
    const cellM = 4;
    const side = (EXTENT_M * 1.4) / cellM;
    for (let k = 0; k < 4; k++) {
      const seed = SEED * 1000 + k;
      const airspace = airspaceOf(randomZones(seed, 8, EXTENT_M));
      const centre = (c: number): number => (c + 0.5) * cellM - EXTENT_M * 0.2;
      const mm = (c: number, r: number): PointMm => ({ x: centre(c) * 1000, y: centre(r) * 1000 });
      const half = (cellM * 1000 * Math.SQRT2) / 2;
      // Upper bound: cells wholly free. Lower bound: cells not wholly forbidden.
      const inner = (c: number, r: number): boolean => nearness(airspace.obstacles, mm(c, r)) > 2 * half;
      const outer = (c: number, r: number): boolean => depth(airspace.obstacles, mm(c, r)) <= half;
      const from: [number, number] = [1, 1];
      const to: [number, number] = [side - 2, side - 2];
      const way = airspace.way(at(centre(from[0]), centre(from[1])), at(centre(to[0]), centre(to[1])));
      const above = gridLength(side, side, inner, from, to) * cellM;
      const below = gridLength(side, side, outer, from, to) * cellM;
      const length = way?.lengthM ?? Number.POSITIVE_INFINITY;
      expect(length, `seed ${seed}`).toBeLessThanOrEqual(above + 1e-6);
      // Eight directions are at most 1/cos(π/8) = 1.0824 longer than straight, plus rounding at every bend.
      expect(length, `seed ${seed}`).toBeGreaterThanOrEqual(
        below / 1.0824 - 3 * cellM * (way?.points.length ?? 0),
      );
    }
  });
});

/** Everything that may not be flown over, the outside of the boundary included (as a frame of 10 km). */
function forbiddenOf({ obstacles, boundary }: Airspace): Region {
  if (boundary === null) return obstacles;
  const far = 10_000_000;
  const world = [
    { x: -far, y: -far },
    { x: far, y: -far },
    { x: far, y: far },
    { x: -far, y: far },
  ];
  return difference([world], difference(boundary, obstacles));
}

/** Distance to the nearest obstacle, 0 inside. */
function nearness(obstacles: readonly (readonly PointMm[])[], p: PointMm): number {
  if (depth(obstacles, p) > 0) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const ring of obstacles) {
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length] as PointMm;
      const l2 = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
      const t = Math.max(0, Math.min(1, ((p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y)) / l2));
      least = Math.min(least, Math.hypot(a.x + (b.x - a.x) * t - p.x, a.y + (b.y - a.y) * t - p.y));
    });
  }
  return least;
}
