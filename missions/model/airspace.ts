import type { MultiPolygon, Polygon } from 'geojson';
import type { LonLat } from './basics.ts';

/** What a height is counted from: the home point, mean sea level (EGM96 geoid), or the ground below. */
export type AltitudeDatum = 'above-home' | 'amsl' | 'above-terrain';

/**
 * A piece of airspace with a rule. The three kinds:
 * - `no-fly`: nobody flies inside between the two heights;
 * - `altitude`: inside, flight is allowed only between the two heights;
 * - `privacy`: may be flown over, but not looked at: no coverage, no camera pointed into it.
 */
export interface AirspaceZone {
  readonly zoneId: string;
  readonly kind: 'no-fly' | 'altitude' | 'privacy';
  readonly name: string;
  readonly geometry: Polygon | MultiPolygon;
  /** Null: from the ground up. */
  readonly floorM: number | null;
  /** Null: without an upper end. */
  readonly ceilingM: number | null;
  readonly datum: AltitudeDatum;
  /** Epoch milliseconds; null: always / for ever. */
  readonly activeFromMs: number | null;
  readonly activeToMs: number | null;
}

/** A way between two points that keeps out of every zone, both ends included. */
export interface FreeWay {
  readonly points: readonly LonLat[];
  readonly lengthM: number;
}

/**
 * Shortest ways round zones. `null`: there is none (an end lies in a zone, or is walled in). Whoever needs ways takes
 * this interface; `missions/airspace` makes it from zones.
 */
export interface WayFinder {
  way(from: LonLat, to: LonLat): FreeWay | null;
}

/** A place from which drones fly: a police station, a police room, or a dock. */
export interface Base {
  readonly baseId: string;
  readonly name: string;
  readonly position: LonLat;
  /** Drones that can stand there at once. */
  readonly pads: number;
  /** Ground height above sea level, null when not known. */
  readonly elevationAmslM: number | null;
}

/** Wind as meteorologists say it: where it comes from. */
export interface Wind {
  readonly fromDeg: number;
  readonly speedMps: number;
}
