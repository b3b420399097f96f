import { createFrame, lonLatToMm, mmToLonLat } from '../geo/frame.ts';
import type { Base, WayFinder } from '../model/airspace.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import { planIssue } from '../plan-issue.ts';
import { checkDrone } from './check-persistent.ts';
import type { PatrolDrone, SortieWaypoint } from './model.ts';

/** Somebody over a place, or going round a beat, all the time: drones relieve each other in the air. */
export interface RelayRequest {
  /** Corners of a closed beat in flying order; a single point is a post that is hovered over. */
  readonly beat: readonly LonLat[];
  readonly drones: readonly PatrolDrone[];
  readonly bases: readonly Base[];
  /** First take-off, and the end of the watch. */
  readonly startS: number;
  readonly untilS: number;
  /** How long both are on the spot together at a hand-over (one height layer apart). Default 20 s. */
  readonly overlapS?: number;
  /** Drones that are not ready at `startS`. */
  readonly readyS?: Readonly<Record<string, number>>;
  readonly ways: WayFinder | null;
}

export interface RelaySortie {
  readonly vehicleId: string;
  readonly baseId: string;
  readonly startS: number;
  readonly onStationS: number;
  readonly offStationS: number;
  readonly backS: number;
  readonly chargeUntilS: number;
  readonly usedFraction: number;
  readonly waypoints: readonly SortieWaypoint[];
}

export interface Handover {
  /** When the leaving drone leaves, and where both are then. */
  readonly atS: number;
  readonly position: LonLat;
  readonly fromVehicleId: string;
  readonly toVehicleId: string;
  /** Time without anybody there; 0 in a plan that holds. */
  readonly gapS: number;
}

export interface RelayPlan {
  readonly sorties: readonly RelaySortie[];
  readonly handovers: readonly Handover[];
  readonly continuousFromS: number | null;
  readonly maxGapS: number;
  /** Drones that a watch without gap takes; null when no number is enough. */
  readonly dronesNeeded: number | null;
  readonly issues: readonly PlanIssue[];
}

const OVERLAP_S = 20;
const MOST_DRONES = 24;

/**
 * The drone on watch stays as long as its battery lets it come home; the one that relieves it is where it will leave,
 * `overlapS` before it leaves, and flies the same beat from there. As long as the drones' charging keeps up the gap is
 * exactly 0; otherwise the plan says how many drones it would take and how long the longest gap is, with an error.
 */
export function planRelay(request: RelayRequest): RelayPlan {
  const fault = checkRelay(request);
  if (fault !== null) return refused(fault);
  const beat = new Beat(request);
  const drones = [...request.drones];
  const plan = fly(request, beat, drones);
  if (plan === null) {
    const reach = drones.map((drone) => ({ needS: beat.bareS(drone), haveS: drone.enduranceS }));
    const best = reach.reduce((a, b) => (b.needS / b.haveS < a.needS / a.haveS ? b : a));
    const needS = Number.isFinite(best.needS) ? Math.round(best.needS) : -1;
    return refused(
      planIssue(
        'plan.relay-too-far',
        `The post cannot be held: the ways there and back and two hand-overs take ${needS < 0 ? 'for ever' : `${needS} s`}, a battery gives ${Math.round(best.haveS)} s. Use a nearer base.`,
        { needS, haveS: Math.round(best.haveS) },
      ),
    );
  }
  if (plan.maxGapS === 0) return { ...plan, dronesNeeded: drones.length, issues: [] };
  let dronesNeeded: number | null = null;
  for (let count = drones.length + 1; count <= MOST_DRONES && dronesNeeded === null; count++) {
    const more = Array.from({ length: count }, (_, k) => {
      const model = drones[k % drones.length] as PatrolDrone;
      return k < drones.length ? model : { ...model, vehicleId: `${model.vehicleId}+${k}` };
    });
    if (fly(request, beat, more)?.maxGapS === 0) dronesNeeded = count;
  }
  return {
    ...plan,
    dronesNeeded,
    issues: [
      planIssue(
        'plan.relay-not-enough',
        `A watch without a gap takes ${dronesNeeded ?? `more than ${MOST_DRONES}`} such drones; ${drones.length} are there, and the longest gap would be ${Math.ceil(plan.maxGapS)} s.`,
        { needed: dronesNeeded ?? MOST_DRONES + 1, available: drones.length },
      ),
    ],
  };
}

type Flown = Omit<RelayPlan, 'dronesNeeded' | 'issues'>;

/** One drone after the other; null when one of them cannot even reach the beat and return. */
function fly(request: RelayRequest, beat: Beat, drones: readonly PatrolDrone[]): Flown | null {
  const overlapS = request.overlapS ?? OVERLAP_S;
  const ready = new Map(
    drones.map((drone) => [drone.vehicleId, request.readyS?.[drone.vehicleId] ?? request.startS]),
  );
  const usable = drones.filter((drone) => beat.bareS(drone) + 2 * overlapS < drone.enduranceS);
  if (usable.length === 0) return null;
  const sorties: RelaySortie[] = [];
  const handovers: Handover[] = [];
  let previous: RelaySortie | null = null;
  let wantedS: number | null = null;
  let t0: number | null = null;
  let maxGapS = 0;
  for (let guard = 0; guard < 10_000; guard++) {
    const first = usable.reduce((a, b) =>
      (ready.get(b.vehicleId) ?? 0) < (ready.get(a.vehicleId) ?? 0) ? b : a,
    );
    // Of those that are ready in time the one that has been ready longest; of those that are late, the same one.
    const earliestS = ready.get(first.vehicleId) ?? request.startS;
    if (t0 === null) t0 = earliestS + beat.outS(first, 0);
    const origin = t0;
    const onStationS: number = beat.arrival(first, earliestS, wantedS ?? t0, origin);
    if (onStationS >= request.untilS) break;
    const startS = onStationS - beat.outS(first, onStationS - origin);
    const offStationS = Math.min(request.untilS, beat.latestLeave(first, startS, onStationS, origin));
    const sortie = beat.sortie(first, startS, onStationS, offStationS, origin);
    if (previous !== null) {
      const gapS: number = Math.max(0, onStationS - previous.offStationS);
      handovers.push({
        atS: previous.offStationS,
        position: beat.at(previous.offStationS - origin),
        fromVehicleId: previous.vehicleId,
        toVehicleId: first.vehicleId,
        gapS,
      });
      maxGapS = Math.max(maxGapS, gapS);
    }
    sorties.push(sortie);
    ready.set(first.vehicleId, sortie.chargeUntilS);
    previous = sortie;
    if (offStationS >= request.untilS) break;
    wantedS = offStationS - overlapS;
  }
  return { sorties, handovers, continuousFromS: t0, maxGapS };
}

/** The beat as a clock: where the drone on watch is at each time after the watch began. */
class Beat {
  readonly #request: RelayRequest;
  readonly #frame: ReturnType<typeof createFrame>;
  readonly #lengths: readonly number[];
  readonly #lengthM: number;
  readonly #speedMps: number;

  constructor(request: RelayRequest) {
    this.#request = request;
    this.#frame = createFrame(request.beat[0] as LonLat);
    this.#lengths = request.beat.map((point, i) =>
      this.#straightM(point, request.beat[(i + 1) % request.beat.length] as LonLat),
    );
    this.#lengthM = this.#lengths.reduce((sum, length) => sum + length, 0);
    // Whoever relieves must keep up: the beat is flown at the slowest drone's speed.
    this.#speedMps = Math.min(...request.drones.map((drone) => drone.cruiseSpeedMps));
  }

  #straightM(a: LonLat, b: LonLat): number {
    const p = lonLatToMm(this.#frame, a);
    const q = lonLatToMm(this.#frame, b);
    return Math.hypot(p.x - q.x, p.y - q.y) / 1000;
  }

  #wayM(a: LonLat, b: LonLat): number {
    if (this.#request.ways === null) return this.#straightM(a, b);
    return this.#request.ways.way(a, b)?.lengthM ?? Number.POSITIVE_INFINITY;
  }

  #base(drone: PatrolDrone): LonLat {
    return (this.#request.bases.find((base) => base.baseId === drone.baseId) as Base).position;
  }

  at(elapsedS: number): LonLat {
    const { beat } = this.#request;
    if (this.#lengthM === 0) return beat[0] as LonLat;
    let left = (((elapsedS * this.#speedMps) % this.#lengthM) + this.#lengthM) % this.#lengthM;
    for (let i = 0; i < beat.length; i++) {
      const length = this.#lengths[i] as number;
      if (left <= length) {
        const p = lonLatToMm(this.#frame, beat[i] as LonLat);
        const q = lonLatToMm(this.#frame, beat[(i + 1) % beat.length] as LonLat);
        const share = length === 0 ? 0 : left / length;
        return mmToLonLat(this.#frame, { x: p.x + (q.x - p.x) * share, y: p.y + (q.y - p.y) * share });
      }
      left -= length;
    }
    return beat[0] as LonLat;
  }

  outS(drone: PatrolDrone, elapsedS: number): number {
    return drone.launchS + this.#wayM(this.#base(drone), this.at(elapsedS)) / drone.cruiseSpeedMps;
  }

  homeS(drone: PatrolDrone, elapsedS: number): number {
    return drone.landS + this.#wayM(this.at(elapsedS), this.#base(drone)) / drone.cruiseSpeedMps;
  }

  /** Out and back to the farthest corner: what a flight takes before it watches at all. */
  bareS(drone: PatrolDrone): number {
    const ways = this.#request.beat.map((corner) => this.#wayM(this.#base(drone), corner));
    return drone.launchS + drone.landS + (2 * Math.max(...ways)) / drone.cruiseSpeedMps;
  }

  /** On station at `wantedS`, or as soon after it as a drone ready at `readyS` gets there. */
  arrival(drone: PatrolDrone, readyS: number, wantedS: number, originS: number): number {
    let onS = wantedS;
    // The beat moves on while a late drone is on its way; each round shortens what is missing, or it is there.
    for (let round = 0; round < 200; round++) {
      const earliest = readyS + this.outS(drone, onS - originS);
      if (earliest <= onS + 1e-9) return onS;
      onS = earliest;
    }
    return readyS + this.bareS(drone);
  }

  /** The last moment from which the drone comes home: leaving later never lands earlier, so halving finds it. */
  latestLeave(drone: PatrolDrone, startS: number, onStationS: number, originS: number): number {
    const endS = startS + drone.enduranceS;
    let low = onStationS;
    let high = endS;
    for (let round = 0; round < 50; round++) {
      const middle = (low + high) / 2;
      if (middle + this.homeS(drone, middle - originS) <= endS) low = middle;
      else high = middle;
    }
    return low;
  }

  sortie(drone: PatrolDrone, startS: number, onS: number, offS: number, originS: number): RelaySortie {
    const base = this.#base(drone);
    const backS = offS + this.homeS(drone, offS - originS);
    const waypoints: SortieWaypoint[] = [point(base, startS, startS + drone.launchS)];
    waypoints.push(...this.#corners(base, this.at(onS - originS), startS + drone.launchS, onS));
    waypoints.push(point(this.at(onS - originS), onS, onS));
    if (this.#lengthM > 0) waypoints.push(...this.#passed(onS - originS, offS - originS, originS));
    waypoints.push(point(this.at(offS - originS), offS, offS));
    waypoints.push(...this.#corners(this.at(offS - originS), base, offS, backS - drone.landS));
    waypoints.push(point(base, backS - drone.landS, backS));
    const usedFraction = (backS - startS) / drone.enduranceS;
    return {
      vehicleId: drone.vehicleId,
      baseId: drone.baseId,
      startS,
      onStationS: onS,
      offStationS: offS,
      backS,
      chargeUntilS: backS + drone.turnaroundS + usedFraction * drone.rechargeS,
      usedFraction,
      waypoints,
    };
  }

  /** Corners of the beat that are passed between two times. */
  #passed(fromS: number, toS: number, originS: number): SortieWaypoint[] {
    const passed: SortieWaypoint[] = [];
    const roundS = this.#lengthM / this.#speedMps;
    for (let round = Math.floor(fromS / roundS); round * roundS < toS; round++) {
      let atS = round * roundS;
      this.#request.beat.forEach((corner, i) => {
        if (atS > fromS && atS < toS) passed.push(point(corner, originS + atS, originS + atS));
        atS += (this.#lengths[i] as number) / this.#speedMps;
      });
    }
    return passed;
  }

  #corners(from: LonLat, to: LonLat, fromS: number, toS: number): SortieWaypoint[] {
    const points = this.#request.ways?.way(from, to)?.points ?? [];
    const lengths = points.slice(1).map((p, i) => this.#straightM(points[i] as LonLat, p));
    const total = lengths.reduce((sum, length) => sum + length, 0);
    let gone = 0;
    return points.slice(1, -1).map((corner, i) => {
      gone += lengths[i] as number;
      const atS = fromS + (total === 0 ? 0 : gone / total) * (toS - fromS);
      return point(corner, atS, atS);
    });
  }
}

function point(position: LonLat, arriveS: number, leaveS: number): SortieWaypoint {
  return { position, arriveS, leaveS, cellId: null };
}

function checkRelay(request: RelayRequest): PlanIssue | null {
  const bad = (field: string, value: string, message: string): PlanIssue =>
    planIssue('plan.bad-request', message, { field, value });
  if (request.beat.length === 0) return bad('beat', '0', 'The watch has no place; give at least one point.');
  const placed = request.beat.every((p) => Math.abs(p.lonDeg) <= 180 && Math.abs(p.latDeg) <= 90);
  if (!placed) return bad('beat', 'position', 'A point of the beat is not a position on Earth.');
  if (request.drones.length === 0) {
    return planIssue('plan.no-drone-ready', 'No drone was offered for the watch.', { offered: 0 });
  }
  if (!(request.untilS > request.startS) || request.untilS - request.startS > 31 * 86_400) {
    return bad('untilS', String(request.untilS), 'The watch must end after it begins, within 31 days.');
  }
  const overlapS = request.overlapS ?? OVERLAP_S;
  if (!(overlapS >= 0 && overlapS <= 600)) {
    return bad('overlapS', String(overlapS), `overlapS is ${overlapS}; it must be 0 to 600.`);
  }
  for (const drone of request.drones) {
    const fault = checkDrone(drone);
    if (fault !== null) return fault;
    if (!request.bases.some((base) => base.baseId === drone.baseId)) {
      return bad(
        'baseId',
        drone.baseId,
        `${drone.vehicleId} names base ${drone.baseId}, which is not among the bases.`,
      );
    }
  }
  return null;
}

function refused(issue: PlanIssue): RelayPlan {
  return {
    sorties: [],
    handovers: [],
    continuousFromS: null,
    maxGapS: 0,
    dronesNeeded: null,
    issues: [issue],
  };
}
