/** The door of the planning room: everything that other rooms may use. Pure: no I/O, no clock, no randomness. */
export { type Airspace, type AirspaceResult, createAirspace } from './airspace/airspace.ts';
export { type AllowedHeights, allowedHeights, type HeightLimit } from './airspace/allowed-heights.ts';
export {
  type AllowedRegion,
  type AllowedRegionOptions,
  allowedRegion,
  type RemovedPiece,
  type UnreachablePart,
} from './airspace/allowed-region.ts';
export {
  type BaseLane,
  type BaseProcedure,
  evenLanes,
  type LaneAirspace,
  type LanePoint,
  lanesAt,
  type OpenLane,
  type SortieGates,
  sortieGates,
} from './airspace/base-lanes.ts';
export { checkZones } from './airspace/check-zones.ts';
export { type LookAway, lookAwayLegs } from './airspace/privacy.ts';
export type { AirspaceMargins, AirspaceRequest } from './airspace/request.ts';
export type { WhyNone } from './airspace/why-none.ts';
export { type HeightRange, isActive } from './airspace/zone-heights.ts';
export { type ScanSpot, type ZoneEntry, ZoneScan } from './airspace/zone-scan.ts';
export type * from './dispatch/model.ts';
export { type DispatchRequest, rankDispatch } from './dispatch/rank.ts';
export {
  PROMISE_LIMITS_S,
  type ReachOptions,
  type ReachPlace,
  type ReachRow,
  type ReachTable,
  reachArea,
  reachTable,
} from './dispatch/reach.ts';
export { type SitingRequest, type SitingResult, siteBases } from './dispatch/siting.ts';
export { type ReachSource, Travel } from './dispatch/travel.ts';
export {
  type CalibratedFigure,
  type Calibration,
  calibrate,
  type FlightPhase,
  type FlightResidual,
  type RecordedFlight,
} from './fleet/calibrate.ts';
export {
  type Deconfliction,
  deconflict,
  type SeparatedFlight,
  type UnsolvedFlight,
} from './fleet/deconfliction.ts';
export {
  type Approach,
  type ApproachList,
  closestApproach,
  closestApproaches,
  isConflict,
  placeOf,
  type SeparationMinima,
} from './fleet/deconfliction-approach.ts';
export type { DeconflictOptions } from './fleet/deconfliction-check.ts';
export {
  type FlightPoint,
  type FlightTrack,
  type PlannedFlight,
  type PositionUncertainty,
  routeOfSortie,
  routeThroughLanes,
  trackOf,
} from './fleet/deconfliction-track.ts';
export {
  DEFAULT_RESERVE_FRACTION,
  type EstimatePoint,
  estimateFlight,
  estimatePath,
  type FlightEstimate,
  temperatureFactor,
  usableEnergyWh,
} from './fleet/energy.ts';
export { coveringItemRange, fromDegE7, toDegE7 } from './fleet/items.ts';
export { freeLayers, swathWidth } from './fleet/layers.ts';
export { planFleet } from './fleet/plan-fleet.ts';
export { planPatrol } from './fleet/plan-patrol.ts';
export {
  type PathSortie,
  type SplitOptions,
  type SplitResult,
  splitIntoSorties,
} from './fleet/sorties.ts';
export type {
  HomePosition,
  MissionFile,
  MissionFileResult,
  MissionFormat,
  NamedArea,
} from './format/format-result.ts';
export { missionFile } from './format/format-result.ts';
export { FORMAT_ISSUE_CODES, type FormatIssueCode } from './format/issues.ts';
export {
  type MissionFileWritten,
  readMissionFile,
  type WritableFormat,
  writeMissionFile,
} from './format/mission-file.ts';
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
export { bd09ToWgs84, gcj02ToWgs84, wgs84ToBd09, wgs84ToGcj02 } from './geo/gcj02.ts';
export {
  GRID_ISSUE_CODES,
  GRID_NOTE_CODES,
  type GridIssueCode,
  type GridNote,
  type GridNoteCode,
} from './grid/issues.ts';
export { type GridCrs, parseGridText, type ReadGridOptions, readGrid } from './grid/read-grid.ts';
export {
  type GridFileIssue,
  type GridFilesResult,
  type GridSource,
  type ReadGridFilesOptions,
  readGridFiles,
} from './grid/read-grid-files.ts';
export type { GridReference } from './grid/reference.ts';
export {
  type LevelQuality,
  type SubdividedCell,
  SubdivideError,
  type SubdivideOptions,
  subdivide,
  subdivisionQuality,
} from './grid/subdivide.ts';
export { type FromMissionOptions, fromMissionItems, type MissionPath } from './items/from-mission-items.ts';
export type { SpeechCue } from './items/item-builder.ts';
export type { MissionAutopilot, MissionExit, MissionItemOptions, TransitWay } from './items/options.ts';
export { type MissionItemsResult, toMissionItems } from './items/to-mission-items.ts';
export {
  MAV_CMD,
  MAV_FRAME,
  type MissionItem,
  type MissionPlan,
} from './mission-item.ts';
export type * from './model.ts';
export {
  BLUR_PX,
  type CameraPose,
  type CameraView,
  fieldOfView,
  footprint,
  heightForGsd,
  type PatternCamera,
  viewOf,
} from './pattern/camera.ts';
export { type CorridorOptions, type CorridorPath, planCorridor, type Street } from './pattern/corridor.ts';
export { type CoverageOptions, planCoverage } from './pattern/coverage.ts';
export {
  type CellCredit,
  type GroupCell,
  type GroupCoverage,
  planCoverageGroup,
} from './pattern/coverage-group.ts';
export { type OrbitOptions, planOrbit } from './pattern/orbit.ts';
export type { Capture, PatternFlight } from './pattern/pattern-flight.ts';
export { ANYWHERE, type PatternSpace } from './pattern/pattern-space.ts';
export { type PerimeterOptions, planPerimeter } from './pattern/perimeter.ts';
export {
  type PointOfInterest,
  type PointsOptions,
  type PointsPath,
  type PointVisit,
  planPoints,
} from './pattern/points.ts';
export {
  type Drift,
  planSearch,
  type SearchOptions,
  type SearchPath,
  type SearchPattern,
} from './pattern/search.ts';
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
export type { ClearanceProof } from './terrain/clearance.ts';
export {
  type ElevationGrid,
  type ElevationTile,
  gridElevation,
  joinElevation,
} from './terrain/elevation-grid.ts';
export {
  type FollowTerrainOptions,
  type FollowTerrainResult,
  followTerrain,
  slopeLimitsOf,
} from './terrain/follow.ts';
export { type HeightLimitOptions, type HeightLimitResult, heightLimits } from './terrain/height-limits.ts';
export { srtmTile, type TileResult } from './terrain/srtm.ts';
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
