import type { PointMm } from '../geo/frame.ts';
import type { FreeSpace } from '../geo/free-space.ts';
import { containsPoint, lengthMm, nearestOnBorder, nearestOnSegment } from '../geo/measure.ts';
import { gapMm, wholeMm } from './coverage-turn.ts';
import { LegTrial, MOST_LEGS } from './leg-trial.ts';
import type { CoverageRaster } from './raster.ts';

/** How many legs are tried with real ways round corners; the straight estimate picks them. */
const TRIED_BENDS = 5;
const TRIED_SPURS = 2;

export interface PatchLimits {
  /** Patching ends when the path is longer. */
  readonly mostMm?: number;
  /** Only what is open near these points is patched. */
  readonly near?: readonly PointMm[];
}

/**
 * Covers what a path leaves out: the largest uncovered group of samples is crossed by a point or a stretch, put in
 * where the detour is shortest, until at most `allowed` samples are open. Returns the longer path; the raster
 * holds it. Gives up (with what it has) when a round brings nothing or the limits are met.
 */
export function patchPath(
  path: readonly PointMm[],
  raster: CoverageRaster,
  space: FreeSpace,
  radiusMm: number,
  allowed: number,
  limits: PatchLimits = {},
): PointMm[] {
  let points = [...path];
  for (let round = 0; round < 200 && raster.uncovered > allowed; round++) {
    const before = raster.uncovered;
    // Several groups per look-over: finding the groups is the dear part.
    for (const group of raster.uncoveredGroups(limits.near, 2 * radiusMm).slice(0, 12)) {
      if (raster.uncovered <= allowed) break;
      if (limits.mostMm !== undefined && lengthMm(points) > limits.mostMm) return points;
      const detour = acrossGroup(group, points, space, radiusMm);
      points = insertDetour(points, detour, space, { raster, wanted: group.length });
    }
    if (raster.uncovered >= before) break;
  }
  return points;
}

/**
 * What has to be flown to see a group of uncovered points: for a small one a single point, no farther from the path
 * than it must be; for a long one a stretch across. Always inside the free space.
 */
export function acrossGroup(
  group: readonly PointMm[],
  path: readonly PointMm[],
  space: FreeSpace,
  radiusMm: number,
): PointMm[] {
  let sx = 0;
  let sy = 0;
  for (const p of group) {
    sx += p.x;
    sy += p.y;
  }
  const middle = { x: sx / group.length, y: sy / group.length };
  const far = farthest(group, middle);
  const other = farthest(group, far);
  const reach = gapMm(far, other);
  if (reach <= 1.2 * radiusMm) return [nearestView(group, middle, path, space, radiusMm)];
  // The ends of the group are seen from a little before them.
  const back = Math.min(0.4, (0.5 * radiusMm) / reach);
  const a = { x: far.x + (other.x - far.x) * back, y: far.y + (other.y - far.y) * back };
  const b = { x: other.x + (far.x - other.x) * back, y: other.y + (far.y - other.y) * back };
  return [intoFree(space, nearestOf(group, a)), intoFree(space, nearestOf(group, b))];
}

/** The first point on the way from the path to the middle of a group from which all of the group is seen. */
function nearestView(
  group: readonly PointMm[],
  middle: PointMm,
  path: readonly PointMm[],
  space: FreeSpace,
  radiusMm: number,
): PointMm {
  const target = intoFree(space, nearestOf(group, middle));
  const anchor = nearestOnPath(middle, path);
  if (anchor === null) return target;
  for (const t of [0.15, 0.3, 0.45, 0.6, 0.75, 0.9]) {
    const p = wholeMm({ x: anchor.x + (target.x - anchor.x) * t, y: anchor.y + (target.y - anchor.y) * t });
    if (!group.every((q) => gapMm(p, q) <= radiusMm)) continue;
    return containsPoint(space.region, p) ? p : target;
  }
  return target;
}

/** A leg (before stop `at`) replaced by a way through the detour. */
interface Insertion {
  readonly at: number;
  readonly stops: readonly PointMm[];
  readonly estimate: number;
  /** No leg is given up for it: a spur, or more path at an end. */
  readonly isSpur: boolean;
}

/**
 * Puts the points of a detour into the path where that costs least, with ways round corners. A leg may be bent to
 * the detour, which can uncover what the leg covered, or left and rejoined at the same place (a spur), which
 * cannot. With samples (`wanted` of them are what the detour is for) a bend's loss is counted in; without, only spurs
 * are used.
 */
export function insertDetour(
  points: readonly PointMm[],
  detour: readonly PointMm[],
  space: FreeSpace,
  samples: { readonly raster: CoverageRaster; readonly wanted: number } | null,
): PointMm[] {
  const raster = samples?.raster ?? null;
  if (points.length === 0) {
    const way = join(space, detour) ?? [detour[0] as PointMm];
    raster?.addPath(way);
    return way;
  }
  let best: { at: number; way: PointMm[]; cost: number } | null = null;
  for (const place of insertions(points, detour, raster !== null)) {
    // The estimate is a straight-line bound: what follows cannot be cheaper.
    if (best !== null && place.estimate >= best.cost) break;
    const a = points[place.at - 1];
    const b = points[place.at];
    const way = join(space, [...(a ? [a] : []), ...place.stops, ...(b ? [b] : [])]);
    if (way === null) continue;
    let cost = lengthMm(way) - (a && b ? gapMm(a, b) : 0);
    // A spur uncovers nothing.
    if (raster !== null && samples !== null && !place.isSpur) {
      const loss = lossOf(raster, a && b ? [a, b] : [], way);
      // A bend that uncovers as much as it covers leads round in circles.
      if (loss >= 0) continue;
      cost += Math.max(0, loss + samples.wanted) * raster.fairPriceMm * 2;
    }
    if (best === null || cost < best.cost) best = { at: place.at, way, cost };
  }
  if (best === null) return [...points];
  const a = points[best.at - 1];
  const b = points[best.at];
  if (raster !== null) LegTrial.on(raster).make(a && b ? [a, b] : [], best.way);
  return [
    ...points.slice(0, a ? best.at - 1 : best.at),
    ...best.way,
    ...points.slice(b ? best.at + 1 : best.at),
  ];
}

/**
 * Possible insertions, straight-line cheapest first: at most `TRIED_BENDS` bends and `TRIED_SPURS` others. A bend is
 * never longer than the spur from the same leg, so in one list bends that uncover too much would crowd spurs out.
 */
function insertions(points: readonly PointMm[], detour: readonly PointMm[], mayBend: boolean): Insertion[] {
  const inner = lengthMm(detour);
  const ways = detour.length > 1 ? [detour, detour.toReversed()] : [detour];
  const bends = new Shortlist(TRIED_BENDS);
  const spurs = new Shortlist(TRIED_SPURS);
  for (let at = 0; at <= points.length; at++) {
    const a = points[at - 1];
    const b = points[at];
    for (const stops of ways) {
      const entry = stops[0] as PointMm;
      const exit = stops[stops.length - 1] as PointMm;
      if (!a || !b) {
        const estimate = inner + (a ? gapMm(a, entry) : 0) + (b ? gapMm(exit, b) : 0);
        if (spurs.wants(estimate)) spurs.put({ at, stops, estimate, isSpur: true });
        continue;
      }
      if (mayBend) {
        const estimate = gapMm(a, entry) + inner + gapMm(exit, b) - gapMm(a, b);
        if (bends.wants(estimate)) bends.put({ at, stops, estimate, isSpur: false });
      }
      const leave = nearestOnSegment(entry, a, b);
      const estimate = gapMm(leave, entry) + inner + gapMm(exit, leave);
      if (spurs.wants(estimate)) {
        const foot = wholeMm(leave);
        spurs.put({ at, stops: [foot, ...stops, foot], estimate, isSpur: true });
      }
    }
  }
  return [...bends.items, ...spurs.items].sort((p, q) => p.estimate - q.estimate);
}

/** The best few of what is offered, in order. */
class Shortlist {
  readonly items: Insertion[] = [];
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  wants(estimate: number): boolean {
    return (
      this.items.length < this.most || estimate < (this.items[this.items.length - 1] as Insertion).estimate
    );
  }

  put(item: Insertion): void {
    if (this.items.length >= this.most) this.items.pop();
    let k = this.items.length;
    while (k > 0 && (this.items[k - 1] as Insertion).estimate > item.estimate) k--;
    this.items.splice(k, 0, item);
  }
}

/** How many samples more are open with a way instead of a leg, exact when none are; the raster is as before. */
function lossOf(raster: CoverageRaster, leg: readonly PointMm[], way: readonly PointMm[]): number {
  const trial = LegTrial.on(raster);
  if (way.length > MOST_LEGS + 1) {
    const before = raster.uncovered;
    trial.make(leg, way);
    const loss = raster.uncovered - before;
    trial.make(way, leg);
    return loss;
  }
  trial.take(leg);
  return trial.change(way, 0);
}

/** Shortest ways through a list of stops; `null` when one cannot be reached. */
export function join(space: FreeSpace, stops: readonly PointMm[]): PointMm[] | null {
  const out: PointMm[] = [];
  for (const stop of stops) {
    const from = out[out.length - 1];
    if (from === undefined) out.push(stop);
    else if (from.x !== stop.x || from.y !== stop.y) {
      const way = space.way(from, stop);
      if (way === null) return null;
      out.push(...way.slice(1));
    }
  }
  return out;
}

/** The point itself when it is free, otherwise the nearest free one. */
export function intoFree(space: FreeSpace, p: PointMm): PointMm {
  if (containsPoint(space.region, p)) return wholeMm(p);
  return wholeMm(nearestOnBorder(space.region, p) ?? p);
}

function farthest(group: readonly PointMm[], from: PointMm): PointMm {
  return group.reduce((a, b) => (gapMm(b, from) > gapMm(a, from) ? b : a));
}

function nearestOf(group: readonly PointMm[], p: PointMm): PointMm {
  return group.reduce((a, b) => (gapMm(b, p) < gapMm(a, p) ? b : a));
}

/** The point of a path nearest to `p`; `null` for an empty path. */
function nearestOnPath(p: PointMm, path: readonly PointMm[]): PointMm | null {
  let best = path[0] ?? null;
  let least = best === null ? Number.POSITIVE_INFINITY : gapMm(p, best);
  for (let i = 1; i < path.length; i++) {
    const q = nearestOnSegment(p, path[i - 1] as PointMm, path[i] as PointMm);
    const d = gapMm(p, q);
    if (d < least) {
      least = d;
      best = q;
    }
  }
  return best;
}
