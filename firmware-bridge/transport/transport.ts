import type { LinkProblem } from '../model.ts';

/**
 * A transport carries bytes and knows no MAVLink. One object is one attempt: it opens once, and after `onClosed`
 * it is spent; `reconnecting.ts` makes the next one.
 */
export type TransportState = 'new' | 'opening' | 'open' | 'closed';

export interface TransportEvents {
  /**
   * `endpoint` names the sender: `ip:port` for UDP and TCP clients, the one far end for others. `atMs`: epoch
   * milliseconds of the arrival, where it was noted before this call.
   */
  onData(bytes: Uint8Array, endpoint: string, atMs?: number): void;
  /** One far end of several is gone for good (a TCP client that left); what it left unfinished is void. */
  onLeft(endpoint: string): void;
  /** Once, after a successful `open`, when the transport died by itself. Not after `close()`. */
  onClosed(problem: LinkProblem): void;
  /** Works, but an operator should know (a receive buffer smaller than asked for). */
  onWarning(message: string, details: Readonly<Record<string, string | number>>): void;
}

export interface Transport {
  readonly state: TransportState;
  /** True: each `onData` is one whole datagram. False: pieces of a byte stream. */
  readonly datagrams: boolean;
  /** UDP: what the system really granted, in bytes of datagrams; absent or null elsewhere. */
  readonly receiveBufferBytes?: number | null;
  /** UDP: datagrams that reached this machine and were lost in it; absent or null: not known. */
  readonly droppedDatagrams?: number | null;
  /**
   * Epoch milliseconds; absent or null: everything that arrived was handed to `onData`. After a stall some waits: who
   * is silent can only be said of the time before this.
   */
  readonly handedUntilMs?: number | null;
  /** @throws TransportError */
  open(events: TransportEvents): Promise<void>;
  /** False when nothing was sent: not open, endpoint unknown, or the far end takes no more (bytes are not queued
   * without bound: a command that arrives a minute late is worse than one that is lost and repeated). */
  send(bytes: Uint8Array, endpoint: string): boolean;
  /** Far ends that can be sent to now. */
  endpoints(): readonly string[];
  /** Idempotent; resolves when handles are gone. */
  close(): Promise<void>;
}

export class TransportError extends Error {
  readonly problem: LinkProblem;
  constructor(problem: LinkProblem, cause?: unknown) {
    super(problem.message, { cause });
    this.name = 'TransportError';
    this.problem = problem;
  }
}

/** Bytes that a stream transport lets wait for a slow far end: half a second of a 1 Mbit/s link. */
export const SEND_QUEUE_LIMIT_BYTES = 64 * 1024;

/**
 * A stream that spoke and is silent for so long is taken for dead: a far end that vanished without a word (power,
 * NAT) is otherwise noticed only when the system gives up repeating what we sent, after about 15 minutes. Vehicles
 * send heartbeats every second; one that was switched off behind its serial server costs one reconnection.
 */
export const STREAM_SILENT_MS = 15_000;

export function errnoOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** Why something could not be opened, whatever was thrown. */
export function problemOf(error: unknown): LinkProblem {
  if (error instanceof TransportError) return error.problem;
  return {
    code: 'transport.open-failed',
    message: `The link cannot be opened: ${messageOf(error)}.`,
    details: {},
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
