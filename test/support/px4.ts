import type { SitlHome } from '../../sim/sitl/homes.ts';
import {
  PX4_GCS_PORT,
  PX4_OFFBOARD_PORT,
  px4OwnPorts,
  untilUdpPortFree as untilFree,
} from '../../sim/sitl/ports.ts';
import { px4Plan } from '../../sim/sitl/px4.ts';
import { type RunningAutopilot, runAutopilot, temporaryFolder } from '../../sim/sitl/run-autopilot.ts';
import { vehicleType } from '../../sim/sitl/vehicle-types.ts';
import { findByEnvironment } from './sitl.ts';

export { PX4_GCS_PORT, PX4_OFFBOARD_PORT, untilFree };

export interface Px4Build {
  readonly binary: string;
  readonly etc: string;
}

/** The PX4 build of `PX4_SITL` (its folder or its `bin/px4`), or null with a word why the tests are skipped. */
export function px4Build(): Px4Build | null {
  const found = findByEnvironment('px4', 'PX4_SITL', 'a build folder of PX4 (make px4_sitl) or its bin/px4');
  return found?.kind === 'px4' ? found : null;
}

/**
 * One PX4 with its own simulation of a quadrotor (SIH), by the launcher of `airgrid sitl`. System id: instance + 1. It
 * sends to 127.0.0.1:14550 and nowhere else, so that port must be ours; waits until its ports are free.
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
): Promise<RunningAutopilot> {
  const { instance, speedup, home } = options;
  const ports = px4OwnPorts(instance);
  for (const port of ports) await untilFree(port);
  const running = await runAutopilot(
    px4Plan({
      binary: build.binary,
      etc: build.etc,
      folder: temporaryFolder('airgrid-px4-'),
      model: vehicleType('px4').model,
      ...{ instance, speedup, home },
      parameters: options.parameters ?? {},
    }),
  );
  return {
    ...running,
    async stop() {
      await running.stop();
      for (const port of ports) await untilFree(port);
    },
  };
}
