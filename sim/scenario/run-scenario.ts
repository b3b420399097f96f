import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectRecord } from './collect-record.ts';
import { Ground, gridFile } from './geometry.ts';
import type { Evidence } from './judge/evidence.ts';
import { judge, nameOf } from './judge/judge.ts';
import { Operator } from './operator.ts';
import type { JudgedExpectation, ScenarioReport } from './report.ts';
import { Progress } from './run-log.ts';
import { ScenarioError } from './scenario-error.ts';
import type { Scenario } from './schema.ts';
import { ServerProcess, sleep } from './server-process.ts';
import { type FleetStart, startSimulatedFleet, systemIdOf } from './simulated-fleet.ts';
import type { Stage } from './stage.ts';
import { tellFeed } from './tell-feed.ts';
import type { TestFleet } from './test-fleet.ts';
import { playTimeline } from './timeline.ts';
import { TrackRecorder } from './track.ts';

export interface RunOptions {
  /** Wins over the file's. */
  readonly speed: number | null;
  readonly seed: number | null;
  /** Keep data, log and recordings below this folder; null: temporary, deleted at the end. */
  readonly keepFolder: string | null;
  /** `simulated` or the word of real autopilots, for the report. */
  readonly flownBy: string;
  readonly startFleet: (start: FleetStart) => Promise<TestFleet>;
  readonly write: (line: string) => void;
}

export const DEFAULT_SPEED = 10;
/** Default of mavlink.telemetryRateHz, and the least that it may be. */
const USUAL_RATE_HZ = 5;
const LEAST_RATE_HZ = 1;
const READY_WITHIN_MS = 120_000;
/** The next batch of the feed, and what the record writes once a second. */
const SETTLE_MS = 400;

export const SIMULATED: Pick<RunOptions, 'flownBy' | 'startFleet'> = {
  flownBy: 'simulated',
  startFleet: startSimulatedFleet,
};

/**
 * Runs one scenario from an empty data folder to the judgement: server, fleet, sign-in, grid, timeline, record.
 * Nothing of it is left running, whatever happens.
 * @throws ScenarioError `scenario.no-start`
 */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<ScenarioReport> {
  const progress = new Progress(scenario.id, options.write);
  const kept = options.keepFolder;
  const folder =
    kept === null ? mkdtempSync(join(tmpdir(), `airgrid-${scenario.id}-`)) : unusedFolder(kept, scenario.id);
  const closers: (() => Promise<void> | void)[] = [];
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  // Ctrl-C in the middle of a run ends this process at once.
  if (kept === null) process.on('exit', removeFolder);
  try {
    const stage = await setTheStage(scenario, options, folder, progress, closers);
    const steps = await playTimeline(stage);
    await sleep(SETTLE_MS);
    const evidence = await gather(stage, steps);
    return report(stage, evidence, options);
  } finally {
    for (const close of closers.reverse()) await close();
    if (kept === null) {
      process.off('exit', removeFolder);
      removeFolder();
    }
  }
}

/**
 * Aircraft count seconds in their own time: five reports a second at 15 times the speed are 75, which proves nothing and
 * costs a processor. Real autopilots tell the truth of a run by these reports, and keep them all.
 */
function telemetryRate(speed: number, { flownBy }: RunOptions): Readonly<Record<string, number>> {
  const rateHz = Math.max(LEAST_RATE_HZ, USUAL_RATE_HZ / speed);
  return flownBy === SIMULATED.flownBy ? { 'mavlink.telemetryRateHz': Math.round(rateHz * 10) / 10 } : {};
}

/** A server on the data of an earlier run would be another scenario: a second run gets `id-2`, a third `id-3`. */
function unusedFolder(parent: string, id: string): string {
  for (let number = 1; ; number += 1) {
    const folder = join(parent, number === 1 ? id : `${id}-${number}`);
    if (!existsSync(folder)) return folder;
  }
}

async function setTheStage(
  scenario: Scenario,
  options: RunOptions,
  folder: string,
  progress: Progress,
  closers: (() => Promise<void> | void)[],
): Promise<Stage> {
  const ground = new Ground(scenario);
  const speed = options.speed ?? scenario.speed ?? DEFAULT_SPEED;
  const seed = options.seed ?? scenario.seed ?? 1;
  const server = await ServerProcess.prepare({
    folder,
    // Twins are shown by one name: reversed, so that the first of them gives it.
    names: new Map([...scenario.fleet].reverse().map((entry) => [systemIdOf(entry), entry.name])),
    settings: { ...telemetryRate(speed, options), ...scenario.server },
  });
  closers.push(() => server.close());
  await server.start();
  const operator = new Operator(server.url);
  closers.push(() => operator.closeConsole());
  if (server.setupCode === null)
    throw new ScenarioError('scenario.no-start', 'the server printed no one-time code');
  await operator.setUp(server.setupCode);
  const imported = await operator.call('POST', '/api/v1/grid/import', gridFile(scenario, ground));
  if (imported.status !== 200) {
    const told = JSON.stringify(imported.body).slice(0, 500);
    throw new ScenarioError('scenario.no-start', `the grid was refused: ${told}`);
  }
  tellFeed(operator, progress);
  await operator.openConsole();
  const fleet = await options.startFleet({
    ...{ scenario, ground, speed, seed },
    target: { host: '127.0.0.1', port: server.udpPort },
    onProblem: (text) => progress.say(text),
  });
  closers.push(() => fleet.close());
  await allSeen(fleet, operator);
  const recorder = new TrackRecorder(fleet);
  closers.push(() => void recorder.stop());
  progress.clock = () => recorder.timeS;
  progress.say(`${fleet.title} at ${speed} × speed, seed ${seed}; console ${server.url}`);
  const patrolIds = new Map<string, string>();
  const zonesDrawnS = new Map<string, number>();
  return { scenario, ground, operator, server, fleet, recorder, progress, speed, patrolIds, zonesDrawnS };
}

/** Second 0 of the timeline: each system id has been heard of. (Of twins there is one name only.) */
async function allSeen(fleet: TestFleet, operator: Operator): Promise<void> {
  const untilMs = performance.now() + READY_WITHIN_MS;
  const missing = () =>
    fleet.aircraft.filter(
      ({ systemId }) => ![...operator.vehicles.values()].some((vehicle) => vehicle.systemId === systemId),
    );
  while (missing().length > 0) {
    if (performance.now() > untilMs) {
      const names = missing().map(({ name }) => name);
      throw new ScenarioError('scenario.no-start', `the console never showed ${names.join(', ')}`);
    }
    await sleep(20);
  }
}

async function gather(stage: Stage, steps: Evidence['steps']): Promise<Evidence> {
  const { scenario, ground, operator, recorder, server, fleet, patrolIds, zonesDrawnS } = stage;
  const endS = recorder.timeS;
  const allDown = fleet.aircraft.every((aircraft) => aircraft.truth()?.armed !== true);
  const tracks = recorder.stop();
  const flights = server.isRunning ? await collectRecord(operator, allDown) : [];
  const patrols = [...patrolIds].flatMap(([name, id]) => {
    const patrol = operator.patrols.get(id);
    return patrol === undefined ? [] : [[name, patrol] as const];
  });
  const rates = [...operator.updates.values()].map((updates) => updates / operator.openS);
  return {
    ...{ scenario, ground, tracks, steps, flights, zonesDrawnS, endS },
    patrols: new Map(patrols),
    notices: operator.notices,
    consoleRateHz: operator.openS > 2 && rates.length > 0 ? Math.min(...rates) : null,
  };
}

function report(stage: Stage, evidence: Evidence, options: RunOptions): ScenarioReport {
  const { scenario, fleet, progress, speed } = stage;
  const verdicts = scenario.expect.map(({ expectation, line }): JudgedExpectation => {
    const { because } = expectation;
    return { line, name: nameOf(expectation), because: because ?? null, ...judge(evidence, expectation) };
  });
  for (const { ok, name, figure, limit, details } of verdicts) {
    progress.say(`${ok ? 'ok  ' : 'FAIL'} ${name}: ${figure ?? 'not known'} (${limit})`);
    if (!ok) for (const detail of details) progress.say(`       ${detail}`);
  }
  const failed = evidence.steps.find(({ failure }) => failure !== null);
  const { id, title, path } = scenario;
  return {
    ...{ id, title, path, speed, flownBy: options.flownBy, fleet: fleet.title, verdicts },
    seed: options.seed ?? scenario.seed ?? 1,
    simulatedS: evidence.endS,
    wallS: progress.wallS,
    lostS: fleet.lostS(),
    skipped: null,
    timeline: {
      ok: failed === undefined,
      played: evidence.steps.length,
      of: scenario.steps.length,
      failure: failed === undefined ? null : `line ${failed.line}: ${failed.failure}`,
    },
    steps: evidence.steps.map(({ line, step, startedS, endedS, answers, failure }) => ({
      ...{ line, do: step.do, id: step.id ?? null, startedS, endedS, answers, failure },
    })),
    flights: evidence.flights.map(({ flight, recording, problem }) => ({
      flightId: flight.flightId,
      vehicle: flight.vehicleName,
      state: flight.state,
      purpose: flight.purpose,
      recording,
      problem,
    })),
    ok: failed === undefined && verdicts.every(({ ok }) => ok),
  };
}
