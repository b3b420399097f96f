import { FlightModel } from '../fleet/energy.ts';
import { createFrame, type LocalFrame, lonLatToMm } from '../geo/frame.ts';
import type { AircraftProfile, LonLat, WayFinder, Wind } from '../model.ts';

/** Somewhere a drone starts from: a base with its launch time, or a drone in the air (launch time 0, climb 0). */
export interface ReachSource {
  readonly sourceId: string;
  readonly position: LonLat;
  readonly profile: AircraftProfile;
  /** From the alarm until the rotors lift it, seconds. */
  readonly launchLatencyS: number;
  /** Still to climb, metres. */
  readonly climbM: number;
}

/**
 * Times from a source to places. Straight times are never longer than those of a way round something: in steady wind
 * the ground reached in one second is convex, so time obeys the triangle inequality. That makes them bounds for a
 * search that looks up few ways.
 */
export class Travel {
  readonly source: ReachSource;
  private readonly model: FlightModel;
  private readonly frame: LocalFrame;
  private readonly ways: WayFinder;
  /** Before the way begins, seconds. */
  readonly startS: number;

  constructor(source: ReachSource, wind: Wind | null, ways: WayFinder) {
    this.source = source;
    this.ways = ways;
    this.model = new FlightModel(source.profile, wind);
    this.frame = createFrame(source.position);
    this.startS = source.launchLatencyS + this.model.columns(source.climbM, 0).climbS;
  }

  /** Seconds until it is there, flying straight; infinite against a wind that is too strong. */
  straightS(to: LonLat): number {
    return this.startS + this.legsS([this.source.position, to]);
  }

  /** Seconds until it is there, round the zones; infinite when there is no way. */
  arrivalS(to: LonLat): number {
    const way = this.ways.way(this.source.position, to);
    return way === null ? Number.POSITIVE_INFINITY : this.startS + this.legsS(way.points);
  }

  /** How far it gets straight towards a bearing (clockwise from north) within a time, metres. */
  rangeM(bearingDeg: number, withinS: number): number {
    const flyS = withinS - this.startS;
    if (flyS <= 0) return 0;
    const bearing = (bearingDeg * Math.PI) / 180;
    const perKm = this.model.leg(
      Math.sin(bearing) * 1e6,
      Math.cos(bearing) * 1e6,
      0,
      this.source.profile.cruiseSpeedMps,
    );
    return perKm === null ? 0 : (1000 * flyS) / perKm.timeS;
  }

  private legsS(points: readonly LonLat[]): number {
    let sum = 0;
    let from = lonLatToMm(this.frame, this.source.position);
    for (const point of points.slice(1)) {
      const to = lonLatToMm(this.frame, point);
      const leg = this.model.leg(to.x - from.x, to.y - from.y, 0, this.source.profile.cruiseSpeedMps);
      if (leg === null) return Number.POSITIVE_INFINITY;
      sum += leg.timeS;
      from = to;
    }
    return sum;
  }
}
