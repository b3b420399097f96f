import { MAV_CMD, MAV_FRAME, type MissionItem, type MissionPlan } from '../mission-item.ts';
import type { LonLat } from '../model.ts';

/** Items of a patrol sortie besides its waypoints: take-off, speed, return. */
export const FIXED_ITEMS = 3;

const BLANK = { param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 } as const;

/**
 * The mission of one sortie: take off where it stands (x, y = 0), set the speed, fly the points, return to launch.
 * Heights are above home. `cruiseSpeedMps` is ground speed.
 */
export function buildSortieItems(
  points: readonly LonLat[],
  relativeAltitudeM: number,
  cruiseSpeedMps: number,
): MissionPlan {
  const items: MissionItem[] = [
    { ...BLANK, frame: MAV_FRAME.GLOBAL_RELATIVE_ALT, command: MAV_CMD.NAV_TAKEOFF, z: relativeAltitudeM },
    // param1 1: ground speed; param3 -1: leave the throttle alone.
    {
      ...BLANK,
      frame: MAV_FRAME.MISSION,
      command: MAV_CMD.DO_CHANGE_SPEED,
      param1: 1,
      param2: cruiseSpeedMps,
      param3: -1,
    },
    ...points.map((point) => ({
      ...BLANK,
      frame: MAV_FRAME.GLOBAL_RELATIVE_ALT,
      command: MAV_CMD.NAV_WAYPOINT,
      x: toDegE7(point.latDeg),
      y: toDegE7(point.lonDeg),
      z: relativeAltitudeM,
    })),
    { ...BLANK, frame: MAV_FRAME.MISSION, command: MAV_CMD.NAV_RETURN_TO_LAUNCH },
  ];
  return { items, fence: [], rally: [] };
}

/** Degrees to the wire's integer: 1e-7 degrees, about 1 cm. */
export function toDegE7(deg: number): number {
  return Math.round(deg * 1e7) + 0;
}

/** The wire's integer to degrees. */
export function fromDegE7(value: number): number {
  return value / 1e7;
}

/**
 * Which items are the covering part of a sortie, for progress: the waypoints from `first` (reached by the way out)
 * to `last` (after it comes the way home), both inclusive, counted from 0 in `plan.items`. `null` without waypoints.
 */
export function coveringItemRange(
  plan: MissionPlan,
): { readonly first: number; readonly last: number } | null {
  const first = plan.items.findIndex((item) => item.command === MAV_CMD.NAV_WAYPOINT);
  if (first < 0) return null;
  const last = plan.items.findLastIndex((item) => item.command === MAV_CMD.NAV_WAYPOINT);
  return { first, last };
}
