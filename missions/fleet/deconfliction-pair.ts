import type { FlightTrack } from './deconfliction-track.ts';

/** A conflict is when both are undercut at one moment. */
export interface SeparationMinima {
  readonly horizontalM: number;
  readonly verticalM: number;
}

/** Where a pair was nearest to a conflict so far. */
export interface Best {
  value: number;
  atS: number;
  pieceA: number;
  pieceB: number;
}

export function newBest(): Best {
  return { value: Number.POSITIVE_INFINITY, atS: 0, pieceA: 0, pieceB: 0 };
}

/** True when both are in the air at some moment. */
export function shareTime(a: FlightTrack, b: FlightTrack): boolean {
  if (a.knots.length < 8 || b.knots.length < 8) return false;
  const startA = a.knots[0] as number;
  const startB = b.knots[0] as number;
  return startA < lastTime(b) && startB < lastTime(a);
}

export function lastTime(track: FlightTrack): number {
  return track.knots[track.knots.length - 4] as number;
}

/** Index of the piece that is flown at a time (the later one at a knot). */
export function pieceAt(track: FlightTrack, atS: number): number {
  let low = 0;
  let high = track.knots.length / 4 - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((track.knots[middle * 4] as number) <= atS) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Walks the pieces that two tracks fly at the same time within a span and keeps the least separation. */
export function scan(
  a: FlightTrack,
  b: FlightTrack,
  minima: SeparationMinima,
  fromS: number,
  toS: number,
  best: Best,
): void {
  if (!shareTime(a, b)) return;
  const from = Math.max(fromS, a.knots[0] as number, b.knots[0] as number);
  const to = Math.min(toS, lastTime(a), lastTime(b));
  let i = pieceAt(a, from);
  let j = pieceAt(b, from);
  let t = from;
  while (t < to) {
    const endA = a.knots[i * 4 + 4] as number;
    const endB = b.knots[j * 4 + 4] as number;
    const end = Math.min(endA, endB, to);
    leastOf(a, i, b, j, minima, t, end, best);
    if (end >= to) return;
    if (endA <= end) i++;
    if (endB <= end) j++;
    t = end;
  }
}

/** Least separation of piece `i` of one track and piece `j` of the other between two moments. */
function leastOf(
  a: FlightTrack,
  i: number,
  b: FlightTrack,
  j: number,
  minima: SeparationMinima,
  fromS: number,
  toS: number,
  best: Best,
): void {
  const p = a.knots;
  const q = b.knots;
  const ia = i * 4;
  const ib = j * 4;
  const ta = p[ia] as number;
  const tb = q[ib] as number;
  const da = (p[ia + 4] as number) - ta;
  const db = (q[ib + 4] as number) - tb;
  const sa = (fromS - ta) / da;
  const sb = (fromS - tb) / db;
  const rx = ((p[ia + 5] as number) - (p[ia + 1] as number)) / da;
  const ry = ((p[ia + 6] as number) - (p[ia + 2] as number)) / da;
  const rz = ((p[ia + 7] as number) - (p[ia + 3] as number)) / da;
  const qx = ((q[ib + 5] as number) - (q[ib + 1] as number)) / db;
  const qy = ((q[ib + 6] as number) - (q[ib + 2] as number)) / db;
  const qz = ((q[ib + 7] as number) - (q[ib + 3] as number)) / db;
  const reach = minima.horizontalM + (a.radiiM[i] as number) + (b.radiiM[j] as number);
  // Difference at `fromS` and its rate, in units of the minima.
  const x = ((p[ia + 1] as number) + rx * da * sa - (q[ib + 1] as number) - qx * db * sb) / reach;
  const y = ((p[ia + 2] as number) + ry * da * sa - (q[ib + 2] as number) - qy * db * sb) / reach;
  const vx = (rx - qx) / reach;
  const vy = (ry - qy) / reach;
  const comparable = a.heightGroup === b.heightGroup;
  const z = comparable
    ? ((p[ia + 3] as number) + rz * da * sa - (q[ib + 3] as number) - qz * db * sb) / minima.verticalM
    : 0;
  const vz = comparable ? (rz - qz) / minima.verticalM : 0;
  const span = toS - fromS;
  // Squares of both: h2·t² + 2·h1·t + h0 and v2·t² + 2·v1·t + v0.
  const h2 = vx * vx + vy * vy;
  const h1 = x * vx + y * vy;
  const h0 = x * x + y * y;
  const v2 = vz * vz;
  const v1 = z * vz;
  const v0 = z * z;
  const consider = (t: number): void => {
    if (!(t >= 0 && t <= span)) return;
    const value = Math.max((h2 * t + 2 * h1) * t + h0, (v2 * t + 2 * v1) * t + v0);
    const separation = value <= 0 ? 0 : Math.sqrt(value);
    if (separation >= best.value) return;
    best.value = separation;
    best.atS = fromS + t;
    best.pieceA = i;
    best.pieceB = j;
  };
  consider(0);
  consider(span);
  if (h2 > 0) consider(-h1 / h2);
  if (v2 > 0) consider(-v1 / v2);
  const c2 = h2 - v2;
  const c1 = h1 - v1;
  const c0 = h0 - v0;
  if (c2 === 0) {
    if (c1 !== 0) consider(-c0 / (2 * c1));
    return;
  }
  const root = c1 * c1 - c2 * c0;
  if (root < 0) return;
  // The stable pair of roots: no difference of nearly equal numbers.
  const s = -(c1 + (c1 >= 0 ? 1 : -1) * Math.sqrt(root));
  consider(s / c2);
  if (s !== 0) consider(c0 / s);
}

/** Place on a piece at a time, metres. */
export function placeOn(track: FlightTrack, piece: number, atS: number): { x: number; y: number; z: number } {
  const k = track.knots;
  const i = piece * 4;
  const t = (atS - (k[i] as number)) / ((k[i + 4] as number) - (k[i] as number));
  const on = (o: number): number =>
    (k[i + o] as number) + ((k[i + 4 + o] as number) - (k[i + o] as number)) * t;
  return { x: on(1), y: on(2), z: on(3) };
}
