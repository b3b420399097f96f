import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { arduPilotPlan } from './arducopter.ts';
import { inDocker } from './docker.ts';
import type { Autopilot } from './find-autopilot.ts';
import { type SitlHome, spreadHomes } from './homes.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { readParameterFile } from './parameters.ts';
import {
  freeArduPilotInstances,
  PX4_GCS_PORT,
  px4OffboardPort,
  px4OwnPorts,
  requireFreeUdpPorts,
} from './ports.ts';
import { extraLinkCommand, px4Plan } from './px4.ts';
import { type RunningAutopilot, runAutopilot, temporaryFolder, type UnexpectedEnd } from './run-autopilot.ts';
import { SitlError } from './sitl-error.ts';
import type { VehicleType } from './vehicle-types.ts';
import { type ReadinessWatch, type Watched, watchReadiness } from './wait-until-ready.ts';

export interface SitlLaunch {
  readonly type: VehicleType;
  readonly autopilot: Autopilot;
  readonly count: number;
  readonly firstSystemId: number;
  readonly home: SitlHome;
  /** One for each instead of `home` and places beside it. */
  readonly homes?: readonly SitlHome[];
  readonly speedup: number;
  /** Ground station that each sends to by UDP. */
  readonly target: { readonly host: string; readonly port: number };
  /** `--params`; null for none. */
  readonly parameterFile: string | null;
  /** Folders with logs stay below this one; null: temporary ones, deleted at the end. */
  readonly keepFolder: string | null;
  readonly onChange: (vehicle: Watched, text: string) => void;
}

export interface SitlFleet {
  readonly instances: readonly SitlInstance[];
  /** @throws SitlError `sitl.not-ready` */
  allReady(withinMs: number): Promise<readonly Watched[]>;
  /** Resolves when one of them ends by itself. */
  readonly unexpectedEnd: Promise<UnexpectedEnd>;
  /** Idempotent; resolves when no process and no folder of it is left. */
  close(): Promise<void>;
}

export interface SitlInstance {
  readonly systemId: number;
  readonly home: SitlHome;
  readonly running: RunningAutopilot;
}

/**
 * Starts `count` autopilots side by side, each with its system id, ports, home and folder. Resolves when all processes
 * run; `allReady` tells when they can fly.
 * @throws SitlError: a port in use, a program that cannot be started, a bad parameter file; nothing is left behind then
 */
export async function launchSitl(launch: SitlLaunch): Promise<SitlFleet> {
  const systemIds = Array.from({ length: launch.count }, (_, index) => launch.firstSystemId + index);
  if ((systemIds.at(-1) ?? 0) > 255) {
    throw new SitlError(
      'sitl.bad-option',
      `The last system id would be ${systemIds.at(-1)}; allowed is up to 255. Start fewer, or lower --first-sysid.`,
    );
  }
  const ports = await reservePorts(launch, systemIds);
  const watch = await watchReadiness({ systemIds, ports: ports.watched, onChange: launch.onChange });
  const instances: SitlInstance[] = [];
  const close = async (): Promise<void> => {
    await watch.close();
    await Promise.all(instances.map(({ running }) => running.stop()));
  };
  try {
    const homes = launch.homes ?? spreadHomes(launch.home, launch.count);
    for (const [index, systemId] of systemIds.entries()) {
      const home = homes[index] ?? launch.home;
      const prefix = `${launch.type.name}-${systemId}`;
      const folder =
        launch.keepFolder === null
          ? temporaryFolder(`airgrid-sitl-${prefix}-`)
          : join(launch.keepFolder, prefix);
      const instance = ports.instances[index] ?? index;
      const plan = planOf(launch, { systemId, home, folder, instance, watchedPort: watch.ports[0] ?? 0 });
      const running = await runAutopilot(plan, launch.keepFolder !== null);
      instances.push({ systemId, home, running });
    }
    if (needsExtraLink(launch)) {
      await untilHeard(watch, instances);
      await openExtraLinks(launch, ports.instances);
    }
  } catch (problem) {
    await close();
    throw problem;
  }
  let closed: Promise<void> | null = null;
  return {
    instances,
    allReady: (withinMs) => watch.allReady(withinMs),
    unexpectedEnd: Promise.race(instances.map(({ running }) => running.unexpectedEnd)),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

interface ReservedPorts {
  readonly instances: readonly number[];
  /** Where the second MAVLink ports send to. */
  readonly watched: readonly number[];
}

async function reservePorts(launch: SitlLaunch, systemIds: readonly number[]): Promise<ReservedPorts> {
  if (launch.type.family === 'ardupilot') {
    return { instances: await freeArduPilotInstances(launch.count), watched: [0] };
  }
  // PX4 numbers system ids and ports by one number, so a free one cannot be searched for.
  const instances = systemIds.map((systemId) => systemId - 1);
  await requireFreeUdpPorts(
    instances.flatMap(px4OwnPorts),
    'PX4 sends from it',
    'Another PX4 runs on this machine: end it, or take other system ids with --first-sysid.',
  );
  return { instances, watched: instances.map(px4OffboardPort) };
}

function planOf(
  launch: SitlLaunch,
  own: {
    readonly systemId: number;
    readonly home: SitlHome;
    readonly folder: string;
    readonly instance: number;
    readonly watchedPort: number;
  },
): LaunchPlan {
  const { type, autopilot, speedup, target, parameterFile } = launch;
  const { systemId, home, folder, instance } = own;
  if (type.family === 'ardupilot') {
    const plan = arduPilotPlan({
      ...{ type, folder, instance, systemId, home, speedup, parameterFile },
      binary: autopilot.kind === 'ardupilot' ? autopilot.binary : type.program,
      serial0: { host: target.host, udpPort: target.port },
      serial1: { host: '127.0.0.1', udpPort: own.watchedPort },
    });
    return autopilot.kind === 'docker' ? inDocker(plan, autopilot.image, type) : plan;
  }
  const plan = px4Plan({
    binary: autopilot.kind === 'px4' ? autopilot.binary : 'px4',
    etc: autopilot.kind === 'px4' ? autopilot.etc : 'etc',
    ...{ folder, instance, home, speedup },
    model: type.model,
    parameters: parameterFile === null ? {} : readParameterFile(parameterFile),
  });
  return autopilot.kind === 'docker' ? inDocker(plan, autopilot.image, 'px4') : plan;
}

/** PX4's ground-station link is fixed to 127.0.0.1:14550 by its start script. */
function needsExtraLink({ type, target }: SitlLaunch): boolean {
  return type.family === 'px4' && !(isLoopback(target.host) && target.port === PX4_GCS_PORT);
}

function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost';
}

const EXTRA_LINK_WITHIN_MS = 30_000;

/** Until then its start script is still opening the links of its own, and one more in between takes their place. */
async function untilHeard(watch: ReadinessWatch, instances: readonly SitlInstance[]): Promise<void> {
  for (const deadlineMs = performance.now() + EXTRA_LINK_WITHIN_MS; ; ) {
    const silent = watch.vehicles().find(({ readiness }) => readiness.autopilot === null);
    if (silent === undefined) return;
    if (performance.now() > deadlineMs) {
      const own = instances.find(({ systemId }) => systemId === silent.systemId);
      const said = own?.running.lastLines().slice(-12).join('\n') ?? '';
      throw new SitlError('sitl.start-failed', `PX4 ${silent.systemId} is not heard.`, said);
    }
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** Asks each PX4 for one more link, again and again until it is up and takes it. */
async function openExtraLinks(launch: SitlLaunch, instances: readonly number[]): Promise<void> {
  const { autopilot, target } = launch;
  if (autopilot.kind !== 'px4') {
    throw new SitlError(
      'sitl.bad-option',
      `PX4 in a container sends to 127.0.0.1:${PX4_GCS_PORT} only; --target cannot be ${target.host}:${target.port}.`,
    );
  }
  const host = target.host === 'localhost' ? '127.0.0.1' : target.host;
  for (const instance of instances) {
    const { program, args } = extraLinkCommand(autopilot.binary, { instance, host, port: target.port });
    for (const deadlineMs = performance.now() + EXTRA_LINK_WITHIN_MS; ; ) {
      if (await succeeds(program, args)) break;
      if (performance.now() > deadlineMs) {
        throw new SitlError(
          'sitl.start-failed',
          `PX4 ${instance + 1} opened no link to ${host}:${target.port}.`,
        );
      }
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
