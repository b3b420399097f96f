import type { PointMm } from '../geo/frame.ts';
import type { FreeSpace } from '../geo/free-space.ts';
import { lengthMm } from '../geo/measure.ts';
import { seededRandom } from '../geo/random.ts';
import { gapMm } from './coverage-turn.ts';
import { patchPath } from './patch.ts';
import type { CoverageRaster } from './raster.ts';
import { type ShortenOptions, shortenNear } from './shorten.ts';
import { turningMm } from './turn-price.ts';

export interface RenewOptions extends ShortenOptions {
  /** Stretches that are torn out and flown anew. */
  readonly rounds: number;
}

/**
 * Improves a covering path as a whole: legs that cross are untangled, and again and again a few neighbouring
 * waypoints are torn out, the gap is closed by the shortest way, what is then uncovered is patched where that is
 * cheapest, and the neighbourhood is shortened; kept when the path got better (ruin and recreate, Schrimpf et al.).
 * The stretches come from a seeded stream, so the same path gives the same result. The raster holds the result.
 */
export function renewPath(
  path: readonly PointMm[],
  raster: CoverageRaster,
  space: FreeSpace,
  options: RenewOptions,
): PointMm[] {
  const random = seededRandom(path.length);
  let points = untangle(path, raster, space, options);
  let cost = costOf(points, options);
  const saved = raster.saved();
  for (let round = 0; round < options.rounds && points.length > 2; round++) {
    const count = 1 + Math.floor(random() * Math.min(6, points.length - 2));
    const first = restless(points, count, random);
    raster.saveTo(saved);
    const torn = tearOut(points, first, count, raster, space);
    if (torn === null) continue;
    const known = new Set(points);
    const most = lengthMm(points) + options.radiusMm;
    const near = points.slice(Math.max(0, first - 1), first + count + 1);
    const patched = patchPath(torn, raster, space, options.radiusMm, options.allowed, { mostMm: most, near });
    const fits = raster.uncovered <= options.allowed && lengthMm(patched) < most;
    const tried = fits ? shortenNear(patched, raster, space, options, known) : patched;
    const now = fits ? costOf(tried, options) : Number.POSITIVE_INFINITY;
    if (now < cost - LEAST_GAIN_MM) {
      points = tried;
      cost = now;
    } else raster.restore(saved);
  }
  return untangle(points, raster, space, options);
}

/** Of two stretches drawn, the one that turns more for its length: there is more to be gained. */
function restless(points: readonly PointMm[], count: number, random: () => number): number {
  const draw = (): number => Math.floor(random() * (points.length - count + 1));
  const first = draw();
  const second = draw();
  return unrest(points, second, count) > unrest(points, first, count) ? second : first;
}

function unrest(points: readonly PointMm[], first: number, count: number): number {
  const stretch = points.slice(Math.max(0, first - 1), first + count + 1);
  return turningMm(stretch, 1) / Math.max(1, lengthMm(stretch));
}

/** Less is rounding. */
const LEAST_GAIN_MM = 50;

function costOf(points: readonly PointMm[], options: RenewOptions): number {
  const first = points[0];
  const last = points[points.length - 1];
  const { start } = options;
  const access = start === null || !first || !last ? 0 : gapMm(start, first) + gapMm(last, start);
  return lengthMm(points) + access + turningMm(points, options.turnPriceMm);
}

/** The path without `count` waypoints from `first` on, the gap closed inside; `null` when that cannot be. */
function tearOut(
  points: readonly PointMm[],
  first: number,
  count: number,
  raster: CoverageRaster,
  space: FreeSpace,
): PointMm[] | null {
  const before = points[first - 1];
  const after = points[first + count];
  const bridge = before && after ? space.way(before, after) : [];
  if (bridge === null) return null;
  const last = Math.min(points.length - 1, first + count);
  for (let i = Math.max(1, first); i <= last; i++) {
    raster.removeLeg(points[i - 1] as PointMm, points[i] as PointMm);
  }
  for (let i = 1; i < bridge.length; i++) raster.addLeg(bridge[i - 1] as PointMm, bridge[i] as PointMm);
  return [...points.slice(0, first), ...bridge.slice(1, -1), ...points.slice(first + count)];
}

/** 2-opt on waypoints: a stretch is flown the other way when its two new ends are shorter and coverage holds. */
function untangle(
  path: readonly PointMm[],
  raster: CoverageRaster,
  space: FreeSpace,
  options: RenewOptions,
): PointMm[] {
  const points = [...path];
  const gap = (a: PointMm | undefined, b: PointMm | undefined): number => (a && b ? gapMm(a, b) : 0);
  for (let sweep = 0; sweep < 4; sweep++) {
    let changed = false;
    for (let i = 0; i < points.length; i++) {
      for (let j = i + 1; j < points.length; j++) {
        const a = points[i - 1] ?? options.start ?? undefined;
        const d = points[j + 1] ?? options.start ?? undefined;
        const b = points[i] as PointMm;
        const c = points[j] as PointMm;
        if (gap(a, b) + gap(c, d) - gap(a, c) - gap(b, d) < LEAST_GAIN_MM) continue;
        if (tryReversal(points, i, j, raster, space, options)) changed = true;
      }
    }
    if (!changed) break;
  }
  return points;
}

function tryReversal(
  points: PointMm[],
  i: number,
  j: number,
  raster: CoverageRaster,
  space: FreeSpace,
  options: RenewOptions,
): boolean {
  const a = points[i - 1];
  const b = points[i] as PointMm;
  const c = points[j] as PointMm;
  const d = points[j + 1];
  if ((a && !space.isVisible(a, c)) || (d && !space.isVisible(b, d))) return false;
  if (a) raster.replaceLeg(a, b, a, c);
  if (d) raster.replaceLeg(c, d, b, d);
  const stretch = points.slice(i, j + 1);
  const next = [...points.slice(0, i), ...stretch.toReversed(), ...points.slice(j + 1)];
  if (raster.uncovered <= options.allowed && costOf(next, options) < costOf(points, options)) {
    points.splice(i, stretch.length, ...stretch.reverse());
    return true;
  }
  if (a) raster.replaceLeg(a, c, a, b);
  if (d) raster.replaceLeg(b, d, c, d);
  return false;
}
