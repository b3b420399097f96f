import type { AircraftProfile, PatrolRequest, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';

/** Numbers that planning divides by or loops over must make sense; the first one that does not is named. */
export function checkRequest(request: PatrolRequest): PlanIssue | null {
  const limits: [field: string, value: number, least: number, most: number][] = [
    ['relativeAltitudeM', request.relativeAltitudeM, 1, 10_000],
    ['layerSpacingM', request.layerSpacingM, 0.5, 1_000],
    ['maxRelativeAltitudeM', request.maxRelativeAltitudeM, 1, 10_000],
    ['sideOverlapFraction', request.sideOverlapFraction, 0, 0.9],
    ...profileLimits('defaultProfile', request.defaultProfile),
    ...request.vehicles.flatMap((v) => profileLimits(v.vehicleId, v.profile)),
    ...request.occupiedAltitudesM.map((h): [string, number, number, number] => [
      'occupiedAltitudesM',
      h,
      -10_000,
      100_000,
    ]),
  ];
  for (const [field, value, least, most] of limits) {
    if (Number.isFinite(value) && value >= least && value <= most) continue;
    return planIssue('plan.bad-request', `${field} is ${value}; it must be ${least} to ${most}.`, {
      field,
      value: String(value),
    });
  }
  return null;
}

function profileLimits(
  owner: string,
  profile: AircraftProfile,
): [field: string, value: number, least: number, most: number][] {
  return [
    [`${owner}.cruiseSpeedMps`, profile.cruiseSpeedMps, 0.5, 100],
    [`${owner}.climbSpeedMps`, profile.climbSpeedMps, 0.1, 50],
    [`${owner}.descentSpeedMps`, profile.descentSpeedMps, 0.1, 50],
    [`${owner}.batteryCapacityWh`, profile.batteryCapacityWh, 0.1, 1e6],
    [`${owner}.hoverPowerW`, profile.hoverPowerW, 0.1, 1e6],
    [`${owner}.cruisePowerW`, profile.cruisePowerW, 0.1, 1e6],
    [`${owner}.climbPowerW`, profile.climbPowerW, 0.1, 1e6],
    [`${owner}.reserveFraction`, profile.reserveFraction, 0, 0.95],
    [`${owner}.cameraHorizontalFovDeg`, profile.cameraHorizontalFovDeg, 1, 170],
    [`${owner}.missionCapacity`, profile.missionCapacity, 1, 1e6],
  ];
}
