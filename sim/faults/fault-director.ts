import type { TwinOptions } from '../fleet-model.ts';
import { concerns } from '../network/network-script.ts';
import type { FaultEntry, FaultScript } from './fault-script.ts';
import type { FaultKind, VehicleFault } from './model.ts';
import type { ReplayOptions } from './replay.ts';
import type { RogueOptions } from './rogue-station.ts';

/** What the director needs of a fleet, with or without sockets. What fails later is told by `problem`. */
export interface FaultHost {
  readonly systemIds: readonly number[];
  readonly aircraftOf: (systemId: number) => readonly {
    inject(fault: VehicleFault): boolean;
    clearFault(kind: FaultKind): void;
  }[];
  powerOff(systemId: number): Promise<void> | void;
  powerOn(systemId: number): Promise<void> | void;
  addTwin(systemId: number, options: TwinOptions): Promise<unknown> | unknown;
  rogue(options: RogueOptions): Promise<unknown> | unknown;
  replay(systemId: number, options: ReplayOptions): Promise<unknown> | unknown;
  problem(systemId: number, problem: Error): void;
}

/** Plays a fault script. Between two entries a step costs one comparison. */
export class FaultDirector {
  readonly #entries: readonly FaultEntry[];
  readonly #host: FaultHost;
  #next = 0;

  constructor(script: FaultScript, host: FaultHost) {
    this.#entries = [...script].sort((a, b) => a.atS - b.atS);
    this.#host = host;
  }

  /** Simulated seconds. */
  step(nowS: number): void {
    for (
      let entry = this.#entries[this.#next];
      entry !== undefined && entry.atS <= nowS;
      entry = this.#entries[this.#next]
    ) {
      this.#next += 1;
      this.#play(entry);
    }
  }

  #play(entry: FaultEntry): void {
    const systemIds = this.#systemsOf(entry);
    if (entry.kind === 'rogue') {
      const { steps, asSystemId, asComponentId } = entry;
      const from = {
        ...(asSystemId === undefined ? {} : { asSystemId }),
        ...(asComponentId === undefined ? {} : { asComponentId }),
      };
      this.#watch(systemIds[0] ?? 0, () => this.#host.rogue({ systemIds, steps, ...from }));
      return;
    }
    for (const systemId of systemIds) this.#watch(systemId, () => this.#playOn(systemId, entry));
  }

  #playOn(systemId: number, entry: Exclude<FaultEntry, { kind: 'rogue' }>): Promise<unknown> | unknown {
    const host = this.#host;
    switch (entry.kind) {
      case 'fault':
        for (const aircraft of host.aircraftOf(systemId)) {
          if (aircraft.inject(entry.fault)) continue;
          throw new Error(`this aircraft has nothing that could fail with "${entry.fault.kind}"`);
        }
        return;
      case 'clear':
        for (const aircraft of host.aircraftOf(systemId)) aircraft.clearFault(entry.clear);
        return;
      case 'twin': {
        const { eastM, northM, sameUid } = entry;
        return host.addTwin(systemId, {
          ...(eastM === undefined ? {} : { eastM }),
          ...(northM === undefined ? {} : { northM }),
          ...(sameUid === undefined ? {} : { sameUid }),
        });
      }
      case 'replay':
        return host.replay(systemId, entry.replay);
      case 'power':
        return entry.power === 'on' ? host.powerOn(systemId) : host.powerOff(systemId);
    }
  }

  #systemsOf({ vehicles }: FaultEntry): readonly number[] {
    const present = [...new Set(this.#host.systemIds)];
    const chosen = present.filter((systemId) => concerns(vehicles, systemId));
    const named = vehicles === 'all' ? [] : typeof vehicles === 'number' ? [vehicles] : vehicles;
    for (const systemId of named) {
      if (!present.includes(systemId)) {
        this.#host.problem(
          systemId,
          new Error(`the fault script names system ${systemId}, which is not here`),
        );
      }
    }
    return chosen;
  }

  /** What goes wrong with a fault is told, and the rest of the script goes on. */
  #watch(systemId: number, act: () => Promise<unknown> | unknown): void {
    const tell = (problem: unknown) =>
      this.#host.problem(systemId, problem instanceof Error ? problem : new Error(String(problem)));
    try {
      Promise.resolve(act()).catch(tell);
    } catch (problem) {
      tell(problem);
    }
  }
}
