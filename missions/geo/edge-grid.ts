import type { PointMm, Region } from './frame.ts';
import { boundsOf } from './region.ts';

/** Below this many edges looking at all of them is faster than finding out which are near. */
const FEW_EDGES = 28;

/**
 * The edges of a region in square bins, so that asking whether a straight way crosses one looks at the bins along the
 * way only. Touching counts as crossing.
 */
export class EdgeGrid {
  /** ax, ay, bx, by, … */
  private readonly edges: Float64Array;
  private readonly minX: number;
  private readonly minY: number;
  private readonly binMm: number;
  private readonly columns: number;
  private readonly rows: number;
  /** Edges of bin k: `binEdges` from `binStart[k]` to before `binStart[k + 1]`. */
  private readonly binStart: Int32Array;
  private readonly binEdges: Int32Array;

  constructor(region: Region) {
    const flat: number[] = [];
    for (const ring of region) {
      for (let i = 0; i < ring.length; i++) {
        const a = ring[i] as PointMm;
        const b = ring[(i + 1) % ring.length] as PointMm;
        flat.push(a.x, a.y, b.x, b.y);
      }
    }
    this.edges = Float64Array.from(flat);
    const count = flat.length / 4;
    const bounds = boundsOf(region);
    const width = Math.max(1, bounds.maxX - bounds.minX);
    const height = Math.max(1, bounds.maxY - bounds.minY);
    // About two bins an edge: most bins are empty, and a way across passes few that are not.
    this.binMm = count <= FEW_EDGES ? Math.max(width, height) : Math.sqrt((width * height) / (2 * count));
    this.minX = bounds.minX;
    this.minY = bounds.minY;
    this.columns = Math.max(1, Math.min(512, Math.ceil(width / this.binMm)));
    this.rows = Math.max(1, Math.min(512, Math.ceil(height / this.binMm)));
    const bins: number[][] = Array.from({ length: this.columns * this.rows }, () => []);
    for (let e = 0; e < count; e++) {
      const [ax, ay, bx, by] = flat.slice(4 * e, 4 * e + 4) as [number, number, number, number];
      this.alongBins(ax, ay, bx, by, (bin) => {
        bins[bin]?.push(e);
        return false;
      });
    }
    this.binStart = new Int32Array(bins.length + 1);
    bins.forEach((list, k) => {
      this.binStart[k + 1] = (this.binStart[k] as number) + list.length;
    });
    this.binEdges = Int32Array.from(bins.flat());
  }

  /** True when the straight way from `a` to `b` crosses or touches an edge. */
  isCrossed(a: PointMm, b: PointMm): boolean {
    if (this.edges.length <= 4 * FEW_EDGES) {
      for (let e = 0; e < this.edges.length; e += 4) if (this.crosses(e, a, b)) return true;
      return false;
    }
    return this.alongBins(a.x, a.y, b.x, b.y, (bin) => {
      const end = this.binStart[bin + 1] as number;
      for (let k = this.binStart[bin] as number; k < end; k++) {
        if (this.crosses(4 * (this.binEdges[k] as number), a, b)) return true;
      }
      return false;
    });
  }

  private crosses(e: number, a: PointMm, b: PointMm): boolean {
    const px = this.edges[e] as number;
    const py = this.edges[e + 1] as number;
    const qx = this.edges[e + 2] as number;
    const qy = this.edges[e + 3] as number;
    if ((px < a.x && qx < a.x && px < b.x && qx < b.x) || (px > a.x && qx > a.x && px > b.x && qx > b.x))
      return false;
    if ((py < a.y && qy < a.y && py < b.y && qy < b.y) || (py > a.y && qy > a.y && py > b.y && qy > b.y))
      return false;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    const s1 = dx * (py - a.y) - dy * (px - a.x);
    const s2 = dx * (qy - a.y) - dy * (qx - a.x);
    if ((s1 > 0 && s2 > 0) || (s1 < 0 && s2 < 0)) return false;
    const ex = qx - px;
    const ey = qy - py;
    const s3 = ex * (a.y - py) - ey * (a.x - px);
    const s4 = ex * (b.y - py) - ey * (b.x - px);
    return !((s3 > 0 && s4 > 0) || (s3 < 0 && s4 < 0));
  }

  /**
   * Visits every bin that a straight line passes, row by row (a row's stretch of the line is widened by a millimetre
   * against rounding), until `visit` returns true; returns whether it did. Lines outside the grid meet its rim.
   */
  private alongBins(
    ax: number,
    ay: number,
    bx: number,
    by: number,
    visit: (bin: number) => boolean,
  ): boolean {
    const { binMm } = this;
    const low = Math.min(ay, by) - 1;
    const high = Math.max(ay, by) + 1;
    const firstRow = clamp(Math.floor((low - this.minY) / binMm), this.rows);
    const lastRow = clamp(Math.floor((high - this.minY) / binMm), this.rows);
    const slope = by === ay ? 0 : (bx - ax) / (by - ay);
    for (let row = firstRow; row <= lastRow; row++) {
      // The outermost rows also stand for everything beyond them.
      const y1 = row === firstRow ? low : this.minY + row * binMm - 1;
      const y2 = row === lastRow ? high : this.minY + (row + 1) * binMm + 1;
      let x1 = ax;
      let x2 = bx;
      if (by !== ay) {
        const atLow = ax + (Math.max(Math.min(ay, by), y1) - ay) * slope;
        const atHigh = ax + (Math.min(Math.max(ay, by), y2) - ay) * slope;
        x1 = atLow;
        x2 = atHigh;
      }
      const from = clamp(Math.floor((Math.min(x1, x2) - 1 - this.minX) / binMm), this.columns);
      const to = clamp(Math.floor((Math.max(x1, x2) + 1 - this.minX) / binMm), this.columns);
      for (let column = from; column <= to; column++) if (visit(row * this.columns + column)) return true;
    }
    return false;
  }
}

function clamp(index: number, count: number): number {
  return index < 0 ? 0 : index >= count ? count - 1 : index;
}
