import { buildMessage, ParamSet } from '../codec/messages.ts';
import { asStored, mavTypeOf, type Parameter, type ParameterEncoding, toWire } from './parameter-codec.ts';
import type { ParameterInput } from './parameters-input.ts';
import { PARAM_ERROR_UNKNOWN, readByName } from './parameters-read.ts';
import type { CommonInput, Machine, Step, Target } from './step.ts';

/**
 * One parameter changed, and read back. The vehicle's echo of PARAM_SET is not enough: ArduPilot sends none when the
 * value stays the same, and an echo may be a late one of an earlier change.
 *
 *   start ──► setting ──echo, or 0.5 s──► reading ──the value──► done
 *              ▲                           │ │ 0.5 s: read again (4 times, then set again)
 *              │ old value, up to 10 times │ └─ a third value, twice ──► clamped
 *              └───────────────────────────┘ └─ old value after that ──► rejected
 *   PARAM_ERROR ──► denied or unknown-parameter      20 s without an answer ──► no-answer     any ── cancel ──► cancelled
 */
export type ParameterSetOutcome =
  | { readonly kind: 'done'; readonly parameter: Parameter }
  | { readonly kind: 'unknown-parameter'; readonly name: string }
  | { readonly kind: 'denied'; readonly result: string }
  /** The vehicle keeps what it had. */
  | { readonly kind: 'rejected'; readonly wanted: number; readonly held: number }
  /** The vehicle made something else of it. */
  | { readonly kind: 'clamped'; readonly wanted: number; readonly held: number }
  | { readonly kind: 'no-answer'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export interface ParameterSetState {
  readonly phase: 'setting' | 'reading';
  readonly sets: number;
  readonly reads: number;
  /** Read-backs in a row that showed one and the same third value. */
  readonly other: { readonly value: number; readonly times: number } | null;
  readonly heardAtMs: number;
}

const WAIT_MS = 500;
const READS_PER_SET = 4;
const SETS = 10;
const OTHER_TIMES = 2;
const GIVE_UP_MS = 20_000;

type Result = Step<ParameterSetState, ParameterSetOutcome, never>;

export function parameterSetMachine(
  target: Target,
  encoding: ParameterEncoding,
  before: Parameter,
  wantedValue: number,
): Machine<ParameterSetState, ParameterInput, ParameterSetOutcome, never> {
  const { name, type } = before;
  const wanted = asStored(wantedValue, type);
  const initial: ParameterSetState = { phase: 'setting', sets: 0, reads: 0, other: null, heardAtMs: 0 };

  function set(state: ParameterSetState): Result {
    return {
      state: { ...state, phase: 'setting', sets: state.sets + 1, reads: 0 },
      effects: [
        {
          kind: 'send',
          message: buildMessage(ParamSet, {
            targetSystem: target.systemId,
            targetComponent: target.componentId,
            paramId: name,
            paramValue: toWire(wantedValue, type, encoding),
            paramType: mavTypeOf(type),
          }),
        },
        { kind: 'startTimer', timer: 'wait', afterMs: WAIT_MS },
      ],
    };
  }

  function read(state: ParameterSetState): Result {
    return {
      state: { ...state, phase: 'reading', reads: state.reads + 1 },
      effects: [
        { kind: 'send', message: readByName(target, name) },
        { kind: 'startTimer', timer: 'wait', afterMs: WAIT_MS },
      ],
    };
  }

  function onValue(state: ParameterSetState, value: number, nowMs: number): Result {
    const heard = { ...state, heardAtMs: nowMs };
    if (state.phase === 'setting') return withGiveUp(read(heard));
    if (Object.is(value, wanted) || value === wanted) {
      return { state, effects: [], outcome: { kind: 'done', parameter: { name, type, value } } };
    }
    if (value !== before.value) {
      const times = state.other?.value === value ? state.other.times + 1 : 1;
      if (times >= OTHER_TIMES) {
        return { state, effects: [], outcome: { kind: 'clamped', wanted, held: value } };
      }
      return withGiveUp(set({ ...heard, other: { value, times } }));
    }
    if (state.sets >= SETS) return { state, effects: [], outcome: { kind: 'rejected', wanted, held: value } };
    return withGiveUp(set({ ...heard, other: null }));
  }

  function withGiveUp(result: Result): Result {
    return {
      ...result,
      effects: [...result.effects, { kind: 'startTimer', timer: 'give-up', afterMs: GIVE_UP_MS }],
    };
  }

  return {
    initial,
    step(state, input: ParameterInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start':
          return withGiveUp(set({ ...initial, heardAtMs: nowMs }));
        case 'value':
          if (input.parameter.name !== name) return { state, effects: [] };
          return onValue(state, input.parameter.value, nowMs);
        case 'error':
          if (input.name !== name) return { state, effects: [] };
          if (input.error === PARAM_ERROR_UNKNOWN) {
            return { state, effects: [], outcome: { kind: 'unknown-parameter', name } };
          }
          return { state, effects: [], outcome: { kind: 'denied', result: errorWords(input.error) } };
        case 'cancel':
          return { state, effects: [], outcome: { kind: 'cancelled', by: input.by } };
        case 'timer':
          if (input.timer === 'give-up') {
            const afterMs = Math.round(nowMs - state.heardAtMs);
            return { state, effects: [], outcome: { kind: 'no-answer', afterMs } };
          }
          // Neither echo nor answer: the read-back decides, and a set that may be lost is repeated.
          return state.phase === 'reading' && state.reads >= READS_PER_SET ? set(state) : read(state);
      }
    },
  };
}

/** MAV_PARAM_ERROR (common.xml). */
const ERRORS: Readonly<Record<number, string>> = {
  2: 'the value is out of range',
  3: 'changing it is not permitted',
  4: 'no such component',
  5: 'it is read-only',
  6: 'its type is not supported',
  7: 'its type does not match',
  8: 'it could not be read',
};

function errorWords(error: number): string {
  return ERRORS[error] ?? `the vehicle refused it (parameter error ${error})`;
}
