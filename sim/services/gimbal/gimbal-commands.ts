import type { MissionItem } from '../../../missions/mission-item.ts';
import type { Command } from '../../vehicle/command.ts';
import type { AircraftTruth } from '../../vehicle/truth.ts';
import type { GimbalTarget } from './gimbal-mount.ts';

/** From commands and mission items to what the gimbal shall do; pure. */

export const GIMBAL_COMMAND = {
  ROI_LOCATION: 195,
  ROI_NONE: 197,
  ROI: 201,
  MOUNT_CONTROL: 205,
  PITCHYAW: 1000,
  CONFIGURE: 1001,
} as const;

/** GIMBAL_MANAGER_FLAGS. */
const RETRACT = 1;
const NEUTRAL = 2;
const YAW_LOCK = 16;
/** MAV_MOUNT_MODE. */
const MOUNT = { RETRACT: 0, NEUTRAL: 1, TARGETING: 2, RC: 3, GPS_POINT: 4 } as const;
const DEG = Math.PI / 180;
const E7 = 1e7;

/** `unchanged`: accepted, and nothing happens (all NaN: ArduPilot, asked). `invalid`: no such order. */
export type Order =
  | { readonly kind: 'aim'; readonly target: GimbalTarget }
  | { readonly kind: 'hold' | 'unchanged' | 'invalid' };

export interface PitchYaw {
  /** Degrees and degrees per second; NaN: not meant. */
  readonly pitchDeg: number;
  readonly yawDeg: number;
  readonly pitchDps: number;
  readonly yawDps: number;
  /** GIMBAL_MANAGER_FLAGS. */
  readonly flags: number;
}

export function pitchYawOrder({ pitchDeg, yawDeg, pitchDps, yawDps, flags }: PitchYaw): Order {
  if ((flags & RETRACT) !== 0) return { kind: 'aim', target: { kind: 'retracted' } };
  if ((flags & NEUTRAL) !== 0) return { kind: 'aim', target: { kind: 'neutral' } };
  const isLocked = (flags & YAW_LOCK) !== 0;
  if (!Number.isNaN(pitchDeg) && !Number.isNaN(yawDeg)) {
    return { kind: 'aim', target: { kind: 'angle', pitch: pitchDeg * DEG, yaw: yawDeg * DEG, isLocked } };
  }
  if (!Number.isNaN(pitchDps) && !Number.isNaN(yawDps)) {
    const target = { kind: 'rate', pitchPerS: pitchDps * DEG, yawPerS: yawDps * DEG, isLocked } as const;
    return { kind: 'aim', target };
  }
  return { kind: 'unchanged' };
}

/**
 * Region of interest, from a command of either kind or a mission item. ArduPilot reads the height by its frame (a
 * COMMAND_LONG's above home), PX4 above mean sea level whatever the frame says. 0, 0 is no place: it ends one.
 */
export function placeOrder(
  where: { readonly frame: number; readonly lat: number; readonly lon: number; readonly heightM: number },
  truth: AircraftTruth,
  isPx4: boolean,
): Order {
  const { frame, lat, lon, heightM } = where;
  if (lat === 0 && lon === 0) return { kind: 'hold' };
  if (!(Math.abs(lat) <= 90 * E7 && Math.abs(lon) <= 180 * E7 && Number.isFinite(heightM))) {
    return { kind: 'invalid' };
  }
  const isAmsl = isPx4 || frame === 0 || frame === 5;
  const homeM = truth.altitudeAmslM - truth.relativeAltitudeM;
  const altitudeAmslM = isAmsl ? heightM : homeM + heightM;
  return { kind: 'aim', target: { kind: 'place', latDeg: lat / E7, lonDeg: lon / E7, altitudeAmslM } };
}

const RELATIVE = 3;

/** Null: not for a gimbal. CONFIGURE is not here: it is about who, not where. */
export function orderOf(command: Command, truth: AircraftTruth, isPx4: boolean): Order | null {
  const { params, position, tail } = command;
  const place = {
    frame: position?.frame ?? RELATIVE,
    lat: position?.x ?? tail[0] * E7,
    lon: position?.y ?? tail[1] * E7,
    heightM: tail[2],
  };
  switch (command.command) {
    case GIMBAL_COMMAND.ROI_LOCATION:
    case GIMBAL_COMMAND.ROI:
      return placeOrder(place, truth, isPx4);
    case GIMBAL_COMMAND.ROI_NONE:
      return { kind: 'hold' };
    case GIMBAL_COMMAND.MOUNT_CONTROL:
      return mountOrder(params, place, truth, isPx4);
    case GIMBAL_COMMAND.PITCHYAW: {
      const [pitchDeg, yawDeg, pitchDps, yawDps] = params;
      return pitchYawOrder({ pitchDeg, yawDeg, pitchDps, yawDps, flags: tail[0] });
    }
    default:
      return null;
  }
}

/** As `orderOf`. */
export function orderOfItem(item: MissionItem, truth: AircraftTruth, isPx4: boolean): Order | null {
  const { command, frame, param1, param2, param3, param4, x, y, z } = item;
  return orderOf(
    { command, params: [param1, param2, param3, param4], position: { frame, x, y, z }, tail: [x, y, z] },
    truth,
    isPx4,
  );
}

/** DO_MOUNT_CONTROL: the mode is in param7, angles in 1 (pitch) and 3 (yaw from the nose), a place's height in 4. */
function mountOrder(
  [pitchDeg, , yawDeg, heightM]: Command['params'],
  place: Parameters<typeof placeOrder>[0],
  truth: AircraftTruth,
  isPx4: boolean,
): Order {
  switch (place.heightM) {
    case MOUNT.RETRACT:
      return { kind: 'aim', target: { kind: 'retracted' } };
    case MOUNT.NEUTRAL:
      return { kind: 'aim', target: { kind: 'neutral' } };
    case MOUNT.TARGETING:
      if (Math.abs(pitchDeg) > 90 || Math.abs(yawDeg) > 360) return { kind: 'invalid' };
      return pitchYawOrder({ pitchDeg, yawDeg, pitchDps: Number.NaN, yawDps: Number.NaN, flags: 0 });
    case MOUNT.RC:
      return { kind: 'hold' };
    case MOUNT.GPS_POINT:
      return placeOrder({ ...place, frame: RELATIVE, heightM }, truth, isPx4);
    default:
      return { kind: 'invalid' };
  }
}
