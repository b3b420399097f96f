import type { Base, WayFinder } from '../model/airspace.ts';
import type { LonLat, PlanIssue } from '../model/basics.ts';

/**
 * What a persistent patrol visits again and again. A point cell has `entry` equal to `exit` and `serviceM` as the
 * way flown inside; a cell with a coverage path has the path's two ends and its length. The path may be flown in
 * either direction.
 */
export interface PatrolCell {
  readonly cellId: string;
  readonly entry: LonLat;
  readonly exit: LonLat;
  /** Way flown inside the cell at cruise speed, metres, ≥ 0. */
  readonly serviceM: number;
  /** Time spent inside on top of it (corners, dwelling), seconds, ≥ 0. */
  readonly dwellS: number;
  /** How much an hour without a visit counts here, > 0. Rounded to a power of two times a common factor. */
  readonly weight: number;
}

export interface PatrolDrone {
  readonly vehicleId: string;
  /** Where it stands and charges. */
  readonly baseId: string;
  readonly cruiseSpeedMps: number;
  /** Time in the air that a full battery gives above the reserve, seconds. */
  readonly enduranceS: number;
  /** Charging from the reserve to full, seconds; half a flight takes half of it. 0: batteries are swapped. */
  readonly rechargeS: number;
  /** Climb to and descent from the patrol height over the base, seconds each; both count as time in the air. */
  readonly launchS: number;
  readonly landS: number;
  /** Handling on the ground after every flight, before charging begins, seconds. */
  readonly turnaroundS: number;
}

export interface PersistentRequest {
  readonly cells: readonly PatrolCell[];
  readonly drones: readonly PatrolDrone[];
  readonly bases: readonly Base[];
  /** First take-off, seconds on the caller's clock; every time in a schedule is on that clock. */
  readonly startS: number;
  /** How far ahead sorties are written out; `extendSchedule` goes on from there. */
  readonly horizonS: number;
  /** Ways round zones; null: straight lines. */
  readonly ways: WayFinder | null;
  /** Steps of the route search for each cell; more is better and slower. Default 600, and at least 300,000 in all. */
  readonly searchStepsPerCell?: number;
  /** Seed of the search; the same request gives the same schedule. */
  readonly seed?: number;
}

/** A place and a time in a flight. `cellId` is set on the two points between which a cell is served. */
export interface SortieWaypoint {
  readonly position: LonLat;
  readonly arriveS: number;
  readonly leaveS: number;
  readonly cellId: string | null;
}

export interface CellVisit {
  readonly cellId: string;
  readonly arriveS: number;
  readonly leaveS: number;
}

/** How a sortie ends: at its base as planned, cut short at another base, called away, or lost with its drone. */
export type SortieEnd = 'planned' | 'diverted' | 'taken' | 'lost';

/** One flight of one drone: who flies it and when. Times in seconds on the request's clock. */
export interface ScheduledSortie {
  readonly sortieId: string;
  readonly vehicleId: string;
  readonly crewId: string;
  /** The rotation that it is part of: a crew gets a new one when its plan changes. */
  readonly rotationId: string;
  /** Place in the rotation; -1: a ferry flight to another base. */
  readonly slot: number;
  readonly fromBaseId: string;
  /** Null when it ended in the air: lost, or taken by an incident. */
  readonly toBaseId: string | null;
  readonly startS: number;
  /** At the first cell, and leaving the last one. Equal to `startS` and `backS` when no cell is served. */
  readonly onStationS: number;
  readonly offStationS: number;
  readonly backS: number;
  /** From here on the battery is full again. */
  readonly chargeUntilS: number;
  readonly lengthM: number;
  /** Share of the usable battery (above the reserve) that the flight takes, 0–1. */
  readonly usedFraction: number;
  readonly visits: readonly CellVisit[];
  /** Base, cells, base; with the corners of ways round zones between them. */
  readonly waypoints: readonly SortieWaypoint[];
  readonly end: SortieEnd;
}

/**
 * Drones of one type at one base and the rotation they share. `segments` is the rotation in nested form: for each
 * group of slots the part flown in every frame, then the parts of every 2nd, every 4th … frame; a number is twice
 * the index of the cell, plus one when it is flown from exit to entry.
 */
export interface CrewPattern {
  readonly crewId: string;
  readonly rotationId: string;
  readonly baseId: string;
  readonly vehicleIds: readonly string[];
  readonly frames: number;
  readonly groups: number;
  readonly segments: readonly (readonly number[])[];
  /** Start of each group's sortie in a frame, and the length of a frame, seconds. */
  readonly offsetsS: readonly number[];
  readonly frameS: number;
  /** Time until the whole rotation begins anew: `frameS · frames`. */
  readonly cycleS: number;
  /** Slot with which this rotation begins, and its earliest start. */
  readonly firstSlot: number;
  readonly firstStartS: number;
}

/** A drone that is not on the schedule before `readyS`. */
export interface DroneReadiness {
  readonly vehicleId: string;
  readonly readyS: number;
}

/** What a cell can count on while nothing changes. */
export interface CellPromise {
  readonly cellId: string;
  readonly crewId: string;
  readonly weight: number;
  /** Planned time from one visit to the next, seconds. */
  readonly intervalS: number;
}

export interface UnservedCell {
  readonly cellId: string;
  readonly reason: 'too-far' | 'no-way' | 'no-drone';
  /** Time in the air that serving it alone takes from the nearest base, and the most that a drone has; seconds. */
  readonly needS: number | null;
  readonly haveS: number | null;
}

/** Lower bounds of the worst weighted idleness, by name; see bound.ts. Seconds. */
export interface IdlenessBounds {
  /** Σ φ(s + d_nn/v)/(k·η). */
  readonly densityS: number;
  /** The same with half the sum of the two cheapest legs of a cell in place of the nearest one. */
  readonly twoNeighbourS: number;
  /** Σ φ·s·B/(B − 2τ)/(k·η): no flight serves more than what its battery leaves after the way out and back. */
  readonly radialS: number;
  /** The greatest of them. */
  readonly bestS: number;
}

/** Immutable: a change gives a new schedule and shares what stayed. */
export interface PersistentSchedule {
  readonly request: PersistentRequest;
  /** Drones on patrol now, with the base each belongs to now. */
  readonly drones: readonly PatrolDrone[];
  readonly readiness: readonly DroneReadiness[];
  readonly closedBaseIds: readonly string[];
  /** Drones of a base take turns in one rotation; false: each has its own. The planner takes what is better. */
  readonly sharedRotations: boolean;
  readonly crews: readonly CrewPattern[];
  readonly promises: readonly CellPromise[];
  readonly unserved: readonly UnservedCell[];
  /** In order of start. */
  readonly sorties: readonly ScheduledSortie[];
  readonly untilS: number;
  /** Worst weighted time between visits while nothing changes, seconds: max φ·interval. */
  readonly worstWeightedIdlenessS: number;
  readonly bounds: IdlenessBounds;
  /** With an `error` among them nothing may be flown. */
  readonly issues: readonly PlanIssue[];
}

export type PatrolEvent =
  /** No contact, crashed, grounded: whatever it was flying ends now. */
  | { readonly kind: 'drone-lost'; readonly vehicleId: string }
  /** An incident takes it away; `drone-back` brings it again. */
  | { readonly kind: 'drone-taken'; readonly vehicleId: string }
  /** On its base (or another) and charged at `readyS`; also for a drone that joins for the first time. */
  | { readonly kind: 'drone-back'; readonly drone: PatrolDrone; readonly readyS: number }
  | { readonly kind: 'base-closed'; readonly baseId: string }
  | { readonly kind: 'weights-changed'; readonly weights: readonly CellWeight[] };

export interface CellWeight {
  readonly cellId: string;
  readonly weight: number;
}

/** A cell whose weighted interval changed by more than 1 %. */
export interface CellChange {
  readonly cellId: string;
  readonly fromCrewId: string | null;
  readonly toCrewId: string | null;
  readonly beforeS: number | null;
  readonly afterS: number | null;
}

export interface ReplanResult {
  readonly schedule: PersistentSchedule;
  readonly event: PatrolEvent;
  /** Crews whose rotation was changed; all others fly on as they did, sortie by sortie. */
  readonly changedCrewIds: readonly string[];
  /** Cells that another crew serves now. */
  readonly moved: readonly CellChange[];
  /** Cells visited less often than before, worst first; and those visited more often. */
  readonly worse: readonly CellChange[];
  readonly better: readonly CellChange[];
  /** Cells of a flight that ended early which were not visited on it. */
  readonly missed: readonly string[];
  /** Planned sorties that were taken back, kept and newly written from now to the schedule's end. */
  readonly sortiesDropped: number;
  readonly sortiesKept: number;
  readonly sortiesAdded: number;
  readonly issues: readonly PlanIssue[];
}
