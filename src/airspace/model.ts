import type { AirspaceZone } from '../../missions/index.ts';
import type { ZoneView } from '../contract/index.ts';

/** The zone as the planner and the checks know it. */
export function toAirspaceZone(view: ZoneView): AirspaceZone {
  const { zoneId, kind, name, geometry, floorM, ceilingM, datum, activeFromMs, activeToMs } = view;
  return { zoneId, kind, name, geometry, floorM, ceilingM, datum, activeFromMs, activeToMs };
}
