import type { AirframeKind, AutopilotKind } from '../model.ts';

/**
 * What the parameters mean that we read or show, in words. Names, units and ranges after the autopilots' own
 * parameter documentation (ArduPilot 3.6–4.7, PX4 1.14–1.17). Where a parameter was renamed, both names stand here:
 * a fleet is never on one firmware.
 */
export type ParameterUnit = 's' | 'm' | 'cm' | 'V' | 'mAh' | 'fraction';

export interface ParameterMeaning {
  readonly name: string;
  readonly autopilot: Exclude<AutopilotKind, 'other'>;
  /** Absent: all. */
  readonly airframes?: readonly AirframeKind[];
  /** The same thing in other firmware versions; perhaps in another unit. */
  readonly alsoCalled?: readonly string[];
  /** Absent: a plain number or a choice. */
  readonly unit?: ParameterUnit;
  readonly range?: readonly [min: number, max: number];
  readonly meaning: string;
  /** Choices by their number. */
  readonly values?: Readonly<Record<number, string>>;
}

const COPTER: readonly AirframeKind[] = ['copter'];
const PLANE: readonly AirframeKind[] = ['plane', 'vtol'];
const ROVER: readonly AirframeKind[] = ['rover'];

export const PARAMETER_MEANINGS: readonly ParameterMeaning[] = [
  {
    name: 'MAV_SYSID',
    autopilot: 'ardupilot',
    alsoCalled: ['SYSID_THISMAV'],
    range: [1, 255],
    meaning: "The aircraft's own MAVLink system id; no two aircraft of a fleet may share one.",
  },
  {
    name: 'MAV_GCS_SYSID',
    autopilot: 'ardupilot',
    alsoCalled: ['SYSID_MYGCS'],
    range: [1, 255],
    meaning: 'System id of the ground station whose silence triggers the ground station failsafe.',
  },
  {
    name: 'FS_GCS_ENABLE',
    autopilot: 'ardupilot',
    airframes: COPTER,
    meaning: 'What the copter does when the ground station falls silent.',
    values: {
      0: 'nothing',
      1: 'return',
      2: 'return, or continue the mission (until 4.0)',
      3: 'return the way it came, else return',
      4: 'return the way it came, else land',
      5: 'land',
      6: "fly the mission's landing sequence, else return",
      7: 'brake, else land',
    },
  },
  {
    name: 'FS_GCS_ENABLE',
    autopilot: 'ardupilot',
    airframes: ROVER,
    meaning: 'Whether silence of the ground station triggers FS_ACTION.',
    values: { 0: 'no', 1: 'yes', 2: 'yes, but a mission in progress continues' },
  },
  {
    name: 'FS_GCS_ENABL',
    autopilot: 'ardupilot',
    airframes: PLANE,
    meaning: 'Whether silence of the ground station triggers FS_LONG_ACTN.',
    values: { 0: 'no', 1: 'heartbeat', 2: 'heartbeat or one-way radio', 3: 'heartbeat, in AUTO only' },
  },
  {
    name: 'FS_GCS_TIMEOUT',
    autopilot: 'ardupilot',
    airframes: ['copter', 'rover'],
    unit: 's',
    range: [2, 120],
    meaning: 'Silence of the ground station until its failsafe triggers.',
  },
  {
    name: 'FS_LONG_TIMEOUT',
    autopilot: 'ardupilot',
    airframes: PLANE,
    unit: 's',
    range: [1, 300],
    meaning: 'Silence until the long failsafe triggers.',
  },
  {
    name: 'FS_LONG_ACTN',
    autopilot: 'ardupilot',
    airframes: PLANE,
    meaning: 'What the plane does in a long failsafe.',
    values: {
      0: 'continue',
      1: 'return',
      2: 'glide',
      3: 'parachute',
      4: 'fly the mission',
      5: 'land by itself',
    },
  },
  {
    name: 'FS_ACTION',
    autopilot: 'ardupilot',
    airframes: ROVER,
    meaning: 'What the rover does in a failsafe.',
    values: {
      0: 'nothing',
      1: 'return',
      2: 'hold',
      3: 'return the way it came, else return',
      4: 'return the way it came, else hold',
      5: 'terminate',
      6: 'loiter, else hold',
    },
  },
  {
    name: 'FS_OPTIONS',
    autopilot: 'ardupilot',
    airframes: COPTER,
    meaning: 'Exceptions from failsafes; bit 1: a mission continues when the ground station falls silent.',
  },
  {
    name: 'BATT_FS_LOW_ACT',
    autopilot: 'ardupilot',
    alsoCalled: ['FS_BATT_ENABLE'],
    meaning: 'What the aircraft does at a low battery.',
    values: {
      0: 'warn only',
      1: 'copter: land; plane, rover: return',
      2: 'copter: return; plane: land; rover: hold',
    },
  },
  {
    name: 'BATT_LOW_VOLT',
    autopilot: 'ardupilot',
    alsoCalled: ['FS_BATT_VOLTAGE'],
    unit: 'V',
    meaning: 'Voltage of a low battery; 0 switches it off.',
  },
  {
    name: 'BATT_LOW_MAH',
    autopilot: 'ardupilot',
    alsoCalled: ['FS_BATT_MAH'],
    unit: 'mAh',
    meaning: 'Remaining capacity of a low battery; 0 switches it off.',
  },
  {
    name: 'FENCE_ENABLE',
    autopilot: 'ardupilot',
    meaning: 'Whether the fence is switched on at start.',
    values: { 0: 'no', 1: 'yes' },
  },
  {
    name: 'FENCE_ACTION',
    autopilot: 'ardupilot',
    meaning: 'What happens when the fence is crossed; 0: report only, 1: return. Others differ by airframe.',
  },
  {
    name: 'FENCE_TYPE',
    autopilot: 'ardupilot',
    meaning:
      'Which fences count: bit 0 highest altitude, 1 circle round home, 2 polygons, 3 lowest altitude.',
  },
  {
    name: 'FENCE_ALT_MAX',
    autopilot: 'ardupilot',
    unit: 'm',
    range: [10, 1_000],
    meaning: 'Highest altitude of the fence.',
  },
  {
    name: 'FENCE_RADIUS',
    autopilot: 'ardupilot',
    unit: 'm',
    range: [30, 10_000],
    meaning: 'Radius of the circular fence round home.',
  },
  {
    name: 'RTL_ALT',
    autopilot: 'ardupilot',
    airframes: COPTER,
    alsoCalled: ['RTL_ALT_M'],
    unit: 'cm',
    range: [30, 300_000],
    meaning: 'Least height above home on the way back; 0: stays at its height. RTL_ALT_M is in metres.',
  },
  {
    name: 'RTL_ALTITUDE',
    autopilot: 'ardupilot',
    airframes: PLANE,
    alsoCalled: ['ALT_HOLD_RTL'],
    unit: 'm',
    meaning: 'Height above home on the way back; −1: stays at its height. ALT_HOLD_RTL is in centimetres.',
  },
  {
    name: 'MAV_SYS_ID',
    autopilot: 'px4',
    range: [1, 250],
    meaning: "The aircraft's own MAVLink system id; no two aircraft of a fleet may share one.",
  },
  {
    name: 'NAV_DLL_ACT',
    autopilot: 'px4',
    range: [0, 6],
    meaning: 'What the aircraft does when the ground station falls silent.',
    values: { 0: 'nothing', 1: 'hold', 2: 'return', 3: 'land', 5: 'terminate', 6: 'disarm' },
  },
  {
    name: 'COM_DL_LOSS_T',
    autopilot: 'px4',
    unit: 's',
    range: [5, 300],
    meaning: 'Silence of the ground station until NAV_DLL_ACT.',
  },
  {
    name: 'COM_DLL_EXCEPT',
    autopilot: 'px4',
    meaning: 'Modes in which silence of the ground station is ignored; bit 0: missions.',
  },
  {
    name: 'COM_LOW_BAT_ACT',
    autopilot: 'px4',
    meaning: 'What the aircraft does at a critical battery.',
    values: { 0: 'warn only', 2: 'land', 3: 'return at the critical, land at the emergency level' },
  },
  {
    name: 'BAT_LOW_THR',
    autopilot: 'px4',
    unit: 'fraction',
    range: [0.12, 0.5],
    meaning: 'Remaining charge that counts as low.',
  },
  {
    name: 'GF_ACTION',
    autopilot: 'px4',
    range: [0, 5],
    meaning: 'What happens when the fence is crossed.',
    values: { 0: 'nothing', 1: 'warn', 2: 'hold', 3: 'return', 4: 'terminate', 5: 'land' },
  },
  {
    name: 'GF_MAX_HOR_DIST',
    autopilot: 'px4',
    unit: 'm',
    range: [0, 10_000],
    meaning: 'Greatest distance from home; 0: no limit.',
  },
  {
    name: 'RTL_RETURN_ALT',
    autopilot: 'px4',
    unit: 'm',
    range: [0, 1_000],
    meaning: 'Height above home on the way back.',
  },
];

/** By its present or a former name; null: not one of those that we use. */
export function meaningOf(
  name: string,
  autopilot: AutopilotKind,
  airframe: AirframeKind,
): ParameterMeaning | null {
  const found = PARAMETER_MEANINGS.find(
    (meaning) =>
      meaning.autopilot === autopilot &&
      (meaning.name === name || meaning.alsoCalled?.includes(name) === true) &&
      (meaning.airframes === undefined || meaning.airframes.includes(airframe)),
  );
  return found ?? null;
}
