import type { PointMm } from '../geo/frame.ts';

/** What a leg covers, all points within the radius: convex, so one stretch per row. */
export class Capsule {
  minY = 0;
  maxY = 0;
  /** The stretch that `at` found; empty when `from` > `to`. */
  from = 0;
  to = 0;
  private readonly radius: number;
  private ax = 0;
  private ay = 0;
  private bx = 0;
  private by = 0;
  private dx = 0;
  private dy = 0;
  private length = 0;
  // Per leg, so that a row costs no division.
  private slopeX = 0;
  private spanX = 0;
  private slopeY = 0;
  private halfX = 0;

  constructor(radius: number) {
    this.radius = radius;
  }

  set(a: PointMm, b: PointMm): void {
    this.ax = a.x;
    this.ay = a.y;
    this.bx = b.x;
    this.by = b.y;
    const dx = b.x - a.x;
    const dy = b.y - a.y;
    this.dx = dx;
    this.dy = dy;
    this.length = Math.sqrt(dx * dx + dy * dy);
    this.slopeX = dx === 0 ? 0 : dy / dx;
    this.spanX = dx === 0 ? 0 : (dx * dx + dy * dy) / dx;
    this.slopeY = dy === 0 ? 0 : dx / dy;
    this.halfX = dy === 0 ? 0 : Math.abs((this.radius * this.length) / dy);
    this.minY = Math.min(a.y, b.y) - this.radius;
    this.maxY = Math.max(a.y, b.y) + this.radius;
  }

  at(y: number): void {
    const r = this.radius;
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    const ya = y - this.ay;
    if (ya <= r && ya >= -r) {
      const half = Math.sqrt(r * r - ya * ya);
      from = this.ax - half;
      to = this.ax + half;
    }
    const yb = y - this.by;
    if (yb <= r && yb >= -r) {
      const half = Math.sqrt(r * r - yb * yb);
      from = Math.min(from, this.bx - half);
      to = Math.max(to, this.bx + half);
    }
    const { length } = this;
    if (length > 0) {
      // Points of the row with 0 ≤ along ≤ length and |aside| ≤ r.
      const { dx, dy } = this;
      let lo = Number.NEGATIVE_INFINITY;
      let hi = Number.POSITIVE_INFINITY;
      if (dx !== 0) {
        const x1 = this.ax - ya * this.slopeX;
        const x2 = x1 + this.spanX;
        lo = Math.min(x1, x2);
        hi = Math.max(x1, x2);
      } else if (ya * dy < 0 || ya * dy > length * length) lo = Number.POSITIVE_INFINITY;
      if (dy !== 0) {
        const x0 = this.ax + ya * this.slopeY;
        lo = Math.max(lo, x0 - this.halfX);
        hi = Math.min(hi, x0 + this.halfX);
      } else if (ya > r || ya < -r) lo = Number.POSITIVE_INFINITY;
      if (lo <= hi) {
        from = Math.min(from, lo);
        to = Math.max(to, hi);
      }
    }
    this.from = from;
    this.to = to;
  }
}
