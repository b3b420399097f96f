import type { Polygon } from 'geojson';
import type { MissionItem, MissionPlan } from '../mission-item.ts';
import type { PlanIssue } from '../model.ts';
import type { FormatIssueCode } from './issues.ts';

/** A planned home: WGS-84, ground height above mean sea level. */
export interface HomePosition {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly altitudeAmslM: number;
}

/** An area drawn in a file: neither mission nor fence, but what somebody may want to patrol. */
export interface NamedArea {
  readonly name: string | null;
  readonly geometry: Polygon;
}

/** What a mission file holds. Null: the file does not say. */
export interface MissionFile {
  readonly plan: MissionPlan;
  readonly home: HomePosition | null;
  readonly name: string | null;
  /** MAV_AUTOPILOT: 3 ArduPilot, 12 PX4. */
  readonly firmwareType: number | null;
  /** MAV_TYPE. */
  readonly vehicleType: number | null;
  readonly cruiseSpeedMps: number | null;
  readonly hoverSpeedMps: number | null;
  readonly areas: readonly NamedArea[];
}

export type MissionFormat =
  | 'qgc-plan'
  | 'waypoints'
  | 'waypoints-fence'
  | 'waypoints-rally'
  | 'fence-points'
  | 'rally-points'
  | 'kml'
  | 'gpx'
  | 'geojson';

/**
 * What a mission file held, or the first fault with the place where it is. An `error` among the issues of a file that
 * was read says that a part of it is missing: such a mission must be looked at before it is flown.
 */
export type MissionFileResult =
  | ({
      readonly kind: 'ok';
      readonly format: MissionFormat;
      readonly issues: readonly PlanIssue[];
    } & MissionFile)
  | {
      readonly kind: 'error';
      readonly code: FormatIssueCode;
      readonly message: string;
      readonly details: Readonly<Record<string, string | number>>;
    };

export function formatError(
  code: FormatIssueCode,
  message: string,
  details: Readonly<Record<string, string | number>> = {},
): MissionFileResult {
  return { kind: 'error', code, message, details };
}

const NO_PLAN: MissionPlan = { items: [], fence: [], rally: [] };

/** A file that says nothing besides `known`. */
export function missionFile(known: Partial<MissionFile>): MissionFile {
  return {
    plan: NO_PLAN,
    home: null,
    name: null,
    firmwareType: null,
    vehicleType: null,
    cruiseSpeedMps: null,
    hoverSpeedMps: null,
    areas: [],
    ...known,
  };
}

export function readOk(
  format: MissionFormat,
  known: Partial<MissionFile>,
  issues: readonly PlanIssue[],
): MissionFileResult {
  return { kind: 'ok', format, issues, ...missionFile(known) };
}

/** Frames whose x and y are latitude and longitude (MAV_FRAME: global ones and their terrain variants). */
const GLOBAL_FRAMES: ReadonlySet<number> = new Set([0, 3, 5, 6, 10, 11]);

/** True when an item's x and y are degE7; in other frames they are the command's own param5 and param6. */
export function hasPosition(frame: number): boolean {
  return GLOBAL_FRAMES.has(frame);
}

/** True for an item whose x and y say where: not 0, 0, which is "where you are". */
export function isPlaced(item: MissionItem): boolean {
  return hasPosition(item.frame) && (item.x !== 0 || item.y !== 0);
}

/** MAV_CMD of fence and rally items (common.xml). */
export const FENCE_COMMANDS: ReadonlySet<number> = new Set([5000, 5001, 5002, 5003, 5004]);
export const RALLY_COMMAND = 5100;

/** Puts items where their commands belong. A list of one kind may hold nothing else. */
export function sortItems(items: readonly MissionItem[]): MissionPlan {
  return {
    items: items.filter((item) => !FENCE_COMMANDS.has(item.command) && item.command !== RALLY_COMMAND),
    fence: items.filter((item) => FENCE_COMMANDS.has(item.command)),
    rally: items.filter((item) => item.command === RALLY_COMMAND),
  };
}

/** Anything from a file as a short text for a message. Not `String`: an object may have a `toString` that is no function. */
export function shown(value: unknown, most = 60): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, most);
}
