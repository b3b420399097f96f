import { createFrame, lonLatToMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import type { AircraftProfile, LonLat } from '../model.ts';

export interface FlightEstimate {
  /** Horizontal way, metres. */
  readonly lengthM: number;
  readonly climbS: number;
  /** Straight flight at cruise speed. */
  readonly cruiseS: number;
  /** Lost by slowing down and speeding up at corners. */
  readonly turnS: number;
  readonly descentS: number;
  readonly durationS: number;
  readonly energyWh: number;
}

/**
 * Acceleration with which multicopters corner in a mission: ArduPilot's WPNAV_ACCEL default is 2.5 m/s²,
 * PX4's MPC_ACC_HOR is 3.
 */
const CORNER_ACCELERATION_MPS2 = 2.5;

/** Seconds lost at a corner of `turnRad` (0 straight on, π back): a full stop costs v/a, half a turn that much. */
export function cornerLossS(turnRad: number, profile: AircraftProfile): number {
  return ((profile.cruiseSpeedMps / CORNER_ACCELERATION_MPS2) * (1 - Math.cos(turnRad))) / 2;
}

/** Time (s) and electrical energy (Wh) of climb to and descent from a height, without any way. */
export function verticalCost(
  profile: AircraftProfile,
  relativeAltitudeM: number,
): { readonly climbS: number; readonly descentS: number; readonly energyWh: number } {
  const climbS = relativeAltitudeM / profile.climbSpeedMps;
  const descentS = relativeAltitudeM / profile.descentSpeedMps;
  return {
    climbS,
    descentS,
    energyWh: (climbS * profile.climbPowerW + descentS * profile.hoverPowerW) / 3600,
  };
}

/**
 * Time and energy of one flight: straight up, along `route` (home first and last) at cruise speed with losses at
 * the corners, straight down. Descending and cornering count at hover power. Still air; the reserve is for wind.
 */
export function estimateFlight(
  route: readonly LonLat[],
  profile: AircraftProfile,
  relativeAltitudeM: number,
): FlightEstimate {
  const vertical = verticalCost(profile, relativeAltitudeM);
  const first = route[0];
  const points = first === undefined ? [] : route.map((p) => lonLatToMm(createFrame(first), p));
  let lengthM = 0;
  let turnS = 0;
  let heading: number | null = null;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1];
    const b = points[i];
    if (a === undefined || b === undefined) continue;
    const d = distanceMm(a, b) / 1000;
    if (d === 0) continue;
    const next = Math.atan2(b.y - a.y, b.x - a.x);
    if (heading !== null) turnS += cornerLossS(next - heading, profile);
    heading = next;
    lengthM += d;
  }
  const cruiseS = lengthM / profile.cruiseSpeedMps;
  return {
    lengthM,
    climbS: vertical.climbS,
    cruiseS,
    turnS,
    descentS: vertical.descentS,
    durationS: vertical.climbS + cruiseS + turnS + vertical.descentS,
    energyWh: vertical.energyWh + (cruiseS * profile.cruisePowerW + turnS * profile.hoverPowerW) / 3600,
  };
}
