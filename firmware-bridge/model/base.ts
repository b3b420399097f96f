/** Stable id of an aircraft: from its hardware uid, else from link, system and component id. Never its sysid alone. */
export type VehicleId = string & { readonly __brand: 'VehicleId' };
export type LinkId = string & { readonly __brand: 'LinkId' };

/** The only source of time and timers in the bridge; tests put a hand-moved one here. */
export interface Clock {
  /** Epoch milliseconds, monotonic. */
  nowMs(): number;
  setTimer(run: () => void, afterMs: number): TimerHandle;
}
export interface TimerHandle {
  cancel(): void;
}
