import type { PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import { turnShare } from './turn-price.ts';

/**
 * Order and direction of lanes: the shortest open tour through all of them. Lane `i` has the ends `2i` and `2i+1`
 * in the distance matrix; a visit `v` (an end number) enters there and leaves at the other end, `v ^ 1`.
 * Costs are whole millimetres and passes are capped, so that the search always ends.
 */
export interface OrderProblem {
  readonly lanes: number;
  /** Row-major, (2·lanes)²; symmetric. */
  readonly distances: Float64Array;
  /** Way from home to each end (and back from it); zeros when the tour may begin anywhere. */
  readonly fromStart: Float64Array;
}

/** Up to this many lanes the best tour is found exactly (Held–Karp over 2ⁿ·2n states). */
const EXACT_LANES = 8;

/** Entry ends in visiting order. */
export function orderLanes(problem: OrderProblem): number[] {
  if (problem.lanes === 0) return [];
  if (problem.lanes <= EXACT_LANES) return exact(problem);
  let best: number[] = [];
  let bestCost = Number.POSITIVE_INFINITY;
  for (const first of startingEnds(problem)) {
    const tour = improve(problem, greedy(problem, first));
    const cost = tourCost(problem, tour);
    if (cost < bestCost) {
      bestCost = cost;
      best = tour;
    }
  }
  return best;
}

/**
 * Adds the price of turning to the distances between lane ends: the direction of a lane is known at both of them, and
 * the way between is taken as straight. Ways within a lane are not touched. Whole millimetres, still symmetric.
 */
export function addTurns(distances: Float64Array, ends: readonly PointMm[], turnPriceMm: number): void {
  const n = ends.length;
  for (let out = 0; out < n; out++) {
    // The lane that is left at `out` was entered at its other end.
    const from = ends[out ^ 1] as PointMm;
    const a = ends[out] as PointMm;
    for (let into = 0; into < n; into++) {
      if (into >> 1 === out >> 1) continue;
      const b = ends[into] as PointMm;
      const to = ends[into ^ 1] as PointMm;
      const turns = turnShare(from, a, b) + turnShare(a, b, to);
      distances[out * n + into] = (distances[out * n + into] as number) + Math.round(turns * turnPriceMm);
    }
  }
}

/** Cost of a tour: the connections only; the lanes themselves are flown in any case. */
export function tourCost(problem: OrderProblem, tour: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i <= tour.length; i++) sum += between(problem, tour[i - 1], tour[i]);
  return sum;
}

function between(problem: OrderProblem, from: number | undefined, to: number | undefined): number {
  if (from === undefined) return to === undefined ? 0 : (problem.fromStart[to] as number);
  if (to === undefined) return problem.fromStart[from ^ 1] as number;
  return problem.distances[(from ^ 1) * problem.lanes * 2 + to] as number;
}

function exact(problem: OrderProblem): number[] {
  const ends = problem.lanes * 2;
  const full = 1 << problem.lanes;
  const cost = new Float64Array(full * ends).fill(Number.POSITIVE_INFINITY);
  const came = new Int16Array(full * ends).fill(-1);
  for (let end = 0; end < ends; end++)
    cost[(1 << (end >> 1)) * ends + end] = problem.fromStart[end] as number;
  for (let set = 1; set < full; set++) {
    for (let last = 0; last < ends; last++) {
      const here = cost[set * ends + last] as number;
      if (here === Number.POSITIVE_INFINITY) continue;
      for (let next = 0; next < ends; next++) {
        const bit = 1 << (next >> 1);
        if ((set & bit) !== 0) continue;
        const sum = here + between(problem, last, next);
        const at = (set | bit) * ends + next;
        if (sum < (cost[at] as number)) {
          cost[at] = sum;
          came[at] = last;
        }
      }
    }
  }
  let best = 0;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let end = 0; end < ends; end++) {
    const sum = (cost[(full - 1) * ends + end] as number) + between(problem, end, undefined);
    if (sum < bestCost) {
      bestCost = sum;
      best = end;
    }
  }
  const tour: number[] = [];
  let set = full - 1;
  for (let end = best; end >= 0; ) {
    tour.push(end);
    const before = came[set * ends + end] as number;
    set &= ~(1 << (end >> 1));
    end = before;
  }
  return tour.reverse();
}

/** Ends to begin greedy tours at: spread over the lanes, fewer when there are many lanes. */
function startingEnds(problem: OrderProblem): number[] {
  const ends = problem.lanes * 2;
  const wanted = Math.max(2, Math.min(ends, Math.floor(800 / problem.lanes)));
  const starts = new Set<number>();
  for (let k = 0; k < wanted; k++) starts.add(Math.floor((k * ends) / wanted));
  return [...starts];
}

function greedy(problem: OrderProblem, first: number): number[] {
  const tour = [first];
  const used = new Uint8Array(problem.lanes);
  used[first >> 1] = 1;
  while (tour.length < problem.lanes) {
    const from = tour[tour.length - 1] as number;
    let best = -1;
    let bestCost = Number.POSITIVE_INFINITY;
    for (let end = 0; end < problem.lanes * 2; end++) {
      if (used[end >> 1] === 1) continue;
      const cost = between(problem, from, end);
      if (cost < bestCost) {
        bestCost = cost;
        best = end;
      }
    }
    used[best >> 1] = 1;
    tour.push(best);
  }
  return tour;
}

/**
 * 2-opt (reversing a stretch flies its lanes the other way) and Or-opt (moving up to three lanes, turned or not),
 * each taken as soon as it is found. Sweeps end when one brings nothing; they are capped all the same.
 */
function improve(problem: OrderProblem, start: readonly number[]): number[] {
  let tour = [...start];
  for (let sweep = 0; sweep < 60; sweep++) {
    const reversed = reverseStretches(problem, tour);
    const moved = moveStretches(problem, tour);
    tour = moved.tour;
    if (!reversed && !moved.changed) break;
  }
  return tour;
}

/** One 2-opt sweep in place; true when something became shorter. */
function reverseStretches(problem: OrderProblem, tour: number[]): boolean {
  let changed = false;
  for (let i = 0; i < tour.length; i++) {
    for (let j = i; j < tour.length; j++) {
      const first = tour[i] as number;
      const last = tour[j] as number;
      const before = between(problem, tour[i - 1], first) + between(problem, last, tour[j + 1]);
      const after = between(problem, tour[i - 1], last ^ 1) + between(problem, first ^ 1, tour[j + 1]);
      if (after >= before) continue;
      for (let p = i, q = j; p <= q; p++, q--) {
        const other = tour[q] as number;
        tour[q] = (tour[p] as number) ^ 1;
        if (p !== q) tour[p] = other ^ 1;
      }
      changed = true;
    }
  }
  return changed;
}

/** One Or-opt sweep. */
function moveStretches(
  problem: OrderProblem,
  start: readonly number[],
): { readonly tour: number[]; readonly changed: boolean } {
  let tour = [...start];
  let changed = false;
  for (let size = 1; size <= Math.min(3, tour.length - 1); size++) {
    for (let i = 0; i + size <= tour.length; i++) {
      const first = tour[i] as number;
      const last = tour[i + size - 1] as number;
      const removed =
        between(problem, tour[i - 1], first) +
        between(problem, last, tour[i + size]) -
        between(problem, tour[i - 1], tour[i + size]);
      if (removed <= 0) continue;
      let gain = 0;
      let to = -1;
      let flip = false;
      for (let k = 0; k <= tour.length; k++) {
        if (k >= i && k <= i + size) continue;
        const a = tour[k - 1];
        const b = tour[k];
        const base = removed + between(problem, a, b);
        const straight = base - between(problem, a, first) - between(problem, last, b);
        const reverse = base - between(problem, a, last ^ 1) - between(problem, first ^ 1, b);
        const better = Math.max(straight, reverse);
        if (better <= gain) continue;
        gain = better;
        to = k;
        flip = reverse > straight;
      }
      if (to < 0) continue;
      const stretch = tour.slice(i, i + size);
      const rest = [...tour.slice(0, i), ...tour.slice(i + size)];
      const at = to > i ? to - size : to;
      tour = [...rest.slice(0, at), ...(flip ? turned(stretch) : stretch), ...rest.slice(at)];
      changed = true;
    }
  }
  return { tour, changed };
}

function turned(stretch: readonly number[]): number[] {
  return stretch.map((end) => end ^ 1).reverse();
}

/**
 * Whole paths in the order and direction of the shortest tour through all of them, each taken as a lane with two ends;
 * distances are straight. `start`: where the tour begins and ends; null: anywhere.
 */
export function orderPaths(
  paths: readonly (readonly PointMm[])[],
  start: PointMm | null,
): (readonly PointMm[])[] {
  const usable = paths.filter((path) => path.length > 0);
  const ends = usable.flatMap((path) => [path[0] as PointMm, path[path.length - 1] as PointMm]);
  const distances = new Float64Array(ends.length ** 2);
  ends.forEach((a, i) => {
    ends.forEach((b, j) => {
      distances[i * ends.length + j] = Math.round(distanceMm(a, b));
    });
  });
  const tour = orderLanes({
    lanes: usable.length,
    distances,
    fromStart: Float64Array.from(ends, (p) => (start === null ? 0 : Math.round(distanceMm(p, start)))),
  });
  return tour.map((entry) => {
    const path = usable[entry >> 1] as readonly PointMm[];
    return entry % 2 === 0 ? path : path.toReversed();
  });
}
