import { buildMessage, type MavLinkData, SetPositionTargetGlobalInt } from '../codec/messages.ts';
import type { Target } from '../protocol/step.ts';
import { bearingDeg, distanceM, type LonLat, placeFrom, turnDeg, wrap360 } from './guided-geometry.ts';

/**
 * Leads an aircraft round a circle: a point goes round ahead of it at the wished speed and waits when the aircraft
 * falls behind (wind), so that it is never cut short through the circle. Pure: time comes in.
 */
export interface OrbitPath {
  readonly center: LonLat;
  readonly radiusM: number;
  readonly direction: 'clockwise' | 'counter-clockwise';
  readonly speedMps: number;
}

export interface OrbitTarget {
  /** From the centre. */
  readonly bearingDeg: number;
  readonly atMs: number;
}

/** Seconds of flight by which the point may be ahead: covers the aircraft's own lag, not more. */
const LEAD_S = 1.5;
const MAX_LEAD_DEG = 30;
/** A late tick is not made good by a leap. */
const MAX_STEP_S = 1;

/** Where to begin: the point of the circle that is nearest to the aircraft. */
export function orbitEntry(path: OrbitPath, at: LonLat): LonLat {
  return placeFrom(path.center, bearingDeg(path.center, at), path.radiusM);
}

/** Inside is negative. */
export function offCircleM(path: OrbitPath, at: LonLat): number {
  return distanceM(path.center, at) - path.radiusM;
}

export function nextTarget(
  path: OrbitPath,
  before: OrbitTarget | null,
  at: LonLat,
  nowMs: number,
): OrbitTarget {
  const sign = path.direction === 'clockwise' ? 1 : -1;
  const own = bearingDeg(path.center, at);
  const degPerS = (path.speedMps / path.radiusM) * (180 / Math.PI);
  const maxLeadDeg = Math.min(MAX_LEAD_DEG, degPerS * LEAD_S);
  const elapsedS = before === null ? 0 : Math.min(MAX_STEP_S, Math.max(0, (nowMs - before.atMs) / 1000));
  const wantedLead = before === null ? 0 : sign * turnDeg(own, before.bearingDeg) + degPerS * elapsedS;
  // Behind the aircraft is as wrong as far ahead: wind from behind carries it past its point.
  const leadDeg = Math.max(0, Math.min(maxLeadDeg, wantedLead));
  return { bearingDeg: wrap360(own + sign * leadDeg), atMs: nowMs };
}

/** POSITION_TARGET_TYPEMASK: without accelerations and yaw rate. */
const POSITION_VELOCITY_YAW = 0b1001_1100_0000;
/** Copter refuses velocities together with heights above terrain. */
const POSITION_YAW = POSITION_VELOCITY_YAW | 0b11_1000;
const TERRAIN_FRAME = 11;

/** Nose to the centre. Velocity north, east, down along the circle. */
export function orbitMessage(
  to: Target,
  path: OrbitPath,
  target: OrbitTarget,
  height: { readonly frame: number; readonly z: number },
): MavLinkData {
  const place = placeFrom(path.center, target.bearingDeg, path.radiusM);
  const along = (target.bearingDeg + (path.direction === 'clockwise' ? 90 : -90)) * (Math.PI / 180);
  const noseDeg = turnDeg(0, target.bearingDeg + 180);
  const moves = height.frame !== TERRAIN_FRAME;
  return buildMessage(SetPositionTargetGlobalInt, {
    targetSystem: to.systemId,
    targetComponent: to.componentId,
    coordinateFrame: height.frame,
    typeMask: moves ? POSITION_VELOCITY_YAW : POSITION_YAW,
    latInt: Math.round(place.latDeg * 1e7),
    lonInt: Math.round(place.lonDeg * 1e7),
    alt: height.z,
    vx: moves ? path.speedMps * Math.cos(along) : 0,
    vy: moves ? path.speedMps * Math.sin(along) : 0,
    vz: 0,
    yaw: noseDeg * (Math.PI / 180),
  });
}
