import { buildMessage, LogRequestList } from '../codec/messages.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * The logs on board, by LOG_REQUEST_LIST. Each entry tells how many there are; ids start at 1 (ArduPilot) or 0 (PX4).
 *
 *   start ──► listing ──entry──► … ──as many as told──► done        (told 0 ──► done, empty)
 *               │ ▲
 *               │ └─ 1 s without a new one: what is missing again (the whole list, while nothing came)
 *               └─ 15 s without a new one ──► no-progress            any ── cancel ──► cancelled
 */
export interface LogEntryReport {
  readonly id: number;
  readonly sizeBytes: number;
  /** Null: the vehicle had no time then. */
  readonly timeUtcMs: number | null;
}

export type LogListOutcome =
  | { readonly kind: 'done'; readonly entries: readonly LogEntryReport[] }
  | { readonly kind: 'no-progress'; readonly afterMs: number; readonly received: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface LogListInput {
  readonly kind: 'entry';
  readonly entry: LogEntryReport;
  /** LOG_ENTRY.num_logs. */
  readonly logCount: number;
}

export interface LogListState {
  readonly count: number | null;
  readonly entries: ReadonlyMap<number, LogEntryReport>;
  readonly progressAtMs: number;
}

const QUIET_MS = 1_000;
const PATIENCE_MS = 15_000;
const ALL = 0xffff;

type Result = Step<LogListState, LogListOutcome, never>;

export function logListMachine(
  target: Target,
  options: { readonly firstId: 0 | 1 | null; readonly only?: number } = { firstId: null },
): Machine<LogListState, LogListInput, LogListOutcome, never> {
  const initial: LogListState = { count: null, entries: new Map(), progressAtMs: 0 };
  const { only } = options;

  function ask(state: LogListState): Result {
    const [start, end] = only !== undefined ? [only, only] : missing(state);
    const message = buildMessage(LogRequestList, {
      targetSystem: target.systemId,
      targetComponent: target.componentId,
      start,
      end,
    });
    return {
      state,
      effects: [
        { kind: 'send', message },
        { kind: 'startTimer', timer: 'quiet', afterMs: QUIET_MS },
      ],
    };
  }

  /** First and last id that are missing. */
  function missing({ count, entries }: LogListState): readonly [number, number] {
    if (count === null) return [0, ALL];
    const first = options.firstId ?? (entries.has(0) ? 0 : 1);
    let from = first;
    while (entries.has(from)) from++;
    let to = first + count - 1;
    while (to > from && entries.has(to)) to--;
    return [from, Math.max(from, to)];
  }

  function onEntry(state: LogListState, input: LogListInput, nowMs: number): Result {
    const { entry, logCount } = input;
    if (logCount === 0) return { state, effects: [], outcome: { kind: 'done', entries: [] } };
    if (only !== undefined) {
      if (entry.id !== only) return { state, effects: [] };
      return { state, effects: [], outcome: { kind: 'done', entries: [entry] } };
    }
    // A log was begun or erased meanwhile: what was listed before may be numbered anew.
    const isOtherList = state.count !== null && state.count !== logCount;
    const known = isOtherList ? new Map<number, LogEntryReport>() : state.entries;
    if (known.has(entry.id)) return { state, effects: [] };
    const entries = new Map(known).set(entry.id, entry);
    const next: LogListState = { count: logCount, entries, progressAtMs: nowMs };
    if (entries.size >= logCount) {
      const sorted = [...entries.values()].sort((a, b) => a.id - b.id);
      return { state: next, effects: [], outcome: { kind: 'done', entries: sorted } };
    }
    const effects: Effect<never>[] = [
      { kind: 'startTimer', timer: 'quiet', afterMs: QUIET_MS },
      { kind: 'startTimer', timer: 'no-progress', afterMs: PATIENCE_MS },
    ];
    return { state: next, effects };
  }

  return {
    initial,
    step(state, input: LogListInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const asked = ask({ ...initial, progressAtMs: nowMs });
          return {
            ...asked,
            effects: [...asked.effects, { kind: 'startTimer', timer: 'no-progress', afterMs: PATIENCE_MS }],
          };
        }
        case 'entry':
          return onEntry(state, input, nowMs);
        case 'cancel':
          return { state, effects: [], outcome: { kind: 'cancelled', by: input.by } };
        case 'timer': {
          if (input.timer === 'quiet') return ask(state);
          const afterMs = Math.round(nowMs - state.progressAtMs);
          return {
            state,
            effects: [],
            outcome: { kind: 'no-progress', afterMs, received: state.entries.size },
          };
        }
      }
    },
  };
}
