import type { MultiPolygon, Polygon } from 'geojson';
import { polygonsOf } from '../geo/frame.ts';
import type { AirspaceZone, AltitudeDatum, ElevationModel } from '../model.ts';

/** A closed range of heights in one datum. */
export interface HeightRange {
  readonly lowM: number;
  readonly highM: number;
}

/** What is known for turning heights of one datum into another. */
export interface HeightContext {
  /** Ground height above sea level at the home point; null when not known. */
  readonly homeElevationAmslM: number | null;
  readonly elevation: ElevationModel | null;
}

/**
 * What a zone does to a flight within a range of heights. `undecided`: the heights cannot be compared; whoever asks
 * treats that as blocked and says so.
 */
export type ZoneEffect =
  | { readonly kind: 'clear' }
  | { readonly kind: 'blocked' }
  | { readonly kind: 'undecided' };

/** More samples than this under one zone take too long: its ground counts as unknown. At 30 m spacing 225 km². */
const MOST_SAMPLES = 250_000;
/** Metres of one degree of latitude, generously small so that samples are never farther apart than asked. */
const METRES_PER_DEGREE = 111_400;

/** True when a zone is in force at any moment of a span; both ends count. Null: no limit on that side. */
export function isActive(zone: AirspaceZone, fromMs: number | null, untilMs: number | null): boolean {
  const begins = zone.activeFromMs ?? Number.NEGATIVE_INFINITY;
  const ends = zone.activeToMs ?? Number.POSITIVE_INFINITY;
  return begins <= (untilMs ?? Number.POSITIVE_INFINITY) && ends >= (fromMs ?? Number.NEGATIVE_INFINITY);
}

/**
 * The range of heights, in the flight's datum, that a zone's own range can mean: over uneven ground a height above
 * terrain is a range above sea level, so both ends are ranges. Null when the datums cannot be compared.
 */
export function zoneRange(
  zone: AirspaceZone,
  datum: AltitudeDatum,
  context: HeightContext,
): {
  readonly floor: HeightRange | null;
  readonly ceiling: HeightRange | null;
} | null {
  if (zone.floorM === null && zone.ceilingM === null) return { floor: null, ceiling: null };
  const shift = datumShift(zone, datum, context);
  if (shift === null) return null;
  const moved = (height: number | null): HeightRange | null =>
    height === null ? null : { lowM: height + shift.lowM, highM: height + shift.highM };
  return { floor: moved(zone.floorM), ceiling: moved(zone.ceilingM) };
}

/**
 * What a zone does to flight at the given heights. For `no-fly` and `privacy` its range must be left by
 * `verticalMarginM`; for `altitude` the flight must be inside its range by that much. Every doubt about the ground
 * counts against the flight. A `privacy` zone that is `blocked` is one that must not be looked into from there.
 */
export function effectOf(
  zone: AirspaceZone,
  heights: HeightRange,
  datum: AltitudeDatum,
  verticalMarginM: number,
  context: HeightContext,
): ZoneEffect {
  const range = zoneRange(zone, datum, context);
  if (range === null) return { kind: 'undecided' };
  const low = heights.lowM - verticalMarginM;
  const high = heights.highM + verticalMarginM;
  if (zone.kind === 'altitude') {
    const inside =
      (range.floor === null || low >= range.floor.highM) &&
      (range.ceiling === null || high <= range.ceiling.lowM);
    return { kind: inside ? 'clear' : 'blocked' };
  }
  const below = range.floor !== null && high < range.floor.lowM;
  const above = range.ceiling !== null && low > range.ceiling.highM;
  return { kind: below || above ? 'clear' : 'blocked' };
}

/** What is to be added to a height of the zone to have it in the flight's datum; null when it cannot be known. */
function datumShift(zone: AirspaceZone, to: AltitudeDatum, context: HeightContext): HeightRange | null {
  if (zone.datum === to) return { lowM: 0, highM: 0 };
  const own = reference(zone.datum, zone.geometry, context);
  const other = reference(to, zone.geometry, context);
  if (own === null || other === null) return null;
  return { lowM: own.lowM - other.highM, highM: own.highM - other.lowM };
}

/** Height above sea level of a datum's zero over a geometry. */
function reference(
  datum: AltitudeDatum,
  geometry: Polygon | MultiPolygon,
  context: HeightContext,
): HeightRange | null {
  switch (datum) {
    case 'amsl':
      return { lowM: 0, highM: 0 };
    case 'above-home': {
      const home = context.homeElevationAmslM;
      return home === null || !Number.isFinite(home) ? null : { lowM: home, highM: home };
    }
    case 'above-terrain':
      return context.elevation === null ? null : groundUnder(geometry, context.elevation);
  }
}

/** Lowest and highest ground under the bounding box of a geometry; null when any of it is unknown. */
export function groundUnder(geometry: Polygon | MultiPolygon, elevation: ElevationModel): HeightRange | null {
  let west = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let south = Number.POSITIVE_INFINITY;
  let north = Number.NEGATIVE_INFINITY;
  for (const rings of polygonsOf(geometry)) {
    for (const [lon, lat] of rings[0] ?? []) {
      if (lon === undefined || lat === undefined) continue;
      west = Math.min(west, lon);
      east = Math.max(east, lon);
      south = Math.min(south, lat);
      north = Math.max(north, lat);
    }
  }
  const spacingM = elevation.spacingM;
  if (west > east || !(spacingM > 0)) return null;
  const stepsEast = Math.ceil(((east - west) * METRES_PER_DEGREE) / spacingM) + 1;
  const stepsNorth = Math.ceil(((north - south) * METRES_PER_DEGREE) / spacingM) + 1;
  if (stepsEast * stepsNorth > MOST_SAMPLES) return null;
  let lowM = Number.POSITIVE_INFINITY;
  let highM = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= stepsEast; i++) {
    for (let j = 0; j <= stepsNorth; j++) {
      const ground = elevation.elevationAmslM(
        west + ((east - west) * i) / stepsEast,
        south + ((north - south) * j) / stepsNorth,
      );
      if (ground === null || !Number.isFinite(ground)) return null;
      lowM = Math.min(lowM, ground);
      highM = Math.max(highM, ground);
    }
  }
  return { lowM, highM };
}
