/** The door of the planning room: everything that other rooms may use. Pure: no I/O, no clock, no randomness. */
export { estimateFlight, type FlightEstimate } from './fleet/energy.ts';
export { coveringItemRange, fromDegE7, toDegE7 } from './fleet/items.ts';
export { freeLayers, swathWidth } from './fleet/layers.ts';
export { planPatrol } from './fleet/plan-patrol.ts';
export type { HomePosition, MissionFileResult } from './format/format-result.ts';
export { type QgcPlanOptions, readQgcPlan, toQgcPlan, toQgcPlanText } from './format/qgc-plan.ts';
export {
  type NamedRoute,
  type NamedTrack,
  routeToGeoJson,
  routeToKml,
  type TrackPoint,
  trackToGeoJson,
  trackToKml,
} from './format/track.ts';
export { readWaypoints, toWaypoints } from './format/waypoints.ts';
export { gcj02ToWgs84, wgs84ToGcj02 } from './geo/gcj02.ts';
export { GRID_ISSUE_CODES, type GridIssueCode } from './grid/issues.ts';
export { type GridCrs, parseGridText, type ReadGridOptions, readGrid } from './grid/read-grid.ts';
export { type SubdividedCell, SubdivideError, type SubdivideOptions, subdivide } from './grid/subdivide.ts';
export {
  MAV_CMD,
  MAV_FRAME,
  type MissionItem,
  type MissionPlan,
} from './mission-item.ts';
export type * from './model.ts';
export { type CoverageOptions, planCoverage } from './pattern/coverage.ts';
export type * from './persistent/model.ts';
export { extendSchedule, planPersistentPatrol } from './persistent/plan-persistent.ts';
export {
  type Handover,
  planRelay,
  type RelayPlan,
  type RelayRequest,
  type RelaySortie,
} from './persistent/relay.ts';
export { replanPersistent } from './persistent/replan.ts';
export {
  type CellRisk,
  type RiskCell,
  type RiskIncident,
  type RiskOptions,
  type RiskWeights,
  riskWeights,
} from './persistent/risk.ts';
export { PLAN_ISSUE_CODES, type PlanIssueCode } from './plan-issue.ts';
export type { Autopilot, VehicleClass } from './verify/mission-commands.ts';
export type {
  ActivePlan,
  FlownMission,
  MissionArea,
  MissionHome,
  MissionLimits,
  VerifyMissionInput,
} from './verify/mission-input.ts';
export {
  issuesOf,
  MISSION_CHECK_IDS,
  type MissionCheck,
  type MissionCheckId,
  type VerificationReport,
} from './verify/mission-report.ts';
export { verifyMission } from './verify/verify-mission.ts';
export { outsideTolerance, type VerifyOptions, verifyPatrol } from './verify/verify-plan.ts';
