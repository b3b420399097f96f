import type { PointMm } from '../geo/frame.ts';
import type { FreeSpace } from '../geo/free-space.ts';
import { gapMm } from './coverage-turn.ts';
import type { CoverageRaster } from './raster.ts';

export interface ShortenOptions {
  readonly radiusMm: number;
  /** Samples that may stay uncovered. */
  readonly allowed: number;
  /** Most sweeps over the path. */
  readonly passes: number;
  /** Fixed places next to the ends of the path (home): the way there counts too. `null` when there is none. */
  readonly start: PointMm | null;
}

/** A waypoint less is worth this share of half a swath: every corner costs the aircraft time and the autopilot an item. */
const WAYPOINT_WORTH = 0.03;

/** Directions in which a waypoint is tried, besides straight to its neighbours. */
const COMPASS = Array.from(
  { length: 8 },
  (_, k) => [Math.cos((k * Math.PI) / 4), Math.sin((k * Math.PI) / 4)] as const,
);

/**
 * Makes a path shorter while it still covers: deletes waypoints and moves them, one at a time. A change must save
 * more length than the uncovered samples it costs are worth; the price falls from pass to pass, so that the
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
    const gained = search.sweep(price, step);
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
    search.sweep(raster.fairPriceMm * price, step * options.radiusMm, known);
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
  private readonly tried = new WeakMap<PointMm, Tried>();

  constructor(path: readonly PointMm[], raster: CoverageRaster, space: FreeSpace, options: ShortenOptions) {
    this.points = [...path];
    this.raster = raster;
    this.space = space;
    this.options = options;
  }

  /** Tries every waypoint once (with `known`, those at most two from one that is not known); returns the gain, mm. */
  sweep(priceMm: number, stepMm: number, known?: ReadonlySet<PointMm>): number {
    let gained = 0;
    for (let i = 0; i < this.points.length && this.points.length > 1; i++) {
      if (known !== undefined && !this.isNearNew(i, known)) continue;
      if (this.wasTried(i, priceMm, stepMm)) continue;
      const deleted = this.points.length > 2 ? this.tryReplace(i, null, priceMm) : 0;
      if (deleted > 0) {
        gained += deleted;
        i--;
        continue;
      }
      for (const target of this.targets(i, stepMm))
        gained += this.tryReplace(i, target, priceMm, 10 + stepMm * 0.04);
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

  private targets(i: number, stepMm: number): PointMm[] {
    const b = this.points[i] as PointMm;
    const out: PointMm[] = [];
    const towards = (q: PointMm | undefined): void => {
      if (q === undefined) return;
      const d = gapMm(b, q);
      if (d < 1) return;
      const t = Math.min(1, stepMm / d);
      out.push({ x: Math.round(b.x + (q.x - b.x) * t), y: Math.round(b.y + (q.y - b.y) * t) });
    };
    towards(this.before(i));
    towards(this.after(i));
    for (const [dx, dy] of COMPASS) {
      out.push({ x: Math.round(b.x + dx * stepMm), y: Math.round(b.y + dy * stepMm) });
    }
    return out;
  }

  private before(i: number): PointMm | undefined {
    return this.points[i - 1] ?? this.options.start ?? undefined;
  }

  private after(i: number): PointMm | undefined {
    return this.points[i + 1] ?? this.options.start ?? undefined;
  }

  /** Replaces waypoint `i` by `to` (or by nothing) when that pays; returns the length gained or 0. */
  private tryReplace(i: number, to: PointMm | null, priceMm: number, leastGainMm = 10): number {
    const b = this.points[i] as PointMm;
    const a = this.points[i - 1];
    const c = this.points[i + 1];
    const from = this.before(i);
    const next = this.after(i);
    const old = (from ? gapMm(from, b) : 0) + (next ? gapMm(b, next) : 0);
    const now =
      to === null
        ? from && next && (a || c)
          ? gapMm(from, next)
          : 0
        : (from ? gapMm(from, to) : 0) + (next ? gapMm(to, next) : 0);
    const gain = old - now;
    // Less than a centimetre is rounding and could be traded back and forth; a waypoint less is always something.
    const worth = to === null ? gain + this.options.radiusMm * WAYPOINT_WORTH : gain;
    if (worth < leastGainMm) return 0;
    if (to === null) {
      if (a && c && !this.space.isVisible(a, c)) return 0;
    } else if ((a && !this.space.isVisible(a, to)) || (c && !this.space.isVisible(to, c))) return 0;
    const { raster, options } = this;
    const open = raster.uncovered;
    const change = (there: boolean): void => {
      if (to !== null) {
        if (a) there ? raster.replaceLeg(a, b, a, to) : raster.replaceLeg(a, to, a, b);
        if (c) there ? raster.replaceLeg(b, c, to, c) : raster.replaceLeg(to, c, b, c);
      } else if (a && c) {
        if (there) {
          raster.replaceLeg(a, b, a, c);
          raster.removeLeg(b, c);
        } else {
          raster.addLeg(b, c);
          raster.replaceLeg(a, c, a, b);
        }
      } else {
        const [p, q] = a ? [a, b] : [b, c as PointMm];
        there ? raster.removeLeg(p, q) : raster.addLeg(p, q);
      }
    };
    change(true);
    const lost = raster.uncovered - open;
    const fits = raster.uncovered <= options.allowed || lost <= 0;
    if (!fits || worth <= lost * priceMm) {
      change(false);
      return 0;
    }
    if (to === null) this.points.splice(i, 1);
    else this.points[i] = to;
    return worth;
  }
}
