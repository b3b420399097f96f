import { createFrame, type LocalFrame, lonLatToMm, type PointMm } from '../geo/frame.ts';
import { UNREACHABLE_MM } from '../geo/free-space.ts';
import { distanceMm, lengthMm } from '../geo/measure.ts';
import { firstFault, type Limit } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import type { PathAction, PatternPath } from '../model/path.ts';
import { planIssue } from '../plan-issue.ts';
import {
  finishPath,
  flightLimits,
  type PatternFlight,
  placeLimits,
  refusedPath,
  type Stop,
  stopAt,
} from './pattern-flight.ts';
import { type PatternRoom, type PatternSpace, roomOf } from './pattern-space.ts';
import { type ScheduleProblem, schedulePlaces, visitsOf } from './points-schedule.ts';
import { orderPlaces } from './points-tour.ts';

export interface PointOfInterest {
  readonly pointId: string;
  /** As the operator knows it; reports use it. */
  readonly name: string;
  readonly position: LonLat;
  /** Height there in the flight's datum, metres; null: that of the whole path. */
  readonly heightM: number | null;
  /** Seconds to stay, 0–3,600. */
  readonly dwellS: number;
  /** Where the camera looks while there; null: as it was. */
  readonly lookAt: { readonly target: LonLat; readonly targetAmslM: number | null } | null;
  readonly photo: boolean;
  /** Spoken by the loudspeaker on arrival; null: nothing. */
  readonly speak: { readonly text: string; readonly repeat: number } | null;
  /** The stay must begin between these, seconds from the beginning of the flight; null: any time. */
  readonly window: { readonly earliestS: number; readonly latestS: number } | null;
  /** What a visit is worth when not all can be met, 1–1,000: the sum over the visited is made greatest. */
  readonly priority: number;
}

export interface PointsOptions {
  /** Where the flight begins and ends. Null: anywhere. They are not part of the path: see `withEnds`. */
  readonly start: LonLat | null;
  readonly end: LonLat | null;
  /** Start and end become points of the path, with the ways from and to them. */
  readonly withEnds: boolean;
  /** Speed that windows are reckoned with, m/s, when the flight gives none. */
  readonly cruiseSpeedMps: number;
  readonly space: PatternSpace;
  readonly flight: PatternFlight;
}

export interface PointVisit {
  readonly pointId: string;
  /** Seconds from the beginning: arrival, begin of the stay (after waiting for the window), leaving. */
  readonly arriveS: number;
  readonly beginS: number;
  readonly leaveS: number;
}

export interface PointsPath extends PatternPath {
  readonly visits: readonly PointVisit[];
  readonly unserved: readonly {
    readonly pointId: string;
    readonly reason: 'unreachable' | 'out-of-window';
  }[];
}

/** Most points in one plan. */
const MOST_POINTS = 500;
/** Most points when some have a window: the search there weighs whole orders. */
const MOST_WINDOWED = 120;

/**
 * A tour over points of interest: shortest order without windows (exact up to 9 points); with windows the greatest
 * worth that can be met in time, then the earliest end. At each point: wait for its window, look, take the picture,
 * speak, stay.
 *
 * Points that no allowed way leads to, or that come too late, are left out and named. Flights between points are
 * straight or the shortest way round; times count them at one speed without corners or climbs.
 */
export function planPoints(points: readonly PointOfInterest[], options: PointsOptions): PointsPath {
  const { flight } = options;
  const fault = faultOf(points, options);
  if (fault !== null) return { ...refusedPath(flight, fault), visits: [], unserved: [] };
  const frame = frameAbout(points);
  const places = points.map((point) => lonLatToMm(frame, point.position));
  const start = options.start === null ? null : lonLatToMm(frame, options.start);
  const end = options.end === null ? null : lonLatToMm(frame, options.end);
  const room = roomOf(frame, options.space, [
    ...places,
    ...(start === null ? [] : [start]),
    ...(end === null ? [] : [end]),
  ]);
  if ('code' in room) return { ...refusedPath(flight, room), visits: [], unserved: [] };
  const table = waysBetween(places, start, end, room);
  const unreachable = points.filter((_, i) => !table.reached.includes(i));
  const speedMps = flight.speedMps ?? options.cruiseSpeedMps;
  const problem = scheduleProblem(points, table, speedMps);
  const local = points.some((point) => point.window !== null)
    ? schedulePlaces(problem)
    : orderPlaces({
        n: table.reached.length,
        distances: table.distances,
        fromStart: table.fromStart,
        toEnd: table.toEnd,
      });
  const visits = visitsOf(problem, local) ?? [];
  const late = table.reached.filter((_, k) => !local.includes(k)).map((i) => points[i] as PointOfInterest);
  const warnings = [
    ...unreachable.map((point) =>
      planIssue('plan.point-unreachable', `${point.name} is left out: no allowed way leads there.`, {
        pointId: point.pointId,
        name: point.name,
      }),
    ),
    ...late.map((point) =>
      planIssue('plan.point-out-of-window', `${point.name} is left out: it cannot be reached in its time.`, {
        pointId: point.pointId,
        name: point.name,
        latestS: point.window?.latestS ?? 0,
      }),
    ),
  ];
  const unserved = [
    ...unreachable.map(({ pointId }) => ({ pointId, reason: 'unreachable' as const })),
    ...late.map(({ pointId }) => ({ pointId, reason: 'out-of-window' as const })),
  ];
  if (visits.length === 0) {
    const reason = 'no point can be visited';
    warnings.push(
      planIssue('plan.pattern-empty', `There is no tour to fly: ${reason}.`, { pattern: 'points', reason }),
    );
    return { ...refusedPath(flight, ...warnings), visits: [], unserved };
  }
  const stops: Stop[] = [];
  if (options.withEnds && start !== null) stops.push(stopAt(start));
  for (const visit of visits) {
    const i = table.reached[visit.place] as number;
    addWay(stops, places[i] as PointMm, room);
    const point = points[i] as PointOfInterest;
    stops.push({
      p: places[i] as PointMm,
      heightM: point.heightM,
      actions: actionsAt(point, visit.beginS - visit.arriveS),
    });
  }
  if (options.withEnds && end !== null) {
    addWay(stops, end, room);
    stops.push(stopAt(end));
  }
  const looks = visits.some((visit) => points[table.reached[visit.place] as number]?.lookAt != null);
  const release: PathAction[] = looks ? [{ kind: 'look-ahead' }] : [];
  return {
    ...finishPath(frame, stops, flight, warnings, [], release),
    visits: visits.map(({ place, arriveS, beginS, leaveS }) => ({
      pointId: points[table.reached[place] as number]?.pointId ?? '',
      arriveS,
      beginS,
      leaveS,
    })),
    unserved,
  };
}

/** The way from the last stop up to, but without, `to`. */
function addWay(stops: Stop[], to: PointMm, room: PatternRoom): void {
  const last = stops[stops.length - 1];
  if (last === undefined) return;
  const way = room.way(last.p, to);
  if (way !== null) stops.push(...way.slice(1, -1).map((p) => stopAt(p)));
}

function actionsAt(point: PointOfInterest, waitS: number): PathAction[] {
  const out: PathAction[] = [];
  // Whole seconds, upwards: the autopilot counts no fractions, and early would be out of the window.
  if (waitS > 0) out.push({ kind: 'dwell', seconds: Math.ceil(waitS) });
  if (point.lookAt !== null) out.push({ kind: 'look-at', ...point.lookAt });
  if (point.photo) out.push({ kind: 'photo' });
  if (point.speak !== null) out.push({ kind: 'speak', ...point.speak });
  if (point.dwellS > 0) out.push({ kind: 'dwell', seconds: point.dwellS });
  return out;
}

/** Ways between the points that can be reached from the start (or from most others), indices into `reached`. */
interface WayTable {
  readonly reached: readonly number[];
  readonly distances: Float64Array;
  readonly fromStart: Float64Array;
  readonly toEnd: Float64Array;
}

function waysBetween(
  places: readonly PointMm[],
  start: PointMm | null,
  end: PointMm | null,
  room: PatternRoom,
): WayTable {
  const all = room.distanceMatrix(places);
  const n = places.length;
  // Which points are free at all, and what each free one reaches: free space falls into parts.
  const wayLength = (a: PointMm, b: PointMm): number => {
    const way = room.way(a, b);
    return way === null ? UNREACHABLE_MM : Math.round(lengthMm(way));
  };
  const free = places.map((p) => room.contains(p));
  const reachOf = (i: number): number[] =>
    places.flatMap((p, j) => {
      if (free[j] !== true) return [];
      if (i === j || (all[i * n + j] as number) < UNREACHABLE_MM) return [j];
      return wayLength(places[i] as PointMm, p) < UNREACHABLE_MM ? [j] : [];
    });
  let reached: readonly number[] = [];
  if (start !== null) {
    reached = places.flatMap((p, i) => (free[i] === true && wayLength(start, p) < UNREACHABLE_MM ? [i] : []));
  } else {
    const seen = new Set<number>();
    for (let i = 0; i < n; i++) {
      if (free[i] !== true || seen.has(i)) continue;
      const part = reachOf(i);
      for (const j of part) seen.add(j);
      if (part.length > reached.length) reached = part;
    }
  }
  if (end !== null) reached = reached.filter((i) => wayLength(places[i] as PointMm, end) < UNREACHABLE_MM);
  const m = reached.length;
  const distances = new Float64Array(m * m);
  reached.forEach((i, k) => {
    reached.forEach((j, l) => {
      const known = all[i * n + j] as number;
      distances[k * m + l] =
        known < UNREACHABLE_MM ? known : Math.round(distanceMm(places[i] as PointMm, places[j] as PointMm));
    });
  });
  const ends = (place: PointMm | null): Float64Array =>
    Float64Array.from(reached, (i) => (place === null ? 0 : wayLength(place, places[i] as PointMm)));
  return { reached, distances, fromStart: ends(start), toEnd: ends(end) };
}

function scheduleProblem(
  points: readonly PointOfInterest[],
  table: WayTable,
  speedMps: number,
): ScheduleProblem {
  const seconds = (mm: number): number => mm / 1000 / speedMps;
  const of = (value: (point: PointOfInterest) => number): Float64Array =>
    Float64Array.from(table.reached, (i) => value(points[i] as PointOfInterest));
  return {
    n: table.reached.length,
    flightS: table.distances.map(seconds),
    fromStartS: table.fromStart.map(seconds),
    toEndS: table.toEnd.map(seconds),
    stayS: of((point) => point.dwellS),
    earliestS: of((point) => point.window?.earliestS ?? 0),
    latestS: of((point) => point.window?.latestS ?? Number.POSITIVE_INFINITY),
    worth: of((point) => point.priority),
  };
}

function frameAbout(points: readonly PointOfInterest[]): LocalFrame {
  const lons = points.map((point) => point.position.lonDeg);
  const lats = points.map((point) => point.position.latDeg);
  const middle = (values: readonly number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  return createFrame({ lonDeg: middle(lons), latDeg: middle(lats) });
}

function faultOf(points: readonly PointOfInterest[], options: PointsOptions): PlanIssue | null {
  const windowed = points.some((point) => point.window !== null);
  const limits: Limit[] = [
    ['points', points.length, 1, windowed ? MOST_WINDOWED : MOST_POINTS],
    ['cruiseSpeedMps', options.cruiseSpeedMps, 0.1, 100],
    ['keepOutMarginM', options.space.keepOutMarginM, 0, 1000],
    ...flightLimits(options.flight),
    ...(options.start === null ? [] : placeLimits('start', options.start)),
    ...(options.end === null ? [] : placeLimits('end', options.end)),
  ];
  for (const point of points) {
    limits.push(
      ...placeLimits(`${point.name}.position`, point.position),
      [`${point.name}.dwellS`, point.dwellS, 0, 3600],
      [`${point.name}.priority`, point.priority, 1, 1000],
    );
    if (point.heightM !== null) limits.push([`${point.name}.heightM`, point.heightM, -500, 10_000]);
    if (point.lookAt !== null) limits.push(...placeLimits(`${point.name}.lookAt`, point.lookAt.target));
    if (point.speak !== null) limits.push([`${point.name}.speak.repeat`, point.speak.repeat, 1, 100]);
    if (point.window !== null) {
      limits.push(
        [`${point.name}.window.earliestS`, point.window.earliestS, 0, 86_400],
        [`${point.name}.window.latestS`, point.window.latestS, point.window.earliestS, 86_400],
      );
    }
  }
  return firstFault(limits);
}
