import { createSocket, type Socket } from 'node:dgram';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import type { Channel } from '../vehicle/channel.ts';
import type { SimulatedVehicle } from '../vehicle/simulated-vehicle.ts';
import type { Impairment } from './impairment.ts';
import { deliverFrames, type VehicleEndpoint } from './vehicle-endpoint.ts';

export interface UdpAddress {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
}

export interface UdpVehicleOptions {
  readonly vehicle: SimulatedVehicle;
  readonly target: UdpAddress;
  readonly impairment: Impairment;
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number;
  /** Told once per kind of trouble; the aircraft flies on, as it would with a dead radio. */
  readonly onProblem: (problem: Error) => void;
}

interface PeerLink {
  readonly address: UdpAddress;
  readonly channel: Channel;
  readonly framer: Framer;
  heardAtMs: number;
  readonly isTarget: boolean;
}

/** Whoever else talks to the aircraft is answered until it has been silent for this long. */
const PEER_IDLE_MS = 10_000;

/**
 * An aircraft's own UDP socket: sends to its configured ground station and answers everybody who talks to it. Each
 * peer has its own channel, so that sequence numbers have no gaps and rates are per ground station.
 */
export class UdpVehicle implements VehicleEndpoint {
  readonly #options: UdpVehicleOptions;
  readonly #socket: Socket;
  readonly #peers = new Map<string, PeerLink>();
  readonly #reported = new Set<string>();
  #closed: Promise<void> | null = null;

  private constructor(options: UdpVehicleOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    this.#addPeer(options.target, true);
    socket.on('message', (bytes, remote) => {
      options.impairment.carry(options.nowMs(), () => this.#receive(bytes, remote));
    });
    // Nobody listening on the other side comes back as an error on some systems; a drone does not care.
    socket.on('error', (problem) => this.#report(problem));
  }

  /** Resolves when the socket is bound (to a free port of its own). */
  static async open(options: UdpVehicleOptions): Promise<UdpVehicle> {
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
    return new UdpVehicle(options, socket);
  }

  get localPort(): number {
    return this.#socket.address().port;
  }

  tick(nowMs: number): void {
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
      this.#socket.close(() => resolve());
    });
    return this.#closed;
  }

  #receive(bytes: Buffer, remote: UdpAddress): void {
    if (this.#closed !== null) return;
    const key = keyOf(remote);
    const nowMs = this.#options.nowMs();
    const peer = this.#peers.get(key) ?? this.#addPeer({ address: remote.address, port: remote.port }, false);
    peer.heardAtMs = nowMs;
    deliverFrames(this.#options.vehicle, peer.channel, peer.framer.pushDatagram(bytes), nowMs);
  }

  #addPeer(address: UdpAddress, isTarget: boolean): PeerLink {
    const { vehicle, impairment, nowMs } = this.#options;
    const channel = vehicle.openChannel((bytes) => {
      impairment.carry(nowMs(), () => this.#transmit(bytes, address));
    });
    const peer: PeerLink = { address, channel, framer: new Framer(), heardAtMs: nowMs(), isTarget };
    this.#peers.set(keyOf(address), peer);
    return peer;
  }

  #transmit(bytes: Buffer, address: UdpAddress): void {
    if (this.#closed !== null) return;
    this.#socket.send(bytes, address.port, address.address, (problem) => {
      if (problem !== null) this.#report(problem);
    });
  }

  #report(problem: Error): void {
    const code = 'code' in problem ? String(problem.code) : problem.message;
    if (this.#reported.has(code)) return;
    this.#reported.add(code);
    this.#options.onProblem(problem);
  }
}

function keyOf({ address, port }: UdpAddress): string {
  return `${address}:${port}`;
}
