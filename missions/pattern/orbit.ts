import { createFrame, lonLatToMm, type PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import { firstFault } from '../limits.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';
import type { PathAction, PatternPath } from '../model/path.ts';
import { planIssue } from '../plan-issue.ts';
import {
  finishPath,
  flightLimits,
  type PatternFlight,
  placeLimits,
  refusedPath,
  stopAt,
  straighten,
} from './pattern-flight.ts';
import { clipRemarks } from './pattern-remarks.ts';
import { joinPieces, type PatternSpace, roomOf } from './pattern-space.ts';

export interface OrbitOptions {
  /** Half axes of the ellipse, metres, 2–5,000; both equal: a circle. */
  readonly semiMajorM: number;
  readonly semiMinorM: number;
  /** Where the long axis points, clockwise from north. No matter for a circle. */
  readonly axisBearingDeg: number;
  readonly direction: 'clockwise' | 'counter-clockwise';
  /** Rounds, 0.05–100; parts of a round are flown as parts. */
  readonly turns: number;
  /** Begin at the place nearest to here (from where the aircraft comes); null: north of the centre. */
  readonly start: LonLat | null;
  /** Farthest that a straight leg lies within the true curve, metres, 0.05–50. */
  readonly toleranceM: number;
  /** The camera looks at the centre at this height above sea level; null: at ground height as the autopilot knows it. */
  readonly lookAtCentre: boolean;
  readonly centreAmslM: number | null;
  readonly space: PatternSpace;
  readonly flight: PatternFlight;
}

/** Fewest legs of a full round: with less it is no orbit, whatever the tolerance. */
const LEAST_LEGS = 12;
/** Most points of one round: a wish for centimetres on a wide circle would fill the autopilot's memory. */
const MOST_LEGS = 720;

/**
 * Rounds about a place, as a polygon whose corners lie on the true circle or ellipse and whose sides leave it by at
 * most the tolerance (the sagitta r·(1 − cos(π/n)) of a circle; that of an ellipse is no more than with its long
 * half axis, as it is a flattened circle).
 *
 * Arcs outside the allowed area or in keep-outs are left out; what remains is joined by the shortest allowed ways.
 */
export function planOrbit(centre: LonLat, options: OrbitOptions): PatternPath {
  const { flight } = options;
  const fault = firstFault([
    ...placeLimits('centre', centre),
    ['semiMajorM', options.semiMajorM, 2, 5000],
    ['semiMinorM', options.semiMinorM, 2, 5000],
    ['axisBearingDeg', options.axisBearingDeg, -360, 360],
    ['turns', options.turns, 0.05, 100],
    ['toleranceM', options.toleranceM, 0.05, 50],
    ['keepOutMarginM', options.space.keepOutMarginM, 0, 1000],
    ...(options.start === null ? [] : placeLimits('start', options.start)),
    ...(options.centreAmslM === null ? [] : [['centreAmslM', options.centreAmslM, -500, 9000] as const]),
    ...flightLimits(flight),
  ]);
  if (fault !== null) return refusedPath(flight, fault);
  const frame = createFrame(centre);
  const start = options.start === null ? null : lonLatToMm(frame, options.start);
  const line = orbitLine(options, start);
  const room = roomOf(frame, options.space, line);
  if ('code' in room) return refusedPath(flight, room);
  const pieces = room.clip(line);
  const warnings: PlanIssue[] = [];
  const joined = joinPieces(pieces, room);
  warnings.push(...clipRemarks('orbit', line, pieces, joined.unreached));
  if (joined.line.length < 2) {
    const reason = 'all of it lies outside the allowed area or in keep-outs';
    return refusedPath(
      flight,
      ...warnings,
      planIssue('plan.pattern-empty', `There is no orbit to fly: ${reason}.`, { pattern: 'orbit', reason }),
    );
  }
  const aim: PathAction[] = options.lookAtCentre
    ? [{ kind: 'look-at', target: centre, targetAmslM: options.centreAmslM }]
    : [];
  const release: PathAction[] = options.lookAtCentre ? [{ kind: 'look-ahead' }] : [];
  const stops = joined.line.map((p) => stopAt(p));
  // Without anything cut away every corner is on the curve and stays.
  return finishPath(frame, pieces.length > 1 ? straighten(stops) : stops, flight, warnings, aim, release);
}

function orbitLine(options: OrbitOptions, start: PointMm | null): PointMm[] {
  const a = options.semiMajorM * 1000;
  const b = options.semiMinorM * 1000;
  const longest = Math.max(a, b);
  const wanted = Math.PI / Math.acos(Math.max(0, 1 - (options.toleranceM * 1000) / longest));
  const legs = Math.min(MOST_LEGS, Math.max(LEAST_LEGS, Math.ceil(wanted)));
  const axis = (options.axisBearingDeg * Math.PI) / 180;
  const sense = options.direction === 'clockwise' ? 1 : -1;
  const at = (angle: number): PointMm => {
    // `along` the axis and `across` to its right; angles run clockwise from the axis.
    const along = a * Math.cos(angle);
    const across = b * Math.sin(angle);
    return {
      x: Math.round(along * Math.sin(axis) + across * Math.cos(axis)) + 0,
      y: Math.round(along * Math.cos(axis) - across * Math.sin(axis)) + 0,
    };
  };
  const first = firstAngle(at, start, axis);
  const steps = Math.max(1, Math.ceil(legs * options.turns - 1e-9));
  const whole = 2 * Math.PI * options.turns;
  return Array.from({ length: steps + 1 }, (_, k) => at(first + (sense * whole * k) / steps));
}

/** The curve's angle nearest to the start, to a thousandth of a round; north of the centre without one. */
function firstAngle(at: (angle: number) => PointMm, start: PointMm | null, axis: number): number {
  if (start === null) return -axis;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 1000; k++) {
    const angle = (2 * Math.PI * k) / 1000;
    const d = distanceMm(at(angle), start);
    if (d < least) {
      least = d;
      best = angle;
    }
  }
  return best;
}
