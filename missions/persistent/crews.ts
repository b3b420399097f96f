import type { Crew } from './build-rotation.ts';
import type { CrewPattern, PatrolDrone } from './model.ts';

/** What must be equal for drones to take turns. */
function performance(drone: PatrolDrone): string {
  return [
    drone.cruiseSpeedMps,
    drone.enduranceS,
    drone.rechargeS,
    drone.launchS,
    drone.landS,
    drone.turnaroundS,
  ].join('/');
}

/**
 * Drones of the same base and performance as crews. A crew keeps its id from one plan to the next: the base's id, and
 * with a number behind it where a base has drones of several types. Not `shared`: every drone is a crew of its own.
 */
export function formCrews(
  drones: readonly PatrolDrone[],
  places: ReadonlyMap<string, number>,
  before: { readonly crews: readonly CrewPattern[]; readonly drones: readonly PatrolDrone[] } | null,
  shared: boolean,
): Crew[] {
  if (!shared) {
    return drones.map((drone) => ({
      crewId: `${drone.baseId}/${drone.vehicleId}`,
      baseId: drone.baseId,
      basePlace: places.get(drone.baseId) ?? -1,
      drones: [drone],
    }));
  }
  const ids = new Map<string, string>();
  const taken = new Set<string>();
  for (const crew of before?.crews ?? []) {
    const member = before?.drones.find((drone) => drone.vehicleId === crew.vehicleIds[0]);
    if (member === undefined) continue;
    ids.set(`${crew.baseId} ${performance(member)}`, crew.crewId);
    taken.add(crew.crewId);
  }
  const crews = new Map<string, { baseId: string; drones: PatrolDrone[] }>();
  for (const drone of drones) {
    const key = `${drone.baseId} ${performance(drone)}`;
    let id = ids.get(key);
    for (let n = 1; id === undefined; n++) {
      const candidate = n === 1 ? drone.baseId : `${drone.baseId}-${n}`;
      if (!taken.has(candidate)) id = candidate;
    }
    ids.set(key, id);
    taken.add(id);
    const crew = crews.get(id) ?? { baseId: drone.baseId, drones: [] };
    crew.drones.push(drone);
    crews.set(id, crew);
  }
  return [...crews].map(([crewId, crew]) => ({
    crewId,
    baseId: crew.baseId,
    basePlace: places.get(crew.baseId) ?? -1,
    drones: crew.drones,
  }));
}
