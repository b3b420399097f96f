/**
 * Time that jumps from one event to the next: minutes of a bad radio in milliseconds. Used as the bridge's clock and
 * by the network and the aircraft around it.
 */
export class VirtualTime {
  #nowMs;
  #order = 0;
  /** Binary heap by time, then order. */
  #heap = [];

  /** @param {number} startMs */
  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  nowMs = () => this.#nowMs;

  /** @param {() => void} run @param {number} afterMs */
  setTimer = (run, afterMs) => {
    const event = { atMs: this.#nowMs + Math.max(0, afterMs), order: this.#order++, run };
    this.#push(event);
    return {
      cancel: () => {
        event.run = null;
      },
    };
  };

  /** Runs until the promise is settled or the time is over. @returns its value, or null when time was over */
  async settle(promise, limitMs) {
    const untilMs = this.#nowMs + limitMs;
    let settled = false;
    let value = null;
    let problem = null;
    promise.then(
      (result) => {
        value = result;
        settled = true;
      },
      (error) => {
        problem = error;
        settled = true;
      },
    );
    await breathe();
    while (!settled && (this.#heap[0]?.atMs ?? Infinity) <= untilMs) {
      const event = this.#pop();
      if (event.run === null) continue;
      this.#nowMs = event.atMs;
      event.run();
      await breathe();
    }
    if (problem !== null) throw problem;
    if (!settled) this.#nowMs = untilMs;
    return value;
  }

  /** @param {number} byMs */
  async advance(byMs) {
    await this.settle(new Promise(() => {}), byMs);
  }

  #push(event) {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = event;
  }

  #pop() {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

const isBefore = (a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Chains of resolved promises run to their end between two events. */
async function breathe() {
  for (let i = 0; i < 8; i++) await null;
}
