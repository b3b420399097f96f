/**
 * How many frames of one sender were lost on the way to us, from gaps in its 8-bit sequence. One tracker per link,
 * endpoint, system and component: every sender counts for itself on each of its channels.
 */
const WINDOW_S = 5;
/** A step of more than half the circle is an old frame that comes late (or twice), not 200 lost ones. */
const LATE_STEP = 128;

interface Second {
  second: number;
  received: number;
  lost: number;
}

export class LossTracker {
  #last = -1;
  readonly #seconds: Second[] = Array.from({ length: WINDOW_S }, () => ({
    second: -1,
    received: 0,
    lost: 0,
  }));

  /** `nowMs`: time of arrival. */
  count(sequence: number, nowMs: number): void {
    const bucket = this.#bucket(nowMs);
    bucket.received++;
    if (this.#last < 0) {
      this.#last = sequence;
      return;
    }
    const step = (sequence - this.#last) & 0xff;
    if (step === 0) return;
    if (step >= LATE_STEP) {
      // It was counted as lost when the frame after it came.
      if (bucket.lost > 0) bucket.lost--;
      return;
    }
    bucket.lost += step - 1;
    this.#last = sequence;
  }

  /** Over the last five seconds. */
  quality(nowMs: number): { readonly lossPct: number; readonly framesPerS: number } {
    const newest = Math.floor(nowMs / 1000);
    let received = 0;
    let lost = 0;
    for (const bucket of this.#seconds) {
      if (bucket.second > newest - WINDOW_S && bucket.second <= newest) {
        received += bucket.received;
        lost += bucket.lost;
      }
    }
    const all = received + lost;
    // Nothing heard for five seconds is not "0 % lost".
    return { lossPct: all === 0 ? 100 : (100 * lost) / all, framesPerS: received / WINDOW_S };
  }

  #bucket(nowMs: number): Second {
    const second = Math.floor(nowMs / 1000);
    const bucket = this.#seconds[second % WINDOW_S] as Second;
    if (bucket.second !== second) {
      bucket.second = second;
      bucket.received = 0;
      bucket.lost = 0;
    }
    return bucket;
  }
}
