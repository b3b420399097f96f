import type { PointMm, Region } from '../geo/frame.ts';

/** Edges that follow each other on a ring share a box. Sixteen: a box is then about as cheap to miss as one edge. */
const EDGES_PER_BLOCK = 16;

/**
 * The edges of rings, for asking whether a straight way crosses one. A box index would hand out everything in the
 * bounding box of a long slanting way, which is half the map; here runs of neighbouring edges are passed over when
 * their box lies on one side of the way's line.
 */
export class Walls {
  /** ax, ay, bx, by of every edge, block by block. */
  private readonly edges: Float64Array;
  /** Centre x, y, half width, half height, first edge, end edge of every block. */
  private readonly blocks: Float64Array;

  constructor(rings: Region) {
    const edges: number[] = [];
    const blocks: number[] = [];
    for (const ring of rings) {
      for (let start = 0; start < ring.length; start += EDGES_PER_BLOCK) {
        const first = edges.length / 4;
        let minX = Number.POSITIVE_INFINITY;
        let maxX = Number.NEGATIVE_INFINITY;
        let minY = Number.POSITIVE_INFINITY;
        let maxY = Number.NEGATIVE_INFINITY;
        for (let i = start; i < Math.min(ring.length, start + EDGES_PER_BLOCK); i++) {
          const a = ring[i] as PointMm;
          const b = ring[(i + 1) % ring.length] as PointMm;
          edges.push(a.x, a.y, b.x, b.y);
          minX = Math.min(minX, a.x, b.x);
          maxX = Math.max(maxX, a.x, b.x);
          minY = Math.min(minY, a.y, b.y);
          maxY = Math.max(maxY, a.y, b.y);
        }
        blocks.push((minX + maxX) / 2, (minY + maxY) / 2, (maxX - minX) / 2, (maxY - minY) / 2);
        blocks.push(first, edges.length / 4);
      }
    }
    this.edges = Float64Array.from(edges);
    this.blocks = Float64Array.from(blocks);
  }

  /** True when the segment a–b neither crosses nor touches an edge. */
  isClear(ax: number, ay: number, bx: number, by: number): boolean {
    const dx = bx - ax;
    const dy = by - ay;
    const midX = (ax + bx) / 2;
    const midY = (ay + by) / 2;
    const halfX = Math.abs(dx) / 2;
    const halfY = Math.abs(dy) / 2;
    const blocks = this.blocks;
    for (let k = 0; k < blocks.length; k += 6) {
      const cx = (blocks[k] as number) - midX;
      const cy = (blocks[k + 1] as number) - midY;
      const hx = blocks[k + 2] as number;
      const hy = blocks[k + 3] as number;
      if (Math.abs(cx) > hx + halfX || Math.abs(cy) > hy + halfY) continue;
      if (Math.abs(dx * cy - dy * cx) > Math.abs(dx) * hy + Math.abs(dy) * hx) continue;
      if (this.hits(blocks[k + 4] as number, blocks[k + 5] as number, ax, ay, bx, by)) return false;
    }
    return true;
  }

  private hits(first: number, end: number, ax: number, ay: number, bx: number, by: number): boolean {
    const e = this.edges;
    const dx = bx - ax;
    const dy = by - ay;
    for (let i = first * 4; i < end * 4; i += 4) {
      const px = e[i] as number;
      const py = e[i + 1] as number;
      const qx = e[i + 2] as number;
      const qy = e[i + 3] as number;
      const s1 = dx * (py - ay) - dy * (px - ax);
      const s2 = dx * (qy - ay) - dy * (qx - ax);
      if ((s1 > 0 && s2 > 0) || (s1 < 0 && s2 < 0)) continue;
      const ex = qx - px;
      const ey = qy - py;
      const s3 = ex * (ay - py) - ey * (ax - px);
      const s4 = ex * (by - py) - ey * (bx - px);
      if ((s3 > 0 && s4 > 0) || (s3 < 0 && s4 < 0)) continue;
      // All four zero: both on one line. They still miss each other when their boxes do.
      if (s1 === 0 && s2 === 0) {
        if (Math.max(px, qx) < Math.min(ax, bx) || Math.min(px, qx) > Math.max(ax, bx)) continue;
        if (Math.max(py, qy) < Math.min(ay, by) || Math.min(py, qy) > Math.max(ay, by)) continue;
      }
      return true;
    }
    return false;
  }
}
