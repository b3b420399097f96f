import { lonLatToMm, type PointMm } from '../geo/frame.ts';
import { distanceMm, lengthMm } from '../geo/measure.ts';
import { firstFault } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import type { PatternPath } from '../model/path.ts';
import { planIssue } from '../plan-issue.ts';
import { offsetLine, passOffsets } from './corridor-passes.ts';
import { type Leg, type PostmanTour, postmanTour } from './corridor-postman.ts';
import { reachable, type Served } from './corridor-reach.ts';
import { clipStreet, readStreets, type Street, type Unserved } from './corridor-streets.ts';
import {
  finishPath,
  flightLimits,
  type PatternFlight,
  placeLimits,
  refusedPath,
  stopAt,
  straighten,
} from './pattern-flight.ts';
import { joinPieces, type PatternRoom, type PatternSpace, roomOf } from './pattern-space.ts';
import { buildStreetGraph, type StreetEdge } from './street-graph.ts';

export type { Street } from './corridor-streets.ts';

export interface CorridorOptions {
  /** Street ends nearer than this to another street meet it, metres, 0.01–50; 2 is usual. */
  readonly snapM: number;
  /** Carriageways side by side up to this far apart are flown once, metres, 1–200; null: each is flown. */
  readonly mergeParallelM: number | null;
  /** Width about the street's line that shall be seen, and width that one pass sees, metres, 1–2,000. */
  readonly corridorWidthM: number;
  readonly swathWidthM: number;
  /** Every pass once, in whatever direction is shortest; or once in each direction. */
  readonly directions: 'one-way' | 'both-ways';
  /** Where the aircraft comes from and returns to; the ends of the path are drawn to it. */
  readonly start: LonLat | null;
  /** The camera looks ahead; −90 straight down … 0 horizon. */
  readonly gimbalPitchDeg: number;
  readonly space: PatternSpace;
  readonly flight: PatternFlight;
}

export interface CorridorPath extends PatternPath {
  /** Parallel passes along each street. */
  readonly passes: number;
  /** Chosen streets that are flown, each once, metres. */
  readonly streetsM: number;
  /** The tour along the middle lines closed to a round, and the bound that no such round is shorter than. */
  readonly tourM: number;
  readonly lowerBoundM: number;
  readonly unserved: readonly {
    readonly streetId: string;
    readonly lengthM: number;
    readonly reason: string;
  }[];
}

/** Most parallel passes of one street. */
const MOST_PASSES = 20;

/** Most stretches between crossings in one plan: beyond it tables of distances grow past memory. */
const MOST_STRETCHES = 3000;

/**
 * A path along streets: every chosen street is flown along its whole line, with as little flying between them as can
 * be found; between streets the drone flies straight, or the shortest way round keep-outs.
 *
 * Streets outside the allowed area or in keep-outs, and those that no way leads to, are left out and named.
 * Never throws for bad input: with an `error` among `warnings` there is no path.
 */
export function planCorridor(streets: readonly Street[], options: CorridorOptions): CorridorPath {
  const { flight } = options;
  const fault = firstFault([
    ['snapM', options.snapM, 0.01, 50],
    ['corridorWidthM', options.corridorWidthM, 1, 2000],
    ['swathWidthM', options.swathWidthM, Math.max(1, options.corridorWidthM / MOST_PASSES), 2000],
    ['gimbalPitchDeg', options.gimbalPitchDeg, -90, 30],
    ['keepOutMarginM', options.space.keepOutMarginM, 0, 1000],
    ...(options.mergeParallelM === null ? [] : [['mergeParallelM', options.mergeParallelM, 1, 200] as const]),
    ...(options.start === null ? [] : placeLimits('start', options.start)),
    ...flightLimits(flight),
  ]);
  if (fault !== null) return refused(flight, fault);
  const read = readStreets(streets);
  if ('code' in read) return refused(flight, read);
  const { frame, lines } = read;
  const room = roomOf(
    frame,
    options.space,
    lines.flatMap((line) => line.points),
  );
  if ('code' in room) return refused(flight, room);
  const unserved: Unserved[] = [];
  const inside = lines.flatMap((line) => clipStreet(line, room, unserved));
  const graph = buildStreetGraph(inside, {
    snapMm: options.snapM * 1000,
    mergeParallelMm: options.mergeParallelM === null ? null : options.mergeParallelM * 1000,
  });
  const chosen = graph.edges.filter((edge) => edge.isChosen);
  if (chosen.length > MOST_STRETCHES) {
    return refused(
      flight,
      planIssue(
        'plan.too-many-streets',
        `${chosen.length} stretches of street are too many for one plan; divide them.`,
        {
          streets: chosen.length,
          most: MOST_STRETCHES,
        },
      ),
    );
  }
  const passes = Math.max(1, Math.ceil(options.corridorWidthM / options.swathWidthM - 1e-9));
  const start = options.start === null ? null : lonLatToMm(frame, options.start);
  const served = reachable(chosen, graph.nodes, room, start, unserved);
  const warnings = [...mergedRemark(graph.merged), ...unservedRemarks(unserved)];
  const summary = unserved.map(({ streetId, lengthMm: mm, reason }) => ({
    streetId,
    lengthM: Math.round(mm / 1000),
    reason,
  }));
  if (served.edges.length === 0) {
    const reason = lines.some((line) => line.isChosen)
      ? 'no chosen street can be flown'
      : 'no street is chosen';
    const issue = planIssue('plan.pattern-empty', `There is no corridor to fly: ${reason}.`, {
      pattern: 'corridor',
      reason,
    });
    return { ...refused(flight, ...warnings, issue), unserved: summary };
  }
  const tour = postmanTour({
    places: served.places.length,
    distances: served.distances,
    errands: served.edges.map(({ edge, from, to }) => ({ from, to, lengthMm: Math.round(edge.lengthMm) })),
    times: passes,
    bothWays: options.directions === 'both-ways',
  });
  const legs = openTour(tour, served, room, start);
  const pieces = fly(legs, served, passes, options);
  const clipped = pieces.flatMap((piece) => (passes === 1 ? [piece] : room.clip(piece)));
  const joined = joinPieces(clipped, room);
  const lost = sum(pieces) - sum(clipped) + sum(joined.unreached);
  if (lost > 1000) {
    const lengthM = Math.round(lost / 1000);
    const lostPct = Math.round((lost / sum(pieces)) * 1000) / 10;
    warnings.push(
      planIssue(
        'plan.pattern-clipped',
        `${lengthM} m (${lostPct} %) of side passes lie outside the allowed area or in keep-outs.`,
        {
          pattern: 'corridor',
          lengthM,
          lostPct,
        },
      ),
    );
  }
  const stops = straighten(joined.line.map((p) => stopAt(p)));
  const aim = [{ kind: 'gimbal', pitchDeg: options.gimbalPitchDeg, yawDeg: 0 } as const];
  return {
    ...finishPath(frame, stops, flight, warnings, aim),
    passes,
    streetsM: served.edges.reduce((total, { edge }) => total + edge.lengthMm, 0) / 1000,
    tourM: tour.lengthMm / 1000,
    lowerBoundM: tour.lowerBoundMm / 1000,
    unserved: summary,
  };
}

/** The closed tour cut open where that shortens the way from the start, along the streets and back most. */
function openTour(tour: PostmanTour, served: Served, room: PatternRoom, start: PointMm | null): Leg[] {
  const { legs } = tour;
  const n = served.places.length;
  const fromStart =
    start === null
      ? new Float64Array(n)
      : Float64Array.from(served.places, (place) => {
          const way = room.way(start, place);
          return way === null ? distanceMm(start, place) : lengthMm(way);
        });
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  legs.forEach((leg, i) => {
    const before = legs[(i + legs.length - 1) % legs.length] as Leg;
    const from = endOf(before, served);
    const to = startOf(leg, served);
    const cost =
      (fromStart[from] as number) + (fromStart[to] as number) - (served.distances[from * n + to] as number);
    if (cost < least) {
      least = cost;
      best = i;
    }
  });
  return [...legs.slice(best), ...legs.slice(0, best)];
}

function startOf(leg: Leg, served: Served): number {
  const edge = served.edges[leg.errand] as Served['edges'][number];
  return leg.forward ? edge.from : edge.to;
}

function endOf(leg: Leg, served: Served): number {
  const edge = served.edges[leg.errand] as Served['edges'][number];
  return leg.forward ? edge.to : edge.from;
}

/** Each leg as the line that is flown: on its own pass, with passes in one direction on the right of the others. */
function fly(
  legs: readonly Leg[],
  served: Served,
  passes: number,
  options: CorridorOptions,
): (readonly PointMm[])[] {
  const offsets = passOffsets(passes, (options.corridorWidthM * 1000) / passes);
  const each = options.directions === 'both-ways';
  const forwards = new Map<number, number>();
  const backwards = new Map<number, number>();
  return legs.map((leg) => {
    const { edge } = served.edges[leg.errand] as Served['edges'][number];
    const counter = leg.forward ? forwards : backwards;
    const k = counter.get(leg.errand) ?? 0;
    counter.set(leg.errand, k + 1);
    // Seen along the street's own direction: forward passes fill from the right, backward ones from the left.
    const offset = (leg.forward && !each ? offsets[passes - 1 - k] : offsets[k]) ?? 0;
    const line = offsetLine(edge.points, offset);
    return leg.forward ? line : line.toReversed();
  });
}

function mergedRemark(merged: readonly StreetEdge[]): PlanIssue[] {
  if (merged.length === 0) return [];
  const lengthM = Math.round(merged.reduce((total, edge) => total + edge.lengthMm, 0) / 1000);
  return [
    planIssue(
      'plan.streets-merged',
      `${merged.length} stretches (${lengthM} m) are seen from a parallel one and are not flown themselves.`,
      { streets: merged.length, lengthM },
    ),
  ];
}

function unservedRemarks(unserved: readonly Unserved[]): PlanIssue[] {
  return unserved.map(({ streetId, lengthMm: mm, reason }) =>
    planIssue('plan.street-unserved', `${Math.round(mm / 1000)} m of ${streetId} are not flown: ${reason}.`, {
      streetId,
      lengthM: Math.round(mm / 1000),
      reason,
    }),
  );
}

function sum(lines: readonly (readonly PointMm[])[]): number {
  return lines.reduce((total, line) => total + lengthMm(line), 0);
}

function refused(flight: PatternFlight, ...issues: readonly PlanIssue[]): CorridorPath {
  return {
    ...refusedPath(flight, ...issues),
    passes: 0,
    streetsM: 0,
    tourM: 0,
    lowerBoundM: 0,
    unserved: [],
  };
}
