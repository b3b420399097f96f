import { EdgeGrid } from './edge-grid.ts';
import type { PointMm, Region } from './frame.ts';
import { distanceMm } from './measure.ts';
import { offset } from './region.ts';

/**
 * Shortest ways inside a polygon with holes. The inner corners (reflex vertices) are the only places where a
 * shortest way bends, so they are the nodes of a visibility graph, built row by row when first needed.
 *
 * Visibility is tested against the region grown by 2 mm: ways that run exactly along a border or through a corner
 * are then strictly inside, and plain sign tests decide every case. Callers keep at least that margin.
 */
export class FreeSpace {
  readonly region: Region;
  /** Edges of the grown region. */
  private readonly edges: EdgeGrid;
  private readonly nodes: PointMm[];
  private readonly rows: (Float64Array | undefined)[];

  constructor(region: Region) {
    this.region = region;
    this.nodes = reflexCorners(region);
    this.rows = new Array(this.nodes.length);
    this.edges = new EdgeGrid(offset(region, VISIBILITY_SLACK_MM));
  }

  /** True when the straight way between two points of the region stays in it. */
  isVisible(a: PointMm, b: PointMm): boolean {
    return !this.edges.isCrossed(a, b);
  }

  /**
   * The shortest way from `a` to `b` including both; `null` when they lie in different parts of the region.
   */
  way(a: PointMm, b: PointMm): PointMm[] | null {
    if (this.isVisible(a, b)) return [a, b];
    const n = this.nodes.length;
    const { distances, previous } = this.spread(this.visibleNodes(a));
    const toEnd = this.visibleNodes(b);
    let best = Number.POSITIVE_INFINITY;
    let at = -1;
    for (let i = 0; i < n; i++) {
      const d = (distances[i] as number) + (toEnd[i] as number);
      if (d < best) {
        best = d;
        at = i;
      }
    }
    if (at < 0) return null;
    const way: PointMm[] = [b];
    for (let i = at; i >= 0; i = previous[i] as number) way.push(this.nodes[i] as PointMm);
    way.push(a);
    return way.reverse();
  }

  /** Length of the shortest way, millimetres; infinite when there is none. */
  distance(a: PointMm, b: PointMm): number {
    const way = this.way(a, b);
    if (way === null) return Number.POSITIVE_INFINITY;
    let sum = 0;
    for (let i = 1; i < way.length; i++) sum += distanceMm(way[i - 1] as PointMm, way[i] as PointMm);
    return sum;
  }

  /**
   * Lengths of the shortest ways between all pairs, whole millimetres, row-major. Integers, so that local search
   * over them cannot go round for ever on rounding noise. Unreachable pairs get `UNREACHABLE_MM`.
   */
  distanceMatrix(points: readonly PointMm[]): Float64Array {
    const n = points.length;
    const matrix = new Float64Array(n * n);
    const seen = points.map((p) => this.visibleNodes(p));
    for (let i = 0; i < n; i++) {
      const a = points[i] as PointMm;
      let spread: Float64Array | undefined;
      for (let j = i + 1; j < n; j++) {
        const b = points[j] as PointMm;
        let d = Number.POSITIVE_INFINITY;
        if (this.isVisible(a, b)) d = distanceMm(a, b);
        else {
          spread ??= this.spread(seen[i] as Float64Array).distances;
          const toEnd = seen[j] as Float64Array;
          for (let k = 0; k < toEnd.length; k++) {
            const sum = (spread[k] as number) + (toEnd[k] as number);
            if (sum < d) d = sum;
          }
        }
        const whole = Number.isFinite(d) ? Math.round(d) : UNREACHABLE_MM;
        matrix[i * n + j] = whole;
        matrix[j * n + i] = whole;
      }
    }
    return matrix;
  }

  /** Straight distances from a point to every node it sees; infinite to the others. */
  private visibleNodes(p: PointMm): Float64Array {
    const out = new Float64Array(this.nodes.length);
    for (let i = 0; i < out.length; i++) {
      const node = this.nodes[i] as PointMm;
      out[i] = this.isVisible(p, node) ? distanceMm(p, node) : Number.POSITIVE_INFINITY;
    }
    return out;
  }

  private row(i: number): Float64Array {
    const known = this.rows[i];
    if (known !== undefined) return known;
    const row = this.visibleNodes(this.nodes[i] as PointMm);
    this.rows[i] = row;
    return row;
  }

  /** Dijkstra over the dense node graph from a set of first distances. */
  private spread(first: Float64Array): { distances: Float64Array; previous: Int32Array } {
    const n = this.nodes.length;
    const distances = Float64Array.from(first);
    const previous = new Int32Array(n).fill(-1);
    const done = new Uint8Array(n);
    for (;;) {
      let at = -1;
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < n; i++) {
        if (done[i] === 0 && (distances[i] as number) < least) {
          least = distances[i] as number;
          at = i;
        }
      }
      if (at < 0) return { distances, previous };
      done[at] = 1;
      const row = this.row(at);
      for (let j = 0; j < n; j++) {
        const d = least + (row[j] as number);
        if (d < (distances[j] as number)) {
          distances[j] = d;
          previous[j] = at;
        }
      }
    }
  }
}

/** Stands for "no way" in integer matrices: longer than anything on Earth, far from overflow when summed. */
export const UNREACHABLE_MM = 1e11;

const VISIBILITY_SLACK_MM = 2;

function reflexCorners(region: Region): PointMm[] {
  const out: PointMm[] = [];
  for (const ring of region) {
    for (let i = 0; i < ring.length; i++) {
      const a = ring[(i + ring.length - 1) % ring.length] as PointMm;
      const b = ring[i] as PointMm;
      const c = ring[(i + 1) % ring.length] as PointMm;
      // The interior is on the left of outer rings and of holes alike.
      if ((b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x) < 0) out.push(b);
    }
  }
  return out;
}
