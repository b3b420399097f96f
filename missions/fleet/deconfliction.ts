import { createFrame, type LocalFrame, lonLatToMm } from '../geo/frame.ts';
import type { LonLat, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import {
  type Approach,
  type ApproachList,
  closestApproach,
  closestApproaches,
  isConflict,
  type SeparationMinima,
} from './deconfliction-approach.ts';
import { assign, type Choice } from './deconfliction-assign.ts';
import { checkFlights, type DeconflictOptions } from './deconfliction-check.ts';
import { ConflictTable, type FlightOption } from './deconfliction-table.ts';
import { delayed, type FlightTrack, type PlannedFlight, type TrackContext } from './deconfliction-track.ts';

/** A flight with its place in the air. */
export interface SeparatedFlight {
  readonly flightId: string;
  readonly routeIndex: number;
  /** Above home. */
  readonly layerM: number;
  readonly delayS: number;
  readonly startMs: number;
  readonly track: FlightTrack;
}

/** A flight for which there is no place, or a pair in the air that nobody can part. */
export interface UnsolvedFlight {
  readonly flightId: string;
  /** Flights that it conflicts with where it would conflict least. */
  readonly againstIds: readonly string[];
  readonly approach: Approach | null;
  readonly issue: PlanIssue;
}

export type Deconfliction =
  | { readonly kind: 'refused'; readonly issues: readonly PlanIssue[] }
  | {
      readonly kind: 'separated';
      readonly flights: readonly SeparatedFlight[];
      readonly totalDelayS: number;
      /** No choice of layers, routes and delays has less delay in all. */
      readonly proven: boolean;
      readonly proof: ApproachList;
      readonly frame: LocalFrame;
      readonly epochMs: number;
      readonly issues: readonly PlanIssue[];
    }
  | {
      readonly kind: 'unsolved';
      /** Those that keep apart; they may fly. Flights in `unsolved` must not. */
      readonly flights: readonly SeparatedFlight[];
      readonly unsolved: readonly UnsolvedFlight[];
      readonly totalDelayS: number;
      /** True: it is certain that not all can be placed. False: no place was found. */
      readonly proven: boolean;
      readonly proof: ApproachList;
      readonly frame: LocalFrame;
      readonly epochMs: number;
      readonly issues: readonly PlanIssue[];
    };

/**
 * Keeps the flights of the own fleet apart in space and time: a height layer for each, another of its routes where
 * layers do not suffice, a later take-off where routes do not. Flights climb and descend where their routes say (in
 * the columns of their bases) and nowhere else. The total delay is the least there is for groups of few flights (with
 * `proven`), otherwise the least found. The result is judged once more by the closest approaches of the final tracks,
 * and what does not keep the minima is not returned as separated. Deterministic; never throws for bad input.
 */
export function deconflict(flights: readonly PlannedFlight[], options: DeconflictOptions): Deconfliction {
  const faults = checkFlights(flights, options);
  if (faults.length > 0) return { kind: 'refused', issues: faults };
  const context = contextOf(flights, options);
  const minima = { horizontalM: options.minHorizontalM, verticalM: options.minVerticalM };
  const stepS = options.delayStepS ?? 1;
  const table = new ConflictTable(flights, {
    minima,
    layersM: options.layersM,
    maxDelayS: options.maxDelayS,
    stepS,
    context,
  });
  const choices: (Choice | null)[] = flights.map(() => null);
  let proven = true;
  let placeable = true;
  let certain = false;
  for (const group of groupsOf(table)) {
    const found = assign(table, group);
    group.forEach((flight, k) => {
      choices[flight] = found.choices[k] ?? null;
    });
    const all = found.choices.every((choice) => choice !== null);
    if (!all) {
      placeable = false;
      if (found.proven) certain = true;
    } else if (!found.proven) proven = false;
  }
  const placed = flights.flatMap((flight, i) => {
    const choice = choices[i] ?? null;
    return choice === null ? [] : [separated(table, flight, i, choice, stepS)];
  });
  const proof = closestApproaches(
    placed.map((flight) => flight.track),
    minima,
    options.horizonM,
  );
  const left = conflictsLeft(flights, proof);
  const unsolved = [
    ...flights.flatMap((flight, i) =>
      choices[i] === null ? [unplaced(table, flight, i, placed, minima)] : [],
    ),
    ...left,
  ];
  const common = {
    flights: placed,
    totalDelayS: placed.reduce((total, flight) => total + flight.delayS, 0),
    proof,
    frame: context.frame,
    epochMs: context.epochMs,
  };
  const remarks = heightRemarks(placed);
  if (unsolved.length === 0 && placeable) return { kind: 'separated', ...common, proven, issues: remarks };
  return {
    kind: 'unsolved',
    ...common,
    unsolved,
    // Nothing that the planner may choose changes a conflict between flights that it may not touch.
    proven: certain || left.length > 0,
    issues: [...unsolved.map((entry) => entry.issue), ...remarks],
  };
}

/** The context in which `deconflict` sees its flights: one plane, one zero of time. */
export function contextOf(flights: readonly PlannedFlight[], options: DeconflictOptions): TrackContext {
  const homes = flights.flatMap((flight) => flight.routes[0]?.[0] ?? []);
  return {
    frame: createFrame(middleOf(homes)),
    epochMs: flights.length === 0 ? 0 : Math.min(...flights.map((flight) => flight.startMs)),
    uncertainty: options.uncertainty ?? null,
    commonGround: options.commonGround ?? false,
  };
}

function middleOf(points: readonly LonLat[]): LonLat {
  const first = points[0];
  if (first === undefined) return { lonDeg: 0, latDeg: 0 };
  // About the first point, so that a fleet at the date line has its middle there too.
  const frame = createFrame(first);
  const mm = points.map((p) => lonLatToMm(frame, p));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    lonDeg: first.lonDeg + mean(mm.map((p) => p.x)) / frame.mmPerLonDeg,
    latDeg: first.latDeg + mean(mm.map((p) => p.y)) / frame.mmPerLatDeg,
  };
}

/** Groups of flights that can come into conflict with each other; others need not be looked at together. */
function groupsOf(table: ConflictTable): number[][] {
  const root = table.flights.map((_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (root[at] !== at) at = root[at] as number;
    return at;
  };
  for (let i = 0; i < root.length; i++) {
    for (let j = i + 1; j < root.length; j++) {
      const a = find(i);
      const b = find(j);
      if (a !== b && table.canMeet(i, j)) root[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const groups = new Map<number, number[]>();
  root.forEach((_, i) => {
    const key = find(i);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups.values()];
}

function separated(
  table: ConflictTable,
  flight: PlannedFlight,
  index: number,
  choice: Choice,
  stepS: number,
): SeparatedFlight {
  const { routeIndex, layerM } = table.optionsOf(index)[choice.option] as FlightOption;
  const delayS = choice.delay * stepS;
  return {
    flightId: flight.flightId,
    routeIndex,
    layerM,
    delayS,
    startMs: flight.startMs + delayS * 1000,
    track: delayed(table.track(index, choice.option).track, delayS),
  };
}

/** Where a flight that found no place would conflict least, and with whom. */
function unplaced(
  table: ConflictTable,
  flight: PlannedFlight,
  index: number,
  placed: readonly SeparatedFlight[],
  minima: SeparationMinima,
): UnsolvedFlight {
  let least: Approach[] | null = null;
  table.optionsOf(index).forEach((_, option) => {
    const { track } = table.track(index, option);
    const conflicts = placed
      .map((other) => closestApproach(track, other.track, minima))
      .filter((approach) => approach !== null && isConflict(approach)) as Approach[];
    if (least === null || conflicts.length < least.length) least = conflicts;
  });
  const conflicts = ((least ?? []) as Approach[]).toSorted((a, b) => a.separation - b.separation);
  const worst = conflicts[0] ?? null;
  return {
    flightId: flight.flightId,
    againstIds: conflicts.map((approach) => approach.otherFlightId),
    approach: worst,
    issue: planIssue(
      'deconflict.unsolved',
      worst === null
        ? `${flight.flightId} finds no height, route or time at which it keeps apart from the others.`
        : `${flight.flightId} finds no height, route or time at which it keeps apart from ${worst.otherFlightId}: they would come to ${metres(worst.horizontalM)} m, ${metres(worst.verticalM ?? 0)} m in height. Allow more layers or a longer delay, or leave one of them out.`,
      pairDetails(flight.flightId, worst),
    ),
  };
}

/** Conflicts that the proof finds among placed flights: only between flights that nobody may move. */
function conflictsLeft(flights: readonly PlannedFlight[], proof: ApproachList): UnsolvedFlight[] {
  const held = new Set(flights.filter((flight) => flight.hold !== 'free').map((flight) => flight.flightId));
  return proof.approaches.filter(isConflict).map((approach) => {
    const { flightId, otherFlightId } = approach;
    const bothHeld = held.has(flightId) && held.has(otherFlightId);
    return {
      flightId,
      againstIds: [otherFlightId],
      approach,
      issue: planIssue(
        bothHeld ? 'deconflict.fixed-conflict' : 'deconflict.unsolved',
        `${flightId} and ${otherFlightId} come to ${metres(approach.horizontalM)} m, ${metres(approach.verticalM ?? 0)} m in height${bothHeld ? ', and neither may be changed by the planner: hold one of them now' : ''}.`,
        pairDetails(flightId, approach),
      ),
    };
  });
}

function pairDetails(flightId: string, approach: Approach | null): Record<string, string | number> {
  return {
    flightId,
    otherFlightId: approach?.otherFlightId ?? '',
    horizontalM: metres(approach?.horizontalM ?? 0),
    verticalM: metres(approach?.verticalM ?? 0),
  };
}

function heightRemarks(placed: readonly SeparatedFlight[]): PlanIssue[] {
  const groups = new Set(placed.map((flight) => flight.track.heightGroup));
  if (groups.size < 2) return [];
  const unknown = placed.filter((flight) => flight.track.heightGroup.startsWith('home ')).length;
  return [
    planIssue(
      'deconflict.heights-not-comparable',
      `The elevation of the home of ${unknown} flight${unknown === 1 ? '' : 's'} is not known, so heights do not keep them apart from flights of other homes; distance and time do. Enter the elevations of the bases.`,
      { flights: unknown },
    ),
  ];
}

function metres(value: number): number {
  return Math.round(value * 10) / 10;
}
