import { performance } from 'node:perf_hooks';
import type { Clock, TimerHandle } from './model.ts';

/**
 * Epoch milliseconds that never step back: the machine's wall time at process start plus a monotonic count. A jump
 * of the wall clock (NTP, an operator) neither makes vehicles "lost" nor puts records out of order.
 */
export const systemClock: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  setTimer(run: () => void, afterMs: number): TimerHandle {
    const timer = setTimeout(run, Math.max(0, afterMs));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Runs `run` every `periodMs` until cancelled; a late tick does not make the next ones hurry. */
export function every(clock: Clock, periodMs: number, run: () => void): TimerHandle {
  let timer = clock.setTimer(tick, periodMs);
  let cancelled = false;
  function tick(): void {
    if (cancelled) return;
    timer = clock.setTimer(tick, periodMs);
    run();
  }
  return {
    cancel() {
      cancelled = true;
      timer.cancel();
    },
  };
}
