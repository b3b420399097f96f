/** What the simulated fixed-wing airframe can do. Metres, seconds, radians. */
export interface PlaneLimits {
  readonly airspeedMinMps: number;
  readonly airspeedCruiseMps: number;
  readonly airspeedMaxMps: number;
  /** At which the wheels leave the ground. */
  readonly rotationMps: number;
  readonly thrustMps2: number;
  readonly brakingMps2: number;
  /** ROLL_LIMIT_DEG. */
  readonly rollLimitRad: number;
  readonly rollRateRadps: number;
  readonly climbMps: number;
  readonly sinkMps: number;
  readonly verticalAccelerationMps2: number;
}

/**
 * ArduPlane's defaults for a small aircraft (AIRSPEED_MIN 9, AIRSPEED_CRUISE 12, AIRSPEED_MAX 22, TECS_CLMB_MAX 5,
 * ROLL_LIMIT_DEG 45) with the cruise of its SITL airframe.
 */
export const PLANE_LIMITS: PlaneLimits = {
  airspeedMinMps: 12,
  airspeedCruiseMps: 20,
  airspeedMaxMps: 28,
  rotationMps: 13,
  thrustMps2: 4,
  brakingMps2: 2,
  rollLimitRad: Math.PI / 4,
  rollRateRadps: Math.PI / 3,
  climbMps: 5,
  sinkMps: 5,
  verticalAccelerationMps2: 2.5,
};

/** Electrical power of the plane, watts: a third of what hovering takes, which is why it flies three times as long. */
export const PLANE_POWER = { idleW: 12, standbyW: 8, cruiseW: 140, perClimbMpsW: 55, hoverW: 620 } as const;
