import type { AircraftState } from '../aircraft/aircraft-state.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';
import type { PlaneLimits } from './plane-limits.ts';

const GRAVITY_MPS2 = 9.806_65;
/** NAVL1_PERIOD and NAVL1_DAMPING, ArduPlane's defaults. */
const L1_PERIOD_S = 17;
const L1_DAMPING = 0.75;
/** How hard the circle is sought when it is missed by a radius (Nelson et al. 2007 call it k_orbit). */
const CIRCLE_GAIN = 2;
const COURSE_GAIN = 1.2;
/** Height error is taken out within about this time. */
const HEIGHT_TIME_S = 2.5;

/**
 * Bank that brings the aircraft onto the line from `from` through `to` and along it: the lateral acceleration
 * 4ζ²·V²·sin(η)/L1 towards a point L1 = ζ·T·V/π ahead on the line (Park, Deyst & How, AIAA 2004-4900; ArduPlane's
 * "L1 controller"). Radians, positive to the right.
 */
export function bankForLine(
  state: AircraftState,
  from: LocalPoint,
  to: LocalPoint,
  limits: PlaneLimits,
): number {
  const speed = groundSpeed(state);
  // From a hover there is no speed yet: a point some metres ahead is as good.
  const ahead = Math.max(10, (L1_DAMPING * L1_PERIOD_S * speed) / Math.PI);
  const legEast = to.eastM - from.eastM;
  const legNorth = to.northM - from.northM;
  const leg = Math.hypot(legEast, legNorth);
  if (leg < 1)
    return bankTowards(state, Math.atan2(to.eastM - state.eastM, to.northM - state.northM), limits);
  const unitEast = legEast / leg;
  const unitNorth = legNorth / leg;
  const along = (state.eastM - from.eastM) * unitEast + (state.northM - from.northM) * unitNorth;
  const across = (state.eastM - from.eastM) * unitNorth - (state.northM - from.northM) * unitEast;
  const reach = Math.sqrt(Math.max(0, ahead * ahead - across * across));
  const aim = along + reach;
  const aimEast = from.eastM + aim * unitEast - state.eastM;
  const aimNorth = from.northM + aim * unitNorth - state.northM;
  const eta = turn(courseOf(state), Math.atan2(aimEast, aimNorth));
  const clampedEta = Math.min(Math.PI / 2, Math.max(-Math.PI / 2, eta));
  const acceleration = ((4 * L1_DAMPING * L1_DAMPING * speed * speed) / ahead) * Math.sin(clampedEta);
  return limited(Math.atan(acceleration / GRAVITY_MPS2), limits);
}

/** Bank that turns the course to `courseRad`. */
export function bankTowards(state: AircraftState, courseRad: number, limits: PlaneLimits): number {
  return limited(turn(courseOf(state), courseRad) * COURSE_GAIN, limits);
}

/**
 * Bank that brings the aircraft onto a circle and keeps it there: a field of wanted courses round the centre
 * (Nelson, Barber, McLain & Beard, IEEE T-RO 2007), with the bank of the turn itself added near the circle.
 */
export function bankForCircle(
  state: AircraftState,
  centre: LocalPoint,
  radiusM: number,
  clockwise: boolean,
  limits: PlaneLimits,
): number {
  const east = state.eastM - centre.eastM;
  const north = state.northM - centre.northM;
  const distance = Math.hypot(east, north);
  const side = clockwise ? 1 : -1;
  const outward = Math.atan2(east, north);
  const miss = (distance - radiusM) / radiusM;
  const wanted = outward + side * (Math.PI / 2 + Math.atan(CIRCLE_GAIN * miss));
  const speed = groundSpeed(state);
  const standing = Math.abs(miss) < 0.5 ? side * Math.atan((speed * speed) / (GRAVITY_MPS2 * radiusM)) : 0;
  return limited(standing + turn(courseOf(state), wanted) * COURSE_GAIN, limits);
}

/** Climb that takes out the difference to `upM`. */
export function climbTo(state: AircraftState, upM: number, limits: PlaneLimits): number {
  const wanted = (upM - state.upM) / HEIGHT_TIME_S;
  return Math.min(limits.climbMps, Math.max(-limits.sinkMps, wanted));
}

/** Height on the way: straight from one end of the leg to the other, as ArduPlane glides between waypoints. */
export function heightAlong(state: AircraftState, from: LocalPoint, to: LocalPoint): number {
  const leg = Math.hypot(to.eastM - from.eastM, to.northM - from.northM);
  if (leg < 1) return to.upM;
  const along = passedM(state, from, to);
  return from.upM + (to.upM - from.upM) * Math.min(1, Math.max(0, along / leg));
}

/** Metres along the leg; more than its length: the point was passed. */
export function passedM(state: LocalPoint, from: LocalPoint, to: LocalPoint): number {
  const legEast = to.eastM - from.eastM;
  const legNorth = to.northM - from.northM;
  const leg = Math.hypot(legEast, legNorth);
  if (leg < 1e-6) return 0;
  return ((state.eastM - from.eastM) * legEast + (state.northM - from.northM) * legNorth) / leg;
}

/** Direction of travel over the ground; the nose when it stands. */
export function courseOf(state: AircraftState): number {
  return groundSpeed(state) < 1 ? state.yawRad : Math.atan2(state.velEastMps, state.velNorthMps);
}

function groundSpeed(state: AircraftState): number {
  return Math.hypot(state.velEastMps, state.velNorthMps);
}

/** −π to π. */
function turn(fromRad: number, toRad: number): number {
  const full = 2 * Math.PI;
  return ((((toRad - fromRad + Math.PI) % full) + full) % full) - Math.PI;
}

function limited(bankRad: number, limits: PlaneLimits): number {
  return Math.min(limits.rollLimitRad, Math.max(-limits.rollLimitRad, bankRad));
}
