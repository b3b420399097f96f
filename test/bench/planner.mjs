// npm run bench:planner -- [--json] [--quick]: coverage paths of the sample district, judged against the disk bound
// L ≥ (c·A − πw²/4)/w (docs: missions/pattern). Needs the build in dist/.
import { readFileSync } from 'node:fs';
import { parseGridText, planCoverage } from '../../dist/missions/index.js';
import { mean, quantile, report, round } from './report.mjs';

const SWATH_M = 60;
const quick = process.argv.includes('--quick');
const file = new URL('../../sim/district/sample-district.geojson', import.meta.url);

const readStarted = performance.now();
const { cells, issues } = parseGridText(readFileSync(file, 'utf8'));
const importMs = performance.now() - readStarted;
if (issues.length > 0) throw new Error(`the sample district has ${issues.length} issues`);

const results = [
  {
    metric: 'grid_import_2000_cells_ms',
    value: round(importMs, 0),
    unit: 'ms',
    bar: '<2000',
    holds: importMs < 2000,
  },
];
/** Bars of the time per cell, ms: a console asks for a preview and waits. */
const BARS = { 1: 3000, 2: 500, 3: 50 };
const NAMES = { 1: 'large', 2: 'small', 3: 'micro' };
for (const level of [1, 2, 3]) {
  const all = cells.filter((cell) => cell.level === level);
  const step = Math.ceil(all.length / (quick ? 20 : level === 3 ? 500 : all.length));
  const plans = all
    .filter((_cell, index) => index % step === 0)
    .map((cell) => {
      const started = performance.now();
      const path = planCoverage(cell.geometry, { swathWidthM: SWATH_M });
      const tookMs = performance.now() - started;
      const bound = (path.coverageFraction * cell.areaM2 - (Math.PI * SWATH_M ** 2) / 4) / SWATH_M;
      return { tookMs, ratio: path.lengthM / bound, coverage: path.coverageFraction };
    });
  const name = NAMES[level];
  const times = plans.map((plan) => plan.tookMs);
  const valid = plans.filter((plan) => plan.coverage >= 0.995).length / plans.length;
  results.push(
    { metric: `plan_p50_ms.${name}`, value: round(quantile(times, 0.5), 1), unit: 'ms' },
    {
      metric: `plan_p95_ms.${name}`,
      value: round(quantile(times, 0.95), 1),
      unit: 'ms',
      bar: `<${BARS[level]}`,
      holds: quantile(times, 0.95) < BARS[level],
    },
    {
      metric: `ratio_mean.${name}`,
      value: round(mean(plans.map((plan) => plan.ratio))),
      unit: 'L/disk bound',
    },
    {
      metric: `coverage_995_pct.${name}`,
      value: round(valid * 100, 1),
      unit: '%',
      bar: '100',
      holds: valid === 1,
    },
  );
}
report('planner', results);
