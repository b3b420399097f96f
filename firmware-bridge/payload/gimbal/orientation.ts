/**
 * Where a gimbal looks. GIMBAL_DEVICE_ATTITUDE_STATUS carries a quaternion (w, x, y, z; forward-right-down axes) in
 * one of two frames: yaw from the nose, or yaw from north. Pure; degrees out.
 */
export interface EulerDeg {
  readonly rollDeg: number;
  /** Above the horizon is positive. */
  readonly pitchDeg: number;
  /** −180…180, to the right is positive. */
  readonly yawDeg: number;
}

/** Within this of straight up or down, yaw and roll turn about one axis; all of it is then told as yaw. */
const NEAR_VERTICAL_DEG = 89.5;
/** A quaternion shorter than this is none (all zeros: not measured). */
const MIN_NORM = 0.1;

/** Null: not an orientation (NaN, zeros). Any length is normalised. */
export function eulerOf(q: readonly number[]): EulerDeg | null {
  const [qw = Number.NaN, qx = Number.NaN, qy = Number.NaN, qz = Number.NaN] = q;
  const norm = Math.hypot(qw, qx, qy, qz);
  if (!Number.isFinite(norm) || norm < MIN_NORM) return null;
  const [w, x, y, z] = [qw / norm, qx / norm, qy / norm, qz / norm];
  const sinPitch = Math.max(-1, Math.min(1, 2 * (w * y - z * x)));
  const pitchDeg = toDeg(Math.asin(sinPitch));
  if (Math.abs(pitchDeg) >= NEAR_VERTICAL_DEG) {
    return { rollDeg: 0, pitchDeg, yawDeg: wrap180(toDeg(2 * Math.atan2(z, w))) };
  }
  return {
    rollDeg: toDeg(Math.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y))),
    pitchDeg,
    yawDeg: toDeg(Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))),
  };
}

/** The reverse, for tests and simulated gimbals. */
export function quaternionOf({
  rollDeg,
  pitchDeg,
  yawDeg,
}: EulerDeg): readonly [number, number, number, number] {
  const half = (deg: number): readonly [cos: number, sin: number] => [
    Math.cos((deg * Math.PI) / 360),
    Math.sin((deg * Math.PI) / 360),
  ];
  const [cr, sr] = half(rollDeg);
  const [cp, sp] = half(pitchDeg);
  const [cy, sy] = half(yawDeg);
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ];
}

/** GIMBAL_DEVICE_FLAGS. */
export const GIMBAL_FLAG = {
  RETRACT: 1,
  NEUTRAL: 2,
  ROLL_LOCK: 4,
  PITCH_LOCK: 8,
  YAW_LOCK: 16,
  YAW_IN_VEHICLE_FRAME: 32,
  YAW_IN_EARTH_FRAME: 64,
} as const;

/**
 * In which frame the quaternion's yaw is. The two frame flags tell; only where a gimbal sets neither (older ones)
 * does YAW_LOCK mean north. ArduPilot sets YAW_LOCK and YAW_IN_VEHICLE_FRAME together (measured, 4.7).
 */
export function yawFrameOf(flags: number): 'vehicle' | 'north' {
  if ((flags & GIMBAL_FLAG.YAW_IN_EARTH_FRAME) !== 0) return 'north';
  if ((flags & GIMBAL_FLAG.YAW_IN_VEHICLE_FRAME) !== 0) return 'vehicle';
  return (flags & GIMBAL_FLAG.YAW_LOCK) !== 0 ? 'north' : 'vehicle';
}

export function wrap180(deg: number): number {
  const turned = ((((deg + 180) % 360) + 360) % 360) - 180;
  return turned === -180 ? 180 : turned;
}

export function wrap360(deg: number): number {
  return ((deg % 360) + 360) % 360;
}

/** Shortest way between two directions, 0–180. */
export function turnBetween(aDeg: number, bDeg: number): number {
  return Math.abs(wrap180(aDeg - bDeg));
}

function toDeg(rad: number): number {
  return (rad * 180) / Math.PI;
}
