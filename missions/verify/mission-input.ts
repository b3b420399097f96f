import type { MultiPolygon, Polygon } from 'geojson';
import type { MissionPlan } from '../mission-item.ts';
import type { AircraftProfile, AirspaceZone, ElevationModel, LonLat, Wind } from '../model.ts';
import type { Autopilot, VehicleClass } from './mission-commands.ts';

export interface MissionHome {
  readonly position: LonLat;
  /** Ground height; null: taken from the elevation model, when there is one. */
  readonly elevationAmslM: number | null;
}

/** One mission as it lies ready for upload, and the aircraft that will fly it. */
export interface FlownMission {
  /** Exactly what is uploaded, without the autopilot's home slot. */
  readonly plan: MissionPlan;
  readonly autopilot: Autopilot;
  readonly vehicleClass: VehicleClass;
  readonly home: MissionHome;
  readonly profile: AircraftProfile;
  /** Arming, epoch milliseconds; null: not known (every zone then counts as active). */
  readonly startMs: number | null;
  /**
   * Height above home of the autopilot's return (ArduPilot RTL_ALT, PX4 RTL_RETURN_ALT), metres. Default: theirs,
   * 15 and 60.
   */
  readonly returnHeightM?: number;
}

export interface ActivePlan extends FlownMission {
  readonly planId: string;
}

/** What the mission is to see. */
export interface MissionArea {
  readonly geometry: Polygon | MultiPolygon;
  /**
   * Items between which the flight has to stay inside, both ends included; the ways out and home are not in them.
   * Null: from the first to the last waypoint.
   */
  readonly ranges: readonly { readonly first: number; readonly last: number }[] | null;
  /** Width that the camera sees, metres; null: staying inside is asked, seeing everything is not. */
  readonly swathWidthM: number | null;
}

/** Every limit has a default; null switches the check off and the report says so. */
export interface MissionLimits {
  /** Least and greatest height above home between take-off and landing. Default 1 and 120 m; null with terrain. */
  readonly minAboveHomeM?: number | null;
  readonly maxAboveHomeM?: number | null;
  /** Default 120 m (the usual legal ceiling). */
  readonly maxAboveTerrainM?: number | null;
  /** Default 10 m; not asked of the autopilot's own return within 100 m of where it lands. */
  readonly minClearanceM?: number | null;
  /** Longest leg; default 10 km. */
  readonly maxLegM?: number;
  /** Farthest from home; default 20 km. */
  readonly maxRangeM?: number;
  /** Default 0.5–25 m/s. */
  readonly minSpeedMps?: number;
  readonly maxSpeedMps?: number;
  /** What the airframe can do against the wind; default half as much again as its cruise speed. */
  readonly maxAirspeedMps?: number;
  /** Battery left at touch-down, 0–1; default the profile's. */
  readonly reserveFraction?: number;
  /** Least covered share of the area; default 0.99. */
  readonly minCoverageFraction?: number;
  /** Aircraft nearer than both of these at once are too near; default 30 and 8 m. */
  readonly separationHorizontalM?: number;
  readonly separationVerticalM?: number;
  /** Kept away from no-fly and privacy zones on top of their outlines; default 0. */
  readonly zoneMarginM?: number;
  /** Privacy zones into which this mission may look (a warrant, an incident). Default none. */
  readonly privacyAllowed?: readonly string[];
  /** Longest flight; default 6 h. */
  readonly maxDurationS?: number;
}

export interface VerifyMissionInput extends FlownMission {
  readonly area: MissionArea | null;
  readonly zones: readonly AirspaceZone[];
  readonly elevation: ElevationModel | null;
  /** Null: not known, counted as calm. */
  readonly wind: Wind | null;
  /** Battery now, 0–1. */
  readonly batteryFraction: number;
  readonly otherPlans: readonly ActivePlan[];
  readonly limits?: MissionLimits;
}

export interface ResolvedLimits {
  readonly minAboveHomeM: number | null;
  readonly maxAboveHomeM: number | null;
  readonly maxAboveTerrainM: number | null;
  readonly minClearanceM: number | null;
  readonly maxLegM: number;
  readonly maxRangeM: number;
  readonly minSpeedMps: number;
  readonly maxSpeedMps: number;
  readonly maxAirspeedMps: number;
  readonly reserveFraction: number;
  readonly minCoverageFraction: number;
  readonly separationHorizontalM: number;
  readonly separationVerticalM: number;
  readonly zoneMarginM: number;
  readonly privacyAllowed: readonly string[];
  readonly maxDurationS: number;
}

export function resolveLimits(input: VerifyMissionInput): ResolvedLimits {
  const hasTerrain = input.elevation !== null;
  const defaults: ResolvedLimits = {
    minAboveHomeM: hasTerrain ? null : 1,
    maxAboveHomeM: hasTerrain ? null : 120,
    maxAboveTerrainM: 120,
    minClearanceM: 10,
    maxLegM: 10_000,
    maxRangeM: 20_000,
    minSpeedMps: 0.5,
    maxSpeedMps: 25,
    maxAirspeedMps: 1.5 * input.profile.cruiseSpeedMps,
    reserveFraction: input.profile.reserveFraction,
    minCoverageFraction: 0.99,
    separationHorizontalM: 30,
    separationVerticalM: 8,
    zoneMarginM: 0,
    privacyAllowed: [],
    maxDurationS: 6 * 3600,
  };
  return { ...defaults, ...input.limits };
}

/** A figure of the request without which nothing can be flown on paper; null when all are usable. */
export function requestFault(input: VerifyMissionInput): string | null {
  const { profile, wind, batteryFraction, startMs, returnHeightM = 15 } = input;
  const positive: readonly (keyof AircraftProfile)[] = [
    'cruiseSpeedMps',
    'climbSpeedMps',
    'descentSpeedMps',
    'batteryCapacityWh',
    'hoverPowerW',
    'cruisePowerW',
    'climbPowerW',
  ];
  for (const field of positive) {
    const value = profile[field];
    if (!(Number.isFinite(value) && value > 0)) return `the aircraft's ${field} is ${value}`;
  }
  if (wind !== null && !(Number.isFinite(wind.fromDeg) && Number.isFinite(wind.speedMps))) {
    return 'the wind is no number';
  }
  if (!(batteryFraction >= 0)) return `the battery level is ${batteryFraction}`;
  if (startMs !== null && !Number.isFinite(startMs)) return 'the start is no time';
  return Number.isFinite(returnHeightM) ? null : 'the height of the return is no number';
}
