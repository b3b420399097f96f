import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { type Frame, Framer } from '../../firmware-bridge/codec/framer.ts';
import type { Channel } from '../vehicle/channel.ts';
import type { SimulatedVehicle } from '../vehicle/simulated-vehicle.ts';
import type { Medium } from './line.ts';
import type { AddressChange, VehicleNetwork } from './vehicle-network.ts';

/** One way in and out of an aircraft. Opened by the fleet, which also closes it. */
export interface VehicleEndpoint {
  /** Idempotent; resolves when the socket is gone. */
  close(): Promise<void>;
  /** Housekeeping in the fleet's tick: forgets peers that fell silent, tries again what was refused. */
  tick(nowMs: number): void;
  /** Only where an endpoint has an address of its own that a NAT could change. */
  changeAddress?(change: AddressChange): Promise<void>;
}

/** What every endpoint is opened with. */
export interface EndpointOptions {
  readonly vehicle: SimulatedVehicle;
  readonly network: VehicleNetwork;
  /** Milliseconds, monotonic. */
  readonly nowMs: () => number;
  /** Told once per kind of trouble; the aircraft flies on, as it would with a dead radio. */
  readonly onProblem: (problem: Error) => void;
}

/** Gives every frame that the codec knows to the vehicle and sends what it answers. */
export function deliverFrames(
  vehicle: SimulatedVehicle,
  channel: Channel,
  frames: readonly Frame[],
  nowMs: number,
): void {
  for (const frame of frames) {
    const message = decodeById(frame);
    if (message !== null) vehicle.handle(message, frame.systemId, frame.componentId, channel, nowMs);
  }
  vehicle.flush();
}

/** One connection of a byte stream: a channel of the aircraft, its framer, and the network between. */
export class StreamSession {
  readonly #options: EndpointOptions;
  readonly #medium: Medium;
  readonly #framer = new Framer();
  readonly #channel: Channel;
  readonly #take = (bytes: Buffer): void => {
    const { vehicle, nowMs } = this.#options;
    if (this.#isOpen) deliverFrames(vehicle, this.#channel, this.#framer.push(bytes), nowMs());
  };
  #isOpen = true;

  /** `write` puts bytes on the wire, or drops them when nobody reads there. */
  constructor(options: EndpointOptions, medium: Medium, write: (bytes: Buffer) => void) {
    this.#options = options;
    this.#medium = medium;
    const { vehicle, network, nowMs } = options;
    const send = (bytes: Buffer): void => {
      if (this.#isOpen) write(bytes);
    };
    this.#channel = vehicle.openChannel((bytes) => network.down.carry(nowMs(), bytes, send, medium));
  }

  /** Bytes from the wire. */
  receive(bytes: Buffer): void {
    const { network, nowMs } = this.#options;
    if (this.#isOpen) network.up.carry(nowMs(), bytes, this.#take, this.#medium);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#options.vehicle.closeChannel(this.#channel);
  }
}

/** Tells each kind of trouble once: a radio that is dead for an hour is one problem, not thousands. */
export class ProblemsOnce {
  readonly #told = new Set<string>();
  readonly #tell: (problem: Error) => void;

  constructor(tell: (problem: Error) => void) {
    this.#tell = tell;
  }

  report(problem: Error): void {
    const code = 'code' in problem ? String(problem.code) : problem.message;
    if (this.#told.has(code)) return;
    this.#told.add(code);
    this.#tell(problem);
  }
}
