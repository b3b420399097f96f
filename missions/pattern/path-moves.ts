import type { PointMm } from '../geo/frame.ts';
import { gapMm } from './coverage-turn.ts';

/** A wiggle has at most so many waypoints, none farther from its line than this share of half a swath. */
const MOST_IN_WIGGLE = 4;
const WIGGLE_SHARE = 0.7;

/** Directions in which a waypoint is tried, besides straight to its neighbours. */
const COMPASS = Array.from(
  { length: 8 },
  (_, k) => [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)] as const,
);

/** Places for a waypoint a step away: towards both of its neighbours (home beyond the ends), then all round. */
export function targetsOf(
  b: PointMm,
  before: PointMm | undefined,
  after: PointMm | undefined,
  stepMm: number,
): PointMm[] {
  const out: PointMm[] = [];
  for (const q of [before, after]) {
    if (q === undefined) continue;
    const d = gapMm(b, q);
    if (d < 1) continue;
    const t = Math.min(1, stepMm / d);
    out.push({ x: Math.round(b.x + (q.x - b.x) * t), y: Math.round(b.y + (q.y - b.y) * t) });
  }
  for (const [dx, dy] of COMPASS) {
    out.push({ x: Math.round(b.x + dx * stepMm), y: Math.round(b.y + dy * stepMm) });
  }
  return out;
}

/**
 * The leg from waypoint `i` on, moved to either side; its ends slide along the legs next to it, so that no heading
 * changes. A leg between two lanes trims or lengthens both of them, a lane keeps its length: what moving one waypoint
 * after the other cannot do without a kink in between.
 */
export function shiftedLegs(points: readonly PointMm[], i: number, stepMm: number): (readonly PointMm[])[] {
  const b = points[i];
  const c = points[i + 1];
  if (b === undefined || c === undefined || gapMm(b, c) < 1) return [];
  return [stepMm, -stepMm].map((aside) => [
    slid(b, points[i - 1], leftOf(b, c), aside),
    slid(c, points[i + 2], leftOf(b, c), aside),
  ]);
}

/** Waypoints from `i` to `j` that wiggle about a line, and lines that may stand for all of them. */
export interface Wiggle {
  readonly i: number;
  readonly j: number;
  readonly lines: readonly (readonly PointMm[])[];
}

/**
 * Wiggles that begin at waypoint `i`, short ones first: all that lies between is near the way to the last one. The line
 * takes their mean offset (or none), so that what they saw on one side is not all lost.
 */
export function wigglesFrom(points: readonly PointMm[], i: number, radiusMm: number): Wiggle[] {
  const out: Wiggle[] = [];
  const a = points[i];
  if (a === undefined) return out;
  for (let j = i + 2; j <= i + 1 + MOST_IN_WIGGLE; j++) {
    const c = points[j];
    if (c === undefined) break;
    if (gapMm(a, c) < radiusMm) continue;
    const normal = leftOf(a, c);
    const offsets = points.slice(i + 1, j).map((p) => (p.x - a.x) * normal.x + (p.y - a.y) * normal.y);
    if (offsets.some((offset) => Math.abs(offset) > WIGGLE_SHARE * radiusMm)) continue;
    const mean = offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
    const lines = [mean, 0].map((aside) => [
      slid(a, points[i - 1], normal, aside),
      slid(c, points[j + 1], normal, aside),
    ]);
    out.push({ i, j, lines });
  }
  return out;
}

/** Unit vector to the left of the way from `a` to `b`, which are apart. */
function leftOf(a: PointMm, b: PointMm): PointMm {
  const d = gapMm(a, b);
  return { x: (a.y - b.y) / d, y: (b.x - a.x) / d };
}

/** Sine of the angle below which two legs run too nearly alike to slide one end along the other. */
const LEAST_ACROSS = 0.35;

/**
 * Where a waypoint goes when a leg that ends there is moved sideways: along the leg to its other neighbour; straight aside
 * where the two run nearly alike.
 */
function slid(b: PointMm, neighbour: PointMm | undefined, normal: PointMm, asideMm: number): PointMm {
  if (neighbour !== undefined) {
    const d = gapMm(b, neighbour);
    const ux = d === 0 ? 0 : (b.x - neighbour.x) / d;
    const uy = d === 0 ? 0 : (b.y - neighbour.y) / d;
    const across = ux * normal.x + uy * normal.y;
    if (Math.abs(across) > LEAST_ACROSS) {
      const t = asideMm / across;
      return { x: Math.round(b.x + ux * t), y: Math.round(b.y + uy * t) };
    }
  }
  return { x: Math.round(b.x + normal.x * asideMm), y: Math.round(b.y + normal.y * asideMm) };
}
