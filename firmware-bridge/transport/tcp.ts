import { Socket } from 'node:net';
import { every } from '../clock.ts';
import type { Clock, LinkProblem } from '../model.ts';
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

/** TCP client, as SITL and many radios' serial servers offer it. */
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 5_000;
const LOOK_EVERY_MS = 5_000;

export class TcpTransport implements Transport {
  readonly datagrams = false;
  readonly #address: Extract<LinkAddress, { kind: 'tcp' }>;
  readonly #clock: Clock;
  readonly #endpoint: string;
  #state: TransportState = 'new';
  #socket: Socket | null = null;

  constructor(address: Extract<LinkAddress, { kind: 'tcp' }>, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
    this.#endpoint = address.host.includes(':')
      ? `[${address.host}]:${address.port}`
      : `${address.host}:${address.port}`;
  }

  get state(): TransportState {
    return this.#state;
  }

  async open(events: TransportEvents): Promise<void> {
    this.#state = 'opening';
    const { host, port } = this.#address;
    const socket = new Socket();
    this.#socket = socket;
    const timer = this.#clock.setTimer(
      () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })),
      CONNECT_TIMEOUT_MS,
    );
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.once('close', () => reject(new Error('closed while connecting')));
        socket.connect(port, host, () => {
          socket.off('error', reject);
          resolve();
        });
      });
    } catch (error) {
      this.#state = 'closed';
      this.#socket = null;
      socket.destroy();
      throw new TransportError(this.#problem(error), error);
    } finally {
      timer.cancel();
    }
    this.#state = 'open';
    // Commands are small and urgent; a dead radio behind a live cable shall be noticed.
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    let cause: unknown = null;
    let heardAtMs: number | null = null;
    const watch = every(this.#clock, LOOK_EVERY_MS, () => {
      if (heardAtMs === null || this.#clock.nowMs() - heardAtMs <= STREAM_SILENT_MS) return;
      socket.destroy(new Error(`silent for ${STREAM_SILENT_MS / 1000} s`));
    });
    socket.on('data', (bytes: Buffer) => {
      heardAtMs = this.#clock.nowMs();
      events.onData(bytes, this.#endpoint);
    });
    socket.on('error', (error) => {
      cause = error;
    });
    socket.on('close', () => {
      watch.cancel();
      if (this.#state !== 'open') return;
      this.#state = 'closed';
      this.#socket = null;
      events.onClosed(this.#closedProblem(cause));
    });
  }

  send(bytes: Uint8Array, endpoint: string): boolean {
    const socket = this.#socket;
    if (socket === null || this.#state !== 'open' || endpoint !== this.#endpoint) return false;
    if (socket.writableLength > SEND_QUEUE_LIMIT_BYTES) return false;
    socket.write(bytes);
    return true;
  }

  endpoints(): readonly string[] {
    return this.#state === 'open' ? [this.#endpoint] : [];
  }

  close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    this.#state = 'closed';
    return new Promise((resolve) => {
      if (socket === null || socket.destroyed) return resolve();
      socket.once('close', () => resolve());
      socket.destroy();
    });
  }

  #closedProblem(cause: unknown): LinkProblem {
    const { host, port } = this.#address;
    return {
      code: 'transport.closed-by-peer',
      message: `The connection to ${host}:${port} ended${cause === null ? '' : ` (${messageOf(cause)})`}: it is tried again.`,
      details: { host, port, errno: errnoOf(cause) },
    };
  }

  #problem(error: unknown): LinkProblem {
    const { host, port } = this.#address;
    const details = { host, port, errno: errnoOf(error) };
    switch (errnoOf(error)) {
      case 'ECONNREFUSED':
        return {
          code: 'transport.refused',
          message: `${host} refuses connections on TCP port ${port}: start the vehicle or its serial server, or check the port.`,
          details,
        };
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return {
          code: 'transport.host-unknown',
          message: `The host ${host} cannot be found: check its name and the network.`,
          details,
        };
      default:
        return {
          code: 'transport.open-failed',
          message: `TCP ${host}:${port} cannot be reached: ${messageOf(error)}.`,
          details,
        };
    }
  }
}
