import type { PointMm, Region } from '../geo/frame.ts';
import { containsPoint, distanceMm } from '../geo/measure.ts';
import { Walls } from './walls.ts';
import { WayHeap } from './way-heap.ts';

/**
 * The plane to fly in, as two borders 2 mm apart. `corners` is the border that ways may run along; `walls` lies on its
 * far side and is what must not be crossed: ways along the border then never touch what stops them, so plain sign
 * tests decide, whatever rounding did to the clipped rings.
 */
export interface FreePlane {
  /** Rings with the free side on their left. */
  readonly corners: Region;
  readonly walls: Region;
  /** True: `walls` encloses what is forbidden. False: it encloses what is free. */
  readonly unbounded: boolean;
}

/**
 * Shortest ways in a plane with polygonal obstacles. A shortest way bends only at corners of obstacles, and there it
 * hugs the corner: both legs leave the obstacle on one side (a tangent). So the graph has a node for every corner that
 * sticks out into the free plane and an edge for every pair that is tangent at both ends (Liu and Arimoto, 1992); A*
 * with the straight distance as the bound looks at an edge's visibility only when the edge is about to be used. Both
 * tangents and visibilities between corners are remembered, so the graph grows where flights go.
 */
export class ObstacleWays {
  readonly cornerCount: number;
  private readonly plane: FreePlane;
  private readonly walls: Walls;
  /** Corner i: x, y, and the corners before and after it on its ring. */
  private readonly corner: Float64Array;
  private readonly links: (Links | undefined)[];
  private readonly closedIn: Int32Array;
  private readonly costs: Float64Array;
  private readonly parents: Int32Array;
  private query = 0;

  constructor(plane: FreePlane) {
    this.plane = plane;
    this.walls = new Walls(plane.walls);
    this.corner = Float64Array.from(protrudingCorners(plane.corners));
    this.cornerCount = this.corner.length / CORNER_SIZE;
    this.links = new Array(this.cornerCount);
    this.closedIn = new Int32Array(this.cornerCount + 1);
    this.costs = new Float64Array(this.cornerCount + 1);
    this.parents = new Int32Array(this.cornerCount + 1);
  }

  /** True when a point may be flown to. */
  isFree(p: PointMm): boolean {
    return containsPoint(this.plane.walls, p) !== this.plane.unbounded;
  }

  /** True when the straight way between two free points stays free. */
  isVisible(a: PointMm, b: PointMm): boolean {
    return this.walls.isClear(a.x, a.y, b.x, b.y);
  }

  /** The shortest way between two points, both included; null when an end is not free or there is no way. */
  way(from: PointMm, to: PointMm): PointMm[] | null {
    if (!this.isFree(from) || !this.isFree(to)) return null;
    if (this.isVisible(from, to)) return [from, to];
    const goal = this.cornerCount;
    const heap = new WayHeap();
    this.query++;
    for (let v = 0; v < goal; v++) {
      const x = this.corner[v * CORNER_SIZE] as number;
      const y = this.corner[v * CORNER_SIZE + 1] as number;
      if (!this.isTangent(v, x - from.x, y - from.y)) continue;
      const cost = Math.hypot(x - from.x, y - from.y);
      heap.push(cost + Math.hypot(x - to.x, y - to.y), cost, v, START, v);
    }
    while (heap.pop()) {
      const v = heap.node;
      if (this.closedIn[v] === this.query) continue;
      if (!this.canUse(heap.parent, v, heap.link, from, to)) continue;
      this.closedIn[v] = this.query;
      this.costs[v] = heap.cost;
      this.parents[v] = heap.parent;
      if (v === goal) return this.trace(from, to);
      this.expand(v, heap, to);
    }
    return null;
  }

  private expand(v: number, heap: WayHeap, to: PointMm): void {
    const x = this.corner[v * CORNER_SIZE] as number;
    const y = this.corner[v * CORNER_SIZE + 1] as number;
    const cost = this.costs[v] as number;
    if (this.isTangent(v, to.x - x, to.y - y)) {
      const whole = cost + Math.hypot(to.x - x, to.y - y);
      heap.push(whole, whole, this.cornerCount, v, 0);
    }
    const links = this.linksOf(v);
    for (let i = 0; i < links.to.length; i++) {
      const next = links.to[i] as number;
      if (links.seen[i] === BLOCKED || this.closedIn[next] === this.query) continue;
      const reached = cost + (links.lengths[i] as number);
      const nx = this.corner[next * CORNER_SIZE] as number;
      const ny = this.corner[next * CORNER_SIZE + 1] as number;
      heap.push(reached + Math.hypot(nx - to.x, ny - to.y), reached, next, v, i);
    }
  }

  /** Looks whether an edge is clear, at the last moment. `link`: its place among the links of `parent`. */
  private canUse(parent: number, node: number, link: number, from: PointMm, to: PointMm): boolean {
    const a = parent === START ? from : this.cornerAt(parent);
    const b = node === this.cornerCount ? to : this.cornerAt(node);
    if (parent === START || node === this.cornerCount) return this.isVisible(a, b);
    const links = this.linksOf(parent);
    const known = links.seen[link];
    if (known !== UNSEEN) return known === CLEAR;
    const clear = this.isVisible(a, b);
    links.seen[link] = clear ? CLEAR : BLOCKED;
    return clear;
  }

  /** All corners that are tangent to and from a corner. */
  private linksOf(u: number): Links {
    const known = this.links[u];
    if (known !== undefined) return known;
    const ux = this.corner[u * CORNER_SIZE] as number;
    const uy = this.corner[u * CORNER_SIZE + 1] as number;
    const to: number[] = [];
    const lengths: number[] = [];
    for (let v = 0; v < this.cornerCount; v++) {
      if (v === u) continue;
      const dx = (this.corner[v * CORNER_SIZE] as number) - ux;
      const dy = (this.corner[v * CORNER_SIZE + 1] as number) - uy;
      if (!this.isTangent(u, dx, dy) || !this.isTangent(v, dx, dy)) continue;
      to.push(v);
      lengths.push(Math.hypot(dx, dy));
    }
    const links = {
      to: Int32Array.from(to),
      lengths: Float64Array.from(lengths),
      seen: new Uint8Array(to.length),
    };
    this.links[u] = links;
    return links;
  }

  /** True when the line through a corner in a direction leaves both its neighbours on one side (1 mm counts as on it). */
  private isTangent(v: number, dx: number, dy: number): boolean {
    const c = this.corner;
    const i = v * CORNER_SIZE;
    const before = dx * (c[i + 3] as number) - dy * (c[i + 2] as number);
    const after = dx * (c[i + 5] as number) - dy * (c[i + 4] as number);
    const slack = Math.abs(dx) + Math.abs(dy);
    return (before >= -slack && after >= -slack) || (before <= slack && after <= slack);
  }

  private cornerAt(i: number): PointMm {
    return {
      x: this.corner[i * CORNER_SIZE] as number,
      y: this.corner[i * CORNER_SIZE + 1] as number,
    };
  }

  private trace(from: PointMm, to: PointMm): PointMm[] {
    const way: PointMm[] = [to];
    for (let i = this.parents[this.cornerCount] as number; i !== START; i = this.parents[i] as number) {
      const p = this.cornerAt(i);
      if (distanceMm(p, way[way.length - 1] as PointMm) > 0) way.push(p);
    }
    if (distanceMm(from, way[way.length - 1] as PointMm) > 0 || way.length === 1) way.push(from);
    return way.reverse();
  }
}

interface Links {
  readonly to: Int32Array;
  readonly lengths: Float64Array;
  readonly seen: Uint8Array;
}

const START = -1;
const UNSEEN = 0;
const CLEAR = 1;
const BLOCKED = 2;
/** x, y, and the offsets to the corner before and to the one after. */
const CORNER_SIZE = 6;

/** Corners at which the free side is wider than a half plane: with the free side on the left, right turns. */
function protrudingCorners(rings: Region): number[] {
  const out: number[] = [];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i++) {
      const a = ring[(i + ring.length - 1) % ring.length] as PointMm;
      const b = ring[i] as PointMm;
      const c = ring[(i + 1) % ring.length] as PointMm;
      if ((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) >= 0) continue;
      out.push(b.x, b.y, a.x - b.x, a.y - b.y, c.x - b.x, c.y - b.y);
    }
  }
  return out;
}
