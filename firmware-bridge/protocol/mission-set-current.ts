import { buildMessage, MissionSetCurrent } from '../codec/messages.ts';
import type { CommandOutcome } from '../model.ts';
import type { CommonInput, Machine, Step, Target } from './step.ts';

/**
 * MISSION_SET_CURRENT (message 41): not acknowledged, so it is said again until the vehicle reports that item.
 *
 *   start ──► asking ──MISSION_CURRENT with that seq──► done
 *              │ 0.5 s: message 41
 *              └── 5 s ──► not-confirmed; no-answer when no MISSION_CURRENT came at all
 *
 * A report that was on its way before we asked can show the old item: it is passed over, the next one counts.
 */
const RESEND_MS = 500;
const GIVE_UP_MS = 5_000;

export type SetCurrentInput = { readonly kind: 'current'; readonly seq: number };

export interface SetCurrentState {
  readonly startedAtMs: number;
  readonly observed: number | null;
}

/** @param seq as on the wire, home slot included */
export function setCurrentMachine(
  target: Target,
  seq: number,
): Machine<SetCurrentState, SetCurrentInput, CommandOutcome, never> {
  type Result = Step<SetCurrentState, CommandOutcome, never>;
  const message = buildMessage(MissionSetCurrent, {
    targetSystem: target.systemId,
    targetComponent: target.componentId,
    seq,
  });
  const ask = (state: SetCurrentState): Result => ({
    state,
    effects: [
      { kind: 'send', message },
      { kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS },
    ],
  });
  const over = (state: SetCurrentState, outcome: CommandOutcome): Result => ({ state, effects: [], outcome });
  return {
    initial: { startedAtMs: 0, observed: null },
    step(state, input: SetCurrentInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start': {
          const asked = ask({ ...state, startedAtMs: nowMs });
          const deadline = { kind: 'startTimer', timer: 'deadline', afterMs: GIVE_UP_MS } as const;
          return { ...asked, effects: [...asked.effects, deadline] };
        }
        case 'current':
          if (input.seq === seq) return over(state, { kind: 'done', confirmedBy: `MISSION_CURRENT ${seq}` });
          return { state: { ...state, observed: input.seq }, effects: [] };
        case 'cancel':
          return over(state, { kind: 'cancelled', by: input.by });
        case 'timer': {
          if (input.timer === 'resend') return ask(state);
          const afterMs = Math.round(nowMs - state.startedAtMs);
          if (state.observed === null) return over(state, { kind: 'no-answer', afterMs });
          return over(state, {
            kind: 'not-confirmed',
            expected: `item ${seq}`,
            observed: `item ${state.observed}`,
            afterMs,
          });
        }
      }
    },
  };
}
