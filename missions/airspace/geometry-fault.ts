import type { MultiPolygon, Polygon } from 'geojson';
import { frameOf, polygonsOf, ringToMm } from '../geo/frame.ts';
import { areaM2, cleanRings } from '../geo/region.ts';

/** Below this a polygon is a line or a point that was meant to be something else. */
const LEAST_AREA_M2 = 0.01;

/**
 * Why a geometry from outside cannot be an area of airspace, as the end of a sentence; null when it can. Unlike an
 * area to be covered, every polygon of it must enclose something: one that vanished would be flown through.
 */
export function geometryFault(geometry: unknown): string | null {
  const record =
    typeof geometry === 'object' && geometry !== null ? (geometry as Record<string, unknown>) : {};
  if ((record.type !== 'Polygon' && record.type !== 'MultiPolygon') || !Array.isArray(record.coordinates)) {
    return 'is not a Polygon or MultiPolygon';
  }
  const shape = geometry as Polygon | MultiPolygon;
  for (const rings of polygonsOf(shape) as unknown[]) {
    if (!Array.isArray(rings)) return 'has a polygon that is not a list of rings';
    for (const ring of rings) {
      if (!Array.isArray(ring)) return 'has a ring that is not a list of positions';
      for (const position of ring) {
        if (!Array.isArray(position)) return 'has a position that is not a pair of numbers';
        const [lon, lat] = position;
        if (!Number.isFinite(lon) || !Number.isFinite(lat))
          return 'has a position that is not a pair of numbers';
        if (Math.abs(lon) > 180 || Math.abs(lat) > 89)
          return `has the position [${lon}, ${lat}], which is out of range`;
      }
    }
  }
  const frame = frameOf(shape);
  if (frame === null) return 'has no positions';
  for (const rings of polygonsOf(shape)) {
    if (areaM2(cleanRings(rings.map((ring) => ringToMm(frame, ring)))) < LEAST_AREA_M2) {
      return 'has a polygon that encloses no area';
    }
  }
  return null;
}
