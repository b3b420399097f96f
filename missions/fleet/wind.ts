import type { AircraftProfile, Wind } from '../model.ts';

/**
 * The wind triangle and the power of a multicopter by its speed through the air.
 *
 * Multicopters hold *ground* speed in a mission (DO_CHANGE_SPEED, param1 = 1), so wind changes the air speed and
 * with it the power; only when the air speed would pass what the airframe can do does the ground speed fall.
 */

/** The part of the wind that a plan needs: metres per second towards east and north. */
export interface WindVector {
  readonly eastMps: number;
  readonly northMps: number;
}

export const CALM: WindVector = { eastMps: 0, northMps: 0 };

/** Where the air moves to; meteorologists name where it comes from. `null` is calm. */
export function windVector(wind: Wind | null): WindVector {
  if (wind === null || wind.speedMps === 0) return CALM;
  const to = ((wind.fromDeg + 180) * Math.PI) / 180;
  return { eastMps: wind.speedMps * Math.sin(to), northMps: wind.speedMps * Math.cos(to) };
}

/** One leg in wind. */
export interface LegSpeeds {
  readonly groundSpeedMps: number;
  readonly airSpeedMps: number;
  /** Angle between nose and track that cancels the cross wind, −90 to 90, positive to the right of the track. */
  readonly crabDeg: number;
}

/** Slower than this over the ground counts as not getting there. */
const LEAST_GROUND_SPEED_MPS = 1;

/**
 * Air speed that a plan may count on: half as much again as cruise. Patrol speed is well below the most that a
 * multicopter flies (ArduPilot's WPNAV_SPEED default is 10 m/s, aircraft of the class reach 15–20).
 */
export function maxAirSpeedMps(profile: AircraftProfile): number {
  return 1.5 * profile.cruiseSpeedMps;
}

/**
 * Speeds on a track of direction `(eastUnit, northUnit)` at a wished ground speed. `null` when the wind allows no
 * progress of at least 1 m/s. Wind triangle: air = ground − wind; with the wind split into `along` and `cross`,
 * air² = (ground − along)² + cross² (E. Torenbeek, H. Wittenberg, Flight Physics, ch. 9; any navigation manual).
 */
export function legSpeeds(
  eastUnit: number,
  northUnit: number,
  wishedMps: number,
  wind: WindVector,
  mostAirMps: number,
): LegSpeeds | null {
  const along = wind.eastMps * eastUnit + wind.northMps * northUnit;
  // Positive: pushes to the right of the track.
  const cross = wind.eastMps * northUnit - wind.northMps * eastUnit;
  if (Math.abs(cross) > mostAirMps) return null;
  const fastest = along + Math.sqrt(mostAirMps ** 2 - cross ** 2);
  const groundSpeedMps = Math.min(wishedMps, fastest);
  if (groundSpeedMps < Math.min(wishedMps, LEAST_GROUND_SPEED_MPS)) return null;
  const airSpeedMps = Math.hypot(groundSpeedMps - along, cross);
  const crabDeg =
    airSpeedMps === 0 ? 0 : (Math.atan2(-cross, Math.abs(groundSpeedMps - along)) * 180) / Math.PI;
  return { groundSpeedMps, airSpeedMps, crabDeg };
}

/** Share of the hover power that makes lift (the rest turns blades through air): 60–70 % for small rotors. */
const INDUCED_SHARE = 0.6;
/** Speed of the air through the rotors in hover: 4–6 m/s for aircraft of 2–6 kg (Zeng, Xu, Zhang use 4.03). */
const HOVER_INFLOW_MPS = 5;
/** Least share of the cruise power that is drag. Without it a thrifty profile would fly for nothing at high speed. */
const LEAST_DRAG_SHARE = 0.1;

/**
 * Power at an air speed, W: P(v) = P_h·((1 − s) + s·√(√(1 + v⁴/4v₀⁴) − v²/2v₀²)) + c·v³: blades, lift (Glauert's
 * induced power in level flight) and drag, as in Y. Zeng, J. Xu, R. Zhang, "Energy minimization for wireless
 * communication with rotary-wing UAV", IEEE Trans. Wireless Commun. 18 (2019), eq. 12. `c` and, when cruise is
 * thriftier than the curve allows, `s` are chosen so that P(0) is the profile's hover power and P(cruise speed) its
 * cruise power. Above cruise speed never less than cruise power, below it never less than half the smaller one.
 */
export function powerCurve(profile: AircraftProfile): (airSpeedMps: number) => number {
  const { hoverPowerW, cruisePowerW, cruiseSpeedMps } = profile;
  const lift = inducedShare(cruiseSpeedMps);
  const leastDragW = LEAST_DRAG_SHARE * cruisePowerW;
  let share = INDUCED_SHARE;
  let dragW = cruisePowerW - hoverPowerW * (1 - share + share * lift);
  if (dragW < leastDragW) {
    dragW = leastDragW;
    share = (hoverPowerW + dragW - cruisePowerW) / (hoverPowerW * (1 - lift));
  }
  const floorW = Math.min(hoverPowerW, cruisePowerW) / 2;
  const at = (v: number): number =>
    hoverPowerW * (1 - share + share * inducedShare(v)) + dragW * (v / cruiseSpeedMps) ** 3;
  return (v) => Math.max(at(v), v > cruiseSpeedMps ? cruisePowerW : floorW);
}

/** Induced power at a speed as a share of that in hover (Glauert). */
function inducedShare(v: number): number {
  const half = (v / HOVER_INFLOW_MPS) ** 2 / 2;
  return Math.sqrt(Math.max(0, Math.sqrt(1 + half * half) - half));
}
