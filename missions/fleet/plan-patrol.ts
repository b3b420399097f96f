import { type LocalFrame, lonLatToMm, mmToLonLat, type PointMm, type Region } from '../geo/frame.ts';
import { containsPoint, distanceMm, nearestOnBorder } from '../geo/measure.ts';
import { areaM2 } from '../geo/region.ts';
import type {
  AircraftProfile,
  LonLat,
  PatrolPlan,
  PatrolRequest,
  PlanIssue,
  PlanVehicle,
  SortiePlan,
} from '../model.ts';
import { planCoverage, prepareArea } from '../pattern/coverage.ts';
import { planIssue } from '../plan-issue.ts';
import { checkRequest } from './check-request.ts';
import { estimatePath } from './energy.ts';
import { buildSortieItems, coveringItemRange, FIXED_ITEMS } from './items.ts';
import { freeLayers, swathWidth } from './layers.ts';
import { type Cut, cutInOrder, cutTour } from './plan-fleet-cut.ts';
import { pieceOf } from './plan-fleet-divide.ts';
import { PatrolBudgets, rallyItem } from './plan-fleet-patrol.ts';
import { TourJoiner } from './plan-fleet-tour.ts';
import { coverRanges, patrolSpace, whyNobodyGetsThere } from './plan-patrol-airspace.ts';
import type { ChainSortie, SortieCosts } from './split.ts';
import { finderOf } from './split-transit.ts';

/**
 * Plans a patrol of an area: one coverage path (route first), cut into the fewest sorties that batteries allow (cut
 * second), each on a height layer of its own.
 *
 * - The swath is that of the lowest layer and of the narrowest camera among the vehicles, so coverage holds
 *   whichever layer a sortie flies on.
 * - Vehicles: as few as can do it; among equally few, the nearest ones whose battery suffices (nearer ones with too
 *   little battery are passed over one by one). Cuts make the longest flight as short as possible.
 * - A sortie fits when climb, way out, piece, way home and descent need no more than the battery above the reserve.
 * - With zones: the area without them is covered, and every way leads round them, at the heights of all layers that may
 *   be used. The autopilot's own return is straight: its last waypoint is one from which the straight way home is free.
 *
 * Never throws for bad input. With an `error` among `issues` there are no sorties and nothing may be flown.
 */
export function planPatrol(request: PatrolRequest): PatrolPlan {
  const fault = checkRequest(request);
  if (fault !== null) return refusal(fault);
  const layers = freeLayers(request);
  const lowest = layers[0];
  if (lowest === undefined) return refusal(noLayer(request, 1, 0));
  const readiness = readyVehicles(request);
  if ('code' in readiness) return refusal(readiness);
  const profiles = request.vehicles.length > 0 ? readiness.map((v) => v.profile) : [request.defaultProfile];
  const fovDeg = Math.min(...profiles.map((p) => p.cameraHorizontalFovDeg));
  const swathWidthM = swathWidth(lowest, fovDeg, request.sideOverlapFraction);
  const whole = prepareArea(request.area, swathWidthM);
  if ('code' in whole) return refusal(whole, swathWidthM);
  const highM = layers[Math.min(Math.max(1, readiness.length), layers.length) - 1] as number;
  const space = patrolSpace(request, readiness, { lowM: lowest, highM }, swathWidthM);
  if ('refused' in space)
    return { ...refusal(space.refused[0] as PlanIssue, swathWidthM), issues: space.refused };
  const { airspace, area } = space;
  const prepared = airspace === null ? whole : prepareArea(area, swathWidthM);
  if ('code' in prepared) return refusal(prepared, swathWidthM);
  const { frame, region } = prepared;
  const ready = nearestFirst(space.vehicles, frame, region);
  const start = ready[0]?.position;
  const path = planCoverage(area, { swathWidthM, ...(start === undefined ? {} : { start }) });
  const base = {
    swathWidthM,
    areaM2: areaM2(region),
    coverageFraction: path.coverageFraction,
    laneDirectionDeg: path.laneDirectionDeg,
    ...(airspace === null ? {} : { plannedArea: area }),
  };
  const remarks = [...space.issues, ...path.warnings];
  if (remarks.some((w) => w.severity === 'error')) return { ...base, sorties: [], issues: remarks };
  const lanes = path.points.map((p) => lonLatToMm(frame, p));
  const finder = finderOf(airspace, frame);
  const tour = finder === null ? lanes : new TourJoiner(region, finder).repair(lanes);
  const crew: readonly PlanVehicle[] =
    request.vehicles.length > 0 ? ready : anonymous(request.defaultProfile, path.points[0] as LonLat);
  const budgets = new PatrolBudgets(request, tour, frame, crew, finder);
  const wind = budgets.unflyable;
  if (wind !== null) return { ...base, sorties: [], issues: [...remarks, wind] };
  const chosen = chooseSorties(budgets, crew, layers, request);
  if ('code' in chosen) {
    const closed = whyNobodyGetsThere(airspace, crew, path.points[0]);
    return { ...base, sorties: [], issues: [...remarks, closed ?? chosen] };
  }
  const sorties = chosen.map((piece, k) => toSortie(piece, prepared, layers[k] as number, request));
  return { ...base, sorties, issues: remarks };
}

interface Assignment {
  readonly vehicle: PlanVehicle;
  readonly costs: SortieCosts;
  readonly sortie: ChainSortie;
}

/** Vehicles with a position and more battery than the reserve; the reason when there is none. */
function readyVehicles(request: PatrolRequest): readonly PlanVehicle[] | PlanIssue {
  if (request.vehicles.length === 0) return [];
  const placed = request.vehicles.filter(
    (v) =>
      Number.isFinite(v.position.lonDeg) &&
      Number.isFinite(v.position.latDeg) &&
      // No fix is often written as 0, 0.
      !(v.position.lonDeg === 0 && v.position.latDeg === 0) &&
      Number.isFinite(v.remainingFraction),
  );
  if (placed.length === 0) {
    return planIssue(
      'plan.no-drone-ready',
      'None of the drones offered reports a position and a battery level.',
      {
        offered: request.vehicles.length,
      },
    );
  }
  const charged = placed.filter((v) => v.remainingFraction > v.profile.reserveFraction);
  if (charged.length > 0) return charged;
  const fullest = placed.reduce((a, b) => (b.remainingFraction > a.remainingFraction ? b : a));
  return planIssue(
    'plan.battery-too-low',
    `No drone has more battery than its reserve; the fullest, ${fullest.vehicleId}, has ${percent(fullest.remainingFraction)} %.`,
    {
      vehicleId: fullest.vehicleId,
      remainingPct: percent(fullest.remainingFraction),
      reservePct: percent(fullest.profile.reserveFraction),
    },
  );
}

function nearestFirst(vehicles: readonly PlanVehicle[], frame: LocalFrame, region: Region): PlanVehicle[] {
  const distance = (v: PlanVehicle): number => {
    const p = lonLatToMm(frame, v.position);
    return containsPoint(region, p) ? 0 : distanceMm(p, nearestOnBorder(region, p) ?? p);
  };
  return vehicles
    .map((vehicle) => ({ vehicle, d: distance(vehicle) }))
    .sort(
      (a, b) =>
        a.d - b.d ||
        b.vehicle.remainingFraction - a.vehicle.remainingFraction ||
        (a.vehicle.vehicleId < b.vehicle.vehicleId ? -1 : 1),
    )
    .map((entry) => entry.vehicle);
}

/** Without vehicles: as many identical aircraft with full batteries as it takes, all from the first point. */
function anonymous(profile: AircraftProfile, home: LonLat): PlanVehicle[] {
  return Array.from({ length: MOST_ANONYMOUS }, () => ({
    vehicleId: '',
    position: home,
    remainingFraction: 1,
    profile,
  }));
}

const MOST_ANONYMOUS = 64;

/** The fewest vehicles that can do it, nearest ones preferred; or why it cannot be done. */
function chooseSorties(
  budgets: PatrolBudgets,
  vehicles: readonly PlanVehicle[],
  layers: readonly number[],
  request: PatrolRequest,
): Assignment[] | PlanIssue {
  const identical = request.vehicles.length === 0;
  // The highest layer costs the most climb; counting it for all keeps every order of layers feasible.
  for (let count = 1; count <= vehicles.length; count++) {
    const highest = layers[Math.min(count, layers.length) - 1] as number;
    for (const group of groups(budgets, highest, count, identical)) {
      const cut = cutTour(group.map((i) => budgets.costs(i, highest)));
      if (cut === null) continue;
      if (cut.pieces.length > layers.length) return noLayer(request, cut.pieces.length, layers.length);
      return onLayers(budgets, group, cut, layers).map(({ member, costs, sortie }) => ({
        costs,
        sortie,
        vehicle: vehicles[group[member] as number] as PlanVehicle,
      }));
    }
  }
  return whyNotPatrol(budgets, vehicles, layers[layers.length - 1] as number, request);
}

/** The cut again with each piece on its own layer, so that the climbs are evened out as well. */
function onLayers(
  budgets: PatrolBudgets,
  group: readonly number[],
  cut: Cut,
  layers: readonly number[],
): { member: number; costs: SortieCosts; sortie: ChainSortie }[] {
  const order = cut.pieces.map((piece) => piece.member);
  const costs = order.map((member, k) => budgets.costs(group[member] as number, layers[k] as number));
  const evened = cutInOrder(
    costs,
    order.map((_, k) => k),
  );
  // Only lower layers than those counted with: what fitted before fits now, and nobody is left out.
  const pieces = evened !== null && evened.pieces.length === order.length ? evened.pieces : cut.pieces;
  return pieces.flatMap((piece, k) =>
    piece.chain.sorties.map((sortie) => ({
      member: order[k] as number,
      costs: costs[k] as SortieCosts,
      sortie,
    })),
  );
}

/**
 * Groups of `count` vehicles to try: the nearest; then, one by one, the one that gets least far is given up for the
 * next nearest; at last the ones that get farthest.
 */
function groups(budgets: PatrolBudgets, heightM: number, count: number, identical: boolean): number[][] {
  const nearest = Array.from({ length: count }, (_, i) => i);
  if (identical || count === budgets.size) return [nearest];
  const reach = Array.from({ length: budgets.size }, (_, i) => budgets.reach(i, heightM, 0));
  const out = [nearest];
  let group = nearest;
  for (let next = count; next < budgets.size; next++) {
    const weakest = group.reduce((a, b) => ((reach[b] as number) < (reach[a] as number) ? b : a));
    if ((reach[next] as number) <= (reach[weakest] as number)) continue;
    group = [...group.filter((i) => i !== weakest), next];
    out.push(group);
  }
  return out;
}

/** Says what is missing when even all vehicles together cannot fly the tour. */
function whyNotPatrol(
  budgets: PatrolBudgets,
  vehicles: readonly PlanVehicle[],
  heightM: number,
  request: PatrolRequest,
): PlanIssue {
  const first = vehicles[0] as PlanVehicle;
  const { vehicleId, profile } = first;
  const { end } = budgets.costs(0, heightM).rules.line;
  const gets = vehicles.map((_, i) => budgets.reach(i, heightM, 0));
  const anyMoves = gets.some((to) => to > 0);
  if (!anyMoves && vehicles.every((v) => v.profile.missionCapacity < LEAST_ITEMS)) {
    return planIssue(
      'plan.mission-too-long',
      'The autopilots offered cannot hold a mission of even two waypoints.',
      { vehicleId, items: LEAST_ITEMS, capacity: profile.missionCapacity },
    );
  }
  if (!anyMoves || end === 0) {
    const costs = budgets.costs(0, heightM);
    const entry = costs.rules.line.pointAt(0);
    const needWh = costs.sortie(0, 0, costs.rules.start)?.energyWh ?? Number.POSITIVE_INFINITY;
    const distanceM = Math.round(distanceMm(costs.rules.start.at, entry) / 1000);
    return planIssue(
      'plan.too-far',
      `${vehicleId || 'The aircraft'} cannot reach the area (${distanceM} m) and return with what its battery has above the reserve.`,
      {
        vehicleId,
        distanceM,
        needPct: percent(needWh / profile.batteryCapacityWh),
        availablePct: percent(costs.rules.firstWh / profile.batteryCapacityWh),
      },
    );
  }
  const needed = sortiesNeeded(budgets, heightM, end);
  const available = request.vehicles.length === 0 ? MOST_ANONYMOUS : vehicles.length;
  return planIssue(
    'plan.not-enough-drones',
    `Covering this area takes ${needed} sorties at once; ${available} drone${available === 1 ? ' is' : 's are'} ready.`,
    { needed, available },
  );
}

/** Home slot, take-off, speed, two waypoints, return. */
const LEAST_ITEMS = 1 + FIXED_ITEMS + 2;

/** All vehicles as they are, then fresh aircraft of the most capable kind until the tour is done. */
function sortiesNeeded(budgets: PatrolBudgets, heightM: number, end: number): number {
  let from = 0;
  let needed = 0;
  for (let i = 0; i < budgets.size; i++) {
    const to = budgets.reach(i, heightM, from);
    if (to > from) needed++;
    from = Math.max(from, to);
  }
  while (from < end && needed < 1000) {
    let to = from;
    for (let i = 0; i < budgets.size; i++) to = Math.max(to, budgets.reach(i, heightM, from, true));
    if (to <= from) break;
    needed++;
    from = to;
  }
  // Greedy reaches can come out even with what is there although the cuts did not; it is still one too few.
  return Math.max(needed, budgets.size + 1);
}

function toSortie(
  { vehicle, costs, sortie: rough }: Assignment,
  { frame, region }: { readonly frame: LocalFrame; readonly region: Region },
  relativeAltitudeM: number,
  request: PatrolRequest,
): SortiePlan {
  const { line, start, finder } = costs.rules;
  const sortie = costs.exact(rough);
  const { landing, out, back } = sortie.cost;
  const toLonLat = (p: PointMm): LonLat => mmToLonLat(frame, p);
  const points = pieceOf(line, sortie.from, sortie.to).map(toLonLat);
  const isHome = landing.at.x === start.at.x && landing.at.y === start.at.y;
  // Corners round zones on the way out and back; straight ways have none.
  const wayOut = finder === null ? [] : out.points.slice(1, -1).map(toLonLat);
  const wayBack = finder === null ? [] : back.points.slice(1, -1).map(toLonLat);
  const stops = [...wayOut, ...points, ...wayBack];
  const route = [vehicle.position, ...stops, isHome ? vehicle.position : landing.position];
  const estimate = estimatePath(
    route.map((p) => ({ ...p, heightM: relativeAltitudeM, dwellS: 0, speedMps: null })),
    vehicle.profile,
    {
      climbM: relativeAltitudeM,
      descentM: relativeAltitudeM - costs.transits.groundM(landing),
    },
    request.conditions,
  );
  const plan = buildSortieItems(stops, relativeAltitudeM, vehicle.profile.cruiseSpeedMps);
  const firstItem = (coveringItemRange(plan)?.first ?? 0) + wayOut.length;
  return {
    vehicleId: request.vehicles.length === 0 ? null : vehicle.vehicleId,
    relativeAltitudeM,
    points,
    route,
    lengthM: estimate.lengthM,
    durationS: estimate.durationS,
    energyWh: estimate.energyWh,
    batteryNeedFraction: estimate.energyWh / vehicle.profile.batteryCapacityWh,
    ...(request.bases === undefined ? {} : { returnBaseId: landing.baseId }),
    ...(finder === null ? {} : { coverRanges: coverRanges(points, region, frame, firstItem) }),
    plan: isHome ? plan : { ...plan, rally: [rallyItem(landing.position, relativeAltitudeM)] },
  };
}

function noLayer(request: PatrolRequest, needed: number, available: number): PlanIssue {
  return planIssue(
    'plan.no-height-layer',
    `${needed} height layer${needed === 1 ? ' is' : 's are'} needed between ${request.relativeAltitudeM} and ${request.maxRelativeAltitudeM} m; ${available} ${available === 1 ? 'is' : 'are'} free.`,
    { needed, available, maxRelativeAltitudeM: request.maxRelativeAltitudeM },
  );
}

function refusal(issue: PlanIssue, swathWidthM = 0): PatrolPlan {
  return {
    swathWidthM,
    areaM2: 0,
    coverageFraction: 0,
    laneDirectionDeg: null,
    sorties: [],
    issues: [issue],
  };
}

function percent(fraction: number): number {
  return Math.round(fraction * 1000) / 10;
}
