import type { LonLat } from '../model/basics.ts';
import type { ScheduledSortie, SortieWaypoint } from './model.ts';

/** A flight as it was until `nowS`, for a drone that left the schedule then. Cells not finished are not visited. */
export function cutShort(sortie: ScheduledSortie, nowS: number, end: 'lost' | 'taken'): ScheduledSortie {
  const visits = sortie.visits.filter((visit) => visit.leaveS <= nowS);
  const waypoints = waypointsUntil(sortie, nowS);
  return {
    ...sortie,
    toBaseId: null,
    backS: nowS,
    onStationS: Math.min(nowS, sortie.onStationS),
    offStationS: visits[visits.length - 1]?.leaveS ?? Math.min(nowS, sortie.onStationS),
    // Nothing is known of its battery: it comes back with `drone-back`, which says when it is ready.
    chargeUntilS: nowS,
    lengthM: sortie.lengthM * ((nowS - sortie.startS) / (sortie.backS - sortie.startS)),
    usedFraction: sortie.usedFraction * ((nowS - sortie.startS) / (sortie.backS - sortie.startS)),
    visits,
    waypoints,
    end,
  };
}

/** Way points passed before `nowS`, and the place where the drone is then. */
export function waypointsUntil(sortie: ScheduledSortie, nowS: number): SortieWaypoint[] {
  const passed: SortieWaypoint[] = [];
  for (const point of sortie.waypoints) {
    if (point.leaveS > nowS) {
      if (point.arriveS <= nowS) passed.push({ ...point, leaveS: nowS });
      else passed.push({ position: positionAt(sortie, nowS), arriveS: nowS, leaveS: nowS, cellId: null });
      break;
    }
    passed.push(point);
  }
  return passed;
}

/** Where the drone of a flight is at a time; between way points on the straight line at even speed. */
export function positionAt(sortie: ScheduledSortie, atS: number): LonLat {
  let before = sortie.waypoints[0] as SortieWaypoint;
  for (const point of sortie.waypoints) {
    if (point.arriveS > atS) {
      const span = point.arriveS - before.leaveS;
      const share = span <= 0 ? 1 : Math.max(0, Math.min(1, (atS - before.leaveS) / span));
      return {
        lonDeg: before.position.lonDeg + (point.position.lonDeg - before.position.lonDeg) * share,
        latDeg: before.position.latDeg + (point.position.latDeg - before.position.latDeg) * share,
      };
    }
    before = point;
  }
  return before.position;
}
