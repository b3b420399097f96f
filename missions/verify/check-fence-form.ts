import type { MissionItem } from '../mission-item.ts';
import { COMMAND, HEIGHT_FRAMES } from './mission-commands.ts';
import type { VerifyMissionInput } from './mission-input.ts';
import { failed, type MissionCheck, passed } from './mission-report.ts';

/** Fence items as both autopilots store them: every corner of a polygon repeats how many there are. */
export function checkFenceForm({ plan, autopilot }: VerifyMissionInput): MissionCheck {
  const { fence } = plan;
  const faults: { item: number; fault: string }[] = [];
  for (let i = 0; i < fence.length; ) {
    const item = fence[i] as MissionItem;
    const isPolygon =
      item.command === COMMAND.POLYGON_INCLUSION || item.command === COMMAND.POLYGON_EXCLUSION;
    const isCircle = item.command === COMMAND.CIRCLE_INCLUSION || item.command === COMMAND.CIRCLE_EXCLUSION;
    if (!fenceFrameFits(item.frame, autopilot))
      faults.push({ item: i, fault: `frame ${item.frame} is not taken.` });
    if (!isPolygon) {
      if (isCircle && !(item.param1 > 0)) faults.push({ item: i, fault: `a circle of ${item.param1} m.` });
      if (!isCircle && item.command !== COMMAND.RETURN_POINT) {
        faults.push({ item: i, fault: `command ${item.command} is no fence.` });
      }
      i++;
      continue;
    }
    const count = item.param1;
    const corners = fence.slice(i, i + Math.max(1, Number.isInteger(count) ? count : 1));
    const isWhole =
      Number.isInteger(count) &&
      count >= 3 &&
      corners.length === count &&
      corners.every((corner) => corner.command === item.command && corner.param1 === count);
    if (!isWhole) faults.push({ item: i, fault: `a polygon that says it has ${count} corners has not.` });
    i += isWhole ? count : 1;
  }
  const draft = { figure: faults.length, unit: 'items', limit: 0 };
  const first = faults[0];
  if (first === undefined) {
    return passed('fence-form', { ...draft, message: `${fence.length} well-formed fence items.` });
  }
  return failed('fence-form', {
    ...draft,
    where: { item: first.item, place: null },
    message: `${faults.length} malformed fence items; the first is ${first.item}: ${first.fault}`,
  });
}

/** PX4 reads fence items in global frames only (geofence.cpp); ArduPilot takes them in MAV_FRAME_GLOBAL and _INT. */
function fenceFrameFits(frame: number, autopilot: string): boolean {
  const datum = HEIGHT_FRAMES.get(frame);
  return datum !== undefined && (autopilot === 'px4' ? datum !== 'terrain' : true);
}

/** What is wrong with a rally item; null: nothing. */
export function badRally(item: MissionItem, input: VerifyMissionInput): string | null {
  if (item.command !== COMMAND.RALLY_POINT) return `command ${item.command} is no rally point.`;
  const datum = HEIGHT_FRAMES.get(item.frame);
  if (datum === undefined || (datum === 'terrain' && input.autopilot === 'px4')) {
    return `frame ${item.frame} is not taken.`;
  }
  return null;
}
