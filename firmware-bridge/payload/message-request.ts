import { buildMessage, CommandLong, MavCmd, MavResult } from '../codec/messages.ts';
import type { CommonInput, Machine, Step, Target } from '../protocol/step.ts';

/**
 * One message, asked for until it comes (MAV_CMD_REQUEST_MESSAGE). The message is the proof, not its
 * acknowledgement: an acknowledgement without the message counts for nothing, and the message without the
 * acknowledgement for everything. A refusal may be meant for somebody else's request (it names only command 512),
 * so it ends the attempt and not the request, until it has come twice.
 *
 *   start ──► asked ──the message──► received
 *               │ ▲
 *               │ └─ retry timer, attempts left (1 s, growing)
 *               ├─ refused ──► short wait, then again; second refusal ──► refused
 *               └─ no attempts left ──► no-answer                 any ── cancel ──► cancelled
 */
export interface MessageRequest {
  readonly componentId: number;
  readonly messageId: number;
  /** param2 of the command: stream, storage or image number. Null: all of them, or the message has none. */
  readonly index: number | null;
  readonly attempts: number;
}

export type RequestOutcome = 'received' | 'refused' | 'no-answer' | 'cancelled';
export type RequestInput = { readonly kind: 'message' } | { readonly kind: 'ack'; readonly result: number };

export interface RequestState {
  readonly attempts: number;
  readonly refusals: number;
}

export const REQUEST_RETRY_MS = 1_000;
const RETRY_GROWTH = 1.5;
const LONGEST_RETRY_MS = 3_000;
/** A refusal overtakes the message now and then; and a busy component is asked again soon. */
const AFTER_REFUSAL_MS = 400;
const REFUSALS = 2;

export function messageRequestMachine(
  target: Target,
  request: MessageRequest,
): Machine<RequestState, RequestInput, RequestOutcome, never> {
  type Result = Step<RequestState, RequestOutcome, never>;

  function ask(state: RequestState): Result {
    const message = buildMessage(CommandLong, {
      targetSystem: target.systemId,
      targetComponent: request.componentId,
      command: MavCmd.REQUEST_MESSAGE,
      confirmation: Math.min(255, state.attempts),
      _param1: request.messageId,
      _param2: request.index ?? 0,
    });
    return {
      state: { ...state, attempts: state.attempts + 1 },
      effects: [
        { kind: 'send', message },
        {
          kind: 'startTimer',
          timer: 'retry',
          afterMs: Math.min(LONGEST_RETRY_MS, Math.round(REQUEST_RETRY_MS * RETRY_GROWTH ** state.attempts)),
        },
      ],
    };
  }

  function onAck(state: RequestState, result: number): Result {
    const isRefusal = result !== MavResult.ACCEPTED && result !== MavResult.IN_PROGRESS;
    if (!isRefusal) return { state, effects: [] };
    const refusals = state.refusals + 1;
    return {
      state: { ...state, refusals },
      effects: [{ kind: 'startTimer', timer: 'retry', afterMs: AFTER_REFUSAL_MS }],
    };
  }

  function onRetry(state: RequestState): Result {
    if (state.refusals >= REFUSALS) return { state, effects: [], outcome: 'refused' };
    if (state.attempts < request.attempts) return ask(state);
    return { state, effects: [], outcome: state.refusals > 0 ? 'refused' : 'no-answer' };
  }

  return {
    initial: { attempts: 0, refusals: 0 },
    step(state, input: RequestInput | CommonInput): Result {
      switch (input.kind) {
        case 'start':
          return ask(state);
        case 'message':
          return { state, effects: [], outcome: 'received' };
        case 'ack':
          return onAck(state, input.result);
        case 'timer':
          return onRetry(state);
        case 'cancel':
          return { state, effects: [], outcome: 'cancelled' };
      }
    },
  };
}
