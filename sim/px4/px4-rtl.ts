import type { MissionItem } from '../../missions/mission-item.ts';
import { horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import type { Px4FlightSettings } from './px4-flight-settings.ts';
import { CMD } from './px4-mission-items.ts';
import type { Px4Parameters } from './px4-parameters.ts';
import { here, hold, pause, type Stage } from './px4-stages.ts';

export interface ReturnInput {
  readonly at: LocalPoint;
  readonly home: LocalPoint;
  readonly mission: readonly MissionItem[];
  /** Item of the mission that is current. */
  readonly missionSeq: number;
  readonly rally: readonly MissionItem[];
  readonly placeOf: (item: MissionItem) => LocalPoint | null;
  readonly parameters: Px4Parameters;
  readonly settings: Px4FlightSettings;
}

export interface ReturnPlan {
  readonly destination: LocalPoint;
  readonly returnUpM: number;
  readonly stages: readonly Stage[];
  /** It stays above the destination (RTL_LAND_DELAY −1). */
  readonly staysUp: boolean;
}

/** Another place must be nearer by this much to be chosen before home. */
const NEARER_BY_M = 2;
/** Safe points this near to home are home. */
const SAFE_POINT_IS_HOME_M = 10;

/**
 * RTL_TYPE: 0 nearest of home and safe points; 1 nearest other than home (landing of the mission, safe points);
 * 2 the mission's landing along the mission, else back along the mission to home; 3 nearest of all three; 4 like 2,
 * whichever way has fewer waypoints. Heights: rtl.cpp and rtl_direct.cpp of v1.17.0.
 */
export function planReturn(input: ReturnInput): ReturnPlan {
  const type = input.parameters.number('RTL_TYPE');
  if (type === 2 || type === 4) {
    const path = missionPath(input, type);
    if (path !== null) return path;
  }
  return direct(input, destinationOf(input, type));
}

function destinationOf(input: ReturnInput, type: number): LocalPoint {
  const { at, home, rally, placeOf } = input;
  let best = home;
  let bestM = type === 1 ? Number.POSITIVE_INFINITY : horizontalDistanceM(at, home);
  const offer = (place: LocalPoint | null): void => {
    if (place === null) return;
    const distanceM = horizontalDistanceM(at, place);
    if (distanceM + NEARER_BY_M >= bestM) return;
    best = place;
    bestM = distanceM;
  };
  if (type === 1 || type === 3) offer(landingOf(input));
  if (type === 2 || type === 4) return best;
  for (const item of rally) {
    const place = item.command === CMD.RALLY_POINT ? placeOf(item) : null;
    if (place !== null && horizontalDistanceM(place, home) > SAFE_POINT_IS_HOME_M) offer(place);
  }
  return best;
}

/** The mission's landing; PX4 lands there only when the mission has a landing. */
function landingOf({ mission, placeOf }: ReturnInput): LocalPoint | null {
  const landing = mission.find((item) => item.command === CMD.LAND);
  return landing === undefined ? null : placeOf(landing);
}

function direct(input: ReturnInput, destination: LocalPoint): ReturnPlan {
  const { at, parameters, settings } = input;
  const returnUpM = returnHeight(input, destination);
  const stages: Stage[] = [];
  if (at.upM < returnUpM - settings.heightAcceptanceM) {
    stages.push({ kind: 'climb', to: { ...here(at), upM: returnUpM }, climbMps: settings.limits.climbMps });
  }
  const over = { ...destination, upM: returnUpM };
  stages.push(legTo(input, { ...here(at), upM: returnUpM }, over));
  return arrive(destination, returnUpM, stages, parameters, settings);
}

/** Descent to RTL_DESCEND_ALT, RTL_LAND_DELAY there (negative: for ever), landing. */
function arrive(
  destination: LocalPoint,
  returnUpM: number,
  stages: Stage[],
  parameters: Px4Parameters,
  settings: Px4FlightSettings,
): ReturnPlan {
  const lowUpM = Math.min(returnUpM, destination.upM + parameters.number('RTL_DESCEND_ALT'));
  const low = { ...destination, upM: lowUpM };
  stages.push({ kind: 'climb', to: low, climbMps: settings.limits.climbMps });
  const delayS = parameters.number('RTL_LAND_DELAY');
  if (delayS < 0) stages.push(hold(low));
  else {
    if (delayS > 0) stages.push(pause(low, delayS));
    stages.push({ kind: 'land', at: destination });
  }
  return { destination, returnUpM, stages, staysUp: delayS < 0 };
}

/** Within RTL_MIN_DIST no higher than the cone of RTL_CONE_ANG; never lower than it is, never over RTL_RETURN_ALT. */
function returnHeight({ at, parameters, settings }: ReturnInput, destination: LocalPoint): number {
  const highest = destination.upM + parameters.number('RTL_RETURN_ALT');
  const coneDeg = parameters.number('RTL_CONE_ANG');
  if (coneDeg <= 0) return Math.max(at.upM, highest);
  const distanceM = horizontalDistanceM(at, destination);
  let upM = highest;
  if (distanceM <= settings.acceptanceM) upM = destination.upM + 2 * distanceM;
  else {
    if (distanceM <= parameters.number('RTL_MIN_DIST')) {
      const cone = (Math.min(89, Math.max(1, coneDeg)) * Math.PI) / 180;
      upM = Math.min(upM, destination.upM + distanceM / Math.tan(cone));
    }
    upM = Math.max(upM, destination.upM + 2 * settings.acceptanceM);
  }
  // Never down on the way: an aircraft that is higher comes down over the destination.
  return Math.max(at.upM, Math.min(upM, highest));
}

/** Along the mission to its landing, or back along it to home; null when there is no mission to follow. */
function missionPath(input: ReturnInput, type: number): ReturnPlan | null {
  const { mission, missionSeq, placeOf, home, parameters, settings } = input;
  const landingSeq = mission.findIndex((item) => item.command === CMD.LAND);
  const landing = landingOf(input);
  const ahead = landing === null ? Number.POSITIVE_INFINITY : landingSeq - missionSeq;
  const goesOn = landing !== null && ahead >= 0 && (type === 2 || ahead <= missionSeq);
  const range = goesOn
    ? mission.slice(missionSeq, landingSeq)
    : mission.slice(0, Math.max(0, missionSeq)).reverse();
  const way = range
    .filter((item) => item.command === CMD.WAYPOINT)
    .map(placeOf)
    .filter((place) => place !== null);
  if (!goesOn && way.length === 0) return null;
  const stages: Stage[] = [];
  let from = here(input.at);
  for (const place of way) {
    stages.push(legTo(input, from, place));
    from = place;
  }
  const destination = goesOn && landing !== null ? landing : home;
  const over = { ...destination, upM: from.upM };
  stages.push(legTo(input, from, over));
  return arrive(destination, over.upM, stages, parameters, settings);
}

function legTo({ settings }: ReturnInput, from: LocalPoint, to: LocalPoint): Stage {
  const { cruiseMps, acceptanceM } = settings;
  return { kind: 'leg', from, to, speedMps: cruiseMps, exitSpeedMps: 0, acceptanceM };
}
