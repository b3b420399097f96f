import { buildMessage, MavMissionResult, type MavMissionType, MissionClearAll } from '../codec/messages.ts';
import { missionResultName, RESEND_MS } from './mission-upload.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * Asks for a list to be emptied. Harmless to repeat; what it holds afterwards is read by a download.
 *
 *   start ──► asking ──ACK 0──► sent        asking ──5 s silence──► sent (the ACKs may be lost: reading tells)
 *              │ 0.4 s: CLEAR_ALL
 *              └──ACK 1, 14──► refused unless an ACK 0 comes within 2 s (PX4 and ArduPilot: busy with a transfer)
 *              └──other ACK──► rejected
 */
const GIVE_UP_MS = 5_000;
const BUSY_MS = 2_000;

export type ClearOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'rejected'; readonly result: string; readonly reasons: readonly string[] }
  | { readonly kind: 'cancelled'; readonly by: string };

export type ClearInput =
  | { readonly kind: 'ack'; readonly result: number }
  | { readonly kind: 'text'; readonly text: string };

export interface ClearState {
  readonly refusedWith: number | null;
  readonly texts: readonly string[];
}

type Result = Step<ClearState, ClearOutcome, never>;

/** @param missionType MAV_MISSION_TYPE; 255 empties all three */
export function clearMachine(
  target: Target,
  missionType: MavMissionType,
): Machine<ClearState, ClearInput, ClearOutcome, never> {
  const ask: readonly Effect<never>[] = [
    {
      kind: 'send',
      message: buildMessage(MissionClearAll, {
        targetSystem: target.systemId,
        targetComponent: target.componentId,
        missionType,
      }),
    },
    { kind: 'startTimer', timer: 'resend', afterMs: RESEND_MS },
  ];
  const over = (state: ClearState, outcome: ClearOutcome): Result => ({ state, effects: [], outcome });
  const rejected = (state: ClearState, result: number): Result =>
    over(state, { kind: 'rejected', result: missionResultName(result), reasons: state.texts });

  function onAck(state: ClearState, result: number): Result {
    switch (result) {
      case MavMissionResult.ACCEPTED:
        return over(state, { kind: 'sent' });
      case MavMissionResult.ERROR:
      case MavMissionResult.DENIED:
        if (state.refusedWith !== null) return { state, effects: [] };
        return {
          state: { ...state, refusedWith: result },
          effects: [{ kind: 'startTimer', timer: 'busy', afterMs: BUSY_MS }],
        };
      case MavMissionResult.INVALID_SEQUENCE:
      case MavMissionResult.OPERATION_CANCELLED:
        // Echoes of a transfer before.
        return { state, effects: [] };
      default:
        return rejected(state, result);
    }
  }

  return {
    initial: { refusedWith: null, texts: [] },
    step(state, input: ClearInput | CommonInput): Result {
      switch (input.kind) {
        case 'start':
          return {
            state,
            effects: [...ask, { kind: 'startTimer', timer: 'deadline', afterMs: GIVE_UP_MS }],
          };
        case 'ack':
          return onAck(state, input.result);
        case 'text':
          return { state: { ...state, texts: [...state.texts, input.text].slice(-8) }, effects: [] };
        case 'cancel':
          return over(state, { kind: 'cancelled', by: input.by });
        case 'timer':
          if (input.timer === 'resend') return { state, effects: ask };
          if (input.timer === 'busy' && state.refusedWith !== null) return rejected(state, state.refusedWith);
          return over(state, { kind: 'sent' });
      }
    },
  };
}
