import { createRandom, deriveSeed } from '../prng.ts';
import { GOOD_NETWORK, isPerfect, type NetworkConditions } from './conditions.ts';
import { flipBits, slipBytes } from './damage.ts';

/** What carries the bytes decides what a bad line can do to them. */
export type Medium = 'datagram' | 'tcp' | 'serial';

/** What went through one direction. `offered` + `duplicated` = `delivered` + `lost` + `cut` + `overflow` + waiting. */
export interface LineCounters {
  readonly offered: number;
  readonly offeredBytes: number;
  readonly delivered: number;
  readonly deliveredBytes: number;
  /** By chance or in a burst. */
  readonly lost: number;
  /** During a cut, or on their way when it began. */
  readonly cut: number;
  /** Did not fit into the queue for the bandwidth. */
  readonly overflow: number;
  readonly duplicated: number;
  /** Delivered with bits flipped. */
  readonly corrupted: number;
  readonly bytesLost: number;
  readonly bytesInserted: number;
  /** Held back so that others overtake them. */
  readonly reordered: number;
}

type Counting = { -readonly [K in keyof LineCounters]: LineCounters[K] };
type Deliver = (bytes: Buffer) => void;
/** Sees everything that arrives, after the damage. */
export type LineTap = (bytes: Buffer, nowMs: number, medium: Medium) => void;

interface Waiting {
  readonly dueMs: number;
  readonly bytes: Buffer;
  readonly medium: Medium;
  readonly deliver: Deliver;
}

/** Least time after which TCP sends a lost segment again on Linux (TCP_RTO_MIN; RFC 6298 asks for a second). */
const TCP_RETRANSMIT_MS = 200;

/**
 * One direction of the line between one aircraft and the world. Holds no timers and no clock: the owner says what time
 * it is. Every effect draws from a generator of its own, so the same seed loses the same datagrams whether or not they
 * are delayed as well.
 * Load: every datagram of every aircraft; a perfect line costs one test.
 */
export class Line {
  readonly #lossRandom: () => number;
  readonly #burstRandom: () => number;
  readonly #duplicateRandom: () => number;
  readonly #delayRandom: () => number;
  readonly #damageRandom: () => number;
  readonly #taps = new Set<LineTap>();
  readonly #counters: Counting = {
    ...{ offered: 0, offeredBytes: 0, delivered: 0, deliveredBytes: 0, lost: 0, cut: 0, overflow: 0 },
    ...{ duplicated: 0, corrupted: 0, bytesLost: 0, bytesInserted: 0, reordered: 0 },
  };
  /** What was set, and what a script puts over it for a while. */
  #own: NetworkConditions;
  #overlay: Partial<NetworkConditions> = {};
  #conditions: NetworkConditions;
  #isPerfect: boolean;
  #isInBurst = false;
  #cutUntilMs = 0;
  #isCutByScript = false;
  /** Until then the bandwidth is taken by what was accepted before. */
  #busyUntilMs = 0;
  /** A stream delivers nothing before what was written earlier. */
  #streamDueMs = 0;
  /** By due time; of equal ones the earlier first. */
  #waiting: Waiting[] = [];

  constructor(seed: number, conditions: NetworkConditions = GOOD_NETWORK) {
    const generator = (label: string) => createRandom(deriveSeed(seed, label));
    this.#lossRandom = generator('loss');
    this.#burstRandom = generator('burst');
    this.#duplicateRandom = generator('duplicate');
    this.#delayRandom = generator('delay');
    this.#damageRandom = generator('damage');
    this.#own = conditions;
    this.#conditions = conditions;
    this.#isPerfect = isPerfect(conditions);
  }

  get counters(): LineCounters {
    return { ...this.#counters };
  }

  /** Pieces on their way. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** What holds now. */
  get conditions(): NetworkConditions {
    return this.#conditions;
  }

  setConditions(changes: Partial<NetworkConditions>): void {
    this.#own = { ...this.#own, ...changes };
    this.#update();
  }

  /** What a script lays over what was set; `{}` takes it away again. */
  setOverlay(overlay: Partial<NetworkConditions>, isCut: boolean): void {
    this.#overlay = overlay;
    this.#update();
    if (isCut && !this.#isCutByScript) this.#dropWaiting();
    this.#isCutByScript = isCut;
  }

  /** Nothing passes before `untilMs` of the owner's clock; what is on its way is lost too. */
  cutUntil(untilMs: number): void {
    this.#cutUntilMs = untilMs;
    this.#dropWaiting();
  }

  isCut(nowMs: number): boolean {
    return this.#isCutByScript || nowMs < this.#cutUntilMs;
  }

  /** @returns what takes the tap away again */
  tap(tap: LineTap): () => void {
    this.#taps.add(tap);
    return () => this.#taps.delete(tap);
  }

  /** Carries some bytes: `deliver` is called never, once or twice; at once when nothing holds them up. */
  carry(nowMs: number, bytes: Buffer, deliver: Deliver, medium: Medium = 'datagram'): void {
    const counters = this.#counters;
    counters.offered += 1;
    counters.offeredBytes += bytes.length;
    if (this.isCut(nowMs)) {
      counters.cut += 1;
      return;
    }
    if (this.#isPerfect && (medium === 'datagram' || this.#waiting.length === 0)) {
      this.#arrive(nowMs, bytes, medium, deliver);
      return;
    }
    const sendingMs = this.#takeBandwidth(nowMs, bytes.length);
    if (sendingMs === null) {
      counters.overflow += 1;
      return;
    }
    const isLost = this.#drawLoss();
    if (isLost && medium !== 'tcp') {
      counters.lost += 1;
      return;
    }
    const { duplicateFraction } = this.#conditions;
    const isTwice =
      medium === 'datagram' && duplicateFraction > 0 && this.#duplicateRandom() < duplicateFraction;
    if (isTwice) counters.duplicated += 1;
    for (let copy = 0; copy < (isTwice ? 2 : 1); copy += 1) {
      const lateMs = sendingMs + this.#drawDelay(medium) + (isLost ? TCP_RETRANSMIT_MS : 0);
      this.#queue(nowMs, nowMs + lateMs, this.#damage(bytes, medium), medium, deliver);
    }
  }

  /** Delivers what is due. */
  tick(nowMs: number): void {
    const first = this.#waiting[0];
    if (first === undefined || first.dueMs > nowMs) return;
    let due = 1;
    for (; due < this.#waiting.length; due += 1) {
      const next = this.#waiting[due];
      if (next === undefined || next.dueMs > nowMs) break;
    }
    for (const { bytes, medium, deliver } of this.#waiting.splice(0, due)) {
      // A delivery may make somebody cut the line.
      if (this.isCut(nowMs)) this.#counters.cut += 1;
      else this.#arrive(nowMs, bytes, medium, deliver);
    }
  }

  #update(): void {
    this.#conditions = { ...this.#own, ...this.#overlay };
    this.#isPerfect = isPerfect(this.#conditions);
    if (this.#conditions.burst === null) this.#isInBurst = false;
    if (this.#conditions.bandwidthBytesPerS === null) this.#busyUntilMs = 0;
  }

  #dropWaiting(): void {
    this.#counters.cut += this.#waiting.length;
    this.#waiting = [];
    this.#busyUntilMs = 0;
    this.#streamDueMs = 0;
  }

  /** Milliseconds until the last byte is on the air; null when the queue is full. */
  #takeBandwidth(nowMs: number, bytes: number): number | null {
    const { bandwidthBytesPerS, queueBytes } = this.#conditions;
    if (bandwidthBytesPerS === null) return 0;
    const startMs = Math.max(nowMs, this.#busyUntilMs);
    const queuedBytes = ((startMs - nowMs) / 1000) * bandwidthBytesPerS;
    if (queuedBytes + bytes > queueBytes) return null;
    this.#busyUntilMs = startMs + (bytes / bandwidthBytesPerS) * 1000;
    return this.#busyUntilMs - nowMs;
  }

  #drawLoss(): boolean {
    const { burst, lossFraction } = this.#conditions;
    if (burst !== null) {
      const change = this.#isInBurst ? burst.leaveFraction : burst.enterFraction;
      if (this.#burstRandom() < change) this.#isInBurst = !this.#isInBurst;
    }
    const share = burst !== null && this.#isInBurst ? burst.lossFraction : lossFraction;
    return share > 0 && this.#lossRandom() < share;
  }

  #drawDelay(medium: Medium): number {
    const { delayMs, jitterMs, reorderFraction, reorderMs } = this.#conditions;
    const lateMs = delayMs + (jitterMs > 0 ? this.#delayRandom() * jitterMs : 0);
    if (medium !== 'datagram' || reorderFraction === 0 || this.#delayRandom() >= reorderFraction)
      return lateMs;
    this.#counters.reordered += 1;
    return lateMs + reorderMs;
  }

  #damage(bytes: Buffer, medium: Medium): Buffer {
    const { corruptFraction, byteLossFraction, byteInsertFraction } = this.#conditions;
    let damaged = bytes;
    if (corruptFraction > 0 && this.#damageRandom() < corruptFraction) {
      this.#counters.corrupted += 1;
      damaged = flipBits(damaged, this.#damageRandom).bytes;
    }
    if (medium !== 'datagram' && (byteLossFraction > 0 || byteInsertFraction > 0)) {
      const slipped = slipBytes(damaged, byteLossFraction, byteInsertFraction, this.#damageRandom);
      this.#counters.bytesLost += slipped.bytesLost;
      this.#counters.bytesInserted += slipped.bytesInserted;
      damaged = slipped.bytes;
    }
    return damaged;
  }

  #queue(nowMs: number, dueMs: number, bytes: Buffer, medium: Medium, deliver: Deliver): void {
    let atMs = dueMs;
    if (medium !== 'datagram') {
      atMs = Math.max(dueMs, this.#streamDueMs);
      this.#streamDueMs = atMs;
    }
    if (atMs <= nowMs && (medium === 'datagram' || this.#waiting.length === 0)) {
      this.#arrive(nowMs, bytes, medium, deliver);
      return;
    }
    let at = this.#waiting.length;
    while (at > 0 && (this.#waiting[at - 1]?.dueMs ?? 0) > atMs) at -= 1;
    this.#waiting.splice(at, 0, { dueMs: atMs, bytes, medium, deliver });
  }

  #arrive(nowMs: number, bytes: Buffer, medium: Medium, deliver: Deliver): void {
    this.#counters.delivered += 1;
    this.#counters.deliveredBytes += bytes.length;
    if (this.#taps.size > 0) for (const tap of this.#taps) tap(bytes, nowMs, medium);
    deliver(bytes);
  }
}
