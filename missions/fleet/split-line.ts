import type { PointMm } from '../geo/frame.ts';
import type { FlightModel, TimeAndEnergy } from './energy.ts';

/** A waypoint of a path to be split: where, how high, how long hovered over, how fast left, how many mission items. */
export interface LinePoint {
  readonly at: PointMm;
  readonly heightM: number;
  readonly dwellS: number;
  /** Ground speed from here on; `null`: as before (cruise at first). */
  readonly speedMps: number | null;
  readonly items: number;
}

/** A running sum at waypoints: on arrival, and on leaving (after hovering and turning there). */
interface Running {
  readonly arriveS: Float64Array;
  readonly leaveS: Float64Array;
  readonly arriveWh: Float64Array;
  readonly leaveWh: Float64Array;
}

/**
 * A path as one aircraft flies it in one wind, measured so that any piece costs constant time.
 *
 * A position on it is a waypoint's index plus the fraction of the leg after it: 3.5 is half way from waypoint 3 to 4.
 * (Metres would not do: two waypoints may be at one place.) A piece that ends at a waypoint hovers there; one that
 * begins at a waypoint does not, except at the very first.
 */
export class CostLine {
  readonly points: readonly LinePoint[];
  readonly model: FlightModel;
  /** Position of the last waypoint. */
  readonly end: number;
  /** Length up to each waypoint, mm. */
  readonly lengthMm: Float64Array;
  /** First leg that the wind forbids, or `null`. */
  readonly unflyableLeg: number | null;
  private readonly sums: Running;
  private readonly items: Int32Array;

  constructor(points: readonly LinePoint[], model: FlightModel) {
    const n = points.length;
    this.points = points;
    this.model = model;
    this.end = Math.max(0, n - 1);
    this.lengthMm = new Float64Array(n);
    this.items = new Int32Array(n + 1);
    const make = (): Float64Array => new Float64Array(n);
    this.sums = { arriveS: make(), leaveS: make(), arriveWh: make(), leaveWh: make() };
    let unflyableLeg: number | null = null;
    let heading: number | null = null;
    let speed = model.profile.cruiseSpeedMps;
    points.forEach((p, i) => {
      this.items[i + 1] = (this.items[i] as number) + p.items;
      const before = points[i - 1];
      let [timeS, wh] = [0, 0];
      if (before !== undefined) {
        const dx = p.at.x - before.at.x;
        const dy = p.at.y - before.at.y;
        const leg = model.leg(dx, dy, p.heightM - before.heightM, speed);
        if (leg === null) unflyableLeg ??= i - 1;
        if (dx !== 0 || dy !== 0) {
          const next = Math.atan2(dy, dx);
          if (heading !== null) this.addTurn(i - 1, next - heading);
          heading = next;
        }
        timeS = (this.sums.leaveS[i - 1] as number) + (leg?.timeS ?? 0);
        wh = (this.sums.leaveWh[i - 1] as number) + (leg?.energyWh ?? 0);
        this.lengthMm[i] = (this.lengthMm[i - 1] as number) + Math.hypot(dx, dy);
      }
      speed = p.speedMps ?? speed;
      const dwell = model.hover(p.dwellS);
      this.sums.arriveS[i] = timeS;
      this.sums.arriveWh[i] = wh;
      this.sums.leaveS[i] = timeS + dwell.timeS;
      this.sums.leaveWh[i] = wh + dwell.energyWh;
    });
    this.unflyableLeg = unflyableLeg;
  }

  private addTurn(i: number, turnRad: number): void {
    const turn = this.model.corner(turnRad);
    this.sums.leaveS[i] = (this.sums.leaveS[i] as number) + turn.timeS;
    this.sums.leaveWh[i] = (this.sums.leaveWh[i] as number) + turn.energyWh;
  }

  pointAt(u: number): PointMm {
    const i = Math.floor(u);
    const a = (this.points[i] as LinePoint).at;
    const b = this.points[i + 1]?.at;
    const t = u - i;
    if (t === 0 || b === undefined) return a;
    return { x: Math.round(a.x + (b.x - a.x) * t), y: Math.round(a.y + (b.y - a.y) * t) };
  }

  heightAt(u: number): number {
    const i = Math.floor(u);
    const a = (this.points[i] as LinePoint).heightM;
    const b = this.points[i + 1]?.heightM ?? a;
    return a + (b - a) * (u - i);
  }

  /** Millimetres from the beginning. */
  metredAt(u: number): number {
    const i = Math.floor(u);
    const a = this.lengthMm[i] as number;
    return u === i ? a : a + ((this.lengthMm[i + 1] as number) - a) * (u - i);
  }

  /** The position `mm` from the beginning. */
  positionAt(mm: number): number {
    let low = 0;
    let high = this.end;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.lengthMm[middle] as number) <= mm) low = middle;
      else high = middle - 1;
    }
    const a = this.lengthMm[low] as number;
    const b = this.lengthMm[low + 1];
    if (b === undefined || b <= a || mm <= a) return low;
    return low + Math.min(1 - 1e-9, (mm - a) / (b - a));
  }

  /** Flying from `u` to `v`, the turns at both ends left out. */
  cost(u: number, v: number): TimeAndEnergy {
    return {
      timeS: Math.max(0, this.at(v, 'S', true) - this.at(u, 'S', false)),
      energyWh: Math.max(0, this.at(v, 'Wh', true) - this.at(u, 'Wh', false)),
    };
  }

  /** Running time and energy at a position for a piece that begins there (`isEnd` false) or ends there. */
  sumsAt(u: number, isEnd: boolean): TimeAndEnergy {
    return { timeS: this.at(u, 'S', isEnd), energyWh: this.at(u, 'Wh', isEnd) };
  }

  /** Mission items of the piece, both ends included. */
  itemsBetween(u: number, v: number): number {
    const first = Math.ceil(u);
    const last = Math.floor(v);
    const inner = last >= first ? (this.items[last + 1] as number) - (this.items[first] as number) : 0;
    return inner + (u === first ? 0 : 1) + (v === last ? 0 : 1);
  }

  private at(u: number, unit: 'S' | 'Wh', isEnd: boolean): number {
    const arrive = unit === 'S' ? this.sums.arriveS : this.sums.arriveWh;
    const leave = unit === 'S' ? this.sums.leaveS : this.sums.leaveWh;
    const i = Math.floor(u);
    const t = u - i;
    if (t > 0) return (leave[i] as number) + t * ((arrive[i + 1] as number) - (leave[i] as number));
    if (!isEnd) return u === 0 ? 0 : (leave[i] as number);
    const dwell = this.model.hover((this.points[i] as LinePoint).dwellS);
    return (arrive[i] as number) + (unit === 'S' ? dwell.timeS : dwell.energyWh);
  }
}
