import {
  FtpNak,
  FtpOp,
  type FtpPacket,
  type FtpRefusal,
  type FtpRequest,
  ftpMessage,
  refusalOf,
} from './ftp-packet.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * One question and its answer: CRC, remove, make a directory, rename, one page of a listing.
 *
 *   start ──► asking ──ACK──► ack          ──NAK──► nak
 *              │ ▲  └─ NAK "another has a file open": again after 1 s, up to 13 s ──► busy
 *              │ └──── 0.5 s, growing to 2 s: the same question with the same number (the server then repeats
 *              │       its answer instead of doing it twice)
 *              └─ `patienceMs` without an answer ──► no-progress       any ── cancel ──► cancelled
 */
export type FtpRequestOutcome =
  | { readonly kind: 'ack'; readonly packet: FtpPacket; readonly attempts: number }
  | { readonly kind: 'nak'; readonly refusal: FtpRefusal; readonly attempts: number }
  | { readonly kind: 'busy'; readonly what: string }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface FtpAnswerInput {
  readonly kind: 'packet';
  readonly packet: FtpPacket;
}

export interface FtpRequestState {
  readonly seq: number;
  readonly attempts: number;
  readonly startedAtMs: number;
  readonly retryMs: number;
  readonly refused: boolean;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 2_000;
const RETRY_GROWTH = 1.5;
export const FTP_PATIENCE_MS = 20_000;
/** ArduPilot closes an idle session after 3 s, PX4 after 10 s: then it is our turn. */
export const BUSY_PATIENCE_MS = 13_000;
/**
 * Longer than those 3 s: with every request, refused ones too, ArduPilot counts the idle time from the start (seen on a
 * real one: refused 8 of 8 times a second apart, accepted after a pause of 3.5 s).
 */
export const BUSY_RETRY_MS = 3_500;
/** Longer than any burst, so that a question is never taken for the repetition of an earlier one. */
export const SEQ_LEAP = 1_024;

type Result = Step<FtpRequestState, FtpRequestOutcome, never>;

export function ftpRequestMachine(
  target: Target,
  request: Omit<FtpRequest, 'seq'>,
  options: { readonly firstSeq: number; readonly patienceMs?: number },
): Machine<FtpRequestState, FtpAnswerInput, FtpRequestOutcome, never> {
  const patienceMs = options.patienceMs ?? FTP_PATIENCE_MS;
  const initial: FtpRequestState = {
    seq: options.firstSeq & 0xffff,
    attempts: 0,
    startedAtMs: 0,
    retryMs: FIRST_RETRY_MS,
    refused: false,
  };

  function ask(state: FtpRequestState): { state: FtpRequestState; effects: Effect<never>[] } {
    return {
      state: {
        ...state,
        attempts: state.attempts + 1,
        retryMs: Math.min(LONGEST_RETRY_MS, state.retryMs * RETRY_GROWTH),
      },
      effects: [
        { kind: 'send', message: ftpMessage(target, { ...request, seq: state.seq }) },
        { kind: 'startTimer', timer: 'retry', afterMs: state.retryMs },
      ],
    };
  }

  function onPacket(state: FtpRequestState, packet: FtpPacket): Result {
    if (packet.seq !== ((state.seq + 1) & 0xffff)) return { state, effects: [] };
    if (packet.requestOpcode !== request.opcode) {
      // The server took our number for the repetition of another question: ask under a fresh one.
      return ask({ ...state, seq: (state.seq + SEQ_LEAP) & 0xffff });
    }
    if (packet.opcode === FtpOp.ack) {
      return { state, effects: [], outcome: { kind: 'ack', packet, attempts: state.attempts } };
    }
    if (packet.opcode !== FtpOp.nak) return { state, effects: [] };
    const refusal = refusalOf(packet);
    if (refusal.code !== FtpNak.invalidSession && refusal.code !== FtpNak.noSessions) {
      return { state, effects: [], outcome: { kind: 'nak', refusal, attempts: state.attempts } };
    }
    const effects: Effect<never>[] = [
      { kind: 'stopTimer', timer: 'retry' },
      { kind: 'startTimer', timer: 'again', afterMs: BUSY_RETRY_MS },
    ];
    if (!state.refused) effects.push({ kind: 'startTimer', timer: 'busy', afterMs: BUSY_PATIENCE_MS });
    return { state: { ...state, refused: true, seq: (state.seq + 2) & 0xffff }, effects };
  }

  return {
    initial,
    step(state, input: FtpAnswerInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const asked = ask({ ...initial, startedAtMs: nowMs });
          return {
            ...asked,
            effects: [...asked.effects, { kind: 'startTimer', timer: 'no-progress', afterMs: patienceMs }],
          };
        }
        case 'packet':
          return onPacket(state, input.packet);
        case 'cancel':
          return { state, effects: [], outcome: { kind: 'cancelled', by: input.by } };
        case 'timer':
          if (input.timer === 'retry' || input.timer === 'again') return ask(state);
          if (input.timer === 'busy') {
            const what = 'the vehicle: another ground station has a file open on it';
            return { state, effects: [], outcome: { kind: 'busy', what } };
          }
          return {
            state,
            effects: [],
            outcome: { kind: 'no-progress', afterMs: Math.round(nowMs - state.startedAtMs) },
          };
      }
    },
  };
}
