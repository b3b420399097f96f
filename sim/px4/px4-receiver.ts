import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import { type Command, RESULT } from '../vehicle/command.ts';
import { defaultIntervalUs } from './px4-streams.ts';

/** What PX4's MAVLink receiver may do on one link. */
export interface ReceiverHost {
  setInterval(messageId: number, intervalUs: number): void;
  intervalUs(messageId: number): number;
  /** Whether this aircraft has such a message at all. */
  canSend(messageId: number): boolean;
  build(messageId: number): MavLinkData | null;
  /** AVAILABLE_MODES by number from 1; null beyond the last. */
  availableMode(index: number): MavLinkData | null;
  interval(messageId: number, intervalUs: number): MavLinkData;
}

export interface ReceiverAnswer {
  readonly result: number;
  /** Sent behind the answer. */
  readonly messages: readonly MavLinkData[];
}

const AVAILABLE_MODES = 435;
const MESSAGE_INTERVAL = 244;
/** Requests from before REQUEST_MESSAGE, and the message that each means. */
const OLD_REQUESTS: ReadonlyMap<number, number> = new Map([
  [410, 242],
  [520, 148],
]);
const SET_MESSAGE_INTERVAL = 511;
const GET_MESSAGE_INTERVAL = 510;
const REQUEST_MESSAGE = 512;

/** Commands that the receiver answers itself (mavlink_receiver.cpp); null: not one of those. */
export function receiverCommand(command: Command, host: ReceiverHost): ReceiverAnswer | null {
  const [first, second] = command.params;
  switch (command.command) {
    case SET_MESSAGE_INTERVAL:
      return { result: setInterval(Math.round(first), second, host), messages: [] };
    case GET_MESSAGE_INTERVAL:
      return { result: RESULT.ACCEPTED, messages: [intervalOf(Math.round(first), host)] };
    case REQUEST_MESSAGE:
      return requested(Math.round(first), second, host);
    default: {
      const messageId = OLD_REQUESTS.get(command.command);
      return messageId === undefined ? null : requested(messageId, 0, host);
    }
  }
}

/** 0 is the default of the link's mode, −1 stops; unknown messages and those without a stream fail. */
function setInterval(messageId: number, intervalUs: number, host: ReceiverHost): number {
  if (!host.canSend(messageId) || !Number.isFinite(intervalUs)) return RESULT.FAILED;
  const wanted = intervalUs === 0 && messageId !== 0 ? defaultIntervalUs(messageId) : intervalUs;
  host.setInterval(messageId, wanted);
  return RESULT.ACCEPTED;
}

function intervalOf(messageId: number, host: ReceiverHost): MavLinkData {
  return host.interval(messageId, host.intervalUs(messageId));
}

function requested(messageId: number, index: number, host: ReceiverHost): ReceiverAnswer {
  if (messageId === MESSAGE_INTERVAL) {
    return { result: RESULT.ACCEPTED, messages: [intervalOf(Math.round(index), host)] };
  }
  if (messageId === AVAILABLE_MODES) return modes(Math.round(index), host);
  if (!host.canSend(messageId)) return { result: RESULT.DENIED, messages: [] };
  const message = host.build(messageId);
  // It has such messages and nothing to say at the moment: accepted, and nothing comes.
  return { result: RESULT.ACCEPTED, messages: message === null ? [] : [message] };
}

/** All for 0. */
function modes(index: number, host: ReceiverHost): ReceiverAnswer {
  const messages: MavLinkData[] = [];
  for (let at = index === 0 ? 1 : index; ; at += 1) {
    const message = host.availableMode(at);
    if (message !== null) messages.push(message);
    if (message === null || index !== 0) break;
  }
  return { result: messages.length === 0 ? RESULT.DENIED : RESULT.ACCEPTED, messages };
}
