import type { PointMm } from '../geo/frame.ts';

/**
 * The rows of samples are turned by this against the frame. Lanes often run along the axes or along each other;
 * rows parallel to them would all miss the same gap.
 */
const TILT_RAD = 0.3771;
const TILT_COS = Math.cos(TILT_RAD);
const TILT_SIN = Math.sin(TILT_RAD);

/** A point in the tilted frame of the rows. */
export function tilt(p: PointMm): PointMm {
  return { x: p.x * TILT_COS - p.y * TILT_SIN, y: p.x * TILT_SIN + p.y * TILT_COS };
}

/** A point of the tilted frame, back where it lies. */
export function untilt(p: PointMm): PointMm {
  return { x: p.x * TILT_COS + p.y * TILT_SIN, y: p.y * TILT_COS - p.x * TILT_SIN };
}
