import type { MultiPolygon, Polygon } from 'geojson';
import { createFrame, frameOf } from '../geo/frame.ts';
import { cleanPolygons, intersect } from '../geo/region.ts';
import type { AirspaceZone, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { checkZones } from './check-zones.ts';
import { geometryFault } from './geometry-fault.ts';
import { boxesMeet, growZone } from './grown-zone.ts';
import { type AirspaceRequest, checkAirspaceRequest, heightsOf, marginOf } from './request.ts';
import { type HeightRange, isActive, zoneRange } from './zone-heights.ts';
import { undecided } from './zones-in-force.ts';

/** A zone that takes heights away. `undecided`: its heights cannot be compared, so it takes all of them. */
export interface HeightLimit {
  readonly zoneId: string;
  readonly effect: 'keeps-out' | 'keeps-between' | 'undecided';
}

export interface AllowedHeights {
  /** Heights at which the whole area may be flown, lowest first, in the request's datum. */
  readonly bands: readonly HeightRange[];
  readonly limits: readonly HeightLimit[];
  readonly issues: readonly PlanIssue[];
}

/** Heights are told apart by this much: next to a no-fly zone the band ends so far from it. */
const HEIGHT_STEP_M = 0.1;

/**
 * Heights at which all of an area may be flown over, within the range that `request.heightM` names. Where only a part
 * of the area lies in a no-fly zone, flying round it (`allowedRegion`) is the other answer.
 */
export function allowedHeights(
  area: Polygon | MultiPolygon,
  request: Omit<AirspaceRequest, 'boundary'>,
): AllowedHeights {
  const reason = geometryFault(area);
  const findings = [...checkAirspaceRequest(request), ...checkZones(request.zones)];
  if (reason !== null)
    findings.push(planIssue('plan.bad-area', `The area cannot be read: it ${reason}.`, { reason }));
  if (findings.some((issue) => issue.severity === 'error'))
    return { bands: [], limits: [], issues: findings };
  const frame = frameOf(area) ?? createFrame({ lonDeg: 0, latDeg: 0 });
  const whole = cleanPolygons(frame, area);
  const touches = (zone: AirspaceZone): boolean => {
    const { region } = growZone(frame, zone, marginOf(request, zone.kind));
    return boxesMeet(region, whole) && intersect(region, whole).length > 0;
  };
  let bands: HeightRange[] = [heightsOf(request)];
  const limits: HeightLimit[] = [];
  for (const zone of request.zones) {
    if (zone.kind === 'privacy' || !isActive(zone, request.fromMs, request.untilMs) || !touches(zone))
      continue;
    const range = zoneRange(zone, request.datum, request);
    const margin = request.verticalMarginM ?? 0;
    if (range === null) {
      bands = [];
      limits.push({ zoneId: zone.zoneId, effect: 'undecided' });
      findings.push(undecided(zone, request.datum));
    } else if (zone.kind === 'altitude') {
      if (range.floor === null && range.ceiling === null) continue;
      bands = keep(bands, {
        lowM: range.floor === null ? Number.NEGATIVE_INFINITY : range.floor.highM + margin,
        highM: range.ceiling === null ? Number.POSITIVE_INFINITY : range.ceiling.lowM - margin,
      });
      limits.push({ zoneId: zone.zoneId, effect: 'keeps-between' });
    } else {
      bands = takeAway(bands, {
        lowM: range.floor === null ? Number.NEGATIVE_INFINITY : range.floor.lowM - margin,
        highM: range.ceiling === null ? Number.POSITIVE_INFINITY : range.ceiling.highM + margin,
      });
      limits.push({ zoneId: zone.zoneId, effect: 'keeps-out' });
    }
  }
  if (bands.length === 0) {
    findings.push(
      planIssue(
        'airspace.no-height',
        'There is no height at which all of the area may be flown over. Choose another height range or leave the zones out of the area.',
        { zoneIds: limits.map((limit) => limit.zoneId).join(', ') },
      ),
    );
  }
  return { bands, limits, issues: findings };
}

function keep(bands: readonly HeightRange[], range: HeightRange): HeightRange[] {
  return bands
    .map((band) => ({ lowM: Math.max(band.lowM, range.lowM), highM: Math.min(band.highM, range.highM) }))
    .filter((band) => band.lowM <= band.highM);
}

function takeAway(bands: readonly HeightRange[], range: HeightRange): HeightRange[] {
  return bands
    .flatMap((band) => {
      if (range.highM < band.lowM || range.lowM > band.highM) return [band];
      return [
        { lowM: band.lowM, highM: range.lowM - HEIGHT_STEP_M },
        { lowM: range.highM + HEIGHT_STEP_M, highM: band.highM },
      ];
    })
    .filter((band) => band.lowM <= band.highM);
}
