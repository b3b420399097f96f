import { createSocket, type Socket } from 'node:dgram';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { RogueStation } from '../faults/rogue-station.ts';
import type { NetworkConditions } from '../network/conditions.ts';
import { VehicleNetwork } from '../network/vehicle-network.ts';
import { deriveSeed } from '../prng.ts';
import type { Ground } from './geometry.ts';
import { type Heard, hear, NOTHING_HEARD } from './heard-truth.ts';

export interface RelayOptions {
  readonly ground: Ground;
  /** The server. */
  readonly target: { readonly host: string; readonly port: number };
  readonly seed: number;
  readonly network: Partial<NetworkConditions>;
}

interface Member {
  readonly systemId: number;
  readonly network: VehicleNetwork;
  readonly framer: Framer;
  heard: Heard;
  /** Where the autopilot sends from. */
  remote: { readonly address: string; readonly port: number };
  /** Its own address towards the server. */
  back: Socket;
}

const TICK_MS = 5;
const AUTOPILOT_COMPONENT = 1;

/**
 * Stands between real autopilots and the server, as a radio does: each autopilot has an address of its own towards
 * the server, its line can be made bad or cut, and what it says of itself is heard before any of that.
 */
export class AutopilotRelay {
  readonly #options: RelayOptions;
  readonly #front: Socket;
  readonly #members = new Map<number, Member>();
  /** By address and port of the autopilot. */
  readonly #byRemote = new Map<string, Member>();
  readonly #timer: NodeJS.Timeout;

  private constructor(options: RelayOptions, front: Socket) {
    this.#options = options;
    this.#front = front;
    front.on('message', (bytes, remote) => this.#fromVehicle(bytes, remote));
    // An autopilot that has ended answers with ICMP; the others go on.
    front.on('error', () => {});
    this.#timer = setInterval(() => {
      for (const { network } of this.#members.values()) network.tick(performance.now());
    }, TICK_MS);
  }

  static async open(options: RelayOptions): Promise<AutopilotRelay> {
    return new AutopilotRelay(options, await bound());
  }

  /** Where autopilots have to send to. */
  get port(): number {
    return this.#front.address().port;
  }

  heard(systemId: number): Heard {
    return this.#members.get(systemId)?.heard ?? NOTHING_HEARD;
  }

  /** Null until it was heard. */
  network(systemId: number): VehicleNetwork | null {
    return this.#members.get(systemId)?.network ?? null;
  }

  /** Towards the server it has another address from now on; the old one is dead. */
  async changeAddress(systemId: number): Promise<void> {
    const member = this.#members.get(systemId);
    if (member === undefined) return;
    const old = member.back;
    member.back = this.#follow(await bound(), member);
    old.close();
  }

  /** A few frames to the autopilot as another ground station's. */
  inject(systemId: number, send: (station: (bytes: Buffer) => void) => void): void {
    const member = this.#members.get(systemId);
    if (member !== undefined) send((bytes) => this.#toVehicle(member, bytes));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of [this.#front, ...[...this.#members.values()].map(({ back }) => back)]) {
      await new Promise<void>((done) => socket.close(() => done()));
    }
  }

  #fromVehicle(bytes: Buffer, remote: { readonly address: string; readonly port: number }): void {
    const key = `${remote.address}:${remote.port}`;
    const known = this.#byRemote.get(key);
    if (known !== undefined) {
      this.#pass(known, bytes);
      return;
    }
    const systemId = new Framer().pushDatagram(bytes)[0]?.systemId;
    if (systemId === undefined) return;
    void bound().then((socket) => {
      const twice = this.#byRemote.get(key);
      if (twice !== undefined) {
        socket.close();
        return;
      }
      const network = new VehicleNetwork(
        deriveSeed(this.#options.seed, `relay-${systemId}`),
        this.#options.network,
      );
      const own: Member = {
        systemId,
        network,
        framer: new Framer(),
        heard: NOTHING_HEARD,
        remote,
        back: socket,
      };
      this.#follow(socket, own);
      this.#members.set(systemId, own);
      this.#byRemote.set(key, own);
      this.#pass(own, bytes);
    });
  }

  #pass(member: Member, bytes: Buffer): void {
    for (const frame of member.framer.pushDatagram(bytes)) {
      if (frame.componentId !== AUTOPILOT_COMPONENT) continue;
      const message = decodeById(frame);
      if (message !== null) member.heard = hear(member.heard, message, this.#options.ground);
    }
    const { host, port } = this.#options.target;
    member.network.down.carry(performance.now(), bytes, (carried) => member.back.send(carried, port, host));
  }

  #follow(socket: Socket, member: Member): Socket {
    socket.on('message', (bytes) => {
      if (member.back === socket)
        member.network.up.carry(performance.now(), bytes, (carried) => this.#toVehicle(member, carried));
    });
    // No server is listening now: an aircraft does not care.
    socket.on('error', () => {});
    return socket;
  }

  #toVehicle({ remote }: Member, bytes: Buffer): void {
    this.#front.send(bytes, remote.port, remote.address);
  }
}

/** Makes another station act once, by the frames that it sends. */
export function stationFrames(
  systemId: number,
  action: ConstructorParameters<typeof RogueStation>[0]['steps'][number]['action'],
  send: (bytes: Buffer) => void,
): void {
  const station = new RogueStation({ systemIds: [systemId], steps: [{ atS: 0, action }] }, (_id, bytes) =>
    send(bytes),
  );
  station.step(0);
}

function bound(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
