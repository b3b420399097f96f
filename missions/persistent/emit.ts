import type { CrewPattern, PatrolDrone, PersistentRequest, ScheduledSortie } from './model.ts';
import { droneOf, slotCodes, toNextSlotS } from './patterns.ts';
import { writeSortie } from './sortie.ts';

/** Where a crew stands in its rotation. */
export interface CrewState {
  readonly nextSlot: number;
  /** The start that the rotation's even spacing asks for; a drone that is not ready yet delays it. */
  readonly nextStartS: number;
  readonly ready: readonly { readonly vehicleId: string; readonly readyS: number }[];
}

/** The state after the sorties that are written, from which a crew's plan goes on. */
export function crewState(
  pattern: CrewPattern,
  sorties: readonly ScheduledSortie[],
  readiness: ReadonlyMap<string, number>,
): CrewState {
  let last: ScheduledSortie | null = null;
  const ready = new Map(pattern.vehicleIds.map((id) => [id, readiness.get(id) ?? pattern.firstStartS]));
  for (const sortie of sorties) {
    const known = ready.get(sortie.vehicleId);
    if (known !== undefined) ready.set(sortie.vehicleId, Math.max(known, sortie.chargeUntilS));
    if (sortie.rotationId !== pattern.rotationId || sortie.slot < 0) continue;
    if (last === null || sortie.startS > last.startS) last = sortie;
  }
  const slots = pattern.groups * pattern.frames;
  return {
    nextSlot: last === null ? pattern.firstSlot : (last.slot + 1) % Math.max(1, slots),
    nextStartS: last === null ? pattern.firstStartS : last.startS + toNextSlotS(pattern, last.slot),
    ready: [...ready].map(([vehicleId, readyS]) => ({ vehicleId, readyS })),
  };
}

/**
 * Writes a crew's sorties that start before `untilS`: one slot after the other at the times of its frames, each by the
 * drone that has been ready longest. The times leave room for every flight and charge, so in a steady rotation nobody
 * waits for a battery; after a change a late drone shifts the starts that follow.
 */
export function emitSorties(
  request: PersistentRequest,
  drones: readonly PatrolDrone[],
  pattern: CrewPattern,
  state: CrewState,
  untilS: number,
): ScheduledSortie[] {
  const slots = pattern.groups * pattern.frames;
  if (slots === 0 || pattern.frameS <= 0 || pattern.segments.every((segment) => segment.length === 0))
    return [];
  const ready = new Map(state.ready.map((entry) => [entry.vehicleId, entry.readyS]));
  const sorties: ScheduledSortie[] = [];
  let slot = state.nextSlot;
  let gridS = state.nextStartS;
  while (gridS < untilS) {
    const codes = slotCodes(pattern, slot);
    if (codes.length > 0) {
      const [vehicleId, readyS] = [...ready].reduce((a, b) => (b[1] < a[1] ? b : a));
      const drone = droneOf(drones, vehicleId);
      if (drone === undefined) break;
      // Sums of the same durations in another order differ in the last bits; a tenth of a microsecond is no delay.
      const startS = readyS > gridS + 1e-7 ? readyS : gridS;
      if (startS >= untilS) break;
      const sortie = writeSortie(request, drone, {
        crew: pattern,
        slot,
        fromBaseId: pattern.baseId,
        toBaseId: pattern.baseId,
        codes,
        startS,
        end: 'planned',
        chargedFraction: 1,
      });
      sorties.push(sortie);
      ready.set(vehicleId, sortie.chargeUntilS);
      gridS = startS;
    }
    gridS += toNextSlotS(pattern, slot);
    slot = (slot + 1) % slots;
  }
  return sorties;
}
