import type { LonLat } from '../model/basics.ts';
import type {
  CellVisit,
  CrewPattern,
  PatrolDrone,
  PersistentRequest,
  ScheduledSortie,
  SortieEnd,
  SortieWaypoint,
} from './model.ts';
import { basePlaces, travelOf } from './request-travel.ts';

interface FlightRequest {
  readonly crew: Pick<CrewPattern, 'crewId' | 'rotationId'>;
  readonly slot: number;
  readonly fromBaseId: string;
  readonly toBaseId: string;
  /** Cells in flying order, by code: 2·index, plus 1 from exit to entry. */
  readonly codes: readonly number[];
  readonly startS: number;
  readonly end: SortieEnd;
  /** Share of the usable battery at take-off. */
  readonly chargedFraction: number;
}

/** Writes a flight out: way points with times, visits, what the battery gives and when it is full again. */
export function writeSortie(
  request: PersistentRequest,
  drone: PatrolDrone,
  flight: FlightRequest,
): ScheduledSortie {
  const travel = travelOf(request);
  const places = basePlaces(request);
  const home = places.get(flight.fromBaseId) ?? 0;
  const goal = places.get(flight.toBaseId) ?? 0;
  const waypoints: SortieWaypoint[] = [];
  const visits: CellVisit[] = [];
  const speed = drone.cruiseSpeedMps;
  let at = home;
  let now = flight.startS + drone.launchS;
  let lengthM = 0;
  waypoints.push(stop(travel.places[home] as LonLat, flight.startS, now, null));
  const fly = (to: number): void => {
    const metres = travel.metres(at, to);
    let gone = 0;
    let last = travel.places[at] as LonLat;
    const corners = travel.corners(at, to);
    const parts = corners.map((corner) => {
      const metresHere = straightM(last, corner);
      last = corner;
      return metresHere;
    });
    const all = parts.reduce((sum, part) => sum + part, 0) + straightM(last, travel.places[to] as LonLat);
    corners.forEach((corner, k) => {
      gone += parts[k] as number;
      const time = now + (all === 0 ? 0 : (gone / all) * (metres / speed));
      waypoints.push(stop(corner, time, time, null));
    });
    now += metres / speed;
    lengthM += metres;
    at = to;
  };
  for (const code of flight.codes) {
    const cell = request.cells[code >> 1];
    if (cell === undefined) continue;
    const begin = 2 * (code >> 1) + (code & 1);
    fly(begin);
    const arriveS = now;
    now += cell.serviceM / speed + cell.dwellS;
    lengthM += cell.serviceM;
    waypoints.push(stop(travel.places[begin] as LonLat, arriveS, arriveS, cell.cellId));
    at = begin ^ 1;
    waypoints.push(stop(travel.places[at] as LonLat, now, now, cell.cellId));
    visits.push({ cellId: cell.cellId, arriveS, leaveS: now });
  }
  fly(goal);
  const backS = now + drone.landS;
  waypoints.push(stop(travel.places[goal] as LonLat, now, backS, null));
  const usedFraction = (backS - flight.startS) / drone.enduranceS;
  const missing = 1 - flight.chargedFraction + usedFraction;
  return {
    sortieId: `${drone.vehicleId}@${Math.round(flight.startS)}`,
    vehicleId: drone.vehicleId,
    crewId: flight.crew.crewId,
    rotationId: flight.crew.rotationId,
    slot: flight.slot,
    fromBaseId: flight.fromBaseId,
    toBaseId: flight.toBaseId,
    startS: flight.startS,
    onStationS: visits[0]?.arriveS ?? flight.startS,
    offStationS: visits[visits.length - 1]?.leaveS ?? backS,
    backS,
    chargeUntilS: backS + drone.turnaroundS + missing * drone.rechargeS,
    lengthM,
    usedFraction,
    visits,
    waypoints,
    end: flight.end,
  };
}

function stop(position: LonLat, arriveS: number, leaveS: number, cellId: string | null): SortieWaypoint {
  return { position, arriveS, leaveS, cellId };
}

/** Only for sharing a known length out over the corners of a way: a plane at the way's latitude is enough. */
function straightM(a: LonLat, b: LonLat): number {
  const cos = Math.cos((a.latDeg * Math.PI) / 180);
  return Math.hypot((b.lonDeg - a.lonDeg) * cos, b.latDeg - a.latDeg) * 111_195;
}
