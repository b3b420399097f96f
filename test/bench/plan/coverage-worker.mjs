// Plans cells and judges each plan exactly; tells how many are not valid. See coverage.mjs.
import { parentPort, workerData } from 'node:worker_threads';
import { planCoverage } from '../../../dist/missions/pattern/coverage.js';
import { judge } from './coverage-set.mjs';

const { geometries, swathWidthM } = workerData;
let bad = 0;
for (const geometry of geometries) {
  const path = planCoverage(geometry, { swathWidthM });
  const judged = await judge(geometry, path.points, swathWidthM);
  if (judged.coverage < 0.995 || judged.pointsOutside > 0) bad++;
}
parentPort?.postMessage(bad);
