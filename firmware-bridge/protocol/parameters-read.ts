import { buildMessage, ParamRequestRead } from '../codec/messages.ts';
import type { Parameter } from './parameter-codec.ts';
import type { ParameterInput, ReportedParameter } from './parameters-input.ts';
import type { CommonInput, Machine, Step, Target } from './step.ts';

/**
 * One parameter by name. Autopilots do not answer a question about a name that they do not have; so that silence can
 * be told from a bad link, each repetition also asks for parameter number 0, which everybody has.
 *
 *   start ──► asking ──value──► done
 *              │ ▲ └──PARAM_ERROR──► unknown-parameter
 *              │ └─ 0.4 s, growing to 1.5 s: name and number 0 again
 *              ├─ number 0 answered 6 times and 8 questions asked, the name never ──► unknown-parameter
 *              └─ 20 s ──► no-answer       any ── cancel ──► cancelled
 */
export type ParameterReadOutcome =
  | { readonly kind: 'done'; readonly parameter: Parameter }
  | { readonly kind: 'unknown-parameter'; readonly name: string }
  | { readonly kind: 'no-answer'; readonly afterMs: number }
  | { readonly kind: 'cancelled'; readonly by: string };

export const PARAM_ERROR_UNKNOWN = 1;

export interface ParameterReadState {
  readonly attempts: number;
  readonly probesAnswered: number;
  readonly retryMs: number;
  readonly startedAtMs: number;
}

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 1_500;
const RETRY_GROWTH = 1.4;
const GIVE_UP_MS = 20_000;
const PROBES = 6;
/** Number 0 was answered, so an answer to the name would be here: no need to wait any longer. */
const AFTER_PROBE_MS = 60;
const ATTEMPTS = 8;

type Result = Step<ParameterReadState, ParameterReadOutcome, never>;

export function parameterReadMachine(
  target: Target,
  name: string,
): Machine<ParameterReadState, ParameterInput, ParameterReadOutcome, never> {
  const initial: ParameterReadState = {
    attempts: 0,
    probesAnswered: 0,
    retryMs: FIRST_RETRY_MS,
    startedAtMs: 0,
  };

  function ask(state: ParameterReadState): Result {
    const question = readByName(target, name);
    return {
      state: {
        ...state,
        attempts: state.attempts + 1,
        retryMs: Math.min(LONGEST_RETRY_MS, state.retryMs * RETRY_GROWTH),
      },
      effects: [
        { kind: 'send', message: question },
        ...(state.attempts === 0 ? [] : [{ kind: 'send' as const, message: readByIndex(target, 0) }]),
        { kind: 'startTimer', timer: 'retry', afterMs: state.retryMs },
      ],
    };
  }

  function onValue(state: ParameterReadState, parameter: ReportedParameter): Result {
    if (parameter.name === name) {
      const { value, type } = parameter;
      return { state, effects: [], outcome: { kind: 'done', parameter: { name, value, type } } };
    }
    if (parameter.index !== 0) return { state, effects: [] };
    return {
      state: { ...state, probesAnswered: state.probesAnswered + 1 },
      effects: [{ kind: 'startTimer', timer: 'retry', afterMs: AFTER_PROBE_MS }],
    };
  }

  return {
    initial,
    step(state, input: ParameterInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const asked = ask({ ...initial, startedAtMs: nowMs });
          return {
            ...asked,
            effects: [...asked.effects, { kind: 'startTimer', timer: 'give-up', afterMs: GIVE_UP_MS }],
          };
        }
        case 'value':
          return onValue(state, input.parameter);
        case 'error':
          if (input.name !== name || input.error !== PARAM_ERROR_UNKNOWN) return { state, effects: [] };
          return { state, effects: [], outcome: { kind: 'unknown-parameter', name } };
        case 'cancel':
          return { state, effects: [], outcome: { kind: 'cancelled', by: input.by } };
        case 'timer':
          if (input.timer === 'give-up') {
            const afterMs = Math.round(nowMs - state.startedAtMs);
            return { state, effects: [], outcome: { kind: 'no-answer', afterMs } };
          }
          if (state.probesAnswered >= PROBES && state.attempts >= ATTEMPTS) {
            return { state, effects: [], outcome: { kind: 'unknown-parameter', name } };
          }
          return ask(state);
      }
    },
  };
}

export function readByName(target: Target, name: string): ParamRequestRead {
  return buildMessage(ParamRequestRead, {
    targetSystem: target.systemId,
    targetComponent: target.componentId,
    paramId: name,
    paramIndex: -1,
  });
}

export function readByIndex(target: Target, index: number): ParamRequestRead {
  return buildMessage(ParamRequestRead, {
    targetSystem: target.systemId,
    targetComponent: target.componentId,
    paramId: '',
    paramIndex: index,
  });
}
