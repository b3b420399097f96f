import type { PointMm, Region } from '../geo/frame.ts';
import { chordsAt } from '../geo/measure.ts';
import { boundsOf } from '../geo/region.ts';
import { Capsule } from './capsule.ts';
import { tilt, untilt } from './tilt.ts';

/** More legs than any path has; leaves room above for those that pass over the sample. */
const OUTSIDE = 0x7fff;

/** What `saveTo` keeps. */
export interface SavedRaster {
  readonly counts: Uint16Array;
  open: number;
}

/** Rows of samples in the tilted frame: sample (row, column) lies at minX + column·stepMm, minY + row·stepMm. */
export interface RasterLayout {
  /** Half a swath. */
  readonly radiusMm: number;
  readonly stepMm: number;
  readonly minX: number;
  readonly minY: number;
  readonly columns: number;
  readonly rows: number;
  /** Legs over each sample, row by row; samples outside the area have more than any path has legs. */
  readonly counts: Uint16Array;
  /** First and last column of each row that is inside the area. */
  readonly firstInside: Int32Array;
  readonly lastInside: Int32Array;
}

/**
 * Sample points of an area, each with the number of path legs that cover it. Adding or removing a leg costs a few
 * microseconds, so local search can try thousands of changes; the exact check afterwards has the last word.
 */
export class CoverageRaster {
  readonly stepMm: number;
  /** Samples inside the area. */
  readonly total: number;
  private readonly radius: number;
  private readonly capsuleA: Capsule;
  private readonly capsuleB: Capsule;
  private readonly minX: number;
  private readonly minY: number;
  private readonly columns: number;
  private readonly rows: number;
  /** Legs over each sample. Samples outside the area begin at `OUTSIDE`, so that they never become 0. */
  private readonly counts: Uint16Array;
  private readonly blank: Uint16Array;
  /** Scratch of `uncoveredGroups`. */
  private readonly seen: Uint8Array;
  /** First and last column of each row that is inside the area. */
  private readonly firstInside: Int32Array;
  private readonly lastInside: Int32Array;
  private open: number;

  /** `radiusMm` is half a swath. */
  constructor(untilted: Region, radiusMm: number, stepMm: number) {
    const area = untilted.map((ring) => ring.map(tilt));
    this.radius = radiusMm;
    this.capsuleA = new Capsule(radiusMm);
    this.capsuleB = new Capsule(radiusMm);
    this.stepMm = stepMm;
    const bounds = boundsOf(area);
    this.minX = bounds.minX + stepMm / 2;
    this.minY = bounds.minY + stepMm / 2;
    this.columns = Math.max(1, Math.ceil((bounds.maxX - bounds.minX) / stepMm));
    this.rows = Math.max(1, Math.ceil((bounds.maxY - bounds.minY) / stepMm));
    this.blank = new Uint16Array(this.columns * this.rows).fill(OUTSIDE);
    this.firstInside = new Int32Array(this.rows).fill(this.columns);
    this.lastInside = new Int32Array(this.rows).fill(-1);
    let total = 0;
    for (let row = 0; row < this.rows; row++) {
      for (const [x1, x2] of chordsAt(area, this.minY + row * stepMm)) {
        const from = Math.max(0, Math.ceil((x1 - this.minX) / stepMm));
        const to = Math.min(this.columns - 1, Math.floor((x2 - this.minX) / stepMm));
        for (let column = from; column <= to; column++) this.blank[row * this.columns + column] = 0;
        this.firstInside[row] = Math.min(this.firstInside[row] as number, from);
        this.lastInside[row] = Math.max(this.lastInside[row] as number, to);
        total += Math.max(0, to - from + 1);
      }
    }
    this.counts = this.blank.slice();
    this.seen = new Uint8Array(this.counts.length);
    this.total = total;
    this.open = total;
  }

  /** Samples that no leg covers. */
  get uncovered(): number {
    return this.open;
  }

  /** Length of path, millimetres, that would cover one sample with a full swath: what a sample is worth. */
  get fairPriceMm(): number {
    return (this.stepMm * this.stepMm) / (2 * this.radius);
  }

  addLeg(a: PointMm, b: PointMm): void {
    this.change(a, b, 1);
  }

  removeLeg(a: PointMm, b: PointMm): void {
    this.change(a, b, -1);
  }

  addPath(points: readonly PointMm[]): void {
    const first = points[0];
    if (points.length === 1 && first !== undefined) this.addLeg(first, first);
    for (let i = 1; i < points.length; i++) this.addLeg(points[i - 1] as PointMm, points[i] as PointMm);
  }

  clear(): void {
    this.counts.set(this.blank);
    this.open = this.total;
  }

  /** How the samples lie, for those that look without changing anything; `counts` is this raster's own. */
  get layout(): RasterLayout {
    return {
      radiusMm: this.radius,
      stepMm: this.stepMm,
      minX: this.minX,
      minY: this.minY,
      columns: this.columns,
      rows: this.rows,
      counts: this.counts,
      firstInside: this.firstInside,
      lastInside: this.lastInside,
    };
  }

  /** A place to keep the state of the samples in. */
  saved(): SavedRaster {
    return { counts: this.counts.slice(), open: this.open };
  }

  saveTo(saved: SavedRaster): void {
    saved.counts.set(this.counts);
    saved.open = this.open;
  }

  restore(saved: SavedRaster): void {
    this.counts.set(saved.counts);
    this.open = saved.open;
  }

  /**
   * Connected groups of uncovered samples, largest first; with `near` only those within `withinMm` of the box round
   * these points.
   */
  uncoveredGroups(near?: readonly PointMm[], withinMm = 0): PointMm[][] {
    const [firstRow, lastRow, firstColumn, lastColumn] = this.window(near, withinMm);
    this.seen.fill(0, firstRow * this.columns, (lastRow + 1) * this.columns);
    const { seen } = this;
    const groups: PointMm[][] = [];
    const stack: number[] = [];
    for (let at = firstRow; at <= lastRow; at++) {
      this.groupsOfRow(at, firstRow, lastRow, firstColumn, lastColumn, seen, stack, groups);
    }
    return groups.sort((a, b) => b.length - a.length);
  }

  /** Rows and columns within a distance of the box round some points; all of them without points. */
  private window(near: readonly PointMm[] | undefined, withinMm: number): [number, number, number, number] {
    if (near === undefined) return [0, this.rows - 1, 0, this.columns - 1];
    const bounds = boundsOf([near.map(tilt)]);
    return [
      this.rowFrom(bounds.minY - withinMm),
      this.rowTo(bounds.maxY + withinMm),
      Math.max(0, Math.floor((bounds.minX - withinMm - this.minX) / this.stepMm)),
      Math.min(this.columns - 1, Math.ceil((bounds.maxX + withinMm - this.minX) / this.stepMm)),
    ];
  }

  private groupsOfRow(
    at0: number,
    firstRow: number,
    lastRow: number,
    firstColumn: number,
    lastColumn: number,
    seen: Uint8Array,
    stack: number[],
    groups: PointMm[][],
  ): void {
    const base = at0 * this.columns;
    const from = Math.max(firstColumn, this.firstInside[at0] as number);
    const to = Math.min(lastColumn, this.lastInside[at0] as number);
    for (let start = base + from; start <= base + to; start++) {
      if (this.counts[start] !== 0 || seen[start] === 1) continue;
      const group: PointMm[] = [];
      seen[start] = 1;
      stack.push(start);
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        const column = at % this.columns;
        const row = (at - column) / this.columns;
        group.push(untilt({ x: this.minX + column * this.stepMm, y: this.minY + row * this.stepMm }));
        for (let dr = -1; dr <= 1; dr++) {
          for (let dc = -1; dc <= 1; dc++) {
            const r = row + dr;
            const c = column + dc;
            if (r < firstRow || c < firstColumn || r > lastRow || c > lastColumn) continue;
            const next = r * this.columns + c;
            if (this.counts[next] !== 0 || seen[next] === 1) continue;
            seen[next] = 1;
            stack.push(next);
          }
        }
      }
      groups.push(group);
    }
  }

  /**
   * As `removeLeg(a, b)` and `addLeg(c, d)`, but only samples that one of the two covers and the other does not are
   * touched: for a waypoint that moves a little these are few.
   */
  replaceLeg(a: PointMm, b: PointMm, c: PointMm, d: PointMm): void {
    const before = this.capsuleA;
    const after = this.capsuleB;
    before.set(tilt(a), tilt(b));
    after.set(tilt(c), tilt(d));
    const firstRow = this.rowFrom(Math.min(before.minY, after.minY));
    const lastRow = this.rowTo(Math.max(before.maxY, after.maxY));
    for (let row = firstRow; row <= lastRow; row++) {
      const y = this.minY + row * this.stepMm;
      before.at(y);
      after.at(y);
      const oldFrom = this.columnFrom(row, before.from);
      const oldTo = this.columnTo(row, before.to);
      const newFrom = this.columnFrom(row, after.from);
      const newTo = this.columnTo(row, after.to);
      if (newFrom > newTo) this.changeRow(row, oldFrom, oldTo, -1);
      else if (oldFrom > oldTo) this.changeRow(row, newFrom, newTo, 1);
      else {
        this.changeRow(row, newFrom, Math.min(newTo, oldFrom - 1), 1);
        this.changeRow(row, Math.max(newFrom, oldTo + 1), newTo, 1);
        this.changeRow(row, oldFrom, Math.min(oldTo, newFrom - 1), -1);
        this.changeRow(row, Math.max(oldFrom, newTo + 1), oldTo, -1);
      }
    }
  }

  private change(a: PointMm, b: PointMm, by: 1 | -1): void {
    const capsule = this.capsuleA;
    capsule.set(tilt(a), tilt(b));
    const lastRow = this.rowTo(capsule.maxY);
    for (let row = this.rowFrom(capsule.minY); row <= lastRow; row++) {
      capsule.at(this.minY + row * this.stepMm);
      this.changeRow(row, this.columnFrom(row, capsule.from), this.columnTo(row, capsule.to), by);
    }
  }

  private rowFrom(y: number): number {
    return Math.max(0, Math.ceil((y - this.minY) / this.stepMm));
  }

  private rowTo(y: number): number {
    return Math.min(this.rows - 1, Math.floor((y - this.minY) / this.stepMm));
  }

  private columnFrom(row: number, x: number): number {
    return Math.max(this.firstInside[row] as number, Math.ceil((x - this.minX) / this.stepMm));
  }

  private columnTo(row: number, x: number): number {
    return Math.min(this.lastInside[row] as number, Math.floor((x - this.minX) / this.stepMm));
  }

  private changeRow(row: number, from: number, to: number, by: 1 | -1): void {
    const { counts } = this;
    const base = row * this.columns;
    const last = base + to;
    let open = 0;
    if (by === 1) {
      for (let i = base + from; i <= last; i++) {
        const count = counts[i] as number;
        if (count === 0) open--;
        counts[i] = count + 1;
      }
    } else {
      for (let i = base + from; i <= last; i++) {
        const count = counts[i] as number;
        if (count === 1) open++;
        counts[i] = count - 1;
      }
    }
    this.open += open;
  }
}
