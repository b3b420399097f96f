import type { MultiPolygon, Polygon } from 'geojson';
import type { MissionPlan } from './mission-item.ts';
import type { AircraftProfile } from './model/aircraft.ts';
import type { AirspaceZone } from './model/airspace.ts';
import type { IssueSeverity, LonLat, PlanIssue } from './model/basics.ts';
import type { BaseOffer, FlightConditions } from './model/fleet.ts';

export type * from './model/aircraft.ts';
export type * from './model/airspace.ts';
export type * from './model/basics.ts';
export type * from './model/coverage.ts';
export type * from './model/fleet.ts';
export type * from './model/path.ts';
export type * from './model/terrain.ts';

/** 1 large, 2 small, 3 micro cell of the policing grid. */
export type GridLevel = 1 | 2 | 3;

export interface ResponsiblePerson {
  readonly name: string;
  /** What the person is to the cell: "Grid chief", "社区民警" … free text of the data's owner. */
  readonly role: string;
  readonly phone: string | null;
}

/** One cell of the three-level policing grid, WGS-84, outer rings counter-clockwise (RFC 7946). */
export interface GridCell {
  readonly cellId: string;
  readonly level: GridLevel;
  readonly parentId: string | null;
  /** Name as in the file; `nameEn` when the file has one. */
  readonly name: string;
  readonly nameEn: string | null;
  readonly geometry: Polygon | MultiPolygon;
  readonly areaM2: number;
  readonly centroid: LonLat;
  readonly responsible: readonly ResponsiblePerson[];
  /** Every other property of the feature, kept as it was. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Made-up sample data, not a real district. */
  readonly sample: boolean;
}

/** One finding of the grid reader. `code` is stable and translated by the console; `message` is plain English. */
export interface GridIssue {
  readonly severity: IssueSeverity;
  readonly code: string;
  readonly cellId: string | null;
  /** Index of the feature in the file; null when the finding is about the whole file. */
  readonly featureIndex: number | null;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** `cells` holds what can be used; nothing that was left out is without an issue of severity `error`. */
export interface GridReadResult {
  readonly cells: readonly GridCell[];
  readonly issues: readonly GridIssue[];
}

/** A vehicle offered to the planner. */
export interface PlanVehicle {
  readonly vehicleId: string;
  readonly position: LonLat;
  /** Battery now, 0–1. */
  readonly remainingFraction: number;
  readonly profile: AircraftProfile;
}

export interface PatrolRequest {
  readonly area: Polygon | MultiPolygon;
  /** Candidates; the planner picks the fewest that can do it. Empty: plan for `defaultProfile` from the area itself. */
  readonly vehicles: readonly PlanVehicle[];
  readonly defaultProfile: AircraftProfile;
  /** Height of the lowest layer above home. Sorties flown at once are stacked upwards from here. */
  readonly relativeAltitudeM: number;
  readonly layerSpacingM: number;
  readonly maxRelativeAltitudeM: number;
  /** Heights above home that other aircraft hold now; layers nearer than `layerSpacingM` to one are not used. */
  readonly occupiedAltitudesM: readonly number[];
  /** Share of a swath shared with the neighbouring one, 0–0.9. */
  readonly sideOverlapFraction: number;
  /** Bases at which sorties may end: each lands at the allowed one that is cheapest to reach. Left out: at home. */
  readonly bases?: readonly BaseOffer[];
  /** Wind and temperature to plan for. Left out: calm, rated temperature. */
  readonly conditions?: FlightConditions;
  /** Zones to fly round, and not to look into. Left out: there are none. */
  readonly airspace?: PatrolAirspace;
}

/** The zones that a patrol is planned with. Heights of the patrol are above home. */
export interface PatrolAirspace {
  readonly zones: readonly AirspaceZone[];
  /** Distance kept from zones to the side, metres. */
  readonly marginM: number;
  /** Distance kept from their heights, metres. */
  readonly verticalMarginM: number;
  /** Span during which the patrol may be flown, epoch milliseconds; null: open on that side. */
  readonly fromMs: number | null;
  readonly untilMs: number | null;
  /** Ground height at the homes above sea level; null: not known, or too different to be one figure. */
  readonly homeElevationAmslM: number | null;
}

/** Items of a mission, both ends included. */
export interface ItemRange {
  readonly first: number;
  readonly last: number;
}

/** One planned flight of one vehicle, base to base. */
export interface SortiePlan {
  readonly vehicleId: string | null;
  readonly relativeAltitudeM: number;
  /** The covering part of the flight, in order (without the way out and back). */
  readonly points: readonly LonLat[];
  /** The whole flight from home over `points` and back. */
  readonly route: readonly LonLat[];
  readonly lengthM: number;
  readonly durationS: number;
  readonly energyWh: number;
  /** Share of a full battery that the flight takes, 0–1 (reserve not included). */
  readonly batteryNeedFraction: number;
  /** Where it lands; `null` or left out: at its start. The base is then the plan's rally point, to which it returns. */
  readonly returnBaseId?: string | null;
  /**
   * Items of `plan` between which the area is seen, in order; between two ranges it flies from one part of the area to
   * another. Left out: from the first waypoint to the last.
   */
  readonly coverRanges?: readonly ItemRange[];
  readonly plan: MissionPlan;
}

export interface PatrolPlan {
  readonly swathWidthM: number;
  readonly areaM2: number;
  readonly coverageFraction: number;
  readonly laneDirectionDeg: number | null;
  /** What is covered when zones take a part of the area away. Left out: all of the area. */
  readonly plannedArea?: Polygon | MultiPolygon;
  readonly sorties: readonly SortiePlan[];
  /** With an `error` among them the plan must not be flown. */
  readonly issues: readonly PlanIssue[];
}

/** Verdict of the independent checker (another geometry engine, other code). */
export interface PlanVerdict {
  readonly ok: boolean;
  readonly coverageFraction: number;
  /** Farthest that the covering part of a sortie leaves the area, metres. */
  readonly maxOutsideM: number;
  readonly issues: readonly PlanIssue[];
}
