import { type AircraftLimits, COPTER_LIMITS } from '../aircraft/limits.ts';
import type { Px4Parameters } from './px4-parameters.ts';

const RAD_PER_DEG = Math.PI / 180;

/** What PX4's parameters mean for a flight. Metres, seconds. */
export interface Px4FlightSettings {
  readonly limits: AircraftLimits;
  /** MPC_XY_CRUISE. */
  readonly cruiseMps: number;
  /** MPC_TKO_SPEED: climb of a take-off. */
  readonly takeoffMps: number;
  /** NAV_ACC_RAD: a waypoint is reached within this distance, */
  readonly acceptanceM: number;
  /** and within this height (NAV_MC_ALT_RAD). */
  readonly heightAcceptanceM: number;
  /** MIS_TAKEOFF_ALT: take-off without a height, and the least that a mission climbs first. */
  readonly takeoffHeightM: number;
}

export function settingsOf(parameters: Px4Parameters): Px4FlightSettings {
  const number = (name: string): number => parameters.number(name);
  return {
    limits: {
      ...COPTER_LIMITS,
      maxSpeedMps: number('MPC_XY_VEL_MAX'),
      accelerationMps2: number('MPC_ACC_HOR'),
      verticalAccelerationMps2: number('MPC_ACC_DOWN_MAX'),
      climbMps: number('MPC_Z_V_AUTO_UP'),
      descentMps: number('MPC_Z_V_AUTO_DN'),
      landMps: number('MPC_LAND_SPEED'),
      // It slows down between MPC_LAND_ALT1 and ALT2; the physics here brakes as late as it can.
      landSlowBelowM: number('MPC_LAND_ALT2'),
      yawRateRadps: number('MPC_YAWRAUTO_MAX') * RAD_PER_DEG,
      // The thrust grows for MPC_TKO_RAMP_T; captured: 4.3 s from arming until it leaves the ground.
      spoolUpS: number('COM_SPOOLUP_TIME') + number('MPC_TKO_RAMP_T'),
    },
    cruiseMps: number('MPC_XY_CRUISE'),
    takeoffMps: number('MPC_TKO_SPEED'),
    acceptanceM: number('NAV_ACC_RAD'),
    heightAcceptanceM: number('NAV_MC_ALT_RAD'),
    takeoffHeightM: number('MIS_TAKEOFF_ALT'),
  };
}
