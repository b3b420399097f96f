import { createSocket, type Socket } from 'node:dgram';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { SimError } from '../errors.ts';
import { deriveSeed } from '../prng.ts';
import type { NetworkConditions } from './conditions.ts';
import type { LineCounters } from './line.ts';
import { type DirectedNetwork, NetworkDirector } from './network-director.ts';
import type { NetworkScript } from './network-script.ts';
import type { UdpAddress } from './udp-vehicle.ts';
import { VehicleNetwork } from './vehicle-network.ts';

export interface RelayOptions {
  /** Where the vehicles send to; port 0: a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The ground station. */
  readonly target: UdpAddress;
  /** From the start, for everybody. */
  readonly conditions?: Partial<NetworkConditions>;
  /** Seconds are real ones since the relay started. */
  readonly script?: NetworkScript;
  readonly seed?: number;
  /** Trouble with a socket, once per kind; the relay goes on. */
  readonly onProblem?: (problem: Error) => void;
}

/** What passed for one vehicle. */
export interface RelayVehicle {
  /** Null while nothing intact was heard from it. */
  readonly systemId: number | null;
  readonly address: UdpAddress;
  readonly traffic: { readonly up: LineCounters; readonly down: LineCounters };
}

export interface Relay {
  readonly port: number;
  /** In the order in which they were first heard. */
  readonly vehicles: readonly RelayVehicle[];
  /** Seconds since it started. */
  readonly timeS: number;
  /** Idempotent; resolves when every socket is gone. */
  close(): Promise<void>;
}

const TICK_MS = 5;
/** A fleet that talks at once must not be lost in the relay itself: that would be a loss that no counter shows. */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;
/** A vehicle silent for so long is forgotten with its socket: autopilots that restart come from new ports. */
const IDLE_MS = 120_000;

interface Passage extends DirectedNetwork {
  systemId: number | null;
  readonly vehicle: UdpAddress;
  readonly network: VehicleNetwork;
  readonly framer: Framer;
  readonly former: { readonly socket: Socket; readonly untilMs: number }[];
  back: Socket;
  heardAtMs: number;
}

/**
 * A bad network in front of vehicles that are not ours: SITL, or a real aircraft on the bench. Each vehicle is shown to
 * the ground station from an address of its own; the same scripts hold as in the simulated fleet.
 * @throws SimError `sim.port-busy`
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const front = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES });
  try {
    await bind(front, options.listen.port, options.listen.host);
  } catch (cause) {
    const { host, port } = options.listen;
    const message = `UDP ${host}:${port} cannot be listened on; choose another port`;
    throw new SimError('sim.port-busy', message, { port }, cause);
  }
  return new RunningRelay(options, front);
}

class RunningRelay implements Relay {
  readonly port: number;
  readonly #options: RelayOptions;
  readonly #front: Socket;
  readonly #director: NetworkDirector;
  readonly #passages = new Map<string, Passage>();
  readonly #reported = new Set<string>();
  readonly #startMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #joined = 0;
  #closed: Promise<void> | null = null;

  constructor(options: RelayOptions, front: Socket) {
    this.#options = options;
    this.#front = front;
    this.port = front.address().port;
    this.#director = new NetworkDirector(options.script ?? []);
    front.on('message', (datagram, { address, port }) => this.#fromVehicle(datagram, { address, port }));
    front.on('error', (problem) => this.#report(problem));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  get timeS(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  get vehicles(): readonly RelayVehicle[] {
    return [...this.#passages.values()].map(({ systemId, vehicle, network }) => ({
      systemId,
      address: vehicle,
      traffic: network.counters,
    }));
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    clearInterval(this.#timer);
    const sockets = [...this.#passages.values()].flatMap(({ back, former }) => [
      back,
      ...former.map(({ socket }) => socket),
    ]);
    await Promise.all([this.#front, ...sockets].map(closeSocket));
  }

  #fromVehicle(datagram: Buffer, vehicle: UdpAddress): void {
    const nowMs = performance.now();
    const passage = this.#passages.get(keyOf(vehicle)) ?? this.#meet(vehicle);
    passage.heardAtMs = nowMs;
    if (passage.systemId === null) {
      const [first] = passage.framer.pushDatagram(datagram);
      if (first?.known === true) {
        passage.systemId = first.systemId;
        this.#director.admit(passage);
      }
    }
    passage.network.down.carry(nowMs, datagram, (bytes) => {
      const { address, port } = this.#options.target;
      if (this.#closed === null) passage.back.send(bytes, port, address, this.#sent);
    });
  }

  #meet(vehicle: UdpAddress): Passage {
    // By the order of meeting: the address of a vehicle is another one each time.
    const seed = deriveSeed(this.#options.seed ?? 1, `relay-${this.#joined}`);
    this.#joined += 1;
    const passage: Passage = {
      ...{ systemId: null, vehicle, network: new VehicleNetwork(seed, this.#options.conditions) },
      ...{ framer: new Framer(), former: [], back: createSocket('udp4'), heardAtMs: performance.now() },
      changeAddress: ({ oldForS }) => this.#changeAddress(passage, oldForS),
    };
    this.#listen(passage);
    this.#director.admit(passage);
    this.#passages.set(keyOf(vehicle), passage);
    return passage;
  }

  #listen(passage: Passage): void {
    const { back, network, vehicle } = passage;
    const deliver = (bytes: Buffer): void => {
      if (this.#closed === null) this.#front.send(bytes, vehicle.port, vehicle.address, this.#sent);
    };
    back.on('message', (reply) => network.up.carry(performance.now(), reply, deliver));
    back.on('error', (problem) => this.#report(problem));
  }

  #changeAddress(passage: Passage, oldForS: number): void {
    const old = passage.back;
    passage.back = createSocket('udp4');
    this.#listen(passage);
    if (oldForS > 0) passage.former.push({ socket: old, untilMs: performance.now() + oldForS * 1000 });
    else old.close();
  }

  #tick(): void {
    const nowMs = performance.now();
    const passages = [...this.#passages.values()];
    this.#director.step(this.timeS, passages);
    for (const passage of passages) {
      passage.network.tick(nowMs);
      while ((passage.former[0]?.untilMs ?? Number.POSITIVE_INFINITY) <= nowMs)
        passage.former.shift()?.socket.close();
      if (nowMs - passage.heardAtMs < IDLE_MS) continue;
      this.#passages.delete(keyOf(passage.vehicle));
      for (const { socket } of passage.former) socket.close();
      passage.back.close();
    }
  }

  /** A vehicle or ground station that is gone is no failure of the relay. */
  readonly #sent = (problem: Error | null): void => {
    if (problem !== null) this.#report(problem);
  };

  #report(problem: Error): void {
    const code = 'code' in problem ? String(problem.code) : problem.message;
    if (this.#reported.has(code)) return;
    this.#reported.add(code);
    this.#options.onProblem?.(problem);
  }
}

function bind(socket: Socket, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.removeListener('error', reject);
      resolve();
    });
  });
}

function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.close(() => resolve()));
}

function keyOf({ address, port }: UdpAddress): string {
  return `${address}:${port}`;
}
