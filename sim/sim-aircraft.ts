import type { MissionItem } from '../missions/mission-item.ts';
import type { FaultKind, VehicleFault } from './faults/model.ts';
import type { Impairment, NetworkConditions } from './network/impairment.ts';
import type { PayloadCommand, SimulatedVehicle } from './vehicle/simulated-vehicle.ts';
import type { AircraftTruth, ExecutedCommand } from './vehicle/truth.ts';

/** One simulated aircraft as a test or a scenario sees it: truth to read, faults to switch. */
export class SimAircraft {
  readonly systemId: number;
  readonly name: string;
  readonly #vehicle: SimulatedVehicle;
  readonly #impairment: Impairment;
  readonly #nowMs: () => number;

  constructor(name: string, vehicle: SimulatedVehicle, impairment: Impairment, nowMs: () => number) {
    this.systemId = vehicle.systemId;
    this.name = name;
    this.#vehicle = vehicle;
    this.#impairment = impairment;
    this.#nowMs = nowMs;
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

  /** Cuts the link both ways: for that many milliseconds of wall time, or until `false`. */
  cutLink(cut: number | boolean): void {
    if (cut === true) this.#impairment.cutUntil(Number.POSITIVE_INFINITY);
    else if (cut === false) this.#impairment.cutUntil(0);
    else this.#impairment.cutUntil(this.#nowMs() + cut);
  }

  setNetwork(conditions: Partial<NetworkConditions>): void {
    this.#impairment.setConditions(conditions);
  }

  /** @throws RangeError when it has no such parameter. */
  setParameter(name: string, value: number): void {
    this.#vehicle.setParameter(name, value);
  }
}
