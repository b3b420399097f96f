import type { PointMm, Region } from './frame.ts';
import { partAreaM2, partsOf, regionOf, signedAreaMm2 } from './region.ts';

/** Distance of two points, millimetres. */
export function distanceMm(a: PointMm, b: PointMm): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}

/** Length of an open polyline, millimetres. */
export function lengthMm(points: readonly PointMm[]): number {
  let sum = 0;
  for (let i = 1; i < points.length; i++) sum += distanceMm(points[i - 1] as PointMm, points[i] as PointMm);
  return sum;
}

/** The point of segment `a`–`b` nearest to `p`. */
export function nearestOnSegment(p: PointMm, a: PointMm, b: PointMm): PointMm {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const len2 = dx * dx + dy * dy;
  if (len2 === 0) return a;
  const t = Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / len2));
  return { x: a.x + t * dx, y: a.y + t * dy };
}

/** Distance of `p` to segment `a`–`b`, millimetres. */
export function distanceToSegmentMm(p: PointMm, a: PointMm, b: PointMm): number {
  return distanceMm(p, nearestOnSegment(p, a, b));
}

/** Even-odd point in region (holes respected). Points exactly on an edge may fall on either side. */
export function containsPoint(region: Region, p: PointMm): boolean {
  let inside = false;
  for (const ring of region) {
    let prev = ring[ring.length - 1];
    for (const current of ring) {
      if (prev !== undefined && current.y > p.y !== prev.y > p.y) {
        const x = prev.x + ((p.y - prev.y) * (current.x - prev.x)) / (current.y - prev.y);
        if (p.x < x) inside = !inside;
      }
      prev = current;
    }
  }
  return inside;
}

/** The point of the region's border nearest to `p`; `null` for an empty region. */
export function nearestOnBorder(region: Region, p: PointMm): PointMm | null {
  let best: PointMm | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const ring of region) {
    let prev = ring[ring.length - 1];
    for (const current of ring) {
      if (prev !== undefined) {
        const q = nearestOnSegment(p, prev, current);
        const d = distanceMm(p, q);
        if (d < bestDistance) {
          bestDistance = d;
          best = q;
        }
      }
      prev = current;
    }
  }
  return best;
}

/** Centre of area; `null` for an empty region. May lie outside a concave region: see `interiorPoint`. */
export function centroid(region: Region): PointMm | null {
  const origin = region[0]?.[0];
  if (origin === undefined) return null;
  let area = 0;
  let sx = 0;
  let sy = 0;
  for (const ring of region) {
    for (let i = 0; i < ring.length; i++) {
      const a = ring[i] as PointMm;
      const b = ring[(i + 1) % ring.length] as PointMm;
      const ax = a.x - origin.x;
      const ay = a.y - origin.y;
      const bx = b.x - origin.x;
      const by = b.y - origin.y;
      const cross = ax * by - bx * ay;
      area += cross;
      sx += (ax + bx) * cross;
      sy += (ay + by) * cross;
    }
  }
  if (area === 0) return null;
  return { x: origin.x + sx / (3 * area), y: origin.y + sy / (3 * area) };
}

/**
 * A point well inside the largest part: the centroid when it is inside, otherwise the middle of the longest
 * east-west chord among 15 scan lines. `null` for an empty region.
 */
export function interiorPoint(region: Region): PointMm | null {
  const largest = partsOf(region)[0];
  if (largest === undefined || partAreaM2(largest) <= 0) return null;
  const rings = regionOf(largest);
  const middle = centroid(rings);
  if (middle !== null && containsPoint(rings, middle)) return middle;
  let minY = Number.POSITIVE_INFINITY;
  let maxY = Number.NEGATIVE_INFINITY;
  for (const p of largest.outer) {
    minY = Math.min(minY, p.y);
    maxY = Math.max(maxY, p.y);
  }
  let best: PointMm | null = null;
  let bestWidth = 0;
  for (let k = 1; k <= 15; k++) {
    const y = minY + ((maxY - minY) * k) / 16;
    for (const [x1, x2] of chordsAt(rings, y)) {
      if (x2 - x1 > bestWidth) {
        bestWidth = x2 - x1;
        best = { x: (x1 + x2) / 2, y };
      }
    }
  }
  return best;
}

/** The stretches `[x1, x2]` of the horizontal line at `y` that are inside the region, from west to east. */
export function chordsAt(region: Region, y: number): [number, number][] {
  const xs: number[] = [];
  for (const ring of region) {
    let prev = ring[ring.length - 1];
    for (const current of ring) {
      // Half-open rule: a vertex on the line counts once, so crossings always pair up.
      if (prev !== undefined && current.y > y !== prev.y > y) {
        xs.push(prev.x + ((y - prev.y) * (current.x - prev.x)) / (current.y - prev.y));
      }
      prev = current;
    }
  }
  xs.sort((a, b) => a - b);
  const chords: [number, number][] = [];
  for (let i = 0; i + 1 < xs.length; i += 2) chords.push([xs[i] as number, xs[i + 1] as number]);
  return chords;
}

/** True when the ring winds counter-clockwise. */
export function isCounterClockwise(ring: readonly PointMm[]): boolean {
  return signedAreaMm2(ring) > 0;
}
