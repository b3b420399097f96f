import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PointMm } from '../geo/frame.ts';
import { LegTrial, MOST_LEGS } from './leg-trial.ts';
import { CoverageRaster } from './raster.ts';

/** A court with a hole, so that rows are in pieces. */
const AREA: PointMm[][] = [
  [
    { x: 0, y: 0 },
    { x: 400_000, y: 0 },
    { x: 400_000, y: 300_000 },
    { x: 0, y: 300_000 },
  ],
  [
    { x: 120_000, y: 80_000 },
    { x: 120_000, y: 200_000 },
    { x: 250_000, y: 200_000 },
    { x: 250_000, y: 80_000 },
  ],
];

// Points beyond the area too, and few enough places that legs meet, repeat and have no length.
const point = fc.record({
  x: fc.integer({ min: -4, max: 24 }).map((k) => k * 20_000),
  y: fc.integer({ min: -4, max: 19 }).map((k) => k * 20_000),
});
const stretch = fc.array(point, { minLength: 0, maxLength: MOST_LEGS + 1 });

function rasterWith(...paths: readonly PointMm[][]): CoverageRaster {
  const raster = new CoverageRaster(AREA, 20_000, 4_000);
  // A path of one point covers a disc; a stretch of one point has no leg.
  for (const path of paths) if (path.length > 1) raster.addPath(path);
  return raster;
}

describe('a trial of legs', () => {
  it('tells what the change then does, and changes nothing by itself', () => {
    fc.assert(
      fc.property(stretch, stretch, stretch, stretch, (rest, before, first, second) => {
        const raster = rasterWith(rest, before);
        const trial = LegTrial.on(raster);
        const open = raster.uncovered;
        trial.take(before);
        for (const after of [first, second, before]) {
          expect(trial.change(after)).toBe(rasterWith(rest, after).uncovered - open);
          expect(raster.uncovered).toBe(open);
          // With a limit it may stop early, but never answers on the wrong side of it.
          for (const most of [0, 5, 100]) {
            const [whole, limited] = [trial.change(after), trial.change(after, most)];
            expect(whole <= most ? limited === whole : limited > most).toBe(true);
          }
        }
        const told = trial.change(second);
        trial.make(before, second);
        expect(raster.uncovered - open).toBe(told);
        trial.make(second, before);
        expect(raster.uncovered).toBe(open);
      }),
      { numRuns: 120 },
    );
  });

  it('refuses a stretch that is too long instead of forgetting its end', () => {
    const trial = LegTrial.on(rasterWith());
    const long = Array.from({ length: MOST_LEGS + 2 }, (_, k) => ({ x: k * 1000, y: 0 }));
    expect(() => trial.take(long)).toThrow(RangeError);
    expect(() => trial.change(long)).toThrow(RangeError);
  });
});
