import type { LossTracker } from './loss.ts';

/**
 * The ways on which one vehicle is heard, and the one on which it is spoken to.
 *
 *   best falls silent ──► the next best that speaks takes over at once
 *   another is better by a margin, three looks in a row ──► it takes over
 *
 * "Better" is fewer frames lost, and sooner here. Nobody's clock is asked for the delay: the same aircraft stamps
 * what it sends with its time since boot, and a slower way shows later by the same clock.
 */
export interface Route {
  readonly loss: LossTracker;
  lastHeardAtMs: number;
  /** Arrival minus the vehicle's time since boot, smoothed; null until a frame with such a time came. */
  bootOffsetMs: number | null;
}

/** Longer than a heartbeat's period: silent for so long, and another way that speaks is better. */
export const ROUTE_SILENT_MS = 1_500;
/** So many milliseconds of delay weigh as much as one per cent of loss. */
const DELAY_PER_LOSS_PCT_MS = 20;
const MARGIN_PCT = 10;
const LOOKS_TO_SWITCH = 3;
const LOOK_EVERY_MS = 1_000;
const SMOOTHING = 0.1;

export class LinkSet<R extends Route> {
  readonly #routes = new Set<R>();
  #best: R;
  #challenger: R | null = null;
  #looks = 0;
  #nextLookAtMs = 0;
  #slowerByMs = 0;

  constructor(first: R) {
    this.#best = first;
    this.#routes.add(first);
  }

  get best(): R {
    return this.#best;
  }

  get routes(): ReadonlySet<R> {
    return this.#routes;
  }

  /** How much later things come by the way taken last than by the one before it. */
  get slowerByMs(): number {
    return this.#slowerByMs;
  }

  add(route: R): void {
    this.#routes.add(route);
  }

  /** The best one stays the address until another is heard, also when it was removed. */
  remove(route: R): void {
    this.#routes.delete(route);
  }

  /** Routes heard lately, the best one first. */
  alive(nowMs: number): readonly R[] {
    const others = [...this.#routes].filter((route) => route !== this.#best && isAlive(route, nowMs));
    return this.#routes.has(this.#best) && isAlive(this.#best, nowMs) ? [this.#best, ...others] : others;
  }

  /** Looks whether another way should be taken; true when it changed. Call on frames and ticks. */
  choose(nowMs: number): boolean {
    if (this.#routes.size < 2 && this.#routes.has(this.#best)) return false;
    if (!this.#routes.has(this.#best) || !isAlive(this.#best, nowMs)) {
      const [next] = this.alive(nowMs).toSorted((a, b) => this.#cost(a, nowMs) - this.#cost(b, nowMs));
      return next !== undefined && this.#take(next);
    }
    if (nowMs < this.#nextLookAtMs) return false;
    this.#nextLookAtMs = nowMs + LOOK_EVERY_MS;
    return this.#look(nowMs);
  }

  #look(nowMs: number): boolean {
    const presentCost = this.#cost(this.#best, nowMs);
    let better: R | null = null;
    let lowest = presentCost - MARGIN_PCT;
    for (const route of this.alive(nowMs)) {
      const cost = this.#cost(route, nowMs);
      if (route === this.#best || cost > lowest) continue;
      better = route;
      lowest = cost;
    }
    this.#looks = better !== null && better === this.#challenger ? this.#looks + 1 : better === null ? 0 : 1;
    this.#challenger = better;
    return better !== null && this.#looks >= LOOKS_TO_SWITCH && this.#take(better);
  }

  #take(route: R): boolean {
    if (route === this.#best) return false;
    const [from, to] = [this.#best.bootOffsetMs, route.bootOffsetMs];
    this.#slowerByMs = from === null || to === null ? 0 : Math.max(0, to - from);
    this.#best = route;
    this.#challenger = null;
    this.#looks = 0;
    return true;
  }

  #cost(route: R, nowMs: number): number {
    let soonestMs = Number.POSITIVE_INFINITY;
    for (const other of this.#routes) {
      if (other.bootOffsetMs !== null) soonestMs = Math.min(soonestMs, other.bootOffsetMs);
    }
    const delayMs = route.bootOffsetMs === null ? 0 : route.bootOffsetMs - soonestMs;
    return route.loss.quality(nowMs).lossPct + delayMs / DELAY_PER_LOSS_PCT_MS;
  }
}

/** A frame stamped `bootMs` came by this route now. */
export function noticeBootTime(route: Route, bootMs: number, atMs: number): void {
  const offsetMs = atMs - bootMs;
  const before = route.bootOffsetMs;
  // A restart of the vehicle moves the offset far: start anew instead of smoothing over it.
  const isJump = before === null || Math.abs(offsetMs - before) > 10_000;
  route.bootOffsetMs = isJump ? offsetMs : before + SMOOTHING * (offsetMs - before);
}

function isAlive(route: Route, nowMs: number): boolean {
  return nowMs - route.lastHeardAtMs < ROUTE_SILENT_MS;
}
