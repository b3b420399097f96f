import type { PointMm, Region } from '../geo/frame.ts';
import { areaM2 } from '../geo/region.ts';

/** Price of a turn as a share of the side of a square as large as the area: half a hundredth of a lane. */
const SIDE_SHARE = 0.005;
/** Bounds of that price, in swaths of path. */
const LEAST_SWATHS = 0.04;
const MOST_SWATHS = 0.1;

/**
 * What a turn on a path over an area is worth, as a length of path, millimetres. In time it costs ten to twenty times that
 * (4 s of stopping and starting are 40 m at 10 m/s); but at such a price paths grow longer than plain lanes, and most bends
 * that a path can do without are had for this one. It is less in a small cell, where a turn saved is paid for with more of
 * the whole path; the upper bound keeps paths over districts, where little can be given away, shorter than plain lanes.
 */
export function turnPriceFor(region: Region, swathMm: number): number {
  const sideMm = Math.sqrt(areaM2(region) * 1e6);
  return Math.max(LEAST_SWATHS * swathMm, Math.min(MOST_SWATHS * swathMm, SIDE_SHARE * sideMm));
}

/**
 * Changes of heading below the first angle cost nothing, from the second on all of a turn: an autopilot flies round a
 * slight bend without slowing down (10° is where turns begin to be counted). In between the price rises, since local
 * search finds no way down a step.
 */
const SMOOTH_COS = Math.cos((7 * Math.PI) / 180);
const TURN_COS = Math.cos((14 * Math.PI) / 180);

/** Of the price of turning back, so much is due for any turn; the rest grows as corners take time (fleet/energy.ts). */
const ANY_TURN = 0.9;
const BY_ANGLE = 0.3;

/**
 * What the turn at `b` costs, as a share of the price of a turn: 0 straight on, about 1 for a corner, 1.2 straight back.
 * The same flown backwards; 0 where a leg has no length.
 */
export function turnShare(a: PointMm, b: PointMm, c: PointMm): number {
  const ux = b.x - a.x;
  const uy = b.y - a.y;
  const vx = c.x - b.x;
  const vy = c.y - b.y;
  const product = Math.sqrt((ux * ux + uy * uy) * (vx * vx + vy * vy));
  if (product === 0) return 0;
  const cos = (ux * vx + uy * vy) / product;
  const sharp = cos >= SMOOTH_COS ? 0 : cos <= TURN_COS ? 1 : (SMOOTH_COS - cos) / (SMOOTH_COS - TURN_COS);
  return ANY_TURN * sharp + (BY_ANGLE * (1 - cos)) / 2;
}

/** Price of all turns of a path, millimetres; `turnPriceMm` is that of one. */
export function turningMm(points: readonly PointMm[], turnPriceMm: number): number {
  let sum = 0;
  for (let i = 1; i + 1 < points.length; i++) {
    sum += turnShare(points[i - 1] as PointMm, points[i] as PointMm, points[i + 1] as PointMm);
  }
  return sum * turnPriceMm;
}
