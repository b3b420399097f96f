/**
 * Delays in whole steps under pairwise forbidden differences, solved exactly. Every pair says which differences
 * `delay_i − delay_j` are conflicts. To leave a forbidden interval is to go below it or above it, and either is a
 * difference constraint `x ≥ y + c`; a set of those has one least solution, least for every flight at once. So the
 * search branches on one violated pair at a time, and the first least solution without a violation closes a branch.
 */

/** Forbidden whole differences [first, last, first, last …], growing and apart. */
export type ForbiddenSteps = readonly number[];

export interface DelayProblem {
  /** Greatest delay of each flight, steps; 0 holds it where it is. */
  readonly most: readonly number[];
  /** For i < j: what `delay_i − delay_j` must not be. */
  forbidden(i: number, j: number): ForbiddenSteps;
}

export type DelaySolution =
  | {
      readonly kind: 'solved';
      readonly delays: readonly number[];
      readonly total: number;
      readonly proven: boolean;
    }
  /** `proven`: there is none; otherwise the search was ended before it found one. */
  | { readonly kind: 'none'; readonly proven: boolean };

/** Seconds to whole steps: a difference is forbidden when it lies inside an open interval. */
export function toSteps(intervals: readonly number[], stepS: number): number[] {
  const out: number[] = [];
  for (let k = 0; k + 1 < intervals.length; k += 2) {
    const first = Math.floor((intervals[k] as number) / stepS + 1e-9) + 1;
    const last = Math.ceil((intervals[k + 1] as number) / stepS - 1e-9) - 1;
    if (last < first) continue;
    const before = out[out.length - 1];
    if (before !== undefined && first <= before + 1) out[out.length - 1] = Math.max(before, last);
    else out.push(first, last);
  }
  return out;
}

/** The forbidden interval that a difference lies in: index of its first end; −1 when it is allowed. */
export function intervalAt(forbidden: ForbiddenSteps, difference: number): number {
  for (let k = 0; k + 1 < forbidden.length; k += 2) {
    if (difference < (forbidden[k] as number)) return -1;
    if (difference <= (forbidden[k + 1] as number)) return k;
  }
  return -1;
}

/**
 * The delays of least total below `below`, or none. `mostNodes` ends the search (deterministically); what it found by
 * then is returned, not proven.
 */
export function leastDelays(
  problem: DelayProblem,
  below = Number.POSITIVE_INFINITY,
  mostNodes = 20_000,
): DelaySolution {
  const n = problem.most.length;
  const bounds: Bound[][] = Array.from({ length: n }, () => []);
  let nodes = 0;
  let best: readonly number[] | null = null;
  let bestTotal = below;

  /** Raises delays until all constraints hold; false when a limit is passed. */
  const propagate = (delays: number[], changed: number): boolean => {
    const queue = [changed];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const bound of bounds[at] as Bound[]) {
        const least = (delays[at] as number) + bound.plus;
        if ((delays[bound.of] as number) >= least) continue;
        if (least > (problem.most[bound.of] as number)) return false;
        delays[bound.of] = least;
        queue.push(bound.of);
      }
    }
    return true;
  };

  const search = (delays: readonly number[]): void => {
    if (++nodes > mostNodes) return;
    const total = sum(delays);
    if (total >= bestTotal) return;
    const worst = worstViolation(problem, delays);
    if (worst === null) {
      best = delays;
      bestTotal = total;
      return;
    }
    const { i, j, first, last } = worst;
    // d_i ≥ d_j + last + 1, or d_j ≥ d_i − first + 1; the cheaper one first.
    const above = { by: j, of: i, plus: last + 1 };
    const beneath = { by: i, of: j, plus: 1 - first };
    const needAbove = (delays[j] as number) + above.plus - (delays[i] as number);
    const needBeneath = (delays[i] as number) + beneath.plus - (delays[j] as number);
    for (const { by, of, plus } of needAbove <= needBeneath ? [above, beneath] : [beneath, above]) {
      const next = [...delays];
      (bounds[by] as Bound[]).push({ of, plus });
      if (propagate(next, by)) search(next);
      (bounds[by] as Bound[]).pop();
    }
  };

  search(new Array(n).fill(0));
  const proven = nodes <= mostNodes;
  return best === null
    ? { kind: 'none', proven }
    : { kind: 'solved', delays: best, total: bestTotal, proven };
}

interface Bound {
  readonly of: number;
  readonly plus: number;
}

/** The violated pair whose cheaper way out costs most: it decides soonest. */
function worstViolation(
  problem: DelayProblem,
  delays: readonly number[],
): { i: number; j: number; first: number; last: number } | null {
  let worst: { i: number; j: number; first: number; last: number } | null = null;
  let most = 0;
  for (let i = 0; i < delays.length; i++) {
    for (let j = i + 1; j < delays.length; j++) {
      const forbidden = problem.forbidden(i, j);
      const difference = (delays[i] as number) - (delays[j] as number);
      const k = intervalAt(forbidden, difference);
      if (k < 0) continue;
      const first = forbidden[k] as number;
      const last = forbidden[k + 1] as number;
      const need = Math.min(last + 1 - difference, difference - first + 1);
      if (need > most) {
        most = need;
        worst = { i, j, first, last };
      }
    }
  }
  return worst;
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
