import type { LinkProblem } from '../model.ts';

/** An address on the network, as what comes from it is labelled: `endpoint` is `ip:port`, IPv6 in brackets. */
export interface UdpPeer {
  readonly address: string;
  readonly port: number;
  readonly endpoint: string;
}

export interface UdpPortEvents {
  /** `atMs`: epoch milliseconds of the arrival; it may be handed over a little later. */
  onDatagram(bytes: Uint8Array, from: UdpPeer, atMs: number): void;
  onClosed(problem: LinkProblem): void;
  onWarning(message: string, details: Readonly<Record<string, string | number>>): void;
}

/** A UDP socket, on this thread (`udp-socket.ts`) or on the one that does nothing else (`udp-thread.ts`). */
export interface UdpPort {
  /** The port really bound (the configured one may be 0 in tests). */
  readonly localPort: number;
  /** Outward sockets: the one far end. */
  readonly remote: UdpPeer | null;
  /** What the system granted, in bytes of datagrams; null: not open. */
  readonly receiveBufferBytes: number | null;
  /** Datagrams that reached this machine and were lost in it; null: the system does not tell. */
  readonly droppedDatagrams: number | null;
  /** Something arrived, here or at a port beside it, and waits: the time up to which all was handed over. Null: nothing. */
  readonly handedUntilMs: number | null;
  /** @throws TransportError */
  open(events: UdpPortEvents): Promise<void>;
  /** False: not sent. True: handed on; a datagram may be lost anywhere after that. */
  send(bytes: Uint8Array, to: UdpPeer): boolean;
  close(): Promise<void>;
}
