// Plans cells and judges each plan exactly; tells how many are not valid and how long those after the first took. See
// coverage.mjs.
import { parentPort, workerData } from 'node:worker_threads';
import { planCoverage } from '../../../dist/missions/pattern/coverage.js';
import { judge } from './coverage-set.mjs';

const { geometries, swathWidthM } = workerData;
/** Cells of which the times say more about the compiler. */
const FIRST = 20;
let bad = 0;
let restFrom = performance.now();
for (const [i, geometry] of geometries.entries()) {
  if (i === FIRST) restFrom = performance.now();
  const path = planCoverage(geometry, { swathWidthM });
  const judged = await judge(geometry, path.points, swathWidthM);
  if (judged.coverage < 0.995 || judged.pointsOutside > 0) bad++;
}
const rest = Math.max(1, geometries.length - FIRST);
parentPort?.postMessage({ bad, rest, restS: (performance.now() - restFrom) / 1000 });
