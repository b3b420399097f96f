import { describe, expect, it } from 'vitest';
import { planCoverage } from './coverage.ts';
import { planCoverageGroup } from './coverage-group.ts';
import { polygonOf } from './shapes.fixture.ts';

const block = (column: number, row: number) => ({
  cellId: `c${column}${row}`,
  geometry: polygonOf([
    [column * 160, row * 150],
    [column * 160 + 160, row * 150],
    [column * 160 + 160, row * 150 + 150],
    [column * 160, row * 150 + 150],
  ]),
});

describe('planCoverageGroup', () => {
  const cells = [block(0, 0), block(1, 0), block(2, 0), block(0, 1), block(1, 1), block(2, 1)];

  it('flies less than cell by cell and credits every metre and every cell', () => {
    const { path, cells: credits } = planCoverageGroup(cells, { swathWidthM: 40 });
    const alone = cells.reduce((sum, c) => sum + planCoverage(c.geometry, { swathWidthM: 40 }).lengthM, 0);
    expect(path.coverageFraction).toBeGreaterThanOrEqual(0.995);
    expect(path.warnings).toEqual([]);
    expect(path.lengthM).toBeLessThan(alone);
    expect(credits.map((c) => c.cellId)).toEqual(cells.map((c) => c.cellId));
    expect(credits.reduce((sum, c) => sum + c.lengthM, 0)).toBeCloseTo(path.lengthM, 1);
    const whole = credits.reduce((sum, c) => sum + c.areaM2, 0);
    const seen = credits.reduce((sum, c) => sum + c.areaM2 * c.coverageFraction, 0);
    expect(seen / whole).toBeCloseTo(path.coverageFraction, 4);
  });

  it('closes a seam of centimetres between neighbours', () => {
    const shifted = {
      cellId: 'b',
      geometry: polygonOf([
        [160.1, 0],
        [320, 0],
        [320, 150],
        [160.1, 150],
      ]),
    };
    const { path } = planCoverageGroup([block(0, 0), shifted], { swathWidthM: 40 });
    expect(path.warnings.map((w) => w.code)).toEqual([]);
  });

  it('gives an issue instead of credits for what cannot be planned', () => {
    expect(planCoverageGroup([], { swathWidthM: 40 })).toMatchObject({ cells: [] });
    const { path, cells: none } = planCoverageGroup(cells, { swathWidthM: 0 });
    expect(none).toEqual([]);
    expect(path.warnings.map((w) => w.code)).toEqual(['plan.bad-swath']);
  });
});
