import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import { SitlError } from './sitl-error.ts';
import type { VehicleType } from './vehicle-types.ts';

/** Where the autopilot's program comes from. */
export type Autopilot =
  | { readonly kind: 'ardupilot'; readonly binary: string; readonly from: AutopilotSource }
  | {
      readonly kind: 'px4';
      readonly binary: string;
      /** Folder with PX4's start-up scripts and airframes. */
      readonly etc: string;
      readonly from: AutopilotSource;
    }
  /** Not looked for on this machine: docker finds the image, or says that it cannot. */
  | { readonly kind: 'docker'; readonly image: string };

export type AutopilotSource = '--autopilot-binary' | 'ARDUPILOT_SITL' | 'PX4_SITL' | 'PATH';

export interface AutopilotSearch {
  readonly type: VehicleType;
  /** `--autopilot-binary`; null when not given. */
  readonly binary: string | null;
  /** `--docker-image`; null when not given. Used only when nothing is found on this machine. */
  readonly dockerImage: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Looks by option, then by environment, then along PATH, then takes the image that the user named. What was named and is
 * wrong is an error, never a reason to look on: somebody who names a binary wants that one.
 * @throws SitlError `sitl.no-autopilot`
 */
export function findAutopilot(search: AutopilotSearch): Autopilot {
  const { type, binary, dockerImage, env } = search;
  const variable = type.family === 'px4' ? 'PX4_SITL' : 'ARDUPILOT_SITL';
  for (const [source, path] of [
    ['--autopilot-binary', binary ?? ''],
    [variable, env[variable] ?? ''],
  ] as const) {
    if (path === '') continue;
    const found = atPath(type, path, source);
    if (typeof found !== 'string') return found;
    // An environment that serves another vehicle (only arducopter is built) does not stand in the way of an image.
    if (dockerImage !== null && source !== '--autopilot-binary') break;
    throw new SitlError('sitl.no-autopilot', `${source} is ${path}: ${found}.`, howToGet(type, variable));
  }
  const onPath = alongPath(type, env.PATH ?? '');
  if (onPath !== null) return onPath;
  if (dockerImage !== null) return { kind: 'docker', image: dockerImage };
  throw new SitlError(
    'sitl.no-autopilot',
    `No ${type.title} was found: ${variable} is not set, and there is no ${type.program} on PATH.`,
    howToGet(type, variable),
  );
}

/** A file, or a folder that holds it. @returns what is wrong with it otherwise */
function atPath(type: VehicleType, path: string, from: AutopilotSource): Autopilot | string {
  const given = resolve(path);
  if (!exists(given)) return 'it does not exist';
  if (type.family === 'px4') {
    // The build folder, its bin/px4, or an installed px4 (a package's link in /usr/bin leads to the real one).
    const root = isFile(given) ? dirname(dirname(given)) : given;
    const binary = join(root, 'bin/px4');
    const etc = join(root, 'etc');
    if (!isExecutable(binary) || !isFolder(etc)) return `${root} has no bin/px4 and etc/ as a PX4 build has`;
    return { kind: 'px4', binary, etc, from };
  }
  // Other vehicles' programs lie beside it in build/sitl/bin. A wrapper script may be called anything.
  const beside = join(isFile(given) ? dirname(given) : given, type.program);
  const isOther = isFile(given) && basename(given).startsWith('ardu') && basename(given) !== type.program;
  const binary = isFile(given) && !isOther ? given : beside;
  if (!exists(binary)) return `there is no ${type.program} in ${dirname(beside)}`;
  if (!isExecutable(binary)) return `${binary} is not executable (chmod +x)`;
  return { kind: 'ardupilot', binary, from };
}

function alongPath(type: VehicleType, path: string): Autopilot | null {
  for (const folder of path.split(delimiter)) {
    if (folder === '') continue;
    const candidate = join(folder, type.program);
    if (!isFile(candidate) || !isExecutable(candidate)) continue;
    const found = atPath(type, candidate, 'PATH');
    if (typeof found !== 'string') return found;
  }
  return null;
}

function howToGet(type: VehicleType, variable: string): string {
  const isPx4 = type.family === 'px4';
  const repository = isPx4
    ? 'https://github.com/PX4/PX4-Autopilot'
    : 'https://github.com/ArduPilot/ardupilot';
  const built = isPx4 ? 'build/px4_sitl_default' : `build/sitl/bin/${type.program}`;
  const image = isPx4 ? 'px4io/px4-sitl:latest' : `an image with ${type.program} on its PATH`;
  return [
    `Build it:      git clone --recursive ${repository} && cd ${basename(repository)} && ${type.buildCommand}`,
    `then say so:   export ${variable}=$PWD/${built}`,
    `or name it:    airgrid sitl --vehicle ${type.name} --autopilot-binary <path of ${built}>`,
    `or by docker:  airgrid sitl --vehicle ${type.name} --docker-image <${image}>`,
  ].join('\n');
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}
