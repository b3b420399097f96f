import type { Logger } from 'pino';
import type { BridgeEvent } from './model.ts';

/** Hands events to listeners; one that throws is logged and does not stop the others. */
export class EventHub {
  readonly #listeners = new Set<(event: BridgeEvent) => void>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  subscribe(listener: (event: BridgeEvent) => void): () => void {
    // A wrapper, so that one function subscribed twice is two subscriptions.
    const entry = (event: BridgeEvent): void => listener(event);
    this.#listeners.add(entry);
    return () => {
      this.#listeners.delete(entry);
    };
  }

  emit(event: BridgeEvent): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        this.#logger.error({ err: error, event: event.kind }, 'a listener of the bridge failed');
      }
    }
  }
}
