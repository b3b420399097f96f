import { MavAutopilot, MavType } from '../codec/messages.ts';
import type { AirframeKind, AutopilotKind, NormalisedMode } from '../model.ts';

/**
 * Flight modes of both autopilots, by the number in HEARTBEAT.custom_mode.
 * Sources: ArduCopter/mode.h, ArduPlane/mode.h, Rover/mode.h; PX4 px4_custom_mode.h.
 */
export interface ModeName {
  readonly name: string;
  readonly normalised: NormalisedMode;
}

type ModeTable = Readonly<Record<number, readonly [name: string, normalised: NormalisedMode]>>;

export const COPTER_MODES: ModeTable = {
  0: ['STABILIZE', 'manual'],
  1: ['ACRO', 'manual'],
  2: ['ALT_HOLD', 'manual'],
  3: ['AUTO', 'mission'],
  4: ['GUIDED', 'guided'],
  5: ['LOITER', 'hold'],
  6: ['RTL', 'return'],
  7: ['CIRCLE', 'other'],
  9: ['LAND', 'land'],
  11: ['DRIFT', 'manual'],
  13: ['SPORT', 'manual'],
  14: ['FLIP', 'other'],
  15: ['AUTOTUNE', 'other'],
  16: ['POSHOLD', 'hold'],
  17: ['BRAKE', 'hold'],
  18: ['THROW', 'other'],
  19: ['AVOID_ADSB', 'other'],
  20: ['GUIDED_NOGPS', 'guided'],
  21: ['SMART_RTL', 'return'],
  22: ['FLOWHOLD', 'hold'],
  23: ['FOLLOW', 'other'],
  24: ['ZIGZAG', 'other'],
  25: ['SYSTEMID', 'other'],
  26: ['AUTOROTATE', 'other'],
  27: ['AUTO_RTL', 'return'],
  28: ['TURTLE', 'other'],
};

export const PLANE_MODES: ModeTable = {
  0: ['MANUAL', 'manual'],
  1: ['CIRCLE', 'other'],
  2: ['STABILIZE', 'manual'],
  3: ['TRAINING', 'manual'],
  4: ['ACRO', 'manual'],
  5: ['FBWA', 'manual'],
  6: ['FBWB', 'manual'],
  7: ['CRUISE', 'manual'],
  8: ['AUTOTUNE', 'other'],
  10: ['AUTO', 'mission'],
  11: ['RTL', 'return'],
  12: ['LOITER', 'hold'],
  13: ['TAKEOFF', 'takeoff'],
  14: ['AVOID_ADSB', 'other'],
  15: ['GUIDED', 'guided'],
  17: ['QSTABILIZE', 'manual'],
  18: ['QHOVER', 'manual'],
  19: ['QLOITER', 'hold'],
  20: ['QLAND', 'land'],
  21: ['QRTL', 'return'],
  22: ['QAUTOTUNE', 'other'],
  23: ['QACRO', 'manual'],
  24: ['THERMAL', 'other'],
  25: ['LOITER_ALT_QLAND', 'land'],
};

export const ROVER_MODES: ModeTable = {
  0: ['MANUAL', 'manual'],
  1: ['ACRO', 'manual'],
  3: ['STEERING', 'manual'],
  4: ['HOLD', 'hold'],
  5: ['LOITER', 'hold'],
  6: ['FOLLOW', 'other'],
  7: ['SIMPLE', 'manual'],
  10: ['AUTO', 'mission'],
  11: ['RTL', 'return'],
  12: ['SMART_RTL', 'return'],
  15: ['GUIDED', 'guided'],
  16: ['INITIALISING', 'other'],
};

/** By main << 8 | sub. Main modes: 1 MANUAL … 4 AUTO, 6 OFFBOARD. */
const PX4_MODES: ModeTable = {
  256: ['MANUAL', 'manual'],
  512: ['ALTCTL', 'manual'],
  // POSCTL holds when the sticks are centred, but it obeys sticks: a person flies.
  768: ['POSCTL', 'manual'],
  769: ['ORBIT', 'other'],
  770: ['POSITION_SLOW', 'manual'],
  1025: ['AUTO.READY', 'other'],
  1026: ['AUTO.TAKEOFF', 'takeoff'],
  1027: ['AUTO.LOITER', 'hold'],
  1028: ['AUTO.MISSION', 'mission'],
  1029: ['AUTO.RTL', 'return'],
  1030: ['AUTO.LAND', 'land'],
  1032: ['AUTO.FOLLOW', 'other'],
  1033: ['AUTO.PRECLAND', 'land'],
  1034: ['AUTO.VTOL_TAKEOFF', 'takeoff'],
  1280: ['ACRO', 'manual'],
  1536: ['OFFBOARD', 'guided'],
  1792: ['STABILIZED', 'manual'],
  2560: ['TERMINATION', 'other'],
  2816: ['ALTITUDE_CRUISE', 'manual'],
};

/** PX4: custom_mode = main << 16 | sub << 24. */
export function px4CustomMode(main: number, sub: number): number {
  return ((main << 16) | (sub << 24)) >>> 0;
}

export function describeMode(autopilot: AutopilotKind, airframe: AirframeKind, customMode: number): ModeName {
  if (autopilot === 'px4') {
    const main = (customMode >>> 16) & 0xff;
    const sub = (customMode >>> 24) & 0xff;
    return named(PX4_MODES, (main << 8) | sub, `PX4 ${main}.${sub}`);
  }
  if (autopilot === 'ardupilot') return named(ardupilotModes(airframe), customMode, `MODE ${customMode}`);
  return { name: `MODE ${customMode}`, normalised: 'other' };
}

export function ardupilotModes(airframe: AirframeKind): ModeTable {
  switch (airframe) {
    case 'plane':
    case 'vtol':
      return PLANE_MODES;
    case 'rover':
      return ROVER_MODES;
    case 'copter':
    case 'other':
      return COPTER_MODES;
  }
}

function named(table: ModeTable, key: number, fallback: string): ModeName {
  const entry = table[key];
  return entry === undefined
    ? { name: fallback, normalised: 'other' }
    : { name: entry[0], normalised: entry[1] };
}

export function autopilotKindOf(autopilot: number): AutopilotKind {
  if (autopilot === MavAutopilot.ARDUPILOTMEGA) return 'ardupilot';
  if (autopilot === MavAutopilot.PX4) return 'px4';
  return 'other';
}

const AIRFRAMES: Readonly<Record<number, AirframeKind>> = {
  [MavType.GENERIC]: 'other',
  [MavType.FIXED_WING]: 'plane',
  [MavType.QUADROTOR]: 'copter',
  [MavType.COAXIAL]: 'copter',
  [MavType.HELICOPTER]: 'copter',
  [MavType.AIRSHIP]: 'other',
  [MavType.FREE_BALLOON]: 'other',
  [MavType.GROUND_ROVER]: 'rover',
  [MavType.SURFACE_BOAT]: 'rover',
  [MavType.SUBMARINE]: 'other',
  [MavType.HEXAROTOR]: 'copter',
  [MavType.OCTOROTOR]: 'copter',
  [MavType.TRICOPTER]: 'copter',
  [MavType.FLAPPING_WING]: 'other',
  [MavType.VTOL_TAILSITTER_DUOROTOR]: 'vtol',
  [MavType.VTOL_TAILSITTER_QUADROTOR]: 'vtol',
  [MavType.VTOL_TILTROTOR]: 'vtol',
  [MavType.VTOL_FIXEDROTOR]: 'vtol',
  [MavType.VTOL_TAILSITTER]: 'vtol',
  [MavType.VTOL_TILTWING]: 'vtol',
  [MavType.PARAFOIL]: 'other',
  [MavType.DODECAROTOR]: 'copter',
  [MavType.DECAROTOR]: 'copter',
  [MavType.GENERIC_MULTIROTOR]: 'copter',
};

/** Null for what is no vehicle: ground stations, gimbals, cameras, ADSB receivers, companions, chargers … */
export function airframeKindOf(mavType: number): AirframeKind | null {
  return AIRFRAMES[mavType] ?? null;
}
