import { distance } from '@turf/turf';
import type { LonLat } from '../model/basics.ts';
import type { PatrolDrone, PersistentRequest, ScheduledSortie } from './model.ts';

/**
 * What is wrong with a list of sorties, from way points and times alone: another formula for distances (Turf's sphere,
 * 0.6 % slack for it), own account of batteries and of where each drone stands. Empty: it can be flown.
 */
export function faultsOf(
  request: PersistentRequest,
  drones: readonly PatrolDrone[],
  sorties: readonly ScheduledSortie[],
): string[] {
  const faults: string[] = [];
  const cells = new Map(request.cells.map((cell) => [cell.cellId, cell]));
  const bases = new Map(request.bases.map((base) => [base.baseId, base.position]));
  for (const drone of drones) {
    let where: string | null = null;
    let charge = 1;
    let freeS = Number.NEGATIVE_INFINITY;
    const own = sorties.filter((s) => s.vehicleId === drone.vehicleId);
    for (const sortie of [...own].sort((a, b) => a.startS - b.startS)) {
      const name = sortie.sortieId;
      if (where !== null && sortie.fromBaseId !== where) faults.push(`${name} starts elsewhere`);
      if (sortie.startS < freeS - 1e-6) faults.push(`${name} overlaps`);
      if (Number.isFinite(freeS)) charge = Math.min(1, charge + (sortie.startS - freeS) / drone.rechargeS);
      charge -= (sortie.backS - sortie.startS) / drone.enduranceS;
      if (charge < -1e-6) faults.push(`${name} battery ${charge}`);
      const home = bases.get(sortie.fromBaseId);
      if (home === undefined || metres(home, sortie.waypoints[0]?.position) > 1) faults.push(`${name} base`);
      faults.push(...legFaults(sortie, drone, cells));
      freeS = sortie.backS + drone.turnaroundS;
      where = sortie.toBaseId;
    }
  }
  return faults;
}

function legFaults(
  sortie: ScheduledSortie,
  drone: PatrolDrone,
  cells: ReadonlyMap<string, PersistentRequest['cells'][number]>,
): string[] {
  const faults: string[] = [];
  let served = 0;
  sortie.waypoints.forEach((point, i) => {
    const next = sortie.waypoints[i + 1];
    if (point.leaveS < point.arriveS) faults.push(`${sortie.sortieId} point ${i} backwards`);
    if (next === undefined) return;
    const cell = point.cellId !== null && point.cellId === next.cellId ? cells.get(point.cellId) : undefined;
    const needS =
      cell === undefined
        ? metres(point.position, next.position) / drone.cruiseSpeedMps / 1.006
        : cell.serviceM / drone.cruiseSpeedMps + cell.dwellS;
    if (next.arriveS - point.leaveS < needS - 0.01) faults.push(`${sortie.sortieId} leg ${i} too fast`);
    if (cell !== undefined) {
      served++;
      const ends = [metres(point.position, cell.entry), metres(next.position, cell.exit)];
      const turned = [metres(point.position, cell.exit), metres(next.position, cell.entry)];
      if (Math.min(Math.max(...ends), Math.max(...turned)) > 1)
        faults.push(`${sortie.sortieId} ${cell.cellId} ends`);
    }
  });
  if (served < sortie.visits.length)
    faults.push(`${sortie.sortieId} claims ${sortie.visits.length} visits, makes ${served}`);
  return faults;
}

export function metres(a: LonLat, b: LonLat | undefined): number {
  if (b === undefined) return Number.POSITIVE_INFINITY;
  return distance([a.lonDeg, a.latDeg], [b.lonDeg, b.latDeg], { units: 'meters' });
}

/** Longest weighted time between two visits of any cell, of gaps that begin after `afterS`. */
export function worstGapS(
  request: PersistentRequest,
  sorties: readonly ScheduledSortie[],
  afterS: number,
  untilS: number,
): number {
  let worst = 0;
  for (const cell of request.cells) {
    const times = sorties
      .flatMap((sortie) => sortie.visits.filter((visit) => visit.cellId === cell.cellId))
      .map((visit) => visit.leaveS)
      .filter((time) => time <= untilS)
      .sort((a, b) => a - b);
    [...times, untilS].forEach((time, i) => {
      const before = times[i - 1] ?? 0;
      if (before >= afterS) worst = Math.max(worst, (time - before) * cell.weight);
    });
  }
  return worst;
}
