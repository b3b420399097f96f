import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseGridText } from '../grid/read-grid.ts';
import { faultyPlans } from './sample-plans.fixture.ts';

// A file of its own, so that it runs beside the one for large and micro cells.
const { cells } = parseGridText(
  readFileSync(new URL('../../sim/district/sample-district.geojson', import.meta.url), 'utf8'),
);

describe('plans for the sample district, verified by the other engine', () => {
  it('hold for every one of the 180 small cells', async () => {
    const small = cells.filter((c) => c.level === 2);
    expect(small).toHaveLength(180);
    expect(await faultyPlans(small)).toEqual([]);
  }, 900_000);
});
