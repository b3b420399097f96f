import { dirname, join } from 'node:path';
import type { SitlHome } from './homes.ts';
import type { LaunchPlan } from './launch-plan.ts';
import type { Parameters } from './parameters.ts';

export interface Px4Launch {
  readonly binary: string;
  readonly etc: string;
  readonly folder: string;
  /** 0–254. Numbers its ports; its system id is instance + 1 (rcS sets MAV_SYS_ID so). */
  readonly instance: number;
  readonly home: SitlHome;
  readonly speedup: number;
  /** `PX4_SIM_MODEL`. */
  readonly model: string;
  /** Set at start, as `PX4_PARAM_<name>`. */
  readonly parameters: Parameters;
}

/** The start-up script, relative to `etc`'s folder as PX4 looks for it in its working directory. */
const START_SCRIPT = 'etc/init.d-posix/rcS';

/**
 * One PX4 with its own simulation (SIH), as PX4 documents it: `px4 -i N -d -w FOLDER -s etc/init.d-posix/rcS ETC`. It
 * sends to 127.0.0.1:14550 and nowhere else.
 */
export function px4Plan(launch: Px4Launch): LaunchPlan {
  const { binary, etc, folder, instance } = launch;
  return {
    title: `PX4 ${instance + 1}`,
    program: binary,
    args: ['-i', String(instance), '-d', '-w', folder, '-s', START_SCRIPT, etc],
    env: px4Environment(launch),
    folder,
    files: {},
    leftovers: px4Leftovers(instance),
    container: null,
  };
}

export function px4Environment(
  launch: Pick<Px4Launch, 'home' | 'speedup' | 'model' | 'parameters'>,
): Readonly<Record<string, string>> {
  const { home, speedup, model, parameters } = launch;
  return {
    ...Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [`PX4_PARAM_${name}`, String(value)]),
    ),
    PX4_SIM_MODEL: model,
    PX4_SIM_SPEED_FACTOR: String(speedup),
    PX4_HOME_LAT: String(home.latDeg),
    PX4_HOME_LON: String(home.lonDeg),
    PX4_HOME_ALT: String(home.altitudeAmslM),
  };
}

export function px4Leftovers(instance: number): readonly string[] {
  return [`/tmp/px4_lock-${instance}`, `/tmp/px4-sock-${instance}`];
}

/** What a running PX4 is told to open one more MAVLink port (`px4-mavlink` talks to it by its socket in /tmp). */
export interface ExtraLink {
  readonly instance: number;
  readonly host: string;
  readonly port: number;
}

/** From where it sends on that port: apart from PX4's own ranges (18570, 14580, 14280, 13030, 19450 + instance). */
const EXTRA_LINK_LOCAL_PORT = 18870;

/** The call for `--target` other than 127.0.0.1:14550: the same streams as a standard ground station's link. */
export function extraLinkCommand(
  binary: string,
  { instance, host, port }: ExtraLink,
): { readonly program: string; readonly args: readonly string[] } {
  const own = EXTRA_LINK_LOCAL_PORT + instance;
  return {
    program: join(dirname(binary), 'px4-mavlink'),
    args: [
      ...['--instance', String(instance), 'start', '-x', '-f', '-r', '4000000'],
      ...['-u', String(own), '-o', String(port), '-t', host],
    ],
  };
}
