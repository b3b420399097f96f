/** Rotations as MAVLink carries them: quaternions w, x, y, z; axes forward, right, down; radians. */

/** From roll, pitch and yaw, turned in the order yaw, pitch, roll. */
export function quaternionOf(
  roll: number,
  pitch: number,
  yaw: number,
): readonly [w: number, x: number, y: number, z: number] {
  const [cr, sr] = [Math.cos(roll / 2), Math.sin(roll / 2)];
  const [cp, sp] = [Math.cos(pitch / 2), Math.sin(pitch / 2)];
  const [cy, sy] = [Math.cos(yaw / 2), Math.sin(yaw / 2)];
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ];
}

/** −π < angle ≤ π. */
export function wrapPi(angle: number): number {
  const turned = angle % (2 * Math.PI);
  if (turned > Math.PI) return turned - 2 * Math.PI;
  return turned <= -Math.PI ? turned + 2 * Math.PI : turned;
}
