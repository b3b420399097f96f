import { type AircraftLimits, COPTER_LIMITS } from '../../aircraft/limits.ts';
import type { ParameterTable } from '../parameters.ts';
import type { TrackSettings } from '../waypoint-track.ts';

/** Speeds that a command or the mission set until the next change of mode; null: the parameter's. */
export interface SpeedWishes {
  readonly levelMps: number | null;
  readonly climbMps: number | null;
  readonly descentMps: number | null;
}

export const NO_WISHES: SpeedWishes = { levelMps: null, climbMps: null, descentMps: null };

/** What the flight needs of the parameters, in metres and seconds. */
export interface CopterSettings {
  readonly limits: AircraftLimits;
  readonly track: TrackSettings;
  /** RTL_SPEED, 0 means WPNAV_SPEED. */
  readonly returnTrack: TrackSettings;
  readonly yawBehaviour: number;
  readonly yawRateRadps: number;
  readonly landSlowBelowM: number;
  readonly landMps: number;
  /** LAND_SPEED_HIGH, 0 means WPNAV_SPEED_DN. */
  readonly landHighMps: number;
  readonly returnHeightM: number;
  readonly returnClimbMinM: number;
  readonly returnConeSlope: number;
  /** 0 lands. */
  readonly returnFinalM: number;
  readonly returnWaitS: number;
  readonly guidedTimeoutS: number;
  readonly circleRadiusM: number;
  /** Positive clockwise. */
  readonly circleRateRadps: number;
}

const DEG = Math.PI / 180;
/** From arming to lifting off ArduCopter takes 3.3–3.8 s (SITL): 2 s of arming delay, then the motors' own time. */
const SPOOL_UP_S = 3.3;

/** What the airframe may do, kept within what is flyable. */
export function copterSettings(parameters: ParameterTable, wishes: SpeedWishes): CopterSettings {
  const value = (name: string) => parameters.number(name);
  const metres = (name: string, min: number, max: number) => within(value(name) / 100, min, max);
  const accelerationMps2 = metres('WPNAV_ACCEL', 0.5, 5);
  const cornerMps2 = value('WPNAV_ACCEL_C') > 0 ? value('WPNAV_ACCEL_C') / 100 : 2 * accelerationMps2;
  const verticalMps2 = metres('WPNAV_ACCEL_Z', 0.5, 5);
  const yawRateRadps = within(value('ATC_SLEW_YAW') / 100, 5, 180) * DEG;
  const limits: AircraftLimits = {
    ...COPTER_LIMITS,
    accelerationMps2,
    verticalAccelerationMps2: verticalMps2,
    climbMps: within(wishes.climbMps ?? value('WPNAV_SPEED_UP') / 100, 0.1, 5),
    descentMps: within(wishes.descentMps ?? value('WPNAV_SPEED_DN') / 100, 0.1, 5),
    landMps: metres('LAND_SPEED', 0.2, 2),
    landSlowBelowM: metres('LAND_ALT_LOW', 1, 100),
    yawRateRadps,
    spoolUpS: SPOOL_UP_S,
  };
  const speedMps = within(wishes.levelMps ?? value('WPNAV_SPEED') / 100, 0.1, limits.maxSpeedMps);
  const track: TrackSettings = {
    limits,
    speedMps,
    radiusM: Math.max(0.05, value('WPNAV_RADIUS') / 100),
    accelerationMps2,
    verticalMps2,
    cornerMps2,
    jerkMps3: within(value('WPNAV_JERK'), 0.1, 20),
  };
  const returnMps = value('RTL_SPEED') > 0 ? within(value('RTL_SPEED') / 100, 0.1, limits.maxSpeedMps) : null;
  return {
    limits,
    track,
    returnTrack: {
      ...track,
      speedMps: returnMps ?? within(value('WPNAV_SPEED') / 100, 0.1, limits.maxSpeedMps),
    },
    yawBehaviour: value('WP_YAW_BEHAVIOR'),
    yawRateRadps,
    landSlowBelowM: limits.landSlowBelowM,
    landMps: limits.landMps,
    landHighMps: value('LAND_SPEED_HIGH') > 0 ? value('LAND_SPEED_HIGH') / 100 : limits.descentMps,
    returnHeightM: value('RTL_ALT') / 100,
    returnClimbMinM: Math.max(0, value('RTL_CLIMB_MIN') / 100),
    returnConeSlope: value('RTL_CONE_SLOPE'),
    returnFinalM: value('RTL_ALT_FINAL') / 100,
    returnWaitS: value('RTL_LOIT_TIME') / 1000,
    guidedTimeoutS: Math.max(0.1, value('GUID_TIMEOUT')),
    circleRadiusM: value('CIRCLE_RADIUS') / 100,
    circleRateRadps: value('CIRCLE_RATE') * DEG,
  };
}

function within(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value));
}
