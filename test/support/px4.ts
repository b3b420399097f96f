import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createWriteStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { SitlHome } from './sitl.ts';

/** Where a standard PX4 sends to its ground station, whatever its instance (px4-rc.mavlink: MAVLink's default port). */
export const PX4_GCS_PORT = 14550;
/** To a companion computer: this + instance (up to 9). A second MAVLink link of the same vehicle. */
export const PX4_OFFBOARD_PORT = 14540;
/** What it sends from: 18570 + instance to the ground station, 14580 + instance to the companion. */
const PX4_OWN_PORTS = [18570, 14580] as const;

export interface Px4Build {
  readonly binary: string;
  readonly etc: string;
}

/** The PX4 build of `PX4_SITL` (its folder or its `bin/px4`), or null with a word why the tests are skipped. */
export function px4Build(): Px4Build | null {
  const path = process.env.PX4_SITL ?? '';
  const root = path !== '' && existsSync(path) && statSync(path).isFile() ? dirname(dirname(path)) : path;
  const build = { binary: resolve(root, 'bin/px4'), etc: resolve(root, 'etc') };
  if (path !== '' && existsSync(build.binary) && existsSync(build.etc)) return build;
  const why = path === '' ? 'PX4_SITL is not set' : `${path} has no bin/px4 and etc/`;
  console.warn(
    `\n  PX4 SITL tests are SKIPPED: ${why}. Set it to a build folder of PX4 (make px4_sitl) or its bin/px4.\n`,
  );
  return null;
}

export interface Px4 {
  readonly child: ChildProcess;
  /** Its working directory: parameters, mission, `log/`. */
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * One PX4 with its own simulation of a quadrotor (SIH), as PX4 documents it. System id: instance + 1. It sends to
 * 127.0.0.1:14550 and nowhere else, so that port must be ours; waits until its ports and ours are free.
 */
export async function startPx4(
  build: Px4Build,
  options: {
    readonly instance: number;
    readonly speedup: number;
    readonly home: SitlHome;
    /** `PX4_PARAM_<name>`: set at start. */
    readonly parameters?: Readonly<Record<string, number>>;
  },
): Promise<Px4> {
  const { instance, speedup, home } = options;
  const ports = PX4_OWN_PORTS.map((port) => port + instance);
  for (const port of ports) await untilFree(port);
  const folder = mkdtempSync(join(tmpdir(), 'airgrid-px4-'));
  const parameters = Object.entries(options.parameters ?? {}).map(([name, value]) => [
    `PX4_PARAM_${name}`,
    String(value),
  ]);
  const child = spawn(
    build.binary,
    ['-i', String(instance), '-d', '-w', folder, '-s', 'etc/init.d-posix/rcS', build.etc],
    {
      cwd: folder,
      // A group of its own: its start script starts further processes.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...Object.fromEntries(parameters),
        PX4_SIM_MODEL: 'sihsim_quadx',
        PX4_SIM_SPEED_FACTOR: String(speedup),
        PX4_HOME_LAT: String(home.latDeg),
        PX4_HOME_LON: String(home.lonDeg),
        PX4_HOME_ALT: String(home.altitudeAmslM),
      },
    },
  );
  const log = createWriteStream(join(folder, 'sitl.log'));
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, 'SIGKILL');
    }
  };
  // Nothing else ends a group of its own when the tests are broken off.
  process.once('exit', kill);
  return {
    child,
    folder,
    async stop() {
      kill();
      process.off('exit', kill);
      await ended;
      log.close();
      for (const port of ports) await untilFree(port);
      rmSync(folder, { recursive: true, force: true });
      // What it leaves outside of its folder when it is not asked to end.
      for (const file of [`px4_lock-${instance}`, `px4-sock-${instance}`]) {
        rmSync(join('/tmp', file), { force: true });
      }
    },
  };
}

/** @throws when somebody holds the UDP port for longer than `withinMs` */
export async function untilFree(port: number, withinMs = 60_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; ; ) {
    if (await isFree(port)) return;
    if (Date.now() > deadline) throw new Error(`UDP port ${port} is in use by another program`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createSocket('udp4');
    probe.once('error', () => done(false));
    probe.bind(port, '0.0.0.0', () => probe.close(() => done(true)));
  });
}
