import { buildMessage, MessageInterval } from '../../firmware-bridge/codec/messages.ts';
import { type Command, RESULT } from '../vehicle/command.ts';
import { type CommandHost, SEVERITY } from './firmware.ts';

/** Commands that every ArduPilot executes alike; what only one vehicle knows is its flight's own. */
export function executeCommand(command: Command, host: CommandHost): number {
  const handler = HANDLERS.get(command.command);
  return handler === undefined ? RESULT.UNSUPPORTED : handler(command, host);
}

type Handler = (command: Command, host: CommandHost) => number;

const HANDLERS: ReadonlyMap<number, Handler> = new Map<number, Handler>([
  [176, setMode],
  [179, setHome],
  [224, setMissionCurrent],
  [246, reboot],
  [400, armOrDisarm],
  [401, runPrearmChecks],
  [410, (_, host) => outcome(host.sendAfterAck(242))],
  [510, getMessageInterval],
  [511, setMessageInterval],
  [512, ({ params }, host) => outcome(host.sendAfterAck(params[0], params[1]))],
  [520, (_, host) => outcome(host.sendAfterAck(148))],
]);

export function outcome(done: boolean): number {
  return done ? RESULT.ACCEPTED : RESULT.FAILED;
}

function setMode({ params }: Command, { flight }: CommandHost): number {
  if ((params[0] & 1) === 0) return RESULT.DENIED;
  return outcome(flight.requestMode(params[1]));
}

function setHome({ params, position }: Command, { flight }: CommandHost): number {
  if (!flight.positionOk) return RESULT.FAILED;
  if (params[0] === 1) {
    const { eastM, northM, upM } = flight.seen;
    flight.setHome({ eastM, northM, upM });
    return RESULT.ACCEPTED;
  }
  const place = position === null ? null : flight.locate(position);
  if (place === null) return RESULT.DENIED;
  flight.setHome(place);
  return RESULT.ACCEPTED;
}

function setMissionCurrent({ params }: Command, host: CommandHost): number {
  const { flight } = host;
  if (!flight.mission.setCurrent(Math.trunc(params[0]))) return RESULT.DENIED;
  host.sendAfterAck(42);
  return RESULT.ACCEPTED;
}

function reboot({ params }: Command, host: CommandHost): number {
  if (params[0] !== 1) return RESULT.UNSUPPORTED;
  if (host.flight.armed) return RESULT.FAILED;
  host.reboot();
  return RESULT.ACCEPTED;
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

function getMessageInterval({ params }: Command, host: CommandHost): number {
  const [messageId] = params;
  if (!host.canSend(messageId)) return RESULT.FAILED;
  host.reply(buildMessage(MessageInterval, { messageId, intervalUs: host.intervalUs(messageId) }));
  return RESULT.ACCEPTED;
}

/** Unknown ids are denied, known ones are clamped by the rates themselves. */
function setMessageInterval({ params }: Command, host: CommandHost): number {
  const [messageId, intervalUs] = params;
  if (!host.canSend(messageId)) {
    host.text(SEVERITY.INFO, `No ap_message for mavlink id (${Math.trunc(messageId)})`);
    return RESULT.DENIED;
  }
  if (!Number.isFinite(intervalUs)) return RESULT.FAILED;
  host.setInterval(messageId, intervalUs);
  return RESULT.ACCEPTED;
}
