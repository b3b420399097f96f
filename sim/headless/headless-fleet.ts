import { Framer } from '../../firmware-bridge/codec/framer.ts';
import { SimError } from '../errors.ts';
import { FaultDirector } from '../faults/fault-director.ts';
import { Replay, type ReplayOptions } from '../faults/replay.ts';
import { type RogueOptions, RogueStation } from '../faults/rogue-station.ts';
import type { FleetSettings, SimAircraftSpec, TwinOptions } from '../fleet-model.ts';
import { createMember, type Member, requireSystemId, specsOf, twinSpec } from '../member.ts';
import { NetworkDirector } from '../network/network-director.ts';
import { concerns } from '../network/network-script.ts';
import type { TrafficLog } from '../network/traffic-log.ts';
import { deliverFrames } from '../network/vehicle-endpoint.ts';
import type { SimAircraft } from '../sim-aircraft.ts';
import type { Channel } from '../vehicle/channel.ts';
import { Contact, type OrderOutcome } from './contact.ts';
import type { StationScript } from './station-script.ts';

export interface HeadlessOptions extends FleetSettings {
  readonly orders: StationScript;
  /** Stamps, and SYSTEM_TIME; no clock of this machine is asked. */
  readonly bootEpochMs: number;
  readonly onProblem: (systemId: number, problem: Error) => void;
}

/** Physics and rates, as in the fleet with sockets; the network is looked at twice as often. */
const STEP_S = 0.04;
const NETWORK_TICKS_PER_STEP = 2;

interface Link {
  readonly member: Member;
  readonly contact: Contact;
  /** Gives a datagram to the aircraft, when it is on. */
  readonly arrive: (bytes: Buffer) => void;
  /** Which address the aircraft has now, and which one the ground sends to: the one it heard last. */
  address: number;
  addressHeard: number;
  /** The address before, and until when it still reaches the aircraft. */
  formerUntilMs: number;
}

/**
 * A fleet without sockets and without a clock: the same aircraft, networks and faults in virtual time, with a scripted
 * ground station that speaks through the real encoder and framer. The same options give the same bytes on every
 * machine; the time it takes is the processor's.
 */
export class HeadlessFleet {
  readonly outcomes: OrderOutcome[] = [];
  readonly #options: HeadlessOptions;
  readonly #log: TrafficLog | null;
  readonly #networkDirector: NetworkDirector;
  readonly #faultDirector: FaultDirector;
  readonly #orders: StationScript;
  readonly #beside: { readonly startedS: number; step(nowS: number): void }[] = [];
  #links: readonly Link[] = [];
  #joined = 0;
  #steps = 0;
  #nowMs = 0;
  #nextOrder = 0;

  /** @throws SimError `sim.bad-option` */
  constructor(options: HeadlessOptions, log: TrafficLog | null) {
    this.#options = options;
    this.#log = log;
    this.#orders = [...options.orders].sort((a, b) => a.atS - b.atS);
    this.#networkDirector = new NetworkDirector(options.networkScript ?? []);
    const fleet = this;
    this.#faultDirector = new FaultDirector(options.faultScript ?? [], {
      get systemIds() {
        return fleet.#links.map(({ member }) => member.systemId);
      },
      aircraftOf: (systemId) => this.#of(systemId).map(({ member }) => member.handle),
      powerOff: (systemId) => this.powerOff(systemId),
      powerOn: (systemId) => this.powerOn(systemId),
      addTwin: (systemId, twin) => this.addTwin(systemId, twin),
      rogue: (rogue) => this.rogue(rogue),
      replay: (systemId, replay) => this.replay(systemId, replay),
      problem: options.onProblem,
    });
    for (const spec of specsOf(options)) this.#join(spec);
  }

  get all(): readonly SimAircraft[] {
    return this.#links.map(({ member }) => member.handle);
  }

  /** Simulated seconds since the start. */
  get timeS(): number {
    return this.#steps * STEP_S;
  }

  /** Virtual milliseconds; finer than `timeS`. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** The (first) aircraft with this system id. @throws SimError `sim.no-aircraft` */
  aircraft(systemId: number): SimAircraft {
    return this.#first(systemId).member.handle;
  }

  addAircraft(spec: SimAircraftSpec): SimAircraft {
    requireSystemId(spec);
    return this.#join(spec).member.handle;
  }

  powerOff(systemId: number): void {
    this.#first(systemId).member.isOn = false;
  }

  powerOn(systemId: number): void {
    const { member } = this.#first(systemId);
    if (member.isOn) return;
    member.isOn = true;
    member.handle.inject({ kind: 'reboot' });
  }

  addTwin(systemId: number, options: TwinOptions = {}): SimAircraft {
    const { spec, index } = this.#first(systemId).member;
    return this.#join(twinSpec(spec, options), options.sameUid === true ? index : undefined).member.handle;
  }

  rogue(options: RogueOptions): RogueStation {
    const doors = new Map(options.systemIds.map((systemId) => [systemId, this.#first(systemId)]));
    const channels = new Map<number, (bytes: Buffer) => void>();
    const station: RogueStation = new RogueStation(options, (systemId, bytes) => {
      channels.get(systemId)?.(bytes);
    });
    for (const [systemId, { member }] of doors) {
      const { network, vehicle } = member;
      const back = (bytes: Buffer): void => station.receive(systemId, bytes);
      const channel = vehicle.openChannel((bytes) => network.down.carry(this.#nowMs, bytes, back));
      const arrive = this.#arrivalOn(member, channel);
      channels.set(systemId, (bytes) => network.up.carry(this.#nowMs, bytes, arrive));
    }
    this.#beside.push({ startedS: this.timeS, step: (nowS) => station.step(nowS) });
    return station;
  }

  replay(systemId: number, options: ReplayOptions): Replay {
    const { member, contact, arrive: toAircraft } = this.#first(systemId);
    const isDown = options.direction === 'down';
    const line = isDown ? member.network.down : member.network.up;
    const arrive = isDown ? (bytes: Buffer) => contact.receive(bytes) : toAircraft;
    const replay = new Replay(options, (bytes) => line.carry(this.#nowMs, bytes, arrive));
    line.tap((bytes) => replay.hear(bytes));
    this.#beside.push({ startedS: this.timeS, step: (nowS) => replay.step(nowS) });
    return replay;
  }

  run(seconds: number): this {
    for (let step = 0; step < Math.round(seconds / STEP_S); step += 1) this.#step();
    return this;
  }

  #step(): void {
    const nowS = this.timeS;
    this.#networkDirector.step(
      nowS,
      this.#links.map(({ member }) => member),
    );
    this.#faultDirector.step(nowS);
    for (const { startedS, step } of this.#beside) step(nowS - startedS);
    this.#giveOrders(nowS);
    for (const { contact } of this.#links) contact.step(nowS);
    for (const { member } of this.#links) {
      if (!member.isOn) continue;
      member.vehicle.step(STEP_S);
      member.vehicle.tickProtocol(this.#nowMs);
      member.vehicle.flush();
    }
    for (let tick = 1; tick <= NETWORK_TICKS_PER_STEP; tick += 1) {
      this.#nowMs = (this.#steps + tick / NETWORK_TICKS_PER_STEP) * STEP_S * 1000;
      for (const { member } of this.#links) member.network.tick(this.#nowMs);
    }
    this.#steps += 1;
  }

  #giveOrders(nowS: number): void {
    for (
      let order = this.#orders[this.#nextOrder];
      order !== undefined && order.atS <= nowS;
      order = this.#orders[this.#nextOrder]
    ) {
      this.#nextOrder += 1;
      for (const { member, contact } of this.#links)
        if (concerns(order.vehicles, member.systemId)) contact.order(order);
    }
  }

  #join(spec: SimAircraftSpec, uidIndex?: number): Link {
    const host = { nowMs: () => this.#nowMs, onProblem: this.#options.onProblem };
    const made = createMember(spec, this.#joined, this.#options, host, uidIndex);
    this.#joined += 1;
    const member: Member = { ...made, changeAddress: ({ oldForS }) => this.#changeAddress(link, oldForS) };
    const { network, vehicle, systemId } = member;
    const contact = new Contact(
      systemId,
      spec,
      (bytes) => {
        const to = link.addressHeard;
        network.up.carry(this.#nowMs, bytes, (arrived) => this.#arriveAt(link, to, arrived));
      },
      (outcome) => this.outcomes.push(outcome),
    );
    const channel = vehicle.openChannel((bytes) => {
      const from = link.address;
      network.down.carry(this.#nowMs, bytes, (arrived) => {
        link.addressHeard = from;
        contact.receive(arrived);
      });
    });
    const arrive = this.#arrivalOn(member, channel);
    const link: Link = { member, contact, arrive, address: 0, addressHeard: 0, formerUntilMs: 0 };
    this.#networkDirector.admit(member);
    this.#log?.watch(network);
    this.#links = [...this.#links, link];
    return link;
  }

  #changeAddress(link: Link, oldForS: number): void {
    link.address += 1;
    link.formerUntilMs = this.#nowMs + oldForS * 1000;
  }

  /** What was sent to an address that the aircraft no longer has is lost. */
  #arriveAt(link: Link, address: number, bytes: Buffer): void {
    const isFormer = address === link.address - 1 && this.#nowMs < link.formerUntilMs;
    if (address === link.address || isFormer) link.arrive(bytes);
  }

  #arrivalOn(member: Member, channel: Channel): (bytes: Buffer) => void {
    const framer = new Framer();
    return (bytes) => {
      if (member.isOn) deliverFrames(member.vehicle, channel, framer.pushDatagram(bytes), this.#nowMs);
    };
  }

  #of(systemId: number): readonly Link[] {
    return this.#links.filter(({ member }) => member.systemId === systemId);
  }

  #first(systemId: number): Link {
    const [link] = this.#of(systemId);
    if (link !== undefined) return link;
    throw new SimError('sim.no-aircraft', `no simulated aircraft has system id ${systemId}`, { systemId });
  }
}
