import { useShallow } from 'zustand/react/shallow';
import { ageNow, useNow } from '../state/now.ts';
import { type ConsoleModel, useConsole, type VehicleEntry } from '../state/store.ts';
import { type DroneState, droneState } from './drone-state.ts';

export const useVehicleEntry = (vehicleId: string | null): VehicleEntry | null =>
  useConsole((model) => (vehicleId === null ? null : (model.vehicles[vehicleId] ?? null)));

/**
 * The state as this console may claim it: when the console itself has heard nothing for longer than the loss
 * limit, the state is stale, whatever the server said last. An aircraft that was lost before stays lost.
 */
export function stateSeenHere(
  entry: VehicleEntry,
  online: boolean,
  lostAfterMs: number,
  now: number,
): DroneState {
  const silentHereMs = ageNow(entry.view.lastHeardAgeMs, entry.receivedAtMs, now);
  const reported = droneState(entry.view);
  return !online && reported !== 'lost' && silentHereMs > lostAfterMs ? 'stale' : reported;
}

export const lostAfterOf = (model: ConsoleModel): number => model.config?.lostAfterMs ?? 3000;

/** State and silence of one aircraft, re-rendered when they change or twice a second. */
export function useDroneState(vehicleId: string): { readonly state: DroneState; readonly silentMs: number } {
  const now = useNow();
  return useConsole(
    useShallow((model) => {
      const entry = model.vehicles[vehicleId];
      if (entry === undefined) return { state: 'unknown' as const, silentMs: 0 };
      const online = model.connection.state === 'online';
      const silentMs = ageNow(entry.view.lastHeardAgeMs, entry.receivedAtMs, now);
      return {
        state: stateSeenHere(entry, online, lostAfterOf(model), now),
        // Rounded: a changing millisecond must not re-render a row.
        silentMs: Math.floor(silentMs / 1000) * 1000,
      };
    }),
  );
}
