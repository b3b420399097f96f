import type { PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';
import { idlenessBounds } from './bound.ts';
import type { Crew } from './build-rotation.ts';
import { formCrews } from './crews.ts';
import type { EventEffect } from './effect.ts';
import { type CrewState, crewState, emitSorties } from './emit.ts';
import { applyEvent } from './event-effect.ts';
import type {
  CellChange,
  CellPromise,
  CrewPattern,
  PatrolCell,
  PatrolEvent,
  PersistentSchedule,
  ReplanResult,
  ScheduledSortie,
} from './model.ts';
import { promisesOf, toPattern, worstWeighted } from './patterns.ts';
import { bestFirstSlot } from './phase.ts';
import { inOrder, unservedIssues } from './plan-persistent.ts';
import { MOST_RINGS, type Rebalanced, rebalance } from './rebalance.ts';
import { basePlaces } from './request-travel.ts';

/**
 * The schedule after something happened at `nowS`. Only the crew concerned and the crews whose cells border on its
 * cells are planned anew, from the rotations they have; everybody else's sorties stay the same objects. Flights in
 * the air go on as planned, except that of a drone that is gone, and those that were to land on a closed base.
 *
 * The result says what moved, which cells are visited less often and by how much. Bad input gives the schedule as it
 * was, with an issue. Deterministic.
 */
export function replanPersistent(
  schedule: PersistentSchedule,
  event: PatrolEvent,
  nowS: number,
): ReplanResult {
  const effect = applyEvent(schedule, event, nowS);
  if ('code' in effect) return unchanged(schedule, event, effect);
  const { request } = effect;
  const crews = formCrews(effect.drones, basePlaces(request), schedule, schedule.sharedRotations);
  const touched = new Set([...effect.touchedCrewIds, ...changedMembership(schedule, crews)]);
  const bounds = idlenessBounds({ ...request, drones: effect.drones });
  const plan = smallestChange(schedule, effect, crews, touched, bounds.densityS);
  const flown = effect.sorties;
  const begun = flown.filter((sortie) => sortie.startS < nowS || sortie.slot < 0);
  const lastSeen = lastVisits(begun);
  const patterns: CrewPattern[] = [];
  const changed = new Set<string>();
  const states = new Map<string, CrewState>();
  crews.forEach((crew) => {
    const before = schedule.crews.find((pattern) => pattern.crewId === crew.crewId);
    const c = plan.crewIds.indexOf(crew.crewId);
    if (c < 0 && before !== undefined) {
      patterns.push(before);
      return;
    }
    const next = toPattern(plan.rotation, c, crew, {
      rotationId: nextRotationId(before, crew.crewId),
      firstSlot: 0,
      firstStartS: nowS,
    });
    if (before !== undefined && sameRotation(before, next)) {
      patterns.push(before);
      return;
    }
    changed.add(crew.crewId);
    const ready = crewState({ ...next, firstStartS: nowS }, begun, effect.readiness).ready.map((entry) => ({
      ...entry,
      readyS: Math.max(nowS, entry.readyS),
    }));
    const firstStartS = Math.max(
      nowS,
      Math.min(...ready.map((entry) => entry.readyS)),
      nextOld(before, flown, nowS),
    );
    const firstSlot = bestFirstSlot(request, next, firstStartS, lastSeen);
    const pattern = { ...next, firstSlot, firstStartS };
    patterns.push(pattern);
    states.set(crew.crewId, { nextSlot: firstSlot, nextStartS: firstStartS, ready });
  });
  for (const old of schedule.crews)
    if (!crews.some((crew) => crew.crewId === old.crewId)) changed.add(old.crewId);
  const stay = flown.filter(
    (sortie) => sortie.startS < nowS || sortie.slot < 0 || !changed.has(sortie.crewId),
  );
  const added = patterns.flatMap((pattern) => {
    const state = states.get(pattern.crewId);
    return state === undefined ? [] : emitSorties(request, effect.drones, pattern, state, schedule.untilS);
  });
  const promises = promisesOf(patterns, request.cells);
  const next: PersistentSchedule = {
    request,
    drones: effect.drones,
    readiness: [...effect.readiness].map(([vehicleId, readyS]) => ({ vehicleId, readyS })),
    closedBaseIds: effect.closedBaseIds,
    sharedRotations: schedule.sharedRotations,
    crews: patterns,
    promises,
    unserved: plan.unserved,
    sorties: inOrder([...stay, ...added]),
    untilS: schedule.untilS,
    worstWeightedIdlenessS: worstWeighted(promises),
    bounds,
    issues: [...effect.issues, ...unservedIssues(plan.unserved)],
  };
  return explain(schedule, next, event, changed, effect, flown.length - stay.length, added.length, nowS);
}

/** A change that keeps the worst idleness within this of what the bound lets expect goes no further. */
const GOOD_ENOUGH = 1.06;
/** Drawing in more crews must bring at least this. */
const WORTH_MORE_CREWS = 0.98;

/**
 * New rotations for the crews concerned and their neighbours; for more crews only when that leaves the worst idleness
 * clearly higher than the change makes unavoidable (the old worst, times how much the density bound rose or fell).
 */
function smallestChange(
  schedule: PersistentSchedule,
  effect: EventEffect,
  crews: readonly Crew[],
  touched: ReadonlySet<string>,
  densityS: number,
): Rebalanced {
  const before = schedule.bounds.densityS;
  const fair = schedule.worstWeightedIdlenessS * (before > 0 ? densityS / before : 1);
  let best: Rebalanced | null = null;
  let bestWorst = Number.POSITIVE_INFINITY;
  let size = 0;
  for (let rings = 1; rings <= MOST_RINGS + 1; rings++) {
    const plan = rebalance(schedule, effect.request, crews, touched, rings);
    const worst = worstOf(schedule, effect.request.cells, plan, crews);
    if (best === null || worst < bestWorst * WORTH_MORE_CREWS) {
      best = plan;
      bestWorst = worst;
    }
    const grew = plan.crewIds.length > size;
    size = plan.crewIds.length;
    if (bestWorst <= fair * GOOD_ENOUGH || size === crews.length || !grew) break;
  }
  return best as Rebalanced;
}

function worstOf(
  schedule: PersistentSchedule,
  cells: readonly PatrolCell[],
  plan: Rebalanced,
  crews: readonly Crew[],
): number {
  const patterns = crews.flatMap((crew) => {
    const c = plan.crewIds.indexOf(crew.crewId);
    if (c < 0) return schedule.crews.filter((pattern) => pattern.crewId === crew.crewId);
    return [toPattern(plan.rotation, c, crew, { rotationId: '', firstSlot: 0, firstStartS: 0 })];
  });
  return worstWeighted(promisesOf(patterns, cells));
}

/** Crews that are new, gone, or have other drones than before. */
function changedMembership(schedule: PersistentSchedule, crews: readonly Crew[]): string[] {
  const before = new Map(schedule.crews.map((crew) => [crew.crewId, crew.vehicleIds.join('\n')]));
  const now = new Map(
    crews.map((crew) => [crew.crewId, crew.drones.map((drone) => drone.vehicleId).join('\n')]),
  );
  return [...new Set([...before.keys(), ...now.keys()])].filter((id) => before.get(id) !== now.get(id));
}

/** The start that a crew's old rotation had planned next: keeping it keeps the spacing to the flights under way. */
function nextOld(before: CrewPattern | undefined, flown: readonly ScheduledSortie[], nowS: number): number {
  if (before === undefined) return nowS;
  const next = flown.find((sortie) => sortie.rotationId === before.rotationId && sortie.startS >= nowS);
  return next?.startS ?? nowS;
}

function nextRotationId(before: CrewPattern | undefined, crewId: string): string {
  const version = before === undefined ? 0 : Number(before.rotationId.split('#').pop());
  return `${crewId}#${(Number.isFinite(version) ? version : 0) + 1}`;
}

function sameRotation(a: CrewPattern, b: CrewPattern): boolean {
  return (
    a.frames === b.frames &&
    a.groups === b.groups &&
    Math.abs(a.cycleS - b.cycleS) < 1e-6 &&
    a.vehicleIds.join('\n') === b.vehicleIds.join('\n') &&
    a.segments.every((segment, k) => segment.join() === b.segments[k]?.join())
  );
}

/** When each cell was, or by a flight in the air will be, seen last. */
function lastVisits(sorties: readonly ScheduledSortie[]): Map<string, number> {
  const seen = new Map<string, number>();
  for (const sortie of sorties) {
    for (const visit of sortie.visits) {
      seen.set(visit.cellId, Math.max(seen.get(visit.cellId) ?? Number.NEGATIVE_INFINITY, visit.leaveS));
    }
  }
  return seen;
}

function explain(
  before: PersistentSchedule,
  after: PersistentSchedule,
  event: PatrolEvent,
  changed: ReadonlySet<string>,
  effect: EventEffect,
  dropped: number,
  added: number,
  nowS: number,
): ReplanResult {
  const then = new Map(before.promises.map((promise) => [promise.cellId, promise]));
  const now = new Map(after.promises.map((promise) => [promise.cellId, promise]));
  const changes = after.request.cells.map((cell) =>
    change(cell.cellId, then.get(cell.cellId), now.get(cell.cellId)),
  );
  const factor = (entry: CellChange): number =>
    entry.afterS === null ? Number.POSITIVE_INFINITY : entry.afterS / (entry.beforeS ?? entry.afterS);
  const worse = changes
    .filter((entry) => entry.beforeS !== null && factor(entry) > 1.01)
    .sort((a, b) => factor(b) - factor(a) || (a.cellId < b.cellId ? -1 : 1));
  const better = changes.filter((entry) => entry.beforeS === null || factor(entry) < 0.99);
  const issues: PlanIssue[] = [...after.issues];
  const worst = worse[0];
  if (worst !== undefined) {
    issues.push(
      planIssue(
        'plan.persistent-worse',
        `${worse.length} cells are visited less often now; the most changed, ${worst.cellId}, every ${minutes(worst.afterS)} min in place of every ${minutes(worst.beforeS)} min.`,
        {
          cells: worse.length,
          cellId: worst.cellId,
          beforeMin: minutes(worst.beforeS),
          afterMin: minutes(worst.afterS),
        },
      ),
    );
  }
  return {
    schedule: { ...after, issues },
    event,
    changedCrewIds: [...changed].sort(),
    moved: changes.filter((entry) => entry.fromCrewId !== entry.toCrewId),
    worse,
    better,
    missed: effect.missed,
    sortiesDropped: dropped,
    sortiesKept: after.sorties.filter((sortie) => sortie.startS >= nowS).length - added,
    sortiesAdded: added,
    issues,
  };
}

function change(cellId: string, before: CellPromise | undefined, after: CellPromise | undefined): CellChange {
  return {
    cellId,
    fromCrewId: before?.crewId ?? null,
    toCrewId: after?.crewId ?? null,
    beforeS: before?.intervalS ?? null,
    afterS: after?.intervalS ?? null,
  };
}

function minutes(seconds: number | null): number {
  return Math.round((seconds ?? 0) / 6) / 10;
}

function unchanged(schedule: PersistentSchedule, event: PatrolEvent, issue: PlanIssue): ReplanResult {
  return {
    schedule,
    event,
    changedCrewIds: [],
    moved: [],
    worse: [],
    better: [],
    missed: [],
    sortiesDropped: 0,
    sortiesKept: schedule.sorties.length,
    sortiesAdded: 0,
    issues: [issue],
  };
}
