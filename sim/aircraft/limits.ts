/** What the simulated airframe can do. Metres, seconds. */
export interface AircraftLimits {
  readonly maxSpeedMps: number;
  readonly accelerationMps2: number;
  readonly verticalAccelerationMps2: number;
  readonly climbMps: number;
  readonly descentMps: number;
  /** Last metres of a landing: below `landSlowBelowM` at `landMps`. */
  readonly landMps: number;
  readonly landSlowBelowM: number;
  readonly yawRateRadps: number;
  /** From arming until the propellers can lift, seconds. ArduCopter takes 2–3. */
  readonly spoolUpS: number;
}

/**
 * ArduCopter's defaults where they matter to a planner (WPNAV_ACCEL 250, WPNAV_SPEED_UP 250); landing is faster than
 * its 0.5 m/s below 10 m, so that nobody waits 20 s at the end of a demonstration.
 */
export const COPTER_LIMITS: AircraftLimits = {
  maxSpeedMps: 15,
  accelerationMps2: 2.5,
  verticalAccelerationMps2: 1.5,
  climbMps: 2.5,
  descentMps: 2,
  landMps: 0.8,
  landSlowBelowM: 4,
  yawRateRadps: Math.PI / 2.5,
  spoolUpS: 1.5,
};
