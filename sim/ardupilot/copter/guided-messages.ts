import {
  type MavLinkData,
  SetPositionTargetGlobalInt,
  SetPositionTargetLocalNed,
} from '../../../firmware-bridge/codec/messages.ts';
import type { LocalPoint } from '../../aircraft/local-frame.ts';
import { COPTER_MODE } from '../modes.ts';
import type { CopterControls } from './copter-controls.ts';
import type { GuidedTarget, Velocity } from './guided-program.ts';

/** POSITION_TARGET_TYPEMASK */
const IGNORE = { POSITION: 7, VELOCITY: 0x38, ACCELERATION: 0x1c0, YAW: 0x400, YAW_RATE: 0x800 } as const;
/** MAV_FRAME: around the vehicle (7, 8, 9) and along its nose (8, 9, 12). */
const LOCAL = { NED: 1, OFFSET_NED: 7, BODY_NED: 8, BODY_OFFSET_NED: 9, BODY_FRD: 12 } as const;

/**
 * SET_POSITION_TARGET_GLOBAL_INT and …_LOCAL_NED in GUIDED; in other modes they are heard and do nothing. What makes no
 * sense stops the aircraft (GCS_MAVLINK_Copter::handle_message_set_position_target_global_int).
 * @returns whether the message was one of them
 */
export function handleGuidedTarget(message: MavLinkData, flight: CopterControls): boolean {
  const isGlobal = message instanceof SetPositionTargetGlobalInt;
  if (!isGlobal && !(message instanceof SetPositionTargetLocalNed)) return false;
  const guided = flight.mode === COPTER_MODE.GUIDED ? flight.guided() : null;
  if (guided === null || (flight.armed && flight.isTakingOff)) return true;
  const target = targetOf(
    message,
    isGlobal ? globalPlace(message, flight) : localPlace(message, flight),
    flight,
  );
  if (target === null) {
    const { eastM, northM, upM } = flight.seen;
    guided.set({ kind: 'place', to: { eastM, northM, upM } });
    return true;
  }
  if (target.kind !== 'velocity' && !flight.fenceMonitor.contains(target.to, flight.home)) return true;
  guided.set(target);
  setYaw(message, flight);
  return true;
}

type Message = SetPositionTargetGlobalInt | SetPositionTargetLocalNed;

function targetOf(message: Message, to: LocalPoint | null, flight: CopterControls): GuidedTarget | null {
  const hasPlace = (message.typeMask & IGNORE.POSITION) === 0;
  const hasVelocity = (message.typeMask & IGNORE.VELOCITY) === 0;
  if (hasPlace && to === null) return null;
  const velocity = velocityOf(message, flight);
  if (hasVelocity && !Object.values(velocity).every(Number.isFinite)) return null;
  if (hasPlace && to !== null)
    return hasVelocity ? { kind: 'moving-place', to, velocity } : { kind: 'place', to };
  return hasVelocity ? { kind: 'velocity', velocity } : null;
}

function velocityOf(message: Message, flight: CopterControls): Velocity {
  const along = isAlongNose(message) ? flight.seen.yawRad : 0;
  const [sin, cos] = [Math.sin(along), Math.cos(along)];
  return {
    northMps: message.vx * cos - message.vy * sin,
    eastMps: message.vx * sin + message.vy * cos,
    upMps: -message.vz,
  };
}

function globalPlace(message: SetPositionTargetGlobalInt, flight: CopterControls): LocalPoint | null {
  const { coordinateFrame: frame, latInt: x, lonInt: y, alt: z } = message;
  if (![0, 3, 5, 6, 10, 11].includes(frame) || Math.abs(x) > 9e8 || Math.abs(y) > 1.8e9) return null;
  return flight.locate({ frame: frame === 5 ? 0 : frame, x, y, z });
}

function localPlace(message: SetPositionTargetLocalNed, flight: CopterControls): LocalPoint | null {
  const along = isAlongNose(message) ? flight.seen.yawRad : 0;
  const [sin, cos] = [Math.sin(along), Math.cos(along)];
  const northM = message.x * cos - message.y * sin;
  const eastM = message.x * sin + message.y * cos;
  switch (message.coordinateFrame) {
    case LOCAL.NED:
    case LOCAL.BODY_NED:
    case LOCAL.BODY_FRD:
      return message.coordinateFrame === LOCAL.NED ? { eastM, northM, upM: -message.z } : null;
    case LOCAL.OFFSET_NED:
    case LOCAL.BODY_OFFSET_NED: {
      const { seen } = flight;
      return { eastM: seen.eastM + eastM, northM: seen.northM + northM, upM: seen.upM - message.z };
    }
    default:
      return null;
  }
}

function isAlongNose(message: Message): boolean {
  const frame: number = message.coordinateFrame;
  return frame === LOCAL.BODY_NED || frame === LOCAL.BODY_OFFSET_NED || frame === LOCAL.BODY_FRD;
}

/** Neither heading nor rate: along the way for places, as it is for velocities (ModeGuided::set_yaw_state_rad). */
function setYaw(message: Message, flight: CopterControls): void {
  const hasYaw = (message.typeMask & IGNORE.YAW) === 0;
  const hasRate = (message.typeMask & IGNORE.YAW_RATE) === 0;
  if (hasYaw) flight.yaw.setAngle(message.yaw);
  else if (hasRate) flight.yaw.turnAt(message.yawRate);
  else if ((message.typeMask & IGNORE.VELOCITY) !== 0)
    flight.yaw.toDefault(flight.settings().yawBehaviour, false);
}
