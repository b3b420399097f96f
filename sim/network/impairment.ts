/** What the network does to the datagrams of one aircraft, in both directions. Fractions 0–1. */
export interface NetworkConditions {
  readonly lossFraction: number;
  readonly duplicateFraction: number;
  /** One way. */
  readonly delayMs: number;
  /** Added to the delay, evenly distributed; more than the gap between datagrams reorders them. */
  readonly jitterMs: number;
}

export const GOOD_NETWORK: NetworkConditions = {
  lossFraction: 0,
  duplicateFraction: 0,
  delayMs: 0,
  jitterMs: 0,
};

interface Waiting {
  readonly dueMs: number;
  readonly deliver: () => void;
}

/**
 * A bad line between one aircraft and the world. Draws from its own generator, so that the same seed loses the same
 * datagrams. Holds no timers: the owner calls `tick` with its clock.
 */
export class Impairment {
  readonly #random: () => number;
  #conditions: NetworkConditions;
  #cutUntilMs = 0;
  #waiting: Waiting[] = [];
  #dropped = 0;

  constructor(random: () => number, conditions: NetworkConditions = GOOD_NETWORK) {
    this.#random = random;
    this.#conditions = conditions;
  }

  /** Datagrams lost so far, by chance or by a cut. */
  get dropped(): number {
    return this.#dropped;
  }

  get conditions(): NetworkConditions {
    return this.#conditions;
  }

  setConditions(changes: Partial<NetworkConditions>): void {
    this.#conditions = { ...this.#conditions, ...changes };
  }

  /** Nothing passes, either way, before `untilMs` of the owner's clock; what is on its way is lost too. */
  cutUntil(untilMs: number): void {
    this.#cutUntilMs = untilMs;
    this.#dropped += this.#waiting.length;
    this.#waiting = [];
  }

  isCut(nowMs: number): boolean {
    return nowMs < this.#cutUntilMs;
  }

  /** Carries one datagram: `deliver` is called never, once or twice; at once when there is no delay. */
  carry(nowMs: number, deliver: () => void): void {
    const { lossFraction, duplicateFraction, delayMs, jitterMs } = this.#conditions;
    if (this.isCut(nowMs) || (lossFraction > 0 && this.#random() < lossFraction)) {
      this.#dropped += 1;
      return;
    }
    const copies = duplicateFraction > 0 && this.#random() < duplicateFraction ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const latencyMs = delayMs + (jitterMs > 0 ? this.#random() * jitterMs : 0);
      if (latencyMs === 0) deliver();
      else this.#waiting.push({ dueMs: nowMs + latencyMs, deliver });
    }
  }

  tick(nowMs: number): void {
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter((waiting) => waiting.dueMs <= nowMs);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting.dueMs > nowMs);
    for (const waiting of due.sort((a, b) => a.dueMs - b.dueMs)) waiting.deliver();
  }
}
