import type {
  AircraftProfile,
  AltitudeDatum,
  ElevationModel,
  LonLat,
  PathPoint,
  PatternPath,
  PlanIssue,
} from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { type ClearanceProof, proveClearance } from './clearance.ts';
import {
  type CorridorSample,
  fewestBreaks,
  flyableHeights,
  type ProfileBreak,
  type SlopeLimits,
} from './fewest-breaks.ts';
import { type GroundSample, groundAlong } from './profile.ts';

export interface FollowTerrainOptions {
  /** What the heights of the result are counted from. */
  readonly output: Exclude<AltitudeDatum, 'above-terrain'>;
  /** Ground height of home; needed for heights above home, in the path or in the result. */
  readonly homeAmslM: number | null;
  /**
   * Least height over the highest ground that the aircraft may be over. A path above terrain keeps its own height;
   * this is the least for one of fixed heights. Default 0.
   */
  readonly leastClearanceM?: number;
  /** Radius within which the aircraft may stray from its path; default 10 m. */
  readonly positionErrorM?: number;
  /** How much higher than needed a stretch may be flown to save waypoints; default 5 m. */
  readonly toleranceM?: number;
  /** Rise over run that the aircraft can fly at the path's speed; see `slopeLimitsOf`. Default 0.3 each. */
  readonly limits?: SlopeLimits;
  /** Highest that the path may be above the ground straight below, e.g. 120; default: no limit. */
  readonly maxAboveTerrainM?: number | null;
}

/** A path with explicit heights and the proof of its clearance, or the reasons why there is none. */
export type FollowTerrainResult =
  | {
      readonly kind: 'ok';
      readonly path: PatternPath;
      readonly proof: ClearanceProof;
      /** Waypoints that the ground asked for. */
      readonly addedPoints: number;
      /** For every point of the result the index of the path's own point, null for an added one. */
      readonly sourcePoints: readonly (number | null)[];
    }
  | { readonly kind: 'refused'; readonly issues: readonly PlanIssue[] };

const DEFAULT_POSITION_ERROR_M = 10;
const DEFAULT_TOLERANCE_M = 5;
const DEFAULT_LIMITS: SlopeLimits = { climbGradient: 0.3, descentGradient: 0.3 };

/** More samples than this on one path only cost time: 100 km at 10 m. */
const MOST_SAMPLES = 10_000;

/** Climb and descent of an aircraft at cruise speed, as rise over run. */
export function slopeLimitsOf(profile: AircraftProfile): SlopeLimits {
  return {
    climbGradient: profile.climbSpeedMps / profile.cruiseSpeedMps,
    descentGradient: profile.descentSpeedMps / profile.cruiseSpeedMps,
  };
}

/**
 * Gives a path explicit heights over known ground. Every height is at least what was asked above the highest ground
 * within the position error; climbs begin as early as the aircraft needs; as few waypoints as possible are added while
 * no stretch is more than `toleranceM` higher than it must be. Actions stay at their points.
 *
 * A path above terrain is lifted over the ground; one above home or AMSL is kept where it is high enough and lifted
 * where it is not. Deterministic; never throws for bad input.
 */
export function followTerrain(
  path: PatternPath,
  elevation: ElevationModel,
  options: FollowTerrainOptions,
): FollowTerrainResult {
  const fault = faultOf(path, options);
  if (fault !== null) return { kind: 'refused', issues: [fault] };
  const positionErrorM = options.positionErrorM ?? DEFAULT_POSITION_ERROR_M;
  const stepM = Math.max(1, elevation.spacingM / 2, path.lengthM / MOST_SAMPLES);
  const ground = groundAlong(path.points, elevation, { stepM, positionErrorM });
  if (ground.kind === 'unknown') return { kind: 'refused', issues: [unknownGround(ground.at, ground.point)] };
  const asked = askedHeights(path, options);
  const limits = options.limits ?? DEFAULT_LIMITS;
  const alongM = ground.samples.map((sample) => sample.alongM);
  const lowest = flyableHeights(
    alongM,
    ground.samples.map((sample) => neededAt(sample, asked)),
    limits,
  );
  const corridor = ground.samples.map((sample, i): CorridorSample => {
    const lowestM = lowest[i] as number;
    return {
      alongM: sample.alongM,
      lowestM,
      highestM: lowestM + (options.toleranceM ?? DEFAULT_TOLERANCE_M),
      isFree: sample.legFraction === 0,
    };
  });
  const breaks =
    fewestBreaks(corridor, limits) ?? corridor.map((sample, i) => ({ sample: i, heightM: sample.lowestM }));
  const points = breaks.map((stop) => toPoint(stop, ground.samples[stop.sample] as GroundSample, path));
  const proof = proveClearance(points, elevation, {
    positionErrorM,
    askedM: (point, fraction) => askedClearance(points, path, asked, point, fraction),
  });
  const issues = judge(points, proof, options.maxAboveTerrainM ?? null);
  if (proof === null || issues.length > 0) return { kind: 'refused', issues };
  return {
    kind: 'ok',
    path: {
      points: points.map(({ amslM, lonDeg, latDeg, actions }) => ({
        lonDeg,
        latDeg,
        heightM: outputHeight(amslM, options),
        actions,
      })),
      heightM: outputHeight(points[0]?.amslM ?? 0, options),
      datum: options.output,
      lengthM: path.lengthM,
      warnings: path.warnings,
    },
    proof,
    addedPoints: points.filter((point) => point.source === null).length,
    sourcePoints: points.map((point) => point.source),
  };
}

/** A point of the result while it is being made. */
interface HeightPoint extends PathPoint {
  readonly amslM: number;
  /** Index of the path's own point; null when added. */
  readonly source: number | null;
  /** The path's leg on which the point lies. */
  readonly leg: number;
  readonly legFraction: number;
}

/** What was asked at each point: metres over the ground, and an AMSL height that must not be gone below. */
interface Asked {
  readonly clearanceM: readonly number[];
  readonly amslM: readonly (number | null)[];
}

function askedHeights(path: PatternPath, options: FollowTerrainOptions): Asked {
  const heights = path.points.map((point) => point.heightM ?? path.heightM);
  if (path.datum === 'above-terrain') return { clearanceM: heights, amslM: heights.map(() => null) };
  const zeroM = path.datum === 'above-home' ? (options.homeAmslM ?? 0) : 0;
  return {
    clearanceM: heights.map(() => options.leastClearanceM ?? 0),
    amslM: heights.map((height) => height + zeroM),
  };
}

function neededAt(sample: GroundSample, asked: Asked): number {
  const clearance = between(asked.clearanceM, sample.point, sample.legFraction) ?? 0;
  const fixed = between(asked.amslM, sample.point, sample.legFraction);
  return Math.max(sample.groundM + clearance, fixed ?? Number.NEGATIVE_INFINITY);
}

function between(values: readonly (number | null)[], leg: number, fraction: number): number | null {
  const a = values[leg] ?? null;
  const b = values[leg + 1] ?? null;
  if (a === null || b === null || fraction === 0) return a;
  return a + (b - a) * fraction;
}

/** Clearance asked for on the result's leg from `point`, for the proof. */
function askedClearance(
  points: readonly HeightPoint[],
  path: PatternPath,
  asked: Asked,
  point: number,
  fraction: number,
): number {
  const from = points[point];
  const to = points[point + 1];
  if (from === undefined) return 0;
  const end = to === undefined ? from.legFraction : to.leg === from.leg ? to.legFraction : 1;
  const leg = Math.min(from.leg, path.points.length - 1);
  return between(asked.clearanceM, leg, from.legFraction + (end - from.legFraction) * fraction) ?? 0;
}

function toPoint(stop: ProfileBreak, sample: GroundSample, path: PatternPath): HeightPoint {
  const own = sample.legFraction === 0 ? path.points[sample.point] : undefined;
  return {
    lonDeg: sample.lonDeg,
    latDeg: sample.latDeg,
    heightM: null,
    // Autopilots hold centimetres: upwards, so that rounding never costs clearance.
    amslM: Math.ceil(stop.heightM * 100 - 1e-5) / 100,
    actions: own?.actions ?? [],
    source: own === undefined ? null : sample.point,
    leg: sample.point,
    legFraction: sample.legFraction,
  };
}

function outputHeight(amslM: number, options: FollowTerrainOptions): number {
  const zeroM = options.output === 'above-home' ? (options.homeAmslM ?? 0) : 0;
  return Math.ceil((amslM - zeroM) * 100 - 1e-5) / 100;
}

function judge(
  points: readonly HeightPoint[],
  proof: ClearanceProof | null,
  maxAboveTerrainM: number | null,
): PlanIssue[] {
  const first = points[0];
  if (proof === null) return first === undefined ? [] : [unknownGround(first, 0)];
  const issues: PlanIssue[] = [];
  const { worst, highest } = proof;
  if (worst.clearanceM < worst.askedM - 1e-4) {
    issues.push(
      planIssue(
        'terrain.too-low',
        `The path is ${round(worst.clearanceM)} m above the ground after point ${worst.point}; ${round(worst.askedM)} m are asked.`,
        {
          point: worst.point,
          clearanceM: round(worst.clearanceM),
          askedM: round(worst.askedM),
          lonDeg: worst.at.lonDeg,
          latDeg: worst.at.latDeg,
        },
      ),
    );
  }
  if (maxAboveTerrainM !== null && highest.aboveTerrainM > maxAboveTerrainM + 1e-4) {
    issues.push(aboveLimit(highest, maxAboveTerrainM));
  }
  return issues;
}

/** The issue for a place where a path is too high above the ground below. */
export function aboveLimit(
  highest: { readonly point: number; readonly aboveTerrainM: number; readonly at: LonLat },
  limitM: number,
): PlanIssue {
  return planIssue(
    'terrain.above-limit',
    `The path is ${round(highest.aboveTerrainM)} m above the ground after point ${highest.point}; the limit is ${limitM} m. Fly lower, or climb less steeply.`,
    {
      point: highest.point,
      heightM: round(highest.aboveTerrainM),
      limitM,
      lonDeg: highest.at.lonDeg,
      latDeg: highest.at.latDeg,
    },
  );
}

/** The issue for a place of which no elevation file tells the height. */
export function unknownGround(at: LonLat, point: number): PlanIssue {
  return planIssue(
    'terrain.unknown-ground',
    `The height of the ground at ${at.latDeg.toFixed(5)}, ${at.lonDeg.toFixed(5)} (after point ${point}) is not known. Add the elevation file that covers it, or plan without terrain.`,
    { point, lonDeg: at.lonDeg, latDeg: at.latDeg },
  );
}

/** Numbers that must be finite and not negative, points on the Earth, and a home height where one is needed. */
function faultOf(path: PatternPath, options: FollowTerrainOptions): PlanIssue | null {
  const bad = (field: string, value: unknown): PlanIssue =>
    planIssue('plan.bad-request', `${field} is ${String(value)}.`, { field, value: String(value) });
  if (path.points.length === 0) return bad('points', 'none');
  for (const [k, point] of path.points.entries()) {
    const height = point.heightM ?? path.heightM;
    if (!Number.isFinite(height)) return bad(`points[${k}].heightM`, height);
    if (!(Math.abs(point.lonDeg) <= 180)) return bad(`points[${k}].lonDeg`, point.lonDeg);
    if (!(Math.abs(point.latDeg) <= 89)) return bad(`points[${k}].latDeg`, point.latDeg);
  }
  const needsHome = options.output === 'above-home' || path.datum === 'above-home';
  if (needsHome && !Number.isFinite(options.homeAmslM)) return bad('homeAmslM', options.homeAmslM);
  const { leastClearanceM, positionErrorM, toleranceM, limits } = options;
  const figures = { leastClearanceM, positionErrorM, toleranceM };
  for (const [field, value] of Object.entries(figures)) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) return bad(field, value);
  }
  for (const [field, value] of Object.entries(limits ?? {})) {
    if (!(Number.isFinite(value) && value > 0)) return bad(`limits.${field}`, value);
  }
  return null;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
