import { type Limit, limitText, outside } from '../limits.ts';
import type { PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import type { PlannedFlight, PositionUncertainty } from './deconfliction-track.ts';

export interface DeconflictOptions {
  /** A conflict undercuts both minima at one moment. */
  readonly minHorizontalM: number;
  readonly minVerticalM: number;
  /** Heights above home to choose from, lowest first (`freeLayers`). */
  readonly layersM: readonly number[];
  /** Longest delay of a take-off, seconds. */
  readonly maxDelayS: number;
  /** Delays are multiples of this, seconds. Default 1. */
  readonly delayStepS?: number;
  /** Null: aircraft are where the plan says. */
  readonly uncertainty?: PositionUncertainty | null;
  /** Homes count as equally high although their elevations are not known. Default false. */
  readonly commonGround?: boolean;
  /** The proof lists pairs that come within this, metres. Default five times the horizontal minimum. */
  readonly horizonM?: number;
}

/** Everything in flights and options that tracks and searches cannot be built on, one issue each. */
export function checkFlights(flights: readonly PlannedFlight[], options: DeconflictOptions): PlanIssue[] {
  const issues = outside(requestLimits(options)).map((limit) =>
    planIssue('deconflict.bad-request', limitText(limit), { field: limit[0], value: String(limit[1]) }),
  );
  const seen = new Set<string>();
  for (const flight of flights) {
    const say = (field: string, value: string, reason: string): void => {
      issues.push(
        planIssue('deconflict.bad-flight', `${flight.flightId || 'A flight'}: ${field} ${reason}.`, {
          flightId: flight.flightId,
          field,
          value,
        }),
      );
    };
    if (seen.has(flight.flightId)) say('flightId', flight.flightId, 'is used twice');
    seen.add(flight.flightId);
    if (flight.routes.length === 0) say('routes', '0', 'is empty');
    if (flight.routes.some((route) => route.length === 0)) say('routes', '0', 'has a route without points');
    const layers = flight.layersM ?? options.layersM;
    if (layers.length === 0) say('layersM', '0', 'names no height to fly at');
    for (const [field, value, least, most] of outside(flightLimits(flight))) {
      say(field, String(value), `is ${value}; it must be ${least} to ${most}`);
    }
  }
  return issues;
}

function requestLimits(options: DeconflictOptions): Limit[] {
  const { uncertainty } = options;
  return [
    ['minHorizontalM', options.minHorizontalM, 0.1, 10_000],
    ['minVerticalM', options.minVerticalM, 0.1, 1_000],
    ['maxDelayS', options.maxDelayS, 0, 86_400],
    ['delayStepS', options.delayStepS ?? 1, 0.1, 3_600],
    ['horizonM', options.horizonM ?? options.minHorizontalM, options.minHorizontalM, 1e6],
    ...options.layersM.map((layer): Limit => ['layersM', layer, 1, 10_000]),
    ...(uncertainty === null || uncertainty === undefined
      ? []
      : ([
          ['uncertainty.startM', uncertainty.startM, 0, 1_000],
          ['uncertainty.growthMPerS', uncertainty.growthMPerS, 0, 100],
          ['uncertainty.mostM', uncertainty.mostM, uncertainty.startM, 10_000],
        ] satisfies Limit[])),
  ];
}

function flightLimits(flight: PlannedFlight): Limit[] {
  const { profile } = flight;
  return [
    ['startMs', flight.startMs, 0, Number.MAX_SAFE_INTEGER],
    ['cruiseSpeedMps', profile.cruiseSpeedMps, 0.5, 100],
    ['climbSpeedMps', profile.climbSpeedMps, 0.1, 50],
    ['descentSpeedMps', profile.descentSpeedMps, 0.1, 50],
    ['homeElevationAmslM', flight.homeElevationAmslM ?? 0, -500, 9_000],
    ...(flight.layersM ?? []).map((layer): Limit => ['layersM', layer, 1, 10_000]),
    ...flight.routes.flat().flatMap((point): Limit[] => [
      ['lonDeg', point.lonDeg, -180, 180],
      ['latDeg', point.latDeg, -89, 89],
      ['heightM', point.heightM ?? 0, -1_000, 10_000],
      ['dwellS', point.dwellS ?? 0, 0, 86_400],
    ]),
  ];
}
