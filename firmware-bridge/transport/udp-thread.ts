import type { LinkProblem } from '../model.ts';
import { BatchReader, BatchWriter, type DatagramBatch } from './datagram-batch.ts';
import { TransportError } from './transport.ts';
import type { Backlog, FromUdpThread, ToUdpThread } from './udp-messages.ts';
import type { UdpPeer, UdpPort, UdpPortEvents } from './udp-port.ts';
import type { UdpAddress } from './udp-socket.ts';

/**
 * The side of the bridge: UDP ports whose sockets live on a thread that does nothing else. The thread is started when
 * the first port is opened; when it dies, every open port closes with a problem, its link reconnects, and that starts
 * the thread anew.
 */
export interface UdpThreadWorker {
  postMessage(message: ToUdpThread, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: FromUdpThread) => void): unknown;
  on(event: 'exit', listener: () => void): unknown;
  terminate(): Promise<unknown>;
}

const WARN_EVERY_MS = 10_000;
const GONE: LinkProblem = {
  code: 'transport.open-failed',
  message: 'The thread that owns the UDP sockets ended; they are opened again.',
  details: {},
};

export class UdpThread {
  readonly #start: (backlog: Backlog) => UdpThreadWorker;
  readonly #newBacklog: () => Backlog;
  readonly #nowMs: () => number;
  readonly #ports = new Map<number, ThreadPort>();
  /** Everything that arrived before either of them was handed over. */
  #handedAtMs = Number.NEGATIVE_INFINITY;
  #emptyAtMs = Number.NEGATIVE_INFINITY;
  #running: { readonly worker: UdpThreadWorker; readonly backlog: Backlog } | null = null;
  #nextId = 1;

  constructor(start: (backlog: Backlog) => UdpThreadWorker, newBacklog: () => Backlog, nowMs: () => number) {
    this.#start = start;
    this.#newBacklog = newBacklog;
    this.#nowMs = nowMs;
  }

  port(address: UdpAddress): UdpPort {
    return new ThreadPort(address, (port) => this.#join(port));
  }

  /** Ends the thread; ports are closed before. */
  async close(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    await running?.worker.terminate();
  }

  /**
   * Of all ports together: one that nobody speaks on has nothing to wait for. What was posted and did not get here yet
   * counts as waiting.
   */
  #handedUntilMs(): number | null {
    if (this.#running !== null && Atomics.load(this.#running.backlog, 0) > 0) {
      return Math.max(this.#handedAtMs, this.#emptyAtMs);
    }
    this.#emptyAtMs = this.#nowMs();
    return null;
  }

  #join(port: ThreadPort): Connection {
    const { worker } = this.#running ?? this.#spawn();
    const portId = this.#nextId++;
    this.#ports.set(portId, port);
    return {
      open: (address) => worker.postMessage({ kind: 'open', portId, address }),
      send: (batch) => worker.postMessage({ kind: 'send', portId, batch }, [batch.bytes.buffer]),
      close: () => worker.postMessage({ kind: 'close', portId }),
      leave: () => this.#ports.delete(portId),
      handedUntilMs: () => this.#handedUntilMs(),
      handed: (atMs) => {
        this.#handedAtMs = atMs;
      },
    };
  }

  #spawn(): { readonly worker: UdpThreadWorker; readonly backlog: Backlog } {
    const backlog = this.#newBacklog();
    const worker = this.#start(backlog);
    const queue = new TurnQueue(backlog, (portId, batch) => this.#ports.get(portId)?.onBatch(batch));
    worker.on('message', (message) => {
      if (message.kind === 'datagrams') queue.push(message.portId, message.batch);
      else this.#ports.get(message.portId)?.onMessage(message);
    });
    worker.on('exit', () => {
      if (this.#running?.worker === worker) this.#running = null;
      for (const port of [...this.#ports.values()]) port.onGone();
    });
    this.#running = { worker, backlog };
    return this.#running;
  }
}

/**
 * Batches in the order of arrival, one per turn of the event loop: after a stall thousands wait, and timers and sends
 * must not wait for all of them.
 */
class TurnQueue {
  readonly #backlog: Backlog;
  readonly #handle: (portId: number, batch: DatagramBatch) => void;
  #waiting: { readonly portId: number; readonly batch: DatagramBatch; readonly size: number }[] = [];
  #next = 0;
  #isScheduled = false;

  constructor(backlog: Backlog, handle: (portId: number, batch: DatagramBatch) => void) {
    this.#backlog = backlog;
    this.#handle = handle;
  }

  push(portId: number, batch: DatagramBatch): void {
    this.#waiting.push({ portId, batch, size: batch.bytes.length });
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isScheduled = false;
    const first = this.#waiting[this.#next];
    if (first === undefined) return;
    this.#next++;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    } else this.#schedule();
    this.#handle(first.portId, first.batch);
    Atomics.sub(this.#backlog, 0, first.size);
  }
}

interface Connection {
  open(address: UdpAddress): void;
  send(batch: DatagramBatch): void;
  close(): void;
  leave(): void;
  handedUntilMs(): number | null;
  handed(atMs: number): void;
}

class ThreadPort implements UdpPort {
  readonly #address: UdpAddress;
  readonly #join: (port: ThreadPort) => Connection;
  readonly #reader = new BatchReader();
  readonly #writer = new BatchWriter();
  #connection: Connection | null = null;
  #events: UdpPortEvents | null = null;
  #opening: { resolve(): void; reject(error: TransportError): void } | null = null;
  #closed: (() => void) | null = null;
  #sendScheduled = false;
  #localPort = 0;
  #remote: UdpPeer | null = null;
  #receiveBufferBytes: number | null = null;
  #droppedDatagrams: number | null = 0;
  #warnedAtMs = Number.NEGATIVE_INFINITY;

  constructor(address: UdpAddress, join: (port: ThreadPort) => Connection) {
    this.#address = address;
    this.#join = join;
  }

  get localPort(): number {
    return this.#localPort;
  }

  get remote(): UdpPeer | null {
    return this.#remote;
  }

  get receiveBufferBytes(): number | null {
    return this.#receiveBufferBytes;
  }

  get droppedDatagrams(): number | null {
    return this.#droppedDatagrams;
  }

  get handedUntilMs(): number | null {
    return this.#connection?.handedUntilMs() ?? null;
  }

  open(events: UdpPortEvents): Promise<void> {
    this.#events = events;
    const connection = this.#join(this);
    this.#connection = connection;
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      connection.open(this.#address);
    });
  }

  send(bytes: Uint8Array, to: UdpPeer): boolean {
    if (this.#connection === null) return false;
    this.#writer.add(bytes, to, 0);
    if (!this.#sendScheduled) {
      this.#sendScheduled = true;
      setImmediate(() => this.#flush());
    }
    return true;
  }

  close(): Promise<void> {
    const connection = this.#connection;
    if (connection === null) return Promise.resolve();
    this.#flush();
    this.#connection = null;
    return new Promise((resolve) => {
      this.#closed = () => {
        connection.leave();
        resolve();
      };
      connection.close();
    });
  }

  onBatch(batch: DatagramBatch): void {
    // Read also when nobody listens any more: the numbers of the peers must stay right.
    const connection = this.#connection;
    const events = connection === null ? null : this.#events;
    this.#reader.read(batch, (bytes, peer, atMs) => {
      connection?.handed(atMs);
      events?.onDatagram(bytes, peer, atMs);
    });
  }

  onMessage(message: Exclude<FromUdpThread, { kind: 'datagrams' }>): void {
    switch (message.kind) {
      case 'opened':
        this.#localPort = message.localPort;
        this.#remote = message.remote;
        this.#receiveBufferBytes = message.receiveBufferBytes;
        this.#opening?.resolve();
        this.#opening = null;
        return;
      case 'warning':
        this.#events?.onWarning(message.message, message.details);
        return;
      case 'dropped':
        this.#onDropped(message.datagrams);
        return;
      case 'refused':
      case 'died':
        this.#onEnd(message.problem);
        return;
      case 'closed':
        this.#opening?.reject(new TransportError(GONE));
        this.#opening = null;
        this.#closed?.();
    }
  }

  onGone(): void {
    this.#onEnd(GONE);
  }

  #flush(): void {
    this.#sendScheduled = false;
    if (this.#writer.count > 0) this.#connection?.send(this.#writer.take());
  }

  #onDropped(datagrams: number | null): void {
    const more = (datagrams ?? 0) - (this.#droppedDatagrams ?? 0);
    this.#droppedDatagrams = datagrams;
    const nowMs = performance.now();
    if (more <= 0 || nowMs - this.#warnedAtMs < WARN_EVERY_MS) return;
    this.#warnedAtMs = nowMs;
    this.#events?.onWarning(
      `Telemetry was lost on this machine: ${more} datagrams came faster than they could be taken. Stop other programs on it, or ask for lower rates.`,
      { lostDatagrams: more },
    );
  }

  #onEnd(problem: LinkProblem): void {
    this.#connection?.leave();
    const wasOpen = this.#connection !== null && this.#opening === null;
    this.#connection = null;
    this.#opening?.reject(new TransportError(problem));
    this.#opening = null;
    this.#closed?.();
    if (wasOpen) this.#events?.onClosed(problem);
  }
}
