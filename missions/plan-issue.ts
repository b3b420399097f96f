import type { IssueSeverity, PlanIssue } from './model.ts';

/** Every code that planner and verifier give, with severity and the keys of `details`. The console translates by code. */
export const PLAN_ISSUE_CODES = {
  // Coverage
  'plan.bad-area': { severity: 'error', details: ['reason'] },
  'plan.empty-area': { severity: 'error', details: ['areaM2'] },
  'plan.bad-swath': { severity: 'error', details: ['swathWidthM'] },
  'plan.area-too-large': { severity: 'error', details: ['areaM2', 'swathWidthM', 'lanesNeeded'] },
  'plan.coverage-low': { severity: 'error', details: ['coveragePct'] },
  'plan.cell-smaller-than-swath': { severity: 'warning', details: ['widthM', 'swathWidthM'] },
  'plan.area-in-parts': { severity: 'warning', details: ['parts'] },
  'plan.crosses-outside': { severity: 'warning', details: ['legs', 'lengthM'] },
  'plan.sliver-skipped': { severity: 'warning', details: ['parts', 'areaM2'] },
  // Patterns: perimeter, corridor, points, orbit, search (missions/pattern)
  'plan.pattern-empty': { severity: 'error', details: ['pattern', 'reason'] },
  'plan.pattern-clipped': { severity: 'warning', details: ['pattern', 'lengthM', 'lostPct'] },
  'plan.piece-unserved': { severity: 'warning', details: ['lengthM', 'reason'] },
  'plan.part-unserved': { severity: 'warning', details: ['areaM2', 'reason'] },
  'plan.inset-empty': { severity: 'warning', details: ['insetM', 'widthM', 'areaM2'] },
  'plan.inset-in-parts': { severity: 'warning', details: ['parts', 'insetM'] },
  'plan.bad-street': { severity: 'error', details: ['streetId', 'reason'] },
  'plan.too-many-streets': { severity: 'error', details: ['streets', 'most'] },
  'plan.streets-merged': { severity: 'warning', details: ['streets', 'lengthM'] },
  'plan.street-unserved': { severity: 'warning', details: ['streetId', 'lengthM', 'reason'] },
  'plan.point-unreachable': { severity: 'warning', details: ['pointId', 'name'] },
  'plan.point-out-of-window': { severity: 'warning', details: ['pointId', 'name', 'latestS'] },
  // Fleet
  'plan.bad-request': { severity: 'error', details: ['field', 'value'] },
  'plan.no-drone-ready': { severity: 'error', details: ['offered'] },
  'plan.not-enough-drones': { severity: 'error', details: ['needed', 'available'] },
  'plan.battery-too-low': { severity: 'error', details: ['vehicleId', 'remainingPct', 'reservePct'] },
  'plan.too-far': { severity: 'error', details: ['vehicleId', 'distanceM', 'needPct', 'availablePct'] },
  'plan.no-height-layer': { severity: 'error', details: ['needed', 'available', 'maxRelativeAltitudeM'] },
  'plan.mission-too-long': { severity: 'error', details: ['vehicleId', 'items', 'capacity'] },
  // Fleet: wind, bases, several sorties, calibration
  'plan.wind-too-strong': { severity: 'error', details: ['leg', 'windMps', 'fromDeg'] },
  'plan.no-base': { severity: 'error', details: ['offered'] },
  'plan.no-way': { severity: 'error', details: ['vehicleId', 'lonDeg', 'latDeg'] },
  'plan.vehicle-in-zone': { severity: 'warning', details: ['vehicleId', 'zone', 'zoneId'] },
  'plan.reserve-low': { severity: 'warning', details: ['vehicleId', 'reservePct', 'defaultPct'] },
  'plan.bad-flight-record': { severity: 'warning', details: ['flight', 'field', 'value'] },
  'plan.calibration-refused': { severity: 'error', details: ['figure', 'value', 'least', 'most'] },
  // Terrain
  'terrain.bad-tile': { severity: 'error', details: ['name', 'reason'] },
  'terrain.unknown-ground': { severity: 'error', details: ['point', 'lonDeg', 'latDeg'] },
  'terrain.above-limit': { severity: 'error', details: ['point', 'heightM', 'limitM', 'lonDeg', 'latDeg'] },
  'terrain.too-low': { severity: 'error', details: ['point', 'clearanceM', 'askedM', 'lonDeg', 'latDeg'] },
  // Mission items
  'items.bad-path': { severity: 'error', details: ['point', 'field', 'value'] },
  'items.no-terrain-frame': { severity: 'error', details: ['autopilot'] },
  'items.mixed-heights': { severity: 'error', details: ['item', 'frame'] },
  'items.not-a-path-command': { severity: 'warning', details: ['item', 'command'] },
  'items.seconds-rounded': { severity: 'warning', details: ['points'] },
  // Persistent patrol and relay (missions/persistent)
  'plan.persistent-too-far': { severity: 'warning', details: ['cellId', 'needS', 'haveS'] },
  'plan.persistent-no-way': { severity: 'warning', details: ['cellId'] },
  'plan.persistent-no-pad': { severity: 'error', details: ['vehicleId', 'baseId'] },
  'plan.persistent-worse': { severity: 'warning', details: ['cells', 'cellId', 'beforeMin', 'afterMin'] },
  'plan.relay-too-far': { severity: 'error', details: ['needS', 'haveS'] },
  'plan.relay-not-enough': { severity: 'error', details: ['needed', 'available'] },
  // Verifier
  'verify.no-sorties': { severity: 'error', details: [] },
  'verify.bad-item': { severity: 'error', details: ['sortie', 'item', 'field'] },
  'verify.null-island': { severity: 'error', details: ['sortie', 'item'] },
  'verify.bad-frame': { severity: 'error', details: ['sortie', 'item', 'frame'] },
  'verify.no-takeoff': { severity: 'error', details: ['sortie', 'command'] },
  'verify.no-return': { severity: 'error', details: ['sortie', 'command'] },
  'verify.altitude': { severity: 'error', details: ['sortie', 'item', 'altitudeM', 'plannedM'] },
  'verify.altitude-limit': { severity: 'error', details: ['sortie', 'item', 'altitudeM', 'limitM'] },
  'verify.layers-too-close': { severity: 'error', details: ['sortie', 'otherSortie', 'distanceM'] },
  'verify.coverage-low': { severity: 'error', details: ['coveragePct'] },
  'verify.coverage-below-target': { severity: 'warning', details: ['coveragePct'] },
  'verify.outside': { severity: 'error', details: ['outsideM', 'toleranceM'] },
  'verify.unreadable-area': { severity: 'error', details: ['reason'] },
  // A failed check of a mission (missions/verify/mission-report.ts)
  'verify.check-failed': { severity: 'error', details: ['check', 'figure', 'limit', 'unit'] },
  'verify.check-remarked': { severity: 'warning', details: ['check', 'figure', 'limit', 'unit'] },
  // Airspace (missions/airspace)
  'airspace.bad-zone': { severity: 'error', details: ['zoneId', 'field', 'reason'] },
  'airspace.duplicate-zone': { severity: 'error', details: ['zoneId'] },
  'airspace.zone-without-effect': { severity: 'warning', details: ['zoneId'] },
  'airspace.bad-request': { severity: 'error', details: ['field', 'value'] },
  'airspace.bad-boundary': { severity: 'error', details: ['reason'] },
  'airspace.no-room': { severity: 'error', details: ['marginM'] },
  'airspace.datum-undecided': { severity: 'warning', details: ['zoneId', 'datum', 'flightDatum'] },
  'airspace.no-height': { severity: 'error', details: ['zoneIds'] },
  'airspace.end-in-zone': { severity: 'error', details: ['end', 'zoneId', 'zone', 'distanceM'] },
  'airspace.end-outside-boundary': { severity: 'error', details: ['end', 'distanceM'] },
  'airspace.no-way': { severity: 'error', details: ['end', 'zones'] },
  'airspace.area-blocked': { severity: 'error', details: ['zoneIds'] },
  'airspace.area-reduced': { severity: 'warning', details: ['areaM2', 'zoneIds'] },
  'airspace.part-unreachable': { severity: 'warning', details: ['areaM2', 'reason'] },
  'airspace.bad-lane': { severity: 'error', details: ['baseId', 'laneId', 'field', 'value'] },
  'airspace.lane-blocked': { severity: 'warning', details: ['laneId', 'zone', 'heightM'] },
  'airspace.lane-level': { severity: 'warning', details: ['laneId', 'heightM'] },
  'airspace.no-lane': { severity: 'error', details: ['baseId', 'use'] },
  // Deconfliction of the own fleet (missions/fleet/deconfliction.ts)
  'deconflict.bad-request': { severity: 'error', details: ['field', 'value'] },
  'deconflict.bad-flight': { severity: 'error', details: ['flightId', 'field', 'value'] },
  'deconflict.unsolved': {
    severity: 'error',
    details: ['flightId', 'otherFlightId', 'horizontalM', 'verticalM'],
  },
  'deconflict.fixed-conflict': {
    severity: 'error',
    details: ['flightId', 'otherFlightId', 'horizontalM', 'verticalM'],
  },
  'deconflict.heights-not-comparable': { severity: 'warning', details: ['flights'] },
} as const satisfies Record<
  string,
  { severity: Exclude<IssueSeverity, 'repair'>; details: readonly string[] }
>;

export type PlanIssueCode = keyof typeof PLAN_ISSUE_CODES;

/** An issue with the severity that its code has. */
export function planIssue(
  code: PlanIssueCode,
  message: string,
  details: Readonly<Record<string, string | number>> = {},
): PlanIssue {
  return { severity: PLAN_ISSUE_CODES[code].severity, code, message, details };
}
