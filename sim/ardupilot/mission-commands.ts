/**
 * How one field of a mission item is kept. ArduPilot packs an item into 15 bytes (AP_Mission.h), each command in its
 * own way: `-` not at all, `f` as a float, `u` 16 bits, `b` 8 bits, `i` and `s` 8 and 16 bits with sign, `j` 0 or 1 for
 * "more than zero", `d` −1 or 1 for a direction, `r` whole metres with a sign, `c` centimetres without one.
 */
export type Field = '-' | 'f' | 'u' | 'b' | 'i' | 's' | 'j' | 'd' | 'r' | 'c';

export interface MissionCommand {
  /** Name in the texts ("Mission: 2 WP"). */
  readonly name: string;
  /** Navigation: the aircraft is busy with it, one at a time; others are done beside it. */
  readonly navigates: boolean;
  readonly hasPosition: boolean;
  /** param1..4; with a position followed by nothing, without one by x, y, z where they are kept. */
  readonly fields: string;
  /** MISSION_ITEM_REACHED is sent when it is done (what ModeAuto::verify_command knows). */
  readonly announces: boolean;
}

function nav(name: string, fields: string, hasPosition = true, announces = true): MissionCommand {
  return { name, navigates: true, hasPosition, fields, announces };
}

/** Done by the vehicle's own code, which announces it. */
function own(name: string, fields: string, hasPosition = false): MissionCommand {
  return { name, navigates: false, hasPosition, fields, announces: true };
}

/** Done by the mission library at once: servo, relay, camera, gimbal. */
function done(name: string, fields: string, hasPosition = false): MissionCommand {
  return { name, navigates: false, hasPosition, fields, announces: false };
}

/** Names and fields after AP_Mission.cpp; `fixtures/mission-items.json` is what a real one made of each. */
export const MISSION_COMMANDS: ReadonlyMap<number, MissionCommand> = new Map([
  [16, nav('WP', 'u---')],
  [17, nav('LoitUnlim', '--r-')],
  [18, nav('LoitTurns', '----')],
  [19, nav('LoitTime', 'u-dj')],
  [20, nav('RTL', '----', false)],
  [21, nav('Land', 'u--d')],
  [22, nav('Takeoff', 'u---')],
  [30, nav('ContinueAndChangeAlt', 'u---')],
  [31, nav('LoitAltitude', '-r-j', true, false)],
  [82, nav('SplineWP', 'u---')],
  [83, nav('AltitudeWait', 'ffb-', false)],
  [84, nav('VTOLTakeoff', '----')],
  [85, nav('VTOLLand', 'u---')],
  [92, nav('GuidedEnable', 'u---')],
  [93, nav('Delay', 'fiii', false)],
  [94, nav('PayloadPlace', 'c---')],
  [112, own('CondDelay', 'f---')],
  [114, own('CondDist', 'f---')],
  [115, own('CondYaw', 'ffib')],
  [177, done('Jump', 'us--')],
  [178, own('ChangeSpeed', 'bff-')],
  [179, own('SetHome', 'u---', true)],
  [181, done('SetRelay', 'bb--')],
  [182, done('RepeatRelay', 'bif-')],
  [183, done('SetServo', 'bu--')],
  [184, done('RepeatServo', 'buif')],
  [188, own('ReturnPathStart', '----', true)],
  [189, own('LandStart', '----', true)],
  [191, done('Go Around', '----', true)],
  [193, done('PauseContinue', 'u---')],
  [195, own('SetROILocation', 'u---', true)],
  [197, own('SetROINone', 'u---')],
  [201, own('SetROI', 'u---', true)],
  [202, done('DigiCamCfg', 'bbbbbbf')],
  [203, done('DigiCamCtrl', 'bbibbb-')],
  [205, own('MountControl', 'fff-')],
  [206, done('SetCamTrigDst', 'f-b-')],
  [207, done('FenceEnable', 'u---')],
  [208, done('Parachute', 'u---')],
  [210, done('InvertedFlight', 'u---')],
  [211, done('Gripper', 'bb--')],
  [212, done('AutoTuneEnable', 'u---')],
  [213, nav('SetYawSpd', 'ffb-', false)],
  [214, done('SetRepeatDist', 'u---')],
  [216, done('Sprayer', 'u---')],
  [218, done('AuxFunction', 'uu--')],
  [222, done('GuidedLimits', 'ufff')],
  [531, done('SetCameraZoom', 'bf--')],
  [532, done('SetCameraFocus', 'bf--')],
  [534, done('SetCameraSource', 'bbb-')],
  [600, done('Tag', 'u---')],
  [601, done('JumpToTag', 'us--')],
  [1000, done('GimbalPitchYaw', 'ssiib-b')],
  [2000, done('ImageStartCapture', 'bfub')],
  [2001, done('ImageStopCapture', 'u---')],
  [2500, done('VideoStartCapture', 'b---')],
  [2501, done('VideoStopCapture', 'b---')],
]);

export function isNavigation(command: number): boolean {
  return MISSION_COMMANDS.get(command)?.navigates === true;
}

export function commandName(command: number): string {
  return MISSION_COMMANDS.get(command)?.name ?? `Cmd ${command}`;
}

/** What camera, gimbal, servo or relay does, as opposed to the flight. */
export function isPayloadCommand(command: number): boolean {
  return PAYLOAD.has(command);
}

const PAYLOAD: ReadonlySet<number> = new Set([
  181, 182, 183, 184, 195, 197, 201, 202, 203, 205, 206, 211, 531, 532, 534, 1000, 2000, 2001, 2500, 2501,
]);

/** One field as the autopilot reads it back. */
export function keptField(field: Field, value: number): number {
  const finite = Number.isFinite(value) ? value : 0;
  switch (field) {
    case '-':
      return 0;
    case 'f':
      return Math.fround(finite);
    case 'u':
      return wrapped(finite, 16, false);
    case 'b':
      return wrapped(finite, 8, false);
    case 'i':
      return wrapped(finite, 8, true);
    case 's':
      return wrapped(finite, 16, true);
    case 'j':
      return finite > 0 ? 1 : 0;
    case 'd':
      return finite < 0 ? -1 : 1;
    case 'r':
      return Math.sign(finite) * wrapped(Math.abs(finite), 16, false) || 0;
    case 'c':
      return Math.fround(wrapped(Math.fround(finite * 100), 16, false) * Math.fround(0.01));
  }
}

/** A C cast to an integer of so many bits, on the processors that ArduPilot runs on. */
function wrapped(value: number, bits: 8 | 16, signed: boolean): number {
  const whole = Math.trunc(value) & (bits === 8 ? 0xff : 0xffff);
  const limit = bits === 8 ? 0x80 : 0x8000;
  return signed && whole >= limit ? whole - 2 * limit : whole;
}
