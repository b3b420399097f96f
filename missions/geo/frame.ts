import type { MultiPolygon, Polygon, Position } from 'geojson';
import type { LonLat } from '../model.ts';

/** A position in a local frame: integer (or, on the way, fractional) millimetres east (`x`) and north (`y`). */
export interface PointMm {
  readonly x: number;
  readonly y: number;
}

/** A closed ring in millimetres; the first point is not repeated. Counter-clockwise rings enclose area, clockwise ones are holes. */
export type RingMm = readonly PointMm[];

/** Any number of outer rings (counter-clockwise) and holes (clockwise). */
export type Region = readonly RingMm[];

/**
 * A local east-north plane, scaled with the WGS-84 radii of curvature at its reference latitude.
 * Over a district of 11 km the scale is wrong by at most 4·10⁻⁴; a plain sphere would be wrong by ten times that.
 */
export interface LocalFrame {
  readonly origin: LonLat;
  readonly mmPerLonDeg: number;
  readonly mmPerLatDeg: number;
}

/** WGS-84 semi-major axis (m) and first eccentricity squared. */
const SEMI_MAJOR_M = 6_378_137;
const ECCENTRICITY_SQUARED = 0.006_694_379_990_14;

/** A frame whose scale is exact at `origin`. Latitudes beyond ±89.9° are clamped: there is no east at a pole. */
export function createFrame(origin: LonLat): LocalFrame {
  const latRad = (Math.max(-89.9, Math.min(89.9, origin.latDeg)) * Math.PI) / 180;
  const w2 = 1 - ECCENTRICITY_SQUARED * Math.sin(latRad) ** 2;
  const primeVerticalM = SEMI_MAJOR_M / Math.sqrt(w2);
  const meridianM = (SEMI_MAJOR_M * (1 - ECCENTRICITY_SQUARED)) / (w2 * Math.sqrt(w2));
  return {
    origin,
    mmPerLonDeg: (primeVerticalM * Math.cos(latRad) * 1000 * Math.PI) / 180,
    mmPerLatDeg: (meridianM * 1000 * Math.PI) / 180,
  };
}

/** The frame centred on the bounding box of a geometry. `null` for a geometry without a finite position. */
export function frameOf(geometry: Polygon | MultiPolygon): LocalFrame | null {
  let west = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let south = Number.POSITIVE_INFINITY;
  let north = Number.NEGATIVE_INFINITY;
  for (const rings of polygonsOf(geometry)) {
    for (const position of rings[0] ?? []) {
      const [lon, lat] = position;
      if (lon === undefined || lat === undefined || !Number.isFinite(lon) || !Number.isFinite(lat)) continue;
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
  }
  if (west > east) return null;
  return createFrame({ lonDeg: (west + east) / 2, latDeg: (south + north) / 2 });
}

/** GeoJSON position `[lonDeg, latDeg]` to whole millimetres. Longitudes are taken the short way round. */
export function positionToMm(frame: LocalFrame, position: Position): PointMm {
  const lon = position[0] ?? Number.NaN;
  const lat = position[1] ?? Number.NaN;
  let dLon = lon - frame.origin.lonDeg;
  if (dLon > 180) dLon -= 360;
  else if (dLon < -180) dLon += 360;
  return {
    // `+ 0` turns -0 into 0, which would otherwise show up in golden files.
    x: Math.round(dLon * frame.mmPerLonDeg) + 0,
    y: Math.round((lat - frame.origin.latDeg) * frame.mmPerLatDeg) + 0,
  };
}

/** A WGS-84 position to whole millimetres. */
export function lonLatToMm(frame: LocalFrame, position: LonLat): PointMm {
  return positionToMm(frame, [position.lonDeg, position.latDeg]);
}

/** Millimetres back to WGS-84 degrees (not rounded). */
export function mmToLonLat(frame: LocalFrame, point: PointMm): LonLat {
  return {
    lonDeg: frame.origin.lonDeg + point.x / frame.mmPerLonDeg,
    latDeg: frame.origin.latDeg + point.y / frame.mmPerLatDeg,
  };
}

/** Polygon coordinate arrays of a Polygon (one) or MultiPolygon (many). */
export function polygonsOf(geometry: Polygon | MultiPolygon): Position[][][] {
  return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
}

/** One GeoJSON ring to millimetres, without the closing point and without repeated neighbours. */
export function ringToMm(frame: LocalFrame, ring: readonly Position[]): PointMm[] {
  const out: PointMm[] = [];
  for (const position of ring) {
    const p = positionToMm(frame, position);
    if (!Number.isFinite(p.x) || !Number.isFinite(p.y)) continue;
    const last = out[out.length - 1];
    if (last === undefined || last.x !== p.x || last.y !== p.y) out.push(p);
  }
  while (out.length > 1) {
    const first = out[0];
    const last = out[out.length - 1];
    if (first === undefined || last === undefined || first.x !== last.x || first.y !== last.y) break;
    out.pop();
  }
  return out;
}

/** A millimetre ring as a closed GeoJSON ring, degrees rounded to `decimals` (7 is about 1 cm). */
export function mmToRing(frame: LocalFrame, ring: RingMm, decimals = 9): Position[] {
  const factor = 10 ** decimals;
  const out: Position[] = ring.map((p) => {
    const { lonDeg, latDeg } = mmToLonLat(frame, p);
    return [Math.round(lonDeg * factor) / factor, Math.round(latDeg * factor) / factor];
  });
  const first = out[0];
  if (first !== undefined) out.push([...first]);
  return out;
}
