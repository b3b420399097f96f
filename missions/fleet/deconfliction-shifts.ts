import Flatbush from 'flatbush';
import type { SeparationMinima } from './deconfliction-pair.ts';
import type { FlightTrack } from './deconfliction-track.ts';

/** Open intervals [from, to, from, to …], growing and apart. */
export type Intervals = readonly number[];

/** The minima are met when they are undercut by less than this; without it, equal layers' spacing would be a tie of rounding. */
const SLACK_M = 1e-6;
/** Intervals that touch within this are one: the conflict goes on from one leg to the next. */
const JOIN_S = 1e-6;

/** A track with an index over the boxes of its pieces in plan. */
export interface IndexedTrack {
  readonly track: FlightTrack;
  readonly index: Flatbush | null;
  /** minX, minY, maxX, maxY, minZ, maxZ of the whole. */
  readonly bounds: Float64Array;
  readonly greatestRadiusM: number;
}

export function indexTrack(track: FlightTrack): IndexedTrack {
  const k = track.knots;
  const pieces = Math.max(0, k.length / 4 - 1);
  const index = pieces === 0 ? null : new Flatbush(pieces);
  const bounds = Float64Array.from([
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  for (let p = 0; p < pieces; p++) {
    const box = pieceBox(track, p);
    index?.add(box[0], box[1], box[2], box[3]);
    for (const i of [0, 1, 4]) bounds[i] = Math.min(bounds[i] as number, box[i] as number);
    for (const i of [2, 3, 5]) bounds[i] = Math.max(bounds[i] as number, box[i] as number);
  }
  index?.finish();
  let greatestRadiusM = 0;
  for (const radius of track.radiiM) greatestRadiusM = Math.max(greatestRadiusM, radius);
  return { track, index, bounds, greatestRadiusM };
}

/** True when the two never come near in plan or height, whatever their delays. */
export function neverMeet(a: IndexedTrack, b: IndexedTrack, minima: SeparationMinima): boolean {
  const reach = minima.horizontalM + a.greatestRadiusM + b.greatestRadiusM;
  const apart = (low: number, high: number, distance: number): boolean =>
    (a.bounds[low] as number) - (b.bounds[high] as number) >= distance ||
    (b.bounds[low] as number) - (a.bounds[high] as number) >= distance;
  if (a.index === null || b.index === null || apart(0, 2, reach) || apart(1, 3, reach)) return true;
  return a.track.heightGroup === b.track.heightGroup && apart(4, 5, minima.verticalM - SLACK_M);
}

/**
 * The shifts (delay of `a` less delay of `b`, seconds) between `leastS` and `mostS` at which the two tracks conflict.
 *
 * For a piece of each, flown evenly, the pairs of moments at which they are too near in plan form an ellipse (or a
 * strip), those too near in height a strip, and those on both pieces a rectangle. All are convex, so the differences
 * of the two moments over what they have in common form one interval, whose ends lie at corners of the clipped
 * rectangle, where its sides cut the ellipse, or where the ellipse itself is outermost. The union over all pairs of
 * pieces that are near in plan is exact.
 */
export function conflictShifts(
  a: IndexedTrack,
  b: IndexedTrack,
  minima: SeparationMinima,
  leastS: number,
  mostS: number,
): Intervals {
  if (neverMeet(a, b, minima) || b.index === null) return [];
  const comparable = a.track.heightGroup === b.track.heightGroup;
  const found: [number, number][] = [];
  const ka = a.track.knots;
  const kb = b.track.knots;
  const low = minima.verticalM - SLACK_M;
  for (let i = 0; i + 1 < ka.length / 4; i++) {
    const reach = minima.horizontalM + (a.track.radiiM[i] as number) + b.greatestRadiusM;
    const box = pieceBox(a.track, i);
    const near = b.index.search(box[0] - reach, box[1] - reach, box[2] + reach, box[3] + reach);
    for (const j of near) {
      const s0 = ka[i * 4] as number;
      const s1 = ka[i * 4 + 4] as number;
      const t0 = kb[j * 4] as number;
      const t1 = kb[j * 4 + 4] as number;
      if (t1 - s0 <= leastS || t0 - s1 >= mostS) continue;
      if (comparable) {
        const other = pieceBox(b.track, j);
        if (other[4] - box[5] >= low || box[4] - other[5] >= low) continue;
      }
      const r = minima.horizontalM + (a.track.radiiM[i] as number) + (b.track.radiiM[j] as number) - SLACK_M;
      const interval = pieceShifts(ka, i * 4, kb, j * 4, r, comparable ? low : Number.POSITIVE_INFINITY);
      if (interval !== null && interval[1] > leastS && interval[0] < mostS) found.push(interval);
    }
  }
  return merge(found);
}

/** The interval of (moment on b − moment on a) at which two pieces are too near; null: never. */
function pieceShifts(
  ka: Float64Array,
  ia: number,
  kb: Float64Array,
  ib: number,
  r: number,
  h: number,
): [number, number] | null {
  const s0 = ka[ia] as number;
  const t0 = kb[ib] as number;
  const S = (ka[ia + 4] as number) - s0;
  const T = (kb[ib + 4] as number) - t0;
  const ux = ((ka[ia + 5] as number) - (ka[ia + 1] as number)) / S;
  const uy = ((ka[ia + 6] as number) - (ka[ia + 2] as number)) / S;
  const uz = ((ka[ia + 7] as number) - (ka[ia + 3] as number)) / S;
  const vx = ((kb[ib + 5] as number) - (kb[ib + 1] as number)) / T;
  const vy = ((kb[ib + 6] as number) - (kb[ib + 2] as number)) / T;
  const vz = ((kb[ib + 7] as number) - (kb[ib + 3] as number)) / T;
  const px = (ka[ia + 1] as number) - (kb[ib + 1] as number);
  const py = (ka[ia + 2] as number) - (kb[ib + 2] as number);
  const pz = (ka[ia + 3] as number) - (kb[ib + 3] as number);
  // Moments (s, t) as a flat polygon, first the rectangle, then cut by the strip of heights.
  let polygon: number[] = [0, 0, S, 0, S, T, 0, T];
  if (Number.isFinite(h)) {
    polygon = clip(polygon, uz, -vz, pz - h);
    polygon = clip(polygon, -uz, vz, -pz - h);
    if (polygon.length === 0) return null;
  }
  const r2 = r * r;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  const take = (s: number, t: number): void => {
    const shift = t - s;
    if (shift < least) least = shift;
    if (shift > most) most = shift;
  };
  const size = polygon.length;
  for (let k = 0; k < size; k += 2) {
    const s = polygon[k] as number;
    const t = polygon[k + 1] as number;
    const ds = (polygon[(k + 2) % size] as number) - s;
    const dt = (polygon[(k + 3) % size] as number) - t;
    const dx = px + ux * s - vx * t;
    const dy = py + uy * s - vy * t;
    const c = dx * dx + dy * dy - r2;
    if (c <= 0) take(s, t);
    // Where this side cuts the ellipse.
    const ex = ux * ds - vx * dt;
    const ey = uy * ds - vy * dt;
    const qa = ex * ex + ey * ey;
    const qb = dx * ex + dy * ey;
    const root = qb * qb - qa * c;
    if (qa === 0 || root < 0) continue;
    const sq = Math.sqrt(root);
    for (const m of [(-qb - sq) / qa, (-qb + sq) / qa]) if (m >= 0 && m <= 1) take(s + ds * m, t + dt * m);
  }
  // Where the ellipse is outermost: the least distance at a fixed shift is just r.
  const wx = ux - vx;
  const wy = uy - vy;
  const turning = ux * wy - uy * wx;
  const w2 = wx * wx + wy * wy;
  if (turning !== 0 && w2 > 0) {
    const across = px * wy - py * wx;
    for (const sign of [-1, 1]) {
      // s = t + δ' with δ' = s − t; the component of the distance across the relative velocity is ± r.
      const back = (sign * r * Math.sqrt(w2) - across) / turning;
      const t = -((px + ux * back) * wx + (py + uy * back) * wy) / w2;
      if (insideConvex(polygon, t + back, t)) take(t + back, t);
    }
  }
  return most > least ? [least + t0 - s0, most + t0 - s0] : null;
}

/** The part of a convex flat polygon where a·s + b·t + c ≤ 0. */
function clip(polygon: readonly number[], a: number, b: number, c: number): number[] {
  const out: number[] = [];
  const size = polygon.length;
  for (let k = 0; k < size; k += 2) {
    const s = polygon[k] as number;
    const t = polygon[k + 1] as number;
    const s2 = polygon[(k + 2) % size] as number;
    const t2 = polygon[(k + 3) % size] as number;
    const here = a * s + b * t + c;
    const next = a * s2 + b * t2 + c;
    if (here <= 0) out.push(s, t);
    if ((here < 0 && next > 0) || (here > 0 && next < 0)) {
      const m = here / (here - next);
      out.push(s + (s2 - s) * m, t + (t2 - t) * m);
    }
  }
  return out;
}

function insideConvex(polygon: readonly number[], s: number, t: number): boolean {
  const size = polygon.length;
  for (let k = 0; k < size; k += 2) {
    const s1 = polygon[k] as number;
    const t1 = polygon[k + 1] as number;
    const side =
      ((polygon[(k + 2) % size] as number) - s1) * (t - t1) -
      ((polygon[(k + 3) % size] as number) - t1) * (s - s1);
    if (side < 0) return false;
  }
  return true;
}

function merge(found: [number, number][]): number[] {
  found.sort((p, q) => p[0] - q[0]);
  const out: number[] = [];
  for (const [from, to] of found) {
    const last = out[out.length - 1];
    if (last === undefined || from > last + JOIN_S) out.push(from, to);
    else if (to > last) out[out.length - 1] = to;
  }
  return out;
}

function pieceBox(track: FlightTrack, piece: number): [number, number, number, number, number, number] {
  const k = track.knots;
  const i = piece * 4;
  const low = (o: number): number => Math.min(k[i + o] as number, k[i + 4 + o] as number);
  const high = (o: number): number => Math.max(k[i + o] as number, k[i + 4 + o] as number);
  return [low(1), low(2), high(1), high(2), low(3), high(3)];
}
