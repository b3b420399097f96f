import type { PointMm, Region } from '../geo/frame.ts';
import { boundsOf } from '../geo/region.ts';

/** Direction, radians from east, along which a region is long and across which it is narrowest (to 2°). */
export function narrowestAngle(shape: Region): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 90; k++) {
    const angle = (k * Math.PI) / 90;
    const bounds = boundsOf(rotate(shape, -angle));
    if (bounds.maxY - bounds.minY < least) {
      least = bounds.maxY - bounds.minY;
      best = angle;
    }
  }
  return best;
}

/** Least extent of a region over all directions, millimetres, and the direction along which it is long. */
export function leastWidth(region: Region): { readonly widthMm: number; readonly angleRad: number } {
  const angleRad = narrowestAngle(region);
  const bounds = boundsOf(rotate(region, -angleRad));
  return { widthMm: bounds.maxY - bounds.minY, angleRad };
}

/** A point turned about the origin. */
export function turn(p: PointMm, angleRad: number): PointMm {
  const c = Math.cos(angleRad);
  const s = Math.sin(angleRad);
  return { x: p.x * c - p.y * s, y: p.x * s + p.y * c };
}

/** A region turned about the origin. */
export function rotate(region: Region, angleRad: number): Region {
  const c = Math.cos(angleRad);
  const s = Math.sin(angleRad);
  return region.map((ring) => ring.map((p) => ({ x: p.x * c - p.y * s, y: p.x * s + p.y * c })));
}

/** A point in whole millimetres. */
export function wholeMm(p: PointMm): PointMm {
  return { x: Math.round(p.x), y: Math.round(p.y) };
}

/** Distance in millimetres. `Math.hypot` also guards against overflow, which nothing on Earth reaches, at several times the cost. */
export function gapMm(a: PointMm, b: PointMm): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  return Math.sqrt(dx * dx + dy * dy);
}
