import type { FleetView, VehicleView } from '../../contract/index.ts';
import { type ConsoleModel, patchModel, readModel, type VehicleEntry } from './store.ts';
import { recordTrails } from './trails.ts';

/**
 * Telemetry arrives up to ten times a second for up to 200 aircraft; the store changes at most once a frame
 * (once a second in a hidden tab), newest state wins.
 */
const waiting = new Map<string, VehicleEntry>();
let scheduled = false;

export function takeFleetSnapshot(view: FleetView): void {
  waiting.clear();
  const receivedAtMs = performance.now();
  const vehicles: Record<string, VehicleEntry> = {};
  for (const vehicle of view.vehicles) vehicles[vehicle.vehicleId] = { view: vehicle, receivedAtMs };
  recordTrails(view.vehicles);
  patchModel({
    vehicles,
    vehicleIds: sortedIds(vehicles),
    links: Object.fromEntries(view.links.map((link) => [link.linkId, link])),
    serverOffsetMs: view.serverTimeMs - Date.now(),
  });
}

export function takeFleetUpdate(vehicles: readonly VehicleView[]): void {
  const receivedAtMs = performance.now();
  for (const view of vehicles) waiting.set(view.vehicleId, { view, receivedAtMs });
  recordTrails(vehicles);
  if (scheduled) return;
  scheduled = true;
  if (document.hidden) setTimeout(flush, 1000);
  else requestAnimationFrame(flush);
}

function flush(): void {
  scheduled = false;
  if (waiting.size === 0) return;
  patchModel(mergeVehicles(readModel(), waiting));
  waiting.clear();
}

export function mergeVehicles(
  model: Pick<ConsoleModel, 'vehicles' | 'vehicleIds'>,
  changed: ReadonlyMap<string, VehicleEntry>,
): Pick<ConsoleModel, 'vehicles' | 'vehicleIds'> {
  const vehicles = { ...model.vehicles };
  let listChanged = false;
  for (const [vehicleId, entry] of changed) {
    if (vehicles[vehicleId]?.view.name !== entry.view.name) listChanged = true;
    vehicles[vehicleId] = entry;
  }
  return { vehicles, vehicleIds: listChanged ? sortedIds(vehicles) : model.vehicleIds };
}

function sortedIds(vehicles: Readonly<Record<string, VehicleEntry>>): readonly string[] {
  return Object.values(vehicles)
    .sort((a, b) => a.view.name.localeCompare(b.view.name, 'en', { numeric: true }))
    .map((entry) => entry.view.vehicleId);
}
