import { SimError } from './errors.ts';
import { FaultDirector } from './faults/fault-director.ts';
import type { ReplayOptions } from './faults/replay.ts';
import type { RogueOptions } from './faults/rogue-station.ts';
import { openReplay, openRogue, type RunningSurrounding } from './faults/surrounding-sockets.ts';
import type {
  ReplayHandle,
  RogueHandle,
  SimAircraftSpec,
  SimFleet,
  SimFleetOptions,
  Surrounding,
  TwinOptions,
} from './fleet-model.ts';
import { asError, createMember, type Member, requireSystemId, specsOf, twinSpec } from './member.ts';
import { NetworkDirector } from './network/network-director.ts';
import { TrafficLog } from './network/traffic-log.ts';
import { type UdpAddress, UdpVehicle } from './network/udp-vehicle.ts';
import { openEndpoints } from './open-endpoints.ts';
import type { SimAircraft } from './sim-aircraft.ts';

/** Wall time between two ticks of the whole fleet; there are no timers per aircraft. */
const TICK_MS = 20;
/** Fixed step of physics and rates: with steps that follow the wall clock no two runs would be alike. */
const STEP_S = 0.04;
/** A process that was stopped does not fly the missed time in one go. */
const MAX_CATCH_UP_S = 0.5;

interface Beside {
  readonly startedS: number;
  readonly running: RunningSurrounding<Surrounding>;
}

/** A fleet on sockets, by the wall clock. */
export class RunningFleet implements SimFleet {
  readonly seed: number;
  readonly #options: SimFleetOptions;
  readonly #target: UdpAddress | null;
  readonly #speed: number;
  readonly #networkDirector: NetworkDirector;
  readonly #faultDirector: FaultDirector;
  readonly #log: TrafficLog | null;
  readonly #nowMs = (): number => performance.now();
  readonly #bootEpochMs: number;
  #members: readonly Member[] = [];
  #beside: readonly Beside[] = [];
  #joined = 0;
  #steps = 0;
  #owedS = 0;
  #lostS = 0;
  #lastMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed: Promise<void> | null = null;

  /** @throws SimError `sim.bad-option` */
  constructor(options: SimFleetOptions, target: UdpAddress | null) {
    this.#bootEpochMs = options.bootEpochMs ?? Date.now();
    this.#options = { ...options, bootEpochMs: this.#bootEpochMs };
    this.#target = target;
    this.#speed = options.speed ?? 1;
    this.seed = options.seed ?? 1;
    this.#networkDirector = new NetworkDirector(options.networkScript ?? []);
    const fleet = this;
    this.#faultDirector = new FaultDirector(options.faultScript ?? [], {
      get systemIds() {
        return fleet.#members.map(({ systemId }) => systemId);
      },
      aircraftOf: (systemId) => this.#of(systemId).map(({ handle }) => handle),
      powerOff: (systemId) => this.powerOff(systemId),
      powerOn: (systemId) => this.powerOn(systemId),
      addTwin: (systemId, twin) => this.addTwin(systemId, twin),
      rogue: (rogue) => this.rogue(rogue),
      replay: (systemId, replay) => this.replay(systemId, replay),
      problem: (systemId, problem) => this.#tell(systemId, problem),
    });
    const nowUs = () => (this.#bootEpochMs + this.timeS * 1000) * 1000;
    this.#log =
      options.tlogPath === undefined
        ? null
        : new TrafficLog(nowUs, options.tlogPath, (problem) => this.#tell(0, problem));
  }

  get all(): readonly SimAircraft[] {
    return this.#members.map(({ handle }) => handle);
  }

  get timeS(): number {
    return this.#steps * STEP_S;
  }

  get lostS(): number {
    return this.#lostS;
  }

  /** Opens everything and starts the clock. @throws SimError; the caller closes then */
  async open(): Promise<void> {
    for (const spec of specsOf(this.#options)) await this.#join(spec);
    this.#lastMs = this.#nowMs();
    if (this.#closed === null) this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  aircraft(systemId: number): SimAircraft {
    return this.#first(systemId).handle;
  }

  async addAircraft(spec: SimAircraftSpec): Promise<SimAircraft> {
    requireSystemId(spec);
    return (await this.#join(spec)).handle;
  }

  async removeAircraft(aircraft: SimAircraft): Promise<void> {
    const member = this.#members.find(({ handle }) => handle === aircraft);
    if (member === undefined) return;
    this.#members = this.#members.filter((other) => other !== member);
    await switchOff(member);
  }

  async powerOff(systemId: number): Promise<void> {
    await switchOff(this.#first(systemId));
  }

  async powerOn(systemId: number): Promise<void> {
    const member = this.#first(systemId);
    if (member.isOn) return;
    member.isOn = true;
    member.handle.inject({ kind: 'reboot' });
    await this.#connect(member);
  }

  async addTwin(systemId: number, options: TwinOptions = {}): Promise<SimAircraft> {
    const { spec, index } = this.#first(systemId);
    return (await this.#join(twinSpec(spec, options), options.sameUid === true ? index : undefined)).handle;
  }

  async rogue(options: RogueOptions): Promise<RogueHandle> {
    this.#requireUdp('a rogue ground station');
    for (const systemId of options.systemIds) this.#first(systemId);
    const [systemId = 0] = options.systemIds;
    const running = await openRogue(
      options,
      (victim) => this.#addressOf(victim),
      (problem) => this.#tell(systemId, problem),
    );
    return this.#runBeside(running);
  }

  async replay(systemId: number, options: ReplayOptions): Promise<ReplayHandle> {
    this.#requireUdp('a replay');
    const { network } = this.#first(systemId);
    const isDown = options.direction === 'down';
    const running = await openReplay(
      options,
      isDown ? network.down : network.up,
      () => (isDown ? this.#target : this.#addressOf(systemId)),
      (problem) => this.#tell(systemId, problem),
    );
    return this.#runBeside(running);
  }

  close(): Promise<void> {
    this.#closed ??= this.#closeAll();
    return this.#closed;
  }

  async #closeAll(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all([
      ...this.#members.map(switchOff),
      ...this.#beside.map(({ running }) => running.handle.close()),
    ]);
    this.#log?.close();
  }

  #tick(): void {
    const wallMs = this.#nowMs();
    this.#owedS += ((wallMs - this.#lastMs) / 1000) * this.#speed;
    this.#lastMs = wallMs;
    const limitS = MAX_CATCH_UP_S * this.#speed;
    if (this.#owedS > limitS) {
      this.#lostS += this.#owedS - limitS;
      this.#owedS = limitS;
    }
    const steps = Math.floor(this.#owedS / STEP_S);
    this.#owedS -= steps * STEP_S;
    this.#steps += steps;
    const nowS = this.timeS;
    this.#networkDirector.step(nowS, this.#members);
    this.#faultDirector.step(nowS);
    for (const { startedS, running } of this.#beside) running.step(nowS - startedS);
    for (const { vehicle, network, endpoints, isOn } of this.#members) {
      if (!isOn) continue;
      for (let step = 0; step < steps; step += 1) vehicle.step(STEP_S);
      vehicle.tickProtocol(wallMs);
      vehicle.flush();
      network.tick(wallMs);
      for (const endpoint of endpoints) endpoint.tick(wallMs);
    }
  }

  async #join(spec: SimAircraftSpec, uidIndex?: number): Promise<Member> {
    const host = { nowMs: this.#nowMs, onProblem: (id: number, problem: Error) => this.#tell(id, problem) };
    const member = createMember(spec, this.#joined, this.#options, host, uidIndex);
    this.#joined += 1;
    this.#networkDirector.admit(member);
    this.#log?.watch(member.network);
    try {
      await this.#connect(member);
    } catch (problem) {
      await switchOff(member);
      throw problem;
    }
    this.#members = [...this.#members, member];
    return member;
  }

  async #connect(member: Member): Promise<void> {
    const before = this.#of(member.systemId).filter((other) => other.index < member.index).length;
    const name = `drone-${member.systemId}${before === 0 ? '' : `-${String.fromCharCode(97 + before)}`}`;
    await openEndpoints(member, this.#target, this.#options, this.#nowMs, name);
    // Switched off, or everything closed, while its sockets were being opened.
    if (!member.isOn || this.#closed !== null) await switchOff(member);
  }

  async #runBeside<Handle extends Surrounding>(running: RunningSurrounding<Handle>): Promise<Handle> {
    if (this.#closed !== null) await running.handle.close();
    else this.#beside = [...this.#beside, { startedS: this.timeS, running }];
    return running.handle;
  }

  #of(systemId: number): readonly Member[] {
    return this.#members.filter((member) => member.systemId === systemId);
  }

  #first(systemId: number): Member {
    const [member] = this.#of(systemId);
    if (member !== undefined) return member;
    throw new SimError('sim.no-aircraft', `no simulated aircraft has system id ${systemId}`, { systemId });
  }

  /** Where its UDP socket receives on this machine; null while it is off. */
  #addressOf(systemId: number): UdpAddress | null {
    const endpoints = this.#of(systemId).flatMap((member) => member.endpoints);
    const udp = endpoints.find((endpoint) => endpoint instanceof UdpVehicle);
    return udp === undefined ? null : { address: '127.0.0.1', port: udp.localPort };
  }

  #requireUdp(what: string): void {
    if (this.#target !== null) return;
    throw new SimError('sim.no-udp', `${what} needs aircraft on UDP; start the fleet with a target`);
  }

  #tell(systemId: number, problem: Error): void {
    this.#options.onProblem?.(systemId, asError(problem));
  }
}

async function switchOff(member: Member): Promise<void> {
  member.isOn = false;
  await Promise.all(member.endpoints.splice(0).map((endpoint) => endpoint.close()));
}
