import type { PlanIssue } from '../model/basics.ts';
import type { PatrolDrone, PersistentRequest, PersistentSchedule, ScheduledSortie } from './model.ts';

/** What an event means for the plan, before anything is planned anew. */
export interface EventEffect {
  readonly request: PersistentRequest;
  readonly drones: readonly PatrolDrone[];
  readonly closedBaseIds: readonly string[];
  readonly readiness: ReadonlyMap<string, number>;
  /** All sorties as they are now: a flight that ended early is cut, one that must land elsewhere goes there. */
  readonly sorties: readonly ScheduledSortie[];
  readonly missed: readonly string[];
  readonly touchedCrewIds: ReadonlySet<string>;
  /** Indices of cells whose weight changed. */
  readonly touchedCells: readonly number[];
  readonly issues: readonly PlanIssue[];
}

/** The effect of nothing: what the events start from. */
export function asIs(schedule: PersistentSchedule): EventEffect {
  return {
    request: schedule.request,
    drones: schedule.drones,
    closedBaseIds: schedule.closedBaseIds,
    readiness: new Map(schedule.readiness.map((entry) => [entry.vehicleId, entry.readyS])),
    sorties: schedule.sorties,
    missed: [],
    touchedCrewIds: new Set(),
    touchedCells: [],
    issues: [],
  };
}

/** Crews that some of these drones belong to. */
export function crewsOf(schedule: PersistentSchedule, vehicleIds: readonly string[]): Set<string> {
  return new Set(
    schedule.crews
      .filter((crew) => crew.vehicleIds.some((id) => vehicleIds.includes(id)))
      .map((crew) => crew.crewId),
  );
}
