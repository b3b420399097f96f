import type { Logger } from 'pino';
import { signingTimestamp, TIMESTAMPS_PER_S } from '../codec/signing.ts';
import type { Clock } from '../model.ts';

/**
 * The timestamps of our own signatures: one sequence for the whole process, strictly increasing, also within a
 * millisecond, also when the clock steps back, also over a restart.
 *
 *   next = max(clock, last + 1, newest that a peer signed)
 *
 * A reservation ahead of them is kept in a file: whatever was sent before a crash lies below it, and the next start
 * begins there. The file is written every half minute in the background, and at once only after more than a minute
 * without any frame; a disk that hangs meanwhile stops no frame.
 */
const RESERVE = 60 * TIMESTAMPS_PER_S;
const RENEW_AT = 30 * TIMESTAMPS_PER_S;
/** A peer without a clock runs ahead by a minute a restart; a day ahead is damage or malice. */
const FOLLOW_AT_MOST = 24 * 3600 * TIMESTAMPS_PER_S;

/** What is kept over restarts. */
export interface StoredTimestamps {
  /** No timestamp above this was ever sent. */
  readonly reservedUntil: number;
  /** By our own clock: what was too old then is too old now, even if the clock was set back. */
  readonly clockReached: number;
}

export interface TimestampStore {
  /** Null: nothing was stored yet, or it cannot be read (which is logged). */
  load(): StoredTimestamps | null;
  /** At the start, before the first frame. @throws when it could not be kept. */
  saveNow(stored: StoredTimestamps): void;
  save(stored: StoredTimestamps): Promise<void>;
}

export class OwnTimestamps {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #store: TimestampStore | null;
  #last: number;
  #floor: number;
  #reservedUntil = 0;
  #saving: Promise<void> | null = null;

  /** @param store null: nothing is kept over a restart (a clock set back then makes vehicles refuse us). */
  constructor(clock: Clock, store: TimestampStore | null, logger: Logger) {
    this.#clock = clock;
    this.#store = store;
    this.#logger = logger;
    const stored = store?.load() ?? null;
    this.#floor = stored?.clockReached ?? 0;
    this.#last = Math.max(signingTimestamp(clock.nowMs()), stored?.reservedUntil ?? 0);
    if (store === null) {
      logger.warn('signing timestamps are not kept over a restart: set a state file for them');
      return;
    }
    this.#renewNow(store);
  }

  /** For one frame. */
  next(): number {
    this.#last = Math.max(this.#last + 1, signingTimestamp(this.#clock.nowMs()));
    if (this.#store !== null && this.#saving === null) {
      if (this.#last > this.#reservedUntil) this.#renewNow(this.#store);
      else if (this.#last > this.#reservedUntil - RENEW_AT) this.#saving = this.#renew(this.#store);
    }
    return this.#last;
  }

  /** What time it is at least: the clock, or the latest that it ever showed. */
  now(): number {
    this.#floor = Math.max(this.#floor, signingTimestamp(this.#clock.nowMs()));
    return this.#floor;
  }

  /** A peer's verified timestamp: ours must not be more than a minute behind, or it takes us for a replay. */
  heard(timestamp: number): void {
    if (timestamp > this.#last && timestamp <= this.now() + FOLLOW_AT_MOST) this.#last = timestamp;
  }

  /** Resolves when nothing is being written any more. */
  async close(): Promise<void> {
    await this.#saving;
  }

  #reservation(): StoredTimestamps {
    this.#reservedUntil = this.#last + RESERVE;
    return { reservedUntil: this.#reservedUntil, clockReached: this.now() };
  }

  #renewNow(store: TimestampStore): void {
    try {
      store.saveNow(this.#reservation());
    } catch (error) {
      // A full disk shall not keep the fleet on the ground: the clock alone is right nearly always.
      this.#logger.error({ err: error }, 'signing timestamps cannot be kept: is the state file writable?');
    }
  }

  async #renew(store: TimestampStore): Promise<void> {
    try {
      await store.save(this.#reservation());
    } catch (error) {
      this.#logger.error({ err: error }, 'signing timestamps cannot be kept: is the disk full?');
    } finally {
      this.#saving = null;
    }
  }
}
