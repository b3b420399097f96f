import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { type LookupOneOptions, lookup } from 'node:dns';
import { isIP, isIPv6 } from 'node:net';
import type { Clock, LinkProblem } from '../model.ts';
import { kernelDrops } from './kernel-drops.ts';
import { errnoOf, messageOf, SEND_QUEUE_LIMIT_BYTES, TransportError } from './transport.ts';
import type { UdpPeer, UdpPort, UdpPortEvents } from './udp-port.ts';

/**
 * One UDP socket of the system.
 *
 * Load: 25,000 datagrams/s. With the system's default receive buffer a stall of 50 ms loses 3 % at 15,000/s
 * (PROTOCOL.md), hence 8 MiB asked for and read back.
 */
export type UdpAddress = {
  readonly kind: 'udp-listen' | 'udp';
  readonly host: string;
  readonly port: number;
};

const WANTED_BUFFER_BYTES = 8 * 1024 * 1024;
/** Names of peers kept ready-made; more than one port of a district ever has. */
const MAX_NAMES = 2_000;

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

export class UdpSocket implements UdpPort {
  readonly #address: UdpAddress;
  readonly #clock: Clock;
  readonly #names = new Map<string, Map<number, UdpPeer>>();
  #named = 0;
  #socket: Socket | null = null;
  #localPort = 0;
  #receiveBufferBytes: number | null = null;
  #remote: UdpPeer | null = null;

  constructor(address: UdpAddress, clock: Clock) {
    this.#address = address;
    this.#clock = clock;
  }

  get receiveBufferBytes(): number | null {
    return this.#receiveBufferBytes;
  }

  get localPort(): number {
    return this.#localPort;
  }

  get remote(): UdpPeer | null {
    return this.#remote;
  }

  /** What the system holds is not seen from here. */
  readonly handedUntilMs = null;

  get droppedDatagrams(): number | null {
    const local = this.#socket?.address();
    return local === undefined ? null : kernelDrops(local.address, local.port);
  }

  async open(events: UdpPortEvents): Promise<void> {
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
    this.#localPort = socket.address().port;
    this.#askForBuffer(socket, events);
    if (kind === 'udp') this.#remote = this.#name(socket.remoteAddress());
    socket.on('message', (bytes: Buffer, from: RemoteInfo) => {
      events.onDatagram(bytes, this.#name(from), this.#clock.nowMs());
    });
    socket.on('error', (error) => {
      // The far end's computer says "nobody listens there": its program is not started yet, or restarts.
      if (errnoOf(error) === 'ECONNREFUSED') return;
      if (this.#socket !== socket) return;
      const problem = this.#problem(error);
      void this.close().then(() => events.onClosed(problem));
    });
  }

  send(bytes: Uint8Array, to: UdpPeer): boolean {
    const socket = this.#socket;
    if (socket === null) return false;
    // Node queues without bound what the system does not take (a route without an answering neighbour).
    if (socket.getSendQueueSize() > SEND_QUEUE_LIMIT_BYTES) return false;
    // A datagram that the system cannot send now is a lost datagram; every protocol above repeats itself.
    const ignore = (): void => {};
    if (this.#remote !== null) socket.send(bytes, ignore);
    else socket.send(bytes, to.port, to.address, ignore);
    return true;
  }

  close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = null;
    return new Promise((resolve) => (socket === null ? resolve() : socket.close(() => resolve())));
  }

  /** One object and one string per peer, not per datagram. */
  #name({ address, port }: { readonly address: string; readonly port: number }): UdpPeer {
    let ports = this.#names.get(address);
    const known = ports?.get(port);
    if (known !== undefined) return known;
    if (this.#named >= MAX_NAMES) {
      this.#names.clear();
      this.#named = 0;
      ports = undefined;
    }
    if (ports === undefined) {
      ports = new Map();
      this.#names.set(address, ports);
    }
    const endpoint = isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
    const peer = { address, port, endpoint };
    ports.set(port, peer);
    this.#named++;
    return peer;
  }

  #askForBuffer(socket: Socket, events: UdpPortEvents): void {
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
