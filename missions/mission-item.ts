/**
 * A mission item as MAVLink carries it (MISSION_ITEM_INT, common.xml message 73), without the addressing.
 *
 * `x` and `y` are the wire's own integers: latitude and longitude in 1e-7 degrees (`degE7`) for commands with
 * a position, otherwise the command's own value. Holding the quantised values makes read-back comparison and
 * hashing exact. `z` is metres in the datum that `frame` names.
 */
export interface MissionItem {
  /** MAV_FRAME: 0 global AMSL, 2 mission (no position), 3 relative to home, 5/6 the `_INT` twins of 0/3. */
  readonly frame: number;
  /** MAV_CMD. */
  readonly command: number;
  readonly param1: number;
  readonly param2: number;
  readonly param3: number;
  readonly param4: number;
  /** Latitude in 1e-7 degrees for positional commands. */
  readonly x: number;
  /** Longitude in 1e-7 degrees for positional commands. */
  readonly y: number;
  readonly z: number;
}

/** What one vehicle shall hold: flight items in order (no autopilot home slot), fence and rally items. */
export interface MissionPlan {
  readonly items: readonly MissionItem[];
  readonly fence: readonly MissionItem[];
  readonly rally: readonly MissionItem[];
}

/** The MAV_CMD and MAV_FRAME values that plans are built of (common.xml). */
export const MAV_CMD = {
  NAV_WAYPOINT: 16,
  NAV_LOITER_UNLIM: 17,
  NAV_LOITER_TIME: 19,
  NAV_RETURN_TO_LAUNCH: 20,
  NAV_LAND: 21,
  NAV_TAKEOFF: 22,
  DO_CHANGE_SPEED: 178,
} as const;

export const MAV_FRAME = {
  GLOBAL: 0,
  MISSION: 2,
  GLOBAL_RELATIVE_ALT: 3,
  GLOBAL_INT: 5,
  GLOBAL_RELATIVE_ALT_INT: 6,
} as const;
