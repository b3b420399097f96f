import type { MissionItem } from '../../missions/mission-item.ts';
import { MISSION_RESULT, MISSION_TYPE, type StoredType } from '../ardupilot/mission-items.ts';

export const CMD = {
  WAYPOINT: 16,
  LOITER_UNLIM: 17,
  LOITER_TIME: 19,
  RTL: 20,
  LAND: 21,
  TAKEOFF: 22,
  LOITER_TO_ALT: 31,
  VTOL_TAKEOFF: 84,
  VTOL_LAND: 85,
  DELAY: 93,
  JUMP: 177,
  CHANGE_SPEED: 178,
  LAND_START: 189,
  ROI: 80,
  SET_ROI: 201,
  GATE: 4501,
  FENCE_RETURN_POINT: 5000,
  RALLY_POINT: 5100,
} as const;

/** What PX4's parser takes with a position (frames 0, 3, 5, 6; parse_mavlink_mission_item, v1.17.0). */
const WITH_POSITION: ReadonlySet<number> = new Set([
  16, 17, 19, 21, 22, 31, 80, 84, 85, 195, 201, 400, 4501, 5000, 5001, 5002, 5003, 5004, 5100,
]);
/** And without one (frame 2). */
const WITHOUT_POSITION: ReadonlySet<number> = new Set([
  20, 80, 93, 112, 114, 177, 178, 179, 187, 189, 196, 197, 200, 201, 203, 204, 205, 206, 211, 214, 260, 400,
  530, 532, 534, 1000, 1001, 2000, 2001, 2003, 2500, 2501, 3000, 42_600,
]);
const POSITION_FRAMES: ReadonlySet<number> = new Set([0, 3, 5, 6]);
const MISSION_FRAME = 2;

/**
 * MAV_MISSION_RESULT with which PX4 refuses an item at once; null: taken. Asked of a v1.17.0 one command at a time: a
 * waypoint-like command in frame 2 and a plain command with a position frame are both "unsupported".
 */
export function refusalOf(type: StoredType, item: MissionItem): number | null {
  const { command, frame } = item;
  if (frame === MISSION_FRAME) {
    if (!WITHOUT_POSITION.has(command)) return MISSION_RESULT.UNSUPPORTED;
    if (isRoi(command) && ![0, 1, 2].includes(Math.trunc(item.param1))) return MISSION_RESULT.INVALID_PARAM1;
  } else if (POSITION_FRAMES.has(frame)) {
    if (!WITH_POSITION.has(command)) return MISSION_RESULT.UNSUPPORTED;
    if (isRoi(command) && ![0, 3].includes(Math.trunc(item.param1))) return MISSION_RESULT.INVALID_PARAM1;
  } else {
    return MISSION_RESULT.UNSUPPORTED_FRAME;
  }
  return wrongList(type, item);
}

/** Fence and rally items in the mission, and the other way round. */
function wrongList(type: StoredType, { command, param1 }: MissionItem): number | null {
  const isFence = command >= 5001 && command <= 5004;
  if (type === MISSION_TYPE.MISSION) {
    return isFence || command === CMD.RALLY_POINT ? MISSION_RESULT.ERROR : null;
  }
  if (type === MISSION_TYPE.RALLY) return command === CMD.RALLY_POINT ? null : MISSION_RESULT.UNSUPPORTED;
  if (!isFence && command !== CMD.FENCE_RETURN_POINT) return MISSION_RESULT.UNSUPPORTED;
  const isVertex = command === 5001 || command === 5002;
  return isVertex && Math.floor(param1 + 0.5) < 3 ? MISSION_RESULT.ERROR : null;
}

function isRoi(command: number): boolean {
  return command === CMD.ROI || command === CMD.SET_ROI;
}

type Params = Pick<MissionItem, 'param1' | 'param2' | 'param3' | 'param4'>;
const NO_PARAMS: Params = { param1: 0, param2: 0, param3: 0, param4: 0 };

/**
 * What PX4 keeps of an item, which is what it gives back: integer frames, of an item with a place only what its command
 * uses, headings as 0–360, switches as 0 or 1 (format_mavlink_mission_item).
 */
export function keptItem(item: MissionItem): MissionItem {
  if (!POSITION_FRAMES.has(item.frame)) return { ...item, z: Math.fround(item.z) };
  const frame = isRelative(item) ? 6 : 5;
  return { ...item, ...keptParams(item), frame, z: Math.fround(item.z) };
}

function keptParams(item: MissionItem): Params {
  const { param1, param2, param3, param4 } = item;
  const isOn = (value: number): number => (value > 0 ? 1 : 0);
  switch (item.command) {
    case CMD.WAYPOINT:
      return { ...NO_PARAMS, param1, param2, param4: heading(param4) };
    case CMD.LOITER_UNLIM:
      return { ...NO_PARAMS, param3, param4: heading(param4) };
    case CMD.LOITER_TIME:
      return { param1, param2: isOn(param2), param3, param4: isOn(param4) };
    case CMD.LAND:
      return { ...NO_PARAMS, param2, param4: heading(param4) };
    case CMD.TAKEOFF:
    case CMD.VTOL_TAKEOFF:
    case CMD.VTOL_LAND:
      return { ...NO_PARAMS, param4: heading(param4) };
    case CMD.LOITER_TO_ALT:
      return { ...NO_PARAMS, param1: isOn(param1), param2, param4: isOn(param4) };
    case 5001:
    case 5002:
      return { ...NO_PARAMS, param1: Math.floor(param1 + 0.5) };
    case 5003:
    case 5004:
      return { ...NO_PARAMS, param1 };
    case CMD.FENCE_RETURN_POINT:
    case CMD.RALLY_POINT:
      return NO_PARAMS;
    default:
      return { param1, param2, param3, param4 };
  }
}

/** To radians and back in single precision, as it goes through PX4; not a number stays so. */
function heading(deg: number): number {
  const turn = Math.fround(2 * Math.PI);
  const rad = Math.fround(Math.fround(deg) * Math.fround(Math.PI / 180));
  const wrapped = Math.fround(rad - turn * Math.floor(rad / turn));
  return Math.fround(wrapped * Math.fround(180 / Math.PI));
}

const NAVIGATES: ReadonlySet<number> = new Set([16, 17, 19, 20, 21, 22, 31, 84, 85, 93]);

/** The aircraft is busy with it; everything else is done in passing. */
export function isNavigation(command: number): boolean {
  return NAVIGATES.has(command);
}

export function hasPosition(item: MissionItem): boolean {
  return item.frame !== MISSION_FRAME && [16, 17, 19, 21, 22, 31, 84, 85, 4501].includes(item.command);
}

/** Frame 3 and 6: height above home; 0 and 5: above mean sea level. */
export function isRelative(item: Pick<MissionItem, 'frame'>): boolean {
  return item.frame === 3 || item.frame === 6;
}
