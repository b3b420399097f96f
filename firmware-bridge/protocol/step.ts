import type { MavLinkData } from '../codec/messages.ts';

/**
 * A protocol is a pure function: (state, input, now) → new state, things to do, and at the end an outcome. It sends
 * nothing and owns no timer; `run-protocol.ts` does both.
 */
export type Effect<Progress> =
  | { readonly kind: 'send'; readonly message: MavLinkData }
  /** Starts or restarts the timer of that name. */
  | { readonly kind: 'startTimer'; readonly timer: string; readonly afterMs: number }
  | { readonly kind: 'stopTimer'; readonly timer: string }
  | { readonly kind: 'progress'; readonly progress: Progress };

export interface Step<State, Outcome, Progress> {
  readonly state: State;
  readonly effects: readonly Effect<Progress>[];
  /** Present: the protocol is over, its timers are stopped. */
  readonly outcome?: Outcome;
}

/** What every protocol understands besides its own inputs. */
export type CommonInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'timer'; readonly timer: string }
  | { readonly kind: 'cancel'; readonly by: string };

export interface Machine<State, Input, Outcome, Progress> {
  readonly initial: State;
  step(state: State, input: Input | CommonInput, nowMs: number): Step<State, Outcome, Progress>;
}

/** Who is spoken to. */
export interface Target {
  readonly systemId: number;
  readonly componentId: number;
}
