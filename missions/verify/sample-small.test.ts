import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseGridText } from '../grid/read-grid.ts';
import { faultyPlans } from './sample-plans.fixture.ts';

// A file of its own, so that it runs beside the one for large and micro cells.
const { cells } = parseGridText(
  readFileSync(new URL('../../sim/district/sample-district.geojson', import.meta.url), 'utf8'),
);

/** All of them take two minutes of a core; the gate flies every fifth, `SLOW_TESTS=all` every one. */
const every = process.env.SLOW_TESTS === 'all' ? 1 : 5;

describe('plans for the sample district, verified by the other engine', () => {
  it(`hold for the 180 small cells (${every === 1 ? 'all' : 'every fifth'})`, async () => {
    const small = cells.filter((c) => c.level === 2);
    expect(small).toHaveLength(180);
    expect(await faultyPlans(small.filter((_, index) => index % every === 0))).toEqual([]);
  }, 900_000);
});
