import { type EnergyLog, energyOf, powerAt } from './energy-model.ts';
import { builderAt, type Ground } from './flight-builder.ts';
import { type Edge, type Flown, type Spot, wayM } from './flight-track.ts';
import { type AirVector, type FlightLimits, type Timed, timeFlight } from './fly-times.ts';
import type { FlownMission, ResolvedLimits } from './mission-input.ts';
import {
  type CheckPlace,
  failed,
  type MissionCheck,
  notApplicable,
  passed,
  remarked,
} from './mission-report.ts';
import type { Projection } from './projection.ts';

export interface FlightScene {
  readonly mission: FlownMission;
  readonly flown: Flown;
  readonly timed: Timed;
  readonly ground: Ground;
  readonly projection: Projection;
  readonly limits: ResolvedLimits;
  readonly flightLimits: FlightLimits;
  readonly air: AirVector;
  readonly batteryFraction: number;
  readonly home: Spot;
}

/** Ends, distances, speeds, wind. */
export function checkFlight(scene: FlightScene): MissionCheck[] {
  return [
    checkFinite(scene),
    checkRange(scene),
    checkLegs(scene),
    checkSpeed(scene),
    checkCorners(scene),
    checkWind(scene),
  ];
}

function place({ projection }: FlightScene, edge: Edge, spot: Spot): CheckPlace {
  return { item: edge.item, place: projection.lonLat(spot.eastM, spot.northM) };
}

function checkFinite({ flown, timed, limits }: FlightScene): MissionCheck {
  const seconds = Math.round(timed.timesS[timed.timesS.length - 1] ?? 0);
  const draft = { figure: seconds, unit: 's', limit: limits.maxDurationS };
  if (flown.endless !== null) {
    return failed('finite', {
      ...draft,
      figure: null,
      where: { item: flown.endless.item, place: null },
      message: `Item ${flown.endless.item} never lets the mission end: ${flown.endless.reason}.`,
    });
  }
  if (seconds > limits.maxDurationS) {
    return failed('finite', { ...draft, message: `The flight takes ${seconds} s.` });
  }
  return passed('finite', { ...draft, message: `The flight ends by itself after ${seconds} s.` });
}

function checkRange(scene: FlightScene): MissionCheck {
  const { timed, limits, home } = scene;
  let far = { distanceM: 0, where: null as CheckPlace | null };
  for (const edge of timed.edges) {
    const distanceM = Math.hypot(edge.to.eastM - home.eastM, edge.to.northM - home.northM) + edge.bulgeM;
    if (distanceM > far.distanceM) far = { distanceM, where: place(scene, edge, edge.to) };
  }
  const figure = round(far.distanceM);
  const draft = { figure, unit: 'm', limit: limits.maxRangeM, where: far.where };
  return figure > limits.maxRangeM
    ? failed('range', {
        ...draft,
        message: `Item ${far.where?.item} is ${Math.round(figure / 1000)} km from home.`,
      })
    : passed('range', { ...draft, message: `Never farther than ${figure} m from home.` });
}

function checkLegs(scene: FlightScene): MissionCheck {
  const { timed, limits } = scene;
  let longest = { lengthM: 0, where: null as CheckPlace | null };
  let runM = 0;
  timed.edges.forEach((edge, i) => {
    const before = timed.edges[i - 1];
    // A leg over terrain is cut into pieces; together they are one leg.
    const goesOn = before !== undefined && before.item === edge.item && before.phase === 'leg';
    runM = edge.phase === 'leg' || edge.phase === 'return' ? wayM(edge) + (goesOn ? runM : 0) : 0;
    if (runM > longest.lengthM) longest = { lengthM: runM, where: place(scene, edge, edge.to) };
  });
  const figure = round(longest.lengthM);
  const draft = { figure, unit: 'm', limit: limits.maxLegM, where: longest.where };
  return figure > limits.maxLegM
    ? failed('leg-length', {
        ...draft,
        message: `The leg to item ${longest.where?.item} is ${figure} m long.`,
      })
    : passed('leg-length', { ...draft, message: `The longest leg is ${figure} m.` });
}

function checkSpeed({ flown, limits, mission }: FlightScene): MissionCheck {
  const told = [{ item: null, speedMps: mission.profile.cruiseSpeedMps }, ...flown.speeds];
  const bad = told.find(({ speedMps }) => speedMps > limits.maxSpeedMps || speedMps < limits.minSpeedMps);
  const fastest = Math.max(...told.map(({ speedMps }) => speedMps));
  if (bad === undefined) {
    return passed('speed', {
      figure: fastest,
      unit: 'm/s',
      limit: limits.maxSpeedMps,
      message: `At most ${fastest} m/s.`,
    });
  }
  const isSlow = bad.speedMps < limits.minSpeedMps;
  return failed('speed', {
    figure: bad.speedMps,
    unit: 'm/s',
    limit: isSlow ? limits.minSpeedMps : limits.maxSpeedMps,
    where: { item: bad.item, place: null },
    message: `${bad.speedMps} m/s is too ${isSlow ? 'slow' : 'fast'}.`,
  });
}

function checkCorners(scene: FlightScene): MissionCheck {
  const { ratio, edge } = scene.timed.corner;
  const draft = { figure: round(ratio), unit: 'of the leg', limit: 1 };
  const after = scene.timed.edges[edge];
  if (ratio <= 1 || after === undefined) {
    return passed('corners', { ...draft, message: 'The legs leave room for every corner.' });
  }
  return remarked('corners', {
    ...draft,
    where: place(scene, after, after.from),
    message: `The legs round the corner before item ${after.item} are too short for its speed.`,
  });
}

function checkWind(scene: FlightScene): MissionCheck {
  const { timed, air, limits, flightLimits } = scene;
  const windMps = Math.hypot(air.eastMps, air.northMps);
  const limit = flightLimits.maxAirspeedMps;
  const draft = { figure: round(windMps), unit: 'm/s', limit: round(limit) };
  const index = timed.stuck[0];
  const edge = index === undefined ? undefined : timed.edges[index];
  if (edge !== undefined) {
    return failed('wind', {
      ...draft,
      where: place(scene, edge, edge.to),
      message: `Against ${round(windMps)} m/s of wind the aircraft does not get to item ${edge.item}.`,
    });
  }
  if (windMps > limits.maxAirspeedMps) {
    return failed('wind', { ...draft, message: 'The aircraft cannot stay over a place in this wind.' });
  }
  return passed('wind', { ...draft, message: `${round(windMps)} m/s of wind can be flown against.` });
}

/**
 * Planner and verifier estimate with models of their own; what lies this much (of a full battery) below the reserve
 * is remarked on, what lies deeper is refused.
 */
const MODEL_TOLERANCE = 0.02;

/**
 * Breaking off is what the reserve is for: this share of it must still be there after the way home. A flight that
 * goes as planned lands with all of it.
 */
const RETURN_SHARE = 0.5;

export function checkEnergy(scene: FlightScene): { checks: MissionCheck[]; energyWh: number } {
  const { mission, timed, limits, air } = scene;
  const { profile } = mission;
  const power = powerAt(profile, mission.vehicleClass);
  const log = energyOf(timed, profile, air, power);
  const capacityWh = profile.batteryCapacityWh;
  const startWh = Math.min(1, scene.batteryFraction) * capacityWh;
  const left = (spentWh: number): number => (startWh - spentWh) / capacityWh;
  const landing = judge(
    'energy-at-landing',
    left(log.totalWh),
    limits.reserveFraction,
    null,
    (pct) => `${pct} % of the battery are left at touch-down.`,
  );
  const worst = worstReturn(scene, log, power, left);
  const returning =
    worst === null
      ? notApplicable('energy-to-return', 'Nothing is flown.')
      : judge(
          'energy-to-return',
          worst.left,
          limits.reserveFraction * RETURN_SHARE,
          worst.where,
          (pct) => `Whoever breaks off at item ${worst.where.item} gets home with ${pct} % of the battery.`,
        );
  return { checks: [landing, returning], energyWh: log.totalWh };
}

function judge(
  check: 'energy-at-landing' | 'energy-to-return',
  leftFraction: number,
  reserve: number,
  where: CheckPlace | null,
  say: (pct: number) => string,
): MissionCheck {
  const draft = {
    figure: Math.round(leftFraction * 10_000) / 10_000,
    unit: 'of the battery',
    limit: reserve,
    where,
    message: say(Math.round(leftFraction * 1000) / 10),
  };
  if (leftFraction >= reserve) return passed(check, draft);
  return leftFraction >= reserve - MODEL_TOLERANCE ? remarked(check, draft) : failed(check, draft);
}

/**
 * What would be left after breaking off at each item and returning as the autopilot does. Along a straight leg the
 * energy spent grows evenly and the way home is convex, so the worst is at an end.
 */
function worstReturn(
  scene: FlightScene,
  log: EnergyLog,
  power: (airspeedMps: number) => number,
  left: (spentWh: number) => number,
): { left: number; where: CheckPlace } | null {
  const { mission, timed, air, flightLimits } = scene;
  let worst: { left: number; where: CheckPlace } | null = null;
  timed.edges.forEach((edge, i) => {
    const next = timed.edges[i + 1];
    const isWithinLeg = next !== undefined && next.item === edge.item && next.phase === edge.phase;
    if (isWithinLeg || (edge.phase !== 'leg' && edge.phase !== 'hold' && edge.phase !== 'circle')) return;
    const builder = builderAt(mission, scene.ground, scene.projection, edge.to);
    builder.returnHome();
    const back = timeFlight(builder.edges, flightLimits);
    const backWh = energyOf(back, mission.profile, air, power).totalWh;
    const remains = left((log.spentWh[i] as number) + backWh);
    if (worst === null || remains < worst.left) worst = { left: remains, where: place(scene, edge, edge.to) };
  });
  return worst;
}

const round = (value: number): number => Math.round(value * 100) / 100;
