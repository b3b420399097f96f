import { describe, expect, it } from 'vitest';
import { EdgeGrid } from '../geo/edge-grid.ts';
import { frameOf, type PointMm, type Region } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import { boundsOf, cleanPolygons } from '../geo/region.ts';
import { CoverageRows } from './coverage-rows.ts';
import { coverageFraction } from './exact.ts';
import { randomStar } from './shapes.fixture.ts';

function starRegion(seed: number, corners: number, holes: number): Region {
  const area = randomStar(seed, corners, holes);
  const frame = frameOf(area);
  if (frame === null) throw new Error('the shape has no frame');
  return cleanPolygons(frame, area);
}

function randomPoints(region: Region, seed: number, count: number): PointMm[] {
  const random = seededRandom(seed);
  const b = boundsOf(region);
  // A little beyond the box too: ways and paths may begin outside.
  return Array.from({ length: count }, () => ({
    x: Math.round(b.minX - 20_000 + random() * (b.maxX - b.minX + 40_000)),
    y: Math.round(b.minY - 20_000 + random() * (b.maxY - b.minY + 40_000)),
  }));
}

describe('the measure by rows', () => {
  it.each([1, 2, 3, 4, 5, 6])('agrees with polygon arithmetic to 2·10⁻⁴ (seed %i)', (seed) => {
    const region = starRegion(seed, 6 + seed, seed % 3);
    const path = randomPoints(region, seed, 14);
    const rows = new CoverageRows(region, 30_000, 600);
    expect(Math.abs(rows.covered(path) - coverageFraction(region, path, 30_000))).toBeLessThan(2e-4);
  });

  it('sees nothing without a path and a disc from one point', () => {
    const region = starRegion(9, 9, 0);
    const rows = new CoverageRows(region, 30_000, 600);
    expect(rows.covered([])).toBeCloseTo(0, 12);
    const [only] = randomPoints(region, 4, 1) as [PointMm];
    expect(rows.covered([only])).toBeCloseTo(coverageFraction(region, [only], 30_000), 3);
  });
});

describe('the grid of edges', () => {
  /** Independent of the grid: every edge, by orientation of both pairs of points. */
  function crossesAny(region: Region, a: PointMm, b: PointMm): boolean {
    const side = (p: PointMm, q: PointMm, r: PointMm): number =>
      Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
    return region.some((ring) =>
      ring.some((p, i) => {
        const q = ring[(i + 1) % ring.length] as PointMm;
        return side(a, b, p) * side(a, b, q) <= 0 && side(p, q, a) * side(p, q, b) <= 0;
      }),
    );
  }

  it.each([
    [11, 40, 2],
    [12, 120, 0],
    [13, 300, 1],
  ])('finds what looking at every edge finds (seed %i, %i corners)', (seed, corners, holes) => {
    const region = starRegion(seed, corners, holes);
    const grid = new EdgeGrid(region);
    const points = randomPoints(region, seed, 60);
    let crossed = 0;
    for (const a of points) {
      for (const b of [...points, { x: a.x, y: a.y + 90_000 }, { x: a.x + 150_000, y: a.y }]) {
        if (a === b) continue;
        const truth = crossesAny(region, a, b);
        if (truth) crossed++;
        expect([a, b, grid.isCrossed(a, b)]).toEqual([a, b, truth]);
      }
    }
    expect(crossed).toBeGreaterThan(100);
  });
});
