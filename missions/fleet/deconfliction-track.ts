import type { OpenLane } from '../airspace/base-lanes.ts';
import { type LocalFrame, lonLatToMm } from '../geo/frame.ts';
import type { AircraftProfile, LonLat } from '../model.ts';
import { cornerLossS } from './energy.ts';

/** A point of a route. */
export interface FlightPoint extends LonLat {
  /** Above home; null: the layer that the flight is given. */
  readonly heightM: number | null;
  /** Standing still there, seconds. Default 0. */
  readonly dwellS?: number;
}

/** One flight to be kept apart from the others. */
export interface PlannedFlight {
  readonly flightId: string;
  /**
   * The ways it may be flown, the preferred one first (other lanes of the base, other sides of a zone). Each from the
   * place of take-off to the place of landing; without lanes the climb is at the first point and the descent at the
   * last.
   */
  readonly routes: readonly (readonly FlightPoint[])[];
  /** Heights above home that it may be given, lowest first; null: those of the options. */
  readonly layersM: readonly number[] | null;
  /** Epoch milliseconds of take-off without delay. */
  readonly startMs: number;
  readonly profile: AircraftProfile;
  /** Ground height above sea level at the place of take-off; null when not known. */
  readonly homeElevationAmslM: number | null;
  /**
   * In the air already or not to be touched: it keeps its first route, its first layer and its time. `airborne`: its
   * first point is where it is at `startMs`, without a climb.
   */
  readonly hold: 'free' | 'fixed' | 'airborne';
}

/** How far from its plan an aircraft may be, horizontally. */
export interface PositionUncertainty {
  readonly startM: number;
  /** Grows with the time since take-off … */
  readonly growthMPerS: number;
  /** … up to this. */
  readonly mostM: number;
}

/** A flight in space and time: straight, even motion from knot to knot. Nothing before the first and after the last. */
export interface FlightTrack {
  readonly flightId: string;
  /** Heights are compared only between tracks of one group: they are counted from one zero. */
  readonly heightGroup: string;
  /** Seconds since the context's epoch, metres east, metres north, metres up; times strictly grow. */
  readonly knots: Float64Array;
  /** Position uncertainty of every piece between two knots, metres. */
  readonly radiiM: Float64Array;
}

export interface TrackContext {
  readonly frame: LocalFrame;
  readonly epochMs: number;
  readonly uncertainty: PositionUncertainty | null;
  /** All homes count as equally high (flat district): heights above home are compared directly. */
  readonly commonGround: boolean;
}

/** With growing uncertainty a piece has its last value throughout; so that this is not far off, pieces are this short. */
const LONGEST_PIECE_S = 20;
/** Changes of direction, place or height smaller than this take no time. */
const LEAST_S = 1e-6;

/**
 * The track of a flight on one of its routes at a height above home. Times are those of `estimateFlight`: legs at
 * cruise speed in still air, the loss at every corner stood out there; on a leg that also climbs, the slower of both.
 */
export function trackOf(
  flight: PlannedFlight,
  routeIndex: number,
  layerM: number,
  context: TrackContext,
): FlightTrack {
  const { profile } = flight;
  const route = flight.routes[routeIndex] ?? [];
  const { base, group } = zeroOf(flight, route[0], context);
  const builder = new TrackBuilder((flight.startMs - context.epochMs) / 1000, context.uncertainty);
  const place = (point: FlightPoint): [number, number, number] => {
    const p = lonLatToMm(context.frame, point);
    return [p.x / 1000, p.y / 1000, base + (point.heightM ?? layerM)];
  };
  let heading: number | null = null;
  route.forEach((point, i) => {
    const [x, y, z] = place(point);
    if (i === 0) builder.begin(x, y, flight.hold === 'airborne' ? z : base);
    const dx = x - builder.x;
    const dy = y - builder.y;
    const length = Math.hypot(dx, dy);
    if (length > 0) {
      const next = Math.atan2(dy, dx);
      if (heading !== null) builder.stay(cornerLossS(next - heading, profile));
      heading = next;
    }
    builder.moveTo(x, y, z, Math.max(length / profile.cruiseSpeedMps, verticalS(z - builder.z, profile)));
    builder.stay(point.dwellS ?? 0);
  });
  builder.moveTo(builder.x, builder.y, base, verticalS(base - builder.z, profile));
  return {
    flightId: flight.flightId,
    heightGroup: group,
    knots: Float64Array.from(builder.knots),
    radiiM: Float64Array.from(builder.radii),
  };
}

/** The same track begun later. */
export function delayed(track: FlightTrack, delayS: number): FlightTrack {
  if (delayS === 0) return track;
  const knots = Float64Array.from(track.knots);
  for (let i = 0; i < knots.length; i += 4) knots[i] = (knots[i] as number) + delayS;
  return { ...track, knots };
}

/**
 * A route out by one lane and in by another. Heights of the lanes that are the flight's layer (`heightM` of the gate)
 * stay open, so that the flight can still be given another layer.
 */
export function routeThroughLanes(
  departure: OpenLane,
  points: readonly FlightPoint[],
  arrival: OpenLane,
): FlightPoint[] {
  const open = (lane: OpenLane): FlightPoint[] => {
    const layer = Math.max(...lane.points.map((p) => p.heightM));
    return lane.points.map((p) => ({ ...p, heightM: p.heightM === layer ? null : p.heightM }));
  };
  return [...open(departure), ...points, ...open(arrival)];
}

/** The route of a sortie as the fleet planner gives it; points where its parts join are there once. */
export function routeOfSortie(sortie: {
  readonly wayOut: readonly LonLat[];
  readonly points: readonly LonLat[];
  readonly wayBack: readonly LonLat[];
}): FlightPoint[] {
  const all = [...sortie.wayOut, ...sortie.points, ...sortie.wayBack];
  return all
    .filter((p, i) => i === 0 || p.lonDeg !== all[i - 1]?.lonDeg || p.latDeg !== all[i - 1]?.latDeg)
    .map(({ lonDeg, latDeg }) => ({ lonDeg, latDeg, heightM: null }));
}

function zeroOf(
  flight: PlannedFlight,
  home: FlightPoint | undefined,
  context: TrackContext,
): { base: number; group: string } {
  if (context.commonGround) return { base: 0, group: 'common' };
  if (flight.homeElevationAmslM !== null) return { base: flight.homeElevationAmslM, group: 'amsl' };
  // Flights from one place have one zero even when nobody knows how high it is.
  const spot = home === undefined ? '' : `${home.lonDeg.toFixed(4)},${home.latDeg.toFixed(4)}`;
  return { base: 0, group: `home ${spot}` };
}

function verticalS(upM: number, profile: AircraftProfile): number {
  return upM > 0 ? upM / profile.climbSpeedMps : -upM / profile.descentSpeedMps;
}

class TrackBuilder {
  readonly knots: number[] = [];
  readonly radii: number[] = [];
  x = 0;
  y = 0;
  z = 0;
  private readonly startS: number;
  private readonly uncertainty: PositionUncertainty | null;
  private atS: number;

  constructor(startS: number, uncertainty: PositionUncertainty | null) {
    this.startS = startS;
    this.atS = startS;
    this.uncertainty = uncertainty;
  }

  begin(x: number, y: number, z: number): void {
    this.x = x;
    this.y = y;
    this.z = z;
    this.knots.push(this.atS, x, y, z);
  }

  stay(seconds: number): void {
    this.moveTo(this.x, this.y, this.z, seconds);
  }

  moveTo(x: number, y: number, z: number, seconds: number): void {
    if (!(seconds > LEAST_S)) {
      // A millimetre that takes no time would be a jump; it is left out, and the next leg starts where this one did.
      return;
    }
    const growing = this.uncertainty !== null && this.uncertainty.growthMPerS > 0;
    const pieces = growing ? Math.ceil(seconds / LONGEST_PIECE_S) : 1;
    const [x0, y0, z0, t0] = [this.x, this.y, this.z, this.atS];
    for (let k = 1; k <= pieces; k++) {
      const share = k / pieces;
      this.atS = t0 + seconds * share;
      this.knots.push(this.atS, x0 + (x - x0) * share, y0 + (y - y0) * share, z0 + (z - z0) * share);
      this.radii.push(this.radius());
    }
    this.x = x;
    this.y = y;
    this.z = z;
  }

  private radius(): number {
    if (this.uncertainty === null) return 0;
    const { startM, growthMPerS, mostM } = this.uncertainty;
    return Math.min(mostM, startM + growthMPerS * (this.atS - this.startS));
  }
}
