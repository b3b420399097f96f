import { type Random, seededRandom } from '../geo/random.ts';

/**
 * Places with hours: in which order to visit them, and which to leave out when not all can be met. Seconds since
 * the beginning of the flight. Arriving early means waiting; being late is not allowed.
 */
export interface ScheduleProblem {
  readonly n: number;
  /** Flying times, row-major n × n, seconds. */
  readonly flightS: Float64Array;
  readonly fromStartS: Float64Array;
  readonly toEndS: Float64Array;
  /** Time spent at each place. */
  readonly stayS: Float64Array;
  /** The stay must begin in [earliest, latest]. */
  readonly earliestS: Float64Array;
  readonly latestS: Float64Array;
  /** What a visit is worth: the sum over the places served is as great as can be found. */
  readonly worth: Float64Array;
}

export interface Visit {
  readonly place: number;
  readonly arriveS: number;
  /** Arrival or the window's beginning, whichever is later. */
  readonly beginS: number;
  readonly leaveS: number;
}

/** Up to this many places every order is weighed (states: subsets × last place). */
export const EXACT_VISITS = 11;

/** Rounds of taking out and putting back. */
const ROUNDS = 1500;

/** Places served in order: most worth first, then the earliest end. */
export function schedulePlaces(problem: ScheduleProblem): number[] {
  return problem.n <= EXACT_VISITS ? exactSchedule(problem) : searchedSchedule(problem);
}

/** Visits of an order with their times; null when one of them comes too late. */
export function visitsOf(problem: ScheduleProblem, order: readonly number[]): Visit[] | null {
  const out: Visit[] = [];
  let leave = 0;
  let from: number | undefined;
  for (const place of order) {
    const arrive = leave + flight(problem, from, place);
    const begin = Math.max(arrive, problem.earliestS[place] as number);
    if (begin > (problem.latestS[place] as number) + 1e-9) return null;
    leave = begin + (problem.stayS[place] as number);
    out.push({ place, arriveS: arrive, beginS: begin, leaveS: leave });
    from = place;
  }
  return out;
}

function flight(problem: ScheduleProblem, from: number | undefined, to: number): number {
  return from === undefined
    ? (problem.fromStartS[to] as number)
    : (problem.flightS[from * problem.n + to] as number);
}

/** For a set of places and a last one, leaving earlier is never worse, so one number a state suffices. */
function exactSchedule(problem: ScheduleProblem): number[] {
  const { n } = problem;
  const full = 1 << n;
  const leave = new Float64Array(full * n).fill(Number.POSITIVE_INFINITY);
  const came = new Int8Array(full * n).fill(-1);
  const enter = (at: number, from: number, place: number, arrive: number): void => {
    const begin = Math.max(arrive, problem.earliestS[place] as number);
    if (begin > (problem.latestS[place] as number) + 1e-9) return;
    const left = begin + (problem.stayS[place] as number);
    if (left >= (leave[at] as number)) return;
    leave[at] = left;
    came[at] = from;
  };
  for (let i = 0; i < n; i++) enter((1 << i) * n + i, -1, i, problem.fromStartS[i] as number);
  let bestSet = 0;
  let bestLast = -1;
  let bestWorth = 0;
  let bestEnd = Number.POSITIVE_INFINITY;
  for (let set = 1; set < full; set++) {
    let worth = 0;
    for (let i = 0; i < n; i++) if ((set & (1 << i)) !== 0) worth += problem.worth[i] as number;
    for (let last = 0; last < n; last++) {
      const left = leave[set * n + last] as number;
      if (left === Number.POSITIVE_INFINITY) continue;
      const end = left + (problem.toEndS[last] as number);
      if (worth > bestWorth || (worth === bestWorth && end < bestEnd)) {
        bestSet = set;
        bestLast = last;
        bestWorth = worth;
        bestEnd = end;
      }
      for (let next = 0; next < n; next++) {
        if ((set & (1 << next)) !== 0) continue;
        enter((set | (1 << next)) * n + next, last, next, left + flight(problem, last, next));
      }
    }
  }
  const order: number[] = [];
  for (let set = bestSet, at = bestLast; at >= 0; ) {
    order.push(at);
    const before = came[set * n + at] as number;
    set &= ~(1 << at);
    at = before;
  }
  return order.reverse();
}

/**
 * Large neighbourhood search (P. Shaw, 1998; D. Pisinger, S. Ropke, 2007): some visits are taken out and everything
 * that is out is put back where it delays the rest least, the worthier first with some chance; kept when not worse.
 * The random numbers are seeded by the number of places: the same places give the same order.
 */
function searchedSchedule(problem: ScheduleProblem): number[] {
  const random = seededRandom(problem.n);
  const all = Array.from({ length: problem.n }, (_, i) => i);
  const pressing = (a: number, b: number): number =>
    (problem.latestS[a] as number) - (problem.latestS[b] as number) || a - b;
  let best = fill(problem, [], all.toSorted(pressing));
  let bestScore = scoreOf(problem, best);
  let current = best;
  let currentScore = bestScore;
  for (let round = 0; round < ROUNDS; round++) {
    const rest = takeOut(current, random);
    const out = all
      .filter((place) => !rest.includes(place))
      .map((place) => ({ place, key: (problem.worth[place] as number) * (0.2 + random()) }))
      .sort((p, q) => q.key - p.key)
      .map(({ place }) => place);
    const tried = fill(problem, rest, out);
    const score = scoreOf(problem, tried);
    if (!isWorse(score, currentScore)) {
      current = tried;
      currentScore = score;
    }
    if (isWorse(bestScore, score)) {
      best = tried;
      bestScore = score;
    }
  }
  return best;
}

interface Score {
  readonly worth: number;
  readonly endS: number;
}

function isWorse(a: Score, b: Score): boolean {
  return a.worth < b.worth || (a.worth === b.worth && a.endS > b.endS + 1e-6);
}

function scoreOf(problem: ScheduleProblem, order: readonly number[]): Score {
  const visits = visitsOf(problem, order);
  const last = visits?.[visits.length - 1];
  return {
    worth: order.reduce((sum, place) => sum + (problem.worth[place] as number), 0),
    endS: last === undefined ? 0 : last.leaveS + (problem.toEndS[last.place] as number),
  };
}

/** Without a run of neighbours, or without some from anywhere. */
function takeOut(order: readonly number[], random: Random): number[] {
  const count = 1 + Math.floor(random() * Math.min(12, order.length));
  if (random() < 0.5) {
    const from = Math.floor(random() * Math.max(1, order.length - count));
    return [...order.slice(0, from), ...order.slice(from + count)];
  }
  return order.filter(() => random() * order.length >= count);
}

/** Puts places in, in the order given, each where the visit after it is delayed least; what does not fit stays out. */
function fill(problem: ScheduleProblem, start: readonly number[], places: readonly number[]): number[] {
  const order = [...start];
  for (const place of places) {
    const at = bestPlaceFor(problem, order, place);
    if (at !== null) order.splice(at, 0, place);
  }
  return order;
}

/** One look over the order forwards (leaving times) and backwards (latest begins) decides all places. */
function bestPlaceFor(problem: ScheduleProblem, order: readonly number[], place: number): number | null {
  const count = order.length;
  // Latest begin at each visit that still lets all later ones begin in time.
  const latest = new Float64Array(count);
  for (let i = count - 1; i >= 0; i--) {
    const here = order[i] as number;
    const next = order[i + 1];
    const byNext =
      next === undefined
        ? Number.POSITIVE_INFINITY
        : (latest[i + 1] as number) - flight(problem, here, next) - (problem.stayS[here] as number);
    latest[i] = Math.min(problem.latestS[here] as number, byNext);
  }
  let best: number | null = null;
  let least = Number.POSITIVE_INFINITY;
  let leave = 0;
  let from: number | undefined;
  for (let i = 0; i <= count; i++) {
    const begin = Math.max(leave + flight(problem, from, place), problem.earliestS[place] as number);
    // Later places only begin later.
    if (begin > (problem.latestS[place] as number) + 1e-9) break;
    const left = begin + (problem.stayS[place] as number);
    const next = order[i];
    if (next === undefined) {
      const before = from === undefined ? 0 : leave + (problem.toEndS[from] as number);
      const delay = left + (problem.toEndS[place] as number) - before;
      if (delay < least) best = i;
      break;
    }
    const planned = Math.max(leave + flight(problem, from, next), problem.earliestS[next] as number);
    const arrive = left + flight(problem, place, next);
    const delay = arrive - planned;
    if (arrive <= (latest[i] as number) + 1e-9 && delay < least) {
      least = delay;
      best = i;
    }
    leave = planned + (problem.stayS[next] as number);
    from = next;
  }
  return best;
}
