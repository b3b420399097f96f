import { createHash } from 'node:crypto';
import { MAV_CMD, type MissionItem } from '../../missions/mission-item.ts';
import type { AutopilotKind, MissionDifference } from '../model.ts';
import { FENCE_CMD, isPlaceCommand, type PlanKind } from './mission-kinds.ts';

/**
 * Is what the vehicle holds what we sent? Compared as quantised values, with the differences that each autopilot
 * makes lawfully (PROTOCOL.md, and seen in the recordings):
 *
 * - frames 5 and 6 are the twins of 0 and 3; either may come back
 * - commands without a position (RETURN_TO_LAUNCH, DO_…): ArduPilot turns frame 2 into 0
 * - ArduPilot stores heights in centimetres, most parameters of NAV commands as whole numbers, and not all of them
 * - NaN ("keep") becomes 0 in ArduPilot
 *
 * The home slot is taken off before.
 */
const FRAME_TWIN: Readonly<Record<number, number>> = { 5: 0, 6: 3, 11: 10 };
/** PX4 keeps positions as doubles and may come back one unit (1 cm) lower. */
const PX4_POSITION_TOLERANCE = 1;
const HEIGHT_TOLERANCE_M = 0.0101;
const MAX_DIFFERENCES = 20;
/** NAV commands are below this; the rest (conditions, DO_…) carry no position of their own. */
const FIRST_NON_NAV = 95;

/** NAV_DELAY, and the DO_ commands that name a place: SET_HOME, LAND_START, SET_ROI_LOCATION, SET_ROI. */
const NAV_DELAY = 93;
const PLACED_DO_COMMANDS: readonly number[] = [179, 189, 195, 201];

export function hasPosition(command: number): boolean {
  if (command >= FIRST_NON_NAV) return PLACED_DO_COMMANDS.includes(command) || isPlaceCommand(command);
  return command !== MAV_CMD.NAV_RETURN_TO_LAUNCH && command !== NAV_DELAY;
}

export function canonicalFrame(frame: number): number {
  return FRAME_TWIN[frame] ?? frame;
}

export function compareMissions(
  sent: readonly MissionItem[],
  held: readonly MissionItem[],
  autopilot: AutopilotKind,
): readonly MissionDifference[] {
  const differences: MissionDifference[] = [];
  if (sent.length !== held.length) {
    differences.push({ index: -1, field: 'count', sent: sent.length, held: held.length });
  }
  for (let index = 0; index < Math.min(sent.length, held.length); index++) {
    differences.push(
      ...compareItems(index, sent[index] as MissionItem, held[index] as MissionItem, autopilot),
    );
  }
  return differences.slice(0, MAX_DIFFERENCES);
}

/**
 * The same for any plan. A fence is flat: neither autopilot keeps its heights, ArduPilot calls every frame 0, and old
 * versions hold radii as whole metres. ArduPilot holds the heights of rally points in whole metres.
 */
export function comparePlans(
  kind: PlanKind,
  sent: readonly MissionItem[],
  held: readonly MissionItem[],
  autopilot: AutopilotKind,
): readonly MissionDifference[] {
  if (kind === 'mission') return compareMissions(sent, held, autopilot);
  const differences: MissionDifference[] = [];
  if (sent.length !== held.length) {
    differences.push({ index: -1, field: 'count', sent: sent.length, held: held.length });
  }
  sent.slice(0, held.length).forEach((item, index) => {
    const other = held[index] as MissionItem;
    const differ = (field: keyof MissionItem): void => {
      differences.push({ index, field, sent: item[field], held: other[field] });
    };
    if (item.command !== other.command) {
      differ('command');
      return;
    }
    if (!sameSize(item, other, autopilot)) differ('param1');
    const tolerance = autopilot === 'px4' ? PX4_POSITION_TOLERANCE : 0;
    if (Math.abs(item.x - other.x) > tolerance) differ('x');
    if (Math.abs(item.y - other.y) > tolerance) differ('y');
    if (kind === 'fence') return;
    if (canonicalFrame(item.frame) !== canonicalFrame(other.frame)) differ('frame');
    const heightToleranceM = autopilot === 'ardupilot' ? WHOLE_METRE_TOLERANCE_M : HEIGHT_TOLERANCE_M;
    if (!(Math.abs(item.z - other.z) <= heightToleranceM)) differ('z');
  });
  return differences.slice(0, MAX_DIFFERENCES);
}

/** Below one metre: cut off, not rounded. */
const WHOLE_METRE_TOLERANCE_M = 0.9999;

/** How many vertices a polygon has, exactly; how wide a circle is. Other places keep no parameter. */
function sameSize(sent: MissionItem, held: MissionItem, autopilot: AutopilotKind): boolean {
  const isCircle = sent.command === FENCE_CMD.CIRCLE_INCLUSION || sent.command === FENCE_CMD.CIRCLE_EXCLUSION;
  const isVertex =
    sent.command === FENCE_CMD.POLYGON_INCLUSION || sent.command === FENCE_CMD.POLYGON_EXCLUSION;
  if (isVertex) return sent.param1 === held.param1;
  if (!isCircle) return true;
  const byM = Math.abs(Math.fround(sent.param1) - Math.fround(held.param1));
  const wasRounded = autopilot === 'ardupilot' && Number.isInteger(held.param1);
  return byM <= (wasRounded ? WHOLE_METRE_TOLERANCE_M : 1e-6 * Math.abs(sent.param1));
}

function compareItems(
  index: number,
  sent: MissionItem,
  held: MissionItem,
  autopilot: AutopilotKind,
): MissionDifference[] {
  const differences: MissionDifference[] = [];
  const differ = (field: keyof MissionItem): void => {
    differences.push({ index, field, sent: sent[field], held: held[field] });
  };
  if (sent.command !== held.command) {
    differ('command');
    return differences;
  }
  const positional = hasPosition(sent.command);
  if (positional && canonicalFrame(sent.frame) !== canonicalFrame(held.frame)) differ('frame');
  for (const field of ['param1', 'param2', 'param3', 'param4'] as const) {
    if (!sameParameter(field, sent, held, autopilot)) differ(field);
  }
  if (positional) {
    // Copter takes off where it stands; where it would have stood is not kept by every version.
    const placeFree = autopilot === 'ardupilot' && sent.command === MAV_CMD.NAV_TAKEOFF;
    const tolerance = autopilot === 'px4' ? PX4_POSITION_TOLERANCE : 0;
    if (!placeFree && Math.abs(sent.x - held.x) > tolerance) differ('x');
    if (!placeFree && Math.abs(sent.y - held.y) > tolerance) differ('y');
    if (!(Math.abs(sent.z - held.z) <= HEIGHT_TOLERANCE_M)) differ('z');
  }
  return differences;
}

function sameParameter(
  field: 'param1' | 'param2' | 'param3' | 'param4',
  sentItem: MissionItem,
  heldItem: MissionItem,
  autopilot: AutopilotKind,
): boolean {
  const sent = Math.fround(sentItem[field]);
  const held = Math.fround(heldItem[field]);
  if (Object.is(sent, held) || sent === held) return true;
  if (Number.isNaN(sent)) return held === 0 || Number.isNaN(held);
  if (Number.isNaN(held)) return false;
  if (autopilot !== 'ardupilot') return Math.abs(sent - held) <= Math.abs(sent) * 1e-6;
  if (sentItem.command >= FIRST_NON_NAV)
    return Math.abs(sent - held) <= Math.max(0.01, Math.abs(sent) * 1e-3);
  if (isDirection(field, sentItem.command)) return held === (sent < 0 ? -1 : 1);
  // One 16-bit field holds what a NAV command keeps: param1 as a whole number; radius, pass-by and yaw of
  // waypoints are given up by Copter.
  if (field === 'param1') return Math.abs(sent - held) <= 0.5;
  return held === 0 || Math.abs(sent - held) <= 0.5;
}

/**
 * Where ArduPilot keeps no number but a direction: −1 for a negative one, 1 for all others, 0 included
 * (AP_Mission::mission_cmd_to_mavlink_int: NAV_LAND's yaw direction, the turning of NAV_LOITER_TIME).
 */
function isDirection(field: string, command: number): boolean {
  return (
    (command === MAV_CMD.NAV_LAND && field === 'param4') ||
    (command === MAV_CMD.NAV_LOITER_TIME && field === 'param3')
  );
}

/** SHA-256 of the items in a canonical form: the same plan gives the same hash, whatever twin frame it is written in. */
export function hashPlan(items: readonly MissionItem[]): string {
  const hash = createHash('sha256');
  const bytes = Buffer.alloc(38);
  for (const item of items) {
    const positional = hasPosition(item.command);
    bytes.writeUInt16LE(positional ? canonicalFrame(item.frame) : 2, 0);
    bytes.writeUInt16LE(item.command, 2);
    bytes.writeUInt16LE(0, 4);
    [item.param1, item.param2, item.param3, item.param4].forEach((value, i) => {
      bytes.writeFloatLE(Number.isNaN(value) || value === 0 ? 0 : value, 6 + 4 * i);
    });
    bytes.writeInt32LE(positional ? item.x : 0, 22);
    bytes.writeInt32LE(positional ? item.y : 0, 26);
    // Centimetres, as ArduPilot holds them.
    bytes.writeDoubleLE(positional ? Math.round(item.z * 100) : 0, 30);
    hash.update(bytes);
  }
  return hash.digest('hex');
}
