import type { CommandOutcome, MissionOutcome } from '../../firmware-bridge/index.ts';
import type { ActionResult } from '../contract/index.ts';

/** A bridge outcome as a sentence with a stable code. `unknown` is said where nobody can tell what the aircraft does. */
export function describeCommandOutcome(outcome: CommandOutcome): ActionResult {
  const answer = (
    kind: ActionResult['outcome'],
    message: string,
    details: ActionResult['details'] = {},
    reasons: readonly string[] = [],
  ): ActionResult => ({
    outcome: kind,
    code: `command.${outcome.kind}`,
    message,
    details,
    reasons: [...reasons],
  });

  switch (outcome.kind) {
    case 'done':
      return answer('done', `The aircraft reports it: ${outcome.confirmedBy}.`, {
        confirmedBy: outcome.confirmedBy,
      });
    case 'denied':
      return answer(
        'failed',
        `The aircraft refused (${outcome.result}).`,
        { result: outcome.result },
        outcome.reasons,
      );
    case 'no-answer':
      return answer(
        'unknown',
        `No answer for ${seconds(outcome.afterMs)} s. Watch the aircraft and try again.`,
        {
          afterS: seconds(outcome.afterMs),
        },
      );
    case 'not-confirmed':
      return answer(
        'unknown',
        `Sent, but the aircraft still reports ${outcome.observed} instead of ${outcome.expected}.`,
        { expected: outcome.expected, observed: outcome.observed, afterS: seconds(outcome.afterMs) },
      );
    case 'not-connected':
      return answer(
        'failed',
        'The aircraft is not connected. It acts by its own failsafe until the link is back.',
      );
    case 'identity-conflict':
      return answer('failed', `Two aircraft use this system id: ${outcome.endpoints.join(', ')}.`, {
        endpoints: outcome.endpoints.join(', '),
      });
    case 'unsupported':
      return answer('failed', `This aircraft cannot do that: ${outcome.what}.`, { what: outcome.what });
    case 'busy':
      return answer('failed', `The aircraft is busy: ${outcome.what}.`, { what: outcome.what });
    case 'cancelled':
      return answer('failed', `Stopped by ${outcome.by}.`, { by: outcome.by });
  }
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly details: Record<string, string | number>;
  readonly reasons: string[];
}

/** The failure that a mission transfer ended with; null when it succeeded. */
export function describeMissionFailure(outcome: MissionOutcome): Failure | null {
  const failure = (
    message: string,
    details: Failure['details'] = {},
    reasons: readonly string[] = [],
  ): Failure => ({
    code: `mission.${outcome.kind}`,
    message,
    details,
    reasons: [...reasons],
  });
  switch (outcome.kind) {
    case 'done':
      return null;
    case 'rejected':
      return failure(
        `The aircraft rejected the mission (${outcome.result}).`,
        { result: outcome.result },
        outcome.reasons,
      );
    case 'no-space':
      return failure(`The aircraft has no room for ${outcome.itemCount} mission items.`, {
        itemCount: outcome.itemCount,
        capacity: outcome.capacity ?? 'unknown',
      });
    case 'different': {
      const first = outcome.differences[0];
      const place =
        first === undefined
          ? ''
          : ` Item ${first.index}, ${first.field}: sent ${first.sent}, holds ${first.held}.`;
      return failure(`What the aircraft holds is not what was sent: it must not fly it.${place}`, {
        differences: outcome.differences.length,
      });
    }
    case 'no-progress':
      return failure(`The transfer stood still for ${seconds(outcome.afterMs)} s.`, {
        afterS: seconds(outcome.afterMs),
      });
    case 'not-connected':
      return failure('The aircraft is not connected.');
    case 'identity-conflict':
      return failure(`Two aircraft use this system id: ${outcome.endpoints.join(', ')}.`, {
        endpoints: outcome.endpoints.join(', '),
      });
    case 'busy':
      return failure(`The aircraft is busy: ${outcome.what}.`, { what: outcome.what });
    case 'cancelled':
      return failure(`Stopped by ${outcome.by}.`, { by: outcome.by });
  }
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
