import type { LocalFrame, Region } from '../geo/frame.ts';
import { boundsOf, cleanPolygons, offset } from '../geo/region.ts';
import type { AirspaceZone } from '../model.ts';

/** A zone with its margin, in a local plane. */
export interface GrownZone {
  readonly zone: AirspaceZone;
  readonly region: Region;
}

/**
 * Zones are grown by this on top of their margin, so that rounding to whole millimetres here and in another plane
 * never takes from the margin, and so that zones that touch are one obstacle.
 */
export const ROUNDING_MM = 6;

/** A zone grown by its margin with mitred corners: straight borders, nowhere nearer to the zone than the margin. */
export function growZone(frame: LocalFrame, zone: AirspaceZone, marginM: number): GrownZone {
  return { zone, region: offset(cleanPolygons(frame, zone.geometry), marginM * 1000 + ROUNDING_MM) };
}

/** True when two regions' bounding boxes meet: a cheap look before clipping. */
export function boxesMeet(a: Region, b: Region): boolean {
  const p = boundsOf(a);
  const q = boundsOf(b);
  return p.minX <= q.maxX && q.minX <= p.maxX && p.minY <= q.maxY && q.minY <= p.maxY;
}
