import type { UdpPeer } from './udp-port.ts';

/**
 * Datagrams packed for the way between two threads: one message for hundreds of them. A record is
 *
 *   8 bytes  time, float64 LE, epoch milliseconds
 *   2 bytes  number of the peer, uint16 LE      (peers are told once, in order of their numbers)
 *   2 bytes  length, uint16 LE                  (a UDP datagram has at most 65,507 bytes)
 *   n bytes  the datagram
 */
export interface DatagramBatch {
  /** The buffer belongs to this batch alone, and can be transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Peers that were not told before. */
  readonly peers: readonly UdpPeer[];
  /** The numbers begin anew with this batch. */
  readonly isFresh: boolean;
}

const HEADER_BYTES = 12;
/** Made-up addresses do not fill the memory: the table begins anew. */
const MAX_PEERS = 10_000;

interface Waiting {
  readonly bytes: Uint8Array;
  readonly peer: number;
  readonly atMs: number;
}

export class BatchWriter {
  readonly #numbers = new Map<string, number>();
  #peers: UdpPeer[] = [];
  #isFresh = true;
  #waiting: Waiting[] = [];
  #bytes = 0;

  /** Datagrams that wait. */
  get count(): number {
    return this.#waiting.length;
  }

  /** Bytes of the batch as it would be taken now. */
  get byteLength(): number {
    return this.#bytes;
  }

  /** The bytes must not be changed before `take`. */
  add(bytes: Uint8Array, peer: UdpPeer, atMs: number): void {
    let number = this.#numbers.get(peer.endpoint);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(peer.endpoint, number);
      this.#peers.push(peer);
    }
    this.#waiting.push({ bytes, peer: number, atMs });
    this.#bytes += HEADER_BYTES + bytes.length;
  }

  /** Everything that waits, in order. */
  take(): DatagramBatch {
    const bytes = Buffer.from(new ArrayBuffer(this.#bytes));
    let at = 0;
    for (const datagram of this.#waiting) {
      bytes.writeDoubleLE(datagram.atMs, at);
      bytes.writeUInt16LE(datagram.peer, at + 8);
      bytes.writeUInt16LE(datagram.bytes.length, at + 10);
      bytes.set(datagram.bytes, at + HEADER_BYTES);
      at += HEADER_BYTES + datagram.bytes.length;
    }
    const batch = { bytes, peers: this.#peers, isFresh: this.#isFresh };
    this.#clear();
    return batch;
  }

  /** Throws what waits away; peers that were not told yet are told next time. */
  drop(): number {
    const dropped = this.#waiting.length;
    this.#waiting = [];
    this.#bytes = 0;
    return dropped;
  }

  #clear(): void {
    this.#waiting = [];
    this.#bytes = 0;
    this.#peers = [];
    this.#isFresh = this.#numbers.size >= MAX_PEERS;
    if (this.#isFresh) this.#numbers.clear();
  }
}

export class BatchReader {
  #peers: UdpPeer[] = [];

  /** Gives each datagram as a view on the batch. Batches come in the order in which they were taken. */
  read(batch: DatagramBatch, each: (bytes: Buffer, peer: UdpPeer, atMs: number) => void): void {
    if (batch.isFresh) this.#peers = [];
    this.#peers.push(...batch.peers);
    const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const start = at + HEADER_BYTES;
      const end = start + bytes.readUInt16LE(at + 10);
      const peer = this.#peers[bytes.readUInt16LE(at + 8)];
      if (peer !== undefined) each(bytes.subarray(start, end), peer, bytes.readDoubleLE(at));
      at = end;
    }
  }
}
