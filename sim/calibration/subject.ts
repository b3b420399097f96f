import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAutopilot } from '../sitl/find-autopilot.ts';
import { launchSitl } from '../sitl/launch.ts';
import { PX4_GCS_PORT, untilUdpPortFree } from '../sitl/ports.ts';
import { SitlError } from '../sitl/sitl-error.ts';
import { vehicleType } from '../sitl/vehicle-types.ts';
import { CALIBRATION_HOME } from './calibration-mission.ts';
import { Station } from './station.ts';

export type Family = 'ardupilot' | 'px4';

/** An aircraft to be measured, just started, and the station that hears it from its first word. */
export interface Subject {
  readonly station: Station;
  readonly startedMs: number;
  stop(): Promise<void>;
}

export interface SubjectKind {
  /** File names and columns: `simulated-ardupilot`. */
  readonly id: string;
  readonly family: Family;
  readonly isReal: boolean;
  start(speedup: number): Promise<Subject>;
}

/** The simulator beside this program; compiled with it. */
const SIMULATOR = fileURLToPath(new URL('../main.js', import.meta.url));
/** Apart from the system ids of a developer's own. */
const REAL_SYSTEM_ID = 61;

/** The aircraft of `airgrid sim` in that flavour, as slow to start as the real one. */
export function simulatedSubject(family: Family): SubjectKind {
  return {
    id: `simulated-${family}`,
    family,
    isReal: false,
    async start(speedup) {
      if (!existsSync(SIMULATOR)) throw new Error(`${SIMULATOR} is not built`);
      const folder = mkdtempSync(join(tmpdir(), 'airgrid-calibration-'));
      const homes = join(folder, 'homes.json');
      const { headingDeg: _heading, ...home } = CALIBRATION_HOME;
      writeFileSync(homes, JSON.stringify([home]));
      const station = await Station.open();
      const child = fork(
        SIMULATOR,
        [
          ...['--count', '1', '--homes', homes, '--target', `udp://127.0.0.1:${station.port}`],
          ...['--speed', String(speedup), '--realistic-startup', '--wind-mps', '0', '--seed', '1'],
          ...['--flavour', family === 'px4' ? 'px4' : 'copter'],
        ],
        { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
      );
      const stop = async (): Promise<void> => {
        await ended(child);
        await station.close();
        rmSync(folder, { recursive: true, force: true });
      };
      // Not the time that Node takes to load the program: on a busy machine that is seconds, and no autopilot has it.
      const startedMs = await ready(child);
      return { station, startedMs, stop };
    },
  };
}

/** Null, with a word why, when the autopilot is not on this machine. */
export function realSubject(
  family: Family,
  env: Readonly<Record<string, string | undefined>>,
): SubjectKind | { readonly missing: string } {
  const type = vehicleType(family === 'px4' ? 'px4' : 'copter');
  let autopilot: ReturnType<typeof findAutopilot>;
  try {
    autopilot = findAutopilot({ type, binary: null, dockerImage: null, env });
  } catch (problem) {
    if (problem instanceof SitlError) return { missing: problem.message };
    throw problem;
  }
  return {
    id: `real-${family}`,
    family,
    isReal: true,
    async start(speedup) {
      // PX4 sends there, whatever it is told.
      if (family === 'px4') await untilUdpPortFree(PX4_GCS_PORT);
      const station = await Station.open(family === 'px4' ? PX4_GCS_PORT : 0);
      const startedMs = performance.now();
      const fleet = await launchSitl({
        ...{ type, autopilot, speedup },
        count: 1,
        firstSystemId: REAL_SYSTEM_ID,
        home: CALIBRATION_HOME,
        target: { host: '127.0.0.1', port: station.port },
        parameterFile: null,
        keepFolder: null,
        onChange: () => {},
      });
      const stop = async (): Promise<void> => {
        await fleet.close();
        await station.close();
      };
      return { station, startedMs, stop };
    },
  };
}

/** When it said that its sockets are open. @throws Error when it ends before */
function ready(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(performance.now()));
    child.once('exit', (code) => reject(new Error(`the simulator ended (${code}) before it was ready`)));
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
