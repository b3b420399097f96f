import Flatbush from 'flatbush';
import type { FlightTrack } from './deconfliction-track.ts';

/** A conflict is when both are undercut at one moment. */
export interface SeparationMinima {
  readonly horizontalM: number;
  readonly verticalM: number;
}

/** The moment at which two flights come nearest to a conflict. */
export interface Approach {
  readonly flightId: string;
  readonly otherFlightId: string;
  /** Seconds since the tracks' epoch. */
  readonly atS: number;
  /** Middle between the two, metres in the tracks' plane. */
  readonly eastM: number;
  readonly northM: number;
  readonly horizontalM: number;
  /** Null: the heights of the two cannot be compared; they are kept apart horizontally. */
  readonly verticalM: number | null;
  /** The horizontal minimum at that moment, uncertainty of both included. */
  readonly requiredHorizontalM: number;
  /** max(horizontal / required, vertical / minimum); below 1 is a conflict. */
  readonly separation: number;
}

/** The proof that flights keep apart. */
export interface ApproachList {
  /** One entry for each pair that is in the air together and comes within `horizonM`, the nearest to a conflict first. */
  readonly approaches: readonly Approach[];
  /** Pairs in the air together that never come within `horizonM` of each other in plan. */
  readonly pairsBeyondHorizon: number;
  /** Pairs that are never in the air together. */
  readonly pairsApartInTime: number;
  readonly horizonM: number;
}

/** Below this share of the minima two flights are in conflict: a micrometre is rounding. */
export const CONFLICT_BELOW = 1 - 1e-7;

/** Tracks are compared slice by slice: an aircraft's box over so many seconds is small, the index over all of them too. */
const SLICE_S = 20;

/**
 * The closest approach of every pair, exactly: within the time that two pieces share, both distances are convex
 * functions of time, so the least of the greater of them is at an end, at one's minimum, or where both are equal (a
 * quadratic equation). `horizonM`: pairs that keep farther apart than this are only counted; default five times the
 * horizontal minimum.
 */
export function closestApproaches(
  tracks: readonly FlightTrack[],
  minima: SeparationMinima,
  horizonM = 5 * minima.horizontalM,
): ApproachList {
  const n = tracks.length;
  const best = new Map<number, Best>();
  const near = pairsBySlice(tracks, horizonM);
  let apart = 0;
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (!shareTime(tracks[i] as FlightTrack, tracks[j] as FlightTrack)) apart++;
    }
  }
  for (const { i, j, fromS, toS } of near) {
    const key = i * n + j;
    const known = best.get(key) ?? newBest();
    best.set(key, known);
    scan(tracks[i] as FlightTrack, tracks[j] as FlightTrack, minima, fromS, toS, known);
  }
  const approaches: Approach[] = [];
  for (const [key, found] of best) {
    const a = tracks[Math.floor(key / n)] as FlightTrack;
    const b = tracks[key % n] as FlightTrack;
    // Slices beyond the horizon have separations above this; anything less than it was seen.
    if (!(found.value <= horizonM / (minima.horizontalM + greatest(a.radiiM) + greatest(b.radiiM)))) {
      scan(a, b, minima, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, found);
    }
    if (Number.isFinite(found.value)) approaches.push(toApproach(a, b, minima, found));
  }
  approaches.sort(
    (a, b) =>
      a.separation - b.separation ||
      compare(a.flightId, b.flightId) ||
      compare(a.otherFlightId, b.otherFlightId),
  );
  return {
    approaches,
    pairsBeyondHorizon: (n * (n - 1)) / 2 - apart - approaches.length,
    pairsApartInTime: apart,
    horizonM,
  };
}

/** The closest approach of two tracks; null when they are never in the air together. */
export function closestApproach(a: FlightTrack, b: FlightTrack, minima: SeparationMinima): Approach | null {
  const found = newBest();
  scan(a, b, minima, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, found);
  return Number.isFinite(found.value) ? toApproach(a, b, minima, found) : null;
}

export function isConflict(approach: Approach): boolean {
  return approach.separation < CONFLICT_BELOW;
}

interface Best {
  value: number;
  atS: number;
  pieceA: number;
  pieceB: number;
}

function newBest(): Best {
  return { value: Number.POSITIVE_INFINITY, atS: 0, pieceA: 0, pieceB: 0 };
}

function shareTime(a: FlightTrack, b: FlightTrack): boolean {
  if (a.knots.length < 8 || b.knots.length < 8) return false;
  const startA = a.knots[0] as number;
  const startB = b.knots[0] as number;
  return startA < lastTime(b) && startB < lastTime(a);
}

function lastTime(track: FlightTrack): number {
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
function scan(
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

function toApproach(a: FlightTrack, b: FlightTrack, minima: SeparationMinima, found: Best): Approach {
  const p = placeOn(a, found.pieceA, found.atS);
  const q = placeOn(b, found.pieceB, found.atS);
  return {
    flightId: a.flightId,
    otherFlightId: b.flightId,
    atS: found.atS,
    eastM: (p.x + q.x) / 2,
    northM: (p.y + q.y) / 2,
    horizontalM: Math.hypot(p.x - q.x, p.y - q.y),
    verticalM: a.heightGroup === b.heightGroup ? Math.abs(p.z - q.z) : null,
    requiredHorizontalM:
      minima.horizontalM + (a.radiiM[found.pieceA] as number) + (b.radiiM[found.pieceB] as number),
    separation: found.value,
  };
}

function placeOn(track: FlightTrack, piece: number, atS: number): { x: number; y: number; z: number } {
  const k = track.knots;
  const i = piece * 4;
  const t = (atS - (k[i] as number)) / ((k[i + 4] as number) - (k[i] as number));
  const on = (o: number): number =>
    (k[i + o] as number) + ((k[i + 4 + o] as number) - (k[i + o] as number)) * t;
  return { x: on(1), y: on(2), z: on(3) };
}

interface NearPair {
  readonly i: number;
  readonly j: number;
  readonly fromS: number;
  readonly toS: number;
}

/** Pairs whose boxes over a slice of time come within the horizon. */
function pairsBySlice(tracks: readonly FlightTrack[], horizonM: number): NearPair[] {
  const flown = tracks
    .map((track, index) => ({ track, index }))
    .filter(({ track }) => track.knots.length >= 8);
  const out: NearPair[] = [];
  const begins = Math.min(...flown.map(({ track }) => track.knots[0] as number));
  const ends = Math.max(...flown.map(({ track }) => lastTime(track)));
  for (let fromS = begins; fromS < ends; fromS += SLICE_S) {
    const toS = fromS + SLICE_S;
    const present = flown.filter(
      ({ track }) => (track.knots[0] as number) <= toS && lastTime(track) >= fromS,
    );
    if (present.length < 2) continue;
    const index = new Flatbush(present.length);
    const boxes = present.map(({ track }) => boxOver(track, fromS, toS));
    for (const box of boxes) index.add(...box);
    index.finish();
    boxes.forEach(([minX, minY, maxX, maxY], k) => {
      const found = index.search(
        minX - horizonM,
        minY - horizonM,
        maxX + horizonM,
        maxY + horizonM,
        (m) => m > k,
      );
      for (const m of found) {
        const i = (present[k] as { index: number }).index;
        const j = (present[m] as { index: number }).index;
        out.push({ i, j, fromS, toS });
      }
    });
  }
  return out;
}

function boxOver(track: FlightTrack, fromS: number, toS: number): [number, number, number, number] {
  const k = track.knots;
  let minX = Number.POSITIVE_INFINITY;
  let minY = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  // Whole pieces: a little larger than what is flown in the slice, never smaller.
  for (let i = pieceAt(track, fromS) * 4; i + 4 < k.length && (k[i] as number) <= toS; i += 4) {
    minX = Math.min(minX, k[i + 1] as number, k[i + 5] as number);
    maxX = Math.max(maxX, k[i + 1] as number, k[i + 5] as number);
    minY = Math.min(minY, k[i + 2] as number, k[i + 6] as number);
    maxY = Math.max(maxY, k[i + 2] as number, k[i + 6] as number);
  }
  // A track that begins within the slice was looked up before its first knot: its first piece is that one.
  return [minX, minY, maxX, maxY];
}

function greatest(values: Float64Array): number {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
