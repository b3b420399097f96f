import type { MissionItem } from '../../missions/mission-item.ts';
import { type Field, keptField, MISSION_COMMANDS, type MissionCommand } from './mission-commands.ts';

/** MAV_MISSION_RESULT (common.xml). */
export const MISSION_RESULT = {
  ACCEPTED: 0,
  ERROR: 1,
  UNSUPPORTED_FRAME: 2,
  UNSUPPORTED: 3,
  NO_SPACE: 4,
  INVALID: 5,
  INVALID_PARAM1: 6,
  INVALID_PARAM4: 9,
  INVALID_PARAM5_X: 10,
  INVALID_PARAM6_Y: 11,
  INVALID_PARAM7: 12,
  INVALID_SEQUENCE: 13,
  DENIED: 14,
  OPERATION_CANCELLED: 15,
} as const;

/** MAV_MISSION_TYPE. */
export const MISSION_TYPE = { MISSION: 0, FENCE: 1, RALLY: 2, ALL: 255 } as const;
export type StoredType = 0 | 1 | 2;

/** Plane keeps other parts of a waypoint, and knows no splines. */
export type MissionDialect = 'copter' | 'plane';

const FENCE_COMMANDS: ReadonlySet<number> = new Set([5000, 5001, 5002, 5003, 5004]);
const RALLY_COMMAND = 5100;
/** LOCATION_ALT_MAX_M: 24 bits of centimetres. */
const HEIGHT_LIMIT_M = 83_000;

export type Conversion =
  | { readonly kind: 'stored'; readonly item: MissionItem }
  | { readonly kind: 'refused'; readonly result: number };

/**
 * What the autopilot makes of a received item, which is also what it reads back: frames 5, 6 and 11 become 0, 3 and 10,
 * items without a position frame 0, heights are held in centimetres, each parameter as its command keeps it.
 */
export function convertItem(
  type: StoredType,
  item: MissionItem,
  dialect: MissionDialect = 'copter',
): Conversion {
  if (type === MISSION_TYPE.FENCE)
    return FENCE_COMMANDS.has(item.command)
      ? convertPlace(item, 'fence')
      : refuse(MISSION_RESULT.UNSUPPORTED);
  if (type === MISSION_TYPE.RALLY)
    return item.command === RALLY_COMMAND ? convertPlace(item, 'rally') : refuse(MISSION_RESULT.UNSUPPORTED);
  const command = MISSION_COMMANDS.get(item.command);
  if (command === undefined || (dialect === 'plane' && item.command === 82))
    return refuse(MISSION_RESULT.UNSUPPORTED);
  const badParam = firstBadParam(item);
  if (badParam !== null) return refuse(badParam);
  const params = keptParams(item, command, dialect);
  if (!command.hasPosition) return stored({ ...item, ...params, frame: 0, ...keptTail(item, command) });
  return convertLocated({ ...item, ...params });
}

function convertPlace(item: MissionItem, list: 'fence' | 'rally'): Conversion {
  const badParam = firstBadParam(item);
  if (badParam !== null) return refuse(badParam);
  const finite = (value: number) => (Number.isFinite(value) ? Math.fround(value) : 0);
  const kept = {
    ...item,
    param1: finite(item.param1),
    param2: finite(item.param2),
    param3: finite(item.param3),
    param4: finite(item.param4),
  };
  const located = convertLocated(kept);
  if (located.kind === 'refused' || list === 'rally') return located;
  return stored({ ...located.item, frame: 0, z: Math.fround(item.z) });
}

function convertLocated(item: MissionItem): Conversion {
  if (Math.abs(item.x) > 900_000_000) return refuse(MISSION_RESULT.INVALID_PARAM5_X);
  if (Math.abs(item.y) > 1_800_000_000) return refuse(MISSION_RESULT.INVALID_PARAM6_Y);
  if (!Number.isFinite(item.z) || Math.abs(item.z) >= HEIGHT_LIMIT_M)
    return refuse(MISSION_RESULT.INVALID_PARAM7);
  const frame = storedFrame(item.frame);
  if (frame === null) return refuse(MISSION_RESULT.UNSUPPORTED_FRAME);
  const z = Math.fround(Math.trunc(Math.fround(item.z * 100)) * Math.fround(0.01));
  return stored({ ...item, frame, z });
}

function stored(item: MissionItem): Conversion {
  return { kind: 'stored', item };
}

function refuse(result: number): Conversion {
  return { kind: 'refused', result };
}

function storedFrame(frame: number): number | null {
  // MAV_FRAME_MISSION with a position is read as an absolute height.
  if (frame === 0 || frame === 2 || frame === 5) return 0;
  if (frame === 3 || frame === 6) return 3;
  if (frame === 10 || frame === 11) return 10;
  return null;
}

/** Commands whose param4 is a heading: not-a-number means "as it is" (AP_Mission::sanity_check_params). */
const MAY_LEAVE_HEADING: ReadonlySet<number> = new Set([16, 17, 21, 22, 84, 85]);

function firstBadParam(item: MissionItem): number | null {
  const values = [item.param1, item.param2, item.param3, item.param4];
  const bad = values.findIndex((value, index) => {
    if (Number.isFinite(value)) return false;
    const mayBeNan =
      (index === 3 && MAY_LEAVE_HEADING.has(item.command)) || (index === 2 && item.command === 85);
    return !(Number.isNaN(value) && mayBeNan);
  });
  return bad === -1 ? null : MISSION_RESULT.INVALID_PARAM1 + bad;
}

type Params = Pick<MissionItem, 'param1' | 'param2' | 'param3' | 'param4'>;

function keptParams(item: MissionItem, command: MissionCommand, dialect: MissionDialect): Params {
  const { param1, param2, param3, param4 } = item;
  if (item.command === 18) return keptTurns(item);
  if (item.command === 16 && dialect === 'plane') {
    const radius = (value: number) => Math.min(255, keptField('u', value));
    return { param1: 0, param2: radius(param2), param3: radius(param3), param4: 0 };
  }
  const kept = (index: number, value: number) => keptField((command.fields[index] ?? '-') as Field, value);
  return {
    param1: kept(0, param1),
    param2: kept(1, param2),
    param3: kept(2, param3),
    param4: kept(3, param4),
  };
}

/** Turns and radius share 16 bits: parts of a turn in 1/256, radii over 255 m in tens of metres. */
function keptTurns({ param1, param3, param4 }: MissionItem): Params {
  const isPart = param1 > 0 && param1 < 1;
  const turns = isPart ? Math.trunc(param1 * 256) / 256 : keptField('b', Math.min(255, param1));
  const size = Math.abs(param3);
  const radiusM = size <= 255 ? Math.trunc(size) : Math.trunc(Math.min(255, size * 0.1)) * 10;
  return {
    param1: turns,
    param2: 0,
    param3: (param3 < 0 ? -radiusM : radiusM) || 0,
    param4: param4 > 0 ? 1 : 0,
  };
}

/** x, y and z of the few commands that keep something else there. */
function keptTail(item: MissionItem, command: MissionCommand): Pick<MissionItem, 'x' | 'y' | 'z'> {
  const kept = (index: number, value: number) => keptField((command.fields[index] ?? '-') as Field, value);
  // MAV_MOUNT_MODE_MAVLINK_TARGETING, whatever was sent.
  if (item.command === 205) return { x: 0, y: 0, z: 2 };
  return { x: kept(4, item.x), y: kept(5, item.y), z: kept(6, item.z) };
}
