// Coverage paths on the fixed polygons of shapes/: length against the disc bound, turns, exact coverage by the
// verifier's engine and time; against plain back-and-forth; the 2,000 micro cells of the sample district.
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { planCoverage } from '../../../dist/missions/pattern/coverage.js';
import { planCoverageGroup } from '../../../dist/missions/pattern/coverage-group.js';
import { mean, quantile, round } from '../report.mjs';
import { planBaseline } from './coverage-baseline.mjs';
import { discBoundM, GROUPS, judge, leastWidthM, loadShapes } from './coverage-set.mjs';

const NEEDED = 0.995;
const GROUPED_BAR = 1.18;
/** Of every group, in a quick run, one polygon in so many; the same metrics, smaller numbers. */
const QUICK_STEP = { large: 7, synthetic: 10, small: 10, nofly: 10, micro: 20 };

/** @param {{quick: boolean}} options */
export async function measure({ quick }) {
  const shapes = loadShapes();
  // Times are those of a server that has planned before: the first plans of a process pay for compiling.
  const cell = shapes.find((s) => s.group === 'cell3km2');
  for (let k = 0; k < 3; k++) planCoverage(cell.geometry, { swathWidthM: cell.swathWidthM });
  const results = [];
  const all = [];
  for (const { group, bar } of GROUPS) {
    const members = shapes.filter((s) => s.group === group);
    const chosen = quick ? members.filter((_, i) => i % QUICK_STEP[group] === 0) : members;
    const rows = [];
    for (const shape of chosen) rows.push(await one(shape));
    all.push(...rows);
    const ratio = mean(rows.map((r) => r.ratio));
    const bound = 'L / ((A − πw²/4)/w), mean';
    results.push(metric(`path_ratio.${group}`, round(ratio, 4), bound, `<=${bar}`, ratio <= bar));
    const turns = mean(rows.map((r) => r.judged.turns));
    results.push({ metric: `turns_mean.${group}`, value: round(turns, 1), unit: 'turns a plan' });
    const reference = mean(rows.map((r) => 2 * (Math.ceil(r.widthM / r.shape.swathWidthM) - 1)));
    results.push({
      metric: `turns_reference.${group}`,
      value: round(reference, 1),
      unit: '2(⌈width/w⌉ − 1), mean',
    });
  }
  results.push(
    await grouped(
      shapes.filter((s) => s.group === 'micro'),
      quick,
      all,
    ),
  );
  const least = Math.min(...all.map((r) => r.judged.coverage)) * 100;
  results.push(
    metric(
      'coverage_pct.min',
      Math.floor(least * 1000) / 1000,
      '% of the area, exact',
      '>=99.5',
      least >= 99.5,
    ),
  );
  const outside = all.reduce((sum, r) => sum + r.judged.pointsOutside, 0);
  results.push(metric('points_outside', outside, 'points and legs', '0', outside === 0));
  const times = (group) => all.filter((r) => r.shape.group === group).map((r) => r.tookMs);
  const small = quantile(times('small'), 0.5);
  results.push(metric('small_cell_median_ms', round(small, 0), 'ms', '<=500', small <= 500));
  const large = Math.max(...times('large'));
  results.push(metric('large_max_ms', round(large, 0), 'ms', '<=10000', large <= 10_000));
  const { tookMs } = await one(cell);
  results.push(metric('cell_3km2_3holes_ms', round(tookMs, 0), 'ms', '<300', tookMs < 300));
  results.push(...(await againstBaseline(all.filter((r) => r.shape.cellIds === undefined))));
  results.push(await district(quick));
  return results;
}

const metric = (name, value, unit, bar, holds) => ({ metric: name, value, unit, bar, holds });

async function one(shape) {
  const started = performance.now();
  const path = planCoverage(shape.geometry, { swathWidthM: shape.swathWidthM });
  const tookMs = performance.now() - started;
  const judged = await judge(shape.geometry, path.points, shape.swathWidthM);
  const ratio = judged.lengthM / discBoundM(judged.areaM2, shape.swathWidthM);
  return { shape, path, tookMs, judged, ratio, widthM: leastWidthM(shape.geometry) };
}

/** The micro cells of each sortie as one area; each cell's length is its share by area, its bound that of the cell alone. */
async function grouped(micro, quick, all) {
  const ratios = [];
  for (const sortie of new Set(micro.map((s) => s.sortie))) {
    const members = micro.filter((s) => s.sortie === sortie);
    const { swathWidthM } = members[0];
    const cells = members.map((s) => ({ cellId: s.name, geometry: s.geometry }));
    const started = performance.now();
    const { path, cells: credits } = planCoverageGroup(cells, { swathWidthM });
    const tookMs = performance.now() - started;
    for (const credit of credits) ratios.push(credit.lengthM / discBoundM(credit.areaM2, swathWidthM));
    const union = { type: 'MultiPolygon', coordinates: members.map((s) => s.geometry.coordinates) };
    const judged = await judge(union, path.points, swathWidthM);
    const shape = {
      name: `sortie ${sortie}`,
      group: 'grouped',
      swathWidthM,
      cellIds: cells.map((c) => c.cellId),
    };
    all.push({ shape, path, tookMs, judged, ratio: Number.NaN, widthM: Number.NaN });
    if (quick) break;
  }
  const ratio = mean(ratios);
  const unit = 'credited L / disc bound of the cell alone, mean';
  return metric('path_ratio.micro_grouped', round(ratio, 4), unit, `<=${GROUPED_BAR}`, ratio <= GROUPED_BAR);
}

/**
 * Worse: longer than a valid baseline on the same polygon, or not valid where the baseline is. Turns are counted alike
 * on both paths (changes of heading by more than 10°); their ratio is the mean of the ratios of single polygons.
 */
async function againstBaseline(rows) {
  let worse = 0;
  let invalid = 0;
  const gains = [];
  const turns = new Map(GROUPS.map(({ group }) => [group, []]));
  for (const row of rows) {
    const plain = planBaseline(row.shape.geometry, row.shape.swathWidthM);
    const judged =
      plain.spacing === null ? null : await judge(row.shape.geometry, plain.points, row.shape.swathWidthM);
    if (judged === null || judged.coverage < NEEDED - 1e-5 || judged.pointsOutside > 0) {
      invalid++;
      continue;
    }
    gains.push(row.judged.lengthM / judged.lengthM);
    turns.get(row.shape.group)?.push(row.judged.turns / Math.max(1, judged.turns));
    const isWorse =
      row.judged.lengthM > judged.lengthM || row.judged.coverage < NEEDED || row.judged.pointsOutside > 0;
    if (isWorse) {
      worse++;
      console.error(
        `worse than back-and-forth: ${row.shape.name} ${round(row.judged.lengthM, 0)} m, ${round(judged.lengthM, 0)} m`,
      );
    }
  }
  return [
    ...GROUPS.map(({ group, turnsBar }) => {
      const ratio = mean(turns.get(group));
      const unit = 'turns / turns of plain back-and-forth, mean';
      return metric(`turns_ratio.${group}`, round(ratio, 3), unit, `<=${turnsBar}`, ratio <= turnsBar);
    }),
    metric('worse_than_baseline_cases', worse, `of ${rows.length} polygons`, '0', worse === 0),
    {
      metric: 'length_to_baseline.mean',
      value: round(mean(gains), 3),
      unit: 'L / L of plain back-and-forth, where that is valid',
    },
    { metric: 'baseline_without_valid_plan', value: invalid, unit: 'polygons' },
  ];
}

/**
 * All micro cells planned and verified on two threads. A quick run does every twentieth: the first cells of a thread,
 * which pay for compiling, count once, the rest as often as there are more.
 */
async function district(quick) {
  const file = new URL('../../../sim/district/sample-district.geojson', import.meta.url);
  const micro = JSON.parse(readFileSync(file, 'utf8')).features.filter((f) => f.properties.level === 3);
  const chosen = quick ? micro.filter((_, i) => i % 20 === 0) : micro;
  const started = performance.now();
  const halves = [0, 1].map((k) => chosen.filter((_, i) => i % 2 === k).map((f) => f.geometry));
  const done = await Promise.all(halves.map(inWorker));
  const wallS = (performance.now() - started) / 1000;
  const bad = done.reduce((sum, d) => sum + d.bad, 0);
  const later = (d) => (d.restS / d.rest) * ((micro.length - chosen.length) / 2);
  const tookS = wallS + (quick ? Math.max(...done.map(later)) : 0);
  if (bad > 0) console.error(`${bad} micro cells are not valid`);
  const unit = quick ? `s, from ${chosen.length} cells` : 's';
  return metric('district_2000_cells_s', round(tookS, 1), unit, '<25', tookS < 25 && bad === 0);
}

/** @returns {Promise<{bad: number, rest: number, restS: number}>} plans that are not valid; cells after the first, their time */
function inWorker(geometries) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./coverage-worker.mjs', import.meta.url), {
      workerData: { geometries, swathWidthM: 40 },
      execArgv: [],
    });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
