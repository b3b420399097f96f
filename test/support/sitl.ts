import { arduPilotPlan } from '../../sim/sitl/arducopter.ts';
import { findAutopilot } from '../../sim/sitl/find-autopilot.ts';
import type { SitlHome } from '../../sim/sitl/homes.ts';
import { type RunningAutopilot, runAutopilot, temporaryFolder } from '../../sim/sitl/run-autopilot.ts';
import { SitlError } from '../../sim/sitl/sitl-error.ts';
import { arduPilotType, vehicleType } from '../../sim/sitl/vehicle-types.ts';

export type { SitlHome };
export type Sitl = RunningAutopilot;

/** Path of arducopter in `ARDUPILOT_SITL`, or null with a word on standard output why the tests are skipped. */
export function arduCopterPath(): string | null {
  const found = findByEnvironment(
    'copter',
    'ARDUPILOT_SITL',
    'an arducopter binary built for the board "sitl"',
  );
  return found?.kind === 'ardupilot' ? found.binary : null;
}

/** By environment only: tests that take minutes start when somebody asked for them. */
export function findByEnvironment(
  vehicle: 'copter' | 'px4',
  variable: 'ARDUPILOT_SITL' | 'PX4_SITL',
  wanted: string,
): ReturnType<typeof findAutopilot> | null {
  const path = process.env[variable] ?? '';
  try {
    if (path === '') throw new SitlError('sitl.no-autopilot', `${variable} is not set.`);
    return findAutopilot({
      type: vehicleType(vehicle),
      binary: null,
      dockerImage: null,
      env: { [variable]: path },
    });
  } catch (problem) {
    if (!(problem instanceof SitlError)) throw problem;
    console.warn(`\n  ${vehicle} SITL tests are SKIPPED: ${problem.message} Set ${variable} to ${wanted}.\n`);
    return null;
  }
}

/** In Guilin; the district of the demo is around it. */
export const SITL_HOME: SitlHome = {
  latDeg: 25.2809,
  lonDeg: 110.29,
  altitudeAmslM: 150,
  headingDeg: 0,
};

/**
 * One ArduCopter in a folder of its own, by the launcher of `airgrid sitl`.
 * @param link `tcp`: it listens on 5760 + 10·instance and waits for us; otherwise it sends to that UDP port here
 */
export function startArduCopter(
  path: string,
  options: {
    readonly instance: number;
    readonly link: 'tcp' | { readonly udpPort: number };
    readonly speedup: number;
    /** UDP port here that its second MAVLink port sends to; without it that port is closed. */
    readonly secondUdpPort?: number;
    readonly home?: SitlHome;
  },
): Promise<Sitl> {
  const { instance, link, speedup, secondUdpPort } = options;
  const udp = (udpPort: number) => ({ host: '127.0.0.1', udpPort });
  return runAutopilot(
    arduPilotPlan({
      type: arduPilotType('copter'),
      binary: path,
      folder: temporaryFolder('airgrid-sitl-'),
      ...{ instance, speedup },
      systemId: instance + 1,
      home: options.home ?? SITL_HOME,
      serial0: link === 'tcp' ? 'tcp' : udp(link.udpPort),
      serial1: secondUdpPort === undefined ? 'none' : udp(secondUdpPort),
      parameterFile: null,
    }),
  );
}
