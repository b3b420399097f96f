import type { PointMm, Region } from '../geo/frame.ts';
import { containsPoint, distanceMm } from '../geo/measure.ts';
import { areaM2, difference, intersect, partsOf, regionOf } from '../geo/region.ts';
import { leastWidth } from './coverage-turn.ts';

/** A piece of an area and the direction of its lanes. */
export interface Piece {
  readonly region: Region;
  readonly angleRad: number;
}

/** A cut is this wide, millimetres, so that clipping parts the two sides. */
const CUT_MM = 20;
/** More inner corners than these are not tried: the sharpest come first. */
const MOST_CORNERS = 14;

/**
 * Cuts an area at inner corners so that the sum of least widths becomes smaller: lanes along each arm instead of one
 * direction for all (after Huang's minimal sum of altitudes, greedily). `null` when no cut saves half a swath.
 */
export function widthPieces(shape: Region, swathMm: number): Piece[] | null {
  const done: Piece[] = [];
  const open: Region[] = [shape];
  let cuts = 0;
  while (open.length > 0) {
    const region = open.pop() as Region;
    const halves = cuts < 24 ? bestCut(region, swathMm) : null;
    if (halves === null) done.push({ region, angleRad: leastWidth(region).angleRad });
    else {
      cuts++;
      open.push(...halves);
    }
  }
  return cuts === 0 ? null : done;
}

function bestCut(region: Region, swathMm: number): readonly [Region, Region] | null {
  const whole = worth(region, swathMm);
  let best: readonly [Region, Region] | null = null;
  let least = whole - 0.5;
  for (const [a, b] of cutLines(region)) {
    const parts = partsOf(difference(region, [sliver(a, b)]))
      .map(regionOf)
      .filter((part) => areaM2(part) > (swathMm / 1000) ** 2 / 4);
    const [p, q] = parts;
    if (p === undefined || q === undefined || parts.length > 2) continue;
    const sum = worth(p, swathMm) + worth(q, swathMm);
    if (sum < least) {
      least = sum;
      best = [p, q];
    }
  }
  return best;
}

/** Lanes that a piece takes, each further piece counting as a third of one (the way to it). */
function worth(region: Region, swathMm: number): number {
  return Math.max(1, leastWidth(region).widthMm / swathMm) + 0.35;
}

/** From each inner corner: on along both of its edges, halving the angle, and to the nearest other inner corners. */
function cutLines(region: Region): (readonly [PointMm, PointMm])[] {
  const corners = innerCorners(region).slice(0, MOST_CORNERS);
  const lines: (readonly [PointMm, PointMm])[] = [];
  for (const { before, at, after } of corners) {
    const inward = unit({ x: at.x - before.x, y: at.y - before.y });
    const outward = unit({ x: at.x - after.x, y: at.y - after.y });
    for (const way of [inward, outward, unit({ x: inward.x + outward.x, y: inward.y + outward.y })]) {
      const hit = firstHit(region, at, way);
      if (hit !== null) lines.push([at, hit]);
    }
    const others = corners
      .filter((c) => c.at !== at)
      .sort((p, q) => distanceMm(p.at, at) - distanceMm(q.at, at))
      .slice(0, 3);
    for (const other of others) {
      const middle = { x: (at.x + other.at.x) / 2, y: (at.y + other.at.y) / 2 };
      if (containsPoint(region, middle)) lines.push([at, other.at]);
    }
  }
  return lines;
}

interface Corner {
  readonly before: PointMm;
  readonly at: PointMm;
  readonly after: PointMm;
  readonly sharpness: number;
}

function innerCorners(region: Region): Corner[] {
  const out: Corner[] = [];
  for (const ring of region) {
    ring.forEach((at, i) => {
      const before = ring[(i + ring.length - 1) % ring.length] as PointMm;
      const after = ring[(i + 1) % ring.length] as PointMm;
      const u = unit({ x: at.x - before.x, y: at.y - before.y });
      const v = unit({ x: after.x - at.x, y: after.y - at.y });
      const cross = u.x * v.y - u.y * v.x;
      // Interior is on the left; a turn of less than 8° is a wiggle.
      if (cross < -0.14) out.push({ before, at, after, sharpness: -cross });
    });
  }
  return out.sort((a, b) => b.sharpness - a.sharpness);
}

/** Where a ray from a corner first meets the border again. */
function firstHit(region: Region, from: PointMm, way: PointMm): PointMm | null {
  let least = Number.POSITIVE_INFINITY;
  for (const ring of region) {
    for (let i = 0; i < ring.length; i++) {
      const a = ring[i] as PointMm;
      const b = ring[(i + 1) % ring.length] as PointMm;
      const ex = b.x - a.x;
      const ey = b.y - a.y;
      const cross = way.x * ey - way.y * ex;
      if (cross === 0) continue;
      const t = ((a.x - from.x) * ey - (a.y - from.y) * ex) / cross;
      const s = ((a.x - from.x) * way.y - (a.y - from.y) * way.x) / cross;
      if (s >= 0 && s <= 1 && t > 500 && t < least) least = t;
    }
  }
  if (!Number.isFinite(least)) return null;
  const middle = { x: from.x + (way.x * least) / 2, y: from.y + (way.y * least) / 2 };
  if (!containsPoint(region, middle)) return null;
  return { x: from.x + way.x * least, y: from.y + way.y * least };
}

/** A hair-thin rectangle along a cut, a little longer than it at both ends. */
function sliver(a: PointMm, b: PointMm): PointMm[] {
  const u = unit({ x: b.x - a.x, y: b.y - a.y });
  const h = CUT_MM / 2;
  const p = { x: a.x - u.x * CUT_MM, y: a.y - u.y * CUT_MM };
  const q = { x: b.x + u.x * CUT_MM, y: b.y + u.y * CUT_MM };
  return [
    { x: p.x + u.y * h, y: p.y - u.x * h },
    { x: q.x + u.y * h, y: q.y - u.x * h },
    { x: q.x - u.y * h, y: q.y + u.x * h },
    { x: p.x - u.y * h, y: p.y + u.x * h },
  ].map((c) => ({ x: Math.round(c.x), y: Math.round(c.y) }));
}

function unit(v: PointMm): PointMm {
  const length = Math.hypot(v.x, v.y) || 1;
  return { x: v.x / length, y: v.y / length };
}

/** The part of the free space in a piece, grown by a hair so that neighbouring pieces leave no seam. */
export function freeOfPiece(free: Region, piece: Piece): Region {
  return intersect(free, piece.region);
}
