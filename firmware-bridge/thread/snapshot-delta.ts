import type { VehicleId, VehicleState } from '../model.ts';

/**
 * Snapshots across the thread border as what changed in them: groups are immutable, so a group that is the same object
 * did not change. Load: 500 vehicles, some thousand changes a second; whole snapshots would be copied for nothing.
 */
export interface SnapshotDelta {
  readonly vehicleId: VehicleId;
  readonly change: Partial<VehicleState>;
}

export class DeltaEncoder {
  readonly #sent = new Map<VehicleId, VehicleState>();

  forget(vehicleId: VehicleId): void {
    this.#sent.delete(vehicleId);
  }

  /** Null: nothing new. */
  encode(state: VehicleState): SnapshotDelta | null {
    const before = this.#sent.get(state.vehicleId);
    this.#sent.set(state.vehicleId, state);
    if (before === undefined) return { vehicleId: state.vehicleId, change: state };
    const change: Record<string, unknown> = {};
    let changed = false;
    for (const [key, value] of Object.entries(state)) {
      if (before[key as keyof VehicleState] === value) continue;
      change[key] = value;
      changed = true;
    }
    return changed ? { vehicleId: state.vehicleId, change: change as Partial<VehicleState> } : null;
  }
}

export class DeltaDecoder {
  readonly #states = new Map<VehicleId, VehicleState>();

  get states(): ReadonlyMap<VehicleId, VehicleState> {
    return this.#states;
  }

  /** @throws Error when a change comes before its vehicle: messages of a thread never overtake each other. */
  decode({ vehicleId, change }: SnapshotDelta): VehicleState {
    const before = this.#states.get(vehicleId);
    if (before === undefined && change.vehicleId === undefined) {
      throw new Error(`a change of the unknown vehicle ${vehicleId}`);
    }
    const state = { ...before, ...change } as VehicleState;
    this.#states.set(vehicleId, state);
    return state;
  }

  forget(vehicleId: VehicleId): void {
    this.#states.delete(vehicleId);
  }
}
