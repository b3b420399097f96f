import { readFileSync } from 'node:fs';
import { SitlError } from './sitl-error.ts';
import type { VehicleType } from './vehicle-types.ts';

export type Parameters = Readonly<Record<string, number>>;

/** The simulated sensors are perfect and are never calibrated; arming wants to see that somebody did. */
const CALIBRATED: Parameters = Object.fromEntries(
  ['INS_ACC', 'INS_ACC2'].flatMap((sensor) =>
    ['X', 'Y', 'Z'].flatMap((axis) => [
      [`${sensor}OFFS_${axis}`, 0.001],
      [`${sensor}SCAL_${axis}`, 1.001],
    ]),
  ),
);

/** `mavlink.systemId` of a server with default settings: ArduPilot's GCS failsafe listens to this station only. */
const OUR_SERVER_SYSTEM_ID = 245;

/**
 * What a bare ArduPilot SITL needs to be armed and to fly a patrol, by vehicle. Our own values. Names of 4.7 and of older
 * firmware side by side, because unknown ones are ignored.
 */
const ARDUPILOT: Readonly<Record<Exclude<VehicleType['name'], 'px4'>, Parameters>> = {
  copter: {
    FRAME_CLASS: 1,
    FRAME_TYPE: 0,
    DISARM_DELAY: 10,
    RTL_ALT: 1500,
    RTL_ALT_M: 15,
    WP_RADIUS: 200,
    WP_RADIUS_M: 2,
    FS_THR_ENABLE: 0,
  },
  // The built-in model "plane" brings its own tuning (SIM_Plane loads models/plane.parm).
  plane: { THR_FAILSAFE: 0, ARSPD_USE: 1 },
  quadplane: { Q_ENABLE: 1, THR_FAILSAFE: 0, Q_RTL_MODE: 1 },
  rover: { FS_THR_ENABLE: 0, CRUISE_SPEED: 5, WP_SPEED: 5, CRUISE_THROTTLE: 30 },
};

/** Defaults of one ArduPilot vehicle; a user's `--params` file comes after them and wins. */
export function arduPilotDefaults(type: VehicleType): Parameters {
  if (type.family !== 'ardupilot') return {};
  return {
    BATT_MONITOR: 4,
    BATT_CAPACITY: 12_000,
    MAV_GCS_SYSID: OUR_SERVER_SYSTEM_ID,
    SYSID_MYGCS: OUR_SERVER_SYSTEM_ID,
    ...ARDUPILOT[type.name],
    ...CALIBRATED,
  };
}

/** As ArduPilot's `--defaults` reads it. */
export function parameterFileText(parameters: Parameters): string {
  return `${Object.entries(parameters)
    .map(([name, value]) => `${name} ${value}`)
    .join('\n')}\n`;
}

/**
 * A parameter file as ground stations write it: `NAME VALUE`, `NAME,VALUE` or QGroundControl's
 * `sysid compid NAME VALUE type`; `#` begins a remark.
 * @throws SitlError `sitl.bad-option` naming file and line
 */
export function readParameterFile(path: string): Parameters {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SitlError('sitl.bad-option', `--params ${path} cannot be read: ${reason}.`, null, cause);
  }
  return parseParameters(text, path);
}

export function parseParameters(text: string, path: string): Parameters {
  const parameters: Record<string, number> = {};
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/#.*$/, '').trim();
    if (line === '') continue;
    const words = line.split(/[\s,]+/);
    const [name, value] = words.length === 5 ? words.slice(2, 4) : words;
    if (
      name === undefined ||
      !/^[A-Z][A-Z0-9_]{0,15}$/.test(name) ||
      value === undefined ||
      !isNumber(value)
    ) {
      throw new SitlError(
        'sitl.bad-option',
        `--params ${path}, line ${index + 1}: "${line}" is no parameter; write NAME VALUE.`,
      );
    }
    parameters[name] = Number(value);
  }
  return parameters;
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}
