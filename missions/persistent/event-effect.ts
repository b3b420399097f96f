import type { PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';
import { moveFromBase } from './base-closed.ts';
import { checkDrone } from './check-persistent.ts';
import { cutShort } from './cut-short.ts';
import { asIs, crewsOf, type EventEffect } from './effect.ts';
import type { PatrolDrone, PatrolEvent, PersistentSchedule, ScheduledSortie } from './model.ts';

export function applyEvent(
  schedule: PersistentSchedule,
  event: PatrolEvent,
  nowS: number,
): EventEffect | PlanIssue {
  if (!Number.isFinite(nowS)) return bad('nowS', String(nowS), 'The time of the event is not a number.');
  if (nowS > schedule.untilS) {
    return bad(
      'nowS',
      String(nowS),
      `The event is at ${nowS} s, after the end of the schedule (${schedule.untilS} s); extend the schedule first.`,
    );
  }
  switch (event.kind) {
    case 'drone-lost':
      return leave(schedule, event.vehicleId, nowS, 'lost');
    case 'drone-taken':
      return leave(schedule, event.vehicleId, nowS, 'taken');
    case 'drone-back':
      return join(schedule, event.drone, Math.max(nowS, event.readyS));
    case 'base-closed':
      return moveFromBase(schedule, event.baseId, nowS);
    case 'weights-changed':
      return reweigh(schedule, event.weights);
  }
}

function leave(
  schedule: PersistentSchedule,
  vehicleId: string,
  nowS: number,
  end: 'lost' | 'taken',
): EventEffect | PlanIssue {
  if (!schedule.drones.some((drone) => drone.vehicleId === vehicleId)) return unknownDrone(vehicleId);
  const missed: string[] = [];
  const sorties = schedule.sorties.flatMap((sortie): ScheduledSortie[] => {
    if (sortie.vehicleId !== vehicleId) return [sortie];
    if (sortie.startS >= nowS) return [];
    if (sortie.backS <= nowS) return [sortie];
    const cut = cutShort(sortie, nowS, end);
    missed.push(...sortie.visits.slice(cut.visits.length).map((visit) => visit.cellId));
    return [cut];
  });
  const readiness = new Map(asIs(schedule).readiness);
  readiness.delete(vehicleId);
  return {
    ...asIs(schedule),
    drones: schedule.drones.filter((drone) => drone.vehicleId !== vehicleId),
    readiness,
    sorties,
    missed,
    touchedCrewIds: crewsOf(schedule, [vehicleId]),
  };
}

function join(schedule: PersistentSchedule, drone: PatrolDrone, readyS: number): EventEffect | PlanIssue {
  const fault = checkDrone(drone);
  if (fault !== null) return fault;
  if (schedule.drones.some((other) => other.vehicleId === drone.vehicleId)) {
    return bad('vehicleId', drone.vehicleId, `${drone.vehicleId} is on patrol already.`);
  }
  const base = schedule.request.bases.find((entry) => entry.baseId === drone.baseId);
  if (base === undefined || schedule.closedBaseIds.includes(drone.baseId)) {
    return bad(
      'baseId',
      drone.baseId,
      `Base ${drone.baseId} is not open; choose another base for ${drone.vehicleId}.`,
    );
  }
  const standing = schedule.drones.filter((other) => other.baseId === drone.baseId).length;
  if (standing >= base.pads) {
    return planIssue(
      'plan.persistent-no-pad',
      `Base ${drone.baseId} has no free pad for ${drone.vehicleId}; choose another base.`,
      { vehicleId: drone.vehicleId, baseId: drone.baseId },
    );
  }
  const readiness = new Map(asIs(schedule).readiness);
  readiness.set(drone.vehicleId, readyS);
  const drones = [...schedule.drones, drone];
  const mates = schedule.crews.filter((crew) => crew.baseId === drone.baseId).map((crew) => crew.crewId);
  return {
    ...asIs(schedule),
    drones,
    readiness,
    touchedCrewIds: new Set(mates),
  };
}

function reweigh(
  schedule: PersistentSchedule,
  weights: readonly { readonly cellId: string; readonly weight: number }[],
): EventEffect | PlanIssue {
  const wanted = new Map(weights.map((entry) => [entry.cellId, entry.weight]));
  const known = new Set(schedule.request.cells.map((cell) => cell.cellId));
  for (const [cellId, weight] of wanted) {
    if (!known.has(cellId)) return bad('cellId', cellId, `Cell ${cellId} is not part of this patrol.`);
    if (!(weight >= 1e-6 && weight <= 1e6)) {
      return bad(
        `${cellId}.weight`,
        String(weight),
        `${cellId}.weight is ${weight}; it must be 0.000001 to 1000000.`,
      );
    }
  }
  const touchedCells: number[] = [];
  const cells = schedule.request.cells.map((cell, i) => {
    const weight = wanted.get(cell.cellId);
    if (weight === undefined || weight === cell.weight) return cell;
    touchedCells.push(i);
    return { ...cell, weight };
  });
  if (touchedCells.length === 0) return asIs(schedule);
  const ids = new Set(touchedCells.map((i) => (cells[i] as { cellId: string }).cellId));
  return {
    ...asIs(schedule),
    request: { ...schedule.request, cells },
    touchedCells,
    touchedCrewIds: new Set(
      schedule.promises.filter((promise) => ids.has(promise.cellId)).map((promise) => promise.crewId),
    ),
  };
}

function unknownDrone(vehicleId: string): PlanIssue {
  return bad('vehicleId', vehicleId, `${vehicleId} is not on this patrol.`);
}

function bad(field: string, value: string, message: string): PlanIssue {
  return planIssue('plan.bad-request', message, { field, value });
}
