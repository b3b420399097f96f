import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type LookupOneOptions, lookup } from 'node:dns';
import { isIP, isIPv6 } from 'node:net';
import type { Clock, LinkProblem } from '../model.ts';
import type { LinkAddress } from './parse-link-url.ts';
import {
  errnoOf,
  messageOf,
  SEND_QUEUE_LIMIT_BYTES,
  type Transport,
  TransportError,
  type TransportEvents,
  type TransportState,
} from './transport.ts';

/**
 * UDP, both ways round. Listening: peers are learnt from what they send and forgotten after 10 s of silence, so
 * that we never talk on into an address that now belongs to somebody else. Outward: one configured peer, which may
 * start later than we do.
 *
 * Load: 25,000 datagrams/s. With the system's default receive buffer a stall of 50 ms loses 3 % at 15,000/s
 * (PROTOCOL.md), hence 8 MiB asked for and read back.
 */
const PEER_IDLE_MS = 10_000;
const WANTED_BUFFER_BYTES = 8 * 1024 * 1024;
const MAX_PEERS = 2_000;

/** Peers are addresses: asking the resolver for each datagram would put a turn of the event loop before it. */
function lookUp(
  host: string,
  options: LookupOneOptions,
  done: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  const family = isIP(host);
  if (family === 0) lookup(host, options, done);
  else done(null, host, family);
}

interface Peer {
  readonly address: string;
  readonly port: number;
  heardAtMs: number;
}

export class UdpTransport implements Transport {
  readonly datagrams = true;
  readonly #address: Extract<LinkAddress, { kind: 'udp-listen' | 'udp' }>;
  readonly #clock: Clock;
  readonly #peers = new Map<string, Peer>();
  #state: TransportState = 'new';
  #socket: Socket | null = null;
  #receiveBufferBytes: number | null = null;

  constructor(address: Extract<LinkAddress, { kind: 'udp-listen' | 'udp' }>, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  get state(): TransportState {
    return this.#state;
  }

  get receiveBufferBytes(): number | null {
    return this.#receiveBufferBytes;
  }

  /** The port really bound (the configured one may be 0 in tests). */
  get localPort(): number {
    return this.#socket?.address().port ?? 0;
  }

  async open(events: TransportEvents): Promise<void> {
    this.#state = 'opening';
    const { host, port, kind } = this.#address;
    const type = isIPv6(host) ? 'udp6' : 'udp4';
    const socket = createSocket({ type, reuseAddr: false, lookup: lookUp });
    this.#socket = socket;
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject);
        socket.once('close', () => reject(new Error('closed while opening')));
        const opened = () => {
          socket.off('error', reject);
          resolve();
        };
        if (kind === 'udp-listen') socket.bind({ port, address: host, exclusive: true }, opened);
        else {
          socket.once('connect', opened);
          socket.connect(port, host);
        }
      });
    } catch (error) {
      // Null: closed by `close()` while the name was looked up.
      if (this.#socket !== null) await this.close();
      throw new TransportError(this.#problem(error), error);
    }
    this.#state = 'open';
    this.#askForBuffer(socket, events);
    if (kind === 'udp') {
      const remote = socket.remoteAddress();
      const peer = { address: remote.address, port: remote.port, heardAtMs: Number.POSITIVE_INFINITY };
      this.#peers.set(endpointOf(peer), peer);
    }
    socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      const endpoint = this.#learn(from);
      if (endpoint !== null) events.onData(bytes, endpoint);
    });
    socket.on('error', (error) => {
      // The far end's computer says "nobody listens there": its program is not started yet, or restarts.
      if (errnoOf(error) === 'ECONNREFUSED') return;
      if (this.#state !== 'open') return;
      const problem = this.#problem(error);
      void this.close().then(() => events.onClosed(problem));
    });
  }

  send(bytes: Uint8Array, endpoint: string): boolean {
    const socket = this.#socket;
    const peer = this.#peers.get(endpoint);
    if (socket === null || this.#state !== 'open' || peer === undefined || this.#isIdle(peer)) return false;
    // Node queues without bound what the system does not take (a route without an answering neighbour).
    if (socket.getSendQueueSize() > SEND_QUEUE_LIMIT_BYTES) return false;
    // A datagram that the system cannot send now is a lost datagram; every protocol above repeats itself.
    const ignore = (): void => {};
    if (this.#address.kind === 'udp') socket.send(bytes, ignore);
    else socket.send(bytes, peer.port, peer.address, ignore);
    return true;
  }

  endpoints(): readonly string[] {
    for (const [endpoint, peer] of this.#peers) if (this.#isIdle(peer)) this.#peers.delete(endpoint);
    return [...this.#peers.keys()];
  }

  close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    this.#state = 'closed';
    this.#peers.clear();
    return new Promise((resolve) => (socket === null ? resolve() : socket.close(() => resolve())));
  }

  #isIdle(peer: Peer): boolean {
    return this.#clock.nowMs() - peer.heardAtMs > PEER_IDLE_MS;
  }

  #learn(from: RemoteInfo): string | null {
    const endpoint = endpointOf(from);
    const known = this.#peers.get(endpoint);
    if (known !== undefined) {
      if (known.heardAtMs !== Number.POSITIVE_INFINITY) known.heardAtMs = this.#clock.nowMs();
      return endpoint;
    }
    // Made-up sender addresses cannot fill the memory.
    if (this.#peers.size >= MAX_PEERS && this.endpoints().length >= MAX_PEERS) return null;
    this.#peers.set(endpoint, { address: from.address, port: from.port, heardAtMs: this.#clock.nowMs() });
    return endpoint;
  }

  #askForBuffer(socket: Socket, events: TransportEvents): void {
    try {
      socket.setRecvBufferSize(WANTED_BUFFER_BYTES);
    } catch (error) {
      events.onWarning(`The UDP receive buffer could not be enlarged: ${messageOf(error)}.`, {});
    }
    // Linux reports twice what it gives (bookkeeping included) and caps silently at net.core.rmem_max.
    const grantedBytes = socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1);
    this.#receiveBufferBytes = grantedBytes;
    if (grantedBytes < WANTED_BUFFER_BYTES) {
      events.onWarning(
        `The UDP receive buffer is ${Math.round(grantedBytes / 1024)} KiB instead of 8 MiB: with many vehicles, telemetry is lost when the server is busy. As root: sysctl -w net.core.rmem_max=8388608.`,
        { grantedBytes, wantedBytes: WANTED_BUFFER_BYTES },
      );
    }
  }

  #problem(error: unknown): LinkProblem {
    const { host, port } = this.#address;
    const details = { host, port, errno: errnoOf(error) };
    switch (errnoOf(error)) {
      case 'EADDRINUSE':
        return {
          code: 'transport.port-busy',
          message: `UDP port ${port} is used by another program: stop that program (another ground station?) or choose another port.`,
          details,
        };
      case 'EACCES':
        return {
          code: 'transport.permission-denied',
          message: `The system does not let this user open UDP port ${port}: choose a port above 1023.`,
          details,
        };
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EADDRNOTAVAIL':
        return {
          code: 'transport.host-unknown',
          message: `The host ${host} cannot be found from this machine: check its name and the network.`,
          details,
        };
      default:
        return {
          code: 'transport.open-failed',
          message: `UDP ${host}:${port} cannot be used: ${messageOf(error)}.`,
          details,
        };
    }
  }
}

function endpointOf(peer: { readonly address: string; readonly port: number }): string {
  return isIPv6(peer.address) ? `[${peer.address}]:${peer.port}` : `${peer.address}:${peer.port}`;
}
