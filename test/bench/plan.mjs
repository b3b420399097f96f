// npm run bench:plan -- [--json] [--quick] [--only PART]: the planner against its bounds, part by part. What a part
// measures, and what its bars rest on, stands at the top of its file in plan/. Needs the build in dist/.
import { parseArgs } from 'node:util';
import { report } from './report.mjs';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
});
const quick = values.quick === true;
const PARTS = ['grid', 'coverage', 'patterns', 'airspace', 'fleet', 'persistent', 'dispatch', 'verify'];
if (values.only !== undefined && !PARTS.includes(values.only)) {
  console.error(`There is no part "${values.only}". The parts are: ${PARTS.join(', ')}.`);
  process.exit(2);
}

const results = [];
for (const part of PARTS) {
  if (values.only !== undefined && values.only !== part) continue;
  const startedMs = performance.now();
  const { measure } = await import(new URL(`./plan/${part}.mjs`, import.meta.url));
  results.push(...(await measure({ quick })));
  console.error(`${part}: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}
report('plan', results);
