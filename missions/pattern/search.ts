import { createFrame, type PointMm } from '../geo/frame.ts';
import { firstFault, type Limit } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import type { PatternPath } from '../model/path.ts';
import { planIssue } from '../plan-issue.ts';
import {
  finishPath,
  flightLimits,
  type PatternFlight,
  placeLimits,
  refusedPath,
  stopAt,
} from './pattern-flight.ts';
import { clipRemarks } from './pattern-remarks.ts';
import { joinPieces, type PatternSpace, roomOf } from './pattern-space.ts';
import {
  expandingSquareLegs,
  expandingSquareLegsFor,
  expandingSquareRadius,
  type SearchLeg,
  sectorLegs,
  type TurnSide,
} from './search-legs.ts';

export type SearchPattern =
  | {
      readonly kind: 'expanding-square';
      /** The most probable place; the search begins here. */
      readonly datum: LonLat;
      /** Track spacing S, metres, 1–5,000. */
      readonly spacingM: number;
      /** A number of legs (1–400), or as many as see everything within a radius. */
      readonly extent:
        | { readonly kind: 'legs'; readonly legs: number }
        | { readonly kind: 'radius'; readonly radiusM: number };
      /** Usually into the wind; 45° more for a second search. */
      readonly firstCourseDeg: number;
      readonly turns: TurnSide;
    }
  | {
      readonly kind: 'sector';
      readonly datum: LonLat;
      /** Metres, 5–50,000. */
      readonly radiusM: number;
      /** Usually down-drift. */
      readonly firstCourseDeg: number;
      readonly turns: TurnSide;
      /** The second search lies half-way between the legs of the first, 30° on. */
      readonly searches: 1 | 2;
    }
  | {
      /** Parallel track (PS, legs along the long side) or creeping line (CS, legs along the short side). */
      readonly kind: 'parallel-track' | 'creeping-line';
      readonly centre: LonLat;
      /** Sides of the rectangle, metres; the long one runs along `axisBearingDeg`. */
      readonly lengthM: number;
      readonly widthM: number;
      readonly axisBearingDeg: number;
      readonly spacingM: number;
    };

/** What is searched for moves with the water or the crowd. */
export interface Drift {
  /** Where to, clockwise from north, and how fast. */
  readonly setDeg: number;
  readonly rateMps: number;
  /** Seconds between the datum's time and the beginning of the search. */
  readonly elapsedS: number;
}

export interface SearchOptions {
  /** Null: the datum stands still. With drift the flight needs a speed. */
  readonly drift: Drift | null;
  readonly space: PatternSpace;
  readonly flight: PatternFlight;
}

export interface SearchPath extends PatternPath {
  /** Legs of the pattern before anything was cut off. */
  readonly legs: number;
  /**
   * Radius about the (moving) datum within which nothing is farther from the track than half a spacing (0.586 of one
   * outside of corners: see `SEARCHED_REACH`); null for sector searches, whose spacing grows outwards, for rectangles,
   * which are searched whole, and when something was cut off.
   */
  readonly searchedRadiusM: number | null;
}

/**
 * A search pattern of the IAMSAR Manual as a path. With drift the pattern keeps its figure about the moving datum:
 * each corner is put where the datum will have taken it when the aircraft gets there.
 * What lies outside the allowed area or in keep-outs is left out and said.
 */
export function planSearch(pattern: SearchPattern, options: SearchOptions): SearchPath {
  const { flight, drift } = options;
  const none = { legs: 0, searchedRadiusM: null };
  const fault = firstFault([
    ...patternLimits(pattern),
    ['keepOutMarginM', options.space.keepOutMarginM, 0, 1000],
    ...(drift === null
      ? []
      : ([
          ['drift.setDeg', drift.setDeg, -360, 360],
          ['drift.rateMps', drift.rateMps, 0, 30],
          ['drift.elapsedS', drift.elapsedS, 0, 86_400],
        ] as const)),
    ...flightLimits(flight),
  ]);
  if (fault !== null) return { ...refusedPath(flight, fault), ...none };
  const figure = figureOf(pattern);
  const frame = createFrame('datum' in pattern ? pattern.datum : pattern.centre);
  const line = drift === null ? rounded(figure.points) : drifted(figure.points, drift, flight.speedMps);
  if ('code' in line) return { ...refusedPath(flight, line), ...none };
  const room = roomOf(frame, options.space, line);
  if ('code' in room) return { ...refusedPath(flight, room), ...none };
  const pieces = room.clip(line);
  const joined = joinPieces(pieces, room);
  const warnings: PlanIssue[] = clipRemarks(pattern.kind, line, pieces, joined.unreached);
  if (joined.line.length < 2) {
    const reason = 'all of it lies outside the allowed area or in keep-outs';
    warnings.push(
      planIssue('plan.pattern-empty', `There is no search to fly: ${reason}.`, {
        pattern: pattern.kind,
        reason,
      }),
    );
    return { ...refusedPath(flight, ...warnings), ...none };
  }
  const path = finishPath(
    frame,
    joined.line.map((p) => stopAt(p)),
    flight,
    warnings,
  );
  // A search with pieces missing no longer searches the whole disc.
  const searchedRadiusM = warnings.length === 0 ? figure.radiusM : null;
  return { ...path, legs: figure.legs, searchedRadiusM };
}

interface Figure {
  /** Metres east and north of the datum, not rounded. */
  readonly points: readonly PointMm[];
  readonly legs: number;
  readonly radiusM: number | null;
}

function figureOf(pattern: SearchPattern): Figure {
  switch (pattern.kind) {
    case 'expanding-square': {
      const { spacingM, extent } = pattern;
      const legs =
        extent.kind === 'legs' ? Math.round(extent.legs) : expandingSquareLegsFor(spacingM, extent.radiusM);
      const figure = expandingSquareLegs(spacingM, legs, pattern.firstCourseDeg, pattern.turns);
      return { points: along(figure), legs, radiusM: expandingSquareRadius(spacingM, legs) };
    }
    case 'sector': {
      const figure = sectorLegs(pattern.radiusM, pattern.firstCourseDeg, pattern.turns, pattern.searches);
      return { points: along(figure), legs: figure.length, radiusM: null };
    }
    case 'parallel-track':
    case 'creeping-line':
      return sweepOf(pattern);
  }
}

/** First and last legs run half a spacing inside the sides, as do the ends of legs. */
function sweepOf(
  pattern: Extract<SearchPattern, { readonly kind: 'parallel-track' | 'creeping-line' }>,
): Figure {
  const alongLong = pattern.kind === 'parallel-track';
  const legLength = (alongLong ? pattern.lengthM : pattern.widthM) * 1000;
  const across = (alongLong ? pattern.widthM : pattern.lengthM) * 1000;
  const legs = Math.max(1, Math.ceil(across / (pattern.spacingM * 1000) - 1e-9));
  // Whole lanes of equal width, none wider than the spacing asked for.
  const lane = across / legs;
  const inset = Math.min(lane / 2, legLength / 2);
  const bearing = ((pattern.axisBearingDeg + (alongLong ? 0 : 90)) * Math.PI) / 180;
  const place = (forward: number, right: number): PointMm => ({
    x: forward * Math.sin(bearing) + right * Math.cos(bearing),
    y: forward * Math.cos(bearing) - right * Math.sin(bearing),
  });
  const points: PointMm[] = [];
  for (let k = 0; k < legs; k++) {
    const right = -across / 2 + lane * (k + 0.5);
    const end = legLength / 2 - inset;
    points.push(
      ...(k % 2 === 0 ? [place(-end, right), place(end, right)] : [place(end, right), place(-end, right)]),
    );
  }
  return { points, legs, radiusM: null };
}

function along(legs: readonly SearchLeg[]): PointMm[] {
  let at = { x: 0, y: 0 };
  const out = [at];
  for (const leg of legs) {
    const course = (leg.courseDeg * Math.PI) / 180;
    at = {
      x: at.x + leg.lengthM * 1000 * Math.sin(course),
      y: at.y + leg.lengthM * 1000 * Math.cos(course),
    };
    out.push(at);
  }
  return out;
}

/**
 * The figure on the moving datum. To a corner that drifts away with d the aircraft flies for the least t > 0 with
 * |r + d·t| = v·t, r the way to the corner now: (v² − d²)·t² − 2(r·d)·t − r² = 0.
 */
function drifted(figure: readonly PointMm[], drift: Drift, speedMps: number | null): PointMm[] | PlanIssue {
  if (speedMps === null || speedMps <= drift.rateMps * 1.05) {
    return planIssue(
      'plan.bad-request',
      `A search on a drift of ${drift.rateMps} m/s needs a speed above it; it is ${speedMps ?? 'not given'}.`,
      { field: 'speedMps', value: String(speedMps) },
    );
  }
  const set = (drift.setDeg * Math.PI) / 180;
  const dx = drift.rateMps * 1000 * Math.sin(set);
  const dy = drift.rateMps * 1000 * Math.cos(set);
  const v = speedMps * 1000;
  let time = drift.elapsedS;
  let at: PointMm | null = null;
  const out: PointMm[] = [];
  for (const corner of figure) {
    let to: PointMm = { x: corner.x + dx * time, y: corner.y + dy * time };
    if (at !== null) {
      const rx = to.x - at.x;
      const ry = to.y - at.y;
      const a = v * v - dx * dx - dy * dy;
      const half = rx * dx + ry * dy;
      const flown = (half + Math.sqrt(half * half + a * (rx * rx + ry * ry))) / a;
      to = { x: to.x + dx * flown, y: to.y + dy * flown };
      time += flown;
    }
    out.push(to);
    at = to;
  }
  return rounded(out);
}

function rounded(points: readonly PointMm[]): PointMm[] {
  return points.map((p) => ({ x: Math.round(p.x) + 0, y: Math.round(p.y) + 0 }));
}

function patternLimits(pattern: SearchPattern): Limit[] {
  switch (pattern.kind) {
    case 'expanding-square':
      return [
        ...placeLimits('datum', pattern.datum),
        ['spacingM', pattern.spacingM, 1, 5000],
        ['firstCourseDeg', pattern.firstCourseDeg, -360, 720],
        pattern.extent.kind === 'legs'
          ? ['legs', pattern.extent.legs, 1, 400]
          : ['radiusM', pattern.extent.radiusM, 1, 100 * pattern.spacingM],
      ];
    case 'sector':
      return [
        ...placeLimits('datum', pattern.datum),
        ['radiusM', pattern.radiusM, 5, 50_000],
        ['firstCourseDeg', pattern.firstCourseDeg, -360, 720],
        ['searches', pattern.searches, 1, 2],
      ];
    case 'parallel-track':
    case 'creeping-line':
      return [
        ...placeLimits('centre', pattern.centre),
        ['lengthM', pattern.lengthM, 1, 100_000],
        ['widthM', pattern.widthM, 1, pattern.lengthM],
        ['axisBearingDeg', pattern.axisBearingDeg, -360, 360],
        ['spacingM', pattern.spacingM, Math.max(1, pattern.lengthM / 400), 5000],
      ];
  }
}
