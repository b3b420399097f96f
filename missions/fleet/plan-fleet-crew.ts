import type { LocalFrame, PointMm } from '../geo/frame.ts';
import type { FleetDrone, FleetRequest } from '../model.ts';
import { landingPlaces, type Place, startPlace } from './bases.ts';
import { FlightModel } from './energy.ts';
import { costsOf } from './sorties.ts';
import type { SortieCosts } from './split.ts';
import { CostLine } from './split-line.ts';

/** A drone of the fleet with what never changes while tours are tried. */
export interface CrewMember {
  readonly drone: FleetDrone;
  readonly start: Place;
  readonly places: readonly Place[];
  readonly model: FlightModel;
}

/** Starts and landing places of all drones; a member without `places` has nowhere to land. */
export function crewOf(request: FleetRequest, frame: LocalFrame): CrewMember[] {
  const { bases, ways, returnTo, conditions } = request;
  return request.drones.map((drone) => {
    const start = startPlace(drone.position, bases, frame);
    const isHome = returnTo === 'home' || bases.length === 0;
    const places = isHome ? [start] : landingPlaces(bases, ways, frame, start.baseId);
    return { drone, start, places, model: new FlightModel(drone.profile, conditions.wind) };
  });
}

/** What a tour costs one member at a height above home. */
export function costTour(
  member: CrewMember,
  tour: readonly PointMm[],
  heightM: number,
  request: FleetRequest,
  frame: LocalFrame,
  places: readonly Place[] = member.places,
): SortieCosts {
  const points = tour.map((at) => ({ at, heightM, dwellS: 0, speedMps: null, items: 1 }));
  const line = new CostLine(points, member.model);
  return costsOf(line, frame, 'above-home', member.drone, member.start, places, request);
}
