import type { LonLat, PathAction, PatternPath, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import type { Shutter } from './commands.ts';

export type MissionAutopilot = 'ardupilot' | 'px4';

/** The way from the take-off to the first point, or from the last point to the end. */
export interface TransitWay {
  /** Points between, in flying order; empty: straight. */
  readonly way: readonly LonLat[];
  /** Height above home of that way. */
  readonly heightAboveHomeM: number;
}

export type MissionExit =
  | (TransitWay & { readonly kind: 'return' })
  | (TransitWay & {
      readonly kind: 'land';
      readonly at: LonLat;
      /** Ground height of the landing place; null: taken to be as high as home. */
      readonly groundAmslM: number | null;
      /** Puts a DO_LAND_START before the way: an aborted mission may jump there. Default false. */
      readonly markLandStart?: boolean;
    });

export interface MissionItemOptions {
  readonly autopilot: MissionAutopilot;
  /** Ground speed on the ways, and on the path until it says otherwise. */
  readonly cruiseSpeedMps: number;
  /** The take-off climbs straight up to the height of this way. */
  readonly entry: TransitWay;
  readonly exit: MissionExit;
  /** Most items that the autopilot stores; null: not known. */
  readonly capacity: number | null;
  /** Named in issues. */
  readonly vehicleId?: string;
  /** Default `camera`. */
  readonly shutter?: Shutter;
}

/** ArduPilot holds stays in whole seconds in 16 bits; nobody hovers longer. */
const LONGEST_STAY_S = 65_535;

/** The first thing that cannot be flown, or null. Coming from pattern builders it should never happen. */
export function faultOf(path: PatternPath, options: MissionItemOptions): PlanIssue | null {
  if (path.points.length === 0) return bad(0, 'points', 'none');
  if (path.datum === 'above-terrain' && options.autopilot === 'px4') {
    return planIssue(
      'items.no-terrain-frame',
      'PX4 knows no heights above terrain in a mission (frames 10 and 11 are refused). Turn the path into AMSL heights first (followTerrain).',
      { autopilot: options.autopilot },
    );
  }
  for (const [k, point] of path.points.entries()) {
    const place = faultOfPlace(point);
    if (place !== null) return bad(k, place.field, place.value);
    const heightM = point.heightM ?? path.heightM;
    if (!isHeight(heightM)) return bad(k, 'heightM', heightM);
    for (const action of point.actions) {
      const fault = faultOfAction(action);
      if (fault !== null) return bad(k, fault.field, fault.value);
    }
  }
  return faultOfOptions(options);
}

function faultOfOptions({ cruiseSpeedMps, entry, exit, capacity }: MissionItemOptions): PlanIssue | null {
  const wrong = (field: string, value: unknown): PlanIssue =>
    planIssue('plan.bad-request', `${field} is ${String(value)}.`, { field, value: String(value) });
  if (!(Number.isFinite(cruiseSpeedMps) && cruiseSpeedMps > 0))
    return wrong('cruiseSpeedMps', cruiseSpeedMps);
  if (capacity !== null && !(capacity > 0)) return wrong('capacity', capacity);
  for (const [name, part] of Object.entries({ entry, exit })) {
    // Below a metre ArduPilot's take-off is over before it began.
    if (!(isHeight(part.heightAboveHomeM) && part.heightAboveHomeM >= 1)) {
      return wrong(`${name}.heightAboveHomeM`, part.heightAboveHomeM);
    }
    for (const place of part.way) {
      const fault = faultOfPlace(place);
      if (fault !== null) return wrong(`${name}.way.${fault.field}`, fault.value);
    }
  }
  if (exit.kind === 'return') return null;
  const fault = faultOfPlace(exit.at);
  if (fault !== null) return wrong(`exit.at.${fault.field}`, fault.value);
  return exit.groundAmslM === null || isHeight(exit.groundAmslM)
    ? null
    : wrong('exit.groundAmslM', exit.groundAmslM);
}

interface Fault {
  readonly field: string;
  readonly value: unknown;
}

function faultOfPlace({ lonDeg, latDeg }: LonLat): Fault | null {
  if (!(Math.abs(latDeg) <= 90)) return { field: 'latDeg', value: latDeg };
  if (!(Math.abs(lonDeg) <= 180)) return { field: 'lonDeg', value: lonDeg };
  // 0, 0 means "where you are" to ArduPilot and "no position" to everybody else.
  return lonDeg === 0 && latDeg === 0 ? { field: 'position', value: '0, 0' } : null;
}

function faultOfAction(action: PathAction): Fault | null {
  const wrong = (field: string, value: unknown): Fault => ({ field: `${action.kind}.${field}`, value });
  const { isFinite: isNumber } = Number;
  switch (action.kind) {
    case 'dwell':
      return action.seconds >= 0 && action.seconds <= LONGEST_STAY_S
        ? null
        : wrong('seconds', action.seconds);
    case 'speed':
      return isNumber(action.speedMps) && action.speedMps > 0 ? null : wrong('speedMps', action.speedMps);
    case 'yaw':
      return isNumber(action.headingDeg) ? null : wrong('headingDeg', action.headingDeg);
    case 'gimbal':
      if (!(Math.abs(action.pitchDeg) <= 180)) return wrong('pitchDeg', action.pitchDeg);
      return Math.abs(action.yawDeg) <= 360 ? null : wrong('yawDeg', action.yawDeg);
    case 'look-at': {
      const fault = faultOfPlace(action.target);
      if (fault !== null) return wrong(`target.${fault.field}`, fault.value);
      return action.targetAmslM === null || isHeight(action.targetAmslM)
        ? null
        : wrong('targetAmslM', action.targetAmslM);
    }
    case 'photo-distance':
      return isNumber(action.everyM) && action.everyM >= 0 ? null : wrong('everyM', action.everyM);
    case 'speak':
      return Number.isInteger(action.repeat) && action.repeat >= 1 ? null : wrong('repeat', action.repeat);
    case 'look-ahead':
    case 'photo':
    case 'video':
      return null;
  }
}

/** ArduPilot refuses 83,000 m and more (LOCATION_ALT_MAX_M). */
function isHeight(value: number): boolean {
  return Math.abs(value) < 83_000;
}

function bad(point: number, field: string, value: unknown): PlanIssue {
  return planIssue(
    'items.bad-path',
    `Point ${point} of the path cannot be flown: ${field} is ${String(value)}.`,
    {
      point,
      field,
      value: String(value),
    },
  );
}
