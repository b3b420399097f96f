/** ArduPilot's limits for SET_MESSAGE_INTERVAL: 1 ms to 60 s. */
const MIN_INTERVAL_S = 0.001;
const MAX_INTERVAL_S = 60;

interface Stream {
  readonly messageId: number;
  intervalS: number;
  dueAtS: number;
}

/**
 * Which messages one channel gets, and how often, in simulated time. Only HEARTBEAT flows until somebody asks.
 * Load: aircraft × channels × 10 entries, looked at in every step; hence a flat array.
 */
export class StreamRates {
  readonly #streams: Stream[] = [];
  readonly #heartbeatPhaseS: number;

  /** `heartbeatPhaseS` spreads the heartbeats of a fleet that was started at one moment, 0–1. */
  constructor(heartbeatPhaseS = 0) {
    this.#heartbeatPhaseS = heartbeatPhaseS;
    this.reset();
  }

  /** After a start: what was asked for is forgotten. */
  reset(): void {
    this.#streams.length = 0;
    this.#streams.push({ messageId: 0, intervalS: 1, dueAtS: this.#heartbeatPhaseS });
  }

  /** `intervalUs` −1 stops, 0 restores the default (1 s for HEARTBEAT, silence for all others). */
  set(messageId: number, intervalUs: number, nowS: number): void {
    const index = this.#streams.findIndex((stream) => stream.messageId === messageId);
    const isDefault = intervalUs === 0;
    if (intervalUs < 0 || (isDefault && messageId !== 0)) {
      if (index !== -1) this.#streams.splice(index, 1);
      return;
    }
    const intervalS = isDefault ? 1 : Math.min(MAX_INTERVAL_S, Math.max(MIN_INTERVAL_S, intervalUs / 1e6));
    const known = this.#streams[index];
    if (known === undefined) this.#streams.push({ messageId, intervalS, dueAtS: nowS });
    else {
      known.intervalS = intervalS;
      known.dueAtS = Math.min(known.dueAtS, nowS + intervalS);
    }
  }

  /** Interval in microseconds, −1 when the message is not sent. */
  intervalUs(messageId: number): number {
    const known = this.#streams.find((stream) => stream.messageId === messageId);
    return known === undefined ? -1 : Math.round(known.intervalS * 1e6);
  }

  /** Calls `emit` for each message due at `nowS`; several times when the step is longer than the interval. */
  emitDue(nowS: number, stepS: number, emit: (messageId: number) => void): void {
    for (const stream of this.#streams) {
      while (stream.dueAtS <= nowS) {
        emit(stream.messageId);
        stream.dueAtS += stream.intervalS;
        // After a stall the backlog is dropped, like a scheduler that missed its slots.
        if (stream.dueAtS < nowS - stepS) stream.dueAtS = nowS;
      }
    }
  }
}
