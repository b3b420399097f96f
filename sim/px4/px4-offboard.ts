import {
  type MavLinkData,
  SetAttitudeTarget,
  SetPositionTargetGlobalInt,
  SetPositionTargetLocalNed,
} from '../../firmware-bridge/codec/messages.ts';
import type { LocalFrame, LocalPoint } from '../aircraft/local-frame.ts';
import type { OffboardSetpoint } from './px4-navigator.ts';

/** POSITION_TARGET_TYPEMASK: bits of what is to be ignored. */
const NO_POSITION = 1 | 2 | 4;
const NO_VELOCITY = 8 | 16 | 32;
const NO_YAW = 0x400;
const RELATIVE_FRAMES: ReadonlySet<number> = new Set([3, 6]);

/**
 * The setpoint of OFFBOARD that a message carries; null when it is none. An attitude is taken as "hold where it is": the
 * physics here has no attitude to follow.
 */
export function offboardSetpointOf(
  message: MavLinkData,
  frame: LocalFrame,
  home: LocalPoint | null,
): OffboardSetpoint | null {
  if (message instanceof SetPositionTargetLocalNed) {
    const { x, y, z, typeMask } = message;
    return setpoint(message, (typeMask & NO_POSITION) === 0 ? { northM: x, eastM: y, upM: -z } : null);
  }
  if (message instanceof SetPositionTargetGlobalInt) {
    const { latInt, lonInt, alt, coordinateFrame, typeMask } = message;
    const at = frame.toLocal({ latDeg: latInt / 1e7, lonDeg: lonInt / 1e7, altitudeAmslM: alt });
    const upM = RELATIVE_FRAMES.has(coordinateFrame) ? (home?.upM ?? 0) + alt : at.upM;
    return setpoint(message, (typeMask & NO_POSITION) === 0 ? { ...at, upM } : null);
  }
  if (message instanceof SetAttitudeTarget) return { place: null, velocity: null, yawRad: null };
  return null;
}

function setpoint(
  message: SetPositionTargetLocalNed | SetPositionTargetGlobalInt,
  place: LocalPoint | null,
): OffboardSetpoint {
  const { typeMask, vx, vy, vz, yaw } = message;
  const hasVelocity = place === null && (typeMask & NO_VELOCITY) === 0;
  return {
    place,
    velocity: hasVelocity ? { northMps: vx, eastMps: vy, upMps: -vz } : null,
    yawRad: (typeMask & NO_YAW) === 0 ? yaw : null,
  };
}
