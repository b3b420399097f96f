import type { Clock } from '../model.ts';

/** Promises for "until the vehicle reports …", each with its time limit. */
export type WaitResult = 'seen' | 'timeout' | 'cancelled';

interface Waiter<State> {
  readonly seen: (state: State) => boolean;
  readonly settle: (result: WaitResult) => void;
}

export class Waiters<State> {
  readonly #clock: Clock;
  readonly #waiting = new Set<Waiter<State>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  wait(now: State, seen: (state: State) => boolean, withinMs: number): Promise<WaitResult> {
    if (seen(now)) return Promise.resolve('seen');
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(() => waiter.settle('timeout'), withinMs);
      const waiter: Waiter<State> = {
        seen,
        settle: (result) => {
          timer.cancel();
          this.#waiting.delete(waiter);
          resolve(result);
        },
      };
      this.#waiting.add(waiter);
    });
  }

  check(state: State): void {
    for (const waiter of [...this.#waiting]) if (waiter.seen(state)) waiter.settle('seen');
  }

  cancelAll(): void {
    for (const waiter of [...this.#waiting]) waiter.settle('cancelled');
  }
}
