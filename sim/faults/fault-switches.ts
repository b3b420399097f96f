import type { FaultKind, VehicleFault } from './model.ts';

/** Faults that last, with the second in which they end; the clock is its own, a reboot of the aircraft ends none. */
export class FaultSwitches {
  readonly #active = new Map<FaultKind, { readonly fault: VehicleFault; readonly untilS: number }>();
  #nowS = 0;
  readonly #changed: (fault: VehicleFault, isActive: boolean) => void;

  /** `changed` is told of every fault that begins or ends by itself or is cleared. */
  constructor(changed: (fault: VehicleFault, isActive: boolean) => void) {
    this.#changed = changed;
  }

  /** A second fault of the same kind replaces the first. */
  begin(fault: VehicleFault): void {
    const durationS = 'durationS' in fault ? fault.durationS : null;
    this.#active.set(fault.kind, { fault, untilS: this.#nowS + (durationS ?? Number.POSITIVE_INFINITY) });
    this.#changed(fault, true);
  }

  end(kind: FaultKind): void {
    const known = this.#active.get(kind);
    if (known === undefined) return;
    this.#active.delete(kind);
    this.#changed(known.fault, false);
  }

  /** Simulated seconds. */
  step(dtS: number): void {
    this.#nowS += dtS;
    if (this.#active.size === 0) return;
    for (const [kind, { untilS }] of this.#active) if (untilS <= this.#nowS) this.end(kind);
  }

  get<K extends FaultKind>(kind: K): Extract<VehicleFault, { kind: K }> | null {
    const known = this.#active.get(kind)?.fault;
    return known === undefined ? null : (known as Extract<VehicleFault, { kind: K }>);
  }
}
