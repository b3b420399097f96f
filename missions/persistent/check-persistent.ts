import { firstFault, type Limit } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';
import type { PatrolCell, PatrolDrone, PersistentRequest } from './model.ts';

/** The first thing in a request that cannot be planned with; null when all makes sense. */
export function checkPersistent(request: PersistentRequest): PlanIssue | null {
  if (request.cells.length === 0)
    return bad('cells', '0', 'There is no cell to patrol; choose at least one.');
  if (request.drones.length === 0) {
    return planIssue('plan.no-drone-ready', 'No drone was offered for the patrol.', { offered: 0 });
  }
  return (
    firstFault([
      ['startS', request.startS, -1e12, 1e12],
      ['horizonS', request.horizonS, 0, 31 * 86_400],
      ['searchStepsPerCell', request.searchStepsPerCell ?? 600, 0, 1e6],
      ['seed', request.seed ?? 1, 0, 4_294_967_295],
    ]) ??
    twice(
      'cellId',
      request.cells.map((cell) => cell.cellId),
    ) ??
    twice(
      'vehicleId',
      request.drones.map((drone) => drone.vehicleId),
    ) ??
    twice(
      'baseId',
      request.bases.map((base) => base.baseId),
    ) ??
    firstFault(request.cells.flatMap(cellLimits)) ??
    firstFault(request.bases.flatMap((base) => positionLimits(base.baseId, base.position))) ??
    checkDrones(request)
  );
}

function checkDrones(request: PersistentRequest): PlanIssue | null {
  const pads = new Map(request.bases.map((base) => [base.baseId, base.pads]));
  const standing = new Map<string, number>();
  for (const drone of request.drones) {
    const fault = checkDrone(drone);
    if (fault !== null) return fault;
    const free = pads.get(drone.baseId);
    if (free === undefined) {
      return bad(
        'baseId',
        drone.baseId,
        `${drone.vehicleId} names base ${drone.baseId}, which is not among the bases.`,
      );
    }
    const count = (standing.get(drone.baseId) ?? 0) + 1;
    standing.set(drone.baseId, count);
    if (count > free) {
      return bad(
        'pads',
        String(free),
        `Base ${drone.baseId} has ${free} pads; more drones than that are based there.`,
      );
    }
  }
  return null;
}

export function checkDrone(drone: PatrolDrone): PlanIssue | null {
  const id = drone.vehicleId;
  return firstFault([
    [`${id}.cruiseSpeedMps`, drone.cruiseSpeedMps, 0.5, 100],
    [`${id}.enduranceS`, drone.enduranceS, 10, 1e6],
    [`${id}.rechargeS`, drone.rechargeS, 0, 1e6],
    [`${id}.launchS`, drone.launchS, 0, 3600],
    [`${id}.landS`, drone.landS, 0, 3600],
    [`${id}.turnaroundS`, drone.turnaroundS, 0, 86_400],
  ]);
}

function cellLimits(cell: PatrolCell): Limit[] {
  return [
    [`${cell.cellId}.weight`, cell.weight, 1e-6, 1e6],
    [`${cell.cellId}.serviceM`, cell.serviceM, 0, 1e7],
    [`${cell.cellId}.dwellS`, cell.dwellS, 0, 1e6],
    ...positionLimits(`${cell.cellId}.entry`, cell.entry),
    ...positionLimits(`${cell.cellId}.exit`, cell.exit),
  ];
}

function positionLimits(owner: string, position: LonLat): Limit[] {
  return [
    [`${owner}.lonDeg`, position.lonDeg, -180, 180],
    [`${owner}.latDeg`, position.latDeg, -90, 90],
  ];
}

function twice(field: string, ids: readonly string[]): PlanIssue | null {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) return bad(field, id, `${field} ${id} is given twice; each must be given once.`);
    seen.add(id);
  }
  return null;
}

function bad(field: string, value: string, message: string): PlanIssue {
  return planIssue('plan.bad-request', message, { field, value });
}
