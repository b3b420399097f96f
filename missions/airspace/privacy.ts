import { lonLatToMm, mmToLonLat, type PointMm, type Region } from '../geo/frame.ts';
import { containsPoint, distanceMm } from '../geo/measure.ts';
import { offset } from '../geo/region.ts';
import type { LonLat } from '../model.ts';
import type { Airspace } from './airspace.ts';

/** A stretch of a way on which the camera must not look down, because a privacy zone would be in the picture. */
export interface LookAway {
  /** The leg from point `leg` to point `leg + 1` of the way. */
  readonly leg: number;
  /** Along that leg, metres from its beginning. */
  readonly fromM: number;
  readonly toM: number;
  readonly from: LonLat;
  readonly to: LonLat;
  readonly zoneIds: readonly string[];
}

/** Pieces shorter than this come from grazing a corner within rounding. */
const LEAST_PIECE_MM = 1;

/**
 * Where on a way the camera must look elsewhere. `cameraReachM`: how far to the side the camera sees. Stretches are in
 * flying order; within a leg they do not overlap, and neighbouring ones with the same zones are one.
 */
export function lookAwayLegs(
  points: readonly LonLat[],
  airspace: Airspace,
  cameraReachM: number,
): LookAway[] {
  const zones = airspace.privacy.map(({ zone, region }) => ({
    zoneId: zone.zoneId,
    region: cameraReachM > 0 ? offset(region, cameraReachM * 1000) : region,
  }));
  const out: LookAway[] = [];
  if (zones.length === 0) return out;
  const mm = points.map((p) => lonLatToMm(airspace.frame, p));
  for (let leg = 0; leg + 1 < mm.length; leg++) {
    out.push(...onLeg(leg, mm[leg] as PointMm, mm[leg + 1] as PointMm, zones, airspace));
  }
  return out;
}

function onLeg(
  leg: number,
  a: PointMm,
  b: PointMm,
  zones: readonly { readonly zoneId: string; readonly region: Region }[],
  airspace: Airspace,
): LookAway[] {
  const length = distanceMm(a, b);
  const cuts = new Set([0, 1]);
  for (const { region } of zones) for (const t of crossings(region, a, b)) cuts.add(t);
  const sorted = [...cuts].sort((p, q) => p - q);
  const at = (t: number): PointMm => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
  const out: { from: number; to: number; zoneIds: string[] }[] = [];
  for (let i = 0; i + 1 < sorted.length; i++) {
    const from = sorted[i] as number;
    const to = sorted[i + 1] as number;
    if ((to - from) * length < LEAST_PIECE_MM && length >= LEAST_PIECE_MM) continue;
    const middle = at((from + to) / 2);
    const zoneIds = zones.filter(({ region }) => containsPoint(region, middle)).map(({ zoneId }) => zoneId);
    if (zoneIds.length === 0) continue;
    const last = out[out.length - 1];
    if (last !== undefined && (from - last.to) * length < LEAST_PIECE_MM && same(last.zoneIds, zoneIds)) {
      last.to = to;
    } else out.push({ from, to, zoneIds });
  }
  return out.map(({ from, to, zoneIds }) => ({
    leg,
    fromM: (from * length) / 1000,
    toM: (to * length) / 1000,
    from: mmToLonLat(airspace.frame, at(from)),
    to: mmToLonLat(airspace.frame, at(to)),
    zoneIds,
  }));
}

/** Where the segment a–b meets edges of a region, as shares of its length. */
function crossings(region: Region, a: PointMm, b: PointMm): number[] {
  const out: number[] = [];
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  for (const ring of region) {
    let p = ring[ring.length - 1];
    for (const q of ring) {
      if (p !== undefined) {
        const ex = q.x - p.x;
        const ey = q.y - p.y;
        const denominator = dx * ey - dy * ex;
        if (denominator !== 0) {
          const t = ((p.x - a.x) * ey - (p.y - a.y) * ex) / denominator;
          const u = ((p.x - a.x) * dy - (p.y - a.y) * dx) / denominator;
          if (t > 0 && t < 1 && u >= 0 && u <= 1) out.push(t);
        }
      }
      p = q;
    }
  }
  return out;
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}
