/**
 * What autopilots take in a mission: the verifier's own table.
 *
 * Sources, read 2026-11:
 * - ArduPilot: `AP_Mission::mavlink_int_to_mission_cmd` (what can be stored) crossed with `start_command` of
 *   ArduCopter/mode_auto.cpp and ArduPlane/commands_logic.cpp (what is done and not skipped);
 * - PX4: `parse_mavlink_mission_item` of src/modules/mavlink/mavlink_mission.cpp (which frame a command may come in)
 *   crossed with `FeasibilityChecker::checkMissionItemValidity` (what the navigator accepts).
 */

export type Autopilot = 'ardupilot' | 'px4';
export type VehicleClass = 'copter' | 'plane' | 'vtol';

export interface MissionCommand {
  readonly name: string;
  /**
   * `flight`: moves or holds the aircraft; `action`: done on the way; `unpredictable`: the autopilot knows it, but
   * it hands control to something that cannot be foreseen, moves home or switches a protection off.
   */
  readonly kind: 'flight' | 'action' | 'unpredictable';
  /** x and y are a position. */
  readonly hasPosition: boolean;
  /** Position 0, 0 means "here". */
  readonly zeroIsHere: boolean;
  readonly ardupilot: readonly VehicleClass[];
  /** PX4 takes a command in global frames, in MAV_FRAME_MISSION, in either, or not at all. */
  readonly px4: 'global' | 'mission' | 'either' | 'none';
}

const ALL: readonly VehicleClass[] = ['copter', 'plane', 'vtol'];
const WINGS: readonly VehicleClass[] = ['plane', 'vtol'];
const NONE: readonly VehicleClass[] = [];

const flight = (
  name: string,
  px4: MissionCommand['px4'],
  ardupilot: readonly VehicleClass[] = ALL,
  zeroIsHere = false,
): MissionCommand => ({ name, kind: 'flight', hasPosition: true, zeroIsHere, ardupilot, px4 });

const still = (
  name: string,
  px4: MissionCommand['px4'],
  ardupilot: readonly VehicleClass[] = ALL,
): MissionCommand => ({ name, kind: 'flight', hasPosition: false, zeroIsHere: false, ardupilot, px4 });

const action = (
  name: string,
  px4: MissionCommand['px4'],
  ardupilot: readonly VehicleClass[] = ALL,
): MissionCommand => ({ name, kind: 'action', hasPosition: false, zeroIsHere: false, ardupilot, px4 });

const aim = (
  name: string,
  px4: MissionCommand['px4'],
  ardupilot: readonly VehicleClass[] = ALL,
): MissionCommand => ({ name, kind: 'action', hasPosition: true, zeroIsHere: false, ardupilot, px4 });

const unpredictable = (name: string): MissionCommand => ({
  name,
  kind: 'unpredictable',
  hasPosition: false,
  zeroIsHere: false,
  ardupilot: NONE,
  px4: 'none',
});

/** By MAV_CMD (common.xml, ardupilotmega.xml). What is not here, no mission may hold. */
export const MISSION_COMMANDS: ReadonlyMap<number, MissionCommand> = new Map([
  [16, flight('NAV_WAYPOINT', 'global')],
  [17, flight('NAV_LOITER_UNLIM', 'global')],
  [18, flight('NAV_LOITER_TURNS', 'none')],
  [19, flight('NAV_LOITER_TIME', 'global')],
  [20, still('NAV_RETURN_TO_LAUNCH', 'mission')],
  [21, flight('NAV_LAND', 'global', ALL, true)],
  [22, flight('NAV_TAKEOFF', 'global', ALL, true)],
  [31, flight('NAV_LOITER_TO_ALT', 'global')],
  [82, flight('NAV_SPLINE_WAYPOINT', 'none', ['copter'])],
  [84, flight('NAV_VTOL_TAKEOFF', 'global', ALL, true)],
  [85, flight('NAV_VTOL_LAND', 'global', ALL, true)],
  [93, still('NAV_DELAY', 'mission')],
  [112, action('CONDITION_DELAY', 'none')],
  [114, action('CONDITION_DISTANCE', 'none')],
  [115, action('CONDITION_YAW', 'none', ['copter'])],
  [177, still('DO_JUMP', 'mission')],
  [178, still('DO_CHANGE_SPEED', 'mission')],
  [181, action('DO_SET_RELAY', 'none')],
  [182, action('DO_REPEAT_RELAY', 'none')],
  [183, action('DO_SET_SERVO', 'mission')],
  [184, action('DO_REPEAT_SERVO', 'none')],
  [188, aim('DO_RETURN_PATH_START', 'none')],
  [189, action('DO_LAND_START', 'mission')],
  [195, aim('DO_SET_ROI_LOCATION', 'global')],
  [196, action('DO_SET_ROI_WPNEXT_OFFSET', 'mission', NONE)],
  [197, action('DO_SET_ROI_NONE', 'mission')],
  [200, action('DO_CONTROL_VIDEO', 'mission', NONE)],
  [201, aim('DO_SET_ROI', 'either')],
  [202, action('DO_DIGICAM_CONFIGURE', 'none')],
  [203, action('DO_DIGICAM_CONTROL', 'mission')],
  [204, action('DO_MOUNT_CONFIGURE', 'mission', NONE)],
  [205, action('DO_MOUNT_CONTROL', 'mission')],
  [206, action('DO_SET_CAM_TRIGG_DIST', 'mission')],
  [211, action('DO_GRIPPER', 'none')],
  [214, action('DO_SET_CAM_TRIGG_INTERVAL', 'mission', NONE)],
  [530, action('SET_CAMERA_MODE', 'mission', NONE)],
  [531, action('SET_CAMERA_ZOOM', 'mission')],
  [532, action('SET_CAMERA_FOCUS', 'mission')],
  [534, action('SET_CAMERA_SOURCE', 'none')],
  [1000, action('DO_GIMBAL_MANAGER_PITCHYAW', 'mission')],
  [1001, action('DO_GIMBAL_MANAGER_CONFIGURE', 'mission', NONE)],
  [2000, action('IMAGE_START_CAPTURE', 'mission')],
  [2001, action('IMAGE_STOP_CAPTURE', 'mission')],
  [2003, action('DO_TRIGGER_CONTROL', 'mission', NONE)],
  [2500, action('VIDEO_START_CAPTURE', 'mission')],
  [2501, action('VIDEO_STOP_CAPTURE', 'mission')],
  [3000, action('DO_VTOL_TRANSITION', 'mission', WINGS)],
  [30, unpredictable('NAV_CONTINUE_AND_CHANGE_ALT')],
  [83, unpredictable('NAV_ALTITUDE_WAIT')],
  [92, unpredictable('NAV_GUIDED_ENABLE')],
  [94, unpredictable('NAV_PAYLOAD_PLACE')],
  [176, unpredictable('DO_SET_MODE')],
  [179, unpredictable('DO_SET_HOME')],
  [185, unpredictable('DO_FLIGHTTERMINATION')],
  [191, unpredictable('DO_GO_AROUND')],
  [193, unpredictable('DO_PAUSE_CONTINUE')],
  [207, unpredictable('DO_FENCE_ENABLE')],
  [208, unpredictable('DO_PARACHUTE')],
  [210, unpredictable('DO_INVERTED_FLIGHT')],
  [213, unpredictable('NAV_SET_YAW_SPEED')],
  [217, unpredictable('DO_SEND_SCRIPT_MESSAGE')],
  [218, unpredictable('DO_AUX_FUNCTION')],
  [222, unpredictable('DO_GUIDED_LIMITS')],
  [223, unpredictable('DO_ENGINE_CONTROL')],
  [260, unpredictable('OBLIQUE_SURVEY')],
  [4501, unpredictable('CONDITION_GATE')],
  [42_600, unpredictable('DO_WINCH')],
  [42_702, unpredictable('NAV_SCRIPT_TIME')],
  [42_703, unpredictable('NAV_ATTITUDE_TIME')],
]);

export const COMMAND = {
  WAYPOINT: 16,
  LOITER_UNLIM: 17,
  LOITER_TURNS: 18,
  LOITER_TIME: 19,
  RETURN: 20,
  LAND: 21,
  TAKEOFF: 22,
  LOITER_TO_ALT: 31,
  SPLINE_WAYPOINT: 82,
  VTOL_TAKEOFF: 84,
  VTOL_LAND: 85,
  DELAY: 93,
  JUMP: 177,
  CHANGE_SPEED: 178,
  ROI_LOCATION: 195,
  ROI_WPNEXT_OFFSET: 196,
  ROI_NONE: 197,
  ROI: 201,
  DIGICAM_CONTROL: 203,
  MOUNT_CONTROL: 205,
  CAM_TRIGG_DIST: 206,
  CAM_TRIGG_INTERVAL: 214,
  GIMBAL_PITCHYAW: 1000,
  IMAGE_START: 2000,
  IMAGE_STOP: 2001,
  VIDEO_START: 2500,
  VIDEO_STOP: 2501,
  RETURN_POINT: 5000,
  POLYGON_INCLUSION: 5001,
  POLYGON_EXCLUSION: 5002,
  CIRCLE_INCLUSION: 5003,
  CIRCLE_EXCLUSION: 5004,
  RALLY_POINT: 5100,
} as const;

export const isTakeOff = (command: number): boolean =>
  command === COMMAND.TAKEOFF || command === COMMAND.VTOL_TAKEOFF;

export const isLanding = (command: number): boolean =>
  command === COMMAND.LAND || command === COMMAND.VTOL_LAND;

/** Global frames by MAV_FRAME number and what their heights are counted from. */
export const HEIGHT_FRAMES: ReadonlyMap<number, 'amsl' | 'home' | 'terrain'> = new Map([
  [0, 'amsl'],
  [5, 'amsl'],
  [3, 'home'],
  [6, 'home'],
  [10, 'terrain'],
  [11, 'terrain'],
]);

export const FRAME_MISSION = 2;

/** Whether an autopilot takes a command in a frame; null for a command that it does not take at all. */
export function frameFits(command: MissionCommand, frame: number, autopilot: Autopilot): boolean | null {
  const datum = HEIGHT_FRAMES.get(frame);
  if (autopilot === 'ardupilot') {
    if (command.ardupilot.length === 0) return null;
    // In MAV_FRAME_MISSION ArduPilot takes the height of a position to be AMSL, which nobody means.
    return datum !== undefined || (frame === FRAME_MISSION && !command.hasPosition);
  }
  if (command.px4 === 'none') return null;
  const isGlobal = datum === 'amsl' || datum === 'home';
  if (isGlobal) return command.px4 !== 'mission';
  return frame === FRAME_MISSION && command.px4 !== 'global';
}
