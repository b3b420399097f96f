import { distanceMm } from '../geo/measure.ts';
import type { FlightBudget, Track } from './track.ts';

/** Who flies which piece of the track; indexes are into the budgets handed in. */
export interface Piece {
  readonly budgetIndex: number;
  readonly fromMm: number;
  readonly toMm: number;
}

/** Orders of up to this many vehicles along the track are all tried. */
const ALL_ORDERS = 4;

/**
 * Cuts a track into pieces for exactly these vehicles so that the longest flight is as short as it can be
 * (min–max over the cut positions, best of several orders of vehicles). `null` when their batteries do not suffice.
 */
export function partition(track: Track, budgets: readonly FlightBudget[]): Piece[] | null {
  let best: { pieces: Piece[]; longestS: number } | null = null;
  for (const order of orders(track, budgets)) {
    const found = cutInOrder(track, budgets, order);
    if (found !== null && (best === null || found.longestS < best.longestS - 1e-6)) best = found;
  }
  return best?.pieces ?? null;
}

function cutInOrder(
  track: Track,
  budgets: readonly FlightBudget[],
  order: readonly number[],
): { pieces: Piece[]; longestS: number } | null {
  let best = greedy(track, budgets, order, Number.POSITIVE_INFINITY);
  if (best === null) return null;
  let low = 0;
  let high = longest(track, budgets, best);
  for (let k = 0; k < 30 && high - low > 0.2; k++) {
    const middle = (low + high) / 2;
    const tried = greedy(track, budgets, order, middle);
    if (tried === null) low = middle;
    else {
      best = tried;
      high = Math.min(middle, longest(track, budgets, tried));
    }
  }
  return { pieces: best, longestS: longest(track, budgets, best) };
}

/** Every vehicle in turn flies as far as it can within `mostS`; `null` when the track does not end in time. */
function greedy(
  track: Track,
  budgets: readonly FlightBudget[],
  order: readonly number[],
  mostS: number,
): Piece[] | null {
  const pieces: Piece[] = [];
  let from = 0;
  for (const budgetIndex of order) {
    const to = track.reach(from, budgets[budgetIndex] as FlightBudget, mostS);
    if (to <= from && track.lengthMm > 0) return null;
    pieces.push({ budgetIndex, fromMm: from, toMm: to });
    from = to;
    if (from >= track.lengthMm) return pieces;
  }
  return null;
}

function longest(track: Track, budgets: readonly FlightBudget[], pieces: readonly Piece[]): number {
  return Math.max(
    ...pieces.map((p) => track.cost(p.fromMm, p.toMm, budgets[p.budgetIndex] as FlightBudget).durationS),
  );
}

/** Orders of vehicles along the track: all of them when few, otherwise by where each home is nearest to it. */
function orders(track: Track, budgets: readonly FlightBudget[]): number[][] {
  const indexes = budgets.map((_, i) => i);
  const [first] = budgets;
  const alike = budgets.every(
    (b) =>
      b.profile === first?.profile &&
      b.usableWh === first.usableWh &&
      b.home.x === first.home.x &&
      b.home.y === first.home.y,
  );
  if (alike) return [indexes];
  if (indexes.length <= ALL_ORDERS) return permutations(indexes);
  const nearest = budgets.map((budget) => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k <= 60; k++) {
      const mm = (track.lengthMm * k) / 60;
      const d = distanceMm(budget.home, track.pointAt(mm));
      if (d < least) {
        least = d;
        best = mm;
      }
    }
    return best;
  });
  const along = [...indexes].sort((a, b) => (nearest[a] as number) - (nearest[b] as number) || a - b);
  return [along, along.toReversed()];
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
