import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { BridgeHealth } from './model.ts';

/** A look every 10 ms; what is measured beyond that is delay. */
const RESOLUTION_MS = 10;

/** How late the timers of this thread run, and how much of the time it works. Since the last look. */
export class LoopHealth {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  look(): BridgeHealth {
    const busy = performance.eventLoopUtilization(this.#utilization);
    this.#utilization = performance.eventLoopUtilization();
    const health = {
      eventLoopDelayP99Ms: delayMs(this.#delay.percentile(99)),
      eventLoopDelayMaxMs: delayMs(this.#delay.max),
      busyFraction: busy.utilization,
    };
    this.#delay.reset();
    return health;
  }

  close(): void {
    this.#delay.disable();
  }
}

function delayMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
}
