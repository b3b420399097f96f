import type { MissionItem } from '../mission-item.ts';
import type { LonLat } from '../model.ts';
import { badRally, checkFenceForm } from './check-fence-form.ts';
import {
  COMMAND,
  FRAME_MISSION,
  frameFits,
  HEIGHT_FRAMES,
  isLanding,
  isTakeOff,
  MISSION_COMMANDS,
} from './mission-commands.ts';
import { requestFault, type VerifyMissionInput } from './mission-input.ts';
import { type CheckPlace, failed, type MissionCheck, type MissionCheckId, passed } from './mission-report.ts';

/** Checks of what is written, before anything is flown. */
export function checkForm(input: VerifyMissionInput): MissionCheck[] {
  const { items, fence, rally } = input.plan;
  const all = [...items, ...fence, ...rally];
  return [
    tally('numbers', all, (item) => badNumber(item, input), 'item fields that are no usable numbers'),
    checkPositions(input),
    tally('commands', items, (item) => badCommand(item, input), 'items that this autopilot cannot fly'),
    tally('frames', items, (item) => badFrame(item, input), 'items in a frame that this autopilot misreads'),
    checkParameters(input),
    checkCapacity(input),
    checkStart(items),
    checkEnd(input),
    checkFenceForm(input),
    tally('rally-form', rally, (item) => badRally(item, input), 'rally items that are malformed'),
  ];
}

/** Findings after which flying the mission on paper means nothing. */
export const UNFLYABLE: ReadonlySet<MissionCheckId> = new Set(['numbers', 'positions']);

/** Counts items with a fault and names the first. */
function tally(
  check: MissionCheckId,
  items: readonly MissionItem[],
  faultOf: (item: MissionItem, index: number) => string | null,
  what: string,
): MissionCheck {
  let count = 0;
  let first: { index: number; item: MissionItem; fault: string } | null = null;
  items.forEach((item, index) => {
    const fault = faultOf(item, index);
    if (fault === null) return;
    count++;
    first ??= { index, item, fault };
  });
  const draft = { figure: count, unit: 'items', limit: 0 };
  const found = first as { index: number; item: MissionItem; fault: string } | null;
  if (found === null) return passed(check, { ...draft, message: `No ${what}.` });
  return failed(check, {
    ...draft,
    where: { item: found.index, place: placeOf(found.item) },
    message: `${count} ${what}; the first is item ${found.index}: ${found.fault}`,
  });
}

/** Largest value of a whole field that MISSION_ITEM_INT can carry (int32). */
const INT32 = 2_147_483_647;

type Field = 'frame' | 'command' | 'param1' | 'param2' | 'param3' | 'param4' | 'x' | 'y' | 'z';
const FIELDS: readonly Field[] = ['frame', 'command', 'param1', 'param2', 'param3', 'param4', 'x', 'y', 'z'];

/** NaN says "leave it as it is" in PX4's yaw of a flight item and in the angles and rates for a gimbal. */
function mayBeNaN(item: MissionItem, field: Field, input: VerifyMissionInput): boolean {
  if (item.command === COMMAND.GIMBAL_PITCHYAW) return field.startsWith('param');
  const command = MISSION_COMMANDS.get(item.command);
  return input.autopilot === 'px4' && command?.kind === 'flight' && command.hasPosition && field === 'param4';
}

function badNumber(item: MissionItem, input: VerifyMissionInput): string | null {
  for (const field of FIELDS) {
    const value = item[field];
    if (Number.isNaN(value) && mayBeNaN(item, field, input)) continue;
    if (!Number.isFinite(value)) return `${field} is ${value}.`;
    const isWhole = field === 'frame' || field === 'command' || field === 'x' || field === 'y';
    if (isWhole && (!Number.isInteger(value) || Math.abs(value) > INT32)) return `${field} is ${value}.`;
  }
  return null;
}

const isOnEarth = (item: MissionItem): boolean =>
  Math.abs(item.x) <= 900_000_000 && Math.abs(item.y) <= 1_800_000_000;

function checkPositions(input: VerifyMissionInput): MissionCheck {
  const { position, elevationAmslM } = input.home;
  const homeFits =
    Number.isFinite(position.lonDeg) &&
    Number.isFinite(position.latDeg) &&
    Math.abs(position.latDeg) <= 89.9 &&
    Math.abs(position.lonDeg) <= 180 &&
    !(position.lonDeg === 0 && position.latDeg === 0) &&
    (elevationAmslM === null || (elevationAmslM > -500 && elevationAmslM < 9000));
  if (!homeFits) {
    return failed('positions', {
      figure: 1,
      unit: 'items',
      limit: 0,
      message: 'The home position is not a place on the Earth: wait for a position fix.',
    });
  }
  const { items, fence, rally } = input.plan;
  const mission = tally('positions', items, badPosition, 'items at 0, 0 or off the Earth');
  if (!mission.ok) return mission;
  const others = tally(
    'positions',
    [...fence, ...rally],
    (item) => (!isOnEarth(item) || (item.x === 0 && item.y === 0) ? 'its position is no place.' : null),
    'fence or rally items at 0, 0 or off the Earth',
  );
  return others.ok ? mission : others;
}

function badPosition(item: MissionItem): string | null {
  const command = MISSION_COMMANDS.get(item.command);
  if (command === undefined || !hasPlace(item)) return null;
  if (item.x === 0 && item.y === 0) return command.zeroIsHere ? null : 'it is at 0, 0.';
  return isOnEarth(item) ? null : `${item.x / 1e7}, ${item.y / 1e7} is not on the Earth.`;
}

/** Whether x and y of an item are a position. */
export function hasPlace(item: MissionItem): boolean {
  const command = MISSION_COMMANDS.get(item.command);
  if (command === undefined || !command.hasPosition || item.frame === FRAME_MISSION) return false;
  // DO_SET_ROI points at a place only with MAV_ROI_LOCATION (3); ArduPilot ignores the mode when all are zero.
  if (item.command === COMMAND.ROI) return item.param1 === 3 || item.x !== 0 || item.y !== 0;
  // A marker for the way home may stand without a position.
  return item.command !== 188 || item.x !== 0 || item.y !== 0;
}

export function placeOf(item: MissionItem): LonLat | null {
  if (!hasPlace(item) || !isOnEarth(item) || (item.x === 0 && item.y === 0)) return null;
  return { lonDeg: item.y / 1e7, latDeg: item.x / 1e7 };
}

function badCommand(item: MissionItem, input: VerifyMissionInput): string | null {
  const command = MISSION_COMMANDS.get(item.command);
  if (command === undefined) return `command ${item.command} is not a mission command.`;
  if (command.kind === 'unpredictable') return `${command.name} makes the flight unpredictable.`;
  if (input.autopilot === 'ardupilot') {
    return command.ardupilot.includes(input.vehicleClass)
      ? null
      : `ArduPilot's ${input.vehicleClass} does not do ${command.name}.`;
  }
  return command.px4 === 'none' ? `PX4 does not do ${command.name}.` : null;
}

function badFrame(item: MissionItem, input: VerifyMissionInput): string | null {
  const command = MISSION_COMMANDS.get(item.command);
  if (command === undefined) return null;
  return frameFits(command, item.frame, input.autopilot) === false
    ? `frame ${item.frame} does not fit ${command.name}.`
    : null;
}

function checkParameters(input: VerifyMissionInput): MissionCheck {
  const fault = requestFault(input);
  if (fault === null) {
    const faultOf = (item: MissionItem, k: number): string | null => badParameter(item, k, input);
    return tally('parameters', input.plan.items, faultOf, 'items with senseless parameters');
  }
  return failed('parameters', {
    figure: 1,
    unit: 'items',
    limit: 0,
    message: `Nothing can be calculated: ${fault}.`,
  });
}

/** PX4 refuses a take-off that is not a metre above its acceptance radius; NAV_ACC_RAD is 2 m for multicopters. */
const LEAST_TAKE_OFF_M = 3;

function badParameter(item: MissionItem, index: number, input: VerifyMissionInput): string | null {
  const { command, param1, param2 } = item;
  if (isTakeOff(command)) {
    const isAmsl = HEIGHT_FRAMES.get(item.frame) === 'amsl';
    if (!isAmsl && item.z < LEAST_TAKE_OFF_M) return `a take-off to ${item.z} m is too low.`;
    return null;
  }
  switch (command) {
    case COMMAND.WAYPOINT:
    case COMMAND.SPLINE_WAYPOINT:
    case COMMAND.LOITER_TIME:
      return param1 < 0 ? `${param1} s is no time.` : null;
    case COMMAND.LOITER_TURNS:
      return param1 <= 0 || param1 > 255 ? `${param1} turns cannot be flown.` : null;
    case COMMAND.CHANGE_SPEED:
      return param2 <= 0 ? `a speed of ${param2} m/s changes nothing.` : null;
    case COMMAND.JUMP: {
      // ArduPilot counts its home slot as item 0.
      const target = param1 - (input.autopilot === 'ardupilot' ? 1 : 0);
      const exists = Number.isInteger(target) && target >= 0 && target < input.plan.items.length;
      return exists && target !== index ? null : `a jump to ${param1} leads nowhere.`;
    }
    case COMMAND.DELAY:
      // Minus one waits for a time of day: how long is not known before the flight.
      return param1 < 0 ? 'a delay until a time of day cannot be checked.' : null;
    default:
      return null;
  }
}

function checkCapacity(input: VerifyMissionInput): MissionCheck {
  // ArduPilot keeps home in the first slot of the same store.
  const figure = input.plan.items.length + (input.autopilot === 'ardupilot' ? 1 : 0);
  const limit = input.profile.missionCapacity;
  const draft = { figure, unit: 'items', limit };
  return figure <= limit
    ? passed('capacity', { ...draft, message: `${figure} of ${limit} items.` })
    : failed('capacity', { ...draft, message: `${figure} items; the autopilot stores ${limit}.` });
}

function checkStart(items: readonly MissionItem[]): MissionCheck {
  // Speed, camera and gimbal may be set and a while be waited before take-off; anything that flies may not.
  const index = items.findIndex((item) => {
    const command = MISSION_COMMANDS.get(item.command);
    const isHarmless = item.command === COMMAND.CHANGE_SPEED || item.command === COMMAND.DELAY;
    return command?.kind === 'flight' && !isHarmless;
  });
  const item = items[index];
  const draft = { figure: item === undefined ? null : item.command, unit: 'command', limit: COMMAND.TAKEOFF };
  if (item !== undefined && isTakeOff(item.command)) {
    return passed('starts-with-take-off', {
      ...draft,
      message: 'The first item that moves the aircraft is a take-off.',
    });
  }
  return failed('starts-with-take-off', {
    ...draft,
    where: item === undefined ? null : at(index, item),
    message:
      item === undefined
        ? 'The mission does not take off.'
        : `Item ${index} moves the aircraft before it took off.`,
  });
}

function checkEnd({ plan, vehicleClass, autopilot }: VerifyMissionInput): MissionCheck {
  const { items } = plan;
  const index = items.length - 1;
  const last = items[index];
  const draft = { figure: last?.command ?? null, unit: 'command', limit: COMMAND.RETURN };
  const ends = last !== undefined && (last.command === COMMAND.RETURN || isLanding(last.command));
  if (!ends) {
    return failed('ends-with-return', {
      ...draft,
      where: last === undefined ? null : at(index, last),
      message: 'The last item is neither a return nor a landing: the aircraft would wait in the air.',
    });
  }
  const early = items.findIndex((item, k) => k < index && item.command === COMMAND.RETURN);
  if (early >= 0) {
    return failed('ends-with-return', {
      ...draft,
      where: { item: early, place: null },
      message: `Items after the return at item ${early} are never flown.`,
    });
  }
  if (last.command === COMMAND.RETURN && vehicleClass === 'plane') {
    return {
      ...passed('ends-with-return', { ...draft, message: '' }),
      ok: false,
      severity: 'warning',
      message: `The return of a plane with ${autopilot} circles over home until somebody lands it.`,
    };
  }
  return passed('ends-with-return', { ...draft, message: 'The last item brings the aircraft down.' });
}

function at(index: number, item: MissionItem): CheckPlace {
  return { item: index, place: placeOf(item) };
}
