import type { MissionItem } from '../../missions/mission-item.ts';
import { horizontalDistanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { type EventArgument, LEVEL } from './px4-events.ts';
import { CMD, hasPosition, isRelative } from './px4-mission-items.ts';

export interface MissionCheckInput {
  readonly items: readonly MissionItem[];
  readonly home: LocalPoint | null;
  readonly isLanded: boolean;
  /** Place of an item in the local frame; null without a position. */
  readonly placeOf: (item: MissionItem) => LocalPoint | null;
  /** Whether the fence lets the aircraft be there. */
  readonly isAllowed: (point: LocalPoint) => boolean;
  /** MIS_DIST_1WP, 0 switched off. */
  readonly maxFirstDistanceM: number;
}

/** Why PX4 does not fly a mission that it has taken; `text` is null where it says so by the event only. */
export interface MissionObjection {
  readonly event: string;
  readonly level: number;
  readonly args: readonly EventArgument[];
  readonly text: string | null;
}

/** Stored by the parser, and not flown by the navigator (FeasibilityChecker.cpp). */
const PARSED_BUT_UNSUPPORTED: ReadonlySet<number> = new Set([CMD.FENCE_RETURN_POINT, 112, 114]);

/**
 * PX4's feasibility checks for a multicopter, in its order; they run when a mission, a fence or home changes. The first
 * objection counts. Null: it can be flown.
 */
export function objectionTo(input: MissionCheckInput): MissionObjection | null {
  const { items } = input;
  let positionSeen = false;
  for (const [index, item] of items.entries()) {
    const number = index + 1;
    if (isRelative(item) && hasPosition(item) && input.home === null) {
      return objection('navigator_mis_no_home_rel_alt', LEVEL.ERROR_INFO, [['i16', number]]);
    }
    if (PARSED_BUT_UNSUPPORTED.has(item.command)) {
      const args: readonly EventArgument[] = [
        ['u16', number],
        ['u16', item.command],
      ];
      return objection('navigator_mis_unsup_cmd', LEVEL.ERROR_WARNING, args);
    }
    if (index === 0 && item.command === CMD.LAND && input.isLanded) {
      return objection('navigator_mis_starts_w_landing', LEVEL.ERROR_INFO);
    }
    if (item.command === CMD.VTOL_TAKEOFF || item.command === CMD.VTOL_LAND || item.command === 3000) {
      return objection('navigator_mis_vtol_items', LEVEL.ERROR_INFO);
    }
    const place = input.placeOf(item);
    if (!positionSeen && place !== null && input.home !== null && input.maxFirstDistanceM > 0) {
      const distanceM = horizontalDistanceM(place, input.home);
      if (distanceM >= input.maxFirstDistanceM) {
        const args: readonly EventArgument[] = [['u32', Math.trunc(distanceM)]];
        return objection('navigator_mis_first_wp_far', LEVEL.WARNING_INFO, args);
      }
    }
    if (item.command === CMD.TAKEOFF) {
      const heightM = isRelative(item) ? item.z : (place?.upM ?? 0) - (input.home?.upM ?? 0);
      if (heightM <= 0) {
        return objection('navigator_mis_takeoff_too_low', LEVEL.ERROR_INFO, [['f32', 0]]);
      }
      if (positionSeen) return objection('navigator_mis_takeoff_not_first', LEVEL.ERROR_INFO);
    }
    if (hasPosition(item) || item.command === CMD.RTL) positionSeen = true;
    if (place !== null && !input.isAllowed(place)) {
      return {
        event: 'navigator_mis_geofence_violation',
        level: LEVEL.ERROR_INFO,
        args: [['u16', number]],
        text: `Geofence violation for waypoint ${number}`,
      };
    }
  }
  return null;
}

function objection(event: string, level: number, args: readonly EventArgument[] = []): MissionObjection {
  return { event, level, args, text: null };
}
