// npm run bench:sim -- [--json] [--quick] [--seconds S]: simulated fleets in one process each, all of them flying: the
// processor time that a fleet takes, its memory, whether it keeps up with the clock, and what really arrives. The
// receiver is a process of its own. Needs the build in dist/.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { report } from './report.mjs';

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, seconds: { type: 'string' } },
});
const seconds = values.seconds ?? (values.quick ? '6' : '30');
const program = fileURLToPath(new URL('../../dist/sim/testing/measure-fleet.js', import.meta.url));
const run = promisify(execFile);

const results = [];
for (const [aircraft, rate] of [
  [500, 10],
  [50, 50],
]) {
  const { stdout } = await run(process.execPath, [program, String(aircraft), String(rate), seconds]);
  const seen = JSON.parse(stdout);
  const name = `${aircraft}x${rate}`;
  const wanted = aircraft * rate;
  results.push(
    {
      ...{ metric: `cpu_pct_of_one_core.${name}`, value: seen.cpuPctOfOneCore, unit: '%', bar: '<=100' },
      holds: seen.cpuPctOfOneCore <= 100,
    },
    {
      ...{ metric: `messages_per_s.${name}`, value: seen.messagesPerS, unit: 'messages/s' },
      ...{ bar: `>=${wanted * 0.97}`, holds: seen.messagesPerS >= wanted * 0.97 },
    },
    {
      ...{
        metric: `simulated_s_lost.${name}`,
        value: seen.lostS,
        unit: 's',
        bar: '=0',
        holds: seen.lostS === 0,
      },
    },
    { metric: `frames_missed.${name}`, value: seen.framesMissed, unit: 'frames' },
    {
      metric: `flying.${name}`,
      value: seen.flying,
      unit: 'aircraft',
      bar: `=${aircraft}`,
      holds: seen.flying === aircraft,
    },
    { metric: `rss_mb.${name}`, value: seen.memoryMb, unit: 'MB' },
  );
}
report('sim', results);
