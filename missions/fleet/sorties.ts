import { createFrame, type LocalFrame, mmToLonLat, type PointMm } from '../geo/frame.ts';
import type {
  BaseOffer,
  FleetBound,
  FleetDrone,
  FlightConditions,
  LonLat,
  PathAction,
  PathPoint,
  PatternPath,
  PlanIssue,
  WayFinder,
} from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { landingPlaces, noBase, type Place, startPlace } from './bases.ts';
import { checkDrone, checkPath } from './check-request.ts';
import { DEFAULT_RESERVE_FRACTION, FlightModel, unflyable, usableEnergyWh } from './energy.ts';
import { sortieBound, whyNot } from './sorties-bound.ts';
import { endingsOf, linePoints, settingsAfter } from './sorties-path.ts';
import { type ChainSortie, SortieCosts } from './split.ts';
import { bestChain } from './split-chain.ts';
import { CostLine } from './split-line.ts';
import { finderOf } from './split-transit.ts';

export interface SplitOptions {
  readonly conditions: FlightConditions;
  /** `nearest`: land at the allowed base that is cheapest to reach; `home`: where the drone took off. */
  readonly returnTo: 'home' | 'nearest';
  /** Ways out and back; `null`: straight. */
  readonly ways: WayFinder | null;
}

/** One flight of a path that was split. */
export interface PathSortie {
  /** Positions on the path: index of a waypoint plus the fraction of the leg after it. */
  readonly from: number;
  readonly to: number;
  /**
   * The covering part. A part that resumes begins with a point at which the settings then in force are made again; a
   * part that is cut off within a leg ends with a point put in there. Everything else is the path's own points.
   */
  readonly covering: readonly PathPoint[];
  /** Switched off at the end of the covering part, before the way back. */
  readonly endings: readonly PathAction[];
  readonly startBaseId: string | null;
  readonly returnBaseId: string | null;
  readonly wayOut: readonly LonLat[];
  readonly wayBack: readonly LonLat[];
  readonly startsAtS: number;
  readonly durationS: number;
  readonly energyWh: number;
  /** Battery above the reserve, Wh. */
  readonly allowedWh: number;
  /** Slots in the autopilot's store, its home slot included. */
  readonly items: number;
}

export type SplitResult =
  | {
      readonly kind: 'split';
      readonly sorties: readonly PathSortie[];
      readonly finishS: number;
      /** Sorties cannot be fewer. */
      readonly bound: FleetBound;
      readonly issues: readonly PlanIssue[];
    }
  | { readonly kind: 'refused'; readonly issues: readonly PlanIssue[] };

/**
 * Splits a path into sorties of one drone so that the last one lands as early as possible: a dynamic programme over
 * all waypoints and points within long legs, with the cost of the way out and back at every cut. No sortie takes more
 * than the battery above the reserve or more items than the autopilot stores. Never throws for bad input.
 */
export function splitIntoSorties(
  path: PatternPath,
  drone: FleetDrone,
  bases: readonly BaseOffer[],
  options: SplitOptions,
): SplitResult {
  const fault = checkPath(path) ?? checkDrone(drone, options.conditions);
  if (fault !== null) return { kind: 'refused', issues: [fault] };
  const first = path.points[0] as PathPoint;
  const frame = createFrame(first);
  const model = new FlightModel(drone.profile, options.conditions.wind);
  const line = new CostLine(linePoints(path, frame), model);
  if (line.unflyableLeg !== null || !model.canHover) {
    return { kind: 'refused', issues: [unflyable(line.unflyableLeg ?? 0, options.conditions.wind)] };
  }
  const start = startPlace(drone.position, bases, frame);
  const places =
    options.returnTo === 'home' ? [start] : landingPlaces(bases, options.ways, frame, start.baseId);
  if (places.length === 0) return { kind: 'refused', issues: [noBase(bases.length)] };
  const unknown = [start, ...places].find((p) => path.datum === 'amsl' && p.elevationAmslM === null);
  if (unknown !== undefined) {
    const field = `elevationAmslM of ${unknown.baseId ?? 'the start'}`;
    return {
      kind: 'refused',
      issues: [
        planIssue('plan.bad-request', `A path in AMSL heights needs the ${field}, which is not known.`, {
          field,
          value: 'null',
        }),
      ],
    };
  }
  const costs = costsOf(line, frame, path.datum, drone, start, places, options);
  const chain = bestChain(costs, 0, line.end);
  if (chain === null) return { kind: 'refused', issues: [whyNot(costs, drone, frame)] };
  let clockS = 0;
  let finishS = 0;
  const sorties = chain.sorties.map((rough, index): PathSortie => {
    const sortie = costs.exact(rough);
    const startsAtS = clockS;
    finishS = startsAtS + sortie.cost.timeS;
    clockS = finishS + costs.groundS(sortie.cost.energyWh);
    return toPathSortie(sortie, path, line, frame, startsAtS, costs.allowedWh(index === 0));
  });
  return { kind: 'split', sorties, finishS, bound: sortieBound(costs), issues: reserveRemark(drone) };
}

/** The cost model of one drone on one line; `frame` is the line's. */
export function costsOf(
  line: CostLine,
  frame: LocalFrame,
  datum: PatternPath['datum'],
  drone: FleetDrone,
  start: Place,
  places: readonly Place[],
  options: SplitOptions,
): SortieCosts {
  const { profile, batteryHealthFraction, remainingFraction, turnaround } = drone;
  const wh = (remaining: number): number =>
    usableEnergyWh(profile, remaining, batteryHealthFraction, options.conditions.airTempC);
  return new SortieCosts({
    line,
    datum,
    start,
    places,
    finder: finderOf(options.ways, frame),
    firstWh: wh(remainingFraction),
    fullWh: wh(1),
    turnaround,
    missionCapacity: profile.missionCapacity,
  });
}

/** A reserve below the default is the owner's decision, but never an unseen one. */
export function reserveRemark(drone: FleetDrone): PlanIssue[] {
  const { reserveFraction } = drone.profile;
  if (reserveFraction >= DEFAULT_RESERVE_FRACTION) return [];
  const reservePct = Math.round(reserveFraction * 1000) / 10;
  const defaultPct = DEFAULT_RESERVE_FRACTION * 100;
  return [
    planIssue(
      'plan.reserve-low',
      `${drone.vehicleId} is planned down to ${reservePct} % of its battery; the usual reserve is ${defaultPct} %.`,
      { vehicleId: drone.vehicleId, reservePct, defaultPct },
    ),
  ];
}

function toPathSortie(
  sortie: ChainSortie,
  path: PatternPath,
  line: CostLine,
  frame: LocalFrame,
  startsAtS: number,
  allowedWh: number,
): PathSortie {
  const { from, to, start, cost } = sortie;
  const inner = path.points.slice(Math.floor(from) + 1, Math.ceil(to));
  const resumes = from > 0 ? settingsAfter(path.points, Math.floor(from)) : [];
  const first = from === 0 ? (path.points[0] as PathPoint) : pointAt(path, line, frame, from, resumes);
  const last = Number.isInteger(to) ? (path.points[to] as PathPoint) : pointAt(path, line, frame, to, []);
  const isEnd = to === line.end;
  return {
    from,
    to,
    covering: to > from ? [first, ...inner, last] : [first],
    endings: isEnd ? [] : endingsOf(settingsAfter(path.points, Math.floor(to))),
    startBaseId: start.baseId,
    returnBaseId: cost.landing.baseId,
    wayOut: ends(cost.out.points, start.position, first, frame),
    wayBack: ends(cost.back.points, last, cost.landing.position, frame),
    startsAtS,
    durationS: cost.timeS,
    energyWh: cost.energyWh,
    allowedWh,
    items:
      cost.items +
      resumes.length +
      (isEnd ? 0 : endingsOf(settingsAfter(path.points, Math.floor(to))).length),
  };
}

/** A point of the path or, within a leg, one put in. */
function pointAt(
  path: PatternPath,
  line: CostLine,
  frame: LocalFrame,
  u: number,
  actions: readonly PathAction[],
): PathPoint {
  const own = path.points[Math.floor(u)] as PathPoint;
  if (Number.isInteger(u)) return { ...own, actions };
  const next = path.points[Math.floor(u) + 1] as PathPoint;
  const heightM = own.heightM === null && next.heightM === null ? null : line.heightAt(u);
  return { ...mmToLonLat(frame, line.pointAt(u)), heightM, actions };
}

/** A way in degrees whose two ends are exactly the given positions. */
function ends(way: readonly PointMm[], first: LonLat, last: LonLat, frame: LocalFrame): LonLat[] {
  const bare = ({ lonDeg, latDeg }: LonLat): LonLat => ({ lonDeg, latDeg });
  return [bare(first), ...way.slice(1, -1).map((p) => mmToLonLat(frame, p)), bare(last)];
}
