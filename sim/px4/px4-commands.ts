import { type Command, RESULT } from '../vehicle/command.ts';
import type { Px4Aircraft } from './px4-aircraft.ts';
import { REASON } from './px4-commander.ts';
import { type EventArgument, LEVEL } from './px4-events.ts';
import { type ModeRequest, NAV, type NavState, requestedBaseMode, requestedMode } from './px4-modes.ts';

/** What a command may do besides flying. */
export interface CommandHost {
  readonly aircraft: Px4Aircraft;
  say(severity: number, text: string, event: string, level: number, ...args: readonly EventArgument[]): void;
  reboot(): void;
}

/** MAV_RESULT, or nothing at all: PX4 has commands that only a part that is not there would answer. */
export type CommandOutcome = number | 'silent';

/** Commands of the commander and the navigator, as v1.17.0 decides them (Commander.cpp, navigator_main.cpp). */
export function executeCommand(command: Command, host: CommandHost): CommandOutcome {
  if (NOBODY_ANSWERS.has(command.command)) return 'silent';
  const handler = HANDLERS.get(command.command);
  return handler === undefined ? RESULT.UNSUPPORTED : handler(command, host);
}

type Handler = (command: Command, host: CommandHost) => CommandOutcome;

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [20, returnToLaunch],
  [21, landHere],
  [22, takeoff],
  [23, (_, { aircraft }) => changed(aircraft, NAV.PRECLAND)],
  [34, orbit],
  [80, accepted],
  [84, (_, { aircraft }) => changed(aircraft, NAV.VTOL_TAKEOFF)],
  [176, setMode],
  [178, accepted],
  [179, setHome],
  [185, terminate],
  [186, changeAltitude],
  [187, accepted],
  [192, reposition],
  [195, accepted],
  [196, accepted],
  [197, accepted],
  [201, accepted],
  [241, calibrate],
  [245, ({ params }, { aircraft }) => storage(params[0], aircraft)],
  [246, reboot],
  [262, setStandardMode],
  [300, startMission],
  [400, armOrDisarm],
  [401, runPrearmChecks],
]);

/** Known to the commander, left to gimbal, camera, logger and the like: without those there is no answer. */
const NOBODY_ANSWERS: ReadonlySet<number> = new Set([
  93, 189, 191, 200, 203, 204, 205, 206, 211, 214, 242, 243, 260, 420, 500, 521, 530, 531, 532, 1000, 1001,
  2003, 2510, 2511, 3000, 30_001, 30_002, 31_010, 31_011, 31_012, 42_600, 43_003,
]);

const CRITICAL = 2;
/** A place in a COMMAND_INT that says "none" (NaN has no integer). */
const NO_PLACE = 2_147_483_647;

function accepted(): number {
  return RESULT.ACCEPTED;
}

/** @returns accepted, or "temporarily rejected" with the words that the mode is not available. */
function changed(aircraft: Px4Aircraft, nav: NavState): number {
  if (aircraft.commander.chooseMode(nav)) return RESULT.ACCEPTED;
  aircraft.commander.sayRejected(nav);
  return RESULT.TEMPORARILY_REJECTED;
}

function setMode({ params }: Command, { aircraft, say }: CommandHost): number {
  const [base, main, sub] = params;
  const isCustom = (Math.trunc(base) & 1) !== 0;
  const wanted: ModeRequest = isCustom
    ? requestedMode(Math.trunc(main) & 0xff, Math.trunc(sub) & 0xff)
    : requestedBaseMode(Math.trunc(base) & 0xff);
  switch (wanted.kind) {
    case 'mode':
      return changed(aircraft, wanted.nav);
    case 'ignored':
      return RESULT.ACCEPTED;
    case 'unsupported-auto-mode':
      say(CRITICAL, 'Unsupported auto mode', 'commander_unsupported_auto_mode', LEVEL.ERROR);
      return RESULT.TEMPORARILY_REJECTED;
  }
}

/** MAV_STANDARD_MODE. */
function setStandardMode({ params }: Command, { aircraft }: CommandHost): number {
  const modes: Readonly<Record<number, NavState>> = {
    1: NAV.POSCTL,
    2: NAV.ORBIT,
    4: NAV.ALTCTL,
    5: NAV.RTL,
    6: NAV.MISSION,
    7: NAV.LAND,
    8: NAV.TAKEOFF,
  };
  const nav = modes[Math.round(params[0])];
  if (nav === undefined) return RESULT.FAILED;
  return aircraft.commander.chooseMode(nav) ? RESULT.ACCEPTED : RESULT.TEMPORARILY_REJECTED;
}

function returnToLaunch(_: Command, { aircraft, say }: CommandHost): number {
  const result = changed(aircraft, NAV.RTL);
  if (result === RESULT.ACCEPTED) say(6, 'Returning to launch', 'commander_rtl', LEVEL.INFO);
  return result;
}

function landHere(_: Command, { aircraft, say }: CommandHost): number {
  const result = changed(aircraft, NAV.LAND);
  const words = 'Landing at current position';
  if (result === RESULT.ACCEPTED) say(6, words, 'commander_landing_current_pos', LEVEL.INFO);
  return result;
}

/** param7 is a height above mean sea level, whatever frame is named; not a number: MIS_TAKEOFF_ALT. */
function takeoff(command: Command, { aircraft }: CommandHost): number {
  const { amslM } = placeOf(command);
  aircraft.navigator.setTakeoff(Number.isFinite(amslM) ? amslM - aircraft.frame.origin.altitudeAmslM : null);
  return changed(aircraft, NAV.TAKEOFF);
}

/**
 * Only with "change mode" (param2 = 1) and nothing else in param2. The height is above mean sea level whatever the
 * frame; what is not a number stays as it is.
 */
function reposition(command: Command, { aircraft }: CommandHost): number {
  const flags = Math.trunc(command.params[1]);
  if (flags !== 1) return RESULT.UNSUPPORTED;
  const result = changed(aircraft, NAV.LOITER);
  if (result !== RESULT.ACCEPTED || !aircraft.armed) return result;
  const { local, amslM } = placeWithin(command, aircraft);
  const [speedMps, , , yawRad] = command.params;
  aircraft.repositionTo({
    place: local,
    upM: Number.isFinite(amslM) ? amslM - aircraft.frame.origin.altitudeAmslM : null,
    speedMps: speedMps > 0 ? speedMps : null,
    yawRad: Number.isFinite(yawRad) ? yawRad : null,
  });
  return result;
}

function changeAltitude({ params }: Command, { aircraft }: CommandHost): number {
  const result = changed(aircraft, NAV.LOITER);
  if (result !== RESULT.ACCEPTED || !aircraft.armed || !Number.isFinite(params[0])) return result;
  const upM = params[0] - aircraft.frame.origin.altitudeAmslM;
  aircraft.repositionTo({ place: null, upM, speedMps: null, yawRad: null });
  return result;
}

/** Radius in param1 (negative: to the left), speed in param2, the nose by param3 (0: to the centre). */
function orbit(command: Command, { aircraft, say }: CommandHost): number {
  const [radiusM, speedMps, yawBehaviour] = command.params;
  const { local, amslM } = placeWithin(command, aircraft);
  const wish = {
    center: local,
    upM: Number.isFinite(amslM) ? amslM - aircraft.frame.origin.altitudeAmslM : null,
    radiusM,
    speedMps,
    isNoseInward: !(yawBehaviour >= 0.5),
  };
  // What it is to fly has to be known before the mode is entered; a refused mode leaves it unused.
  const isPossible = aircraft.navigator.setOrbit(wish, aircraft.seen());
  if (aircraft.commander.chooseMode(NAV.ORBIT)) {
    return isPossible ? RESULT.ACCEPTED : RESULT.DENIED;
  }
  say(CRITICAL, 'Orbit command rejected', 'commander_modeswitch_not_avail', LEVEL.CRITICAL_INFO);
  return RESULT.TEMPORARILY_REJECTED;
}

function setHome(command: Command, { aircraft }: CommandHost): number {
  if (command.params[0] > 0.5) {
    if (!aircraft.estimator.positionOk) return RESULT.TEMPORARILY_REJECTED;
    aircraft.setHome(aircraft.seen());
    return RESULT.ACCEPTED;
  }
  const { local, amslM } = placeWithin(command, aircraft);
  if (local === null || !Number.isFinite(amslM)) return RESULT.DENIED;
  aircraft.setHome({ ...local, upM: amslM - aircraft.frame.origin.altitudeAmslM }, true);
  return RESULT.ACCEPTED;
}

function terminate({ params }: Command, { aircraft }: CommandHost): number {
  if (!(params[0] > 0.5) || !aircraft.armed) return RESULT.DENIED;
  aircraft.commander.terminate();
  return RESULT.ACCEPTED;
}

/** No sensor to calibrate in a simulation: what is refused in flight is refused here too. */
function calibrate(_: Command, { aircraft }: CommandHost): number {
  return aircraft.armed ? RESULT.TEMPORARILY_REJECTED : RESULT.ACCEPTED;
}

function storage(action: number, aircraft: Px4Aircraft): CommandOutcome {
  if (aircraft.armed) return RESULT.TEMPORARILY_REJECTED;
  return [0, 1, 2, 3, 4].includes(Math.trunc(action)) ? RESULT.ACCEPTED : 'silent';
}

/** On a real board; SITL, which has nothing to restart, denies it. */
function reboot({ params }: Command, host: CommandHost): number {
  const action = Math.trunc(params[0]);
  if (action === 0) return RESULT.ACCEPTED;
  if (action !== 1 || host.aircraft.armed) return RESULT.DENIED;
  host.reboot();
  return RESULT.ACCEPTED;
}

/** Switches to AUTO.MISSION and arms; param1 is the item to begin with, −1: where it stands. */
function startMission({ params }: Command, { aircraft, say }: CommandHost): number {
  if (!aircraft.missionOk) {
    const event = 'commander_mission_start_denied_no_mission';
    say(CRITICAL, 'Mission start denied! No valid mission', event, LEVEL.CRITICAL_INFO);
    return RESULT.DENIED;
  }
  const [first] = params;
  if (!(first >= -1 && first < aircraft.missionCount)) return RESULT.DENIED;
  if (first >= 0) aircraft.navigator.mission.setCurrent(Math.round(first), aircraft.seen());
  if (aircraft.commander.chooseMode(NAV.MISSION) && aircraft.commander.arm(REASON.missionStart)) {
    return RESULT.ACCEPTED;
  }
  aircraft.commander.sayRejected(NAV.MISSION);
  return RESULT.TEMPORARILY_REJECTED;
}

/** param2 21196 forces a disarming; arming cannot be forced from outside. */
function armOrDisarm({ params }: Command, { aircraft, say }: CommandHost): CommandOutcome {
  const action = Math.round(params[0]);
  const isForced = Math.round(params[1]) === 21_196;
  if (action === 1) {
    return aircraft.arm() ? RESULT.ACCEPTED : RESULT.TEMPORARILY_REJECTED;
  }
  if (action === 0) {
    const done = aircraft.commander.disarm(REASON.command, isForced);
    return done ? RESULT.ACCEPTED : RESULT.TEMPORARILY_REJECTED;
  }
  const event = 'commander_unsupported_arm_disarm_param';
  say(CRITICAL, `Unsupported ARM_DISARM param: ${params[0].toFixed(3)}`, event, LEVEL.ERROR, [
    'f32',
    params[0],
  ]);
  return 'silent';
}

function runPrearmChecks(_: Command, { aircraft }: CommandHost): number {
  aircraft.health.tellAll();
  return RESULT.ACCEPTED;
}

/** Degrees and metres above mean sea level; NaN where nothing is named. */
function placeOf({ position, tail }: Command): {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly amslM: number;
} {
  if (position === null) return { latDeg: tail[0], lonDeg: tail[1], amslM: tail[2] };
  const { x, y, z } = position;
  if (x === NO_PLACE || y === NO_PLACE) return { latDeg: Number.NaN, lonDeg: Number.NaN, amslM: z };
  return { latDeg: x / 1e7, lonDeg: y / 1e7, amslM: z };
}

function placeWithin(
  command: Command,
  { frame }: Px4Aircraft,
): {
  readonly local: { readonly eastM: number; readonly northM: number } | null;
  readonly amslM: number;
} {
  const { latDeg, lonDeg, amslM } = placeOf(command);
  if (!Number.isFinite(latDeg) || !Number.isFinite(lonDeg)) return { local: null, amslM };
  const { eastM, northM } = frame.toLocal({ latDeg, lonDeg, altitudeAmslM: 0 });
  return { local: { eastM, northM }, amslM };
}
