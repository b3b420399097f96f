import { type AircraftLimits, COPTER_LIMITS } from '../aircraft/limits.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';
import type { FlightSettings } from './flight-program.ts';
import type { ParameterTable } from './parameters.ts';

/** What the airframe may do, as the parameters say it (ArduPilot's centimetres); kept within what is flyable. */
export function limitsFrom(parameters: ParameterTable): AircraftLimits {
  const metres = (name: string, min: number, max: number) =>
    Math.min(max, Math.max(min, parameters.number(name) / 100));
  return {
    ...COPTER_LIMITS,
    accelerationMps2: metres('WPNAV_ACCEL', 0.5, 5),
    climbMps: metres('WPNAV_SPEED_UP', 0.1, 5),
    descentMps: metres('WPNAV_SPEED_DN', 0.1, 5),
    landMps: metres('LAND_SPEED', 0.2, 2),
    landSlowBelowM: metres('LAND_ALT_LOW', 1, 100),
  };
}

/** `speedMps` null: WPNAV_SPEED. */
export function settingsFrom(
  parameters: ParameterTable,
  speedMps: number | null,
  home: LocalPoint | null,
): FlightSettings {
  const limits = limitsFrom(parameters);
  return {
    limits,
    speedMps: Math.min(speedMps ?? parameters.number('WPNAV_SPEED') / 100, limits.maxSpeedMps),
    home: home ?? { eastM: 0, northM: 0, upM: 0 },
    returnHeightM: parameters.number('RTL_ALT') / 100,
    returnWaitS: parameters.number('RTL_LOIT_TIME') / 1000,
  };
}

/** Battery reasons of the pre-arm check, in the autopilot's words. */
export function batteryObjections(parameters: ParameterTable, remainingMah: number): readonly string[] {
  if (parameters.number('ARMING_CHECK') === 0) return [];
  if (remainingMah < parameters.number('BATT_CRT_MAH'))
    return ['PreArm: Battery 1 critical capacity failsafe'];
  if (remainingMah < parameters.number('BATT_LOW_MAH')) return ['PreArm: Battery 1 low capacity failsafe'];
  return [];
}
