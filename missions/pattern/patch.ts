import type { PointMm } from '../geo/frame.ts';
import type { FreeSpace } from '../geo/free-space.ts';
import { containsPoint, distanceMm, lengthMm, nearestOnBorder, nearestOnSegment } from '../geo/measure.ts';
import { wholeMm } from './lanes.ts';
import type { CoverageRaster } from './raster.ts';

/** How many legs are tried with real ways round corners; the straight estimate picks them. */
const TRIED_LEGS = 10;

/**
 * Covers what a path leaves out: the largest uncovered group of samples is crossed by a point or a stretch, put in
 * where the detour is shortest, until at most `allowed` samples are open. Returns the longer path; the raster
 * holds it. Gives up (with what it has) when a round brings nothing.
 */
export function patchPath(
  path: readonly PointMm[],
  raster: CoverageRaster,
  space: FreeSpace,
  radiusMm: number,
  allowed: number,
): PointMm[] {
  let points = [...path];
  for (let round = 0; round < 200 && raster.uncovered > allowed; round++) {
    const before = raster.uncovered;
    // Several groups per look-over: finding the groups is the dear part.
    for (const group of raster.uncoveredGroups().slice(0, 12)) {
      if (raster.uncovered <= allowed) break;
      const detour = acrossGroup(group, points, space, radiusMm);
      points = insertDetour(points, detour, space, raster);
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
  const reach = distanceMm(far, other);
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
    if (!group.every((q) => distanceMm(p, q) <= radiusMm)) continue;
    return containsPoint(space.region, p) ? p : target;
  }
  return target;
}

/** A leg (before stop `at`) replaced by a way through the detour. */
interface Insertion {
  readonly at: number;
  readonly stops: readonly PointMm[];
  readonly estimate: number;
}

/**
 * Puts the points of a detour into the path where that costs least, with ways round corners. A leg may be bent to
 * the detour, which can uncover what the leg covered, or left and rejoined at the same place (a spur), which
 * cannot. With a raster the loss is counted in; without one only spurs are used.
 */
export function insertDetour(
  points: readonly PointMm[],
  detour: readonly PointMm[],
  space: FreeSpace,
  raster: CoverageRaster | null,
): PointMm[] {
  if (points.length === 0) {
    const way = join(space, detour) ?? [detour[0] as PointMm];
    raster?.addPath(way);
    return way;
  }
  let best: { at: number; way: PointMm[]; cost: number } | null = null;
  for (const place of insertions(points, detour, raster !== null).slice(0, TRIED_LEGS)) {
    const a = points[place.at - 1];
    const b = points[place.at];
    const way = join(space, [...(a ? [a] : []), ...place.stops, ...(b ? [b] : [])]);
    if (way === null) continue;
    let cost = lengthMm(way) - (a && b ? distanceMm(a, b) : 0);
    if (raster !== null) {
      const before = raster.uncovered;
      replaceLeg(raster, a, b, way, 1);
      const loss = raster.uncovered - before;
      replaceLeg(raster, a, b, way, -1);
      // A bend that uncovers as much as it covers leads round in circles.
      if (loss >= 0) continue;
      cost += loss * raster.fairPriceMm * 2;
    }
    if (best === null || cost < best.cost) best = { at: place.at, way, cost };
  }
  if (best === null) return [...points];
  const a = points[best.at - 1];
  const b = points[best.at];
  if (raster !== null) replaceLeg(raster, a, b, best.way, 1);
  return [
    ...points.slice(0, a ? best.at - 1 : best.at),
    ...best.way,
    ...points.slice(b ? best.at + 1 : best.at),
  ];
}

/** Possible insertions, straight-line cheapest first. */
function insertions(points: readonly PointMm[], detour: readonly PointMm[], mayBend: boolean): Insertion[] {
  const inner = lengthMm(detour);
  const ways = detour.length > 1 ? [detour, detour.toReversed()] : [detour];
  const out: Insertion[] = [];
  for (let at = 0; at <= points.length; at++) {
    const a = points[at - 1];
    const b = points[at];
    for (const stops of ways) {
      const entry = stops[0] as PointMm;
      const exit = stops[stops.length - 1] as PointMm;
      if (!a || !b) {
        const estimate = inner + (a ? distanceMm(a, entry) : 0) + (b ? distanceMm(exit, b) : 0);
        out.push({ at, stops, estimate });
        continue;
      }
      if (mayBend) {
        const estimate = distanceMm(a, entry) + inner + distanceMm(exit, b) - distanceMm(a, b);
        out.push({ at, stops, estimate });
      }
      const leave = wholeMm(nearestOnSegment(entry, a, b));
      const estimate = distanceMm(leave, entry) + inner + distanceMm(exit, leave);
      out.push({ at, stops: [leave, ...stops, leave], estimate });
    }
  }
  return out.sort((p, q) => p.estimate - q.estimate);
}

function replaceLeg(
  raster: CoverageRaster,
  a: PointMm | undefined,
  b: PointMm | undefined,
  way: readonly PointMm[],
  sign: 1 | -1,
): void {
  const leg = (p: PointMm, q: PointMm, by: 1 | -1): void =>
    by === 1 ? raster.addLeg(p, q) : raster.removeLeg(p, q);
  for (let i = 1; i < way.length; i++) leg(way[i - 1] as PointMm, way[i] as PointMm, sign);
  if (a && b) leg(a, b, sign === 1 ? -1 : 1);
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
  return group.reduce((a, b) => (distanceMm(b, from) > distanceMm(a, from) ? b : a));
}

function nearestOf(group: readonly PointMm[], p: PointMm): PointMm {
  return group.reduce((a, b) => (distanceMm(b, p) < distanceMm(a, p) ? b : a));
}

/** The point of a path nearest to `p`; `null` for an empty path. */
function nearestOnPath(p: PointMm, path: readonly PointMm[]): PointMm | null {
  let best = path[0] ?? null;
  let least = best === null ? Number.POSITIVE_INFINITY : distanceMm(p, best);
  for (let i = 1; i < path.length; i++) {
    const q = nearestOnSegment(p, path[i - 1] as PointMm, path[i] as PointMm);
    const d = distanceMm(p, q);
    if (d < least) {
      least = d;
      best = q;
    }
  }
  return best;
}
