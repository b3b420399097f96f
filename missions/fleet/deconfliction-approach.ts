import Flatbush from 'flatbush';
import { type LocalFrame, mmToLonLat } from '../geo/frame.ts';
import type { LonLat } from '../model.ts';
import {
  type Best,
  lastTime,
  newBest,
  pieceAt,
  placeOn,
  type SeparationMinima,
  scan,
  shareTime,
} from './deconfliction-pair.ts';
import type { FlightTrack } from './deconfliction-track.ts';

export type { SeparationMinima } from './deconfliction-pair.ts';

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

/** Where an approach happens, between the two aircraft. */
export function placeOf(approach: Approach, frame: LocalFrame): LonLat {
  return mmToLonLat(frame, { x: approach.eastM * 1000, y: approach.northM * 1000 });
}

export function isConflict(approach: Approach): boolean {
  return approach.separation < CONFLICT_BELOW;
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
  const starts = flown.map(({ track }) => track.knots[0] as number).sort((a, b) => a - b);
  const ends = Math.max(...flown.map(({ track }) => lastTime(track)));
  for (let fromS = starts[0] ?? ends; fromS < ends; fromS += SLICE_S) {
    const toS = fromS + SLICE_S;
    const present = flown.filter(
      ({ track }) => (track.knots[0] as number) <= toS && lastTime(track) >= fromS,
    );
    if (present.length < 2) {
      // Nobody to meet until the next one takes off, which may be tomorrow.
      const next = starts.find((start) => start > toS);
      if (next === undefined) break;
      fromS = Math.max(fromS, next - SLICE_S);
      continue;
    }
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
