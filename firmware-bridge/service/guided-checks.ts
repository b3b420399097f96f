import type { GoTo, GuidedAltitude, Orbit } from '../autopilot/guided-flight.ts';
import type { VehicleState } from '../model.ts';
import { distanceM, type LonLat } from './guided-geometry.ts';

/** Why a wish is not sent; null: it may be. In words for the operator who typed it. */
export interface GuidedLimits {
  /** From where the vehicle is. A slip of a digit in a coordinate is caught by it. */
  readonly maxDistanceM: number;
  readonly maxSpeedMps: number;
  readonly maxHeightM: number;
  readonly maxOrbitRadiusM: number;
}

export const DEFAULT_LIMITS: GuidedLimits = {
  maxDistanceM: 50_000,
  maxSpeedMps: 40,
  maxHeightM: 5_000,
  maxOrbitRadiusM: 2_000,
};

const MIN_HEIGHT_M = 1;
const MIN_RADIUS_M = 2;
/** Sea level heights are mistaken for heights above home: this far below home is no place to fly to. */
const MAX_BELOW_HOME_M = 100;

export function goToProblem(to: GoTo, state: VehicleState, limits: GuidedLimits): string | null {
  return (
    placeProblem(to, state, limits) ??
    altitudeProblem(to.altitude, state, limits) ??
    speedProblem(to.speedMps, limits) ??
    (to.headingDeg === undefined ? null : headingProblem(to.headingDeg))
  );
}

export function orbitProblem(orbit: Orbit, state: VehicleState, limits: GuidedLimits): string | null {
  return (
    placeProblem(orbit.center, state, limits) ??
    altitudeProblem(orbit.altitude, state, limits) ??
    speedProblem(orbit.speedMps, limits) ??
    (between(orbit.radiusM, MIN_RADIUS_M, limits.maxOrbitRadiusM)
      ? null
      : `The radius must be ${MIN_RADIUS_M} to ${limits.maxOrbitRadiusM} m.`)
  );
}

export function takeOffProblem(heightM: number, limits: GuidedLimits): string | null {
  return between(heightM, MIN_HEIGHT_M, limits.maxHeightM)
    ? null
    : `The take-off height must be ${MIN_HEIGHT_M} to ${limits.maxHeightM} m above home.`;
}

export function headingProblem(headingDeg: number): string | null {
  return between(headingDeg, 0, 360) ? null : 'The heading must be 0 to 360°.';
}

export function speedProblem(speedMps: number | undefined, limits: GuidedLimits): string | null {
  return speedMps === undefined || between(speedMps, 0.1, limits.maxSpeedMps)
    ? null
    : `The speed must be 0.1 to ${limits.maxSpeedMps} m/s.`;
}

/** It flies, or drives, and is armed. */
export function notFlying(state: VehicleState): string | null {
  if (state.armed !== true) return 'The vehicle is not armed.';
  if (state.airframe !== 'rover' && state.flightState === 'on-ground') return 'The vehicle is on the ground.';
  return null;
}

function placeProblem(place: LonLat, state: VehicleState, limits: GuidedLimits): string | null {
  if (!between(place.latDeg, -90, 90)) return 'The latitude must be −90 to 90°.';
  if (!between(place.lonDeg, -180, 180)) return 'The longitude must be −180 to 180°.';
  if (state.position === null) return 'The vehicle does not report where it is.';
  const far = distanceM(state.position, place);
  if (far <= limits.maxDistanceM) return null;
  return `The place is ${(far / 1000).toFixed(1)} km away; at most ${limits.maxDistanceM / 1000} km are allowed.`;
}

function altitudeProblem(altitude: GuidedAltitude, state: VehicleState, limits: GuidedLimits): string | null {
  if (altitude.datum !== 'amsl') {
    return state.airframe === 'rover' || between(altitude.m, MIN_HEIGHT_M, limits.maxHeightM)
      ? null
      : `The height must be ${MIN_HEIGHT_M} to ${limits.maxHeightM} m ${altitude.datum.replace('-', ' ')}.`;
  }
  if (!Number.isFinite(altitude.m)) return 'The height must be a number.';
  if (state.home === null)
    return 'The vehicle did not tell its home: a height above sea level cannot be checked.';
  return between(altitude.m - state.home.altitudeAmslM, -MAX_BELOW_HOME_M, limits.maxHeightM)
    ? null
    : `${altitude.m} m above sea level is ${(altitude.m - state.home.altitudeAmslM).toFixed(0)} m above home.`;
}

/** False for NaN too. */
function between(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
