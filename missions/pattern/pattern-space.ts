import type { MultiPolygon, Polygon } from 'geojson';
import { type LocalFrame, lonLatToMm, mmToLonLat, type PointMm, type Region } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { containsPoint, distanceMm } from '../geo/measure.ts';
import { boundsOf, cleanPolygons, difference, offset, offsetRound, unionAll } from '../geo/region.ts';
import type { WayFinder } from '../model/airspace.ts';
import type { PlanIssue } from '../model/basics.ts';
import { prepareArea } from './coverage.ts';

/** Where a pattern may be flown. */
export interface PatternSpace {
  /** Never left; null: anywhere. */
  readonly allowed: Polygon | MultiPolygon | null;
  /** Never entered, grown by the margin. */
  readonly keepOuts: readonly (Polygon | MultiPolygon)[];
  /** Metres, 0–1,000. */
  readonly keepOutMarginM: number;
  /**
   * Asked for transit between pieces where `allowed` and `keepOuts` do not say the way, for instance between separate
   * parts of an area. Null: none.
   */
  readonly wayFinder: WayFinder | null;
}

export const ANYWHERE: PatternSpace = { allowed: null, keepOuts: [], keepOutMarginM: 0, wayFinder: null };

/** Without an allowed area, free space reaches this far beyond everything: room for any way round. */
const ROOM_MM = 20_000_000;

/** Points may stick out of the region by this: whole millimetres on both sides of a slanted border. */
const BORDER_SLACK_MM = 2;

/** Free space of a pattern in its frame: pieces of lines inside, and the ways between them. */
export class PatternRoom {
  readonly frame: LocalFrame;
  /** Null: nothing forbids anything, every way is straight. */
  readonly region: Region | null;
  private readonly grown: Region;
  private readonly free: FreeSpace | null;
  private readonly wayFinder: WayFinder | null;

  constructor(frame: LocalFrame, region: Region | null, wayFinder: WayFinder | null = null) {
    this.frame = frame;
    this.region = region;
    this.grown = region === null ? [] : offset(region, BORDER_SLACK_MM);
    this.free = region === null ? null : new FreeSpace(region);
    this.wayFinder = wayFinder;
  }

  /** Border points count as inside. */
  contains(p: PointMm): boolean {
    return this.region === null || containsPoint(this.grown, p);
  }

  isVisible(a: PointMm, b: PointMm): boolean {
    return this.free === null || (this.contains(a) && this.contains(b) && this.free.isVisible(a, b));
  }

  /** The shortest way with both ends; null when there is none. */
  way(a: PointMm, b: PointMm): PointMm[] | null {
    const inside = this.insideWay(a, b);
    if (inside !== null && (this.free !== null || this.wayFinder === null)) return inside;
    const found = this.wayFinder?.way(mmToLonLat(this.frame, a), mmToLonLat(this.frame, b)) ?? null;
    if (found === null) return null;
    // The finder's own ends may be rounded; ours are exact.
    return [a, ...found.points.slice(1, -1).map((p) => lonLatToMm(this.frame, p)), b];
  }

  /** As `way`, but only inside the region. */
  insideWay(a: PointMm, b: PointMm): PointMm[] | null {
    if (this.free === null) return [a, b];
    return this.contains(a) && this.contains(b) ? this.free.way(a, b) : null;
  }

  /** Straight distances where nothing is in between, else those of the ways; row-major whole millimetres. */
  distanceMatrix(points: readonly PointMm[]): Float64Array {
    if (this.free !== null) return this.free.distanceMatrix(points);
    const n = points.length;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const d = Math.round(distanceMm(points[i] as PointMm, points[j] as PointMm));
        matrix[i * n + j] = d;
        matrix[j * n + i] = d;
      }
    }
    return matrix;
  }

  /** The pieces of a line that are inside, in its order, ends cut at the border. Exact to a millimetre. */
  clip(line: readonly PointMm[]): PointMm[][] {
    if (this.region === null) return line.length > 0 ? [[...line]] : [];
    const only = line[0];
    if (line.length === 1 && only !== undefined) return this.contains(only) ? [[only]] : [];
    const pieces: PointMm[][] = [];
    let open: PointMm[] | null = null;
    for (let i = 1; i < line.length; i++) {
      const a = line[i - 1] as PointMm;
      const b = line[i] as PointMm;
      const cuts = cutsOf(this.region, a, b);
      for (let k = 1; k < cuts.length; k++) {
        const t0 = cuts[k - 1] as number;
        const t1 = cuts[k] as number;
        if (t1 <= t0) continue;
        if (!containsPoint(this.region, between(a, b, (t0 + t1) / 2))) {
          open = null;
          continue;
        }
        if (open === null) {
          open = [rounded(between(a, b, t0))];
          pieces.push(open);
        }
        open.push(t1 === 1 ? b : rounded(between(a, b, t1)));
      }
    }
    return pieces.map(withoutRepeats).filter((piece) => piece.length > 1);
  }
}

/** Frame-bound room of a space, or what is wrong with its polygons. `around`: what the pattern itself reaches. */
export function roomOf(
  frame: LocalFrame,
  space: PatternSpace,
  around: readonly PointMm[],
): PatternRoom | PlanIssue {
  const keepOuts = keepOutRegion(frame, space);
  if ('code' in keepOuts) return keepOuts;
  if (space.allowed === null) {
    if (keepOuts.length === 0) return new PatternRoom(frame, null, space.wayFinder);
    const box = boundsOf([...keepOuts, around]);
    const room = [
      { x: box.minX - ROOM_MM, y: box.minY - ROOM_MM },
      { x: box.maxX + ROOM_MM, y: box.minY - ROOM_MM },
      { x: box.maxX + ROOM_MM, y: box.maxY + ROOM_MM },
      { x: box.minX - ROOM_MM, y: box.maxY + ROOM_MM },
    ];
    return new PatternRoom(frame, difference([room], keepOuts), space.wayFinder);
  }
  const fault = faultOfArea(space.allowed);
  if (fault !== null) return fault;
  const allowed = cleanPolygons(frame, space.allowed);
  return new PatternRoom(frame, difference(allowed, keepOuts), space.wayFinder);
}

/** All keep-outs with their margin as one region, or what is wrong with one of them. Rounded outwards. */
export function keepOutRegion(frame: LocalFrame, space: PatternSpace): Region | PlanIssue {
  const rings: (readonly PointMm[])[] = [];
  const marginMm = space.keepOutMarginM * 1000;
  // An arc of few corners that lies outside the true circle: shortest ways bend at each of them.
  const toleranceMm = Math.max(5, marginMm / 100);
  for (const keepOut of space.keepOuts) {
    const fault = faultOfArea(keepOut);
    if (fault !== null && fault.code !== 'plan.empty-area') return fault;
    const clean = cleanPolygons(frame, keepOut);
    // A mast may be less than a square metre; a keep-out without any area would be dropped unseen.
    if (fault !== null && clean.length === 0) return fault;
    rings.push(...(marginMm > 0 ? offsetRound(clean, marginMm + toleranceMm, toleranceMm) : clean));
  }
  return rings.length === 0 ? [] : unionAll(rings);
}

/** What is wrong with a polygon that came from a user, as an issue. Its size does not matter here. */
export function faultOfArea(area: Polygon | MultiPolygon): PlanIssue | null {
  const prepared = prepareArea(area, 1e5);
  return 'code' in prepared ? prepared : null;
}

/** Parameters 0…1 where a segment meets the region's edges, sorted, with both ends. */
function cutsOf(region: Region, a: PointMm, b: PointMm): number[] {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const len2 = dx * dx + dy * dy;
  const cuts = [0, 1];
  if (len2 === 0) return cuts;
  for (const ring of region) {
    let p = ring[ring.length - 1];
    for (const q of ring) {
      if (p !== undefined) {
        const ex = q.x - p.x;
        const ey = q.y - p.y;
        const cross = dx * ey - dy * ex;
        if (cross === 0) {
          // Parallel: where the edge lies on the line, its corners are where inside may change.
          for (const corner of [p, q]) {
            if (Math.abs(dx * (corner.y - a.y) - dy * (corner.x - a.x)) <= Math.sqrt(len2)) {
              cuts.push(((corner.x - a.x) * dx + (corner.y - a.y) * dy) / len2);
            }
          }
        } else {
          const u = (dx * (a.y - p.y) - dy * (a.x - p.x)) / cross;
          // A hair more than the edge, so that a way through a corner is cut by one of its two edges at least.
          if (u >= -1e-9 && u <= 1 + 1e-9) cuts.push((ex * (a.y - p.y) - ey * (a.x - p.x)) / cross);
        }
      }
      p = q;
    }
  }
  return cuts.filter((t) => t >= 0 && t <= 1).sort((s, t) => s - t);
}

function between(a: PointMm, b: PointMm, t: number): PointMm {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

function rounded(p: PointMm): PointMm {
  return { x: Math.round(p.x) + 0, y: Math.round(p.y) + 0 };
}

function withoutRepeats(line: readonly PointMm[]): PointMm[] {
  return line.filter((p, i) => {
    const before = line[i - 1];
    return before === undefined || before.x !== p.x || before.y !== p.y;
  });
}

/** Pieces in order, joined by the shortest ways; pieces that no way leads to are given back. */
export function joinPieces(
  pieces: readonly (readonly PointMm[])[],
  room: PatternRoom,
): { readonly line: readonly PointMm[]; readonly unreached: readonly (readonly PointMm[])[] } {
  const line: PointMm[] = [];
  const unreached: (readonly PointMm[])[] = [];
  for (const piece of pieces) {
    const last = line[line.length - 1];
    const first = piece[0];
    if (first === undefined) continue;
    if (last === undefined) {
      line.push(...piece);
      continue;
    }
    const way = room.way(last, first);
    if (way === null) unreached.push(piece);
    else line.push(...way.slice(1), ...piece.slice(1));
  }
  return { line, unreached };
}
