import type { PointMm } from '../geo/frame.ts';
import { Capsule } from './capsule.ts';
import type { CoverageRaster, RasterLayout } from './raster.ts';
import { tilt } from './tilt.ts';

/** Most legs that go or come in one trial. */
export const MOST_LEGS = 8;

const TRIALS = new WeakMap<CoverageRaster, LegTrial>();

/**
 * What a change of a path would uncover, without making it: nine of ten changes that local search tries are refused, and
 * making and unmaking them cost four times as much. The legs that would go are looked at once (`take`) for all the ways
 * that are tried instead of them (`change`). Where legs overlap, as at a waypoint that moves, each sample is judged once
 * by how many go and how many come.
 */
export class LegTrial {
  private readonly raster: CoverageRaster;
  private readonly layout: RasterLayout;
  private readonly capsules: readonly Capsule[];
  /** First and last column that old leg k covers in row r, at (r·MOST_LEGS + k). */
  private readonly oldFrom: Int32Array;
  private readonly oldTo: Int32Array;
  private oldLegs = 0;
  private firstOld = 0;
  private lastOld = -1;
  private opened = 0;
  private closed = 0;
  /** Where cover changes along a row, in order, and by how many legs. */
  private readonly places = new Int32Array(4 * MOST_LEGS);
  private readonly steps = new Int32Array(4 * MOST_LEGS);

  /** The trial of a raster: one for all who change it in turn, since its room is worth more than its content. */
  static on(raster: CoverageRaster): LegTrial {
    const known = TRIALS.get(raster);
    if (known !== undefined) return known;
    const trial = new LegTrial(raster);
    TRIALS.set(raster, trial);
    return trial;
  }

  private constructor(raster: CoverageRaster) {
    this.raster = raster;
    this.layout = raster.layout;
    this.capsules = Array.from({ length: MOST_LEGS }, () => new Capsule(this.layout.radiusMm));
    this.oldFrom = new Int32Array(this.layout.rows * MOST_LEGS);
    this.oldTo = new Int32Array(this.layout.rows * MOST_LEGS);
  }

  /** The stretch of path that would go: its legs are on the raster. At most `MOST_LEGS` legs. */
  take(stretch: readonly PointMm[]): void {
    this.oldLegs = this.set(stretch);
    [this.firstOld, this.lastOld] = this.rowsOf(this.oldLegs);
    for (let row = this.firstOld; row <= this.lastOld; row++) {
      const y = this.layout.minY + row * this.layout.stepMm;
      for (let k = 0; k < this.oldLegs; k++) {
        const capsule = this.capsules[k] as Capsule;
        capsule.at(y);
        // A row beyond the leg has an infinite, empty stretch, which whole numbers cannot hold.
        const isEmpty = capsule.from > capsule.to;
        this.oldFrom[row * MOST_LEGS + k] = isEmpty ? 1 : this.columnFrom(row, capsule.from);
        this.oldTo[row * MOST_LEGS + k] = isEmpty ? 0 : this.columnTo(row, capsule.to);
      }
    }
  }

  /**
   * How many more samples would be uncovered (fewer when negative) with these legs instead of those taken. Counting ends
   * once it is certain to be more than `most`: even if all that is open were then covered. The answer is above `most` then,
   * but no more than that is known.
   */
  change(stretch: readonly PointMm[], most = Number.POSITIVE_INFINITY): number {
    const { layout, oldLegs, firstOld, lastOld } = this;
    const legs = this.set(stretch);
    const [firstNew, lastNew] = this.rowsOf(legs);
    const first = oldLegs === 0 ? firstNew : legs === 0 ? firstOld : Math.min(firstOld, firstNew);
    const last = Math.max(lastOld, lastNew);
    const hopeless = most + this.raster.uncovered;
    this.opened = 0;
    this.closed = 0;
    const mostLegs = Math.max(legs, oldLegs);
    for (let row = first; row <= last; row++) {
      const y = layout.minY + row * layout.stepMm;
      const isOld = row >= firstOld && row <= lastOld;
      let events = 0;
      for (let k = 0; k < mostLegs; k++) {
        const hadIt = isOld && k < oldLegs;
        const oldFrom = hadIt ? (this.oldFrom[row * MOST_LEGS + k] as number) : 1;
        const oldTo = hadIt ? (this.oldTo[row * MOST_LEGS + k] as number) : 0;
        let newFrom = 1;
        let newTo = 0;
        const capsule = this.capsules[k] as Capsule;
        if (k < legs && y >= capsule.minY && y <= capsule.maxY) {
          capsule.at(y);
          newFrom = this.columnFrom(row, capsule.from);
          newTo = this.columnTo(row, capsule.to);
        }
        if (oldFrom > oldTo || newFrom > newTo) {
          events = this.mark(events, newFrom, newTo, 1);
          events = this.mark(events, oldFrom, oldTo, -1);
          continue;
        }
        // Both cover a stretch of the row: only where their ends differ does anything change.
        if (newFrom !== oldFrom) {
          this.place(events++, newFrom, 1);
          this.place(events++, oldFrom, -1);
        }
        if (newTo !== oldTo) {
          this.place(events++, newTo + 1, -1);
          this.place(events++, oldTo + 1, 1);
        }
      }
      if (events === 0) continue;
      this.count(row, events);
      if (this.opened > hopeless) break;
    }
    return this.opened - this.closed;
  }

  /** Makes a change, tried or not and of any length: the raster then holds the legs of `after` instead of those of `before`. */
  make(before: readonly PointMm[], after: readonly PointMm[]): void {
    const common = Math.min(before.length, after.length) - 1;
    for (let k = 1; k <= common; k++) {
      const [a, b] = [before[k - 1] as PointMm, before[k] as PointMm];
      const [c, d] = [after[k - 1] as PointMm, after[k] as PointMm];
      if (a !== c || b !== d) this.raster.replaceLeg(a, b, c, d);
    }
    for (let k = Math.max(1, common + 1); k < before.length; k++)
      this.raster.removeLeg(before[k - 1] as PointMm, before[k] as PointMm);
    for (let k = Math.max(1, common + 1); k < after.length; k++)
      this.raster.addLeg(after[k - 1] as PointMm, after[k] as PointMm);
  }

  private set(stretch: readonly PointMm[]): number {
    const legs = Math.max(0, stretch.length - 1);
    if (legs > MOST_LEGS) throw new RangeError(`A trial takes at most ${MOST_LEGS} legs, not ${legs}.`);
    for (let k = 0; k < legs; k++) {
      (this.capsules[k] as Capsule).set(tilt(stretch[k] as PointMm), tilt(stretch[k + 1] as PointMm));
    }
    return legs;
  }

  private rowsOf(legs: number): [number, number] {
    const { minY, stepMm, rows } = this.layout;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < legs; k++) {
      const capsule = this.capsules[k] as Capsule;
      low = Math.min(low, capsule.minY);
      high = Math.max(high, capsule.maxY);
    }
    if (legs === 0) return [0, -1];
    return [
      Math.max(0, Math.ceil((low - minY) / stepMm)),
      Math.min(rows - 1, Math.floor((high - minY) / stepMm)),
    ];
  }

  private columnFrom(row: number, x: number): number {
    const { firstInside, minX, stepMm } = this.layout;
    return Math.max(firstInside[row] as number, Math.ceil((x - minX) / stepMm));
  }

  private columnTo(row: number, x: number): number {
    const { lastInside, minX, stepMm } = this.layout;
    return Math.min(lastInside[row] as number, Math.floor((x - minX) / stepMm));
  }

  /** Notes that cover changes by `by` from one column to another; places stay sorted (there are few: insertion sort). */
  private mark(events: number, from: number, to: number, by: number): number {
    if (from > to) return events;
    this.place(events, from, by);
    this.place(events + 1, to + 1, -by);
    return events + 2;
  }

  private place(events: number, at: number, by: number): void {
    const { places, steps } = this;
    let k = events;
    while (k > 0 && (places[k - 1] as number) > at) {
      places[k] = places[k - 1] as number;
      steps[k] = steps[k - 1] as number;
      k--;
    }
    places[k] = at;
    steps[k] = by;
  }

  private count(row: number, events: number): void {
    const { places, steps } = this;
    const { counts, columns } = this.layout;
    const base = row * columns;
    let opened = 0;
    let closed = 0;
    let by = 0;
    for (let e = 0; e + 1 < events; e++) {
      by += steps[e] as number;
      if (by === 0) continue;
      const end = base + (places[e + 1] as number);
      if (by > 0) {
        for (let i = base + (places[e] as number); i < end; i++) if (counts[i] === 0) closed++;
      } else {
        const gone = -by;
        for (let i = base + (places[e] as number); i < end; i++) if (counts[i] === gone) opened++;
      }
    }
    this.opened += opened;
    this.closed += closed;
  }
}
