import { join } from 'node:path';
import type { SitlHome } from './homes.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { arduPilotDefaults, parameterFileText } from './parameters.ts';
import type { ArduPilotType } from './vehicle-types.ts';

/** `tcp`: it listens on 5760 + 10 · instance (serial 0) and waits; otherwise it sends to that UDP port. */
export type SerialDevice = 'tcp' | 'none' | { readonly host: string; readonly udpPort: number };

export interface ArduPilotLaunch {
  readonly type: ArduPilotType;
  readonly binary: string;
  readonly folder: string;
  /** Numbers its ports: 10 · instance is added to each. */
  readonly instance: number;
  readonly systemId: number;
  readonly home: SitlHome;
  readonly speedup: number;
  /** Its first two MAVLink ports. */
  readonly serial0: SerialDevice;
  readonly serial1: SerialDevice;
  /** A user's own parameter file, read after ours. */
  readonly parameterFile: string | null;
  /** Further arguments, after all others. */
  readonly extra?: readonly string[];
}

const DEFAULTS_FILE = 'airgrid.parm';

/**
 * One ArduPilot with its built-in simulation, in a folder of its own (it writes eeprom.bin, logs/ and terrain/ there).
 * Options: AP_HAL_SITL/SITL_cmdline.cpp. Every port that is not wanted is `none:`, or the instance would listen on it.
 */
export function arduPilotPlan(launch: ArduPilotLaunch): LaunchPlan {
  const { type, folder, instance, systemId, home, speedup } = launch;
  const defaults = [
    join(folder, DEFAULTS_FILE),
    ...(launch.parameterFile === null ? [] : [launch.parameterFile]),
  ];
  const { latDeg, lonDeg, altitudeAmslM, headingDeg } = home;
  return {
    title: `${type.title} ${systemId}`,
    program: launch.binary,
    args: [
      ...['--model', type.model],
      ...['--home', `${latDeg},${lonDeg},${altitudeAmslM},${headingDeg}`],
      ...['--defaults', defaults.join(',')],
      '--wipe',
      ...['-I', String(instance)],
      ...['--sysid', String(systemId)],
      ...['--speedup', String(speedup)],
      ...serialArguments(0, launch.serial0),
      ...serialArguments(1, launch.serial1),
      ...serialArguments(2, 'none'),
      ...(launch.extra ?? []),
    ],
    env: {},
    folder,
    files: { [DEFAULTS_FILE]: parameterFileText(arduPilotDefaults(type)) },
    leftovers: [],
    container: null,
  };
}

function serialArguments(index: number, device: SerialDevice): readonly string[] {
  if (device === 'tcp') return [];
  const text = device === 'none' ? 'none:' : `udpclient:${device.host}:${device.udpPort}`;
  return [`--serial${index}`, text];
}
