/** Losses that come in bursts (Gilbert–Elliott): a two-state chain that may change with every datagram. */
export interface BurstLoss {
  /** Chance per datagram to fall into the bad state, 0–1. */
  readonly enterFraction: number;
  /** Chance per datagram to leave it; a burst lasts 1 / leaveFraction datagrams on average. */
  readonly leaveFraction: number;
  /** Share lost in the bad state; in the good one it is `lossFraction`. */
  readonly lossFraction: number;
}

/**
 * What the network does to the traffic of one aircraft in one direction. Fractions are 0–1 and mean datagrams, on a
 * stream (TCP, serial) pieces as they were written. Milliseconds are of the owner's clock: wall time in a fleet,
 * virtual time without sockets.
 */
export interface NetworkConditions {
  /**
   * Lost by chance. On a serial line the piece is gone; TCP sends it again, so there it and everything behind it comes
   * later (`TCP_RETRANSMIT_MS`).
   */
  readonly lossFraction: number;
  readonly burst: BurstLoss | null;
  /** Arrive twice (datagrams only). */
  readonly duplicateFraction: number;
  /** One way. */
  readonly delayMs: number;
  /** Added to the delay, evenly distributed; more than the gap between datagrams reorders them, a stream never. */
  readonly jitterMs: number;
  /** Held back by `reorderMs` besides, so that others overtake them (datagrams only). */
  readonly reorderFraction: number;
  readonly reorderMs: number;
  /** Null: no limit. A serial line carries its baud rate / 10. */
  readonly bandwidthBytesPerS: number | null;
  /** What may wait for the bandwidth; what does not fit is dropped and counted. */
  readonly queueBytes: number;
  /** Arrive with one to three bits flipped. */
  readonly corruptFraction: number;
  /** Share of single bytes that vanish from a stream, or are put into it. */
  readonly byteLossFraction: number;
  readonly byteInsertFraction: number;
}

export const GOOD_NETWORK: NetworkConditions = {
  lossFraction: 0,
  burst: null,
  duplicateFraction: 0,
  delayMs: 0,
  jitterMs: 0,
  reorderFraction: 0,
  reorderMs: 50,
  bandwidthBytesPerS: null,
  // About a second of a 57,600 baud telemetry radio.
  queueBytes: 6_000,
  corruptFraction: 0,
  byteLossFraction: 0,
  byteInsertFraction: 0,
};

/** Down: from the aircraft to the ground. Up: from the ground to the aircraft. */
export type Direction = 'up' | 'down';
export type Directions = Direction | 'both';

/** True when everything passes unchanged and at once. */
export function isPerfect(conditions: NetworkConditions): boolean {
  return (
    conditions.lossFraction === 0 &&
    conditions.burst === null &&
    conditions.duplicateFraction === 0 &&
    conditions.delayMs === 0 &&
    conditions.jitterMs === 0 &&
    conditions.reorderFraction === 0 &&
    conditions.bandwidthBytesPerS === null &&
    conditions.corruptFraction === 0 &&
    conditions.byteLossFraction === 0 &&
    conditions.byteInsertFraction === 0
  );
}
