import type { AirframeKind, AutopilotKind, FailsafeAction, VehicleState } from '../model.ts';

/**
 * From parameters to what an aircraft will do by itself. Pure. Each question names the parameters that answer it,
 * the present name first; numbers after the autopilots' own parameter documentation.
 */
export type Failsafes = NonNullable<VehicleState['failsafes']>;
export type Values = ReadonlyMap<string, number>;

type Actions = readonly (FailsafeAction | null)[];

const COPTER_GCS: Actions = [
  'none',
  'return',
  'return',
  'smart-return',
  'smart-return',
  'land',
  'return',
  'hold',
];
const PLANE_LONG: Actions = ['mission', 'return', 'glide', 'parachute', 'mission', 'land'];
const ROVER_ACTION: Actions = ['none', 'return', 'hold', 'smart-return', 'smart-return', 'terminate', 'hold'];
const COPTER_BATTERY: Actions = [
  'warn',
  'land',
  'return',
  'smart-return',
  'smart-return',
  'terminate',
  'return',
  'hold',
];
const PLANE_BATTERY: Actions = ['warn', 'return', 'land', 'terminate', 'land', 'parachute', 'hold', 'land'];
const ROVER_BATTERY: Actions = [
  'warn',
  'return',
  'hold',
  'smart-return',
  'smart-return',
  'terminate',
  'hold',
];
const COPTER_FENCE: Actions = ['warn', 'return', 'land', 'smart-return', 'hold', 'smart-return'];
const PLANE_FENCE: Actions = ['warn', 'return', null, null, null, null, 'hold', 'hold', 'land'];
const ROVER_FENCE: Actions = ['warn', 'return', 'hold', 'smart-return', 'smart-return', 'terminate', 'hold'];
const PX4_LINK_LOSS: Actions = ['none', 'hold', 'return', 'land', null, 'terminate', 'disarm'];
const PX4_BATTERY: Actions = ['warn', null, 'land', 'return'];
const PX4_FENCE: Actions = ['none', 'warn', 'hold', 'return', 'terminate', 'land'];

/** Groups of names of which one at least has to be known; the first is the present firmware's. */
export function failsafeNames(
  autopilot: AutopilotKind,
  airframe: AirframeKind,
): readonly (readonly string[])[] {
  if (autopilot === 'px4') {
    return [
      ['NAV_DLL_ACT'],
      ['COM_DL_LOSS_T'],
      ['COM_DLL_EXCEPT'],
      ['COM_LOW_BAT_ACT'],
      ['GF_ACTION'],
      ['RTL_RETURN_ALT'],
    ];
  }
  if (autopilot !== 'ardupilot') return [];
  const common: string[][] = [
    ['MAV_GCS_SYSID', 'SYSID_MYGCS'],
    ['BATT_FS_LOW_ACT', 'FS_BATT_ENABLE'],
    ['BATT_LOW_VOLT', 'FS_BATT_VOLTAGE'],
    ['BATT_LOW_MAH', 'FS_BATT_MAH'],
    ['FENCE_ENABLE'],
    ['FENCE_ACTION'],
  ];
  switch (airframe) {
    case 'plane':
    case 'vtol':
      return [
        ['FS_GCS_ENABL'],
        ['FS_LONG_ACTN'],
        ['FS_LONG_TIMEOUT'],
        ['RTL_ALTITUDE', 'ALT_HOLD_RTL'],
        ...common,
      ];
    case 'rover':
      return [['FS_GCS_ENABLE'], ['FS_ACTION'], ['FS_GCS_TIMEOUT', 'FS_TIMEOUT'], ...common];
    case 'copter':
      return [['FS_GCS_ENABLE'], ['FS_GCS_TIMEOUT'], ['FS_OPTIONS'], ['RTL_ALT', 'RTL_ALT_M'], ...common];
    case 'other':
      return common;
  }
}

export function failsafesFrom(
  values: Values,
  vehicle: {
    readonly autopilot: AutopilotKind;
    readonly airframe: AirframeKind;
    readonly ourSystemId: number;
  },
  receivedAtMs: number,
): Failsafes {
  const part = vehicle.autopilot === 'px4' ? px4(values) : ardupilot(values, vehicle.airframe);
  const gcsSystemId = vehicle.autopilot === 'px4' ? null : first(values, 'MAV_GCS_SYSID', 'SYSID_MYGCS');
  const acceptsOurSystemId =
    vehicle.autopilot === 'px4' ? true : gcsSystemId === null ? null : gcsSystemId === vehicle.ourSystemId;
  return { ...part, gcsSystemId, acceptsOurSystemId, receivedAtMs };
}

type Part = Omit<Failsafes, 'gcsSystemId' | 'acceptsOurSystemId' | 'receivedAtMs'>;

function px4(values: Values): Part {
  const fenceAction = action(values, 'GF_ACTION', PX4_FENCE);
  return {
    gcsLossAction: action(values, 'NAV_DLL_ACT', PX4_LINK_LOSS),
    gcsLossTimeoutS: first(values, 'COM_DL_LOSS_T'),
    gcsLossContinuesMission: bit(values, 'COM_DLL_EXCEPT', 0),
    batteryLowAction: action(values, 'COM_LOW_BAT_ACT', PX4_BATTERY),
    fenceEnabled: fenceAction === null ? null : fenceAction !== 'none',
    fenceAction,
    rtlAltitudeM: first(values, 'RTL_RETURN_ALT'),
  };
}

function ardupilot(values: Values, airframe: AirframeKind): Part {
  const fenceEnable = first(values, 'FENCE_ENABLE');
  const common = {
    batteryLowAction: batteryAction(values, airframe),
    fenceEnabled: fenceEnable === null ? null : fenceEnable !== 0,
    fenceAction: action(values, 'FENCE_ACTION', byAirframe(airframe, COPTER_FENCE, PLANE_FENCE, ROVER_FENCE)),
  };
  switch (airframe) {
    case 'plane':
    case 'vtol': {
      const enabled = first(values, 'FS_GCS_ENABL');
      return {
        ...common,
        gcsLossAction:
          enabled === 0 ? 'none' : enabled === null ? null : action(values, 'FS_LONG_ACTN', PLANE_LONG),
        gcsLossTimeoutS: first(values, 'FS_LONG_TIMEOUT'),
        // FS_LONG_ACTN 0 goes on with whatever mode it is in, 4 with the mission.
        gcsLossContinuesMission: enabled === 0 ? true : oneOf(first(values, 'FS_LONG_ACTN'), [0, 4]),
        rtlAltitudeM: metres(values, 'RTL_ALTITUDE', 'ALT_HOLD_RTL'),
      };
    }
    case 'rover': {
      const enabled = first(values, 'FS_GCS_ENABLE');
      return {
        ...common,
        gcsLossAction:
          enabled === 0 ? 'none' : enabled === null ? null : action(values, 'FS_ACTION', ROVER_ACTION),
        gcsLossTimeoutS: first(values, 'FS_GCS_TIMEOUT', 'FS_TIMEOUT'),
        gcsLossContinuesMission: oneOf(enabled, [0, 2]),
        rtlAltitudeM: null,
      };
    }
    default: {
      const enabled = first(values, 'FS_GCS_ENABLE');
      return {
        ...common,
        gcsLossAction: action(values, 'FS_GCS_ENABLE', COPTER_GCS),
        gcsLossTimeoutS: first(values, 'FS_GCS_TIMEOUT'),
        gcsLossContinuesMission: enabled === 0 ? true : bit(values, 'FS_OPTIONS', 1),
        rtlAltitudeM: metres(values, 'RTL_ALT_M', 'RTL_ALT'),
      };
    }
  }
}

/** An action without any threshold never comes: it is told as `none`. */
function batteryAction(values: Values, airframe: AirframeKind): FailsafeAction | null {
  const table = byAirframe(airframe, COPTER_BATTERY, PLANE_BATTERY, ROVER_BATTERY);
  const chosen = action(values, values.has('BATT_FS_LOW_ACT') ? 'BATT_FS_LOW_ACT' : 'FS_BATT_ENABLE', table);
  const volt = first(values, 'BATT_LOW_VOLT', 'FS_BATT_VOLTAGE');
  const mah = first(values, 'BATT_LOW_MAH', 'FS_BATT_MAH');
  return volt === 0 && mah === 0 ? 'none' : chosen;
}

function byAirframe(airframe: AirframeKind, copter: Actions, plane: Actions, rover: Actions): Actions {
  if (airframe === 'plane' || airframe === 'vtol') return plane;
  return airframe === 'rover' ? rover : copter;
}

function action(values: Values, name: string, table: Actions): FailsafeAction | null {
  const value = values.get(name);
  if (value === undefined) return null;
  return table[value] ?? 'other';
}

function first(values: Values, ...names: readonly string[]): number | null {
  for (const name of names) {
    const value = values.get(name);
    if (value !== undefined) return value;
  }
  return null;
}

function metres(values: Values, inMetres: string, inCentimetres: string): number | null {
  const value = values.get(inMetres);
  if (value !== undefined) return value;
  const centimetres = values.get(inCentimetres);
  return centimetres === undefined ? null : centimetres / 100;
}

function bit(values: Values, name: string, number: number): boolean | null {
  const value = values.get(name);
  return value === undefined ? null : ((value >> number) & 1) === 1;
}

function oneOf(value: number | null, choices: readonly number[]): boolean | null {
  return value === null ? null : choices.includes(value);
}
