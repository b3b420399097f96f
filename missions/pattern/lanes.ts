import type { PointMm, Region } from '../geo/frame.ts';
import { chordsAt, distanceMm } from '../geo/measure.ts';
import { boundsOf, offset, simplify } from '../geo/region.ts';
import { freeOfPiece, widthPieces } from './coverage-pieces.ts';
import { narrowestAngle, rotate, turn, wholeMm } from './coverage-turn.ts';
import { decompose, type SweepPart } from './decompose.ts';

/** A straight stretch that shall be flown in either direction. A point of interest has both ends equal. */
export interface Lane {
  readonly a: PointMm;
  readonly b: PointMm;
}

/** Lanes for one direction and one way of cutting the area into parts. */
export interface LaneSet {
  /** Direction of the lanes, radians counter-clockwise from east. */
  readonly angleRad: number;
  readonly lanes: readonly Lane[];
}

/** How parts are made. `global` ignores parts: evenly spaced lines across the whole area. */
const VARIANTS = ['parts', 'steps', 'global'] as const;

/**
 * A part that is higher than a whole number of swaths by less than this share of one gets no further lane: its lanes
 * stay a swath apart, and what is left over at the narrower end (often only a corner) is patched or forgiven.
 */
const FORGIVEN_SHARES = [0.02, 0.18, 0.4] as const;

/**
 * Candidate lane sets: every direction × variant. `free` is where the aircraft may be (inside `area`), `area` what
 * shall be covered. Lanes end a fifth of a swath before the border, which the camera still sees; short ones become
 * their middle point. Not `allAngles`: a few promising directions only, for large areas where each is dear.
 */
export function candidateLaneSets(area: Region, free: Region, swathMm: number, allAngles = true): LaneSet[] {
  const shape = sweepShape(area, swathMm);
  const sets: LaneSet[] = [];
  for (const angleRad of candidateAngles(shape, swathMm, allAngles)) {
    const turnedShape = rotate(shape, -angleRad);
    const turnedFree = rotate(free, -angleRad);
    const bounds = boundsOf(turnedShape);
    const seen = new Set<string>();
    for (const variant of VARIANTS) {
      const parts: readonly SweepPart[] =
        variant === 'global'
          ? [{ bottom: bounds.minY, top: bounds.maxY, extentAt: () => [bounds.minX, bounds.maxX] }]
          : decompose(turnedShape, {
              leastBranchMm: 0.6 * swathMm,
              stepMm: variant === 'steps' ? swathMm : Number.POSITIVE_INFINITY,
            });
      for (const forgiven of FORGIVEN_SHARES) {
        const flat = parts.flatMap((part) => lanesOfPart(part, turnedFree, swathMm, forgiven));
        const key = flat.map((l) => `${Math.round(l.a.x)},${Math.round(l.a.y)}`).join(';');
        if (flat.length === 0 || seen.has(key)) continue;
        seen.add(key);
        sets.push({
          angleRad,
          lanes: flat.map((l) => ({ a: wholeMm(turn(l.a, angleRad)), b: wholeMm(turn(l.b, angleRad)) })),
        });
      }
    }
  }
  if (allAngles) sets.push(...setsOfPieces(shape, free, swathMm));
  return sets;
}

/** Lanes along each arm: pieces of least total width, each with the direction of its own. */
function setsOfPieces(shape: Region, free: Region, swathMm: number): LaneSet[] {
  const pieces = widthPieces(shape, swathMm);
  if (pieces === null) return [];
  const inside = pieces.map((piece) => freeOfPiece(free, piece));
  return FORGIVEN_SHARES.map((forgiven) => ({
    angleRad: (pieces[0] as (typeof pieces)[number]).angleRad,
    lanes: pieces.flatMap(({ region, angleRad }, i) => {
      const turned = rotate(region, -angleRad);
      const turnedFree = rotate(inside[i] as Region, -angleRad);
      return decompose(turned, { leastBranchMm: 0.6 * swathMm, stepMm: Number.POSITIVE_INFINITY })
        .flatMap((part) => lanesOfPart(part, turnedFree, swathMm, forgiven))
        .map((l) => ({ a: wholeMm(turn(l.a, angleRad)), b: wholeMm(turn(l.b, angleRad)) }));
    }),
  })).filter((set) => set.lanes.length > 0);
}

/**
 * The outline that decides where parts split: notches and holes narrower than 0.6 swaths are filled, since lanes
 * pass them anyway, and wiggles are smoothed.
 */
function sweepShape(area: Region, swathMm: number): Region {
  const closed = offset(offset(area, 0.3 * swathMm), -0.3 * swathMm);
  const smooth = simplify(closed.length > 0 ? closed : area, 0.06 * swathMm);
  return smooth.length > 0 ? smooth : area;
}

/** Directions of long edges, the direction across the least width, and every 10°; near-doubles left out. */
function candidateAngles(shape: Region, swathMm: number, all: boolean): number[] {
  const found: { angle: number; weight: number }[] = [];
  for (const ring of shape) {
    ring.forEach((a, i) => {
      const b = ring[(i + 1) % ring.length] as PointMm;
      const length = distanceMm(a, b);
      if (length < swathMm) return;
      const angle = (Math.atan2(b.y - a.y, b.x - a.x) + Math.PI) % Math.PI;
      const same = found.find((f) => angleBetween(f.angle, angle) < 0.035);
      if (same) same.weight += length;
      else found.push({ angle, weight: length });
    });
  }
  found.sort((p, q) => q.weight - p.weight);
  const angles = found.slice(0, all ? 8 : 3).map((f) => f.angle);
  const add = (angle: number): void => {
    if (angles.every((known) => angleBetween(known, angle) > 0.035)) angles.push(angle);
  };
  add(narrowestAngle(shape));
  const fan = all ? 18 : 6;
  for (let k = 0; k < fan; k++) add((k * Math.PI) / fan);
  return angles;
}

function angleBetween(a: number, b: number): number {
  const d = Math.abs(a - b) % Math.PI;
  return Math.min(d, Math.PI - d);
}

function lanesOfPart(part: SweepPart, free: Region, swathMm: number, forgiven: number): Lane[] {
  const height = part.top - part.bottom;
  if (height < 0.15 * swathMm) return [];
  const count = Math.max(1, Math.ceil(height / swathMm - forgiven));
  const spacing = Math.min(height / count, swathMm * LANE_SPACING);
  const left = height - count * spacing;
  const first = part.bottom + spacing / 2 + (left <= 0 ? 0 : left * shareBelow(part, spacing));
  const lanes: Lane[] = [];
  for (let k = 0; k < count; k++) {
    const y = first + k * spacing;
    const extent = part.extentAt(y);
    if (extent === null) continue;
    for (const [x1, x2] of chordsAt(free, y)) {
      const middle = (x1 + x2) / 2;
      if (middle < extent[0] || middle > extent[1]) continue;
      // A chord that sticks out into a neighbouring part is that part's business there.
      const from = Math.max(x1, extent[0] - swathMm / 2);
      const to = Math.min(x2, extent[1] + swathMm / 2);
      const trim = Math.min(0.2 * swathMm, (to - from) / 2);
      lanes.push({ a: { x: from + trim, y }, b: { x: to - trim, y } });
    }
  }
  return lanes;
}

/** Neighbouring lanes this many swaths apart at most: the samples of the search see a hair less than half a swath. */
const LANE_SPACING = 0.986;

/** How much of the height that is left over lies below the first lane: more where the part is narrower. */
function shareBelow(part: SweepPart, spacing: number): number {
  const width = (y: number): number => {
    const extent = part.extentAt(y);
    return extent === null ? 0 : extent[1] - extent[0];
  };
  const below = width(part.bottom + spacing / 4);
  const above = width(part.top - spacing / 4);
  return below + above <= 0
    ? 0.5
    : above / (below + above) > 0.6
      ? 1
      : above / (below + above) < 0.4
        ? 0
        : 0.5;
}
