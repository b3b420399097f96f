import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findAutopilot } from '../sitl/find-autopilot.ts';
import { launchSitl, type SitlFleet } from '../sitl/launch.ts';
import { parameterFileText } from '../sitl/parameters.ts';
import { SitlError } from '../sitl/sitl-error.ts';
import { vehicleType } from '../sitl/vehicle-types.ts';
import type { Flavour } from '../vehicle/create-vehicle.ts';
import { AutopilotRelay, stationFrames } from './autopilot-relay.ts';
import { DEFAULT_ORIGIN } from './geometry.ts';
import { truthOf } from './heard-truth.ts';
import { realFault, startParameters } from './real-faults.ts';
import { RealMischief } from './real-mischief.ts';
import type { RunOptions } from './run-scenario.ts';
import { ScenarioError } from './scenario-error.ts';
import type { FleetEntry } from './schema.ts';
import type { AutopilotName } from './schema-parts.ts';
import { sleep } from './server-process.ts';
import { type FleetStart, systemIdOf } from './simulated-fleet.ts';
import type { TestAircraft, TestFleet } from './test-fleet.ts';

/** Position estimates take some forty seconds of simulated time. */
const READY_WITHIN_MS = 240_000;
const FAULTS_END_WITHIN_MS = 20;
const BATTERY_WITHIN_MS = 20_000;
const BATTERY_AGAIN_MS = 1000;
const NO_WIND = { eastMps: 0, northMps: 0 };

/** The same scenarios on real autopilots; an aircraft whose flavour is said in the file flies on that one. */
export function realFleet(autopilot: AutopilotName): Pick<RunOptions, 'flownBy' | 'startFleet'> {
  return { flownBy: `sitl ${autopilot}`, startFleet: (start) => startRealFleet(start, autopilot) };
}

/** @throws ScenarioError `scenario.no-start` */
async function startRealFleet(start: FleetStart, autopilot: AutopilotName): Promise<TestFleet> {
  const { scenario, ground, target, seed } = start;
  const relay = await AutopilotRelay.open({ ground, target, seed, network: scenario.network ?? {} });
  const folder = mkdtempSync(join(tmpdir(), 'airgrid-scenario-sitl-'));
  const launched: SitlFleet[] = [];
  const close = async (): Promise<void> => {
    for (const fleet of launched) await fleet.close();
    await relay.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const group of groupsOf(scenario.fleet, autopilot))
      launched.push(await launchGroup(group, start, relay.port, folder));
    const ready = await Promise.all(launched.map((fleet) => fleet.allReady(READY_WITHIN_MS)));
    const versions = new Set(ready.flat().map(({ firmwareVersion }) => firmwareVersion ?? 'unknown version'));
    await setBatteries(start, relay, autopilot);
    const title = `${scenario.fleet.length} × ${autopilot} SITL ${[...versions].join(', ')}`;
    return fleetOf(start, { relay, autopilot, title, close });
  } catch (problem) {
    await close();
    if (!(problem instanceof SitlError)) throw problem;
    const lines = problem.remedy === null ? [] : problem.remedy.split('\n');
    throw new ScenarioError('scenario.no-start', problem.message, lines, problem);
  }
}

interface Group {
  readonly type: AutopilotName;
  readonly entries: FleetEntry[];
}

/** The flavour that a file names wins over `--autopilot`: it is about the mixture then. */
function realOf(flavour: Flavour): AutopilotName {
  if (flavour === 'copter') return 'copter';
  if (flavour.startsWith('px4')) return 'px4';
  throw new ScenarioError('scenario.bad-file', `no real autopilot is set up here for the flavour ${flavour}`);
}

const autopilotOf = ({ flavour }: FleetEntry, otherwise: AutopilotName): AutopilotName =>
  flavour === undefined ? otherwise : realOf(flavour);

/** Runs of the same autopilot with system ids that follow one another: what the launcher starts at once. */
function groupsOf(fleet: readonly FleetEntry[], autopilot: AutopilotName): readonly Group[] {
  const groups: Group[] = [];
  for (const entry of fleet) {
    const type = autopilotOf(entry, autopilot);
    const last = groups.at(-1);
    const before = last?.entries.at(-1);
    const follows = before !== undefined && systemIdOf(entry) === systemIdOf(before) + 1;
    if (last !== undefined && last.type === type && follows) last.entries.push(entry);
    else groups.push({ type, entries: [entry] });
  }
  return groups;
}

async function launchGroup(
  group: Group,
  start: FleetStart,
  port: number,
  folder: string,
): Promise<SitlFleet> {
  const { scenario, ground, speed } = start;
  const [first] = group.entries;
  if (first === undefined) throw new Error('a group has at least one aircraft');
  const { altitudeAmslM } = scenario.origin ?? DEFAULT_ORIGIN;
  const homes = group.entries.map(({ home }) => {
    const { lonDeg, latDeg } = ground.toGeo(home);
    return { lonDeg, latDeg, altitudeAmslM, headingDeg: 0 };
  });
  const [home] = homes;
  if (home === undefined) throw new Error('a group has at least one home');
  const parameterFile = join(folder, `${group.type}-${systemIdOf(first)}.parm`);
  const own = startParameters(group.type, scenario.wind ?? null);
  if (own === null)
    throw new ScenarioError('scenario.no-start', `the simulation of a real ${group.type} has no wind`);
  writeFileSync(parameterFile, parameterFileText({ ...own, ...scenario.parameters }));
  const type = vehicleType(group.type);
  return launchSitl({
    type,
    autopilot: findAutopilot({ type, binary: null, dockerImage: null, env: process.env }),
    count: group.entries.length,
    firstSystemId: systemIdOf(first),
    ...{ home, homes, speedup: speed, parameterFile, keepFolder: null },
    target: { host: '127.0.0.1', port },
    onChange: ({ systemId }, text) => start.onProblem(`autopilot ${systemId}: ${text}`),
  });
}

interface RealFleetParts {
  readonly relay: AutopilotRelay;
  readonly autopilot: AutopilotName;
  readonly title: string;
  readonly close: () => Promise<void>;
}

function fleetOf(
  { scenario, speed }: FleetStart,
  { relay, autopilot, title, close }: RealFleetParts,
): TestFleet {
  const types = new Map<TestAircraft, AutopilotName>();
  for (const entry of scenario.fleet) {
    const systemId = systemIdOf(entry);
    const { name, home } = entry;
    const aircraft = {
      name,
      systemId,
      home,
      truth: () => truthOf(relay.heard(systemId)),
      commands: () => null,
    };
    types.set(aircraft, autopilotOf(entry, autopilot));
  }
  const aircraft = [...types.keys()];
  const timeS = vehicleClock(() => relay.heard(aircraft[0]?.systemId ?? 1).bootMs, speed);
  const wind = scenario.wind ?? NO_WIND;
  const autopilotOfAircraft = (one: TestAircraft): AutopilotName => types.get(one) ?? autopilot;
  const mischief = new RealMischief({ relay, timeS, wind, autopilotOf: autopilotOfAircraft });
  const timer = setInterval(() => mischief.tick(), FAULTS_END_WITHIN_MS);
  return {
    ...{ title, aircraft, timeS, mischief },
    lostS: () => 0,
    close() {
      clearInterval(timer);
      return close();
    },
  };
}

/** Charges that the file wants to begin with. @throws ScenarioError `scenario.no-start` */
async function setBatteries(
  { scenario }: FleetStart,
  relay: AutopilotRelay,
  autopilot: AutopilotName,
): Promise<void> {
  for (const entry of scenario.fleet) {
    if (entry.batteryPct === undefined) continue;
    const { name, batteryPct: remainingPct } = entry;
    const fault = realFault(autopilotOf(entry, autopilot), { kind: 'battery', remainingPct }, NO_WIND);
    if (fault === null)
      throw new ScenarioError('scenario.no-start', `the battery of ${name} cannot be set there`);
    const systemId = systemIdOf(entry);
    const isSet = (): boolean => Math.abs((relay.heard(systemId).batteryPct ?? 1000) - remainingPct) <= 1;
    for (const untilMs = performance.now() + BATTERY_WITHIN_MS; !isSet(); await sleep(BATTERY_AGAIN_MS)) {
      if (performance.now() > untilMs)
        throw new ScenarioError(
          'scenario.no-start',
          `${name} does not report a battery of ${remainingPct} %`,
        );
      for (const action of fault.begin)
        relay.inject(systemId, (send) => stationFrames(systemId, action, send));
    }
  }
}

/** Reports of a standing aircraft are rare: between two of them the wall clock goes on, for a simulated second. */
function vehicleClock(bootMs: () => number | null, speed: number): () => number {
  let lastMs = 0;
  let heardAtMs = performance.now();
  let told = 0;
  return () => {
    const nowMs = performance.now();
    const newest = bootMs() ?? 0;
    if (newest !== lastMs) {
      lastMs = newest;
      heardAtMs = nowMs;
    }
    told = Math.max(told, lastMs / 1000 + Math.min(1, ((nowMs - heardAtMs) / 1000) * speed));
    return told;
  };
}
