import type { MultiPolygon, Polygon } from 'geojson';
import { createFrame, frameOf, type LocalFrame, lonLatToMm, mmToLonLat, type Region } from '../geo/frame.ts';
import { lengthMm } from '../geo/measure.ts';
import { cleanPolygons, difference, offset, unionAll } from '../geo/region.ts';
import { straightWay } from '../geo/straight-way.ts';
import type { AirspaceZone, FreeWay, LonLat, PlanIssue, WayFinder } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { checkZones } from './check-zones.ts';
import { geometryFault } from './geometry-fault.ts';
import { type GrownZone, growZone, ROUNDING_MM } from './grown-zone.ts';
import { ObstacleWays } from './obstacle-ways.ts';
import { type AirspaceRequest, checkAirspaceRequest, marginOf } from './request.ts';
import { VersionHash } from './version.ts';
import { isPosition, type WhyNone, whyNone } from './why-none.ts';
import { zonesInForce } from './zones-in-force.ts';

/**
 * Airspace at one range of heights during one span of time. Ways are the shortest in the plane round all zones with
 * their margins (corners mitred), exact to a few millimetres; what has been found out about the plane stays cached, so
 * keep the object as long as its `version` is current.
 */
export interface Airspace extends WayFinder {
  /** Equal for equal obstacles, boundary and privacy zones: 16 hexadecimal digits. */
  readonly version: string;
  readonly frame: LocalFrame;
  readonly blocking: readonly GrownZone[];
  readonly privacy: readonly GrownZone[];
  /** The blocking zones with their margins, as one region. */
  readonly obstacles: Region;
  /** The boundary less its margin; null: none. */
  readonly boundary: Region | null;
  /** Findings that do not stop planning: zones of undecided height, zones without effect. */
  readonly issues: readonly PlanIssue[];
  isFree(point: LonLat): boolean;
  /** True when the straight way is free. */
  isStraightFree(from: LonLat, to: LonLat): boolean;
  way(from: LonLat, to: LonLat): FreeWay | null;
  /** Why `way` gives null, and what to do about it; null when there is a way. */
  whyNone(from: LonLat, to: LonLat): WhyNone | null;
}

export type AirspaceResult =
  | { readonly kind: 'ready'; readonly airspace: Airspace }
  /** Nothing may be planned on airspace that was not understood. */
  | { readonly kind: 'refused'; readonly issues: readonly PlanIssue[] };

/** The walls lie this far behind the border that ways follow. */
const WALL_DEPTH_MM = 2;

/** Airspace from zones, for one range of heights and one span of time. */
export function createAirspace(request: AirspaceRequest): AirspaceResult {
  const findings = [
    ...checkAirspaceRequest(request),
    ...checkZones(request.zones),
    ...boundaryFault(request),
  ];
  if (findings.some((issue) => issue.severity === 'error')) return { kind: 'refused', issues: findings };
  const inForce = zonesInForce(request);
  const frame = frameFor(request);
  const grown = (zone: AirspaceZone): GrownZone => growZone(frame, zone, marginOf(request, zone.kind));
  const blocking = inForce.blocking.map(grown);
  const privacy = inForce.privacy.map(grown);
  const obstacles = unionAll(blocking.flatMap((zone) => zone.region));
  const boundary = boundaryOf(request, frame);
  if (boundary !== null && boundary.length === 0) {
    const marginM = marginOf(request, 'boundary');
    findings.push(
      planIssue(
        'airspace.no-room',
        `The boundary leaves no room when ${marginM} m are kept from it; lower the margin.`,
        { marginM },
      ),
    );
    return { kind: 'refused', issues: findings };
  }
  return {
    kind: 'ready',
    airspace: airspaceOf(frame, blocking, privacy, obstacles, boundary, [...findings, ...inForce.issues]),
  };
}

function airspaceOf(
  frame: LocalFrame,
  blocking: readonly GrownZone[],
  privacy: readonly GrownZone[],
  obstacles: Region,
  boundary: Region | null,
  issues: readonly PlanIssue[],
): Airspace {
  const free = boundary === null ? null : difference(boundary, obstacles);
  const ways = new ObstacleWays(
    free === null
      ? {
          corners: obstacles.map((ring) => ring.toReversed()),
          walls: offset(obstacles, -WALL_DEPTH_MM),
          unbounded: true,
        }
      : { corners: free, walls: offset(free, WALL_DEPTH_MM), unbounded: false },
  );
  const toMm = (p: LonLat) => lonLatToMm(frame, p);
  const empty = obstacles.length === 0 && free === null;
  const way = (from: LonLat, to: LonLat): FreeWay | null => {
    if (!isPosition(from) || !isPosition(to)) return null;
    // Without obstacles there may be no plane of the district either.
    if (empty) return straightWay(from, to);
    const found = ways.way(toMm(from), toMm(to));
    if (found === null) return null;
    const inner = found.slice(1, -1).map((p) => mmToLonLat(frame, p));
    return { points: [from, ...inner, to], lengthM: lengthMm(found) / 1000 };
  };
  return {
    version: versionOf(frame, obstacles, boundary, privacy),
    frame,
    blocking,
    privacy,
    obstacles,
    boundary,
    issues,
    isFree: (point) => isPosition(point) && ways.isFree(toMm(point)),
    isStraightFree: (from, to) =>
      isPosition(from) &&
      isPosition(to) &&
      ways.isFree(toMm(from)) &&
      ways.isFree(toMm(to)) &&
      ways.isVisible(toMm(from), toMm(to)),
    way,
    whyNone: (from, to) =>
      way(from, to) === null ? whyNone({ frame, blocking, obstacles, boundary, ways }, from, to) : null,
  };
}

function boundaryFault(request: AirspaceRequest): PlanIssue[] {
  const { boundary } = request;
  const reason = boundary === undefined || boundary === null ? null : geometryFault(boundary);
  if (reason === null) return [];
  return [planIssue('airspace.bad-boundary', `The boundary cannot be used: it ${reason}.`, { reason })];
}

function boundaryOf(request: AirspaceRequest, frame: LocalFrame): Region | null {
  const { boundary } = request;
  if (boundary === undefined || boundary === null) return null;
  return offset(cleanPolygons(frame, boundary), -(marginOf(request, 'boundary') * 1000 + ROUNDING_MM));
}

function frameFor(request: AirspaceRequest): LocalFrame {
  if (request.origin !== undefined) return createFrame(request.origin);
  const ofBoundary =
    request.boundary === undefined || request.boundary === null ? null : frameOf(request.boundary);
  if (ofBoundary !== null) return ofBoundary;
  const all: MultiPolygon = {
    type: 'MultiPolygon',
    coordinates: request.zones.flatMap(({ geometry }: { geometry: Polygon | MultiPolygon }) =>
      geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates,
    ),
  };
  return frameOf(all) ?? createFrame({ lonDeg: 0, latDeg: 0 });
}

function versionOf(
  frame: LocalFrame,
  obstacles: Region,
  boundary: Region | null,
  privacy: readonly GrownZone[],
): string {
  const hash = new VersionHash().add(frame.origin.lonDeg * 1e7).add(frame.origin.latDeg * 1e7);
  const addRegion = (name: string, region: Region): void => {
    hash.addText(name).add(region.length);
    for (const ring of region) {
      hash.add(ring.length);
      for (const p of ring) hash.add(p.x).add(p.y);
    }
  };
  addRegion('obstacles', obstacles);
  if (boundary !== null) addRegion('boundary', boundary);
  for (const { region } of privacy) addRegion('privacy', region);
  return hash.digest();
}
