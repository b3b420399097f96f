import type { PointMm, Region } from '../geo/frame.ts';
import { areaM2, difference, unionAll } from '../geo/region.ts';

/** Least covered share of every plan, by exact polygon arithmetic. */
export const TARGET_COVERAGE = 0.995;

/** Arcs of the swath lie inside the true circle by at most this share of the radius: 4.5 cm for a swath of 60 m. */
const ARC_TOLERANCE_SHARE = 0.0015;

/**
 * What a path covers: all points within `radiusMm` of it, as the union of one capsule per leg. Capsules instead of
 * one offset polyline, because offsetting a line that turns back on itself is where clippers have their bugs.
 */
export function swathOf(points: readonly PointMm[], radiusMm: number): Region {
  return unionAll(capsulesOf(points, radiusMm));
}

function capsulesOf(points: readonly PointMm[], radiusMm: number): PointMm[][] {
  const capsules: PointMm[][] = [];
  const first = points[0];
  if (points.length === 1 && first !== undefined) capsules.push(capsule(first, first, radiusMm));
  for (let i = 1; i < points.length; i++) {
    capsules.push(capsule(points[i - 1] as PointMm, points[i] as PointMm, radiusMm));
  }
  return capsules;
}

/** The uncovered rest of an area: one boolean operation, since overlapping capsules fill by non-zero winding anyway. */
export function uncoveredRegion(area: Region, points: readonly PointMm[], radiusMm: number): Region {
  return difference(area, capsulesOf(points, radiusMm));
}

/** Covered share of an area, 0–1, by polygon arithmetic. An empty area counts as covered. */
export function coverageFraction(area: Region, points: readonly PointMm[], radiusMm: number): number {
  const whole = areaM2(area);
  return whole <= 0 ? 1 : Math.max(0, 1 - areaM2(uncoveredRegion(area, points, radiusMm)) / whole);
}

function capsule(a: PointMm, b: PointMm, radius: number): PointMm[] {
  const steps = Math.max(8, Math.ceil(Math.PI / Math.acos(1 - ARC_TOLERANCE_SHARE) / 2));
  const heading = Math.atan2(b.y - a.y, b.x - a.x);
  const out: PointMm[] = [];
  for (const [centre, from] of [
    [b, heading - Math.PI / 2],
    [a, heading + Math.PI / 2],
  ] as const) {
    for (let k = 0; k <= steps; k++) {
      const angle = from + (Math.PI * k) / steps;
      out.push({
        x: Math.round(centre.x + radius * Math.cos(angle)),
        y: Math.round(centre.y + radius * Math.sin(angle)),
      });
    }
  }
  return out;
}
