import type { LinkProblem } from '../model.ts';
import type { DatagramBatch } from './datagram-batch.ts';
import type { UdpPeer } from './udp-port.ts';
import type { UdpAddress } from './udp-socket.ts';

/** What goes between the bridge's thread and the one that owns its UDP sockets. */
export type ToUdpThread =
  | { readonly kind: 'open'; readonly portId: number; readonly address: UdpAddress }
  | { readonly kind: 'send'; readonly portId: number; readonly batch: DatagramBatch }
  | { readonly kind: 'close'; readonly portId: number };

export type FromUdpThread =
  | {
      readonly kind: 'opened';
      readonly portId: number;
      readonly localPort: number;
      readonly remote: UdpPeer | null;
      readonly receiveBufferBytes: number | null;
    }
  | { readonly kind: 'refused'; readonly portId: number; readonly problem: LinkProblem }
  | { readonly kind: 'datagrams'; readonly portId: number; readonly batch: DatagramBatch }
  | {
      readonly kind: 'warning';
      readonly portId: number;
      readonly message: string;
      readonly details: Readonly<Record<string, string | number>>;
    }
  /** All that were lost since the socket was opened. */
  | { readonly kind: 'dropped'; readonly portId: number; readonly datagrams: number | null }
  | { readonly kind: 'died'; readonly portId: number; readonly problem: LinkProblem }
  | { readonly kind: 'closed'; readonly portId: number };

/** Bytes of batches that were posted to the bridge and not yet read there: one Int32, changed by both threads. */
export type Backlog = Int32Array<SharedArrayBuffer>;

export function newBacklog(): Backlog {
  return new Int32Array(new SharedArrayBuffer(4));
}

export interface UdpThreadStart {
  readonly backlog: Backlog;
  readonly clockBaseMs: number;
}
