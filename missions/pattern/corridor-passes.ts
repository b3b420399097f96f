import type { PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';

/** Sideways places of `passes` parallel passes about a middle line, from left to right (right is positive). */
export function passOffsets(passes: number, spacingMm: number): number[] {
  return Array.from({ length: passes }, (_, k) => (k - (passes - 1) / 2) * spacingMm);
}

/**
 * A line moved sideways, to the right when positive: every leg exactly parallel, corners mitred up to a turn of 120°
 * and cut off beyond. Legs that would run backwards on the inside of a bend are left out.
 */
export function offsetLine(points: readonly PointMm[], offsetMm: number): PointMm[] {
  if (offsetMm === 0 || points.length < 2) return [...points];
  const legs = points
    .slice(1)
    .map((b, i) => {
      const a = points[i] as PointMm;
      const length = distanceMm(a, b);
      return { a, b, length, ux: (b.x - a.x) / (length || 1), uy: (b.y - a.y) / (length || 1) };
    })
    .filter((leg) => leg.length > 0);
  const first = legs[0];
  const last = legs[legs.length - 1];
  if (first === undefined || last === undefined) return [...points];
  const beside = (p: PointMm, ux: number, uy: number): PointMm => ({
    x: Math.round(p.x + uy * offsetMm) + 0,
    y: Math.round(p.y - ux * offsetMm) + 0,
  });
  const out = [beside(first.a, first.ux, first.uy)];
  for (let i = 1; i < legs.length; i++) {
    const before = legs[i - 1] as (typeof legs)[number];
    const after = legs[i] as (typeof legs)[number];
    const cosTurn = before.ux * after.ux + before.uy * after.uy;
    if (cosTurn < -0.5) {
      out.push(beside(after.a, before.ux, before.uy), beside(after.a, after.ux, after.uy));
      continue;
    }
    // Middle of both normals, lengthened by 1 / cos(turn / 2).
    const scale = 1 / (1 + cosTurn);
    out.push(beside(after.a, (before.ux + after.ux) * scale, (before.uy + after.uy) * scale));
  }
  out.push(beside(last.b, last.ux, last.uy));
  return withoutBackwardLegs(out, legs);
}

/** Only where corners were not doubled do the legs of both lines correspond; there backward ones can be told. */
function withoutBackwardLegs(
  moved: readonly PointMm[],
  legs: readonly { readonly ux: number; readonly uy: number }[],
): PointMm[] {
  if (moved.length !== legs.length + 1) return [...moved];
  return moved.filter((p, i) => {
    const before = moved[i - 1];
    const leg = legs[i - 1];
    if (before === undefined || leg === undefined || i === moved.length - 1) return true;
    return (p.x - before.x) * leg.ux + (p.y - before.y) * leg.uy > 0;
  });
}
