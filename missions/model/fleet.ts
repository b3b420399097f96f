import type { MultiPolygon, Polygon } from 'geojson';
import type { AircraftProfile } from './aircraft.ts';
import type { Base, WayFinder, Wind } from './airspace.ts';
import type { LonLat, PlanIssue } from './basics.ts';
import type { CoveragePath } from './coverage.ts';

/** What the air does to a flight. `null`: not known, counted as calm air and as a battery at its rated temperature. */
export interface FlightConditions {
  readonly wind: Wind | null;
  readonly airTempC: number | null;
}

/** A base as it is offered to the planner for landing. */
export interface BaseOffer {
  readonly base: Base;
  /** Pads that are not taken, whole number; 0: nobody may land. */
  readonly freePads: number;
  readonly inService: boolean;
}

/** What happens to a drone between two sorties. `none`: it flies once. */
export type Turnaround =
  | { readonly kind: 'none' }
  /** Somebody changes the battery; the next one is full. */
  | { readonly kind: 'swap'; readonly seconds: number }
  /** The energy flown is charged back at this power, at the battery; the next sortie begins full. */
  | { readonly kind: 'charge'; readonly powerW: number; readonly overheadS: number };

/** A drone that shall cover a share of an area. */
export interface FleetDrone {
  readonly vehicleId: string;
  readonly profile: AircraftProfile;
  /** Where it stands and takes off. */
  readonly position: LonLat;
  /** Battery now, 0–1. */
  readonly remainingFraction: number;
  /** Capacity of the (aged) battery as a share of the profile's, 0–1. */
  readonly batteryHealthFraction: number;
  readonly turnaround: Turnaround;
}

/**
 * - `balanced`: one tour over the whole area, cut so that all finish together (the shortest time for the fleet);
 * - `sectors`: each drone gets one connected sector of its own, as large as it can do in the same time.
 */
export type DivisionMode = 'balanced' | 'sectors';

export interface FleetRequest {
  /** What shall be seen; every piece already allowed (inside the fence, zones cut out). At least one. */
  readonly areas: readonly (Polygon | MultiPolygon)[];
  readonly drones: readonly FleetDrone[];
  /** Where they may land. Empty: each returns to where it took off. */
  readonly bases: readonly BaseOffer[];
  /** `nearest`: a sortie ends at the allowed base that is nearest; `home`: at its own start. */
  readonly returnTo: 'home' | 'nearest';
  /** Ways out, back and between parts; `null`: straight. */
  readonly ways: WayFinder | null;
  readonly conditions: FlightConditions;
  readonly mode: DivisionMode;
  /**
   * `thorough` (mode `balanced` only) also tries tours linked of sectors' paths and plans every piece's own ground again.
   * That takes ten times as long and on the benchmark's areas the plain cut won each time. Default `quick`.
   */
  readonly effort?: 'quick' | 'thorough';
  readonly relativeAltitudeM: number;
  readonly layerSpacingM: number;
  readonly maxRelativeAltitudeM: number;
  readonly occupiedAltitudesM: readonly number[];
  readonly sideOverlapFraction: number;
  /** Drones whose sorties come nearer than this to each other in plan get different height layers. Default 50 m. */
  readonly minHorizontalM?: number;
}

/** One flight, base to base, of a longer task. */
export interface FleetSortie {
  readonly vehicleId: string;
  /** 0 for the first flight of this drone. */
  readonly index: number;
  readonly startsAtS: number;
  readonly relativeAltitudeM: number;
  /** `null`: the place where the drone stood. */
  readonly startBaseId: string | null;
  readonly returnBaseId: string | null;
  /** From the start to the first covering point, both included. */
  readonly wayOut: readonly LonLat[];
  /** The covering part. */
  readonly points: readonly LonLat[];
  /** From the last covering point to the landing place, both included. */
  readonly wayBack: readonly LonLat[];
  readonly lengthM: number;
  readonly durationS: number;
  readonly energyWh: number;
  /** What the battery may give above the reserve, Wh. */
  readonly allowedWh: number;
}

export interface FleetShare {
  readonly vehicleId: string;
  readonly sorties: readonly FleetSortie[];
  /** From now to the last touch-down, turnarounds included; 0 for a drone that is not needed. */
  readonly finishS: number;
  /** The drone's own sector (mode `sectors`), otherwise `null`. */
  readonly sector: Polygon | MultiPolygon | null;
}

/** A lower bound and what it says. */
export interface FleetBound {
  readonly name: string;
  readonly value: number;
}

export interface FleetPlan {
  readonly coverage: CoveragePath | null;
  readonly shares: readonly FleetShare[];
  readonly makespanS: number;
  /** Latest finish over the mean finish of the drones that fly; 1 is even. */
  readonly imbalance: number;
  /** No fleet can be faster (simple bound of areas and of the farthest point). */
  readonly makespanBound: FleetBound;
  /** As above, also counting that batteries end. */
  readonly sortieBound: FleetBound;
  readonly issues: readonly PlanIssue[];
}
