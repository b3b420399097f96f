import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import { every } from '../clock.ts';
import type { Clock, LinkProblem, TimerHandle } from '../model.ts';
import type { LinkAddress } from './parse-link-url.ts';
import {
  errnoOf,
  messageOf,
  SEND_QUEUE_LIMIT_BYTES,
  STREAM_SILENT_MS,
  type Transport,
  TransportError,
  type TransportEvents,
  type TransportState,
} from './transport.ts';

/**
 * TCP server: companions and serial servers that call us (behind a cellular NAT they cannot be called). Each client
 * is an endpoint of its own; one that leaves, or fell silent after it had spoken, is dropped and comes back by
 * itself. The port stays open whatever clients do.
 */
const KEEP_ALIVE_MS = 5_000;
const MAX_CLIENTS = 500;
const LOOK_EVERY_MS = 5_000;

interface Client {
  readonly socket: Socket;
  /** Null: nothing came yet. A client may wait for its vehicle to be switched on. */
  heardAtMs: number | null;
}

export class TcpListenTransport implements Transport {
  readonly datagrams = false;
  readonly #address: Extract<LinkAddress, { kind: 'tcp-listen' }>;
  readonly #clock: Clock;
  readonly #clients = new Map<string, Client>();
  #state: TransportState = 'new';
  #server: Server | null = null;
  #watch: TimerHandle | null = null;

  constructor(address: Extract<LinkAddress, { kind: 'tcp-listen' }>, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  get state(): TransportState {
    return this.#state;
  }

  /** The port really bound (the configured one may be 0 in tests). */
  get localPort(): number {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async open(events: TransportEvents): Promise<void> {
    this.#state = 'opening';
    const { host, port } = this.#address;
    const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    this.#server = server;
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.once('close', () => reject(new Error('closed while opening')));
        server.listen({ port, host, exclusive: true }, () => {
          server.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      this.#state = 'closed';
      this.#server = null;
      throw new TransportError(this.#problem(error), error);
    }
    this.#state = 'open';
    server.on('connection', (socket) => this.#accept(socket, events));
    server.on('error', (error) => {
      if (this.#state !== 'open') return;
      const problem = this.#problem(error);
      void this.close().then(() => events.onClosed(problem));
    });
    this.#watch = every(this.#clock, LOOK_EVERY_MS, () => this.#dropSilent());
  }

  send(bytes: Uint8Array, endpoint: string): boolean {
    const client = this.#clients.get(endpoint);
    if (client === undefined || client.socket.writableLength > SEND_QUEUE_LIMIT_BYTES) return false;
    client.socket.write(bytes);
    return true;
  }

  endpoints(): readonly string[] {
    return [...this.#clients.keys()];
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#state = 'closed';
    this.#watch?.cancel();
    for (const { socket } of this.#clients.values()) socket.destroy();
    this.#clients.clear();
    if (server === null) return;
    // Resolves when the port is free and every client's handle is gone.
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  #accept(socket: Socket, events: TransportEvents): void {
    const { remoteAddress, remotePort } = socket;
    // A socket without an address was closed before it could be taken.
    if (this.#state !== 'open' || remoteAddress === undefined || remotePort === undefined) {
      socket.destroy();
      return;
    }
    if (this.#clients.size >= MAX_CLIENTS) {
      socket.destroy();
      events.onWarning(`More than ${MAX_CLIENTS} clients on one TCP port: a new one is refused.`, {
        maxClients: MAX_CLIENTS,
      });
      return;
    }
    const endpoint = isIPv6(remoteAddress)
      ? `[${remoteAddress}]:${remotePort}`
      : `${remoteAddress}:${remotePort}`;
    const client: Client = { socket, heardAtMs: null };
    this.#clients.set(endpoint, client);
    socket.on('data', (bytes: Buffer) => {
      client.heardAtMs = this.#clock.nowMs();
      if (this.#state === 'open') events.onData(bytes, endpoint);
    });
    // 'close' follows every error; a reset by the far end is an ordinary end here.
    socket.on('error', () => {});
    socket.on('close', () => {
      if (this.#clients.get(endpoint) !== client) return;
      this.#clients.delete(endpoint);
      events.onLeft(endpoint);
    });
  }

  /** A connection whose far end vanished looks alive for a quarter of an hour while bytes wait in it. */
  #dropSilent(): void {
    const nowMs = this.#clock.nowMs();
    for (const { socket, heardAtMs } of this.#clients.values()) {
      if (heardAtMs !== null && nowMs - heardAtMs > STREAM_SILENT_MS) socket.destroy();
    }
  }

  #problem(error: unknown): LinkProblem {
    const { host, port } = this.#address;
    const details = { host, port, errno: errnoOf(error) };
    switch (errnoOf(error)) {
      case 'EADDRINUSE':
        return {
          code: 'transport.port-busy',
          message: `TCP port ${port} is used by another program: stop that program (another ground station?) or choose another port.`,
          details,
        };
      case 'EACCES':
        return {
          code: 'transport.permission-denied',
          message: `The system does not let this user open TCP port ${port}: choose a port above 1023.`,
          details,
        };
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EADDRNOTAVAIL':
        return {
          code: 'transport.host-unknown',
          message: `This machine has no address ${host}: use 0.0.0.0 for all of its addresses, or correct it.`,
          details,
        };
      default:
        return {
          code: 'transport.open-failed',
          message: `TCP ${host}:${port} cannot be listened on: ${messageOf(error)}.`,
          details,
        };
    }
  }
}
