import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../geo/random.ts';
import { parseGridText } from '../grid/read-grid.ts';
import { faultyPlans } from './sample-plans.fixture.ts';

const { cells } = parseGridText(
  readFileSync(new URL('../../sim/district/sample-district.geojson', import.meta.url), 'utf8'),
);

describe('plans for the sample district, verified by the other engine', () => {
  it('hold for every one of the 30 large cells', async () => {
    const large = cells.filter((c) => c.level === 1);
    expect(large).toHaveLength(30);
    expect(await faultyPlans(large)).toEqual([]);
  }, 900_000);

  it('hold for 200 micro cells drawn with seed 60', async () => {
    const random = seededRandom(60);
    const micro = cells
      .filter((c) => c.level === 3)
      .map((cell) => ({ cell, key: random() }))
      .sort((a, b) => a.key - b.key)
      .slice(0, 200)
      .map((entry) => entry.cell);
    expect(micro).toHaveLength(200);
    expect(await faultyPlans(micro)).toEqual([]);
  }, 900_000);
});
