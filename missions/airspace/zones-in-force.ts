import type { AirspaceZone, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { nameOf } from './check-zones.ts';
import { type AirspaceRequest, heightsOf } from './request.ts';
import { effectOf, isActive } from './zone-heights.ts';

export interface ZonesInForce {
  /** Zones that nobody may enter at these heights and times. */
  readonly blocking: readonly AirspaceZone[];
  /** Zones that no camera may look into from there. */
  readonly privacy: readonly AirspaceZone[];
  /** Of both, those whose heights could not be compared: taken as blocking, and said in `issues`. */
  readonly undecidedIds: readonly string[];
  readonly issues: readonly PlanIssue[];
}

/** Which of the zones matter to a flight. They must have passed `checkZones`. */
export function zonesInForce(
  request: Pick<
    AirspaceRequest,
    | 'zones'
    | 'fromMs'
    | 'untilMs'
    | 'heightM'
    | 'datum'
    | 'verticalMarginM'
    | 'homeElevationAmslM'
    | 'elevation'
  >,
): ZonesInForce {
  const blocking: AirspaceZone[] = [];
  const privacy: AirspaceZone[] = [];
  const undecidedIds: string[] = [];
  const issues: PlanIssue[] = [];
  const heights = heightsOf(request);
  for (const zone of request.zones) {
    if (!isActive(zone, request.fromMs, request.untilMs)) continue;
    const effect = effectOf(zone, heights, request.datum, request.verticalMarginM ?? 0, request);
    if (effect.kind === 'clear') continue;
    (zone.kind === 'privacy' ? privacy : blocking).push(zone);
    if (effect.kind === 'undecided') {
      undecidedIds.push(zone.zoneId);
      issues.push(undecided(zone, request.datum));
    }
  }
  return { blocking, privacy, undecidedIds, issues };
}

/** Says that a zone's heights could not be compared with the flight's. */
export function undecided(zone: AirspaceZone, flightDatum: string): PlanIssue {
  return planIssue(
    'airspace.datum-undecided',
    `The heights of ${nameOf(zone)} (${zone.datum}) cannot be compared with heights ${flightDatum}: the home's elevation or the ground there is not known. The zone is kept out of at every height.`,
    { zoneId: zone.zoneId, datum: zone.datum, flightDatum },
  );
}
