import type { MultiPolygon, Polygon } from 'geojson';
import { type Airspace, createAirspace } from '../airspace/airspace.ts';
import { allowedRegion } from '../airspace/allowed-region.ts';
import type { WhyNone } from '../airspace/why-none.ts';
import { frameOf, type LocalFrame, lonLatToMm, type PointMm, type Region } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { containsPoint } from '../geo/measure.ts';
import { offset } from '../geo/region.ts';
import type { ItemRange, LonLat, PatrolRequest, PlanIssue, PlanVehicle } from '../model.ts';
import { planIssue } from '../plan-issue.ts';

/** Where a patrol may be flown: what of the area is left, who can start, and the ways between. */
export interface PatrolSpace {
  readonly area: Polygon | MultiPolygon;
  readonly vehicles: readonly PlanVehicle[];
  /** Null: there are no zones, every way is straight. */
  readonly airspace: Airspace | null;
  readonly issues: readonly PlanIssue[];
}

/**
 * Takes the zones out of a patrol's area, and the vehicles that stand in one out of the choice.
 * @param vehicles those that are ready, nearest or not
 * @param heights lowest and highest layer that may be used
 * @returns issues alone when nothing may be flown
 */
export function patrolSpace(
  request: PatrolRequest,
  vehicles: readonly PlanVehicle[],
  heights: { readonly lowM: number; readonly highM: number },
  swathWidthM: number,
): PatrolSpace | { readonly refused: readonly PlanIssue[] } {
  const { airspace: rules, area } = request;
  if (rules === undefined || rules.zones.length === 0) return { area, vehicles, airspace: null, issues: [] };
  const origin = frameOf(area)?.origin;
  const made = createAirspace({
    zones: rules.zones,
    marginM: rules.marginM,
    verticalMarginM: rules.verticalMarginM,
    fromMs: rules.fromMs,
    untilMs: rules.untilMs,
    heightM: heights,
    datum: 'above-home',
    homeElevationAmslM: rules.homeElevationAmslM,
    elevation: null,
    // The plan's own plane: what is free here is free there.
    ...(origin === undefined ? {} : { origin }),
  });
  if (made.kind === 'refused') return { refused: made.issues };
  const { airspace } = made;
  const free = vehicles.filter((vehicle) => airspace.isFree(vehicle.position));
  const from = free[0]?.position;
  const left = allowedRegion(area, airspace, {
    cameraReachM: swathWidthM / 2,
    ...(from === undefined ? {} : { from }),
  });
  const issues = [...airspace.issues, ...left.issues];
  if (left.geometry === null) return { refused: issues };
  const shut = vehicles.filter((vehicle) => !free.includes(vehicle));
  const goal = anyPoint(left.geometry);
  const stuck = shut.flatMap((vehicle): PlanIssue[] => {
    const why = goal === null ? null : airspace.whyNone(vehicle.position, goal);
    return why === null ? [] : [free.length === 0 ? why.issue : inZone(vehicle.vehicleId, why, airspace)];
  });
  if (free.length === 0 && vehicles.length > 0) return { refused: [...issues, ...stuck] };
  return { area: left.geometry, vehicles: free, airspace, issues: [...issues, ...stuck] };
}

/** Why none of the vehicles gets to a point; null when one of them does. */
export function whyNobodyGetsThere(
  airspace: Airspace | null,
  vehicles: readonly PlanVehicle[],
  to: LonLat | undefined,
): PlanIssue | null {
  if (airspace === null || to === undefined) return null;
  let first: PlanIssue | null = null;
  for (const { position } of vehicles) {
    const why = airspace.whyNone(position, to);
    if (why === null) return null;
    first ??= why.issue;
  }
  return first;
}

/**
 * The stretches of a path that stay in the region, as item ranges: what lies between them leads round zones from one
 * part of the area to another.
 * @param firstItem the item that is the path's first point
 */
export function coverRanges(
  points: readonly LonLat[],
  region: Region,
  frame: LocalFrame,
  firstItem: number,
): ItemRange[] {
  // Points that went through degrees may lie a millimetre outside.
  const grown = offset(region, ROUNDING_MM);
  const space = new FreeSpace(grown);
  const isLegInside = (a: PointMm, b: PointMm): boolean =>
    // A leg outside crosses no border either.
    space.isVisible(a, b) && containsPoint(grown, { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const at = points.map((point) => lonLatToMm(frame, point));
  const ranges: ItemRange[] = [];
  let first = 0;
  for (let i = 1; i <= at.length; i++) {
    const isInside = i < at.length && isLegInside(at[i - 1] as PointMm, at[i] as PointMm);
    if (isInside) continue;
    // A corner on the way from part to part sees nothing that was asked for.
    if (i - 1 > first || at.length === 1) ranges.push({ first: firstItem + first, last: firstItem + i - 1 });
    first = i;
  }
  return ranges.length > 0 ? ranges : [{ first: firstItem, last: firstItem + points.length - 1 }];
}

const ROUNDING_MM = 2;

function inZone(vehicleId: string, why: WhyNone, airspace: Airspace): PlanIssue {
  const zoneId = 'zoneIds' in why ? why.zoneIds.join(', ') : '';
  const names = airspace.blocking.filter(({ zone }) => 'zoneIds' in why && why.zoneIds.includes(zone.zoneId));
  const zone = names.map((grown) => grown.zone.name || grown.zone.zoneId).join(', ');
  return planIssue(
    'plan.vehicle-in-zone',
    `${vehicleId} stands in ${zone || 'a zone'} or its margin and is left out.`,
    { vehicleId, zone, zoneId },
  );
}

function anyPoint(area: Polygon | MultiPolygon): LonLat | null {
  const [lonDeg, latDeg] =
    (area.type === 'Polygon' ? area.coordinates[0]?.[0] : area.coordinates[0]?.[0]?.[0]) ?? [];
  return lonDeg === undefined || latDeg === undefined ? null : { lonDeg, latDeg };
}
