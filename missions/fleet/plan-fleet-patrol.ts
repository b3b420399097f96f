import type { LocalFrame, PointMm } from '../geo/frame.ts';
import { MAV_FRAME, type MissionItem } from '../mission-item.ts';
import type { LonLat, PatrolRequest, PlanIssue, PlanVehicle } from '../model.ts';
import { landingPlaces, noBase, type Place, startPlace } from './bases.ts';
import { CALM_CONDITIONS, FlightModel, unflyable, usableEnergyWh } from './energy.ts';
import { toDegE7 } from './items.ts';
import { SortieCosts } from './split.ts';
import { CostLine } from './split-line.ts';
import type { Finder } from './split-transit.ts';

/** MAV_CMD_NAV_RALLY_POINT (common.xml). */
const NAV_RALLY_POINT = 5100;

/**
 * What each vehicle of a patrol can do with the tour, one sortie each, by height; made when first asked for. Vehicles
 * of the same profile at the same height share the measured line.
 */
export class PatrolBudgets {
  readonly size: number;
  /** An error when nothing can be flown at all: the wind forbids a leg, or there is nowhere to land. */
  readonly unflyable: PlanIssue | null;
  private readonly request: PatrolRequest;
  private readonly tour: readonly PointMm[];
  private readonly frame: LocalFrame;
  private readonly vehicles: readonly PlanVehicle[];
  private readonly finder: Finder | null;
  private readonly models = new Map<PlanVehicle['profile'], FlightModel>();
  private readonly lines = new Map<FlightModel, Map<number, CostLine>>();
  private readonly known = new Map<string, SortieCosts>();

  constructor(
    request: PatrolRequest,
    tour: readonly PointMm[],
    frame: LocalFrame,
    vehicles: readonly PlanVehicle[],
    finder: Finder | null,
  ) {
    this.request = request;
    this.tour = tour;
    this.frame = frame;
    this.vehicles = vehicles;
    this.finder = finder;
    this.size = vehicles.length;
    this.unflyable = this.fault();
  }

  /** Costs of vehicle `i` at a height above home. */
  costs(i: number, heightM: number, isFull = false): SortieCosts {
    // Anonymous vehicles are all the same one.
    const who = this.request.vehicles.length === 0 ? 0 : i;
    const key = `${who} ${heightM} ${isFull}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const vehicle = this.vehicles[who] as PlanVehicle;
    const { profile } = vehicle;
    const { airTempC } = this.request.conditions ?? CALM_CONDITIONS;
    const start = startPlace(vehicle.position, this.request.bases ?? [], this.frame);
    const usable = usableEnergyWh(profile, isFull ? 1 : vehicle.remainingFraction, 1, airTempC);
    const costs = new SortieCosts({
      line: this.line(profile, heightM),
      datum: 'above-home',
      start,
      places: this.placesOf(start),
      finder: this.finder,
      firstWh: usable,
      fullWh: usable,
      turnaround: { kind: 'none' },
      missionCapacity: profile.missionCapacity,
    });
    this.known.set(key, costs);
    return costs;
  }

  /** How far one sortie gets from a position; the position itself when nowhere. */
  reach(i: number, heightM: number, from: number, isFull = false): number {
    const costs = this.costs(i, heightM, isFull);
    const { line, start, firstWh } = costs.rules;
    return costs.reach(from, line.end, start, firstWh, Number.POSITIVE_INFINITY) ?? from;
  }

  private placesOf(start: Place): readonly Place[] {
    const { bases } = this.request;
    return bases === undefined ? [start] : landingPlaces(bases, null, this.frame, start.baseId);
  }

  private fault(): PlanIssue | null {
    const { bases, conditions } = this.request;
    for (const vehicle of this.vehicles) {
      const model = this.model(vehicle.profile);
      const leg = this.line(vehicle.profile, this.request.relativeAltitudeM).unflyableLeg;
      if (leg !== null || !model.canHover) return unflyable(leg ?? 0, conditions?.wind ?? null);
      const start = startPlace(vehicle.position, bases ?? [], this.frame);
      if (this.placesOf(start).length === 0) return noBase(bases?.length ?? 0);
    }
    return null;
  }

  private model(profile: PlanVehicle['profile']): FlightModel {
    const known = this.models.get(profile);
    if (known !== undefined) return known;
    const model = new FlightModel(profile, this.request.conditions?.wind ?? null);
    this.models.set(profile, model);
    return model;
  }

  private line(profile: PlanVehicle['profile'], heightM: number): CostLine {
    const model = this.model(profile);
    const lines = this.lines.get(model) ?? new Map<number, CostLine>();
    this.lines.set(model, lines);
    const known = lines.get(heightM);
    if (known !== undefined) return known;
    const points = this.tour.map((at) => ({ at, heightM, dwellS: 0, speedMps: null, items: 1 }));
    const line = new CostLine(points, model);
    lines.set(heightM, line);
    return line;
  }
}

/**
 * The base at which a sortie lands, as the rally point to which the autopilot returns instead of home: both
 * ArduPilot (RALLY_INCL_HOME, RALLY_LIMIT_KM) and PX4 (RTL_TYPE 0) take the nearer one of home and rally point.
 */
export function rallyItem(position: LonLat, relativeAltitudeM: number): MissionItem {
  return {
    frame: MAV_FRAME.GLOBAL_RELATIVE_ALT,
    command: NAV_RALLY_POINT,
    param1: 0,
    param2: 0,
    param3: 0,
    param4: 0,
    x: toDegE7(position.latDeg),
    y: toDegE7(position.lonDeg),
    z: relativeAltitudeM,
  };
}
