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
import type { RunOptions } from './run-scenario.ts';
import { ScenarioError } from './scenario-error.ts';
import type { FleetEntry } from './schema.ts';
import { type FleetStart, stationAction, systemIdOf } from './simulated-fleet.ts';
import type { Mischief, TestAircraft, TestFleet } from './test-fleet.ts';

export const REAL_AUTOPILOTS = ['copter', 'px4'] as const;
export type AutopilotName = (typeof REAL_AUTOPILOTS)[number];

/** Position estimates take some forty seconds of simulated time. */
const READY_WITHIN_MS = 240_000;

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
    return fleetOf(
      start,
      relay,
      `${scenario.fleet.length} × ${autopilot} SITL ${[...versions].join(', ')}`,
      close,
    );
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

/** Runs of the same autopilot with system ids that follow one another: what the launcher starts at once. */
function groupsOf(fleet: readonly FleetEntry[], autopilot: AutopilotName): readonly Group[] {
  const groups: Group[] = [];
  for (const entry of fleet) {
    const type = entry.flavour === undefined ? autopilot : realOf(entry.flavour);
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
  writeFileSync(parameterFile, parameterFileText(scenario.parameters ?? {}));
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

function fleetOf(
  { scenario, speed }: FleetStart,
  relay: AutopilotRelay,
  title: string,
  close: () => Promise<void>,
): TestFleet {
  const aircraft = scenario.fleet.map((entry): TestAircraft => {
    const systemId = systemIdOf(entry);
    const { name, home } = entry;
    return { name, systemId, home, truth: () => truthOf(relay.heard(systemId)), commands: () => null };
  });
  const clock = vehicleClock(() => relay.heard(aircraft[0]?.systemId ?? 1).bootMs, speed);
  return { title, aircraft, timeS: clock, mischief: mischiefOf(relay), lostS: () => 0, close };
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

function mischiefOf(relay: AutopilotRelay): Mischief {
  const cannot = (what: string): never => {
    throw new ScenarioError(
      'scenario.bad-file',
      `real autopilots cannot do this: ${what}; mark the scenario with simulatedOnly`,
    );
  };
  const act = (systemId: number, action: Parameters<typeof stationFrames>[1]): void =>
    relay.inject(systemId, (send) => stationFrames(systemId, action, send));
  return {
    network({ systemId, name }, { set, cut, direction }) {
      const network = relay.network(systemId);
      if (network === null) return cannot(`the line of ${name}, which was never heard`);
      if (set !== null) network.set(set, direction);
      if (cut === null) return;
      const untilMs = cut === true ? Number.POSITIVE_INFINITY : cut === false ? 0 : performance.now() + cut;
      network.cutUntil(untilMs, direction);
    },
    changeAddress: ({ systemId }) => relay.changeAddress(systemId),
    power: async () => cannot('switch the power'),
    fault({ systemId }, fault) {
      // AP_HAL_SITL's own switches, as parameters: SIM_GPS1_ENABLE (4.6 and later), SIM_WIND_SPD and SIM_WIND_DIR.
      if (fault.kind === 'gps-loss') act(systemId, { kind: 'parameter', name: 'SIM_GPS1_ENABLE', value: 0 });
      else if (fault.kind === 'wind-gust') {
        const { eastMps, northMps } = fault;
        const fromDeg = (Math.atan2(-eastMps, -northMps) * 180) / Math.PI;
        act(systemId, { kind: 'parameter', name: 'SIM_WIND_SPD', value: Math.hypot(eastMps, northMps) });
        act(systemId, { kind: 'parameter', name: 'SIM_WIND_DIR', value: (fromDeg + 360) % 360 });
      } else cannot(`the fault ${fault.kind}`);
    },
    clearFault({ systemId }, kind) {
      if (kind === 'gps-loss') act(systemId, { kind: 'parameter', name: 'SIM_GPS1_ENABLE', value: 1 });
      else if (kind === 'wind-gust') act(systemId, { kind: 'parameter', name: 'SIM_WIND_SPD', value: 0 });
      else cannot(`the fault ${kind}`);
    },
    parameter: ({ systemId }, name, value) => act(systemId, { kind: 'parameter', name, value }),
    otherStation: async ({ systemId }, does) => act(systemId, stationAction(does)),
  };
}
