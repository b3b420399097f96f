import type { AltitudeDatum, Turnaround } from '../model.ts';
import type { Place } from './bases.ts';
import { FIXED_ITEMS } from './items.ts';
import type { CostLine } from './split-line.ts';
import { type Finder, type Transit, Transits } from './split-transit.ts';

/** What one drone may do with a line: from where, where to land, with how much. */
export interface SortieRules {
  readonly line: CostLine;
  readonly datum: AltitudeDatum;
  readonly start: Place;
  /** Where it may land; at least one. */
  readonly places: readonly Place[];
  readonly finder: Finder | null;
  /** Battery above the reserve for the first sortie and for each later one, Wh. */
  readonly firstWh: number;
  readonly fullWh: number;
  readonly turnaround: Turnaround;
  /** Most items of one mission that the autopilot stores, its home slot included. */
  readonly missionCapacity: number;
}

export interface SortieCost {
  readonly timeS: number;
  readonly energyWh: number;
  readonly items: number;
  readonly out: Transit;
  readonly back: Transit;
  readonly landing: Place;
}

export interface Leaving {
  readonly start: Place;
  readonly out: Transit;
  readonly timeS: number;
  readonly energyWh: number;
}

export interface Returning {
  readonly landing: Place;
  readonly back: Transit;
  readonly timeS: number;
  readonly energyWh: number;
}

/** One sortie of a chain: the piece of the line and its cost. */
export interface ChainSortie {
  readonly from: number;
  readonly to: number;
  readonly start: Place;
  readonly cost: SortieCost;
}

/** A piece ends this near to where it could, in positions along a leg of 1,000 m: half a metre. */
const REACH_STEPS = 11;

/** What sorties over pieces of a line cost, and how far one gets. */
export class SortieCosts {
  readonly rules: SortieRules;
  readonly transits: Transits;

  constructor(rules: SortieRules) {
    this.rules = rules;
    this.transits = new Transits(rules.line, rules.finder, rules.datum, rules.start);
  }

  /**
   * Climb, way out, piece, way back, descent. The turns into and out of the piece count as full ones (never too
   * little). `null`: there is no way there or back.
   */
  sortie(u: number, v: number, start: Place): SortieCost | null {
    const leaving = this.leaving(u, start);
    const returning = leaving === null ? null : this.returning(v);
    return leaving === null || returning === null ? null : this.join(u, v, leaving, returning);
  }

  /** The first half of a sortie: up, out, and the turn into the piece. */
  leaving(u: number, start: Place): Leaving | null {
    const out = this.transits.transit(start, u, true);
    if (out === null) return null;
    const { model } = this.rules.line;
    const up = model.columns(this.transits.aboveGround(start, u), 0);
    const turn = model.corner(Math.PI);
    return {
      start,
      out,
      timeS: up.climbS + out.timeS + turn.timeS,
      energyWh: up.energyWh + out.energyWh + turn.energyWh,
    };
  }

  /** The second half: the turn out of the piece, back to the allowed place that is cheapest to reach, down. */
  returning(v: number): Returning | null {
    const landed = this.transits.landing(this.rules.places, v);
    if (landed === null) return null;
    const { place, back } = landed;
    const { model } = this.rules.line;
    const down = model.columns(0, this.transits.aboveGround(place, v));
    const turn = model.corner(Math.PI);
    return {
      landing: place,
      back,
      timeS: back.timeS + down.descentS + turn.timeS,
      energyWh: back.energyWh + down.energyWh + turn.energyWh,
    };
  }

  join(u: number, v: number, leaving: Leaving, returning: Returning): SortieCost {
    const piece = this.rules.line.cost(u, v);
    const { out, start } = leaving;
    const { back, landing } = returning;
    return {
      timeS: leaving.timeS + piece.timeS + returning.timeS,
      energyWh: leaving.energyWh + piece.energyWh + returning.energyWh,
      items: this.itemsOf(u, v, out, back, landing.at.x !== start.at.x || landing.at.y !== start.at.y),
      out,
      back,
      landing,
    };
  }

  /** Everything that the autopilot must store: its home slot, take-off, speed, the way, the piece, the landing. */
  private itemsOf(u: number, v: number, out: Transit, back: Transit, isElsewhere: boolean): number {
    const inner = out.points.length - 2 + back.points.length - 2;
    return 1 + FIXED_ITEMS + this.rules.line.itemsBetween(u, v) + inner + (isElsewhere ? 1 : 0);
  }

  fits(cost: SortieCost | null, allowedWh: number, mostS = Number.POSITIVE_INFINITY): boolean {
    return (
      cost !== null &&
      cost.energyWh <= allowedWh &&
      cost.timeS <= mostS &&
      cost.items <= this.rules.missionCapacity
    );
  }

  /**
   * How far from `u` one sortie gets at most up to `most`; `null` when not even `u` itself can be visited. The way
   * back may shrink while the piece grows, so fitting is not strictly monotone; what is found fits anyway.
   */
  reach(u: number, most: number, start: Place, allowedWh: number, mostS: number): number | null {
    const leaving = this.leaving(u, start);
    if (leaving === null) return null;
    const fits = (v: number): boolean => {
      const returning = this.returning(v);
      return returning !== null && this.fits(this.join(u, v, leaving, returning), allowedWh, mostS);
    };
    if (fits(most)) return most;
    if (!fits(u)) return null;
    // Whole waypoints first, then the leg.
    let low = Math.floor(u);
    let high = Math.ceil(most);
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    let near = Math.max(u, low);
    let far = Math.min(most, high);
    for (let k = 0; k < REACH_STEPS; k++) {
      const middle = (near + far) / 2;
      if (fits(middle)) near = middle;
      else far = middle;
    }
    return near;
  }

  /** The sortie with its ways out and back found to the very cut; what was searched with may be a little longer. */
  exact(sortie: ChainSortie): ChainSortie {
    const { from, to, start, cost } = sortie;
    if (this.rules.finder === null) return sortie;
    const out = this.transits.exactTransit(start, from, true) ?? cost.out;
    const back = this.transits.exactTransit(cost.landing, to, false) ?? cost.back;
    const inner = (transit: Transit): number => transit.points.length;
    const better: SortieCost = {
      ...cost,
      out,
      back,
      timeS: cost.timeS - cost.out.timeS - cost.back.timeS + out.timeS + back.timeS,
      energyWh: cost.energyWh - cost.out.energyWh - cost.back.energyWh + out.energyWh + back.energyWh,
      items: cost.items - inner(cost.out) - inner(cost.back) + inner(out) + inner(back),
    };
    return better.items <= this.rules.missionCapacity ? { ...sortie, cost: better } : sortie;
  }

  /** Seconds on the ground after a sortie. */
  groundS(energyWh: number): number {
    const { turnaround } = this.rules;
    switch (turnaround.kind) {
      case 'none':
        return Number.POSITIVE_INFINITY;
      case 'swap':
        return turnaround.seconds;
      case 'charge':
        return turnaround.overheadS + (energyWh * 3600) / turnaround.powerW;
    }
  }

  /** Battery above the reserve for the sortie that begins at the beginning of the task, or later. */
  allowedWh(isFirst: boolean): number {
    return isFirst ? this.rules.firstWh : this.rules.fullWh;
  }
}
