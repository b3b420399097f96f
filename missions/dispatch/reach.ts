import { featureCollection, isobands, point } from '@turf/turf';
import type { MultiPolygon, Position } from 'geojson';
import { createFrame, mmToLonLat } from '../geo/frame.ts';
import { straightWays } from '../geo/straight-way.ts';
import type { LonLat, WayFinder, Wind } from '../model.ts';
import { type ReachSource, Travel } from './travel.ts';

/** A cell (or any place) that shall be reached. */
export interface ReachPlace {
  readonly placeId: string;
  readonly position: LonLat;
  /** What it counts for: area, people, incidents. Not negative. */
  readonly weight: number;
}

export interface ReachRow {
  readonly placeId: string;
  /** Null: nobody gets there. */
  readonly arrivalS: number | null;
  readonly sourceId: string | null;
}

export interface ReachTable {
  /** In the order of the places. */
  readonly rows: readonly ReachRow[];
  /** For each limit, in its order: the share of all weight that is reached in time, 0–1. */
  readonly withinShares: readonly number[];
}

export interface ReachOptions {
  /** Null: straight. */
  readonly ways: WayFinder | null;
  readonly wind: Wind | null;
}

/** The promise of the district: one, three and five minutes. */
export const PROMISE_LIMITS_S: readonly number[] = [60, 180, 300];

/**
 * When the first drone could be at each place, and which. Sources are tried in the order of their straight times and
 * given up when none that is left could be sooner, so a place costs one or two ways.
 */
export function reachTable(
  sources: readonly ReachSource[],
  places: readonly ReachPlace[],
  options: ReachOptions,
  limitsS: readonly number[] = PROMISE_LIMITS_S,
): ReachTable {
  const travels = sources.map((source) => new Travel(source, options.wind, options.ways ?? straightWays));
  const rows = places.map((place) => firstAt(travels, place, options.ways !== null));
  const all = places.reduce((sum, place) => sum + place.weight, 0);
  const withinShares = limitsS.map((limitS) => {
    const reached = places.reduce((sum, place, i) => {
      const arrivalS = rows[i]?.arrivalS ?? Number.POSITIVE_INFINITY;
      return arrivalS <= limitS ? sum + place.weight : sum;
    }, 0);
    return all === 0 ? 0 : reached / all;
  });
  return { rows, withinShares };
}

function firstAt(travels: readonly Travel[], place: ReachPlace, hasZones: boolean): ReachRow {
  const bounds = travels
    .map((travel) => ({ travel, boundS: travel.straightS(place.position) }))
    .sort((a, b) => a.boundS - b.boundS || (a.travel.source.sourceId < b.travel.source.sourceId ? -1 : 1));
  let best: ReachRow = { placeId: place.placeId, arrivalS: null, sourceId: null };
  let bestS = Number.POSITIVE_INFINITY;
  for (const { travel, boundS } of bounds) {
    if (boundS >= bestS) break;
    const arrivalS = hasZones ? travel.arrivalS(place.position) : boundS;
    if (arrivalS >= bestS) continue;
    bestS = arrivalS;
    best = { placeId: place.placeId, arrivalS, sourceId: travel.source.sourceId };
  }
  return best;
}

const RAYS = 72;
/** Samples across the reach where zones bend it. */
const GRID_STEPS = 48;

/**
 * Everything that a source reaches within a time, as a polygon. Without zones exact on 72 rays (wind makes it an
 * off-centre oval); with zones from a grid of arrival times, off by at most about a 48th of the reach. Null: it gets
 * nowhere in that time.
 */
export function reachArea(source: ReachSource, withinS: number, options: ReachOptions): MultiPolygon | null {
  const travel = new Travel(source, options.wind, options.ways ?? straightWays);
  const frame = createFrame(source.position);
  const at = (eastM: number, northM: number): LonLat =>
    mmToLonLat(frame, { x: eastM * 1000, y: northM * 1000 });
  const ring = Array.from({ length: RAYS }, (_, i) => {
    const bearingDeg = -(360 * i) / RAYS;
    const rangeM = travel.rangeM(bearingDeg, withinS);
    const bearing = (bearingDeg * Math.PI) / 180;
    return { eastM: Math.sin(bearing) * rangeM, northM: Math.cos(bearing) * rangeM, rangeM };
  });
  if (ring.every(({ rangeM }) => rangeM <= 0)) return null;
  if (options.ways === null) {
    const positions = ring.map(({ eastM, northM }) => positionOf(at(eastM, northM)));
    return { type: 'MultiPolygon', coordinates: [[[...positions, positions[0] ?? [0, 0]]]] };
  }
  const [west, east] = spanOf(ring.map(({ eastM }) => eastM));
  const [south, north] = spanOf(ring.map(({ northM }) => northM));
  const samples = [];
  for (let row = 0; row <= GRID_STEPS; row++) {
    for (let column = 0; column <= GRID_STEPS; column++) {
      const place = at(
        west + ((east - west) * column) / GRID_STEPS,
        south + ((north - south) * row) / GRID_STEPS,
      );
      // Beyond the limit the contour does not care by how much.
      const straightS = travel.straightS(place);
      const arrivalS = straightS > withinS ? straightS : travel.arrivalS(place);
      samples.push(point(positionOf(place), { arrivalS: Math.min(arrivalS, withinS * 2) }));
    }
  }
  const bands = isobands(featureCollection(samples), [0, withinS], { zProperty: 'arrivalS' });
  const coordinates = bands.features.flatMap((band) => band.geometry.coordinates);
  return coordinates.length === 0 ? null : { type: 'MultiPolygon', coordinates };
}

/** A tenth more on each side, so that the contour closes inside the grid. */
function spanOf(values: readonly number[]): readonly [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = (high - low) / 10;
  return [low - margin, high + margin];
}

function positionOf({ lonDeg, latDeg }: LonLat): Position {
  return [lonDeg, latDeg];
}
