import { MAV_CMD, MAV_FRAME, type MissionItem } from '../mission-item.ts';

/** Commands of patterns beside those of plain patrols (common.xml). */
export const PATH_CMD = {
  CONDITION_YAW: 115,
  DO_LAND_START: 189,
  DO_SET_ROI_LOCATION: 195,
  DO_SET_ROI_NONE: 197,
  DO_SET_ROI: 201,
  DO_DIGICAM_CONTROL: 203,
  DO_MOUNT_CONTROL: 205,
  DO_SET_CAM_TRIGG_DIST: 206,
  DO_GIMBAL_MANAGER_PITCHYAW: 1000,
  IMAGE_START_CAPTURE: 2000,
  IMAGE_STOP_CAPTURE: 2001,
  VIDEO_START_CAPTURE: 2500,
  VIDEO_STOP_CAPTURE: 2501,
} as const;

/** MAV_FRAME_GLOBAL_TERRAIN_ALT: heights above the ground below, ArduPilot only. */
export const TERRAIN_FRAME = 10;
export const TERRAIN_FRAME_INT = 11;

/** MAV_MOUNT_MODE_MAVLINK_TARGETING, the mode of a DO_MOUNT_CONTROL that gives angles. */
export const MOUNT_TARGETING = 2;

const BLANK = { param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0 } as const;

type Values = Partial<Omit<MissionItem, 'frame' | 'command'>>;

/** An item without a place. */
export function plainItem(command: number, values: Values = {}): MissionItem {
  return { ...BLANK, frame: MAV_FRAME.MISSION, command, ...values };
}

/** param1 1: ground speed; param3 −1: leave the throttle alone. */
export const speedItem = (speedMps: number): MissionItem =>
  plainItem(MAV_CMD.DO_CHANGE_SPEED, { param1: 1, param2: speedMps, param3: -1 });

/** param3 0: the short way round; param4 0: an absolute heading. ArduPilot only. */
export const yawItem = (headingDeg: number): MissionItem =>
  plainItem(PATH_CMD.CONDITION_YAW, { param1: headingDeg });

/**
 * The older of the two gimbal commands. PX4 takes control of the gimbal by itself for this one alone
 * (MissionBlock::issue_command, "legacy DO_MOUNT_CONTROL"); DO_GIMBAL_MANAGER_PITCHYAW from a mission is denied
 * there until something else has configured the manager. ArduPilot obeys both.
 */
export const gimbalItem = (pitchDeg: number, yawDeg: number): MissionItem =>
  plainItem(PATH_CMD.DO_MOUNT_CONTROL, { param1: pitchDeg, param3: yawDeg, z: MOUNT_TARGETING });

/** `amslM` null: at the height of home, for which frame 3 is the only honest name. */
export const lookAtItem = (x: number, y: number, amslM: number | null): MissionItem => ({
  ...plainItem(PATH_CMD.DO_SET_ROI_LOCATION, { x, y, z: amslM ?? 0 }),
  frame: amslM === null ? MAV_FRAME.GLOBAL_RELATIVE_ALT : MAV_FRAME.GLOBAL,
});

export const lookAheadItem = (): MissionItem => plainItem(PATH_CMD.DO_SET_ROI_NONE);

/** One picture. `number` counts from 1: cameras tell a command sent twice by it. */
export const photoItem = (shutter: Shutter, number: number): MissionItem =>
  shutter === 'camera'
    ? plainItem(PATH_CMD.IMAGE_START_CAPTURE, { param3: 1, param4: number })
    : plainItem(PATH_CMD.DO_DIGICAM_CONTROL, { x: 1 });

/** param3 1: the first picture at once. */
export const photoDistanceItem = (everyM: number): MissionItem =>
  plainItem(PATH_CMD.DO_SET_CAM_TRIGG_DIST, { param1: everyM, param3: everyM > 0 ? 1 : 0 });

export const videoItem = (on: boolean): MissionItem =>
  plainItem(on ? PATH_CMD.VIDEO_START_CAPTURE : PATH_CMD.VIDEO_STOP_CAPTURE);

/**
 * How single pictures are taken: `camera` by IMAGE_START_CAPTURE (MAVLink cameras on both autopilots; those of
 * ArduPilot from version 4.5), `trigger` by DO_DIGICAM_CONTROL (a shutter wired to the autopilot, any version).
 */
export type Shutter = 'camera' | 'trigger';
