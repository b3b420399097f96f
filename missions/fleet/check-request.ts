import { firstFault, type Limit } from '../limits.ts';
import type {
  AircraftProfile,
  BaseOffer,
  FleetDrone,
  FleetRequest,
  FlightConditions,
  PatrolRequest,
  PatternPath,
  PlanIssue,
} from '../model.ts';
import { planIssue } from '../plan-issue.ts';

/** Numbers that planning divides by or loops over must make sense; the first one that does not is named. */
export function checkRequest(request: PatrolRequest): PlanIssue | null {
  const limits: Limit[] = [
    ['relativeAltitudeM', request.relativeAltitudeM, 1, 10_000],
    ['layerSpacingM', request.layerSpacingM, 0.5, 1_000],
    ['maxRelativeAltitudeM', request.maxRelativeAltitudeM, 1, 10_000],
    ['sideOverlapFraction', request.sideOverlapFraction, 0, 0.9],
    ...profileLimits('defaultProfile', request.defaultProfile),
    ...request.vehicles.flatMap((v) => profileLimits(v.vehicleId, v.profile)),
    ...(request.bases ?? []).flatMap(baseLimits),
    ...conditionLimits(request.conditions ?? { wind: null, airTempC: null }),
    ...request.occupiedAltitudesM.map((h): Limit => ['occupiedAltitudesM', h, -10_000, 100_000]),
  ];
  return firstFault(limits);
}

/** A path that can be measured: points on the Earth, heights and waits in a sane range. */
export function checkPath(path: PatternPath): PlanIssue | null {
  const limits: Limit[] = [
    ['number of points', path.points.length, 1, 100_000],
    ['heightM', path.heightM, -500, 10_000],
  ];
  path.points.forEach((point, i) => {
    limits.push(
      [`points[${i}].lonDeg`, point.lonDeg, -180, 180],
      [`points[${i}].latDeg`, point.latDeg, -89, 89],
    );
    if (point.heightM !== null) limits.push([`points[${i}].heightM`, point.heightM, -500, 10_000]);
    for (const action of point.actions) {
      if (action.kind === 'dwell') limits.push([`points[${i}] dwell`, action.seconds, 0, 86_400]);
      if (action.kind === 'speed') limits.push([`points[${i}] speed`, action.speedMps, 0.5, 100]);
    }
  });
  return firstFault(limits);
}

/** One drone of a fleet and the air that it flies in. */
export function checkDrone(drone: FleetDrone, conditions: FlightConditions): PlanIssue | null {
  const name = drone.vehicleId;
  const limits: Limit[] = [
    [`${name}.lonDeg`, drone.position.lonDeg, -180, 180],
    [`${name}.latDeg`, drone.position.latDeg, -89, 89],
    [`${name}.remainingFraction`, drone.remainingFraction, 0, 1],
    [`${name}.batteryHealthFraction`, drone.batteryHealthFraction, 0.1, 1],
    ...profileLimits(name, drone.profile),
    ...conditionLimits(conditions),
  ];
  const { turnaround } = drone;
  if (turnaround.kind === 'swap') limits.push([`${name}.turnaround.seconds`, turnaround.seconds, 0, 86_400]);
  if (turnaround.kind === 'charge') {
    limits.push([`${name}.turnaround.powerW`, turnaround.powerW, 1, 1e6]);
    limits.push([`${name}.turnaround.overheadS`, turnaround.overheadS, 0, 86_400]);
  }
  return firstFault(limits);
}

/** Numbers of a fleet request, its drones and bases; two drones of one name cannot be told apart. */
export function checkFleet(request: FleetRequest): PlanIssue | null {
  const limits: Limit[] = [
    ['number of areas', request.areas.length, 1, 10_000],
    ['number of drones', request.drones.length, 1, 1_000],
    ['relativeAltitudeM', request.relativeAltitudeM, 1, 10_000],
    ['layerSpacingM', request.layerSpacingM, 0.5, 1_000],
    ['maxRelativeAltitudeM', request.maxRelativeAltitudeM, 1, 10_000],
    ['sideOverlapFraction', request.sideOverlapFraction, 0, 0.9],
    ['minHorizontalM', request.minHorizontalM ?? 50, 0, 10_000],
    ...request.occupiedAltitudesM.map((h): Limit => ['occupiedAltitudesM', h, -10_000, 100_000]),
    ...request.bases.flatMap(baseLimits),
  ];
  const fault = firstFault(limits);
  if (fault !== null) return fault;
  const seen = new Set<string>();
  for (const drone of request.drones) {
    const droneFault = checkDrone(drone, request.conditions);
    if (droneFault !== null) return droneFault;
    if (seen.has(drone.vehicleId)) {
      return planIssue('plan.bad-request', `The drone ${drone.vehicleId} is offered twice.`, {
        field: 'vehicleId',
        value: drone.vehicleId,
      });
    }
    seen.add(drone.vehicleId);
  }
  return null;
}

function baseLimits(offer: BaseOffer): Limit[] {
  const { baseId, position } = offer.base;
  return [
    [`${baseId}.lonDeg`, position.lonDeg, -180, 180],
    [`${baseId}.latDeg`, position.latDeg, -89, 89],
    [`${baseId}.freePads`, offer.freePads, 0, 10_000],
  ];
}

export function conditionLimits(conditions: FlightConditions): Limit[] {
  const { wind, airTempC } = conditions;
  return [
    ...(wind === null
      ? []
      : ([
          ['wind.fromDeg', wind.fromDeg, -360, 360],
          ['wind.speedMps', wind.speedMps, 0, 60],
        ] as const)),
    ...(airTempC === null ? [] : ([['airTempC', airTempC, -60, 60]] as const)),
  ];
}

function profileLimits(owner: string, profile: AircraftProfile): Limit[] {
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
