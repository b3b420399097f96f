import type { VehicleState } from '../../firmware-bridge/index.ts';
import { fromDegE7, isActive, type MissionItem } from '../../missions/index.ts';
import type { AirspaceService } from '../airspace/service.ts';
import type { Sortie } from './model.ts';

/**
 * The item to fly to first when a sortie that was left is taken up again: the beginning of the leg that it was left on.
 * Null: it was not diverted, or nobody knows where from.
 *
 * Both autopilots take a new current item while they fly something else, and begin with it when the mission goes on
 * (ArduPilot AP_Mission::set_current_cmd and resume, with MIS_RESTART 0; PX4 Mission::on_activation, which goes one
 * position back by itself while a camera is being triggered: to the same item).
 */
export function rejoinItem(
  sortie: Pick<Sortie, 'diversion' | 'coverFirstIndex' | 'coverLastIndex'>,
): number | null {
  const left = sortie.diversion?.leftItem ?? null;
  // Below 1 it was not under way yet: the autopilot goes on with its take-off by itself.
  if (left === null || left < 1) return null;
  const isOnLeg = left > sortie.coverFirstIndex && left <= sortie.coverLastIndex;
  return isOnLeg ? left - 1 : left;
}

/** The name of a zone that the straight way from the vehicle to an item of its mission comes into; null: none. */
export function wayToItemClosed(
  { airspace, nowMs }: { readonly airspace: AirspaceService; readonly nowMs: () => number },
  { position, home }: VehicleState,
  item: MissionItem,
): string | null {
  // A return has no place: the autopilot flies home from here.
  if (position === null || (item.x === 0 && item.y === 0)) return null;
  const from = { lonDeg: position.lonDeg, latDeg: position.latDeg, aboveHomeM: position.relativeAltitudeM };
  const to = { lonDeg: fromDegE7(item.y), latDeg: fromDegE7(item.x), aboveHomeM: item.z };
  const now = nowMs();
  const entry = airspace.scan
    .entries([from, to], home?.altitudeAmslM ?? null)
    .find(({ zone, distanceM }) => distanceM > 0 && isActive(zone, now, now + REJOIN_MS));
  return entry?.zone.name ?? null;
}

/** The way back takes less. */
const REJOIN_MS = 10 * 60_000;
