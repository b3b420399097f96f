import type { MavLinkData } from '../codec/messages.ts';
import type { Clock, TimerHandle } from '../model.ts';
import type { CommonInput, Machine } from './step.ts';

/** Carries out what a protocol machine decides. The only owner of protocol timers. */
export interface ProtocolHost<Progress> {
  readonly clock: Clock;
  readonly send: (message: MavLinkData) => void;
  readonly onProgress?: (progress: Progress) => void;
}

export interface RunningProtocol<Input, Outcome> {
  /** Begins. Apart from the making, so that answers which come at once already find it. */
  start(): void;
  input(input: Input | CommonInput): void;
  cancel(by: string): void;
  readonly result: Promise<Outcome>;
  readonly isOver: boolean;
}

export function runProtocol<State, Input, Outcome, Progress>(
  machine: Machine<State, Input, Outcome, Progress>,
  host: ProtocolHost<Progress>,
): RunningProtocol<Input, Outcome> {
  let state = machine.initial;
  let over = false;
  let stepping = false;
  const waiting: (Input | CommonInput)[] = [];
  const timers = new Map<string, TimerHandle>();
  let settle: (outcome: Outcome) => void;
  let fail: (error: unknown) => void;
  const result = new Promise<Outcome>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });

  function stopTimer(name: string): void {
    timers.get(name)?.cancel();
    timers.delete(name);
  }

  function end(): void {
    over = true;
    waiting.length = 0;
    for (const timer of timers.values()) timer.cancel();
    timers.clear();
  }

  function stepOnce(next: Input | CommonInput): void {
    const step = machine.step(state, next, host.clock.nowMs());
    state = step.state;
    // Timers first: an answer may come while we are still sending (memory transport).
    for (const effect of step.effects) {
      if (effect.kind === 'stopTimer') stopTimer(effect.timer);
      else if (effect.kind === 'startTimer') {
        const { timer, afterMs } = effect;
        stopTimer(timer);
        const handle = host.clock.setTimer(() => {
          timers.delete(timer);
          input({ kind: 'timer', timer });
        }, afterMs);
        timers.set(timer, handle);
      }
    }
    for (const effect of step.effects) {
      if (effect.kind === 'send') host.send(effect.message);
      else if (effect.kind === 'progress') host.onProgress?.(effect.progress);
    }
    if (step.outcome !== undefined) {
      end();
      settle(step.outcome);
    }
  }

  function input(next: Input | CommonInput): void {
    if (over) return;
    waiting.push(next);
    if (stepping) return;
    stepping = true;
    try {
      for (let head = waiting.shift(); head !== undefined && !over; head = waiting.shift()) stepOnce(head);
    } catch (error) {
      end();
      fail(error);
    } finally {
      stepping = false;
    }
  }

  return {
    start: () => input({ kind: 'start' }),
    input,
    cancel: (by) => input({ kind: 'cancel', by }),
    result,
    get isOver() {
      return over;
    },
  };
}
