import type { MissionItem } from '../missions/mission-item.ts';
import type { FaultKind, VehicleFault } from './faults/model.ts';
import type { Directions, NetworkConditions } from './network/conditions.ts';
import type { LineCounters } from './network/line.ts';
import type { AddressChange, VehicleNetwork } from './network/vehicle-network.ts';
import type { PayloadCommand, SimulatedVehicle } from './vehicle/simulated-vehicle.ts';
import type { AircraftTruth, ExecutedCommand } from './vehicle/truth.ts';

/** What an aircraft's handle needs of whoever runs it. */
export interface SimAircraftHost {
  /** The clock of the network; monotonic. */
  readonly nowMs: () => number;
  /** Resolves when the aircraft sends from its new address. */
  readonly changeAddress: (change: AddressChange) => Promise<void>;
}

/** One simulated aircraft as a test or a scenario sees it: truth to read, faults to switch. */
export class SimAircraft {
  readonly systemId: number;
  readonly name: string;
  readonly #vehicle: SimulatedVehicle;
  readonly #network: VehicleNetwork;
  readonly #host: SimAircraftHost;

  constructor(name: string, vehicle: SimulatedVehicle, network: VehicleNetwork, host: SimAircraftHost) {
    this.systemId = vehicle.systemId;
    this.name = name;
    this.#vehicle = vehicle;
    this.#network = network;
    this.#host = host;
  }

  get truth(): AircraftTruth {
    return this.#vehicle.truth;
  }

  /** What is stored now, ArduPilot's home slot of the mission included. */
  get missions(): {
    readonly mission: readonly MissionItem[];
    readonly fence: readonly MissionItem[];
    readonly rally: readonly MissionItem[];
  } {
    return {
      mission: this.#vehicle.stored(0),
      fence: this.#vehicle.stored(1),
      rally: this.#vehicle.stored(2),
    };
  }

  /** Every command that arrived, with its answer, oldest first (the newest 5,000). */
  get commands(): readonly ExecutedCommand[] {
    return this.#vehicle.commands;
  }

  get payloadCommands(): readonly PayloadCommand[] {
    return this.#vehicle.payloadCommands;
  }

  /** What became of its datagrams and stream pieces so far, by direction. */
  get traffic(): { readonly up: LineCounters; readonly down: LineCounters } {
    return this.#network.counters;
  }

  /** @returns false when this aircraft has nothing that could fail so. */
  inject(fault: VehicleFault): boolean {
    return this.#vehicle.inject(fault);
  }

  clearFault(kind: FaultKind): void {
    this.#vehicle.clearFault(kind);
  }

  /** Arming is refused with "PreArm: reason" until null. */
  refuseToArm(reason: string | null): void {
    if (reason === null) this.clearFault('refuse-arming');
    else this.inject({ kind: 'refuse-arming', reason, durationS: null });
  }

  /** While on, an uploaded mission is acknowledged but its waypoints are stored 100 m higher than they were sent. */
  storeWrongItem(on = true): void {
    if (on) this.inject({ kind: 'mission-stored-wrong', durationS: null });
    else this.clearFault('mission-stored-wrong');
  }

  /** 0–100. */
  setBattery(pct: number): void {
    this.inject({ kind: 'battery', remainingPct: pct });
  }

  /** Cuts the link, both ways or one: for that many milliseconds of the network's clock, or until `false`. */
  cutLink(cut: number | boolean, directions: Directions = 'both'): void {
    if (cut === true) this.#network.cutUntil(Number.POSITIVE_INFINITY, directions);
    else if (cut === false) this.#network.cutUntil(0, directions);
    else this.#network.cutUntil(this.#host.nowMs() + cut, directions);
  }

  /** What is not named stays; a script of the fleet may lay other conditions over these for a while. */
  setNetwork(conditions: Partial<NetworkConditions>, directions: Directions = 'both'): void {
    this.#network.set(conditions, directions);
  }

  /**
   * Its UDP socket is replaced by one on another port. Resolves when it sends from there.
   * @throws SimError `sim.no-udp` when it has none
   */
  changeAddress(change: Partial<AddressChange> = {}): Promise<void> {
    return this.#host.changeAddress({ oldForS: change.oldForS ?? 0 });
  }

  /** @throws RangeError when it has no such parameter. */
  setParameter(name: string, value: number): void {
    this.#vehicle.setParameter(name, value);
  }
}
