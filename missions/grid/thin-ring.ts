import type { PointMm } from '../geo/frame.ts';
import { distanceToSegmentMm } from '../geo/measure.ts';

/** Rings of up to this many points are left as they are: the finest digitised district has some thousand. */
export const THIN_FROM_POINTS = 10_000;
/** More than this is refused also after thinning: polygon arithmetic takes minutes on such borders. */
export const MOST_POINTS = 20_000;
/** Points within this of the line between their neighbours say nothing about where a drone flies. */
export const THIN_TOLERANCE_MM = 50;
/** Points that one straight piece may replace; keeps the time linear. */
const LONGEST_RUN = 64;

/**
 * Indexes of the points that are kept when each run of points within the tolerance of a straight piece is replaced
 * by that piece (Opheim's way, with a bounded run). The first point stays. Time grows with the number of points only.
 */
export function thinRing(points: readonly PointMm[]): number[] {
  const kept: number[] = [];
  let anchor = 0;
  while (anchor < points.length) {
    kept.push(anchor);
    let end = anchor + 1;
    while (end < points.length && end - anchor < LONGEST_RUN && isStraight(points, anchor, end + 1)) end++;
    anchor = end;
  }
  return kept;
}

/** True when all points between `from` and `to` (which may be the first again) lie near the line of the two. */
function isStraight(points: readonly PointMm[], from: number, to: number): boolean {
  const a = points[from] as PointMm;
  const b = points[to % points.length] as PointMm;
  for (let k = from + 1; k < to; k++) {
    if (distanceToSegmentMm(points[k] as PointMm, a, b) > THIN_TOLERANCE_MM) return false;
  }
  return true;
}
