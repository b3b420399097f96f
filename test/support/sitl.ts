import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PARAMETERS = fileURLToPath(new URL('../sitl/copter.parm', import.meta.url));

/** Path of arducopter in `ARDUPILOT_SITL`, or null with a word on standard output why the tests are skipped. */
export function arduCopterPath(): string | null {
  const path = process.env.ARDUPILOT_SITL ?? '';
  if (path !== '' && existsSync(path)) return path;
  const why =
    path === '' ? 'ARDUPILOT_SITL is not set' : `ARDUPILOT_SITL names ${path}, which does not exist`;
  console.warn(
    `\n  SITL tests are SKIPPED: ${why}. Set it to an arducopter binary built for the board "sitl".\n`,
  );
  return null;
}

/** Where a simulated aircraft stands. */
export interface SitlHome {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altitudeAmslM: number;
}

/** In Guilin; the district of the demo is around it. */
export const SITL_HOME: SitlHome = { latDeg: 25.2809, lonDeg: 110.29, altitudeAmslM: 150 };

export interface Sitl {
  readonly child: ChildProcess;
  /** Its working directory: eeprom.bin, `logs/`. */
  readonly folder: string;
  stop(): Promise<void>;
}

/**
 * One ArduCopter in a folder of its own (it writes eeprom.bin, logs/ and terrain/ there).
 * @param link `tcp`: it listens on 5760 + 10·instance and waits for us; otherwise it sends to that UDP port here
 */
export function startArduCopter(
  path: string,
  options: {
    readonly instance: number;
    readonly link: 'tcp' | { readonly udpPort: number };
    readonly speedup: number;
    /** Further arguments of the simulator: `['--serial1', 'udpclient:127.0.0.1:14560']`. */
    readonly extra?: readonly string[];
    readonly home?: SitlHome;
  },
): Sitl {
  const folder = mkdtempSync(join(tmpdir(), 'airgrid-sitl-'));
  const serial = options.link === 'tcp' ? [] : ['--serial0', `udpclient:127.0.0.1:${options.link.udpPort}`];
  const { latDeg, lonDeg, altitudeAmslM } = options.home ?? SITL_HOME;
  const child = spawn(
    path,
    [
      ...[
        '--model',
        'quad',
        '--home',
        `${latDeg},${lonDeg},${altitudeAmslM},0`,
        '--defaults',
        PARAMETERS,
        '--wipe',
      ],
      ...['-I', String(options.instance), '--sysid', String(options.instance + 1)],
      ...['--speedup', String(options.speedup), ...serial, ...(options.extra ?? [])],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(join(folder, 'sitl.log'));
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    child,
    folder,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      log.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
