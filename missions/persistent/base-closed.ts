import type { Base } from '../model/airspace.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';
import { positionAt, waypointsUntil } from './cut-short.ts';
import { asIs, crewsOf, type EventEffect } from './effect.ts';
import type { PatrolDrone, PersistentSchedule, ScheduledSortie, SortieWaypoint } from './model.ts';
import { basePlaces } from './request-travel.ts';
import { writeSortie } from './sortie.ts';
import { createTravel, type Travel } from './travel.ts';

/**
 * A base can be used no longer. Each of its drones moves to the nearest open base with a free pad: one on the ground
 * flies over as soon as it is charged for it, one in the air visits as many of its cells as leave it enough to get
 * there. A drone for which there is no base in reach leaves the schedule, with an error that says so.
 */
export function moveFromBase(
  schedule: PersistentSchedule,
  baseId: string,
  nowS: number,
): EventEffect | PlanIssue {
  const closing = schedule.request.bases.find((base) => base.baseId === baseId);
  if (closing === undefined || schedule.closedBaseIds.includes(baseId)) {
    return planIssue('plan.bad-request', `Base ${baseId} is not among the open bases.`, {
      field: 'baseId',
      value: baseId,
    });
  }
  const closedBaseIds = [...schedule.closedBaseIds, baseId];
  const free = new Map<string, number>();
  for (const base of schedule.request.bases) {
    if (closedBaseIds.includes(base.baseId)) continue;
    const standing = schedule.drones.filter((drone) => drone.baseId === base.baseId).length;
    free.set(base.baseId, base.pads - standing);
  }
  let sorties = [...schedule.sorties];
  const drones: PatrolDrone[] = [];
  const moved: string[] = [];
  const missed: string[] = [];
  const issues: PlanIssue[] = [];
  const receiving = new Set<string>();
  for (const drone of schedule.drones) {
    if (drone.baseId !== baseId) {
      drones.push(drone);
      continue;
    }
    moved.push(drone.vehicleId);
    const own = sorties.filter((sortie) => sortie.vehicleId === drone.vehicleId);
    sorties = sorties.filter((sortie) => sortie.vehicleId !== drone.vehicleId || sortie.startS < nowS);
    const last = own.filter((sortie) => sortie.startS < nowS).pop() ?? null;
    const options = schedule.request.bases.filter((base) => (free.get(base.baseId) ?? 0) > 0);
    const move =
      last !== null && last.backS > nowS
        ? divert(schedule, drone, last, options, nowS)
        : ferry(schedule, drone, last, options, nowS);
    if (move === null) {
      issues.push(
        planIssue(
          'plan.persistent-no-pad',
          `${drone.vehicleId} has no open base with a free pad in reach of its battery; land it by hand and free a pad.`,
          { vehicleId: drone.vehicleId, baseId },
        ),
      );
      continue;
    }
    free.set(move.baseId, (free.get(move.baseId) ?? 0) - 1);
    receiving.add(move.baseId);
    drones.push({ ...drone, baseId: move.baseId });
    missed.push(...move.missed);
    sorties = [...sorties.filter((sortie) => sortie.sortieId !== move.sortie.sortieId), move.sortie];
  }
  const touched = crewsOf(schedule, moved);
  for (const crew of schedule.crews) if (receiving.has(crew.baseId)) touched.add(crew.crewId);
  for (const id of receiving) touched.add(id);
  const start = asIs(schedule);
  return { ...start, drones, closedBaseIds, sorties, missed, touchedCrewIds: touched, issues };
}

interface Move {
  readonly baseId: string;
  readonly sortie: ScheduledSortie;
  readonly missed: readonly string[];
}

/** From the ground: once the battery, as charged so far, is enough for the way. */
function ferry(
  schedule: PersistentSchedule,
  drone: PatrolDrone,
  last: ScheduledSortie | null,
  options: readonly Base[],
  nowS: number,
): Move | null {
  const places = basePlaces(schedule.request);
  const travel = createTravel(
    schedule.request.bases.map((base) => base.position),
    schedule.request.ways,
  );
  const first = 2 * schedule.request.cells.length;
  const from = (places.get(drone.baseId) ?? first) - first;
  const nearest = options
    .map((base) => ({ base, metres: travel.metres(from, (places.get(base.baseId) ?? first) - first) }))
    .sort((a, b) => a.metres - b.metres || (a.base.baseId < b.base.baseId ? -1 : 1))[0];
  if (nearest === undefined) return null;
  const need = (nearest.metres / drone.cruiseSpeedMps + drone.launchS + drone.landS) / drone.enduranceS;
  if (!(need <= 1)) return null;
  const fullS = last?.chargeUntilS ?? nowS;
  const chargedAt = (atS: number): number =>
    drone.rechargeS === 0 ? (atS >= fullS ? 1 : 0) : Math.min(1, 1 - (fullS - atS) / drone.rechargeS);
  const startS = chargedAt(nowS) >= need ? nowS : fullS - (1 - need) * drone.rechargeS;
  const sortie = writeSortie(schedule.request, drone, {
    crew: { crewId: nearest.base.baseId, rotationId: 'ferry' },
    slot: -1,
    fromBaseId: drone.baseId,
    toBaseId: nearest.base.baseId,
    codes: [],
    startS,
    end: 'planned',
    chargedFraction: Math.max(need, Math.min(1, chargedAt(startS))),
  });
  return { baseId: nearest.base.baseId, sortie, missed: [] };
}

/** From the air: after as many of the visits ahead as the battery allows, the farthest-going option first. */
function divert(
  schedule: PersistentSchedule,
  drone: PatrolDrone,
  flight: ScheduledSortie,
  options: readonly Base[],
  nowS: number,
): Move | null {
  const done = flight.visits.filter((visit) => visit.leaveS <= nowS).length;
  for (let visits = flight.visits.length; visits >= done; visits--) {
    const leaveS = visits === done ? nowS : (flight.visits[visits - 1]?.leaveS ?? nowS);
    const from = positionAt(flight, leaveS);
    const travel: Travel = createTravel(
      [from, ...options.map((base) => base.position)],
      schedule.request.ways,
    );
    const nearest = options
      .map((base, k) => ({ base, k, metres: travel.metres(0, k + 1) }))
      .sort((a, b) => a.metres - b.metres || (a.base.baseId < b.base.baseId ? -1 : 1))[0];
    if (nearest === undefined) return null;
    const arriveS = leaveS + nearest.metres / drone.cruiseSpeedMps;
    const backS = arriveS + drone.landS;
    if (!(backS - flight.startS <= drone.enduranceS)) continue;
    const kept = flight.visits.slice(0, visits);
    const usedFraction = (backS - flight.startS) / drone.enduranceS;
    const before = waypointsUntil(flight, leaveS);
    const goneM = flight.waypoints.length === 0 ? 0 : lengthShare(flight, leaveS);
    const corners = travel.corners(0, nearest.k + 1).map(
      (corner): SortieWaypoint => ({
        position: corner,
        arriveS: cornerTime(from, corner, nearest.base.position, leaveS, arriveS),
        leaveS: cornerTime(from, corner, nearest.base.position, leaveS, arriveS),
        cellId: null,
      }),
    );
    return {
      baseId: nearest.base.baseId,
      missed: flight.visits.slice(visits).map((visit) => visit.cellId),
      sortie: {
        ...flight,
        toBaseId: nearest.base.baseId,
        offStationS: kept[kept.length - 1]?.leaveS ?? leaveS,
        backS,
        chargeUntilS: backS + drone.turnaroundS + usedFraction * drone.rechargeS,
        lengthM: goneM + nearest.metres,
        usedFraction,
        visits: kept,
        waypoints: [
          ...before,
          ...corners,
          { position: nearest.base.position, arriveS, leaveS: backS, cellId: null },
        ],
        end: 'diverted',
      },
    };
  }
  return null;
}

function lengthShare(flight: ScheduledSortie, untilS: number): number {
  return flight.lengthM * ((untilS - flight.startS) / (flight.backS - flight.startS));
}

function cornerTime(from: LonLat, corner: LonLat, to: LonLat, startS: number, endS: number): number {
  const a = Math.hypot(corner.lonDeg - from.lonDeg, corner.latDeg - from.latDeg);
  const b = Math.hypot(to.lonDeg - corner.lonDeg, to.latDeg - corner.latDeg);
  return startS + (a + b === 0 ? 0 : a / (a + b)) * (endS - startS);
}
