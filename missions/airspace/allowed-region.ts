import type { MultiPolygon, Polygon } from 'geojson';
import { mmToLonLat, type Region } from '../geo/frame.ts';
import { interiorPoint } from '../geo/measure.ts';
import {
  areaM2,
  cleanPolygons,
  difference,
  intersect,
  offset,
  partsOf,
  regionOf,
  regionToGeometry,
  unionAll,
} from '../geo/region.ts';
import type { LonLat, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import type { Airspace } from './airspace.ts';
import { geometryFault } from './geometry-fault.ts';
import { boxesMeet } from './grown-zone.ts';

export interface AllowedRegionOptions {
  /** Where the aircraft comes from; default: the largest part of what is left. */
  readonly from?: LonLat;
  /**
   * How far to the side of the aircraft the camera sees, metres (half a swath). Privacy zones are kept out of by this
   * much more than their margin, so that no picture shows them. Default 0.
   */
  readonly cameraReachM?: number;
}

/** What a zone took from an area. */
export interface RemovedPiece {
  readonly zoneId: string;
  readonly areaM2: number;
}

/** A part of the area that may be flown in, but that no way leads to. */
export interface UnreachablePart {
  readonly geometry: Polygon | MultiPolygon;
  readonly areaM2: number;
  readonly issue: PlanIssue;
}

export interface AllowedRegion {
  /** What can be covered: inside it flight is free, and every point of it can be reached. Null: nothing is left. */
  readonly geometry: Polygon | MultiPolygon | null;
  readonly areaM2: number;
  readonly removed: readonly RemovedPiece[];
  readonly unreachable: readonly UnreachablePart[];
  readonly issues: readonly PlanIssue[];
}

/**
 * Kept from the zones' margins on top: the result goes through degrees into another plane and back to `way`, and its
 * border must still be free there.
 */
const BORDER_MM = 8;
/** Less than this is what rounding leaves between zones that touch, not a place to fly to. */
const LEAST_PART_M2 = 0.05;

/** An area less the zones (with their margins) and less what may not be looked at, ready for `planCoverage`. */
export function allowedRegion(
  area: Polygon | MultiPolygon,
  airspace: Airspace,
  options: AllowedRegionOptions = {},
): AllowedRegion {
  const reason = geometryFault(area);
  if (reason !== null) {
    return nothing([planIssue('plan.bad-area', `The area cannot be read: it ${reason}.`, { reason })]);
  }
  const { frame } = airspace;
  const whole = cleanPolygons(frame, area);
  const reachMm = (options.cameraReachM ?? 0) * 1000;
  const takers = [
    ...airspace.blocking.map(({ zone, region }) => ({ zone, region: offset(region, BORDER_MM) })),
    ...airspace.privacy.map(({ zone, region }) => ({ zone, region: offset(region, BORDER_MM + reachMm) })),
  ].filter(({ region }) => boxesMeet(region, whole));
  const inBoundary =
    airspace.boundary === null ? whole : intersect(whole, offset(airspace.boundary, -BORDER_MM));
  const left = difference(inBoundary, unionAll(takers.flatMap(({ region }) => region)));
  const removed = takers
    .map(({ zone, region }) => ({ zoneId: zone.zoneId, areaM2: round(areaM2(intersect(whole, region))) }))
    .filter((piece) => piece.areaM2 > 0);
  return judgeParts(airspace, whole, left, removed, options.from ?? null);
}

function judgeParts(
  airspace: Airspace,
  whole: Region,
  left: Region,
  removed: readonly RemovedPiece[],
  start: LonLat | null,
): AllowedRegion {
  const { frame } = airspace;
  const parts = partsOf(left)
    .map(regionOf)
    .filter((part) => areaM2(part) >= LEAST_PART_M2);
  const places = parts.map((part) => {
    const p = interiorPoint(part);
    return p === null ? null : mmToLonLat(frame, { x: Math.round(p.x), y: Math.round(p.y) });
  });
  const from = start ?? places[0] ?? null;
  const reachable: Region[] = [];
  const unreachable: UnreachablePart[] = [];
  parts.forEach((part, i) => {
    const place = places[i] ?? null;
    const why = from === null || place === null ? null : airspace.whyNone(from, place);
    const geometry = regionToGeometry(frame, part);
    if (geometry === null) return;
    if (why === null) reachable.push(part);
    else {
      const sizeM2 = round(areaM2(part));
      const issue = planIssue(
        'airspace.part-unreachable',
        `A part of ${Math.round(sizeM2)} m² cannot be reached: ${why.issue.message}`,
        { areaM2: sizeM2, reason: why.issue.code },
      );
      unreachable.push({ geometry, areaM2: sizeM2, issue });
    }
  });
  const kept = reachable.flat();
  const issues = unreachable.map((part) => part.issue);
  const keptM2 = round(areaM2(kept));
  const takenM2 = round(areaM2(whole) - areaM2(left));
  const zoneIds = removed.map((piece) => piece.zoneId).join(', ');
  if (kept.length === 0) {
    issues.unshift(
      planIssue(
        'airspace.area-blocked',
        'Nothing of the area is left to fly over: zones, their margins or the boundary take all of it, or no way leads to the rest.',
        { zoneIds },
      ),
    );
  } else if (removed.length > 0) {
    issues.unshift(
      planIssue(
        'airspace.area-reduced',
        `${Math.round(takenM2)} m² of the area are left out for ${removed.length} zone${removed.length === 1 ? '' : 's'}.`,
        { areaM2: takenM2, zoneIds },
      ),
    );
  }
  return {
    geometry: regionToGeometry(frame, kept),
    areaM2: keptM2,
    removed,
    unreachable,
    issues,
  };
}

function nothing(issues: readonly PlanIssue[]): AllowedRegion {
  return { geometry: null, areaM2: 0, removed: [], unreachable: [], issues };
}

function round(m2: number): number {
  return Math.round(m2 * 10) / 10;
}
