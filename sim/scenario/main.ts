import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { forAutopilot } from './for-autopilot.ts';
import { readScenario } from './read-scenario.ts';
import { realFleet } from './real-fleet.ts';
import { emptyReport, type ScenarioReport, toJunit } from './report.ts';
import { type RunOptions, runScenario, SIMULATED } from './run-scenario.ts';
import { ScenarioError } from './scenario-error.ts';
import type { Scenario } from './schema.ts';
import { type AutopilotName, REAL_AUTOPILOTS } from './schema-parts.ts';

/** Exit codes: everything as expected, something else, nothing run because a file or option is bad. */
const GREEN = 0;
const RED = 1;
const BAD = 2;

/** The files that come with Airgrid: beside the source, or from dist/sim/scenario/. */
function bundledFolder(): string {
  const places = ['../scenarios/', '../../../sim/scenarios/'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  return places.find((place) => existsSync(place)) ?? resolve('sim/scenarios');
}

interface RunCli {
  readonly sitl?: boolean;
  readonly autopilot: AutopilotName;
  readonly speed?: number;
  readonly seed?: number;
  readonly junit?: string;
  readonly json?: string;
  readonly keep?: string;
  readonly parallel: number;
}

function program(done: (code: number) => void): Command {
  const cli = new Command('airgrid-scenario')
    .description('Runs scenarios: a fleet, what happens to it, what an operator does, and what is expected.')
    .addHelpText(
      'after',
      `
Examples:
  $ airgrid scenario list
  $ airgrid scenario run plain-patrol
  $ airgrid scenario run sim/scenarios/*.yaml --parallel 2 --junit scenarios.xml
  $ airgrid scenario run plain-patrol --sitl --speed 5       the same file on a real ArduCopter
  $ airgrid scenario check my-scenario.yaml

Exit code 0: as expected. 1: not as expected. 2: a file or option is bad. The form of a file: docs/scenarios.md.`,
    );
  cli
    .command('list')
    .description('the scenarios that come with Airgrid')
    .action(() => done(list()));
  cli
    .command('check')
    .description('check files without running them')
    .argument('<files...>', 'files, or names from `list`')
    .action((files: readonly string[]) => done(check(files)));
  cli
    .command('run')
    .description('run scenarios; without a file all that come with Airgrid')
    .argument('[files...]', 'files, or names from `list`')
    .option('--sitl', 'fly with real autopilots (ARDUPILOT_SITL, PX4_SITL) instead of simulated ones')
    .addOption(
      new Option('--autopilot <name>', 'which real autopilot')
        .choices([...REAL_AUTOPILOTS])
        .default('copter'),
    )
    .option('--speed <factor>', 'simulated seconds per second, instead of the file’s', within(1, 40))
    .option('--seed <n>', 'instead of the file’s', within(0, 2 ** 32 - 1, true))
    .option('--junit <file>', 'write a JUnit report')
    .option('--json <file>', 'write a JSON report')
    .option('--keep <folder>', 'keep data, recordings and logs of each run below this folder')
    .option('--parallel <n>', 'how many at a time', within(1, 16, true), 1)
    .action(async (files: readonly string[], options: RunCli) => done(await run(files, options)));
  return cli;
}

/** A number option that says what is allowed when it is wrong. */
function within(min: number, max: number, whole = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value)))
      return value;
    throw new InvalidArgumentError(
      `Allowed is ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`,
    );
  };
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function bundled(): readonly string[] {
  const folder = bundledFolder();
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => join(folder, name));
}

/** A path, or the name of one that comes with Airgrid. */
function pathOf(file: string): string {
  const known = join(bundledFolder(), `${file}.yaml`);
  return !existsSync(file) && existsSync(known) ? known : file;
}

/** All files are read before anything runs; every problem of every file is told. */
function readAll(files: readonly string[]): {
  readonly scenarios: readonly Scenario[];
  readonly isGood: boolean;
} {
  const scenarios: Scenario[] = [];
  let isGood = true;
  for (const file of files) {
    try {
      scenarios.push(readScenario(pathOf(file)));
    } catch (problem) {
      if (!(problem instanceof ScenarioError)) throw problem;
      isGood = false;
      tell(problem);
    }
  }
  return { scenarios, isGood };
}

function tell(problem: ScenarioError): void {
  process.stderr.write(`error: ${problem.message}\n`);
  for (const line of problem.problems) process.stderr.write(`  ${line}\n`);
}

function list(): number {
  const { scenarios, isGood } = readAll(bundled());
  const width = Math.max(0, ...scenarios.map(({ id }) => id.length));
  for (const { id, title, simulatedOnly, notOn } of scenarios) {
    const elsewhere = Object.keys(notOn ?? {}).map((name) => `not on ${name}`);
    const limits = simulatedOnly === undefined ? elsewhere : ['simulated fleet only'];
    say(`${id.padEnd(width)}  ${title}${limits.length === 0 ? '' : `  [${limits.join(', ')}]`}`);
  }
  return isGood ? GREEN : BAD;
}

function check(files: readonly string[]): number {
  const { scenarios, isGood } = readAll(files);
  for (const { path, steps, expect } of scenarios)
    say(`${path}: good, ${steps.length} steps, ${expect.length} expectations`);
  return isGood ? GREEN : BAD;
}

async function run(files: readonly string[], cli: RunCli): Promise<number> {
  const { scenarios, isGood } = readAll(files.length === 0 ? bundled() : files);
  if (!isGood) return BAD;
  const autopilot = cli.sitl === true ? cli.autopilot : null;
  const options: RunOptions = {
    ...(autopilot === null ? SIMULATED : realFleet(autopilot)),
    speed: cli.speed ?? null,
    seed: cli.seed ?? null,
    keepFolder: cli.keep === undefined ? null : resolve(cli.keep),
    write: say,
  };
  const reports: (ScenarioReport | null)[] = scenarios.map(() => null);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < scenarios.length; index = next++) {
      const scenario = scenarios[index];
      if (scenario !== undefined) reports[index] = await runOne(scenario, autopilot, options);
    }
  };
  await Promise.all(Array.from({ length: cli.parallel }, worker));
  const finished = reports.filter((report) => report !== null);
  summarise(finished);
  if (cli.junit !== undefined) write(cli.junit, toJunit(finished));
  if (cli.json !== undefined) write(cli.json, `${JSON.stringify(finished, null, 2)}\n`);
  return finished.every(({ ok }) => ok) ? GREEN : RED;
}

async function runOne(
  scenario: Scenario,
  autopilot: AutopilotName | null,
  options: RunOptions,
): Promise<ScenarioReport> {
  const own = forAutopilot(scenario, autopilot);
  if (own.kind === 'skipped') {
    say(`${scenario.id}  skipped: ${own.reason}`);
    return emptyReport(scenario, options.flownBy, { skipped: own.reason });
  }
  for (const line of own.leftOut) say(`${scenario.id}  ${line}`);
  try {
    return await runScenario(own.scenario, options);
  } catch (problem) {
    // One that cannot be started must not keep the others from running; its report says why.
    if (problem instanceof ScenarioError) tell(problem);
    else console.error(problem);
    const lines = problem instanceof ScenarioError ? problem.problems : [];
    const message = problem instanceof Error ? problem.message : String(problem);
    return emptyReport(scenario, options.flownBy, { failure: [message, ...lines].join('\n') });
  }
}

function summarise(reports: readonly ScenarioReport[]): void {
  say('');
  const width = Math.max(0, ...reports.map(({ id }) => id.length));
  for (const { id, ok, skipped, verdicts, timeline, wallS, simulatedS, lostS } of reports) {
    const state = skipped !== null ? 'skipped' : ok ? 'ok' : 'FAILED';
    const bad = verdicts.filter((verdict) => !verdict.ok).map(({ name }) => name);
    const why = [...(timeline.failure === null ? [] : [timeline.failure]), ...bad].join('; ');
    const lost = lostS > 1 ? `, ${lostS.toFixed(0)} s not caught up` : '';
    const times = `${simulatedS.toFixed(0)} s simulated in ${wallS.toFixed(1)} s${lost}`;
    say(`${id.padEnd(width)}  ${state.padEnd(7)}  ${times}${why === '' ? '' : `  ${why}`}`);
  }
  const failed = reports.filter(({ ok }) => !ok).length;
  const skipped = reports.filter((report) => report.skipped !== null).length;
  const passed = reports.length - failed - skipped;
  say(`${passed} as expected, ${failed} not${skipped === 0 ? '' : `, ${skipped} skipped`}`);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  writeFileSync(file, text);
}

/** Ends with our parent: `airgrid scenario` hands Ctrl-C on, and a killed one must leave no servers behind. */
const parentGone = (): never => process.exit(RED);
if (process.send !== undefined) process.on('disconnect', parentGone);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(RED));

/** Nothing of a run is left; the channel to a parent must not keep us, and that we leave it is not its end. */
function end(code: number): void {
  process.exitCode = code;
  process.off('disconnect', parentGone);
  if (process.connected) process.disconnect?.();
}

const cli = program(end);
const throwProblem = (problem: CommanderError): never => {
  throw problem;
};
cli.exitOverride(throwProblem);
for (const command of cli.commands) command.exitOverride(throwProblem);
try {
  await cli.parseAsync(process.argv);
} catch (problem) {
  // Commander has told what is wrong with an option, or has shown its help.
  if (!(problem instanceof CommanderError)) throw problem;
  end(problem.exitCode === 0 ? GREEN : BAD);
}
