import { every } from '../clock.ts';
import type { Clock, TimerHandle } from '../model.ts';
import { BatchReader, BatchWriter } from './datagram-batch.ts';
import { problemOf } from './transport.ts';
import type { Backlog, FromUdpThread, ToUdpThread } from './udp-messages.ts';
import type { UdpPeer } from './udp-port.ts';
import { UdpSocket } from './udp-socket.ts';

/**
 * The side of the sockets: takes datagrams from the system as they come, so that no work of the bridge makes the
 * system drop one, and hands them over in batches.
 *
 * Load: 25,000 datagrams/s, in about 400 batches.
 */
const HAND_OVER_MS = 5;
const BATCH_DATAGRAMS = 256;
/** About 25 s of the full load. Beyond it the newest are dropped, counted and told. */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;
const LOOK_FOR_DROPS_MS = 1_000;

export interface UdpHost {
  postMessage(message: FromUdpThread, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: ToUdpThread) => void): unknown;
}

export function serveUdp(host: UdpHost, backlog: Backlog, clock: Clock): void {
  const ports = new Map<number, ServedPort>();
  host.on('message', (message) => {
    switch (message.kind) {
      case 'open': {
        const port = new ServedPort(message.portId, new UdpSocket(message.address, clock), {
          host,
          backlog,
          clock,
          onEnd: () => ports.delete(message.portId),
        });
        ports.set(message.portId, port);
        void port.open();
        return;
      }
      case 'send':
        ports.get(message.portId)?.send(message.batch);
        return;
      case 'close': {
        const port = ports.get(message.portId);
        ports.delete(message.portId);
        void (port?.close() ?? Promise.resolve()).then(() =>
          host.postMessage({ kind: 'closed', portId: message.portId }),
        );
      }
    }
  });
}

interface ServedParts {
  readonly host: UdpHost;
  readonly backlog: Backlog;
  readonly clock: Clock;
  /** It ended by itself, or could not be opened. */
  readonly onEnd: () => void;
}

class ServedPort {
  readonly #portId: number;
  readonly #socket: UdpSocket;
  readonly #parts: ServedParts;
  readonly #writer = new BatchWriter();
  readonly #reader = new BatchReader();
  #handOver: TimerHandle | null = null;
  #dropTimer: TimerHandle | null = null;
  #overrun = 0;
  #toldDrops: number | null = 0;

  constructor(portId: number, socket: UdpSocket, parts: ServedParts) {
    this.#portId = portId;
    this.#socket = socket;
    this.#parts = parts;
  }

  /** Tells how it went; never rejects. */
  async open(): Promise<void> {
    const portId = this.#portId;
    const { host, clock, onEnd } = this.#parts;
    try {
      await this.#socket.open({
        onDatagram: (bytes, from, atMs) => this.#receive(bytes, from, atMs),
        onWarning: (message, details) => host.postMessage({ kind: 'warning', portId, message, details }),
        onClosed: (problem) => {
          this.#stop();
          onEnd();
          host.postMessage({ kind: 'died', portId, problem });
        },
      });
    } catch (error) {
      onEnd();
      host.postMessage({ kind: 'refused', portId, problem: problemOf(error) });
      return;
    }
    const { localPort, remote, receiveBufferBytes } = this.#socket;
    host.postMessage({ kind: 'opened', portId, localPort, remote, receiveBufferBytes });
    this.#dropTimer = every(clock, LOOK_FOR_DROPS_MS, () => this.#tellDrops());
  }

  send(batch: Parameters<BatchReader['read']>[0]): void {
    this.#reader.read(batch, (bytes, to) => this.#socket.send(bytes, to));
  }

  close(): Promise<void> {
    this.#stop();
    return this.#socket.close();
  }

  #receive(bytes: Uint8Array, from: UdpPeer, atMs: number): void {
    this.#writer.add(bytes, from, atMs);
    if (this.#writer.count >= BATCH_DATAGRAMS) this.#post();
    else this.#handOver ??= this.#parts.clock.setTimer(() => this.#post(), HAND_OVER_MS);
  }

  #post(): void {
    this.#handOver?.cancel();
    this.#handOver = null;
    const { host, backlog } = this.#parts;
    const size = this.#writer.byteLength;
    if (Atomics.load(backlog, 0) + size > MAX_BACKLOG_BYTES) {
      this.#overrun += this.#writer.drop();
      return;
    }
    const batch = this.#writer.take();
    Atomics.add(backlog, 0, size);
    host.postMessage({ kind: 'datagrams', portId: this.#portId, batch }, [batch.bytes.buffer]);
  }

  #tellDrops(): void {
    const byKernel = this.#socket.droppedDatagrams;
    const datagrams = byKernel === null && this.#overrun === 0 ? null : (byKernel ?? 0) + this.#overrun;
    if (datagrams === this.#toldDrops) return;
    this.#toldDrops = datagrams;
    this.#parts.host.postMessage({ kind: 'dropped', portId: this.#portId, datagrams });
  }

  #stop(): void {
    this.#handOver?.cancel();
    this.#dropTimer?.cancel();
    this.#handOver = null;
    this.#dropTimer = null;
  }
}
