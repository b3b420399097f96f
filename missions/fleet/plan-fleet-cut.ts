import { distanceMm } from '../geo/measure.ts';
import type { SortieCosts } from './split.ts';
import { type Chain, flyGreedily } from './split-chain.ts';

/** Who flies which piece of the tour; `member` is an index into the costs handed in. */
export interface CutPiece {
  readonly member: number;
  readonly from: number;
  readonly to: number;
  readonly chain: Chain;
}

export interface Cut {
  /** In the order of the tour; members that are not needed have none. */
  readonly pieces: readonly CutPiece[];
  readonly longestS: number;
}

/** Up to this many members all orders along the tour are tried. */
const ALL_ORDERS = 4;
/** Orders tried by exchanging two members, at most. */
const MOST_EXCHANGES = 80;

/**
 * Cuts a tour, the same points for all, into one piece per member so that the latest finish is as early as it can
 * be: min–max over the cut positions by bisection (every member in turn flies as far as it can in the time), best of
 * several orders of members. `null` when their batteries do not suffice.
 */
export function cutTour(members: readonly SortieCosts[]): Cut | null {
  let best: { readonly order: readonly number[]; readonly cut: Cut } | null = null;
  for (const order of firstOrders(members)) {
    const cut = cutInOrder(members, order, best?.cut.longestS ?? Number.POSITIVE_INFINITY);
    if (cut !== null) best = { order, cut };
  }
  if (best === null || members.length <= ALL_ORDERS) return best?.cut ?? null;
  let tried = 0;
  for (let improved = true; improved && tried < MOST_EXCHANGES; ) {
    improved = false;
    for (const order of exchanges(members, best.order)) {
      if (tried++ >= MOST_EXCHANGES) break;
      const cut = cutInOrder(members, order, best.cut.longestS);
      if (cut === null) continue;
      best = { order, cut };
      improved = true;
      break;
    }
  }
  return best.cut;
}

/** The best cut for one order, when its latest finish is earlier than `mostS`. */
export function cutInOrder(
  members: readonly SortieCosts[],
  order: readonly number[],
  mostS = Number.POSITIVE_INFINITY,
): Cut | null {
  const bar = Number.isFinite(mostS) ? mostS * (1 - 1e-4) : mostS;
  let best = fill(members, order, bar);
  if (best === null) return null;
  let low = 0;
  let high = best.longestS;
  while (high - low > Math.max(0.2, high * 2e-4)) {
    const middle = (low + high) / 2;
    const tried = fill(members, order, middle);
    if (tried === null) low = middle;
    else {
      best = tried;
      high = Math.min(middle, tried.longestS);
    }
  }
  return best;
}

/** Every member in turn flies as far as it can within `mostS`; `null` when the tour does not end in time. */
function fill(members: readonly SortieCosts[], order: readonly number[], mostS: number): Cut | null {
  const pieces: CutPiece[] = [];
  let from = 0;
  let longestS = 0;
  for (const member of order) {
    const costs = members[member] as SortieCosts;
    const { end } = costs.rules.line;
    const { to, chain } = flyGreedily(costs, from, end, mostS);
    // A member from which the tour is too far for the time stays on the ground.
    if (chain.sorties.length === 0) continue;
    pieces.push({ member, from, to, chain });
    longestS = Math.max(longestS, chain.finishS);
    from = to;
    if (from >= end) return { pieces, longestS };
  }
  return null;
}

/** Are two members the same to a plan? Exchanging them changes nothing. */
function alike(a: SortieCosts, b: SortieCosts): boolean {
  const [p, q] = [a.rules, b.rules];
  return (
    p.line.model.profile === q.line.model.profile &&
    p.start.at.x === q.start.at.x &&
    p.start.at.y === q.start.at.y &&
    p.firstWh === q.firstWh &&
    p.fullWh === q.fullWh &&
    p.line.points[0]?.heightM === q.line.points[0]?.heightM
  );
}

/** Orders of members along the tour: all of them when few, otherwise by where each start is nearest to it. */
function firstOrders(members: readonly SortieCosts[]): number[][] {
  const indexes = members.map((_, i) => i);
  const [first] = members;
  if (first === undefined) return [];
  if (members.every((m) => alike(m, first))) return [indexes];
  if (indexes.length <= ALL_ORDERS) return permutations(indexes);
  const nearest = members.map(({ rules }) => {
    const total = rules.line.metredAt(rules.line.end);
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k <= 60; k++) {
      const mm = (total * k) / 60;
      const d = distanceMm(rules.start.at, rules.line.pointAt(rules.line.positionAt(mm)));
      if (d < least) {
        least = d;
        best = mm;
      }
    }
    return best;
  });
  const along = [...indexes].sort((a, b) => (nearest[a] as number) - (nearest[b] as number) || a - b);
  return [along, along.toReversed(), bySlots(members)];
}

/** Equal slots along the tour; slot by slot from both ends inwards, the member nearest to its middle. */
function bySlots(members: readonly SortieCosts[]): number[] {
  const n = members.length;
  const free = new Set(members.map((_, i) => i));
  const order = new Array<number>(n).fill(-1);
  const slots = members.map((_, i) => (i % 2 === 0 ? i / 2 : n - 1 - (i - 1) / 2));
  for (const slot of slots) {
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (const member of free) {
      const { line, start } = (members[member] as SortieCosts).rules;
      const middle = line.pointAt(line.positionAt((line.metredAt(line.end) * (slot + 0.5)) / n));
      const d = distanceMm(start.at, middle);
      if (d < least) {
        least = d;
        best = member;
      }
    }
    free.delete(best);
    order[slot] = best;
  }
  return order;
}

/** Orders that differ by two members changing places, neighbours first. */
function* exchanges(members: readonly SortieCosts[], order: readonly number[]): Generator<number[]> {
  for (let gap = 1; gap < order.length; gap++) {
    for (let i = 0; i + gap < order.length; i++) {
      const a = order[i] as number;
      const b = order[i + gap] as number;
      if (alike(members[a] as SortieCosts, members[b] as SortieCosts)) continue;
      const next = [...order];
      next[i] = b;
      next[i + gap] = a;
      yield next;
    }
  }
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
