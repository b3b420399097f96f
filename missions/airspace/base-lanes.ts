import {
  createFrame,
  type LocalFrame,
  lonLatToMm,
  mmToLonLat,
  type PointMm,
  type Region,
} from '../geo/frame.ts';
import { intersect } from '../geo/region.ts';
import type { Base, LonLat, PlanIssue, WayFinder } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { checkZones, nameOf } from './check-zones.ts';
import { type GrownZone, growZone } from './grown-zone.ts';
import { type AirspaceRequest, checkAirspaceRequest, marginOf } from './request.ts';
import type { HeightRange } from './zone-heights.ts';
import { zonesInForce } from './zones-in-force.ts';

/** A fixed way out of or into a base. All heights are above home. */
export interface BaseLane {
  readonly laneId: string;
  readonly use: 'departure' | 'arrival';
  /** From the base outwards, clockwise from true north, 0–360. */
  readonly bearingDeg: number;
  /** From the base to the outer end (the gate), metres; longer than the column radius. */
  readonly lengthM: number;
  /** Heights at which the lane may be flown, lowest first; empty: every height. */
  readonly levelsM: readonly number[];
}

/**
 * How drones leave and reach a base. Each lane has a column of its own, `columnRadiusM` out along it: a departing drone
 * rises from its pad to `hopHeightM`, moves over to the column, climbs there to its height and flies out to the gate;
 * an arriving one comes back the same way on another lane. Heights change nowhere else, and as departure and arrival
 * lanes have different bearings, one drone can climb while another descends.
 */
export interface BaseProcedure {
  readonly base: Base;
  readonly columnRadiusM: number;
  readonly hopHeightM: number;
  /** Free width needed to each side of a lane and round a column, metres. */
  readonly halfWidthM: number;
  readonly lanes: readonly BaseLane[];
}

export interface LanePoint extends LonLat {
  /** Above home. */
  readonly heightM: number;
}

/** A lane that may be flown: in flying order, from the pad to the gate or from the gate to the pad. */
export interface OpenLane {
  readonly lane: BaseLane;
  readonly points: readonly LanePoint[];
  readonly gate: LonLat;
}

export interface LanesAtHeight {
  readonly open: readonly OpenLane[];
  /** One reason for each lane that is not offered. */
  readonly issues: readonly PlanIssue[];
}

/** What lanes need to know of the airspace: a request without the heights, which are the lanes' own. */
export type LaneAirspace = Omit<AirspaceRequest, 'heightM' | 'datum' | 'boundary'>;

/** The first and the last part of a sortie at a base. Null where no lane is open: `issues` says why. */
export interface SortieGates {
  readonly departure: OpenLane | null;
  readonly arrival: OpenLane | null;
  readonly issues: readonly PlanIssue[];
}

/**
 * The lanes of a base that are open to a sortie at `heightM` above home during the span of `airspace`. Take-off and
 * landing pass below the floor of an altitude zone, as they must; its ceiling and no-fly zones hold everywhere.
 */
export function lanesAt(procedure: BaseProcedure, airspace: LaneAirspace, heightM: number): LanesAtHeight {
  const faults = [
    ...checkProcedure(procedure, heightM),
    ...checkZones(airspace.zones),
    ...checkAirspaceRequest({ ...airspace, heightM, datum: 'above-home' }),
  ].filter((issue) => issue.severity === 'error');
  if (faults.length > 0) return { open: [], issues: faults };
  const frame = createFrame(procedure.base.position);
  const open: OpenLane[] = [];
  const issues: PlanIssue[] = [];
  for (const lane of procedure.lanes) {
    const points = pointsOf(procedure, lane, heightM, frame);
    const reason = levelFault(lane, heightM) ?? zoneFault(procedure, lane, airspace, heightM, frame);
    if (reason !== null) issues.push(reason);
    else {
      const flown = lane.use === 'departure' ? points : points.toReversed();
      open.push({ lane, points: flown, gate: points[points.length - 1] as LanePoint });
    }
  }
  return { open, issues };
}

/**
 * Entry and exit of a sortie: of the open lanes the one with the shortest way from its gate to where the work begins,
 * and from where it ends to the gate of an arrival lane. Without `ways` the straight distance counts.
 */
export function sortieGates(
  procedure: BaseProcedure,
  airspace: LaneAirspace,
  sortie: {
    readonly heightM: number;
    readonly firstPoint: LonLat;
    readonly lastPoint: LonLat;
    readonly ways: WayFinder | null;
  },
): SortieGates {
  const { open, issues } = lanesAt(procedure, airspace, sortie.heightM);
  const frame = createFrame(procedure.base.position);
  const best = (use: BaseLane['use'], target: LonLat): OpenLane | null => {
    let chosen: OpenLane | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const entry of open) {
      if (entry.lane.use !== use) continue;
      const way = wayLengthM(frame, entry.gate, target, sortie.ways);
      if (way !== null && way + entry.lane.lengthM < least) {
        least = way + entry.lane.lengthM;
        chosen = entry;
      }
    }
    return chosen;
  };
  const departure = best('departure', sortie.firstPoint);
  const arrival = best('arrival', sortie.lastPoint);
  const missing = (use: BaseLane['use']): PlanIssue =>
    planIssue(
      'airspace.no-lane',
      `${procedure.base.name} has no open ${use} lane for a flight at ${sortie.heightM} m.`,
      { baseId: procedure.base.baseId, use },
    );
  return {
    departure,
    arrival,
    issues: [
      ...issues,
      ...(departure === null ? [missing('departure')] : []),
      ...(arrival === null ? [missing('arrival')] : []),
    ],
  };
}

/**
 * Bearings for lanes that keep arriving and departing drones apart: `count` lanes evenly round the base, departures
 * and arrivals alternating, so that neighbouring columns are 2·r·sin(π/count) apart.
 */
export function evenLanes(count: number, firstBearingDeg: number, lengthM: number): BaseLane[] {
  return Array.from({ length: count }, (_, i) => {
    const use = i % 2 === 0 ? 'departure' : 'arrival';
    return {
      laneId: `${use}-${Math.floor(i / 2) + 1}`,
      use,
      bearingDeg: (firstBearingDeg + (360 * i) / count) % 360,
      lengthM,
      levelsM: [],
    };
  });
}

function wayLengthM(frame: LocalFrame, from: LonLat, to: LonLat, ways: WayFinder | null): number | null {
  if (ways !== null) return ways.way(from, to)?.lengthM ?? null;
  const a = lonLatToMm(frame, from);
  const b = lonLatToMm(frame, to);
  return Math.hypot(b.x - a.x, b.y - a.y) / 1000;
}

/** A point `outM` metres from the base along a lane. */
function along(lane: BaseLane, outM: number): PointMm {
  const bearing = (lane.bearingDeg * Math.PI) / 180;
  return { x: Math.round(Math.sin(bearing) * outM * 1000), y: Math.round(Math.cos(bearing) * outM * 1000) };
}

/** Pad, hop, foot and top of the column, gate. */
function pointsOf(procedure: BaseProcedure, lane: BaseLane, heightM: number, frame: LocalFrame): LanePoint[] {
  const pad = procedure.base.position;
  const column = mmToLonLat(frame, along(lane, procedure.columnRadiusM));
  const gate = mmToLonLat(frame, along(lane, lane.lengthM));
  return [
    { ...pad, heightM: 0 },
    { ...pad, heightM: procedure.hopHeightM },
    { ...column, heightM: procedure.hopHeightM },
    { ...column, heightM },
    { ...gate, heightM },
  ];
}

const LEVEL_TOLERANCE_M = 0.05;

function levelFault(lane: BaseLane, heightM: number): PlanIssue | null {
  if (lane.levelsM.length === 0) return null;
  if (lane.levelsM.some((level) => Math.abs(level - heightM) <= LEVEL_TOLERANCE_M)) return null;
  return planIssue(
    'airspace.lane-level',
    `The lane ${lane.laneId} is flown at ${lane.levelsM.join(', ')} m, not at ${heightM} m.`,
    { laneId: lane.laneId, heightM },
  );
}

/** The first zone that closes a lane, looked for where the drone is at each range of heights. */
function zoneFault(
  procedure: BaseProcedure,
  lane: BaseLane,
  airspace: LaneAirspace,
  heightM: number,
  frame: LocalFrame,
): PlanIssue | null {
  const { hopHeightM, columnRadiusM, halfWidthM } = procedure;
  const column = along(lane, columnRadiusM);
  const gate = along(lane, lane.lengthM);
  const pad = { x: 0, y: 0 };
  const parts: { from: PointMm; to: PointMm; heights: HeightRange; climbing: boolean }[] = [
    { from: pad, to: column, heights: { lowM: 0, highM: hopHeightM }, climbing: true },
    {
      from: column,
      to: column,
      heights: { lowM: Math.min(hopHeightM, heightM), highM: heightM },
      climbing: true,
    },
    { from: column, to: gate, heights: { lowM: heightM, highM: heightM }, climbing: false },
  ];
  for (const part of parts) {
    const corridor = corridorOf(part.from, part.to, halfWidthM * 1000);
    for (const { zone, region } of closing(airspace, part.heights, part.climbing, frame)) {
      if (intersect(corridor, region).length === 0) continue;
      return planIssue(
        'airspace.lane-blocked',
        `The lane ${lane.laneId} is closed: ${nameOf(zone)} is in its way at ${part.heights.highM} m.`,
        { laneId: lane.laneId, zone: nameOf(zone), heightM: part.heights.highM },
      );
    }
  }
  return null;
}

function closing(
  airspace: LaneAirspace,
  heights: HeightRange,
  climbing: boolean,
  frame: LocalFrame,
): GrownZone[] {
  const zones = climbing
    ? airspace.zones.map((zone) => (zone.kind === 'altitude' ? { ...zone, floorM: null } : zone))
    : airspace.zones;
  const { blocking } = zonesInForce({ ...airspace, zones, heightM: heights, datum: 'above-home' });
  return blocking.map((zone) => growZone(frame, zone, marginOf(airspace, zone.kind)));
}

/** A rectangle round a straight way, `half` to every side; a square round a point. */
function corridorOf(from: PointMm, to: PointMm, half: number): Region {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const ux = length === 0 ? 1 : (to.x - from.x) / length;
  const uy = length === 0 ? 0 : (to.y - from.y) / length;
  const corner = (p: PointMm, ahead: number, left: number): PointMm => ({
    x: Math.round(p.x + (ux * ahead - uy * left) * half),
    y: Math.round(p.y + (uy * ahead + ux * left) * half),
  });
  return [[corner(from, -1, -1), corner(to, 1, -1), corner(to, 1, 1), corner(from, -1, 1)]];
}

function checkProcedure(procedure: BaseProcedure, heightM: number): PlanIssue[] {
  const { base, columnRadiusM, hopHeightM, halfWidthM } = procedure;
  const limits: [laneId: string, field: string, value: number, least: number, most: number][] = [
    ['', 'lonDeg', base.position.lonDeg, -180, 180],
    ['', 'latDeg', base.position.latDeg, -89, 89],
    ['', 'columnRadiusM', columnRadiusM, 0, 1000],
    ['', 'halfWidthM', halfWidthM, 0.5, 500],
    ['', 'hopHeightM', hopHeightM, 0, heightM],
    ...procedure.lanes.flatMap((lane): [string, string, number, number, number][] => [
      [lane.laneId, 'bearingDeg', lane.bearingDeg, 0, 360],
      [lane.laneId, 'lengthM', lane.lengthM, Math.max(1, columnRadiusM), 10_000],
      ...lane.levelsM.map((level): [string, string, number, number, number] => [
        lane.laneId,
        'levelsM',
        level,
        hopHeightM,
        10_000,
      ]),
    ]),
  ];
  return limits
    .filter(([, , value, least, most]) => !(Number.isFinite(value) && value >= least && value <= most))
    .map(([laneId, field, value, least, most]) =>
      planIssue(
        'airspace.bad-lane',
        `${laneId === '' ? base.name : `The lane ${laneId} of ${base.name}`}: ${field} is ${value}; it must be ${least} to ${most}.`,
        { baseId: base.baseId, laneId, field, value: String(value) },
      ),
    );
}
