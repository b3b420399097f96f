import type { Wind } from '../aircraft/aircraft-state.ts';
import { FaultSwitches } from '../faults/fault-switches.ts';
import type { FaultKind, VehicleFault } from '../faults/model.ts';
import type { Flight } from './firmware.ts';
import type { MissionServer } from './mission-server.ts';

export interface AutopilotFaultsHost {
  flight(): Flight;
  readonly missionServer: MissionServer;
  service(fault: VehicleFault, isActive: boolean): boolean;
  reboot(): void;
}

/** Faults that the flying vehicle answers for; what it does not know of them is none of its own. */
const OF_FLIGHT: ReadonlySet<FaultKind> = new Set(['gps-loss', 'gps-jump', 'compass', 'rc-loss', 'low-cell']);

/** The faults of one simulated ArduPilot: who is concerned by each, for how long, and what wind it makes. */
export class AutopilotFaults {
  readonly #host: AutopilotFaultsHost;
  readonly #steadyWind: Wind;
  readonly #switches = new FaultSwitches((fault, isActive) => this.#switch(fault, isActive));
  /** Faults of the flight that are on: a reboot makes a new flight, but mends nothing. */
  readonly #active = new Map<FaultKind, VehicleFault>();
  #wind: Wind;
  #refusals: { readonly command: number; readonly result: number; times: number }[] = [];

  constructor(wind: Wind, host: AutopilotFaultsHost) {
    this.#steadyWind = wind;
    this.#wind = wind;
    this.#host = host;
  }

  /** Wind of the fleet with the gust of a fault. */
  get wind(): Wind {
    return this.#wind;
  }

  step(dtS: number): void {
    this.#switches.step(dtS);
  }

  inject(fault: VehicleFault): boolean {
    switch (fault.kind) {
      case 'battery':
        this.#host.flight().setBatteryFraction(fault.remainingPct / 100);
        return true;
      case 'reboot':
        this.#host.reboot();
        return true;
      case 'refuse-command': {
        const { command, result, times } = fault;
        this.#refusals.push({ command, result, times: times ?? Number.POSITIVE_INFINITY });
        return true;
      }
      case 'refuse-arming':
      case 'mission-stored-wrong':
      case 'mission-not-stored':
      case 'stuck-payload':
      case 'wind-gust':
        this.#switches.begin(fault);
        return true;
      case 'log-erased':
        return this.#host.service(fault, true);
      default: {
        // Tried first: an aircraft without a transmitter cannot lose one.
        if (!this.#host.flight().fault(fault, true)) return this.#host.service(fault, true);
        this.#switches.begin(fault);
        return true;
      }
    }
  }

  clear(kind: FaultKind): void {
    if (kind === 'refuse-command') this.#refusals = [];
    this.#switches.end(kind);
  }

  /** The fault "refuse-command", counted down; null: the command is executed. */
  refusal(command: number): number | null {
    const due = this.#refusals.find((refusal) => refusal.command === command);
    if (due === undefined) return null;
    due.times -= 1;
    if (due.times <= 0) this.#refusals = this.#refusals.filter((refusal) => refusal !== due);
    return due.result;
  }

  /** After a reboot. */
  reapply(): void {
    for (const fault of this.#active.values()) this.#host.flight().fault(fault, true);
    const refusing = this.#switches.get('refuse-arming');
    if (refusing !== null) this.#host.flight().refuseToArm(refusing.reason);
  }

  #switch(fault: VehicleFault, isActive: boolean): void {
    const { missionServer } = this.#host;
    if (fault.kind === 'refuse-arming') this.#host.flight().refuseToArm(isActive ? fault.reason : null);
    if (fault.kind === 'mission-stored-wrong') missionServer.storeWrongItem(isActive);
    if (fault.kind === 'mission-not-stored') missionServer.storeNothing(isActive);
    if (fault.kind === 'wind-gust') this.#wind = isActive ? added(this.#steadyWind, fault) : this.#steadyWind;
    if (OF_FLIGHT.has(fault.kind)) {
      if (isActive) this.#active.set(fault.kind, fault);
      else this.#active.delete(fault.kind);
      this.#host.flight().fault(fault, isActive);
    }
    this.#host.service(fault, isActive);
  }
}

function added(wind: Wind, gust: { readonly eastMps: number; readonly northMps: number }): Wind {
  return { ...wind, eastMps: wind.eastMps + gust.eastMps, northMps: wind.northMps + gust.northMps };
}
