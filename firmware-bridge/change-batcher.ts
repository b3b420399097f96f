import type { Clock, TimerHandle, VehicleState } from './model.ts';

/**
 * Holds changes of vehicles back, so that listeners are told at most 20 times a second, each vehicle once per batch.
 * Load: 25,000 changes a second of 500 vehicles. A big fleet is told in turns, the one that waits longest first:
 * 2,000 snapshots a second, rather than all the time of whoever listens, or of this thread in one go.
 */
const BATCH_MS = 50;
const MAX_BATCH = 100;

export interface Told {
  readonly snapshot: VehicleState;
}

export interface BatcherOptions<V extends Told> {
  readonly clock: Clock;
  /** False: it was replaced meanwhile, and must not come back by its last change. */
  readonly isCurrent: (vehicle: V) => boolean;
  readonly tell: (states: readonly VehicleState[]) => void;
}

export class ChangeBatcher<V extends Told> {
  readonly #options: BatcherOptions<V>;
  /** In the order in which they began to wait. */
  readonly #changed = new Set<V>();
  #timer: TimerHandle | null = null;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: BatcherOptions<V>) {
    this.#options = options;
  }

  note(vehicle: V): void {
    this.#changed.add(vehicle);
    this.#schedule();
  }

  /** Tells everything that waits, now. */
  flush(): void {
    this.#timer?.cancel();
    this.#send(this.#changed.size);
  }

  /** Tells what waits of one vehicle, now. */
  flushOne(vehicle: V): void {
    if (!this.#changed.has(vehicle)) return;
    const { snapshot } = vehicle;
    this.#changed.delete(vehicle);
    this.#options.tell([snapshot]);
  }

  /** Tells everything that waits, and nothing afterwards. */
  close(): void {
    this.#isClosed = true;
    this.flush();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isClosed || this.#changed.size === 0) return;
    const { clock } = this.#options;
    const waitMs = Math.max(0, this.#sentAtMs + BATCH_MS - clock.nowMs());
    this.#timer = clock.setTimer(() => this.#send(MAX_BATCH), waitMs);
  }

  #send(most: number): void {
    this.#timer = null;
    const states: VehicleState[] = [];
    let taken = 0;
    for (const vehicle of this.#changed) {
      if (taken++ >= most) break;
      // Making the picture may note a change of its own: taken off the list only after it.
      if (this.#options.isCurrent(vehicle)) states.push(vehicle.snapshot);
      this.#changed.delete(vehicle);
    }
    if (states.length > 0) {
      this.#sentAtMs = this.#options.clock.nowMs();
      this.#options.tell(states);
    }
    this.#schedule();
  }
}
