import { randomBytes } from 'node:crypto';
import type { LaunchPlan } from './launch-plan.ts';
import type { ArduPilotType } from './vehicle-types.ts';

/** Where the working directory lies inside of the container. */
const INSIDE = '/airgrid-sitl';

/**
 * The same launch in a container of the image that the user named. With the host's network, because each autopilot
 * sends to and listens on ports of this machine that are numbered per instance (Linux; Docker Desktop 4.34 and newer
 * with host networking switched on).
 *
 * ArduPilot: there is no official image, so any image will do that has the program on its PATH; its entry point is
 * replaced. PX4: `px4io/px4-sitl` as documented (docs.px4.io, "Pre-built SITL Packages"): its own entry point, the
 * airframe by PX4_SIM_MODEL, everything else passed on to px4.
 */
export function inDocker(
  plan: LaunchPlan,
  image: string,
  type: ArduPilotType | 'px4',
  random: string = randomBytes(4).toString('hex'),
): LaunchPlan {
  const container = `airgrid-sitl-${plan.title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${random}`;
  const common = ['run', '--rm', '--init', '--network', 'host', '--name', container];
  if (type === 'px4') {
    const settings = Object.entries(plan.env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const instance = plan.args[plan.args.indexOf('-i') + 1] ?? '0';
    return {
      ...plan,
      program: 'docker',
      args: [...common, ...settings, image, '-d', '-i', instance],
      env: {},
      leftovers: [],
      container,
    };
  }
  const mounts = ['--volume', `${plan.folder}:${INSIDE}`, '--workdir', INSIDE];
  return {
    ...plan,
    program: 'docker',
    args: [
      ...common,
      ...mounts,
      ...['--entrypoint', type.program],
      image,
      ...plan.args.map((argument) => argument.replaceAll(plan.folder, INSIDE)),
    ],
    container,
  };
}
