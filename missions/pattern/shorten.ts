import type { PointMm } from '../geo/frame.ts';
import type { FreeSpace } from '../geo/free-space.ts';
import { gapMm } from './coverage-turn.ts';
import { LegTrial } from './leg-trial.ts';
import { shiftedLegs, targetsOf, wigglesFrom } from './path-moves.ts';
import type { CoverageRaster } from './raster.ts';
import { turnShare } from './turn-price.ts';

export interface ShortenOptions {
  readonly radiusMm: number;
  /** Samples that may stay uncovered. */
  readonly allowed: number;
  /** Most sweeps over the path. */
  readonly passes: number;
  /** Fixed places next to the ends of the path (home): the way there counts too. `null` when there is none. */
  readonly start: PointMm | null;
  /** What a turn costs, as a length of path, millimetres; see `turnShare`. */
  readonly turnPriceMm: number;
}

/** A waypoint less is worth this share of half a swath: every corner costs the aircraft time and the autopilot an item. */
const WAYPOINT_WORTH = 0.03;

/** Wiggles are laid straight from this pass on: drafts get fewer passes, and theirs are mostly gone by then. */
const FIRST_STRAIGHT_PASS = 2;

/**
 * Makes a path shorter and calmer while it still covers: deletes and moves waypoints, shifts whole legs, gives up short
 * legs and lays wiggles on one line, one change at a time. A turn counts as a length of path. A change must save more
 * than the uncovered samples it costs are worth; the price falls from pass to pass, so that the
 * allowance goes to the changes that use it best. Returns the new path; the raster holds it.
 */
export function shortenPath(
  path: readonly PointMm[],
  raster: CoverageRaster,
  space: FreeSpace,
  options: ShortenOptions,
): PointMm[] {
  const search = new Shortener(path, raster, space, options);
  const steps = [0.5, 0.25, 0.12, 0.06];
  for (let pass = 0; pass < options.passes; pass++) {
    const price = raster.fairPriceMm * ([1.6, 1, 0.6, 0.3][pass] ?? 0);
    const step = (steps[pass % steps.length] as number) * options.radiusMm;
    const gained = search.sweep(price, step, pass >= FIRST_STRAIGHT_PASS);
    if (gained === 0 && pass >= 5) break;
  }
  return search.points;
}

/** Shortens only what is new in a path: waypoints that are not among `known`, and their neighbours. */
export function shortenNear(
  path: readonly PointMm[],
  raster: CoverageRaster,
  space: FreeSpace,
  options: ShortenOptions,
  known: ReadonlySet<PointMm>,
): PointMm[] {
  const search = new Shortener(path, raster, space, options);
  for (const [price, step] of [
    [1, 0.4],
    [0.6, 0.2],
    [0.3, 0.08],
  ] as const) {
    search.sweep(raster.fairPriceMm * price, step * options.radiusMm, true, known);
  }
  return search.points;
}

/** At which step and price a waypoint was tried last, between which neighbours. */
interface Tried {
  readonly a: PointMm | undefined;
  readonly c: PointMm | undefined;
  readonly prices: Map<number, number>;
}

class Shortener {
  readonly points: PointMm[];
  private readonly raster: CoverageRaster;
  private readonly space: FreeSpace;
  private readonly options: ShortenOptions;
  private readonly trial: LegTrial;
  /** The stretch that was tried last; null once anything changed. */
  private taken: Taken | null = null;
  private readonly tried = new WeakMap<PointMm, Tried>();

  constructor(path: readonly PointMm[], raster: CoverageRaster, space: FreeSpace, options: ShortenOptions) {
    this.points = [...path];
    this.raster = raster;
    this.trial = LegTrial.on(raster);
    this.space = space;
    this.options = options;
  }

  /** Tries every waypoint once (with `known`, those at most two from one that is not known); returns the gain, mm. */
  sweep(priceMm: number, stepMm: number, mayStraighten: boolean, known?: ReadonlySet<PointMm>): number {
    let gained = 0;
    this.taken = null;
    for (let i = 0; i < this.points.length && this.points.length > 1; i++) {
      if (known !== undefined && !this.isNearNew(i, known)) continue;
      if (this.wasTried(i, priceMm, stepMm)) continue;
      const deleted = this.tryStretch(i, i, [], priceMm);
      if (deleted > 0) {
        gained += deleted;
        i--;
        continue;
      }
      const least = 10 + stepMm * 0.04;
      const b = this.points[i] as PointMm;
      for (const target of targetsOf(b, this.before(i), this.after(i), stepMm))
        gained += this.tryStretch(i, i, [target], priceMm, least);
      for (const leg of shiftedLegs(this.points, i, stepMm))
        gained += this.tryStretch(i, i + 1, leg, priceMm, least);
      const calmed = this.mergeLeg(i, priceMm) || (mayStraighten ? this.straighten(i, priceMm) : 0);
      if (calmed > 0) {
        gained += calmed;
        i--;
      }
    }
    return gained;
  }

  /**
   * True when nothing changed at a waypoint since it was tried in vain with this step at no higher price. What
   * others made possible meanwhile (more samples covered twice) is left to the next finer step.
   */
  private wasTried(i: number, priceMm: number, stepMm: number): boolean {
    const b = this.points[i] as PointMm;
    const a = this.points[i - 1];
    const c = this.points[i + 1];
    const known = this.tried.get(b);
    if (known !== undefined && known.a === a && known.c === c) {
      const price = known.prices.get(stepMm);
      known.prices.set(stepMm, priceMm);
      return price !== undefined && price <= priceMm;
    }
    this.tried.set(b, { a, c, prices: new Map([[stepMm, priceMm]]) });
    return false;
  }

  private isNearNew(i: number, known: ReadonlySet<PointMm>): boolean {
    for (let k = Math.max(0, i - 2); k <= Math.min(this.points.length - 1, i + 2); k++) {
      if (!known.has(this.points[k] as PointMm)) return true;
    }
    return false;
  }

  /** A short leg given up: both its ends at once, or one waypoint for two. */
  private mergeLeg(i: number, priceMm: number): number {
    const b = this.points[i] as PointMm;
    const c = this.points[i + 1];
    if (c === undefined || gapMm(b, c) > 2 * this.options.radiusMm) return 0;
    const gone = this.tryStretch(i, i + 1, [], priceMm);
    if (gone > 0) return gone;
    const middle = { x: Math.round((b.x + c.x) / 2), y: Math.round((b.y + c.y) / 2) };
    return this.tryStretch(i, i + 1, [middle], priceMm);
  }

  /** Lays a wiggle on one line. */
  private straighten(i: number, priceMm: number): number {
    for (const { j, lines } of wigglesFrom(this.points, i, this.options.radiusMm)) {
      for (const line of lines) {
        const gained = this.tryStretch(i, j, line, priceMm);
        if (gained > 0) return gained;
      }
    }
    return 0;
  }

  private before(i: number): PointMm | undefined {
    return this.points[i - 1] ?? this.options.start ?? undefined;
  }

  private after(i: number): PointMm | undefined {
    return this.points[i + 1] ?? this.options.start ?? undefined;
  }

  /** Replaces waypoints `i` to `j` by others (or by none) when that pays; returns the length gained or 0. */
  private tryStretch(
    i: number,
    j: number,
    to: readonly PointMm[],
    priceMm: number,
    leastGainMm = 10,
  ): number {
    const { points, raster, options, trial } = this;
    const a = points[i - 1];
    const c = points[j + 1];
    const fewer = j - i + 1 - to.length;
    if (points.length - fewer < 2) return 0;
    const isTaken = this.taken?.i === i && this.taken.j === j;
    if (!isTaken) {
      const old = points.slice(i, j + 1);
      this.taken = { i, j, before: chain(a, old, c), costMm: this.costMm(i, j, old), isOnTrial: false };
    }
    const taken = this.taken as Taken;
    // Less than a centimetre is rounding and could be traded back and forth; a waypoint less is always something.
    const worth = taken.costMm - this.costMm(i, j, to) + fewer * options.radiusMm * WAYPOINT_WORTH;
    if (worth < leastGainMm) return 0;
    const after = chain(a, to, c);
    for (let k = 1; k < after.length; k++) {
      if (!this.space.isVisible(after[k - 1] as PointMm, after[k] as PointMm)) return 0;
    }
    if (!taken.isOnTrial) trial.take(taken.before);
    this.taken = { ...taken, isOnTrial: true };
    // What may be lost at most: what is still allowed, and what the gain is worth. Losing nothing always fits.
    const affordable = priceMm > 0 ? worth / priceMm : Number.POSITIVE_INFINITY;
    const most = Math.max(0, Math.min(options.allowed - raster.uncovered, affordable));
    if (trial.change(after, most) > most) return 0;
    trial.make(taken.before, after);
    points.splice(i, j - i + 1, ...to);
    this.taken = null;
    return worth;
  }

  /** Length of the path through `inner` instead of waypoints `i` to `j`, with the price of all turns that it touches. */
  private costMm(i: number, j: number, inner: readonly PointMm[]): number {
    const { points, options } = this;
    const { start, turnPriceMm } = options;
    let sum = 0;
    let turns = 0;
    let p = points[i - 2];
    let q = points[i - 1];
    // The way from home is counted, but no turn there: it may be flown higher and by another road.
    let from = q ?? start ?? undefined;
    for (let k = 0; k < inner.length + 2; k++) {
      const r = k < inner.length ? inner[k] : points[j + 1 + k - inner.length];
      if (k <= inner.length) {
        const to = r ?? start ?? undefined;
        if (from && to) sum += gapMm(from, to);
        from = to;
      }
      if (p && q && r) turns += turnShare(p, q, r);
      p = q;
      q = r;
    }
    return sum + turns * turnPriceMm;
  }
}

/** What the last stretch that was tried consists of, with its neighbours. */
interface Taken {
  readonly i: number;
  readonly j: number;
  readonly before: readonly PointMm[];
  readonly costMm: number;
  readonly isOnTrial: boolean;
}

/** A stretch with its neighbours; an end of the path has one. */
function chain(a: PointMm | undefined, inner: readonly PointMm[], c: PointMm | undefined): PointMm[] {
  return [...(a ? [a] : []), ...inner, ...(c ? [c] : [])];
}
