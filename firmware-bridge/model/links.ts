import type { LinkId } from './base.ts';

export interface ForwardStatus {
  readonly forwardId: string;
  readonly url: string;
  readonly state: LinkState;
  readonly problem: LinkProblem | null;
  /** To the other station. */
  readonly framesOut: number;
  /** From it, and passed to at least one vehicle. */
  readonly framesIn: number;
  /** From it, and dropped: it is read-only, a filter says no, or the frame carries a key. */
  readonly refused: number;
  /** From it, for a system that is not heard anywhere. */
  readonly unroutable: number;
  /** To it, and lost because the socket took no more. */
  readonly overflow: number;
}

export type LinkState = 'opening' | 'open' | 'waiting' | 'closed';

export interface LinkStatus {
  readonly linkId: LinkId;
  readonly url: string;
  readonly state: LinkState;
  /** Why it is not open, in words that say what to do; null when open. */
  readonly problem: LinkProblem | null;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Bytes that belonged to no valid frame, frames with a bad checksum, frames refused for other reasons. */
  readonly garbageBytes: number;
  readonly badCrc: number;
  readonly rejected: number;
  /** Frames not delivered by the link's signing policy: without a signature, with a wrong one, seen before. */
  readonly unsigned: number;
  readonly badSignature: number;
  readonly replayed: number;
  /** UDP: the receive buffer that the system granted; null: not a UDP link, or not open. */
  readonly receiveBufferBytes: number | null;
  /** UDP: datagrams that reached this machine since the link was opened and were lost in it; null: not known. */
  readonly droppedDatagrams: number | null;
  /** Addresses heard on this link now (UDP peers, or the one far end). */
  readonly endpoints: readonly string[];
}

/** Codes: `transport.port-busy`, `transport.device-missing`, `transport.permission-denied`, `transport.host-unknown`,
 * `transport.refused`, `transport.closed-by-peer`, `transport.open-failed`. */
export interface LinkProblem {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** One way to a vehicle. */
export interface RouteStatus {
  readonly linkId: LinkId;
  readonly endpoint: string;
  readonly lossPct: number;
  readonly framesPerS: number;
  /** Later than the quickest way, from the same vehicle's clock; null: not known. */
  readonly extraDelayMs: number | null;
  readonly lastHeardAtMs: number;
}
