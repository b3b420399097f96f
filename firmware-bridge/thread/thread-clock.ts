import { systemClock } from '../clock.ts';
import type { Clock } from '../model.ts';

/**
 * The same time on every thread: `performance.timeOrigin` is taken anew for each thread, and would differ after a step
 * of the wall clock; `process.hrtime` counts for the whole machine.
 */
export function threadClock(clockBaseMs: number): Clock {
  return {
    nowMs: () => clockBaseMs + Number(process.hrtime.bigint()) / 1e6,
    setTimer: systemClock.setTimer,
  };
}
