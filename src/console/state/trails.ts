import type { VehicleView } from '../../contract/index.ts';

/** Where each aircraft was during the last minutes. Outside the store: only the map reads it, once a second. */
export interface TrailPoint {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly atMs: number;
}

export const TRAIL_KEPT_MS = 5 * 60_000;
/** Closer points than this (about 1.5 m) add nothing to the line. */
const MIN_STEP_DEG = 0.000014;
const MAX_POINTS = 900;

const trails = new Map<string, TrailPoint[]>();

export function recordTrails(vehicles: readonly VehicleView[], nowMs = performance.now()): void {
  for (const vehicle of vehicles) {
    const { position } = vehicle;
    // A parked aircraft's GPS wander is not a trail.
    if (position === null || vehicle.flightState === 'on-ground' || vehicle.connection === 'lost') continue;
    const trail = trails.get(vehicle.vehicleId) ?? [];
    trails.set(vehicle.vehicleId, trail);
    const last = trail.at(-1);
    if (
      last === undefined ||
      Math.abs(last.lonDeg - position.lonDeg) + Math.abs(last.latDeg - position.latDeg) > MIN_STEP_DEG
    ) {
      trail.push({ lonDeg: position.lonDeg, latDeg: position.latDeg, atMs: nowMs });
    }
    while (trail.length > MAX_POINTS || (trail[0] !== undefined && nowMs - trail[0].atMs > TRAIL_KEPT_MS)) {
      trail.shift();
    }
  }
}

export function currentTrails(nowMs = performance.now()): ReadonlyMap<string, readonly TrailPoint[]> {
  for (const [vehicleId, trail] of trails) {
    while (trail[0] !== undefined && nowMs - trail[0].atMs > TRAIL_KEPT_MS) trail.shift();
    if (trail.length === 0) trails.delete(vehicleId);
  }
  return trails;
}

export function clearTrails(): void {
  trails.clear();
}
