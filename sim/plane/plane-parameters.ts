import { COPTER_PARAMETERS } from '../ardupilot/copter/copter-parameters.ts';
import { INT8, INT16, INT32, type ParameterDefault, REAL32 } from '../ardupilot/parameters.ts';

/** Groups that every ArduPilot has under the same names. */
const SHARED =
  /^(ARMING_|BATT_|BRD_|CAM\d_|COMPASS_|DEV_|DID_|EK3_|FENCE_|GPS\d?_|INS_|LOG_|MAV\d?_|MIS_|MNT\d_|RALLY_|RELAY\d?_|SERIAL\d_|SIM_|STAT_|SYSID_|TERRAIN_)/;

/**
 * Names, types and defaults of ArduPlane 4.7-dev, its own values where a police aircraft is delivered otherwise: the
 * cruise of 20 m/s, RTL on a low battery (action 1; on a Copter 1 means land and 2 return), no transmitter.
 */
const OWN: readonly ParameterDefault[] = [
  ['AIRSPEED_CRUISE', REAL32, 20],
  ['AIRSPEED_MAX', INT16, 28],
  ['AIRSPEED_MIN', INT16, 12],
  ['FS_GCS_ENABL', INT8, 0],
  ['FS_LONG_ACTN', INT8, 1],
  ['FS_LONG_TIMEOUT', REAL32, 5],
  ['FS_SHORT_ACTN', INT8, 0],
  ['LAND_DISARMDELAY', INT8, 20],
  ['LAND_FLARE_ALT', REAL32, 3],
  ['ROLL_LIMIT_DEG', REAL32, 45],
  ['RTL_ALTITUDE', REAL32, 100],
  ['RTL_AUTOLAND', INT8, 0],
  ['RTL_RADIUS', INT16, 0],
  ['TECS_CLMB_MAX', REAL32, 5],
  ['TECS_SINK_MAX', REAL32, 5],
  ['THR_FAILSAFE', INT8, 0],
  ['TKOFF_ALT', REAL32, 50],
  ['WP_LOITER_RAD', INT16, 60],
  ['WP_RADIUS', INT16, 90],
];

/** Only what ArduPlane shows of lift motors when Q_ENABLE is 1. */
const LIFT: readonly ParameterDefault[] = [
  ['Q_LAND_FINAL_SPD', REAL32, 0.5],
  ['Q_OPTIONS', INT32, 0],
  ['Q_RTL_ALT', INT16, 15],
  ['Q_RTL_MODE', INT8, 0],
];

const FAILSAFES: ReadonlyMap<string, number> = new Map([
  ['BATT_FS_LOW_ACT', 1],
  ['BATT_FS_CRT_ACT', 1],
]);

export function planeParameters(isQuadplane: boolean): readonly ParameterDefault[] {
  const shared = COPTER_PARAMETERS.filter(([name]) => SHARED.test(name)).map(
    ([name, type, value]): ParameterDefault => [name, type, FAILSAFES.get(name) ?? value],
  );
  const lift: readonly ParameterDefault[] = [['Q_ENABLE', INT8, isQuadplane ? 1 : 0]];
  return [...shared, ...OWN, ...lift, ...(isQuadplane ? LIFT : [])].sort(([a], [b]) => (a < b ? -1 : 1));
}
