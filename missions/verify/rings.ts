import type { FlatPath } from './engine.ts';

/** Plane geometry on flat rings (any unit), the verifier's own: nothing here is shared with the planner. */

export function signedArea(ring: FlatPath): number {
  let sum = 0;
  for (let i = 0; i < ring.length; i += 2) {
    const k = (i + 2) % ring.length;
    sum += (ring[i] as number) * (ring[k + 1] as number) - (ring[k] as number) * (ring[i + 1] as number);
  }
  return sum / 2;
}

/** Inside by winding number: outer rings counter-clockwise, holes clockwise. */
export function isInside(rings: readonly FlatPath[], x: number, y: number): boolean {
  let winding = 0;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const k = (i + 2) % ring.length;
      const ax = ring[i] as number;
      const ay = ring[i + 1] as number;
      const bx = ring[k] as number;
      const by = ring[k + 1] as number;
      const side = (bx - ax) * (y - ay) - (x - ax) * (by - ay);
      if (ay <= y && by > y && side > 0) winding++;
      else if (ay > y && by <= y && side < 0) winding--;
    }
  }
  return winding !== 0;
}

export function distanceToRings(rings: readonly FlatPath[], x: number, y: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const k = (i + 2) % ring.length;
      const ax = ring[i] as number;
      const ay = ring[i + 1] as number;
      const bx = ring[k] as number;
      const by = ring[k + 1] as number;
      const len2 = (bx - ax) ** 2 + (by - ay) ** 2;
      const t =
        len2 === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / len2));
      least = Math.min(least, Math.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay)));
    }
  }
  return least;
}

/** Share of a line, from 0 (its beginning) to 1. */
export type Interval = readonly [from: number, to: number];

/**
 * The parts of a straight line that lie inside rings: its crossings with every edge, sorted, and the middle of each
 * piece tested. A line without length is inside as a whole or not at all.
 */
export function insideIntervals(
  rings: readonly FlatPath[],
  ax: number,
  ay: number,
  bx: number,
  by: number,
): Interval[] {
  const dx = bx - ax;
  const dy = by - ay;
  if (dx === 0 && dy === 0) return isInside(rings, ax, ay) ? [[0, 1]] : [];
  const cuts = [0, 1];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const k = (i + 2) % ring.length;
      const px = (ring[i] as number) - ax;
      const py = (ring[i + 1] as number) - ay;
      const ex = (ring[k] as number) - (ring[i] as number);
      const ey = (ring[k + 1] as number) - (ring[i + 1] as number);
      const cross = dx * ey - dy * ex;
      if (cross === 0) continue;
      const t = (px * ey - py * ex) / cross;
      const u = (px * dy - py * dx) / cross;
      if (t > 0 && t < 1 && u >= 0 && u <= 1) cuts.push(t);
    }
  }
  cuts.sort((a, b) => a - b);
  const out: [number, number][] = [];
  for (let i = 1; i < cuts.length; i++) {
    const from = cuts[i - 1] as number;
    const to = cuts[i] as number;
    if (to <= from) continue;
    const t = (from + to) / 2;
    if (!isInside(rings, ax + dx * t, ay + dy * t)) continue;
    const last = out[out.length - 1];
    if (last !== undefined && last[1] === from) last[1] = to;
    else out.push([from, to]);
  }
  return out;
}

/** The rest of [0, 1]. */
export function outsideOf(inside: readonly Interval[]): Interval[] {
  const out: Interval[] = [];
  let at = 0;
  for (const [from, to] of inside) {
    if (from > at) out.push([at, from]);
    at = to;
  }
  if (at < 1) out.push([at, 1]);
  return out;
}

export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

export function boxOf(rings: readonly FlatPath[]): Box {
  let west = Number.POSITIVE_INFINITY;
  let south = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let north = Number.NEGATIVE_INFINITY;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      west = Math.min(west, ring[i] as number);
      east = Math.max(east, ring[i] as number);
      south = Math.min(south, ring[i + 1] as number);
      north = Math.max(north, ring[i + 1] as number);
    }
  }
  return { west, south, east, north };
}

export function meets(box: Box, ax: number, ay: number, bx: number, by: number): boolean {
  return (
    Math.max(ax, bx) >= box.west &&
    Math.min(ax, bx) <= box.east &&
    Math.max(ay, by) >= box.south &&
    Math.min(ay, by) <= box.north
  );
}
