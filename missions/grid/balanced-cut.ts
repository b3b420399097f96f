import type { PointMm } from '../geo/frame.ts';
import { containsPoint, distanceMm, distanceToSegmentMm } from '../geo/measure.ts';
import { signedAreaMm2 } from '../geo/region.ts';
import { expandRing, placeVertex, type Station, type VertexPool } from './cut.ts';

/** Starting points of a cut along the ring. Its time grows with them, the cuts get a little shorter. */
const STARTS = 72;
/** No vertex nearer than this to a corner, where there is room: no needle edges. Mended by moving to the corner. */
const LEAST_EDGE_MM = 500;
/** Cuts that are looked at closely, the best first. */
const MOST_TRIED = 160;
/** How much worse a piece counts that is a sliver: the score is multiplied by this at a quotient of zero. */
const SLIVER_WEIGHT = 2;

/** The same for a cut that meets the border at an angle of zero: its needle would go down to the smallest cells. */
const NEEDLE_WEIGHT = 2;

interface Candidate {
  readonly from: Station;
  readonly to: Station;
  readonly score: number;
  /** The piece on the ring from `from` to `to` is the one that holds `fraction`. */
  readonly firstIsAhead: boolean;
}

/**
 * Cuts `ring` (counter-clockwise, simple) into two by a straight border inside it; the first result holds `fraction`
 * of the area exactly (to the rounding of two vertices to a millimetre). For every start along the ring there is one
 * end that gives the area; of these cuts the one is taken that is short and leaves no sliver.
 * Returns `null` when no straight cut inside the ring exists.
 */
export function cutBalanced(
  pool: VertexPool,
  ring: readonly number[],
  fraction: number,
): [number[], number[]] | null {
  const ids = expandRing(pool, ring);
  const corners = ids.map((id) => pool.points[id] as PointMm);
  const outline = new Outline(corners);
  const candidates: Candidate[] = [];
  for (const from of outline.starts(STARTS)) {
    for (const firstIsAhead of [true, false]) {
      const wanted = firstIsAhead ? fraction : 1 - fraction;
      for (const to of outline.ends(from, wanted * outline.areaMm2)) {
        const score = outline.score(from, to);
        if (Number.isFinite(score)) candidates.push({ from, to, score, firstIsAhead });
      }
    }
  }
  candidates.sort((a, b) => a.score - b.score);
  for (const candidate of candidates.slice(0, MOST_TRIED)) {
    if (outline.isClear(candidate.from, candidate.to)) return split(pool, ids, candidate);
  }
  // Narrow necks: nothing keeps its distance, so any cut that stays inside will do.
  for (const candidate of candidates) {
    if (outline.isInside(candidate.from, candidate.to)) return split(pool, ids, candidate);
  }
  return null;
}

/** A ring with running sums, so that areas and lengths between stations cost nothing. */
class Outline {
  readonly areaMm2: number;
  private readonly corners: readonly PointMm[];
  /** Area swept from corner 0, and length, up to each corner; one more entry for the closing. */
  private readonly sweeps: number[] = [0];
  private readonly lengths: number[] = [0];

  constructor(corners: readonly PointMm[]) {
    this.corners = corners;
    const origin = corners[0] as PointMm;
    for (let i = 0; i < corners.length; i++) {
      const a = corners[i] as PointMm;
      const b = this.corner(i + 1);
      this.sweeps.push((this.sweeps[i] as number) + cross(origin, a, b) / 2);
      this.lengths.push((this.lengths[i] as number) + distanceMm(a, b));
    }
    this.areaMm2 = signedAreaMm2(corners);
  }

  /** All corners that are no more than `count`, and points between so that there are about `count`. */
  starts(count: number): Station[] {
    const step = (this.lengths[this.corners.length] as number) / count;
    const out: Station[] = [];
    let since = step;
    for (let edge = 0; edge < this.corners.length; edge++) {
      const length = this.edgeLength(edge);
      // With very many corners only some of them.
      if (since >= step * 0.5) {
        out.push(this.station(edge, 0));
        since = 0;
      }
      const pieces = Math.floor(length / step);
      for (let k = 1; k <= pieces; k++) {
        const t = k / (pieces + 1);
        if (Math.min(t, 1 - t) * length >= LEAST_EDGE_MM) out.push(this.station(edge, t));
      }
      since += pieces > 0 ? length / (pieces + 1) : length;
    }
    return out;
  }

  /**
   * Where a cut from `from` must end so that the piece ahead has `wantedMm2`. The area ahead is a continuous
   * function of the end; with bays it can pass the value several times, so each passage is an end.
   */
  ends(from: Station, wantedMm2: number): Station[] {
    const n = this.corners.length;
    const out: Station[] = [];
    let before = 0;
    for (let k = 0; k < n; k++) {
      const edge = (from.edge + k) % n;
      const a = k === 0 ? from.point : (this.corners[edge] as PointMm);
      const b = this.corner(edge + 1);
      const step = cross(from.point, a, b) / 2;
      const after = before + step;
      const passes = (before < wantedMm2 && after >= wantedMm2) || (before > wantedMm2 && after <= wantedMm2);
      if (k > 0 && passes && step !== 0) out.push(this.station(edge, (wantedMm2 - before) / step));
      before = after;
    }
    return out;
  }

  /** Length of the cut, worse for a sliver on either side; infinite for no cut at all. */
  score(from: Station, to: Station): number {
    const n = this.corners.length;
    const next = (from.edge + 1) % n;
    // Along one edge, or between the ends of one.
    if (to.edge === from.edge || (to.t === 0 && to.edge === next)) return Number.POSITIVE_INFINITY;
    if (from.t === 0 && (to.edge + 1) % n === from.edge && to.t >= 1) return Number.POSITIVE_INFINITY;
    const length = distanceMm(from.point, to.point);
    if (length < 1) return Number.POSITIVE_INFINITY;
    const perimeter = this.lengths[n] as number;
    const ahead = (this.lengthAt(to) - this.lengthAt(from) + perimeter) % perimeter;
    const areaAhead = this.areaAhead(from, to);
    const worst = Math.min(
      quotient(areaAhead, ahead + length),
      quotient(this.areaMm2 - areaAhead, perimeter - ahead + length),
    );
    const open = Math.min(this.openness(from, to.point), this.openness(to, from.point));
    return length * (1 + SLIVER_WEIGHT * (1 - worst) + NEEDLE_WEIGHT * (1 - open));
  }

  /** Sine of the sharper angle between the cut and the border at a station; 1 where both are 90° or more. */
  private openness(at: Station, towards: PointMm): number {
    const n = this.corners.length;
    const ahead = this.corner(at.edge + 1);
    const behind = at.t === 0 ? this.corner(at.edge + n - 1) : (this.corners[at.edge] as PointMm);
    const cutX = towards.x - at.point.x;
    const cutY = towards.y - at.point.y;
    let least = 1;
    for (const corner of [ahead, behind]) {
      const x = corner.x - at.point.x;
      const y = corner.y - at.point.y;
      const sizes = Math.hypot(x, y) * Math.hypot(cutX, cutY);
      if (sizes === 0 || x * cutX + y * cutY <= 0) continue;
      least = Math.min(least, Math.abs(x * cutY - y * cutX) / sizes);
    }
    return least;
  }

  isInside(from: Station, to: Station): boolean {
    return this.keepsClear(from, to, 0);
  }

  /** Inside, and not along the border: a corner nearly on the cut makes a needle of the ground between. */
  isClear(from: Station, to: Station): boolean {
    return this.keepsClear(from, to, Math.min(6_000, distanceMm(from.point, to.point) * 0.1));
  }

  private keepsClear(from: Station, to: Station, clearanceMm: number): boolean {
    const a = from.point;
    const b = to.point;
    for (const t of [0.5, 0.001, 0.999]) {
      if (!containsPoint([this.corners], { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t }))
        return false;
    }
    const near = distanceMm(a, b) * 0.25;
    for (let i = 0; i < this.corners.length; i++) {
      const p = this.corners[i] as PointMm;
      const q = this.corner(i + 1);
      const fromA = Math.sign(cross(a, b, p));
      const fromB = Math.sign(cross(a, b, q));
      if (fromA * fromB < 0 && Math.sign(cross(p, q, a)) * Math.sign(cross(p, q, b)) < 0) return false;
      if ((p.x === a.x && p.y === a.y) || (p.x === b.x && p.y === b.y)) continue;
      // Corners beside an end of the cut are near it by nature; on it they may not be.
      const beside = distanceMm(p, a) < near || distanceMm(p, b) < near;
      const least = beside ? Math.min(clearanceMm, LEAST_EDGE_MM) * 0.5 : clearanceMm;
      if (distanceToSegmentMm(p, a, b) <= Math.max(1, least)) return false;
    }
    return true;
  }

  /** A station on an edge, moved to the corner where it would leave a needle edge. */
  private station(edge: number, t: number): Station {
    const a = this.corners[edge] as PointMm;
    const b = this.corner(edge + 1);
    const length = this.edgeLength(edge);
    const snap = Math.min(LEAST_EDGE_MM, length * 0.02);
    if (t * length <= snap) return { edge, t: 0, point: a };
    if ((1 - t) * length <= snap) return { edge: (edge + 1) % this.corners.length, t: 0, point: b };
    return { edge, t, point: { x: Math.round(a.x + (b.x - a.x) * t), y: Math.round(a.y + (b.y - a.y) * t) } };
  }

  private areaAhead(from: Station, to: Station): number {
    const origin = this.corners[0] as PointMm;
    const at = (s: Station): number =>
      (this.sweeps[s.edge] as number) + cross(origin, this.corners[s.edge] as PointMm, s.point) / 2;
    const closing = cross(origin, to.point, from.point) / 2;
    const area = at(to) - at(from) + closing;
    return this.lengthAt(to) >= this.lengthAt(from) ? area : area + this.areaMm2;
  }

  private lengthAt(s: Station): number {
    return (this.lengths[s.edge] as number) + s.t * this.edgeLength(s.edge);
  }

  private edgeLength(edge: number): number {
    return distanceMm(this.corners[edge] as PointMm, this.corner(edge + 1));
  }

  private corner(i: number): PointMm {
    return this.corners[i % this.corners.length] as PointMm;
  }
}

/** Isoperimetric quotient 4πA/P²: 1 for a disk, π/4 for a square, towards 0 for a sliver. */
function quotient(areaMm2: number, perimeterMm: number): number {
  return Math.max(0, (4 * Math.PI * areaMm2) / (perimeterMm * perimeterMm));
}

/** Twice the signed area of the triangle. */
function cross(o: PointMm, u: PointMm, v: PointMm): number {
  return (u.x - o.x) * (v.y - o.y) - (v.x - o.x) * (u.y - o.y);
}

function split(
  pool: VertexPool,
  ids: readonly number[],
  { from, to, firstIsAhead }: Candidate,
): [number[], number[]] {
  const expanded = [...ids];
  // The later edge first: numbers of ring edges before it stay valid.
  const [later, earlier] =
    to.edge > from.edge || (to.edge === from.edge && to.t > from.t) ? [to, from] : [from, to];
  const laterId = placeVertex(pool, expanded, later);
  const earlierId = placeVertex(pool, expanded, earlier);
  const [fromId, toId] = later === to ? [earlierId, laterId] : [laterId, earlierId];
  const start = expanded.indexOf(fromId);
  const turned = [...expanded.slice(start), ...expanded.slice(0, start)];
  const end = turned.indexOf(toId);
  const ahead = turned.slice(0, end + 1);
  const behind = [...turned.slice(end), fromId];
  return firstIsAhead ? [ahead, behind] : [behind, ahead];
}
