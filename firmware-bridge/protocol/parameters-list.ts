import { buildMessage, ParamRequestList, ParamRequestRead } from '../codec/messages.ts';
import type { Parameter } from './parameter-codec.ts';
import type { ParameterInput, ReportedParameter } from './parameters-input.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * The full list over PARAM_REQUEST_LIST, gaps filled by index.
 *
 *   start ──► listing ──1 s without a new one──► filling ── up to 10 questions out, each answer asks the next ──► done
 *              ▲  │ nothing came: list again       │ three times overtaken: asked again
 *              │  │                                │ 0.6 s without a new one: the open questions again
 *              └──┴── count changed, or a name moved to another index (a group was switched on): from the beginning
 *   any ── 20 s without a new one ──► incomplete (what is missing is told)       any ── cancel ──► cancelled
 *
 * The list is asked for again only while nothing comes: PX4 begins anew at each question.
 */
export type ParameterListOutcome =
  | { readonly kind: 'done'; readonly parameters: readonly Parameter[] }
  | {
      readonly kind: 'incomplete';
      readonly received: number;
      /** Null: not even the number of parameters is known. */
      readonly count: number | null;
      readonly missing: readonly number[];
      readonly afterMs: number;
    }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface ParameterListProgress {
  readonly received: number;
  readonly count: number;
}

interface OpenQuestion {
  readonly index: number;
  /** Later questions that were answered before it. */
  readonly overtaken: number;
}

export interface ParameterListState {
  readonly phase: 'listing' | 'filling';
  /** By index. */
  readonly slots: readonly (Parameter | null)[];
  readonly received: number;
  /** Indexes that are asked for, oldest question first. */
  readonly open: readonly OpenQuestion[];
  readonly restarts: number;
  readonly progressAtMs: number;
}

const QUIET_MS = 1_000;
const RESEND_MS = 600;
const NO_PROGRESS_MS = 20_000;
const OUTSTANDING = 10;
/** Answers come in the order of the questions; one that was overtaken this often is lost. */
const LOST_AFTER = 3;
const MAX_RESTARTS = 5;
/** Beyond every autopilot; a damaged count must not become an allocation. */
const MAX_COUNT = 10_000;

type Result = Step<ParameterListState, ParameterListOutcome, ParameterListProgress>;

export function parameterListMachine(
  target: Target,
): Machine<ParameterListState, ParameterInput, ParameterListOutcome, ParameterListProgress> {
  const address = { targetSystem: target.systemId, targetComponent: target.componentId };
  const initial: ParameterListState = {
    phase: 'listing',
    slots: [],
    received: 0,
    open: [],
    restarts: 0,
    progressAtMs: 0,
  };

  function list(state: ParameterListState): Result {
    return {
      state: { ...state, phase: 'listing', slots: [], received: 0, open: [] },
      effects: [
        { kind: 'send', message: buildMessage(ParamRequestList, address) },
        { kind: 'startTimer', timer: 'quiet', afterMs: QUIET_MS },
      ],
    };
  }

  function ask(index: number): Effect<ParameterListProgress> {
    return {
      kind: 'send',
      message: buildMessage(ParamRequestRead, { ...address, paramId: '', paramIndex: index }),
    };
  }

  function fill(state: ParameterListState): Result {
    const open: number[] = [];
    for (let i = 0; i < state.slots.length && open.length < OUTSTANDING; i++) {
      if (state.slots[i] === null) open.push(i);
    }
    return {
      state: { ...state, phase: 'filling', open: open.map((index) => ({ index, overtaken: 0 })) },
      effects: [...open.map(ask), { kind: 'startTimer', timer: 'quiet', afterMs: RESEND_MS }],
    };
  }

  function onValue(state: ParameterListState, reported: ReportedParameter, nowMs: number): Result {
    const { index, count, name, value, type } = reported;
    const parameter: Parameter = { name, value, type };
    if (index >= count) return onChange(state, parameter);
    if (count > MAX_COUNT) return { state, effects: [] };
    if (state.slots.length !== 0 && state.slots.length !== count) return restart(state);
    const slots = state.slots.length === 0 ? new Array<Parameter | null>(count).fill(null) : [...state.slots];
    const before = slots[index];
    if (before !== null && before !== undefined && before.name !== name) return restart(state);
    slots[index] = parameter;
    if (before !== null) return { state: { ...state, slots }, effects: [] };
    const received = state.received + 1;
    const next = { ...state, slots, received, progressAtMs: nowMs };
    if (received === count) return finish(next);
    return askNext(next, index);
  }

  function askNext(state: ParameterListState, answered: number): Result {
    const effects: Effect<ParameterListProgress>[] = [
      { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
      { kind: 'progress', progress: { received: state.received, count: state.slots.length } },
    ];
    if (state.phase === 'listing') {
      effects.push({ kind: 'startTimer', timer: 'quiet', afterMs: QUIET_MS });
      return { state, effects };
    }
    const at = state.open.findIndex(({ index }) => index === answered);
    const waiting: OpenQuestion[] = [];
    const again: OpenQuestion[] = [];
    state.open.forEach(({ index, overtaken }, place) => {
      if (place === at) return;
      const times = place < at ? overtaken + 1 : overtaken;
      if (times >= LOST_AFTER) again.push({ index, overtaken: 0 });
      else waiting.push({ index, overtaken: times });
    });
    const open = [...waiting, ...again];
    effects.push(...again.map(({ index }) => ask(index)));
    const furthest = Math.max(answered, ...state.open.map(({ index }) => index));
    if (open.length < OUTSTANDING) {
      const next = state.slots.findIndex((slot, index) => slot === null && index > furthest);
      if (next >= 0) {
        open.push({ index: next, overtaken: 0 });
        effects.push(ask(next));
      }
    }
    effects.push({ kind: 'startTimer', timer: 'quiet', afterMs: RESEND_MS });
    return { state: { ...state, open }, effects };
  }

  function finish(state: ParameterListState): Result {
    const parameters = state.slots.filter((slot): slot is Parameter => slot !== null);
    // The same name at two indexes: the list moved under us.
    if (new Set(parameters.map(({ name }) => name)).size !== parameters.length) return restart(state);
    return {
      state,
      effects: [{ kind: 'progress', progress: { received: state.received, count: state.slots.length } }],
      outcome: { kind: 'done', parameters },
    };
  }

  /** A change that somebody made meanwhile. */
  function onChange(state: ParameterListState, parameter: Parameter): Result {
    const at = state.slots.findIndex((slot) => slot?.name === parameter.name);
    if (at < 0) return { state, effects: [] };
    return { state: { ...state, slots: state.slots.with(at, parameter) }, effects: [] };
  }

  function restart(state: ParameterListState): Result {
    if (state.restarts >= MAX_RESTARTS) return { state, effects: [], outcome: incomplete(state, 0) };
    return list({ ...state, restarts: state.restarts + 1 });
  }

  function incomplete(state: ParameterListState, afterMs: number): ParameterListOutcome {
    const missing = state.slots.flatMap((slot, index) => (slot === null ? [index] : []));
    const count = state.slots.length === 0 ? null : state.slots.length;
    return { kind: 'incomplete', received: state.received, count, missing, afterMs };
  }

  return {
    initial,
    step(state, input: ParameterInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const begun = list({ ...initial, progressAtMs: nowMs });
          return {
            ...begun,
            effects: [
              ...begun.effects,
              { kind: 'startTimer', timer: 'no-progress', afterMs: NO_PROGRESS_MS },
            ],
          };
        }
        case 'value':
          return onValue(state, input.parameter, nowMs);
        case 'error':
          return { state, effects: [] };
        case 'cancel':
          return { state, effects: [], outcome: { kind: 'cancelled', by: input.by } };
        case 'timer':
          if (input.timer === 'quiet') return state.slots.length === 0 ? list(state) : fill(state);
          return { state, effects: [], outcome: incomplete(state, Math.round(nowMs - state.progressAtMs)) };
      }
    },
  };
}
