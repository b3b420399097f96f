import type { MissionItem } from '../../missions/mission-item.ts';

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

interface CommandTraits {
  readonly name: string;
  /** Navigation: the aircraft is busy with it. Others are done in passing. */
  readonly navigates: boolean;
  readonly hasPosition: boolean;
  /** Which of param1..4 the autopilot keeps; the others read back as 0. */
  readonly keeps: readonly [boolean, boolean, boolean, boolean];
}

function traits(name: string, navigates: boolean, hasPosition: boolean, keeps: string): CommandTraits {
  const kept = (digit: string) => keeps.includes(digit);
  return { name, navigates, hasPosition, keeps: [kept('1'), kept('2'), kept('3'), kept('4')] };
}

/**
 * The mission commands that the simulated Copter takes, with the names of its "Mission: 2 WP" texts. ArduCopter has no
 * room for the whole item: of a waypoint it keeps the delay only, of a landing nothing but the place.
 */
const COMMANDS: ReadonlyMap<number, CommandTraits> = new Map([
  [16, traits('WP', true, true, '1')],
  [17, traits('LoitUnlim', true, true, '')],
  [19, traits('LoitTime', true, true, '1')],
  [20, traits('RTL', true, false, '')],
  [21, traits('Land', true, true, '1')],
  [22, traits('Takeoff', true, true, '1')],
  [93, traits('Delay', true, false, '1234')],
  [177, traits('Jump', false, false, '12')],
  [178, traits('ChangeSpeed', false, false, '123')],
  // Payload: no camera or relay in this aircraft, the execution is recorded in the truth and nothing else happens.
  [181, traits('SetRelay', false, false, '12')],
  [183, traits('SetServo', false, false, '12')],
  [203, traits('DigiCamCtrl', false, false, '1234')],
  [206, traits('SetCamTrigDst', false, false, '123')],
  [2000, traits('ImgStartCapture', false, false, '1234')],
  [2001, traits('ImgStopCapture', false, false, '1')],
  [2500, traits('VidStartCapture', false, false, '12')],
  [2501, traits('VidStopCapture', false, false, '1')],
]);

export function isNavigation(command: number): boolean {
  return COMMANDS.get(command)?.navigates === true;
}

export function commandName(command: number): string {
  return COMMANDS.get(command)?.name ?? `Cmd ${command}`;
}

const FENCE_COMMANDS: ReadonlySet<number> = new Set([5000, 5001, 5002, 5003, 5004]);
const RALLY_COMMAND = 5100;

export type Conversion =
  | { readonly kind: 'stored'; readonly item: MissionItem }
  | { readonly kind: 'refused'; readonly result: number };

/**
 * What the autopilot makes of a received item, which is also what it reads back: frames 5 and 6 become 0 and 3, items
 * without a position frame 0, heights are held in centimetres, unused parameters are dropped.
 */
export function convertItem(type: StoredType, item: MissionItem): Conversion {
  if (type === MISSION_TYPE.FENCE && !FENCE_COMMANDS.has(item.command))
    return refuse(MISSION_RESULT.UNSUPPORTED);
  if (type === MISSION_TYPE.RALLY && item.command !== RALLY_COMMAND)
    return refuse(MISSION_RESULT.UNSUPPORTED);
  const mission = type === MISSION_TYPE.MISSION ? COMMANDS.get(item.command) : undefined;
  if (type === MISSION_TYPE.MISSION && mission === undefined) return refuse(MISSION_RESULT.UNSUPPORTED);
  const badParam = firstBadParam(item);
  if (badParam !== null) return refuse(badParam);
  if (mission !== undefined && !mission.hasPosition) {
    return stored({ ...item, ...keptParams(item, mission.keeps), frame: 0, x: 0, y: 0, z: 0 });
  }
  const frame = storedFrame(item.frame);
  if (frame === null) return refuse(MISSION_RESULT.UNSUPPORTED_FRAME);
  if (Math.abs(item.x) > 900_000_000) return refuse(MISSION_RESULT.INVALID_PARAM5_X);
  if (Math.abs(item.y) > 1_800_000_000) return refuse(MISSION_RESULT.INVALID_PARAM6_Y);
  if (!Number.isFinite(item.z) || Math.abs(item.z) > 83_000) return refuse(MISSION_RESULT.INVALID_PARAM7);
  const z = Math.fround(Math.trunc(Math.fround(item.z * 100)) * Math.fround(0.01));
  if (type === MISSION_TYPE.FENCE)
    return stored({ ...item, ...roundParams(item), frame: 0, z: Math.fround(item.z) });
  if (type === MISSION_TYPE.RALLY) return stored({ ...item, ...roundParams(item), frame, z });
  return stored({ ...item, ...keptParams(item, mission?.keeps ?? [false, false, false, false]), frame, z });
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
  return null;
}

/** Not-a-number is allowed only as the yaw of a position (param4: "as it is"). */
function firstBadParam(item: MissionItem): number | null {
  const values = [item.param1, item.param2, item.param3];
  const bad = values.findIndex((value) => !Number.isFinite(value));
  return bad === -1 ? null : MISSION_RESULT.INVALID_PARAM1 + bad;
}

type Params = Pick<MissionItem, 'param1' | 'param2' | 'param3' | 'param4'>;

function keptParams(item: MissionItem, keeps: CommandTraits['keeps']): Params {
  const rounded = roundParams(item);
  const positional = COMMANDS.get(item.command)?.hasPosition === true;
  return {
    // The delay of a position is a whole number of seconds.
    param1: keeps[0] ? (positional ? Math.trunc(rounded.param1) : rounded.param1) : 0,
    param2: keeps[1] ? rounded.param2 : 0,
    param3: keeps[2] ? rounded.param3 : 0,
    param4: keeps[3] ? rounded.param4 : 0,
  };
}

function roundParams(item: MissionItem): Params {
  const finite = (value: number) => (Number.isFinite(value) ? Math.fround(value) : 0);
  return {
    param1: finite(item.param1),
    param2: finite(item.param2),
    param3: finite(item.param3),
    param4: finite(item.param4),
  };
}
