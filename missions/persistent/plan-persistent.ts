import type { PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';
import { idlenessBounds } from './bound.ts';
import { aloneS } from './budget.ts';
import { buildRotation } from './build-rotation.ts';
import { checkPersistent } from './check-persistent.ts';
import { formCrews } from './crews.ts';
import { crewState, emitSorties } from './emit.ts';
import type { PersistentRequest, PersistentSchedule, ScheduledSortie, UnservedCell } from './model.ts';
import { promisesOf, toPattern, worstWeighted } from './patterns.ts';
import { basePlaces, travelOf } from './request-travel.ts';
import type { CrewNumbers, Rotation } from './rotation.ts';

const STEPS_PER_CELL = 600;
const LEAST_STEPS = 300_000;

/**
 * A round-the-clock patrol: which drone flies which sortie when, so that the worst weighted time since the last visit
 * stays as low as it can.
 *
 * Drones of one base and type share a rotation of equal slots (rotation.ts); the search (search.ts) cuts the cells
 * into sorties that fit a battery, balances all crews against each other and brings heavier cells back at equal
 * spacing, 2, 4 … times as often. Deterministic: steps are counted, never timed.
 *
 * Never throws for bad input: with an `error` among `issues` there are no sorties. Cells out of every drone's reach
 * are in `unserved`, with a warning.
 */
export function planPersistentPatrol(request: PersistentRequest): PersistentSchedule {
  const fault = checkPersistent(request);
  if (fault !== null) return refused(request, fault);
  const travel = travelOf(request);
  const places = basePlaces(request);
  const shared = formCrews(request.drones, places, null, true);
  const own = formCrews(request.drones, places, null, false);
  const teams = shared.length === own.length ? [own] : [shared, own];
  const steps = stepsFor(request, request.cells.length);
  const { rotation, crews } = buildRotation(request.cells, teams, travel, steps, request.seed ?? 1);
  const patterns = crews.map((crew, c) =>
    toPattern(rotation, c, crew, {
      rotationId: `${crew.crewId}#1`,
      firstSlot: 0,
      firstStartS: request.startS,
    }),
  );
  const unserved = unservedCells(request, rotation, rotation.crews);
  const untilS = request.startS + request.horizonS;
  const sorties = patterns.flatMap((pattern) =>
    emitSorties(request, request.drones, pattern, crewState(pattern, [], new Map()), untilS),
  );
  const promises = promisesOf(patterns, request.cells);
  return {
    request,
    drones: request.drones,
    readiness: [],
    closedBaseIds: [],
    sharedRotations: crews !== own,
    crews: patterns,
    promises,
    unserved,
    sorties: inOrder(sorties),
    untilS,
    worstWeightedIdlenessS: worstWeighted(promises),
    bounds: idlenessBounds(request),
    issues: unservedIssues(unserved),
  };
}

/**
 * The same schedule written out further. What has started or is planned stays as it is. Sorties that were charged
 * before `forgetBeforeS` are left out (never a crew's or a drone's last one); keep at least one cycle, so that a change
 * knows when each cell was seen last.
 */
export function extendSchedule(
  schedule: PersistentSchedule,
  untilS: number,
  forgetBeforeS = Number.NEGATIVE_INFINITY,
): PersistentSchedule {
  if (!(untilS > schedule.untilS)) return schedule;
  const readiness = new Map(schedule.readiness.map((entry) => [entry.vehicleId, entry.readyS]));
  const added = schedule.crews.flatMap((pattern) =>
    emitSorties(
      schedule.request,
      schedule.drones,
      pattern,
      crewState(pattern, schedule.sorties, readiness),
      untilS,
    ),
  );
  const lasts = new Set<string>();
  for (const key of [(s: ScheduledSortie) => s.vehicleId, (s: ScheduledSortie) => s.rotationId]) {
    const last = new Map(schedule.sorties.map((sortie) => [key(sortie), sortie.sortieId]));
    for (const id of last.values()) lasts.add(id);
  }
  const kept = schedule.sorties.filter(
    (sortie) => sortie.chargeUntilS >= forgetBeforeS || lasts.has(sortie.sortieId),
  );
  return { ...schedule, sorties: inOrder([...kept, ...added]), untilS };
}

export function inOrder(sorties: readonly ScheduledSortie[]): ScheduledSortie[] {
  return [...sorties].sort((a, b) => a.startS - b.startS || (a.vehicleId < b.vehicleId ? -1 : 1));
}

/** Steps of the search for a number of cells: as the request says, otherwise enough also for a few cells. */
export function stepsFor(request: PersistentRequest, cells: number): number {
  return request.searchStepsPerCell === undefined
    ? Math.max(LEAST_STEPS, STEPS_PER_CELL * cells)
    : Math.round(request.searchStepsPerCell * cells);
}

/** Cells without a sortie, each with what it would take. */
export function unservedCells(
  request: PersistentRequest,
  rotation: Rotation,
  crews: readonly CrewNumbers[],
): UnservedCell[] {
  return request.cells.flatMap((cell, i): UnservedCell[] => {
    if ((rotation.nodeOf[i] as number) >= 0) return [];
    if (crews.length === 0) return [{ cellId: cell.cellId, reason: 'no-drone', needS: null, haveS: null }];
    const needs = crews.map((crew) => aloneS(rotation, crew, i));
    const needS = Math.min(...needs);
    const haveS = Math.max(...crews.map((crew) => crew.enduranceS));
    return Number.isFinite(needS)
      ? [{ cellId: cell.cellId, reason: 'too-far', needS, haveS }]
      : [{ cellId: cell.cellId, reason: 'no-way', needS: null, haveS }];
  });
}

export function unservedIssues(unserved: readonly UnservedCell[]): PlanIssue[] {
  return unserved.map((cell) =>
    cell.reason === 'too-far'
      ? planIssue(
          'plan.persistent-too-far',
          `Cell ${cell.cellId} takes ${Math.round(cell.needS ?? 0)} s in the air from the nearest base; a battery gives ${Math.round(cell.haveS ?? 0)} s. Give it to a nearer base, or split the cell.`,
          { cellId: cell.cellId, needS: Math.round(cell.needS ?? 0), haveS: Math.round(cell.haveS ?? 0) },
        )
      : planIssue(
          'plan.persistent-no-way',
          `No drone can fly to cell ${cell.cellId}: ${cell.reason === 'no-way' ? 'it lies in or behind a closed zone' : 'no drone is on patrol'}.`,
          { cellId: cell.cellId },
        ),
  );
}

function refused(request: PersistentRequest, issue: PlanIssue): PersistentSchedule {
  return {
    request,
    drones: [],
    readiness: [],
    closedBaseIds: [],
    sharedRotations: false,
    crews: [],
    promises: [],
    unserved: [],
    sorties: [],
    untilS: request.startS,
    worstWeightedIdlenessS: 0,
    bounds: { densityS: 0, twoNeighbourS: 0, radialS: 0, bestS: 0 },
    issues: [issue],
  };
}
