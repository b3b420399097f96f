import { buildMessage, CommandInt, CommandLong, type MavLinkData, MavResult } from '../codec/messages.ts';
import type { CommandOutcome, VehicleState } from '../model.ts';
import type { CommonInput, Effect, Machine, Step, Target } from './step.ts';

/**
 * One command, until the vehicle is seen to do it. An acknowledgement says "understood"; success is the state that
 * the vehicle reports afterwards (PX4 acknowledges every mode change once before it decides).
 *
 *               ┌─ retry timer: idempotent → again (0.5 s, growing)
 *               │               one-shot   → again only when a report newer than the sending shows no effect
 *               ▼
 *   start ──► waiting ──accepted──► accepted ───────► state seen ──► done
 *               │  ▲                  │  └──refused after all──► refusing
 *               │  └─in progress: +3 s│
 *               ├──refused──► refusing ──0.3 s for the texts──► denied
 *               └──deadline──► no-answer (nothing acknowledged) · not-confirmed (acknowledged, not seen)
 *   waiting ── seen to have begun ──► accepted
 *   any ── state seen ──► done          any ── cancel ──► cancelled
 */
export type CommandClass =
  /** Doing it twice is doing it once: set a mode, ask for a message. */
  | 'idempotent'
  /** Arm, take off: never repeated blindly. */
  | 'one-shot';

export interface CommandSpec {
  /** For people and logs: `arm`. */
  readonly name: string;
  /** MAV_CMD. */
  readonly command: number;
  /** param1 … param7; with `place` only the first four count. */
  readonly params: readonly number[];
  /** Goes as COMMAND_INT: a float cannot hold a position to the metre. */
  readonly place?: CommandPlace;
  /** Which component of the vehicle obeys it. Default: its autopilot. */
  readonly componentId?: number;
  readonly commandClass: CommandClass;
  /** Until something must have answered or happened. */
  readonly giveUpMs: number;
  /** One-shot: sent again no earlier than this, and only when a report shows no effect. Default 2 s. */
  readonly repeatAfterMs?: number;
  /** Refusals do not end it before `giveUpMs`: safety actions, which may be refused for a moment only. */
  readonly persistent: boolean;
  /** How its effect is recognised; null: the acknowledgement is all there is. */
  readonly confirm: Confirmation | null;
}

export interface CommandPlace {
  /** MAV_FRAME. */
  readonly frame: number;
  /** degE7 (or metres × 10⁴ in local frames), as in COMMAND_INT. */
  readonly x: number;
  readonly y: number;
  /** Metres, in the frame's datum. */
  readonly z: number;
}

/** The vehicle said IN_PROGRESS. */
export interface CommandProgress {
  /** Null: it does not say how far. */
  readonly progressPct: number | null;
}

export interface Confirmation {
  /** `mode BRAKE`. */
  readonly expected: string;
  readonly seen: (state: VehicleState) => boolean;
  readonly observed: (state: VehicleState) => string;
  /** When the values that `seen` reads were received; null: never. Only what came after the sending counts. */
  readonly reportedAtMs: (state: VehicleState) => number | null;
  /** Reports that the vehicle is about it (climbing): as good as an acknowledgement, should that be lost. */
  readonly begun?: (state: VehicleState) => boolean;
  /** Reports that make the effect impossible, so that nobody waits for it (disarmed during a take-off). */
  readonly ruledOut?: (state: VehicleState) => boolean;
  /** From acceptance to effect. */
  readonly withinMs: number;
}

export type CommandInput =
  | { readonly kind: 'ack'; readonly result: number; readonly progressPct: number | null }
  | { readonly kind: 'report'; readonly state: VehicleState }
  | { readonly kind: 'text'; readonly severity: number; readonly text: string };

export interface CommandState {
  readonly phase: 'waiting' | 'accepted' | 'refusing';
  readonly attempts: number;
  readonly startedAtMs: number;
  readonly sentAtMs: number;
  readonly retryAfterMs: number;
  readonly accepted: boolean;
  readonly refusedWith: number | null;
  readonly texts: readonly string[];
  readonly observed: string;
  /** Newest report that showed no effect. */
  readonly unchangedAtMs: number;
}

export const FIRST_RETRY_MS = 500;
const RETRY_GROWTH = 1.5;
const LONGEST_RETRY_MS = 2_000;
/** One-shot commands wait longer: the report that proves "nothing happened" must be newer than the sending. */
const ONE_SHOT_RETRY_MS = 2_000;
const ONE_SHOT_ATTEMPTS = 4;
/** A report may already have been on its way when the command was sent: two seconds on a slow link, and out of order. */
const REPORT_MARGIN_MS = 2_500;
const IN_PROGRESS_MS = 3_000;
/** The reasons come as texts beside the refusal, before or after it. */
const TEXTS_MS = 300;
/** A repetition that is refused may only mean that the first one arrived: time for a report to show it. */
const REPEATED_REFUSAL_MS = 2_000;
const MAX_TEXTS = 8;
const SEVERITY_WARNING = 4;

export function commandMachine(
  target: Target,
  spec: CommandSpec,
): Machine<CommandState, CommandInput, CommandOutcome, CommandProgress> {
  type Result = Step<CommandState, CommandOutcome, CommandProgress>;
  const initial: CommandState = {
    phase: 'waiting',
    attempts: 0,
    startedAtMs: 0,
    sentAtMs: 0,
    retryAfterMs:
      spec.commandClass === 'idempotent' ? FIRST_RETRY_MS : (spec.repeatAfterMs ?? ONE_SHOT_RETRY_MS),
    accepted: false,
    refusedWith: null,
    texts: [],
    observed: 'nothing reported',
    unchangedAtMs: 0,
  };

  function send(state: CommandState, nowMs: number): Result {
    const message = commandMessage(target, spec, state.attempts);
    return {
      state: {
        ...state,
        attempts: state.attempts + 1,
        sentAtMs: nowMs,
        retryAfterMs:
          spec.commandClass === 'idempotent'
            ? Math.min(LONGEST_RETRY_MS, state.retryAfterMs * RETRY_GROWTH)
            : state.retryAfterMs,
      },
      effects: [
        { kind: 'send', message },
        { kind: 'startTimer', timer: 'retry', afterMs: state.retryAfterMs },
      ],
    };
  }

  function onStart(nowMs: number): Result {
    const sent = send({ ...initial, startedAtMs: nowMs }, nowMs);
    return {
      ...sent,
      effects: [...sent.effects, { kind: 'startTimer', timer: 'deadline', afterMs: spec.giveUpMs }],
    };
  }

  function onAck(state: CommandState, result: number, progressPct: number | null = null): Result {
    if (result === MavResult.IN_PROGRESS) {
      return {
        state,
        effects: [
          { kind: 'stopTimer', timer: 'retry' },
          { kind: 'startTimer', timer: 'deadline', afterMs: Math.max(IN_PROGRESS_MS, spec.giveUpMs) },
          { kind: 'progress', progress: { progressPct } },
        ],
      };
    }
    if (result === MavResult.ACCEPTED) {
      if (spec.confirm === null) return over(state, { kind: 'done', confirmedBy: 'acknowledgement' });
      if (state.accepted || state.phase === 'refusing') return { state, effects: [] };
      const effects: Effect<CommandProgress>[] = [];
      // A persistent command keeps its one deadline and goes on asking until the effect is seen.
      if (!spec.persistent) {
        effects.push(
          { kind: 'stopTimer', timer: 'retry' },
          { kind: 'startTimer', timer: 'deadline', afterMs: spec.confirm.withinMs },
        );
      }
      return { state: { ...state, phase: 'accepted', accepted: true, refusedWith: null }, effects };
    }
    const momentary = result === MavResult.TEMPORARILY_REJECTED && spec.commandClass === 'idempotent';
    if (spec.persistent || momentary) return { state: { ...state, refusedWith: result }, effects: [] };
    if (state.phase === 'refusing') return { state, effects: [] };
    return {
      state: { ...state, phase: 'refusing', refusedWith: result },
      effects: [
        { kind: 'stopTimer', timer: 'retry' },
        { kind: 'startTimer', timer: 'texts', afterMs: state.attempts > 1 ? REPEATED_REFUSAL_MS : TEXTS_MS },
      ],
    };
  }

  function onReport(state: CommandState, vehicle: VehicleState, nowMs: number): Result {
    const { confirm } = spec;
    if (confirm === null) return { state, effects: [] };
    const reportedAtMs = confirm.reportedAtMs(vehicle);
    if (reportedAtMs === null || reportedAtMs < state.startedAtMs) return { state, effects: [] };
    if (confirm.seen(vehicle)) return over(state, { kind: 'done', confirmedBy: confirm.expected });
    const observed = confirm.observed(vehicle);
    // A repeated take-off is refused because the first one was obeyed: what is seen overrules the refusal.
    const mayBegin = !state.accepted && (state.phase !== 'refusing' || state.attempts > 1);
    if (mayBegin && confirm.begun?.(vehicle) === true) {
      const accepted = onAck({ ...state, phase: 'waiting' }, MavResult.ACCEPTED);
      return {
        ...accepted,
        state: { ...accepted.state, observed, unchangedAtMs: reportedAtMs },
        effects: [...accepted.effects, { kind: 'stopTimer', timer: 'texts' }],
      };
    }
    if (confirm.ruledOut?.(vehicle) === true) {
      const afterMs = Math.round(nowMs - state.startedAtMs);
      return over(state, { kind: 'not-confirmed', expected: confirm.expected, observed, afterMs });
    }
    return { state: { ...state, observed, unchangedAtMs: reportedAtMs }, effects: [] };
  }

  function onRetry(state: CommandState, nowMs: number): Result {
    if (state.phase === 'refusing') return { state, effects: [] };
    if (spec.commandClass === 'idempotent') return send(state, nowMs);
    const effectSeenMissing = state.unchangedAtMs >= state.sentAtMs + REPORT_MARGIN_MS;
    if (!effectSeenMissing || state.attempts >= ONE_SHOT_ATTEMPTS) {
      return { state, effects: [{ kind: 'startTimer', timer: 'retry', afterMs: FIRST_RETRY_MS }] };
    }
    return send(state, nowMs);
  }

  function onDeadline(state: CommandState, nowMs: number): Result {
    const afterMs = Math.round(nowMs - state.startedAtMs);
    if (state.refusedWith !== null) return refused(state, state.refusedWith);
    if (!state.accepted) return over(state, { kind: 'no-answer', afterMs });
    const expected = spec.confirm?.expected ?? spec.name;
    return over(state, { kind: 'not-confirmed', expected, observed: state.observed, afterMs });
  }

  function refused(state: CommandState, result: number): Result {
    if (result === MavResult.UNSUPPORTED) return over(state, { kind: 'unsupported', what: spec.name });
    return over(state, { kind: 'denied', result: resultName(result), reasons: state.texts });
  }

  return {
    initial,
    step(state, input: CommandInput | CommonInput, nowMs): Result {
      switch (input.kind) {
        case 'start':
          return onStart(nowMs);
        case 'ack':
          return onAck(state, input.result, input.progressPct);
        case 'report':
          return onReport(state, input.state, nowMs);
        case 'text':
          return {
            state: { ...state, texts: addReason(state.texts, input.severity, input.text) },
            effects: [],
          };
        case 'cancel':
          return over(state, { kind: 'cancelled', by: input.by });
        case 'timer':
          if (input.timer === 'retry') return onRetry(state, nowMs);
          if (input.timer === 'texts' && state.refusedWith !== null) return refused(state, state.refusedWith);
          return onDeadline(state, nowMs);
      }
    },
  };
}

function over(
  state: CommandState,
  outcome: CommandOutcome,
): Step<CommandState, CommandOutcome, CommandProgress> {
  return { state, effects: [], outcome };
}

/** Warnings and worse, and what says itself to be about arming; prefixes taken off, nothing twice. */
export function addReason(texts: readonly string[], severity: number, text: string): readonly string[] {
  const isReason = severity <= SEVERITY_WARNING || /^(PreArm|Arm|Preflight Fail):/i.test(text);
  const reason = text.replace(/^(PreArm|Arm|Preflight Fail):\s*/i, '').trim();
  if (!isReason || reason === '' || texts.includes(reason) || texts.length >= MAX_TEXTS) return texts;
  return [...texts, reason];
}

export function resultName(result: number): string {
  return MavResult[result] ?? (result === 10 ? 'NOT_IN_CONTROL' : `RESULT_${result}`);
}

/** @param attempt counts repetitions, so that a receiver can tell a repeated command from a new one */
function commandMessage(target: Target, spec: CommandSpec, attempt: number): MavLinkData {
  const common = {
    targetSystem: target.systemId,
    targetComponent: spec.componentId ?? target.componentId,
    command: spec.command,
    _param1: spec.params[0] ?? 0,
    _param2: spec.params[1] ?? 0,
    _param3: spec.params[2] ?? 0,
    _param4: spec.params[3] ?? 0,
  };
  // COMMAND_INT has no confirmation counter; `current` and `autocontinue` are not used (MAVLink command protocol).
  if (spec.place !== undefined) {
    const { frame, x, y, z } = spec.place;
    return buildMessage(CommandInt, { ...common, frame, _param5: x, _param6: y, _param7: z });
  }
  return buildMessage(CommandLong, {
    ...common,
    confirmation: Math.min(attempt, 255),
    _param5: spec.params[4] ?? 0,
    _param6: spec.params[5] ?? 0,
    _param7: spec.params[6] ?? 0,
  });
}
