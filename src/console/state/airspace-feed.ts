import type { ZoneChange } from '../../contract/index.ts';
import { api } from './api.ts';
import { patchModel, readModel } from './store.ts';

/** The whole list; a failure leaves the old one, and the next change asks again. */
export async function loadZones(): Promise<void> {
  const list = await api.zones();
  // A change may have overtaken the answer.
  if (list.revision >= readModel().airspaceRevision) {
    patchModel({ zones: list.zones, airspaceRevision: list.revision, airspaceProblem: false });
  }
}

/** Lays a change over the list that it follows; whoever missed one asks for all. */
export function takeZoneChange(change: ZoneChange): void {
  const { zones, airspaceRevision } = readModel();
  if (change.revision === airspaceRevision) return;
  if (change.revision !== airspaceRevision + 1 || change.zones.length + change.removedIds.length === 0) {
    loadZones().catch(() => patchModel({ airspaceProblem: true }));
    return;
  }
  patchModel({ zones: mergeZones(zones, change), airspaceRevision: change.revision });
}

export function mergeZones<Z extends { readonly zoneId: string }>(
  zones: readonly Z[],
  change: { readonly zones: readonly Z[]; readonly removedIds: readonly string[] },
): readonly Z[] {
  const changed = new Map(change.zones.map((zone) => [zone.zoneId, zone]));
  const kept = zones.filter((zone) => !change.removedIds.includes(zone.zoneId));
  const known = new Set(kept.map((zone) => zone.zoneId));
  return [
    ...kept.map((zone) => changed.get(zone.zoneId) ?? zone),
    ...change.zones.filter((zone) => !known.has(zone.zoneId)),
  ];
}
