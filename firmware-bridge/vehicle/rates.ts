/**
 * Which messages a vehicle shall send how often, and whether it does. Nothing here waits for acknowledgements: the
 * proof that a request worked is the message that comes. What stays out is asked for again, more and more rarely;
 * after a reboot everything is asked anew.
 */
export interface RateWish {
  readonly messageId: number;
  /** 0: shall not be sent at all. */
  readonly rateHz: number;
}

export interface RateRequest {
  readonly messageId: number;
  /** For SET_MESSAGE_INTERVAL; -1: stop. */
  readonly intervalUs: number;
}

interface Entry {
  readonly wish: RateWish;
  readonly intervalUs: number;
  /** Since the last request or check. */
  windowFromMs: number;
  receivedInWindow: number;
  nextCheckAtMs: number;
  /** Requests in a row that brought nothing. */
  asks: number;
}

/** Each interval is this much longer or shorter, so that the vehicles of a fleet do not all send at one moment. */
const JITTER = 0.05;
export const START_SPREAD_MS = 500;
const FIRST_CHECK_MS = 2_000;
const LONGEST_CHECK_MS = 30_000;
/** A window holds at least so many expected messages before it is judged. */
const EXPECTED_PER_WINDOW = 3;
/** Fewer than this part of what was asked for: the request was lost, or another station lowered the rate. A link
 * that loses half of everything is not asked again and again. */
const ENOUGH = 0.3;
/** A stopped message may come this often (somebody asked for it once). */
const QUIET_HZ = 0.2;
/** Requests in one go: a 57600 baud radio shall not choke on them. */
const MAX_PER_TICK = 4;

export class RateKeeper {
  readonly #entries = new Map<number, Entry>();

  readonly #random: () => number;
  readonly #spreadMs: number;
  #nextAtMs = Number.NEGATIVE_INFINITY;

  /** @param spreadMs within which a vehicle is asked first; longer where many are met at one moment */
  constructor(
    wishes: readonly RateWish[],
    nowMs: number,
    random: () => number,
    spreadMs: number = START_SPREAD_MS,
  ) {
    this.#random = random;
    this.#spreadMs = spreadMs;
    this.setWishes(wishes, nowMs);
  }

  /** What changed is asked for soon; what stays the same goes on as it is. */
  setWishes(wishes: readonly RateWish[], nowMs: number): void {
    const startAtMs = nowMs + this.#random() * this.#spreadMs;
    this.#nextAtMs = Number.NEGATIVE_INFINITY;
    for (const wish of wishes) {
      if (this.#entries.get(wish.messageId)?.wish.rateHz === wish.rateHz) continue;
      const jitter = 1 + JITTER * (2 * this.#random() - 1);
      this.#entries.set(wish.messageId, {
        wish,
        intervalUs: wish.rateHz > 0 ? Math.round((1e6 / wish.rateHz) * jitter) : -1,
        windowFromMs: nowMs,
        receivedInWindow: 0,
        nextCheckAtMs: startAtMs,
        asks: 0,
      });
    }
  }

  received(messageId: number): void {
    const entry = this.#entries.get(messageId);
    if (entry !== undefined) entry.receivedInWindow++;
  }

  /** What to ask for now; call several times a second. */
  due(nowMs: number): readonly RateRequest[] {
    // Nearly always there is nothing to do yet; a fleet of 500 asks 5,000 times a second.
    if (nowMs < this.#nextAtMs) return NOTHING;
    const requests: RateRequest[] = [];
    for (const entry of this.#entries.values()) {
      if (nowMs < entry.nextCheckAtMs) continue;
      if (requests.length >= MAX_PER_TICK) break;
      if (entry.asks > 0 && isAsWished(entry, nowMs)) entry.asks = 1;
      else {
        requests.push({ messageId: entry.wish.messageId, intervalUs: entry.intervalUs });
        entry.asks++;
      }
      entry.windowFromMs = nowMs;
      entry.receivedInWindow = 0;
      const slowestMs = entry.wish.rateHz > 0 ? (EXPECTED_PER_WINDOW * 1000) / entry.wish.rateHz : 0;
      const waitMs = Math.min(LONGEST_CHECK_MS, FIRST_CHECK_MS * 2 ** (entry.asks - 1));
      entry.nextCheckAtMs = nowMs + Math.max(waitMs, slowestMs);
    }
    this.#nextAtMs = Math.min(...[...this.#entries.values()].map((entry) => entry.nextCheckAtMs));
    return requests;
  }
}

const NOTHING: readonly RateRequest[] = [];

function isAsWished(entry: Entry, nowMs: number): boolean {
  const windowS = (nowMs - entry.windowFromMs) / 1000;
  const measuredHz = windowS <= 0 ? 0 : entry.receivedInWindow / windowS;
  return entry.wish.rateHz > 0 ? measuredHz >= ENOUGH * entry.wish.rateHz : measuredHz <= QUIET_HZ;
}
