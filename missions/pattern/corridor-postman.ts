import { UnionFind } from '../geo/union-find.ts';
import { leastMatching } from './corridor-matching.ts';

/** A stretch that must be flown, between two of `places` places. */
export interface Errand {
  readonly from: number;
  readonly to: number;
  readonly lengthMm: number;
}

export interface PostmanProblem {
  readonly places: number;
  /** Ways between places, row-major, symmetric, whole millimetres, triangle inequality. */
  readonly distances: Float64Array;
  readonly errands: readonly Errand[];
  /** How often each errand is flown, at least 1. */
  readonly times: number;
  /** Each time in both directions. */
  readonly bothWays: boolean;
}

/** One errand flown once. */
export interface Leg {
  readonly errand: number;
  readonly forward: boolean;
}

export interface PostmanTour {
  /** In order; from the end of one to the beginning of the next leads the way of `distances`, and so round. */
  readonly legs: readonly Leg[];
  readonly lengthMm: number;
  /** No closed tour over all errands is shorter: their sum and the least matching of places with an odd number. */
  readonly lowerBoundMm: number;
}

/** Evaluations of moves that the local search may spend. */
const MOST_EVALUATIONS = 30_000_000;

/**
 * A short closed tour over all errands (rural postman problem with flights between any two places):
 * 1. places with an odd number of errands are joined in pairs by the least matching;
 * 2. what is still in several pieces is tied together, the cheapest tie first (H. A. Eiselt, M. Gendreau, G. Laporte,
 *    "Arc routing problems, part II", Operations Research 43, 1995);
 * 3. the Euler tour of the result (C. Hierholzer, 1873);
 * 4. stretches of it are turned round and moved while that helps.
 * When the streets hang together, the tour is the shortest there is: step 1 alone makes it, and it is the bound.
 */
export function postmanTour(problem: PostmanProblem): PostmanTour {
  const { errands, times, bothWays } = problem;
  const legsLength = errands.reduce((sum, errand) => sum + errand.lengthMm, 0) * times * (bothWays ? 2 : 1);
  if (errands.length === 0) return { legs: [], lengthMm: 0, lowerBoundMm: 0 };
  const matched = bothWays ? { links: [], boundMm: 0 } : matchOdd(problem);
  const links = tieTogether(problem, matched.links);
  const euler = eulerTour(problem, links);
  const lowerBoundMm = legsLength + matched.boundMm;
  // Turning a stretch round would break the promise of both directions.
  const legs =
    bothWays || legsLength + linkLength(problem, euler) <= lowerBoundMm ? euler : improve(problem, euler);
  return { legs, lengthMm: legsLength + linkLength(problem, legs), lowerBoundMm };
}

interface Link {
  readonly a: number;
  readonly b: number;
}

function distance(problem: PostmanProblem, a: number, b: number): number {
  return problem.distances[a * problem.places + b] as number;
}

function matchOdd(problem: PostmanProblem): { readonly links: Link[]; readonly boundMm: number } {
  const degree = new Int32Array(problem.places);
  for (const { from, to } of problem.errands) {
    degree[from] = (degree[from] as number) + problem.times;
    degree[to] = (degree[to] as number) + problem.times;
  }
  const odd = [...degree.keys()].filter((place) => (degree[place] as number) % 2 === 1);
  const n = odd.length;
  const costs = new Float64Array(n * n);
  odd.forEach((a, i) => {
    odd.forEach((b, j) => {
      costs[i * n + j] = distance(problem, a, b);
    });
  });
  const matching = leastMatching(n, costs);
  const links: Link[] = [];
  odd.forEach((a, i) => {
    const j = matching.partner[i] as number;
    if (j > i) links.push({ a, b: odd[j] as number });
  });
  return { links, boundMm: matching.isExact ? matching.cost : nearestHalves(n, costs) };
}

/** Whoever is matched pays at least half the way to the nearest other: a bound for numbers too great for the exact one. */
function nearestHalves(n: number, costs: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < n; j++) if (j !== i) least = Math.min(least, costs[i * n + j] as number);
    sum += least / 2;
  }
  return sum;
}

/** A change of links that makes one piece of two, even degrees kept. */
interface Tie {
  readonly cost: number;
  readonly other: number;
  readonly removed: readonly number[];
  readonly added: readonly Link[];
}

/** Adds and exchanges links until everything hangs together. */
function tieTogether(problem: PostmanProblem, matched: readonly Link[]): Link[] {
  let links = [...matched];
  for (;;) {
    const piece = piecesOf(problem, links);
    const used = new Set(problem.errands.flatMap(({ from, to }) => [from, to]));
    const roots = [...new Set([...used].map((place) => piece[place] as number))];
    if (roots.length === 1) return links;
    // Every piece looks for its cheapest tie; those that do not touch the same pieces or links are made at once.
    const places = [...used];
    const best = roots.map((root) => cheapestTie(problem, links, piece, places, root));
    const order = best
      .map((tie, i) => ({ tie, root: roots[i] as number }))
      .sort((p, q) => p.tie.cost - q.tie.cost || p.root - q.root);
    const touched = new Set<number>();
    const removed = new Set<number>();
    const added: Link[] = [];
    for (const { tie, root } of order) {
      if (touched.has(root) || touched.has(tie.other)) continue;
      touched.add(root).add(tie.other);
      for (const link of tie.removed) removed.add(link);
      added.push(...tie.added);
    }
    links = [...links.filter((_, i) => !removed.has(i)), ...added];
  }
}

function piecesOf(problem: PostmanProblem, links: readonly Link[]): Int32Array {
  const pieces = new UnionFind(problem.places);
  for (const { from, to } of problem.errands) pieces.join(from, to);
  for (const { a, b } of links) pieces.join(a, b);
  return Int32Array.from({ length: problem.places }, (_, i) => pieces.root(i));
}

function cheapestTie(
  problem: PostmanProblem,
  links: readonly Link[],
  piece: Int32Array,
  places: readonly number[],
  root: number,
): Tie {
  let best: Tie = { cost: Number.POSITIVE_INFINITY, other: root, removed: [], added: [] };
  const offer = (cost: number, make: () => Omit<Tie, 'cost'>): void => {
    if (cost < best.cost) best = { cost, ...make() };
  };
  const d = (a: number, b: number): number => distance(problem, a, b);
  const mine = places.filter((place) => piece[place] === root);
  // With directions links come in pairs, once each way; they are never taken apart.
  const movable = problem.bothWays ? [] : links;
  for (const x of mine) {
    for (const y of places) {
      if (piece[y] === root) continue;
      offer(2 * d(x, y), () => ({
        other: piece[y] as number,
        removed: [],
        added: [
          { a: x, b: y },
          { a: x, b: y },
        ],
      }));
    }
    // A link of another piece makes a detour over a place of this one.
    movable.forEach(({ a, b }, i) => {
      if (piece[a] === root) return;
      offer(d(a, x) + d(x, b) - d(a, b), () => ({
        other: piece[a] as number,
        removed: [i],
        added: [
          { a, b: x },
          { a: x, b },
        ],
      }));
    });
  }
  movable.forEach((mineLink, i) => {
    if (piece[mineLink.a] !== root) return;
    const { a, b } = mineLink;
    for (const y of places) {
      if (piece[y] === root) continue;
      offer(d(a, y) + d(y, b) - d(a, b), () => ({
        other: piece[y] as number,
        removed: [i],
        added: [
          { a, b: y },
          { a: y, b },
        ],
      }));
    }
    movable.forEach((link, j) => {
      if (piece[link.a] === root) return;
      for (const [c, e] of [
        [link.a, link.b],
        [link.b, link.a],
      ] as const) {
        offer(d(a, c) + d(b, e) - d(a, b) - d(c, e), () => ({
          other: piece[c] as number,
          removed: [i, j],
          added: [
            { a, b: c },
            { a: b, b: e },
          ],
        }));
      }
    });
  });
  return best;
}

interface Half {
  readonly to: number;
  /** Number of the copy; both directions of an undirected one share it. */
  readonly copy: number;
  /** Null: a link. */
  readonly leg: Leg | null;
}

/** All copies of errands and links in one closed walk; the links drop out, as the way between legs is known. */
function eulerTour(problem: PostmanProblem, links: readonly Link[]): Leg[] {
  const halves: Half[][] = Array.from({ length: problem.places }, () => []);
  let copies = 0;
  const add = (from: number, to: number, errand: number | null, oneWay: boolean): void => {
    const copy = copies++;
    halves[from]?.push({ to, copy, leg: errand === null ? null : { errand, forward: true } });
    if (!oneWay) {
      halves[to]?.push({ to: from, copy, leg: errand === null ? null : { errand, forward: false } });
    }
  };
  problem.errands.forEach(({ from, to }, errand) => {
    for (let k = 0; k < problem.times; k++) {
      if (!problem.bothWays) {
        add(from, to, errand, false);
        continue;
      }
      add(from, to, errand, true);
      const copy = copies++;
      halves[to]?.push({ to: from, copy, leg: { errand, forward: false } });
    }
  });
  links.forEach(({ a, b }, i) => {
    // With directions every link comes as a pair, once each way.
    if (!problem.bothWays) add(a, b, null, false);
    else if (i % 2 === 0) add(a, b, null, true);
    else add(b, a, null, true);
  });
  const used = new Uint8Array(copies);
  const next = new Int32Array(problem.places);
  const stack: { readonly place: number; readonly by: Leg | null }[] = [
    { place: problem.errands[0]?.from ?? 0, by: null },
  ];
  const out: Leg[] = [];
  while (stack.length > 0) {
    const { place, by } = stack[stack.length - 1] as { place: number; by: Leg | null };
    const around = halves[place] as Half[];
    let half: Half | undefined;
    while ((next[place] as number) < around.length && half === undefined) {
      const candidate = around[next[place] as number] as Half;
      next[place] = (next[place] as number) + 1;
      if (used[candidate.copy] === 0) half = candidate;
    }
    if (half === undefined) {
      stack.pop();
      if (by !== null) out.push(by);
      continue;
    }
    used[half.copy] = 1;
    stack.push({ place: half.to, by: half.leg });
  }
  // Written on the way back, so the walk comes out in reverse: turning the list gives the directions as flown.
  return out.reverse();
}

function startOf(problem: PostmanProblem, leg: Leg): number {
  const errand = problem.errands[leg.errand] as Errand;
  return leg.forward ? errand.from : errand.to;
}

function endOf(problem: PostmanProblem, leg: Leg): number {
  const errand = problem.errands[leg.errand] as Errand;
  return leg.forward ? errand.to : errand.from;
}

function linkLength(problem: PostmanProblem, legs: readonly Leg[]): number {
  let sum = 0;
  legs.forEach((leg, i) => {
    sum += distance(problem, endOf(problem, leg), startOf(problem, legs[(i + 1) % legs.length] as Leg));
  });
  return sum;
}

/** 2-opt (turn a stretch round) and Or-opt (move up to three legs, either way round) on the closed order of legs. */
function improve(problem: PostmanProblem, start: readonly Leg[]): Leg[] {
  let legs = [...start];
  let budget = MOST_EVALUATIONS;
  for (let improved = true; improved && budget > 0; ) {
    improved = false;
    const n = legs.length;
    const from = (i: number): number => startOf(problem, legs[((i % n) + n) % n] as Leg);
    const to = (i: number): number => endOf(problem, legs[((i % n) + n) % n] as Leg);
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) {
        if (j - i >= n - 1) continue;
        budget--;
        const before = distance(problem, to(i - 1), from(i)) + distance(problem, to(j), from(j + 1));
        if (before === 0) continue;
        const after = distance(problem, to(i - 1), to(j)) + distance(problem, from(i), from(j + 1));
        if (after >= before) continue;
        legs = [...legs.slice(0, i), ...turned(legs.slice(i, j + 1)), ...legs.slice(j + 1)];
        improved = true;
      }
    }
    for (let size = 1; size <= Math.min(3, n - 2); size++) {
      for (let i = 0; i + size <= n; i++) {
        const gone =
          distance(problem, to(i - 1), from(i)) +
          distance(problem, to(i + size - 1), from(i + size)) -
          distance(problem, to(i - 1), from(i + size));
        if (gone <= 0) continue;
        let gain = 0;
        let at = -1;
        let flip = false;
        for (let k = 0; k < n; k++) {
          // Between legs k − 1 and k, neither of them moved.
          if (k >= i && k <= i + size) continue;
          if (k === 0 && i + size === n) continue;
          budget--;
          const open = gone + distance(problem, to(k - 1), from(k));
          const straight =
            open - distance(problem, to(k - 1), from(i)) - distance(problem, to(i + size - 1), from(k));
          const reverse =
            open - distance(problem, to(k - 1), to(i + size - 1)) - distance(problem, from(i), from(k));
          if (Math.max(straight, reverse) <= gain) continue;
          gain = Math.max(straight, reverse);
          flip = reverse > straight;
          at = k;
        }
        if (at < 0) continue;
        const stretch = legs.slice(i, i + size);
        const rest = [...legs.slice(0, i), ...legs.slice(i + size)];
        const place = at > i ? at - size : at;
        legs = [...rest.slice(0, place), ...(flip ? turned(stretch) : stretch), ...rest.slice(place)];
        improved = true;
      }
    }
  }
  return legs;
}

function turned(stretch: readonly Leg[]): Leg[] {
  return stretch.map((leg) => ({ ...leg, forward: !leg.forward })).reverse();
}
