import { FaultSwitches } from '../faults/fault-switches.ts';
import type { FaultKind, VehicleFault } from '../faults/model.ts';
import type { ServiceRack } from '../vehicle/service-rack.ts';
import type { Px4Aircraft } from './px4-aircraft.ts';
import type { Px4MissionServer } from './px4-mission-server.ts';

export interface Px4FaultHost {
  /** A new one after each reboot. */
  aircraft(): Px4Aircraft;
  readonly missions: Px4MissionServer;
  readonly services: ServiceRack;
  reboot(): void;
}

/** How much higher a wrongly stored waypoint is (faults/model.ts). */
const STORED_TOO_HIGH_M = 100;

/** What can go wrong aboard: which part each fault breaks, and for how long. */
export class Px4Faults {
  readonly #host: Px4FaultHost;
  readonly #switches = new FaultSwitches((fault, isActive) => this.#switch(fault, isActive));
  #refusals: { readonly command: number; readonly result: number; times: number }[] = [];
  #lowCell: { readonly cell: number; readonly sagV: number } | null = null;

  constructor(host: Px4FaultHost) {
    this.#host = host;
  }

  /** The cell that sags, until a reboot. */
  get lowCell(): { readonly cell: number; readonly sagV: number } | null {
    return this.#lowCell;
  }

  step(dtS: number): void {
    this.#switches.step(dtS);
  }

  /** @returns false when this aircraft has nothing that could fail so: it flies without a remote control. */
  inject(fault: VehicleFault): boolean {
    switch (fault.kind) {
      case 'battery':
        this.#host.aircraft().setBatteryFraction(fault.remainingPct / 100);
        return true;
      case 'reboot':
        this.#host.reboot();
        return true;
      case 'low-cell':
        this.#lowCell = { cell: fault.cell, sagV: fault.sagV };
        return true;
      case 'refuse-command': {
        const { command, result, times } = fault;
        this.#refusals.push({ command, result, times: times ?? Number.POSITIVE_INFINITY });
        return true;
      }
      case 'gps-loss':
      case 'gps-jump':
      case 'compass':
      case 'wind-gust':
      case 'refuse-arming':
      case 'mission-not-stored':
      case 'mission-stored-wrong':
        this.#switches.begin(fault);
        return true;
      case 'stuck-payload':
        this.#switches.begin(fault);
        return true;
      default:
        return this.#host.services.fault(fault, true);
    }
  }

  clear(kind: FaultKind): void {
    if (kind === 'refuse-command') this.#refusals = [];
    if (kind === 'low-cell') this.#lowCell = null;
    this.#switches.end(kind);
  }

  /** MAV_RESULT with which a command is refused now, counted down; null: it is not. */
  refusal(command: number): number | null {
    const due = this.#refusals.find((refusal) => refusal.command === command);
    if (due === undefined) return null;
    due.times -= 1;
    if (due.times <= 0) this.#refusals = this.#refusals.filter((refusal) => refusal !== due);
    return due.result;
  }

  /** The faults that last hold for the restarted aircraft too. */
  rebooted(): void {
    for (const kind of LASTING) {
      const fault = this.#switches.get(kind);
      if (fault !== null) this.#switch(fault, true);
    }
  }

  #switch(fault: VehicleFault, isActive: boolean): void {
    const aircraft = this.#host.aircraft();
    const { missions, services } = this.#host;
    switch (fault.kind) {
      case 'gps-loss':
        aircraft.estimator.setReceiver(!isActive);
        return;
      case 'gps-jump':
        aircraft.estimator.setJump(isActive ? { eastM: fault.eastM, northM: fault.northM } : null);
        return;
      case 'compass':
        aircraft.estimator.setHeadingError(isActive ? fault.errorDeg : 0);
        return;
      case 'wind-gust':
        aircraft.setGust(isActive ? fault : null);
        return;
      case 'refuse-arming':
        aircraft.health.refuse(isActive ? fault.reason : null);
        return;
      case 'mission-not-stored':
        missions.keepsOldList = isActive;
        return;
      case 'mission-stored-wrong':
        missions.storedTooHighM = isActive ? STORED_TOO_HIGH_M : 0;
        return;
      default:
        services.fault(fault, isActive);
    }
  }
}

const LASTING = ['gps-loss', 'gps-jump', 'compass', 'wind-gust', 'refuse-arming'] as const;
