/**
 * The main thread's sign of life for the bridge's thread. Heartbeats to the aircraft must stop when the server hangs,
 * or their failsafe never acts; a bridge on a thread of its own would go on sending them for a dead server. So the
 * main thread counts up a number in shared memory while it is healthy, and the bridge looks whether it moves.
 */
export const PULSE_EVERY_MS = 500;
/** Longer than a garbage collection or a slow disk, shorter than the aircraft's own patience (5 s on ArduPilot). */
export const DEAD_AFTER_MS = 3_000;

export function newPulse(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

export function beat(pulse: SharedArrayBuffer): void {
  Atomics.add(new Int32Array(pulse), 0, 1);
}

/** Looks at a pulse now and then. Alive until it was seen not to move for `DEAD_AFTER_MS`. */
export class DeadmanWatch {
  readonly #pulse: Int32Array;
  readonly #nowMs: () => number;
  #last: number;
  #movedAtMs: number;

  constructor(pulse: SharedArrayBuffer, nowMs: () => number) {
    this.#pulse = new Int32Array(pulse);
    this.#nowMs = nowMs;
    this.#last = Atomics.load(this.#pulse, 0);
    this.#movedAtMs = nowMs();
  }

  isAlive(): boolean {
    const now = Atomics.load(this.#pulse, 0);
    if (now !== this.#last) {
      this.#last = now;
      this.#movedAtMs = this.#nowMs();
    }
    return this.#nowMs() - this.#movedAtMs < DEAD_AFTER_MS;
  }
}
