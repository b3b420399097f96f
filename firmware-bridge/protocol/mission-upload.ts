import type { MissionItem } from '../../missions/mission-item.ts';
import {
  buildMessage,
  MavMissionResult,
  MavMissionType,
  MissionAck,
  MissionCount,
  MissionItemInt,
} from '../codec/messages.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * Sends a mission. The recipe of PROTOCOL.md: the vehicle asks, we answer; what was said last is repeated every
 * 0.4 s; giving up is a matter of no progress (20 s), not of a count of tries.
 *
 *   start ──► counting ──REQUEST n──► sending ──ACK 0, all sent──► sent (certain)
 *               ▲  │ 0.4 s: COUNT        │ 0.4 s: the item again
 *               │                        ├── all sent, then ACK 1 or 5 s silence ──► sent (uncertain: read back)
 *               └─0.5 s… pausing ◄───────┤ ACK 15, 14, ACK 1 and then 1.5 s without a request, or 10 s without
 *                    (cancel sent)       │ progress (at most 5 times, the pauses grow)
 *                                        └── ACK 4 ──0.3 s for the text──► no-space     ACK 2, 3, 5–12 ──► rejected
 *   any ── 20 s without progress ──► cancel sent, no-progress        any ── cancel ──► cancel sent, cancelled
 *          (turned away all the time: taken)
 *
 * ACK 13 (item out of order) is never fatal: ArduPilot sends it for every repeated item, and goes on. Behind a
 * repeated item goes the next one, unasked: it is the request for it that was lost as often as the item itself, and
 * both autopilots take what is in order and pass over what is not. The same after an ACK 13 for a repetition.
 *
 * Vehicles ask in order. A request that skips items is one of an earlier transfer that the network held back, and is
 * passed over; so is PX4's ACK 1 for a COUNT that the network doubled, while its transfer goes on.
 */
export const RESEND_MS = 400;
export const NO_PROGRESS_MS = 20_000;
/** ArduPilot forgets a transfer after 8 s; then only a new COUNT helps. */
export const STALL_MS = 10_000;
export const MAX_RESTARTS = 5;
/**
 * Growing: a vehicle that is busy with another ground station, or that gives up an old transfer of ours (AP 8 s, PX4
 * 5 s), needs time rather than questions.
 */
const RESTART_PAUSES_MS: readonly number[] = [500, 1_000, 2_000, 3_000, 4_000];
/** ACK 1 in the middle: the transfer goes on when a request still comes within this. */
const SUSPECT_MS = 1_500;
/** After the last item: silence can mean that only the final ACK was lost. Reading back tells. */
const FINAL_ACK_MS = 5_000;
const TEXTS_MS = 300;

export type UploadOutcome =
  /** All items left us; `certain` when the vehicle said so too. Only a read-back makes it success. */
  | {
      readonly kind: 'sent';
      readonly certain: boolean;
      /** PX4's checksum of what it took, to be found again in its COUNT; absent: it gave none. */
      readonly opaqueId?: number;
    }
  | {
      readonly kind: 'rejected';
      readonly result: string;
      readonly index: number | null;
      readonly reasons: readonly string[];
    }
  /** Another ground station is in the middle of a transfer (ArduPilot: ACK 14, PX4: ACK 1, with "Busy" or without). */
  | { readonly kind: 'taken' }
  | { readonly kind: 'no-space'; readonly capacity: number | null }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export type UploadInput =
  /** MISSION_REQUEST or MISSION_REQUEST_INT; both are answered with MISSION_ITEM_INT. */
  | { readonly kind: 'request'; readonly seq: number }
  | { readonly kind: 'ack'; readonly result: number; readonly opaqueId?: number }
  | { readonly kind: 'text'; readonly text: string };

export interface UploadProgress {
  readonly itemsDone: number;
}

export interface UploadState {
  readonly phase: 'counting' | 'sending' | 'pausing' | 'refusing';
  /** Last item asked for in this run; -1: none yet. */
  readonly current: number;
  readonly highest: number;
  /** Furthest item that was offered unasked; -1: none. */
  readonly offered: number;
  /** The current item was repeated, and its ACK 13 has not been used yet. */
  readonly repeated: boolean;
  /** Something was asked for in any run: from then on a vehicle that is not atomic has lost its old plan. */
  readonly taken: boolean;
  /** ACK 1 came in the middle; a request clears it. */
  readonly suspected: boolean;
  /** ACK 14 or 1 before anything was asked for; null: it was not turned away. */
  readonly turnedAwayWith: number | null;
  readonly restarts: number;
  readonly progressAtMs: number;
  readonly refusedWith: number | null;
  readonly texts: readonly string[];
}

type Result = Step<UploadState, UploadOutcome, UploadProgress>;

const INITIAL: UploadState = {
  phase: 'counting',
  current: -1,
  highest: -1,
  offered: -1,
  repeated: false,
  taken: false,
  suspected: false,
  turnedAwayWith: null,
  restarts: 0,
  progressAtMs: 0,
  refusedWith: null,
  texts: [],
};

/**
 * @param items as they go over the wire, the autopilot's home slot included
 * @param missionType MAV_MISSION_TYPE: mission, fence or rally
 * @param errorMeansTaken of PlanHabits
 */
export function uploadMachine(
  target: Target,
  items: readonly MissionItem[],
  missionType: MavMissionType = MavMissionType.MISSION,
  errorMeansTaken = false,
): Machine<UploadState, UploadInput, UploadOutcome, UploadProgress> {
  const last = items.length - 1;
  const address = { targetSystem: target.systemId, targetComponent: target.componentId };
  const cancelTransfer: Effect<UploadProgress> = {
    kind: 'send',
    // PX4 can refuse every further upload when a transfer is left hanging.
    message: buildMessage(MissionAck, {
      ...address,
      type: MavMissionResult.OPERATION_CANCELLED,
      missionType,
    }),
  };

  function send(seq: number): Effect<UploadProgress> {
    const item = items[seq];
    const message =
      item === undefined
        ? buildMessage(MissionCount, { ...address, count: items.length, missionType })
        : buildMessage(MissionItemInt, {
            ...address,
            ...item,
            seq,
            current: seq === 0 && missionType === MavMissionType.MISSION ? 1 : 0,
            autocontinue: 1,
            missionType,
          });
    return { kind: 'send', message };
  }

  function sendCurrent(state: UploadState): Effect<UploadProgress>[] {
    return [send(state.current), { kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS }];
  }

  function repeat(state: UploadState): Result {
    const next = state.highest + 1;
    const repeated = state.phase === 'sending';
    if (!repeated || next > last) return { state: { ...state, repeated }, effects: sendCurrent(state) };
    return {
      state: { ...state, repeated, offered: Math.max(state.offered, next) },
      effects: [...sendCurrent(state), send(next)],
    };
  }

  function startRun(state: UploadState): Result {
    const next: UploadState = {
      ...state,
      phase: 'counting',
      current: -1,
      highest: -1,
      offered: -1,
      repeated: false,
      suspected: false,
      refusedWith: null,
    };
    return {
      state: next,
      effects: [
        ...sendCurrent(next),
        { kind: 'startTimer', timer: 'stall', afterMs: STALL_MS },
        { kind: 'stopTimer', timer: 'final' },
      ],
    };
  }

  function onRequest(state: UploadState, seq: number, nowMs: number): Result {
    if (state.phase === 'pausing' || state.phase === 'refusing') return { state, effects: [] };
    const furthest = Math.max(state.highest, state.offered);
    if (seq > last || seq > furthest + 1) return { state, effects: [] };
    // Of one that the network held back the vehicle has the item; what is repeated stays the newest.
    if (seq < state.highest) return { state, effects: [send(seq)] };
    const advanced = seq > state.highest;
    const next: UploadState = {
      ...state,
      phase: 'sending',
      taken: true,
      suspected: false,
      current: seq,
      highest: Math.max(seq, state.highest),
      repeated: advanced ? false : state.repeated,
      progressAtMs: advanced ? nowMs : state.progressAtMs,
    };
    const effects = sendCurrent(next);
    effects.push({ kind: 'stopTimer', timer: 'suspect' });
    if (advanced) {
      effects.push(
        { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
        { kind: 'startTimer', timer: 'stall', afterMs: STALL_MS },
        { kind: 'progress', progress: { itemsDone: seq } },
      );
    }
    if (seq === last) effects.push({ kind: 'startTimer', timer: 'final', afterMs: FINAL_ACK_MS });
    return { state: next, effects };
  }

  function onAck(state: UploadState, result: number, opaqueId: number): Result {
    if (state.phase === 'pausing' || state.phase === 'refusing') return { state, effects: [] };
    const allSent = Math.max(state.highest, state.offered) === last;
    switch (result) {
      case MavMissionResult.ACCEPTED:
        // Before all items were asked for, it belongs to an older transfer, or is PX4's acceptance of an
        // incomplete one. Neither may count.
        if (!allSent) return { state, effects: [] };
        return over(state, { kind: 'sent', certain: true, ...(opaqueId === 0 ? {} : { opaqueId }) });
      case MavMissionResult.INVALID_SEQUENCE:
        return offerNext(state);
      case MavMissionResult.ERROR:
        // ArduPilot answers the repeated last item so when the transfer is already over.
        if (allSent) return over(state, { kind: 'sent', certain: false });
        if (state.suspected) return { state, effects: [] };
        return {
          state: { ...turnedAway(state, result), suspected: true },
          effects: [{ kind: 'startTimer', timer: 'suspect', afterMs: SUSPECT_MS }],
        };
      case MavMissionResult.DENIED:
        return pause(turnedAway(state, result), result);
      case MavMissionResult.OPERATION_CANCELLED:
        return pause(state, result);
      default:
        return refuse(state, result);
    }
  }

  function offerNext(state: UploadState): Result {
    const next = state.highest + 1;
    if (state.phase !== 'sending' || !state.repeated || next > last) return { state, effects: [] };
    return {
      state: { ...state, offered: Math.max(state.offered, next), repeated: false },
      effects: [send(next)],
    };
  }

  function pause(state: UploadState, result: number | null): Result {
    if (state.restarts >= MAX_RESTARTS) {
      if (result !== null) return refuse(state, result);
      return { state, effects: [] };
    }
    const afterMs = RESTART_PAUSES_MS[state.restarts] ?? 0;
    const pausing: Result = {
      state: { ...state, phase: 'pausing', restarts: state.restarts + 1 },
      effects: [
        { kind: 'stopTimer', timer: 'resend' },
        { kind: 'stopTimer', timer: 'final' },
        { kind: 'stopTimer', timer: 'suspect' },
        { kind: 'startTimer', timer: 'restart', afterMs },
      ],
    };
    // What is left hanging of ours must not refuse what comes next; a transfer of others is not ours to cancel.
    const ownTransferHangs = state.taken && result !== MavMissionResult.DENIED;
    return ownTransferHangs ? { ...pausing, effects: [...pausing.effects, cancelTransfer] } : pausing;
  }

  function refuse(state: UploadState, result: number): Result {
    return {
      state: { ...state, phase: 'refusing', refusedWith: result },
      effects: [
        { kind: 'stopTimer', timer: 'resend' },
        { kind: 'stopTimer', timer: 'suspect' },
        { kind: 'startTimer', timer: 'texts', afterMs: TEXTS_MS },
      ],
    };
  }

  function onTimer(state: UploadState, timer: string, nowMs: number): Result {
    switch (timer) {
      case 'resend':
        return repeat(state);
      case 'suspect':
        return state.phase === 'refusing' ? { state, effects: [] } : pause(state, MavMissionResult.ERROR);
      case 'restart':
        return startRun(state);
      case 'stall':
        return state.phase === 'refusing' ? { state, effects: [] } : pause(state, null);
      case 'final':
        return over(state, { kind: 'sent', certain: false });
      case 'texts':
        return over(state, refusalOf(state, errorMeansTaken));
      default:
        if (isTaken(state, errorMeansTaken)) return over(state, { kind: 'taken' });
        return {
          ...over(state, { kind: 'no-progress', afterMs: Math.round(nowMs - state.progressAtMs) }),
          effects: [cancelTransfer],
        };
    }
  }

  return {
    initial: INITIAL,
    step(state, input: UploadInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const run = startRun({ ...INITIAL, progressAtMs: nowMs });
          const effects: Effect<UploadProgress>[] = [
            ...run.effects,
            { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
          ];
          return { state: run.state, effects };
        }
        case 'request':
          return onRequest(state, input.seq, nowMs);
        case 'ack':
          return onAck(state, input.result, input.opaqueId ?? 0);
        case 'text':
          return { state: { ...state, texts: [...state.texts, input.text].slice(-8) }, effects: [] };
        case 'cancel':
          return { ...over(state, { kind: 'cancelled', by: input.by }), effects: [cancelTransfer] };
        case 'timer':
          return onTimer(state, input.timer, nowMs);
      }
    },
  };
}

function over(state: UploadState, outcome: UploadOutcome): Result {
  return { state, effects: [], outcome };
}

function turnedAway(state: UploadState, result: number): UploadState {
  return state.taken ? state : { ...state, turnedAwayWith: result };
}

/** Another ground station has it: ArduPilot says so by ACK 14, PX4 by ACK 1, and sometimes by a text. */
function isTaken({ taken, turnedAwayWith, texts }: UploadState, errorMeansTaken: boolean): boolean {
  if (taken) return false;
  if (turnedAwayWith === MavMissionResult.DENIED) return true;
  if (turnedAwayWith !== MavMissionResult.ERROR) return false;
  return errorMeansTaken || texts.some((text) => /busy/i.test(text));
}

function refusalOf(state: UploadState, errorMeansTaken: boolean): UploadOutcome {
  const result = state.refusedWith ?? MavMissionResult.ERROR;
  if (result === MavMissionResult.NO_SPACE) {
    // ArduPilot: "Only 724 items are supported".
    const capacity = state.texts
      .map((text) => /Only (\d+) items/i.exec(text)?.[1])
      .find((n) => n !== undefined);
    return { kind: 'no-space', capacity: capacity === undefined ? null : Number(capacity) };
  }
  if (isTaken(state, errorMeansTaken)) return { kind: 'taken' };
  return {
    kind: 'rejected',
    result: missionResultName(result),
    index: state.current >= 0 ? state.current : null,
    reasons: state.texts,
  };
}

export function missionResultName(result: number): string {
  return MavMissionResult[result] ?? `RESULT_${result}`;
}
