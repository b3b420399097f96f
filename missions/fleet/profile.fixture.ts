import type { AircraftProfile } from '../model.ts';

/** A quadrotor of the class that police forces fly, for tests: about 25 min in the air. */
export const SAMPLE_PROFILE: AircraftProfile = {
  cruiseSpeedMps: 10,
  climbSpeedMps: 3,
  descentSpeedMps: 2,
  batteryCapacityWh: 180,
  hoverPowerW: 300,
  cruisePowerW: 330,
  climbPowerW: 450,
  reserveFraction: 0.25,
  cameraHorizontalFovDeg: 60,
  missionCapacity: 700,
};
