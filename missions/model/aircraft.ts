/** What the planner needs to know of an aircraft type. Powers are electrical, at the battery. */
export interface AircraftProfile {
  readonly cruiseSpeedMps: number;
  readonly climbSpeedMps: number;
  readonly descentSpeedMps: number;
  readonly batteryCapacityWh: number;
  readonly hoverPowerW: number;
  readonly cruisePowerW: number;
  readonly climbPowerW: number;
  /** Fraction of the battery (0–1) that a plan must leave at touch-down. */
  readonly reserveFraction: number;
  /** Horizontal field of view of the patrol camera, pointing down. */
  readonly cameraHorizontalFovDeg: number;
  /** Most items the autopilot stores. */
  readonly missionCapacity: number;
}
