import type { VehicleId } from '../../model.ts';
import type { DeviceHealth, Loudspeaker, PayloadAdapter, PayloadKind, Spotlight } from './adapter.ts';

/** Which devices hang on which aircraft. Installed by configuration; one id each. */
export interface RegisteredPayload {
  readonly adapterId: string;
  readonly kind: PayloadKind;
  readonly vehicleId: VehicleId;
  readonly label: string;
  readonly capabilities: PayloadAdapter['capabilities'];
  readonly health: DeviceHealth;
  /** Since the device last answered; null: never. */
  readonly heardAgeMs: number | null;
}

export class PayloadRegistry {
  readonly #nowMs: () => number;
  readonly #adapters = new Map<string, PayloadAdapter>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** False: that id is taken; the caller keeps (and closes) its adapter. */
  add(adapter: PayloadAdapter): boolean {
    if (this.#adapters.has(adapter.adapterId)) return false;
    this.#adapters.set(adapter.adapterId, adapter);
    return true;
  }

  /** Closes it. False: there is none of that id. */
  async remove(adapterId: string): Promise<boolean> {
    const adapter = this.#adapters.get(adapterId);
    this.#adapters.delete(adapterId);
    await adapter?.close();
    return adapter !== undefined;
  }

  loudspeaker(adapterId: string): Loudspeaker | null {
    const adapter = this.#adapters.get(adapterId);
    return adapter?.kind === 'loudspeaker' ? adapter : null;
  }

  spotlight(adapterId: string): Spotlight | null {
    const adapter = this.#adapters.get(adapterId);
    return adapter?.kind === 'spotlight' ? adapter : null;
  }

  list(vehicleId: VehicleId | null = null): readonly RegisteredPayload[] {
    return [...this.#adapters.values()]
      .filter((adapter) => vehicleId === null || adapter.vehicleId === vehicleId)
      .map((adapter) => {
        const health = adapter.health();
        const { adapterId, kind, label, capabilities } = adapter;
        const heardAgeMs = health.heardAtMs === null ? null : this.#nowMs() - health.heardAtMs;
        return { adapterId, kind, vehicleId: adapter.vehicleId, label, capabilities, health, heardAgeMs };
      });
  }

  async close(): Promise<void> {
    const adapters = [...this.#adapters.values()];
    this.#adapters.clear();
    await Promise.all(adapters.map((adapter) => adapter.close()));
  }
}
