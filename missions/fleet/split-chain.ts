import type { ChainSortie, Leaving, Returning, SortieCosts } from './split.ts';

/** Sorties one after the other over a piece of a line. */
export interface Chain {
  readonly sorties: readonly ChainSortie[];
  /** From the first take-off to the last touch-down, turnarounds included. */
  readonly finishS: number;
}

/** A chain of more sorties than this is a mistake in the request. */
const MOST_SORTIES = 500;

/**
 * Full sorties one after the other from `u`, up to `most` or until `mostS` is over. Gives the position reached and the
 * chain so far. Not the best chain for a piece, but the farthest one for a time, to a few metres.
 */
export function flyGreedily(
  costs: SortieCosts,
  u: number,
  most: number,
  mostS: number,
): { readonly to: number; readonly chain: Chain } {
  const sorties: ChainSortie[] = [];
  let from = u;
  let start = costs.rules.start;
  let clockS = 0;
  let finishS = 0;
  while (sorties.length < MOST_SORTIES && (from < most || sorties.length === 0)) {
    const allowedWh = costs.allowedWh(sorties.length === 0);
    const to = costs.reach(from, most, start, allowedWh, mostS - clockS);
    const cost = to === null ? null : costs.sortie(from, to, start);
    // A sortie that gets nowhere is none, unless the whole piece is one point.
    if (to === null || cost === null || (to <= from && most > from)) break;
    sorties.push({ from, to, start, cost });
    finishS = clockS + cost.timeS;
    clockS = finishS + costs.groundS(cost.energyWh);
    from = to;
    start = cost.landing;
    if (clockS >= mostS) break;
  }
  return { to: from, chain: { sorties, finishS } };
}

/** Cuts are tried at every waypoint and, in long legs, at this step; longer for long paths. */
const LEAST_STEP_MM = 60_000;
const MOST_STEPS = 400;

/** Positions at which a piece may be cut, in order, both ends included. */
function cutPositions(costs: SortieCosts, u: number, v: number): number[] {
  const { line } = costs.rules;
  const step = Math.max(LEAST_STEP_MM, (line.metredAt(v) - line.metredAt(u)) / MOST_STEPS);
  const found = new Set<number>([u, v]);
  for (let i = Math.floor(u); i < v; i++) {
    if (i > u) found.add(i);
    const legMm = (line.lengthMm[i + 1] as number) - (line.lengthMm[i] as number);
    const pieces = Math.ceil(legMm / step);
    for (let k = 1; k < pieces; k++) {
      const at = i + k / pieces;
      if (at > u && at < v) found.add(at);
    }
  }
  // As far as each sortie gets: so the fewest sorties are always among the choices.
  for (const sortie of flyGreedily(costs, u, v, Number.POSITIVE_INFINITY).chain.sorties) found.add(sortie.to);
  return [...found].sort((a, b) => a - b);
}

interface Stop {
  readonly at: number;
  readonly leaving: Leaving | null;
  readonly returning: Returning | null;
}

/**
 * The quickest chain of sorties over the piece from `u` to `v`: dynamic programme over the cut positions, with the
 * cost of the way back from and out to every cut. `null`: it cannot be done.
 */
export function bestChain(costs: SortieCosts, u: number, v: number): Chain | null {
  const { line, start, turnaround } = costs.rules;
  const whole = costs.sortie(u, v, start);
  if (whole !== null && costs.fits(whole, costs.rules.firstWh)) {
    return { sorties: [{ from: u, to: v, start, cost: whole }], finishS: whole.timeS };
  }
  if (turnaround.kind === 'none') return null;
  const stops: Stop[] = cutPositions(costs, u, v).map((at, j) => {
    const returning = costs.returning(at);
    const from = j === 0 ? start : (returning?.landing ?? null);
    return { at, returning, leaving: from === null ? null : costs.leaving(at, from) };
  });
  const n = stops.length;
  const quickest = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const came = new Int32Array(n).fill(-1);
  quickest[0] = 0;
  for (let i = 0; i + 1 < n; i++) {
    const { at, leaving } = stops[i] as Stop;
    const clock = quickest[i] as number;
    if (!Number.isFinite(clock) || leaving === null) continue;
    const allowedWh = costs.allowedWh(i === 0);
    for (let j = i + 1; j < n; j++) {
      const there = stops[j] as Stop;
      if (leaving.energyWh + line.cost(at, there.at).energyWh > allowedWh) break;
      if (there.returning === null) continue;
      const cost = costs.join(at, there.at, leaving, there.returning);
      if (!costs.fits(cost, allowedWh)) continue;
      const time = clock + cost.timeS + (j + 1 < n ? costs.groundS(cost.energyWh) : 0);
      if (time < (quickest[j] as number) - 1e-9) {
        quickest[j] = time;
        came[j] = i;
      }
    }
  }
  if (!Number.isFinite(quickest[n - 1] as number)) return null;
  const sorties: ChainSortie[] = [];
  for (let j = n - 1; j > 0; j = came[j] as number) {
    const { at, leaving } = stops[came[j] as number] as Stop;
    const { at: to, returning } = stops[j] as Stop;
    if (leaving === null || returning === null) return null;
    sorties.push({ from: at, to, start: leaving.start, cost: costs.join(at, to, leaving, returning) });
  }
  return { sorties: sorties.reverse(), finishS: quickest[n - 1] as number };
}
