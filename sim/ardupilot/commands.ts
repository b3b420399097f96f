import { type Command, RESULT } from '../vehicle/command.ts';
import type { FlightController } from './flight-controller.ts';
import { COPTER_MODE } from './modes.ts';

/** What a command may do besides flying. */
export interface CommandHost {
  readonly flight: FlightController;
  setInterval(messageId: number, intervalUs: number): void;
  /** Whether this aircraft has such a message at all. */
  canSend(messageId: number): boolean;
  /** Sends one message after the acknowledgement; false when there is nothing to send. */
  sendAfterAck(messageId: number): boolean;
  reboot(): void;
}

export function executeCommand(command: Command, host: CommandHost): number {
  const handler = HANDLERS.get(command.command);
  return handler === undefined ? RESULT.UNSUPPORTED : handler(command, host);
}

type Handler = (command: Command, host: CommandHost) => number;

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [20, (_, { flight }) => outcome(flight.requestMode(COPTER_MODE.RTL))],
  [21, (_, { flight }) => outcome(flight.requestMode(COPTER_MODE.LAND))],
  [22, takeoff],
  [176, setMode],
  [178, changeSpeed],
  [179, setHome],
  [192, reposition],
  [193, pauseOrContinue],
  [224, setMissionCurrent],
  [246, reboot],
  [300, startMission],
  [400, armOrDisarm],
  [401, runPrearmChecks],
  [410, (_, host) => outcome(host.sendAfterAck(242))],
  [511, setMessageInterval],
  [512, ({ params }, host) => outcome(host.sendAfterAck(params[0]))],
  [520, (_, host) => outcome(host.sendAfterAck(148))],
]);

function outcome(done: boolean): number {
  return done ? RESULT.ACCEPTED : RESULT.FAILED;
}

function isRelative(frame: number): boolean {
  return frame === 3 || frame === 6;
}

/** Height above home; the place is ignored, the aircraft climbs where it stands. */
function takeoff({ position, tail }: Command, { flight }: CommandHost): number {
  if (position !== null && !isRelative(position.frame)) return RESULT.DENIED;
  return outcome(flight.takeoff(tail[2]));
}

function setMode({ params }: Command, { flight }: CommandHost): number {
  if ((params[0] & 1) === 0) return RESULT.DENIED;
  return outcome(flight.requestMode(params[1]));
}

/** Speed types 0 air and 1 ground mean the same to a copter; 2 and 3 (climb, descent) are parameters here. */
function changeSpeed({ params }: Command, { flight }: CommandHost): number {
  const [type, speedMps] = params;
  if (type !== 0 && type !== 1) return RESULT.DENIED;
  if (!(speedMps > 0)) return RESULT.DENIED;
  flight.setSpeed(speedMps);
  return RESULT.ACCEPTED;
}

function setHome({ params, position }: Command, { flight }: CommandHost): number {
  if (!flight.positionOk) return RESULT.FAILED;
  if (params[0] === 1) {
    const { eastM, northM, upM } = flight.state;
    flight.setHome({ eastM, northM, upM });
    return RESULT.ACCEPTED;
  }
  const place = position === null ? null : flight.locate(position);
  if (place === null) return RESULT.DENIED;
  flight.setHome(place);
  return RESULT.ACCEPTED;
}

/** param2 bit 0 asks to change to GUIDED for it; the speed in param1 is ignored, as Copter does. */
function reposition({ params, position }: Command, { flight }: CommandHost): number {
  if (position === null) return RESULT.COMMAND_INT_ONLY;
  const place = flight.locate(position);
  if (place === null) return RESULT.DENIED;
  if (flight.mode !== COPTER_MODE.GUIDED) {
    if ((params[1] & 1) === 0) return RESULT.DENIED;
    if (!flight.requestMode(COPTER_MODE.GUIDED)) return RESULT.FAILED;
  }
  return outcome(flight.reposition(place));
}

function pauseOrContinue({ params }: Command, { flight }: CommandHost): number {
  if (params[0] !== 0 && params[0] !== 1) return RESULT.DENIED;
  if (flight.mode !== COPTER_MODE.AUTO) return RESULT.FAILED;
  const { mission, state } = flight;
  return outcome(params[0] === 0 ? mission.hold(state) : mission.continue(state));
}

function setMissionCurrent({ params }: Command, host: CommandHost): number {
  const { flight } = host;
  if (!flight.mission.setCurrent(Math.trunc(params[0]), flight.state)) return RESULT.DENIED;
  host.sendAfterAck(42);
  return RESULT.ACCEPTED;
}

function reboot({ params }: Command, host: CommandHost): number {
  if (params[0] !== 1) return RESULT.UNSUPPORTED;
  if (host.flight.armed) return RESULT.FAILED;
  host.reboot();
  return RESULT.ACCEPTED;
}

/** Disarmed it answers 0 and does nothing: a ground station has to look at the mode, not at the answer. */
function startMission({ params }: Command, { flight }: CommandHost): number {
  if (params[0] !== 0 || params[1] !== 0) return RESULT.DENIED;
  if (!flight.armed) return RESULT.ACCEPTED;
  return outcome(flight.requestMode(COPTER_MODE.AUTO));
}

function armOrDisarm({ params }: Command, { flight }: CommandHost): number {
  const force = isForce(params[1]);
  if (params[0] === 1) return outcome(flight.arm(force));
  if (params[0] === 0) return outcome(flight.disarm(force));
  return RESULT.UNSUPPORTED;
}

/** The magic number that overrides checks (MAV_CMD_COMPONENT_ARM_DISARM param2). */
function isForce(param: number): boolean {
  return Math.round(param) === 21_196;
}

function runPrearmChecks(_: Command, { flight }: CommandHost): number {
  if (flight.armed) return RESULT.TEMPORARILY_REJECTED;
  flight.sayPrearmObjections();
  return RESULT.ACCEPTED;
}

/** Unknown ids fail, known ones are clamped by the rates themselves. */
function setMessageInterval({ params }: Command, host: CommandHost): number {
  const [messageId, intervalUs] = params;
  if (!host.canSend(messageId) || !Number.isFinite(intervalUs)) return RESULT.FAILED;
  host.setInterval(messageId, intervalUs);
  return RESULT.ACCEPTED;
}
