import type { Heartbeat } from '../../firmware-bridge/codec/messages.ts';
import type { Family } from './subject.ts';

/** The modes that a calibration uses. */
export type CalibrationMode = 'hold' | 'mission' | 'return' | 'land';

/** ArduCopter: LOITER, AUTO, RTL, LAND. PX4: main 4 (AUTO) with sub 3, 4, 5, 6. See PROTOCOL: modes. */
const ARDUCOPTER: Readonly<Record<CalibrationMode, number>> = { hold: 5, mission: 3, return: 6, land: 9 };
const PX4_SUB: Readonly<Record<CalibrationMode, number>> = { hold: 3, mission: 4, return: 5, land: 6 };
const PX4_AUTO = 4;

/** Parameters 1–3 of DO_SET_MODE. */
export function modeParameters(family: Family, mode: CalibrationMode): readonly [number, number, number] {
  return family === 'px4' ? [1, PX4_AUTO, PX4_SUB[mode]] : [1, ARDUCOPTER[mode], 0];
}

export function isInMode(family: Family, mode: CalibrationMode, heartbeat: Heartbeat): boolean {
  const custom = heartbeat.customMode;
  if (family === 'ardupilot') return custom === ARDUCOPTER[mode];
  return ((custom >>> 16) & 0xff) === PX4_AUTO && custom >>> 24 === PX4_SUB[mode];
}

export function isArmed(heartbeat: Heartbeat): boolean {
  return (heartbeat.baseMode & 0x80) !== 0;
}

/** MAV_RESULT in words. */
export function resultName(result: number | null): string {
  if (result === null) return 'no answer';
  return (
    [
      'accepted',
      'temporarily rejected',
      'denied',
      'unsupported',
      'failed',
      'in progress',
      'cancelled',
      'long only',
      'int only',
      'wrong frame',
      'not in control',
    ][result] ?? `result ${result}`
  );
}
