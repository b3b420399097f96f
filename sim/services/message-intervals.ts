/** ArduPilot's limits for SET_MESSAGE_INTERVAL, used for all components here. */
const MIN_INTERVAL_S = 0.02;
const MAX_INTERVAL_S = 60;

interface Entry {
  readonly channelId: number;
  readonly messageId: number;
  intervalS: number;
  dueAtS: number;
}

/**
 * Who gets which message how often, for components that are not the autopilot (a channel's own rates are its).
 * Simulated time. Nothing is looked at while nobody asked for anything.
 */
export class MessageIntervals {
  #entries: Entry[] = [];

  /** `intervalUs` −1 or 0 stops. */
  set(channelId: number, messageId: number, intervalUs: number, nowS: number): void {
    this.#entries = this.#entries.filter(
      (entry) => entry.channelId !== channelId || entry.messageId !== messageId,
    );
    if (!(intervalUs > 0)) return;
    const intervalS = Math.min(MAX_INTERVAL_S, Math.max(MIN_INTERVAL_S, intervalUs / 1e6));
    this.#entries.push({ channelId, messageId, intervalS, dueAtS: nowS });
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  clear(): void {
    this.#entries = [];
  }

  /** Calls `emit` for what is due; a backlog is dropped. */
  emitDue(nowS: number, emit: (channelId: number, messageId: number) => void): void {
    for (const entry of this.#entries) {
      if (entry.dueAtS > nowS) continue;
      entry.dueAtS = Math.max(entry.dueAtS + entry.intervalS, nowS);
      emit(entry.channelId, entry.messageId);
    }
  }
}
