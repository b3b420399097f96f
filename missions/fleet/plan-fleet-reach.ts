import type { TimeAndEnergy } from './energy.ts';
import type { Cut, CutPiece } from './plan-fleet-cut.ts';
import type { ChainSortie, Leaving, Returning, SortieCosts } from './split.ts';
import type { Chain } from './split-chain.ts';

/** Stops per member on a tour at which sorties may end, besides the waypoints. */
const STOPS_PER_MEMBER = 80;
/** Stops lie no nearer than this. */
const LEAST_STEP_MM = 60_000;
/** Halvings of the last leg: 200 m to 10 cm. */
const LEG_STEPS = 11;

interface Link {
  /** Index of the stop where the last sortie begins; −1: at the beginning of the piece. */
  readonly from: number;
  readonly finishS: number;
  /** When the drone can fly again. */
  readonly readyS: number;
}

/**
 * How far one member gets in a time with the *best* sorties: a dynamic programme forward from a position that gives
 * the quickest finish at every stop ahead, so one run answers for every time. What it costs to leave for and return
 * from each stop is kept, as it does not depend on where a piece begins.
 */
export class BestReach {
  private readonly costs: SortieCosts;
  private readonly stops: readonly number[];
  /** Running sums at the stops, for pieces that begin and that end there. */
  private readonly begins: readonly TimeAndEnergy[];
  private readonly ends: readonly TimeAndEnergy[];
  private readonly returning = new Map<number, Returning | null>();
  private readonly leaving = new Map<number, Leaving | null>();

  constructor(costs: SortieCosts, members: number) {
    this.costs = costs;
    const { line } = costs.rules;
    const step = Math.max(LEAST_STEP_MM, line.metredAt(line.end) / (members * STOPS_PER_MEMBER));
    const stops: number[] = [];
    for (let i = 0; i < line.end; i++) {
      const pieces = Math.max(
        1,
        Math.ceil(((line.lengthMm[i + 1] as number) - (line.lengthMm[i] as number)) / step),
      );
      for (let k = 0; k < pieces; k++) stops.push(i + k / pieces);
    }
    this.stops = [...stops, line.end];
    this.begins = this.stops.map((at) => line.sumsAt(at, false));
    this.ends = this.stops.map((at) => line.sumsAt(at, true));
  }

  /** The farthest position within `mostS` and the chain that flies there; `null` when nowhere. */
  within(u: number, mostS: number): { readonly to: number; readonly chain: Chain } | null {
    const { costs, stops } = this;
    const { line, start, turnaround } = costs.rules;
    const first = costs.leaving(u, start);
    if (first === null) return null;
    const begin = stops.findIndex((at) => at > u);
    const links = new Map<number, Link>();
    let last = -1;
    if (begin >= 0) {
      for (let j = begin; j < stops.length; j++) {
        const link = this.quickest(u, first, j, begin, links);
        if (link !== null && link.finishS <= mostS) {
          links.set(j, link);
          last = j;
        } else if (line.cost(u, stops[j] as number).timeS > mostS) break;
        if (turnaround.kind === 'none' && line.cost(u, stops[j] as number).energyWh > costs.rules.firstWh)
          break;
      }
    }
    return this.intoLeg(u, first, last, begin, links, mostS);
  }

  /** The best last sortie of a chain that ends at stop `j`. */
  private quickest(
    u: number,
    first: Leaving,
    j: number,
    begin: number,
    links: Map<number, Link>,
  ): Link | null {
    const { costs, stops } = this;
    const back = this.returningAt(j);
    if (back === null) return null;
    const at = stops[j] as number;
    const whole = costs.join(u, at, first, back);
    if (costs.fits(whole, costs.rules.firstWh)) {
      return { from: -1, finishS: whole.timeS, readyS: whole.timeS + costs.groundS(whole.energyWh) };
    }
    let best: Link | null = null;
    const { fullWh } = costs.rules;
    const end = this.ends[j] as TimeAndEnergy;
    for (let i = j - 1; i >= begin; i--) {
      const start = this.begins[i] as TimeAndEnergy;
      const coverWh = end.energyWh - start.energyWh;
      if (coverWh + back.energyWh > fullWh) break;
      const before = links.get(i);
      const out = before === undefined ? null : this.leavingAt(i);
      if (before === undefined || out === null || out.energyWh + coverWh + back.energyWh > fullWh) continue;
      const finishS = before.readyS + out.timeS + end.timeS - start.timeS + back.timeS;
      if (best !== null && finishS >= best.finishS) continue;
      const cost = costs.join(stops[i] as number, at, out, back);
      if (!costs.fits(cost, fullWh)) continue;
      best = { from: i, finishS, readyS: finishS + costs.groundS(cost.energyWh) };
    }
    return best;
  }

  /** From the last stop in time as far into the leg after it as the time allows. */
  private intoLeg(
    u: number,
    first: Leaving,
    last: number,
    begin: number,
    links: Map<number, Link>,
    mostS: number,
  ): { readonly to: number; readonly chain: Chain } | null {
    const { costs, stops } = this;
    const low = last < 0 ? u : (stops[last] as number);
    const high = stops[last < 0 ? begin : last + 1] ?? low;
    // The sortie that is made longer: the one that ends at the last stop, or a new one.
    const froms = last < 0 ? [-1] : [(links.get(last) as Link).from, last];
    let best = last < 0 ? null : { to: low, chain: this.chainTo(u, first, last, links) };
    for (const from of froms) {
      const out = from < 0 ? first : this.leavingAt(from);
      if (out === null) continue;
      const clock = from < 0 ? 0 : (links.get(from) as Link).readyS;
      const begins = from < 0 ? u : (stops[from] as number);
      const allowed = costs.allowedWh(from < 0);
      const fly = (v: number): ChainSortie | null => {
        const back = costs.returning(v);
        const cost = back === null ? null : costs.join(begins, v, out, back);
        const fits = cost !== null && costs.fits(cost, allowed, mostS - clock);
        return fits ? { from: begins, to: v, start: out.start, cost } : null;
      };
      let [near, far] = [low, high];
      let found: ChainSortie | null = null;
      for (let k = 0; k < LEG_STEPS; k++) {
        const middle = (near + far) / 2;
        const sortie = fly(middle);
        if (sortie === null) far = middle;
        else {
          found = sortie;
          near = middle;
        }
      }
      if (found === null || found.to <= (best?.to ?? u)) continue;
      const before = from < 0 ? [] : this.chainTo(u, first, from, links).sorties;
      best = {
        to: found.to,
        chain: { sorties: [...before, found], finishS: clock + found.cost.timeS },
      };
    }
    return best;
  }

  private chainTo(u: number, first: Leaving, j: number, links: Map<number, Link>): Chain {
    const sorties: ChainSortie[] = [];
    for (let at = j; at >= 0; at = (links.get(at) as Link).from)
      sorties.unshift(this.sortieTo(u, first, at, links));
    return { sorties, finishS: (links.get(j) as Link).finishS };
  }

  private sortieTo(u: number, first: Leaving, j: number, links: Map<number, Link>): ChainSortie {
    const { from } = links.get(j) as Link;
    const out = from < 0 ? first : (this.leavingAt(from) as Leaving);
    const begins = from < 0 ? u : (this.stops[from] as number);
    const to = this.stops[j] as number;
    const cost = this.costs.join(begins, to, out, this.returningAt(j) as Returning);
    return { from: begins, to, start: out.start, cost };
  }

  private returningAt(j: number): Returning | null {
    const known = this.returning.get(j);
    if (known !== undefined) return known;
    const found = this.costs.returning(this.stops[j] as number);
    this.returning.set(j, found);
    return found;
  }

  /** Leaving for stop `i` again from where the sortie that ended there landed. */
  private leavingAt(i: number): Leaving | null {
    const known = this.leaving.get(i);
    if (known !== undefined) return known;
    const landed = this.returningAt(i)?.landing;
    const found = landed === undefined ? null : this.costs.leaving(this.stops[i] as number, landed);
    this.leaving.set(i, found);
    return found;
  }
}

/**
 * The min–max cut of a tour for one order of members, with every piece split in the best way: the cuts of a rough cut
 * moved between neighbours until nobody can take from anybody. `null`: not better than `mostS`.
 */
export function evenCut(
  members: readonly SortieCosts[],
  order: readonly number[],
  mostS: number,
): Cut | null {
  const reaches = order.map((member) => new BestReach(members[member] as SortieCosts, order.length));
  const fill = (timeS: number): Cut | null => {
    const pieces: CutPiece[] = [];
    let from = 0;
    for (const [k, member] of order.entries()) {
      const { end } = (members[member] as SortieCosts).rules.line;
      const reached = (reaches[k] as BestReach).within(from, timeS);
      if (reached === null || reached.to <= from) continue;
      pieces.push({ member, from, to: reached.to, chain: reached.chain });
      from = reached.to;
      if (from < end) continue;
      return { pieces, longestS: Math.max(...pieces.map((p) => p.chain.finishS)) };
    }
    return null;
  };
  let best: Cut | null = fill(mostS);
  let low = mostS / 2;
  let high = best?.longestS ?? mostS;
  while (best !== null && high - low > Math.max(0.2, high * 5e-4)) {
    const middle = (low + high) / 2;
    const tried = fill(middle);
    if (tried === null) low = middle;
    else {
      best = tried;
      high = Math.min(middle, tried.longestS);
    }
  }
  return best;
}
