import { createFrame, lonLatToMm } from '../geo/frame.ts';
import type { AircraftProfile, FlightConditions, LonLat, PlanIssue, Wind } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { legSpeeds, maxAirSpeedMps, powerCurve, type WindVector, windVector } from './wind.ts';

export interface FlightEstimate {
  /** Horizontal way, metres. */
  readonly lengthM: number;
  readonly climbS: number;
  /** Flight between points, at cruise speed unless wind, a climb or the path says otherwise. */
  readonly cruiseS: number;
  /** Lost by slowing down and speeding up at corners. */
  readonly turnS: number;
  readonly hoverS: number;
  readonly descentS: number;
  readonly durationS: number;
  readonly energyWh: number;
  /** An error for each leg that cannot be flown against the wind; then times and energy are infinite. */
  readonly issues: readonly PlanIssue[];
}

/** A point of a flight: where, how high, how long it is hovered over, how fast it is left. */
export interface EstimatePoint extends LonLat {
  readonly heightM: number;
  readonly dwellS: number;
  /** Ground speed from here on; `null`: as before (cruise at first). */
  readonly speedMps: number | null;
}

export interface TimeAndEnergy {
  readonly timeS: number;
  readonly energyWh: number;
}

export const CALM_CONDITIONS: FlightConditions = { wind: null, airTempC: null };

/**
 * Acceleration with which multicopters corner in a mission: ArduPilot's WPNAV_ACCEL default is 2.5 m/s²,
 * PX4's MPC_ACC_HOR is 3.
 */
const CORNER_ACCELERATION_MPS2 = 2.5;

/** Seconds lost at a corner of `turnRad` (0 straight on, π back): a full stop costs v/a, half a turn that much. */
export function cornerLossS(turnRad: number, profile: Pick<AircraftProfile, 'cruiseSpeedMps'>): number {
  return ((profile.cruiseSpeedMps / CORNER_ACCELERATION_MPS2) * (1 - Math.cos(turnRad))) / 2;
}

/** Times and energies of the parts of a flight of one aircraft in one wind. */
export class FlightModel {
  readonly profile: AircraftProfile;
  private readonly wind: WindVector;
  private readonly powerW: (airSpeedMps: number) => number;
  private readonly mostAirMps: number;
  /** Hovering, W. The bonus of moving air is not counted on: gusts take it away. */
  readonly hoverW: number;
  /** What climbing at `climbSpeedMps` takes beyond hovering, W. */
  private readonly climbExtraW: number;

  constructor(profile: AircraftProfile, wind: Wind | null) {
    this.profile = profile;
    this.wind = windVector(wind);
    this.powerW = powerCurve(profile);
    this.mostAirMps = maxAirSpeedMps(profile);
    const windMps = Math.hypot(this.wind.eastMps, this.wind.northMps);
    this.hoverW = Math.max(profile.hoverPowerW, this.powerW(windMps));
    this.climbExtraW = Math.max(0, profile.climbPowerW - profile.hoverPowerW);
  }

  /** Can the aircraft stay over a point? */
  get canHover(): boolean {
    return Math.hypot(this.wind.eastMps, this.wind.northMps) <= this.mostAirMps;
  }

  /**
   * A straight leg `east`, `north` (mm), `up` (m) at a wished ground speed. A steep leg is flown as slowly as its
   * climb or descent wants. Climbing adds (climb − hover power) for the time that the height takes at climb speed;
   * descending gives nothing back. `null`: cannot be flown against the wind.
   */
  leg(eastMm: number, northMm: number, upM: number, wishedMps: number): TimeAndEnergy | null {
    const wayM = Math.hypot(eastMm, northMm) / 1000;
    const { climbSpeedMps, descentSpeedMps } = this.profile;
    const verticalS = upM > 0 ? upM / climbSpeedMps : -upM / descentSpeedMps;
    const climbWh = upM > 0 ? (verticalS * this.climbExtraW) / 3600 : 0;
    if (wayM === 0) {
      if (verticalS > 0 && !this.canHover) return null;
      return { timeS: verticalS, energyWh: (verticalS * this.hoverW) / 3600 + climbWh };
    }
    const slowest = verticalS === 0 ? wishedMps : Math.min(wishedMps, wayM / verticalS);
    const east = eastMm / (wayM * 1000);
    const north = northMm / (wayM * 1000);
    const speeds = legSpeeds(east, north, slowest, this.wind, this.mostAirMps);
    if (speeds === null) return null;
    const timeS = wayM / speeds.groundSpeedMps;
    return { timeS, energyWh: (timeS * this.powerW(speeds.airSpeedMps)) / 3600 + climbWh };
  }

  /** Straight up and, at the end, straight down. */
  columns(climbM: number, descentM: number): { climbS: number; descentS: number; energyWh: number } {
    const climbS = Math.max(0, climbM) / this.profile.climbSpeedMps;
    const descentS = Math.max(0, descentM) / this.profile.descentSpeedMps;
    const energyWh = (climbS * (this.hoverW + this.climbExtraW) + descentS * this.hoverW) / 3600;
    return { climbS, descentS, energyWh };
  }

  /** A turn by `turnRad`, at hover power. */
  corner(turnRad: number): TimeAndEnergy {
    return this.hover(cornerLossS(turnRad, this.profile));
  }

  hover(seconds: number): TimeAndEnergy {
    return { timeS: seconds, energyWh: (seconds * this.hoverW) / 3600 };
  }
}

/**
 * Time and energy of one flight: straight up at the first point, along `route` (home first and last) at cruise
 * speed with losses at the corners, straight down at the last. Descending and cornering count at hover power.
 */
export function estimateFlight(
  route: readonly LonLat[],
  profile: AircraftProfile,
  relativeAltitudeM: number,
  conditions: FlightConditions = CALM_CONDITIONS,
): FlightEstimate {
  const points = route.map((p) => ({ ...p, heightM: relativeAltitudeM, dwellS: 0, speedMps: null }));
  return estimatePath(
    points,
    profile,
    { climbM: relativeAltitudeM, descentM: relativeAltitudeM },
    conditions,
  );
}

/**
 * As `estimateFlight`, with a height, a time of hovering and a speed at each point; `columns` says how far it is up
 * to the first point and down from the last. Never throws: an unflyable leg is an issue.
 */
export function estimatePath(
  route: readonly EstimatePoint[],
  profile: AircraftProfile,
  columns: { readonly climbM: number; readonly descentM: number },
  conditions: FlightConditions = CALM_CONDITIONS,
): FlightEstimate {
  const model = new FlightModel(profile, conditions.wind);
  const vertical = model.columns(columns.climbM, columns.descentM);
  const first = route[0];
  const points = first === undefined ? [] : route.map((p) => lonLatToMm(createFrame(first), p));
  const issues: PlanIssue[] = [];
  let [lengthM, cruiseS, turnS, hoverS, energyWh] = [0, 0, 0, 0, vertical.energyWh];
  let heading: number | null = null;
  let speed = profile.cruiseSpeedMps;
  route.forEach((here, i) => {
    const a = points[i - 1];
    const b = points[i];
    const before = route[i - 1];
    if (a !== undefined && b !== undefined && before !== undefined) {
      const leg = model.leg(b.x - a.x, b.y - a.y, here.heightM - before.heightM, speed);
      if (leg === null) issues.push(unflyable(i - 1, conditions.wind));
      const wayM = Math.hypot(b.x - a.x, b.y - a.y) / 1000;
      if (wayM > 0) {
        const next = Math.atan2(b.y - a.y, b.x - a.x);
        if (heading !== null) {
          const turn = model.corner(next - heading);
          turnS += turn.timeS;
          energyWh += turn.energyWh;
        }
        heading = next;
      }
      lengthM += wayM;
      cruiseS += leg?.timeS ?? Number.POSITIVE_INFINITY;
      energyWh += leg?.energyWh ?? Number.POSITIVE_INFINITY;
    }
    const dwell = model.hover(here.dwellS);
    hoverS += dwell.timeS;
    energyWh += dwell.energyWh;
    speed = here.speedMps ?? speed;
  });
  if (!model.canHover && issues.length === 0) issues.push(unflyable(0, conditions.wind));
  const { climbS, descentS } = vertical;
  const durationS = climbS + cruiseS + turnS + hoverS + descentS;
  return { lengthM, climbS, cruiseS, turnS, hoverS, descentS, durationS, energyWh, issues };
}

/** The issue for a leg that the wind forbids. */
export function unflyable(leg: number, wind: Wind | null): PlanIssue {
  const speed = Math.round((wind?.speedMps ?? 0) * 10) / 10;
  const from = Math.round(wind?.fromDeg ?? 0);
  return planIssue(
    'plan.wind-too-strong',
    `Leg ${leg + 1} cannot be flown in wind of ${speed} m/s from ${from}°: wait, or take a faster aircraft.`,
    { leg: leg + 1, windMps: speed, fromDeg: from },
  );
}

/**
 * Share of its rated energy that a lithium battery gives at an air temperature. 0.5 at −18 °C (I. Buchmann,
 * Battery University BU-502), 0.8 at 0 °C and 1 from 25 °C (makers' tables for discharge within half an hour), straight
 * between; colder than −30 °C counts as −30. Warmth adds nothing. `null`: 1.
 */
export function temperatureFactor(airTempC: number | null): number {
  if (airTempC === null || airTempC >= 25) return 1;
  if (airTempC >= 0) return 0.8 + (0.2 * airTempC) / 25;
  return Math.max(0.3, 0.8 + (0.3 * Math.max(-30, airTempC)) / 18);
}

/** A plan keeps at least this when nobody says more. */
export const DEFAULT_RESERVE_FRACTION = 0.2;

/**
 * Energy that a plan may spend, Wh: the charge above the reserve, of a battery that cold and age have made smaller.
 * The reserve is a share of that smaller battery too. Never negative.
 */
export function usableEnergyWh(
  profile: Pick<AircraftProfile, 'batteryCapacityWh' | 'reserveFraction'>,
  remainingFraction: number,
  batteryHealthFraction = 1,
  airTempC: number | null = null,
): number {
  const spare = Math.max(0, Math.min(1, remainingFraction) - profile.reserveFraction);
  return spare * profile.batteryCapacityWh * Math.min(1, batteryHealthFraction) * temperatureFactor(airTempC);
}
