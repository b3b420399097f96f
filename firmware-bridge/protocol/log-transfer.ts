import { buildMessage, LogRequestData, LogRequestEnd } from '../codec/messages.ts';
import { addRange, coveredBytes, missingRanges, type Ranges } from './ftp-ranges.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * One log by LOG_REQUEST_DATA, for vehicles without file transfer. A window is asked for and comes in chunks of 90
 * bytes; ArduPilot ignores questions while it sends, so one is out at a time.
 *
 *   start ──► asking ──chunks──► window whole, its last byte came, or silent ──► next missing part ──► …
 *               │ ▲                                                                     │
 *               │ └─ silent: the same again                                             └─ nothing missing ──►
 *               │                                                                          LOG_REQUEST_END, done
 *               ├─ chunk shorter than asked before the end, 5 times at one place ──► changed
 *               └─ 20 s without a new byte ──► END, no-progress        any ── cancel ──► END, cancelled
 */
export const LOG_CHUNK_BYTES = 90;
/** About a second of ArduPilot's USB speed, a minute of a slow modem; chunks of 90. */
const WINDOW_BYTES = 512 * LOG_CHUNK_BYTES;
/** Gaps this close are asked for together: a question costs a round trip, a chunk far less. */
const MERGE_BYTES = 16 * LOG_CHUNK_BYTES;
/** Until it is known how quick the vehicle is; then four times that, within these. */
const SILENCE_MS = 800;
const SHORTEST_SILENCE_MS = 250;
const LONGEST_SILENCE_MS = 2_000;
const NO_PROGRESS_MS = 20_000;
const SHORT_TIMES = 5;

export type LogTransferOutcome =
  | { readonly kind: 'done' }
  /** The vehicle's log ends before the size that it told. */
  | { readonly kind: 'changed'; readonly endsAtBytes: number }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface LogTransferInput {
  readonly kind: 'data';
  readonly id: number;
  readonly offset: number;
  /** `LOG_DATA.count` of them. */
  readonly bytes: Uint8Array;
}

export interface LogTransferProgress {
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly doneBytes: number;
  readonly have: Ranges;
}

export interface LogTransferState {
  readonly have: Ranges;
  /** The part that is asked for. */
  readonly asked: readonly [start: number, end: number];
  readonly short: { readonly offset: number; readonly times: number } | null;
  readonly askedAtMs: number;
  /** The present question was answered, at least in part. */
  readonly answered: boolean;
  /** How long a question waits for its first chunk, smoothed; null: none came yet. */
  readonly answerMs: number | null;
  readonly progressAtMs: number;
}

type Result = Step<LogTransferState, LogTransferOutcome, LogTransferProgress>;

export function logTransferMachine(
  target: Target,
  log: { readonly id: number; readonly sizeBytes: number; readonly have: Ranges },
): Machine<LogTransferState, LogTransferInput, LogTransferOutcome, LogTransferProgress> {
  const address = { targetSystem: target.systemId, targetComponent: target.componentId };
  const initial: LogTransferState = {
    have: log.have,
    asked: [0, 0],
    short: null,
    askedAtMs: 0,
    answered: false,
    answerMs: null,
    progressAtMs: 0,
  };

  function over(state: LogTransferState, outcome: LogTransferOutcome): Result {
    return { state, effects: [{ kind: 'send', message: buildMessage(LogRequestEnd, address) }], outcome };
  }

  function silenceMs({ answerMs }: LogTransferState): number {
    if (answerMs === null) return SILENCE_MS;
    return Math.max(SHORTEST_SILENCE_MS, Math.min(LONGEST_SILENCE_MS, 4 * answerMs));
  }

  function askNext(state: LogTransferState, nowMs: number): Result {
    const gaps = missingRanges(state.have, log.sizeBytes);
    const first = gaps[0];
    if (first === undefined) return over(state, { kind: 'done' });
    const start = first[0];
    let end = Math.min(first[1], start + WINDOW_BYTES);
    for (const [from, until] of gaps.slice(1)) {
      if (from - end > MERGE_BYTES || until - start > WINDOW_BYTES) break;
      end = until;
    }
    const message = buildMessage(LogRequestData, { ...address, id: log.id, ofs: start, count: end - start });
    return {
      state: { ...state, asked: [start, end], askedAtMs: nowMs, answered: false },
      effects: [
        { kind: 'send', message },
        { kind: 'startTimer', timer: 'silence', afterMs: silenceMs(state) },
      ],
    };
  }

  function onData(state: LogTransferState, { offset, bytes }: LogTransferInput, nowMs: number): Result {
    const wanted = Math.min(LOG_CHUNK_BYTES, log.sizeBytes - offset);
    if (offset >= log.sizeBytes || bytes.length > wanted) return { state, effects: [] };
    const have = addRange(state.have, offset, offset + bytes.length);
    const effects: Effect<LogTransferProgress>[] = [];
    let next = state;
    if (!state.answered && offset >= state.asked[0] && offset < state.asked[1]) {
      const took = nowMs - state.askedAtMs;
      const answerMs = state.answerMs === null ? took : state.answerMs + (took - state.answerMs) / 8;
      next = { ...state, answered: true, answerMs };
    }
    if (have !== state.have) {
      next = { ...next, have, progressAtMs: nowMs, short: null };
      effects.push(
        { kind: 'progress', progress: { offset, bytes, doneBytes: coveredBytes(have), have } },
        { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
      );
    }
    const end = offset + bytes.length;
    // Fewer bytes than asked, before the end: ArduPilot's way of saying "I cannot read further".
    const endOfQuestion = Math.min(state.asked[1], log.sizeBytes);
    if (bytes.length < LOG_CHUNK_BYTES && end < endOfQuestion && offset >= state.asked[0]) {
      const times = next.short?.offset === end ? next.short.times + 1 : 1;
      if (times >= SHORT_TIMES) return over(next, { kind: 'changed', endsAtBytes: end });
      const asked = askNext({ ...next, short: { offset: end, times } }, nowMs);
      return { ...asked, effects: [...effects, ...asked.effects] };
    }
    if (end >= endOfQuestion && offset < endOfQuestion) {
      const asked = askNext(next, nowMs);
      return { ...asked, effects: [...effects, ...asked.effects] };
    }
    return {
      state: next,
      effects: [...effects, { kind: 'startTimer', timer: 'silence', afterMs: silenceMs(next) }],
    };
  }

  return {
    initial,
    step(state, input: LogTransferInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const asked = askNext({ ...initial, progressAtMs: nowMs }, nowMs);
          return {
            ...asked,
            effects: [
              ...asked.effects,
              { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
            ],
          };
        }
        case 'data':
          return input.id === log.id ? onData(state, input, nowMs) : { state, effects: [] };
        case 'cancel':
          return over(state, { kind: 'cancelled', by: input.by });
        case 'timer':
          if (input.timer === 'silence') return askNext(state, nowMs);
          return over(state, { kind: 'no-progress', afterMs: Math.round(nowMs - state.progressAtMs) });
      }
    },
  };
}
