import type { AircraftProfile, PlanIssue, Wind } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { type FitRow, fitNonNegative } from './calibrate-fit.ts';
import { legSpeeds, maxAirSpeedMps, powerCurve, windVector } from './wind.ts';

/** A stretch of a recorded flight that was flown in one way. */
export interface FlightPhase {
  readonly kind: 'climb' | 'cruise' | 'hover' | 'descent';
  readonly durationS: number;
  /** Way over the ground, metres. */
  readonly distanceM: number;
  /** Height won (positive) or lost, metres; `null`: not recorded. */
  readonly heightChangeM: number | null;
  /** Direction of flight over the ground and wind; `null`: not known, counted as calm. */
  readonly headingDeg: number | null;
  readonly wind: Wind | null;
}

export interface RecordedFlight {
  readonly flightId: string;
  readonly phases: readonly FlightPhase[];
  /** Taken out of the battery in all phases together, Wh. */
  readonly energyWh: number;
}

/** One figure of the profile after calibration. */
export interface CalibratedFigure {
  readonly name: 'hoverPowerW' | 'cruisePowerW' | 'climbPowerW';
  readonly beforeW: number;
  readonly afterW: number;
  /** Standard error of the fit, W. */
  readonly errorW: number;
  /** Flights with at least 10 s of it, and how long all of them together. */
  readonly flights: number;
  readonly seconds: number;
}

export interface FlightResidual {
  readonly flightId: string;
  readonly measuredWh: number;
  readonly predictedWh: number;
  /** Measured over predicted less 1. */
  readonly relative: number;
  /** 1: counted in full; less: an outlier. */
  readonly weight: number;
}

export type Calibration =
  | {
      readonly kind: 'calibrated';
      readonly profile: AircraftProfile;
      readonly figures: readonly CalibratedFigure[];
      readonly residuals: readonly FlightResidual[];
      /** A warning for each record that was not used. */
      readonly issues: readonly PlanIssue[];
    }
  | { readonly kind: 'refused'; readonly issues: readonly PlanIssue[] };

/** The profile's own figures count as a measurement with this relative error: makers' data are about that good. */
const PRIOR_SPREAD = 0.15;
/** Relative error of one flight's energy: current sensors of flight controllers, after calibration. */
const FLIGHT_SPREAD = 0.05;
/** Beyond so many standard errors a flight is an outlier and counts less (Huber's k). */
const HUBER = 1.5;
const ROBUST_ROUNDS = 8;
/** A figure that leaves this range about the profile's is a mistake of the records, not a finding. */
const LEAST_FACTOR = 0.4;
const MOST_FACTOR = 2.5;
const FIGURES = ['hoverPowerW', 'cruisePowerW', 'climbPowerW'] as const;
/** A figure rests on a flight that has at least this much of it. */
const LEAST_PHASE_S = 10;

/**
 * Fits hover, cruise and climb power to recorded flights: non-negative least squares of the energies with the
 * profile's figures as a prior, so that few flights move it a little and many move it all the way; flights that fit
 * badly count less (P. J. Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35, 1964, by
 * iterated weights). Descent counts as hovering, cruise in wind by the profile's own curve over air speed. Records
 * that make no sense are left out and named; a result that makes none is refused.
 */
export function calibrate(profile: AircraftProfile, flights: readonly RecordedFlight[]): Calibration {
  const issues: PlanIssue[] = [];
  const usable = flights.filter((flight) => {
    const fault = faultOf(flight, profile);
    if (fault !== null) issues.push(fault);
    return fault === null;
  });
  if (usable.length === 0) {
    const none = refusal('flights', flights.length === 0 ? 0 : usable.length, 1, flights.length);
    return { kind: 'refused', issues: [...issues, none] };
  }
  const hours = usable.map((flight) => hoursOf(flight, profile));
  const before = FIGURES.map((name) => profile[name]);
  const prior: FitRow[] = before.map((value, i) => ({
    factors: before.map((_, k) => (k === i ? 1 : 0)),
    value,
    spread: PRIOR_SPREAD * value,
  }));
  let weights = usable.map(() => 1);
  let fit = fitNonNegative([...prior, ...rowsOf(usable, hours, weights)]);
  for (let round = 0; round < ROBUST_ROUNDS; round++) {
    const { values } = fit;
    weights = usable.map((flight, i) => {
      const off = Math.abs(flight.energyWh - dot(hours[i] ?? [], values)) / (FLIGHT_SPREAD * flight.energyWh);
      return off <= HUBER ? 1 : HUBER / off;
    });
    fit = fitNonNegative([...prior, ...rowsOf(usable, hours, weights)]);
  }
  const { values, errors } = fit;
  for (const [i, name] of FIGURES.entries()) {
    const [least, most] = [(before[i] as number) * LEAST_FACTOR, (before[i] as number) * MOST_FACTOR];
    const value = values[i] as number;
    if (value >= least && value <= most) continue;
    return { kind: 'refused', issues: [...issues, refusal(name, value, least, most)] };
  }
  const figures = FIGURES.map((name, i): CalibratedFigure => {
    const times = hours.map((row) => (row[i] as number) * 3600).filter((s) => s >= LEAST_PHASE_S);
    return {
      name,
      beforeW: before[i] as number,
      afterW: values[i] as number,
      errorW: errors[i] as number,
      flights: times.length,
      seconds: times.reduce((a, b) => a + b, 0),
    };
  });
  const residuals = usable.map((flight, i): FlightResidual => {
    const predictedWh = dot(hours[i] ?? [], values);
    return {
      flightId: flight.flightId,
      measuredWh: flight.energyWh,
      predictedWh,
      relative: flight.energyWh / predictedWh - 1,
      weight: weights[i] as number,
    };
  });
  const [hoverPowerW, cruisePowerW, climbPowerW] = values as [number, number, number];
  return {
    kind: 'calibrated',
    profile: { ...profile, hoverPowerW, cruisePowerW, climbPowerW },
    figures,
    residuals,
    issues,
  };
}

function rowsOf(
  flights: readonly RecordedFlight[],
  hours: readonly (readonly number[])[],
  weights: readonly number[],
): FitRow[] {
  return flights.map((flight, i) => ({
    factors: hours[i] as readonly number[],
    value: flight.energyWh,
    spread: (FLIGHT_SPREAD * flight.energyWh) / Math.sqrt(weights[i] as number),
  }));
}

/** Hours of hover, cruise and climb power that a flight took: its energy is their sum with the powers. */
function hoursOf(flight: RecordedFlight, profile: AircraftProfile): number[] {
  const hours = [0, 0, 0];
  for (const phase of flight.phases) {
    const at = phase.kind === 'cruise' ? 1 : phase.kind === 'climb' ? 2 : 0;
    const share = phase.kind === 'cruise' ? cruiseShare(phase, profile) : 1;
    hours[at] = (hours[at] as number) + (share * phase.durationS) / 3600;
  }
  return hours;
}

/** Power of a stretch of cruise as a multiple of the cruise power, by its speed through the air. */
function cruiseShare(phase: FlightPhase, profile: AircraftProfile): number {
  const groundMps = phase.distanceM / phase.durationS;
  const power = powerCurve(profile);
  const heading = ((phase.headingDeg ?? 0) * Math.PI) / 180;
  const wind = windVector(phase.headingDeg === null ? null : phase.wind);
  const most = 3 * maxAirSpeedMps(profile);
  const speeds = legSpeeds(Math.sin(heading), Math.cos(heading), groundMps, wind, most);
  return power(speeds?.airSpeedMps ?? groundMps) / profile.cruisePowerW;
}

/** The first thing in a record that cannot be, or `null`. */
function faultOf(flight: RecordedFlight, profile: AircraftProfile): PlanIssue | null {
  const fault = (field: string, value: number): PlanIssue =>
    planIssue(
      'plan.bad-flight-record',
      `Flight ${flight.flightId} is not used for calibration: its ${field} is ${Math.round(value * 10) / 10}.`,
      { flight: flight.flightId, field, value: String(value) },
    );
  for (const phase of flight.phases) {
    const { durationS, distanceM, heightChangeM, wind, headingDeg } = phase;
    if (!(durationS > 0 && durationS < 86_400)) return fault('duration of a phase', durationS);
    if (!(distanceM >= 0 && distanceM / durationS < 3 * maxAirSpeedMps(profile))) {
      return fault('distance of a phase', distanceM);
    }
    if (heightChangeM !== null && !(Math.abs(heightChangeM) / durationS < 50)) {
      return fault('height change of a phase', heightChangeM);
    }
    if (phase.kind === 'climb' && heightChangeM !== null && heightChangeM <= 0) {
      return fault('height won in a climb', heightChangeM);
    }
    if (wind !== null && !(wind.speedMps >= 0 && wind.speedMps < 60 && Number.isFinite(wind.fromDeg))) {
      return fault('wind', wind.speedMps);
    }
    if (headingDeg !== null && !Number.isFinite(headingDeg)) return fault('heading', headingDeg);
  }
  const seconds = flight.phases.reduce((sum, phase) => sum + phase.durationS, 0);
  if (seconds < 30) return fault('duration', seconds);
  const meanW = (flight.energyWh * 3600) / seconds;
  const powers = FIGURES.map((name) => profile[name]);
  // Averages far outside all the profile's powers: a wrong unit, a battery changed in between, a dead sensor.
  if (!(meanW > Math.min(...powers) / 4 && meanW < Math.max(...powers) * 4))
    return fault('energy', flight.energyWh);
  return null;
}

function refusal(figure: string, value: number, least: number, most: number): PlanIssue {
  const round = (x: number): number => Math.round(x * 10) / 10;
  return planIssue(
    'plan.calibration-refused',
    `The profile is kept: ${figure} would be ${round(value)}, believable is ${round(least)} to ${round(most)}. Look at the records.`,
    { figure, value: round(value), least: round(least), most: round(most) },
  );
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
}
