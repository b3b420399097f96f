import { createSocket, type Socket } from 'node:dgram';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import type { Channel } from '../vehicle/channel.ts';
import {
  deliverFrames,
  type EndpointOptions,
  ProblemsOnce,
  type VehicleEndpoint,
} from './vehicle-endpoint.ts';
import type { AddressChange } from './vehicle-network.ts';

export interface UdpAddress {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
}

export interface UdpVehicleOptions extends EndpointOptions {
  readonly target: UdpAddress;
}

interface PeerLink {
  readonly address: UdpAddress;
  readonly channel: Channel;
  readonly framer: Framer;
  heardAtMs: number;
  readonly isTarget: boolean;
  /** A datagram that came through the network; one function per peer, not one per datagram. */
  readonly receive: (bytes: Buffer) => void;
}

/** Whoever else talks to the aircraft is answered until it has been silent for this long. */
const PEER_IDLE_MS = 10_000;

/**
 * An aircraft's own UDP socket: sends to its configured ground station and answers everybody who talks to it. Each
 * peer has its own channel, so that sequence numbers have no gaps and rates are per ground station.
 */
export class UdpVehicle implements VehicleEndpoint {
  readonly #options: UdpVehicleOptions;
  readonly #peers = new Map<string, PeerLink>();
  readonly #problems: ProblemsOnce;
  /** Sockets of former addresses that still receive. */
  readonly #former = new Set<{ readonly socket: Socket; readonly untilMs: number }>();
  #socket: Socket;
  #closed: Promise<void> | null = null;

  private constructor(options: UdpVehicleOptions, socket: Socket) {
    this.#options = options;
    this.#problems = new ProblemsOnce(options.onProblem);
    this.#socket = socket;
    this.#addPeer(options.target, true);
    this.#listen(socket);
  }

  /** Resolves when the socket is bound (to a free port of its own). */
  static async open(options: UdpVehicleOptions): Promise<UdpVehicle> {
    return new UdpVehicle(options, await boundSocket());
  }

  get localPort(): number {
    return this.#socket.address().port;
  }

  /**
   * From now on it sends from another port, as behind a NAT that forgot it. What is sent to the old one reaches the
   * aircraft for `oldForS`, or is lost.
   */
  async changeAddress({ oldForS }: AddressChange): Promise<void> {
    const fresh = await boundSocket();
    if (this.#closed !== null) {
      fresh.close();
      return;
    }
    const old = this.#socket;
    this.#socket = fresh;
    this.#listen(fresh);
    if (oldForS > 0) this.#former.add({ socket: old, untilMs: this.#options.nowMs() + oldForS * 1000 });
    else old.close();
  }

  tick(nowMs: number): void {
    for (const former of this.#former) {
      if (nowMs < former.untilMs) continue;
      this.#former.delete(former);
      former.socket.close();
    }
    if (this.#peers.size === 1) return;
    for (const [key, peer] of this.#peers) {
      if (peer.isTarget || nowMs - peer.heardAtMs <= PEER_IDLE_MS) continue;
      this.#options.vehicle.closeChannel(peer.channel);
      this.#peers.delete(key);
    }
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      for (const peer of this.#peers.values()) this.#options.vehicle.closeChannel(peer.channel);
      for (const { socket } of this.#former) socket.close();
      this.#former.clear();
      this.#socket.close(() => resolve());
    });
    return this.#closed;
  }

  #listen(socket: Socket): void {
    const { network, nowMs } = this.#options;
    socket.on('message', (bytes, remote) => {
      const peer = this.#peers.get(keyOf(remote));
      const receive = peer?.receive ?? ((arrived) => this.#meet(arrived, remote));
      network.up.carry(nowMs(), bytes, receive);
    });
    // Nobody listening on the other side comes back as an error on some systems; a drone does not care.
    socket.on('error', (problem) => this.#problems.report(problem));
  }

  /** The first datagram of a peer that is not lost. */
  #meet(bytes: Buffer, { address, port }: UdpAddress): void {
    if (this.#closed !== null) return;
    const peer = this.#peers.get(keyOf({ address, port })) ?? this.#addPeer({ address, port }, false);
    peer.receive(bytes);
  }

  #addPeer(address: UdpAddress, isTarget: boolean): PeerLink {
    const { vehicle, network, nowMs } = this.#options;
    const transmit = (bytes: Buffer): void => {
      if (this.#closed !== null) return;
      this.#socket.send(bytes, address.port, address.address, this.#sent);
    };
    const channel = vehicle.openChannel((bytes) => network.down.carry(nowMs(), bytes, transmit));
    const peer: PeerLink = {
      address,
      channel,
      framer: new Framer(),
      heardAtMs: nowMs(),
      isTarget,
      receive: (bytes) => {
        if (this.#closed !== null) return;
        peer.heardAtMs = nowMs();
        deliverFrames(vehicle, channel, peer.framer.pushDatagram(bytes), nowMs());
      },
    };
    this.#peers.set(keyOf(address), peer);
    return peer;
  }

  readonly #sent = (problem: Error | null): void => {
    if (problem !== null) this.#problems.report(problem);
  };
}

/** On a free port of its own. @throws the system's error */
async function boundSocket(): Promise<Socket> {
  // Addresses are numbers already: answering from the cache of one saves a look-up per datagram.
  const socket = createSocket({
    type: 'udp4',
    lookup: (hostname, _options, callback) => callback(null, hostname, 4),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
  return socket;
}

function keyOf({ address, port }: UdpAddress): string {
  return `${address}:${port}`;
}
