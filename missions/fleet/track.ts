import type { PointMm } from '../geo/frame.ts';
import { distanceMm } from '../geo/measure.ts';
import type { AircraftProfile } from '../model.ts';
import { cornerLossS, verticalCost } from './energy.ts';

/** What a vehicle may spend on one sortie. */
export interface FlightBudget {
  readonly home: PointMm;
  readonly profile: AircraftProfile;
  readonly relativeAltitudeM: number;
  /** Battery above the reserve, Wh. */
  readonly usableWh: number;
  /** Most waypoints that the autopilot can hold besides take-off, speed and return. */
  readonly mostPoints: number;
}

export interface PieceCost {
  readonly durationS: number;
  readonly energyWh: number;
}

/**
 * A coverage path measured along its length, so that the cost of flying any piece of it from any home takes
 * constant time. Positions on it are millimetres from its beginning.
 */
export class Track {
  readonly points: readonly PointMm[];
  readonly lengthMm: number;
  private readonly at: number[] = [];
  /** Sum of (1 − cos turn) over the waypoints passed. */
  private readonly turning: number[] = [];

  constructor(points: readonly PointMm[]) {
    this.points = points;
    let length = 0;
    let turning = 0;
    points.forEach((p, i) => {
      const before = points[i - 1];
      if (before !== undefined) length += distanceMm(before, p);
      const after = points[i + 1];
      if (before !== undefined && after !== undefined) turning += 1 - Math.cos(turnAt(before, p, after));
      this.at.push(length);
      this.turning.push(turning);
    });
    this.lengthMm = length;
  }

  /** The point at a distance along the track. */
  pointAt(mm: number): PointMm {
    const i = this.segmentAt(mm);
    const a = this.points[i] as PointMm;
    const b = this.points[i + 1];
    if (b === undefined) return a;
    const from = this.at[i] as number;
    const length = (this.at[i + 1] as number) - from;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, (mm - from) / length));
    return { x: Math.round(a.x + (b.x - a.x) * t), y: Math.round(a.y + (b.y - a.y) * t) };
  }

  /** The piece between two distances as a polyline. */
  piece(fromMm: number, toMm: number): PointMm[] {
    const out = [this.pointAt(fromMm)];
    for (let i = this.segmentAt(fromMm) + 1; i < this.points.length && (this.at[i] as number) < toMm; i++) {
      if ((this.at[i] as number) > fromMm) out.push(this.points[i] as PointMm);
    }
    const end = this.pointAt(toMm);
    const last = out[out.length - 1] as PointMm;
    if (last.x !== end.x || last.y !== end.y) out.push(end);
    return out;
  }

  /** Number of waypoints of a piece, both ends included. */
  countPoints(fromMm: number, toMm: number): number {
    return this.segmentAt(toMm) - this.segmentAt(fromMm) + 2;
  }

  /** Cost of flying a piece from home and back, both corners at its ends counted as full turns (never too little). */
  cost(fromMm: number, toMm: number, budget: FlightBudget): PieceCost {
    const { profile, home } = budget;
    const vertical = verticalCost(profile, budget.relativeAltitudeM);
    const way = toMm - fromMm + distanceMm(home, this.pointAt(fromMm)) + distanceMm(this.pointAt(toMm), home);
    const cruiseS = way / 1000 / profile.cruiseSpeedMps;
    const turns =
      Math.max(
        0,
        (this.turning[this.segmentAt(toMm)] as number) - (this.turning[this.segmentAt(fromMm)] as number),
      ) / 2;
    const turnS = (turns + 2) * cornerLossS(Math.PI, profile);
    return {
      durationS: vertical.climbS + cruiseS + turnS + vertical.descentS,
      energyWh: vertical.energyWh + (cruiseS * profile.cruisePowerW + turnS * profile.hoverPowerW) / 3600,
    };
  }

  /** How far from `fromMm` one sortie gets within its budget and `mostS` seconds; `fromMm` itself when nowhere. */
  reach(fromMm: number, budget: FlightBudget, mostS: number): number {
    const fits = (to: number): boolean => {
      const cost = this.cost(fromMm, to, budget);
      return (
        cost.energyWh <= budget.usableWh &&
        cost.durationS <= mostS &&
        this.countPoints(fromMm, to) <= budget.mostPoints
      );
    };
    if (fits(this.lengthMm)) return this.lengthMm;
    if (!fits(fromMm)) return fromMm;
    // The way back may shrink while the piece grows, so `fits` is not strictly monotone; what is found fits anyway.
    let low = fromMm;
    let high = this.lengthMm;
    while (high - low > 500) {
      const middle = (low + high) / 2;
      if (fits(middle)) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Index of the waypoint at or before a distance. */
  private segmentAt(mm: number): number {
    let low = 0;
    let high = this.at.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.at[middle] as number) <= mm) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function turnAt(a: PointMm, b: PointMm, c: PointMm): number {
  return Math.atan2(c.y - b.y, c.x - b.x) - Math.atan2(b.y - a.y, b.x - a.x);
}
