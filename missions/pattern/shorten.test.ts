import { describe, expect, it } from 'vitest';
import type { PointMm } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { lengthMm } from '../geo/measure.ts';
import { CoverageRaster } from './raster.ts';
import { type ShortenOptions, shortenPath } from './shorten.ts';

const RADIUS_MM = 15_000;
const FIELD: PointMm[][] = [
  [
    { x: 0, y: 0 },
    { x: 300_000, y: 0 },
    { x: 300_000, y: 60_000 },
    { x: 0, y: 60_000 },
  ],
];

function shortened(path: readonly PointMm[], change: Partial<ShortenOptions> = {}) {
  const raster = new CoverageRaster(FIELD, RADIUS_MM, 1_000);
  raster.addPath(path);
  const openBefore = raster.uncovered;
  const options = { radiusMm: RADIUS_MM, allowed: openBefore, passes: 6, start: null, turnPriceMm: 3000 };
  const points = shortenPath(path, raster, new FreeSpace(FIELD), { ...options, ...change });
  return { points, open: raster.uncovered, openBefore };
}

describe('shortening a path', () => {
  const kinked: PointMm[] = [
    { x: 10_000, y: 15_000 },
    { x: 120_000, y: 15_000 },
    { x: 128_000, y: 18_000 },
    { x: 137_000, y: 13_000 },
    { x: 150_000, y: 15_000 },
    { x: 290_000, y: 15_000 },
    { x: 290_000, y: 45_000 },
    { x: 180_000, y: 45_000 },
    { x: 176_000, y: 41_000 },
    { x: 170_000, y: 45_000 },
    { x: 10_000, y: 45_000 },
  ];

  it('lays kinks of a lane on one line: two lanes and the way between are left', () => {
    const { points, open, openBefore } = shortened(kinked);
    expect(points).toHaveLength(4);
    expect(lengthMm(points)).toBeLessThan(lengthMm(kinked));
    expect(open).toBeLessThanOrEqual(openBefore);
  });

  it('replaces a zig-zag of short legs, never by one that leaves the area', () => {
    const zigzag = kinked.flatMap((p, i) =>
      i === 5 ? [p, { x: 299_000, y: 20_000 }, { x: 285_000, y: 26_000 }, { x: 299_000, y: 34_000 }] : [p],
    );
    const { points, open, openBefore } = shortened(zigzag, { allowed: 400 });
    expect(points.length).toBeLessThanOrEqual(6);
    expect(open).toBeLessThanOrEqual(Math.max(400, openBefore));
    for (const p of points) {
      expect(p.x >= 0 && p.x <= 300_000 && p.y >= 0 && p.y <= 60_000).toBe(true);
    }
  });

  it('keeps a waypoint that coverage needs, however dear its turn', () => {
    const { points } = shortened(
      [
        { x: 15_000, y: 15_000 },
        { x: 285_000, y: 15_000 },
        { x: 285_000, y: 45_000 },
        { x: 15_000, y: 45_000 },
      ],
      { turnPriceMm: 60_000 },
    );
    expect(points).toHaveLength(4);
  });
});
