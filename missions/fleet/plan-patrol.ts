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
import { estimateFlight } from './energy.ts';
import { buildSortieItems, FIXED_ITEMS } from './items.ts';
import { freeLayers, swathWidth } from './layers.ts';
import { type Piece, partition } from './partition.ts';
import { type FlightBudget, Track } from './track.ts';

/**
 * Plans a patrol of an area: one coverage path (route first), cut into the fewest sorties that batteries allow (cut
 * second), each on a height layer of its own.
 *
 * - The swath is that of the lowest layer and of the narrowest camera among the vehicles, so coverage holds
 *   whichever layer a sortie flies on.
 * - Vehicles: as few as can do it; among equally few, the nearest ones whose battery suffices (nearer ones with too
 *   little battery are passed over one by one). Cuts make the longest flight as short as possible.
 * - A sortie fits when climb, way out, piece, way home and descent need no more than the battery above the reserve.
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
  const prepared = prepareArea(request.area, swathWidthM);
  if ('code' in prepared) return refusal(prepared, swathWidthM);
  const { frame, region } = prepared;
  const ready = nearestFirst(readiness, frame, region);
  const start = ready[0]?.position;
  const path = planCoverage(request.area, { swathWidthM, ...(start === undefined ? {} : { start }) });
  const base = {
    swathWidthM,
    areaM2: areaM2(region),
    coverageFraction: path.coverageFraction,
    laneDirectionDeg: path.laneDirectionDeg,
  };
  if (path.warnings.some((w) => w.severity === 'error'))
    return { ...base, sorties: [], issues: path.warnings };
  const track = new Track(path.points.map((p) => lonLatToMm(frame, p)));
  const crew: readonly PlanVehicle[] =
    request.vehicles.length > 0 ? ready : anonymous(request.defaultProfile, path.points[0] as LonLat);
  const chosen = chooseSorties(track, crew, frame, layers, request);
  if ('code' in chosen) return { ...base, sorties: [], issues: [...path.warnings, chosen] };
  const sorties = chosen.map((piece, k) =>
    toSortie(piece, track, frame, layers[k] as number, request.vehicles.length === 0),
  );
  return { ...base, sorties, issues: path.warnings };
}

interface Assignment extends Piece {
  readonly vehicle: PlanVehicle;
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
  track: Track,
  vehicles: readonly PlanVehicle[],
  frame: LocalFrame,
  layers: readonly number[],
  request: PatrolRequest,
): Assignment[] | PlanIssue {
  const identical = request.vehicles.length === 0;
  // The highest layer costs the most climb; counting it for all keeps every order of layers feasible.
  for (let count = 1; count <= vehicles.length; count++) {
    const highest = layers[Math.min(count, layers.length) - 1] as number;
    const budgets = vehicles.map((v) => budgetOf(v, frame, highest));
    for (const group of groups(track, budgets, count, identical)) {
      const pieces = partition(
        track,
        group.map((i) => budgets[i] as FlightBudget),
      );
      if (pieces === null) continue;
      if (pieces.length > layers.length) return noLayer(request, pieces.length, layers.length);
      return pieces.map((piece) => ({
        ...piece,
        vehicle: vehicles[group[piece.budgetIndex] as number] as PlanVehicle,
      }));
    }
  }
  const highest = layers[layers.length - 1] as number;
  return whyNot(
    track,
    vehicles,
    frame,
    vehicles.map((v) => budgetOf(v, frame, highest)),
    request,
  );
}

/**
 * Groups of `count` vehicles to try: the nearest; then, one by one, the one that gets least far is given up for the
 * next nearest; at last the ones that get farthest.
 */
function groups(
  track: Track,
  budgets: readonly FlightBudget[],
  count: number,
  identical: boolean,
): number[][] {
  const nearest = budgets.map((_, i) => i).slice(0, count);
  if (identical || count === budgets.length) return [nearest];
  const reach = budgets.map((budget) => track.reach(0, budget, Number.POSITIVE_INFINITY));
  const out = [nearest];
  let group = nearest;
  for (let next = count; next < budgets.length; next++) {
    const weakest = group.reduce((a, b) => ((reach[b] as number) < (reach[a] as number) ? b : a));
    if ((reach[next] as number) <= (reach[weakest] as number)) continue;
    group = [...group.filter((i) => i !== weakest), next];
    out.push(group);
  }
  return out;
}

function budgetOf(vehicle: PlanVehicle, frame: LocalFrame, relativeAltitudeM: number): FlightBudget {
  const { profile } = vehicle;
  const spare = Math.min(1, vehicle.remainingFraction) - profile.reserveFraction;
  return {
    home: lonLatToMm(frame, vehicle.position),
    profile,
    relativeAltitudeM,
    usableWh: Math.max(0, spare) * profile.batteryCapacityWh,
    // ArduPilot keeps home in the first slot of the same store.
    mostPoints: profile.missionCapacity - FIXED_ITEMS - 1,
  };
}

/** Says what is missing when even all vehicles together cannot fly the track. */
function whyNot(
  track: Track,
  vehicles: readonly PlanVehicle[],
  frame: LocalFrame,
  budgets: readonly FlightBudget[],
  request: PatrolRequest,
): PlanIssue {
  const anyMoves = budgets.some((budget) => track.reach(0, budget, Number.POSITIVE_INFINITY) > 0);
  if (!anyMoves && track.lengthMm > 0) {
    const tooSmall = budgets.every((budget) => budget.mostPoints < 2);
    if (tooSmall) {
      const v = vehicles[0] as PlanVehicle;
      return planIssue(
        'plan.mission-too-long',
        'The autopilots offered cannot hold a mission of even two waypoints.',
        {
          vehicleId: v.vehicleId,
          items: FIXED_ITEMS + 3,
          capacity: v.profile.missionCapacity,
        },
      );
    }
  }
  const pointOnly = track.lengthMm === 0 || !anyMoves;
  if (pointOnly) {
    const v = vehicles[0] as PlanVehicle;
    const budget = budgets[0] as FlightBudget;
    const entry = track.pointAt(0);
    const need = track.cost(0, 0, budget).energyWh;
    const distanceM = Math.round(distanceMm(budget.home, entry) / 1000);
    return planIssue(
      'plan.too-far',
      `${v.vehicleId || 'The aircraft'} cannot reach the area (${distanceM} m) and return with what its battery has above the reserve.`,
      {
        vehicleId: v.vehicleId,
        distanceM,
        needPct: percent(need / v.profile.batteryCapacityWh),
        availablePct: percent(budget.usableWh / v.profile.batteryCapacityWh),
      },
    );
  }
  const needed = sortiesNeeded(track, vehicles, frame, budgets);
  const available = request.vehicles.length === 0 ? MOST_ANONYMOUS : vehicles.length;
  return planIssue(
    'plan.not-enough-drones',
    `Covering this area takes ${needed} sorties at once; ${available} drone${available === 1 ? ' is' : 's are'} ready.`,
    { needed, available },
  );
}

/** All vehicles as they are, then fresh aircraft of the most capable kind until the track is done. */
function sortiesNeeded(
  track: Track,
  vehicles: readonly PlanVehicle[],
  frame: LocalFrame,
  budgets: readonly FlightBudget[],
): number {
  let from = 0;
  let needed = 0;
  for (const budget of budgets) {
    const to = track.reach(from, budget, Number.POSITIVE_INFINITY);
    if (to > from) needed++;
    from = to;
  }
  const altitude = (budgets[0] as FlightBudget).relativeAltitudeM;
  while (from < track.lengthMm && needed < 1000) {
    const to = Math.max(
      ...vehicles.map((v) =>
        track.reach(
          from,
          budgetOf({ ...v, remainingFraction: 1 }, frame, altitude),
          Number.POSITIVE_INFINITY,
        ),
      ),
    );
    if (to <= from) break;
    needed++;
    from = to;
  }
  // Greedy reaches can come out even with what is there although the cuts did not; it is still one too few.
  return Math.max(needed, vehicles.length + 1);
}

function toSortie(
  piece: Assignment,
  track: Track,
  frame: LocalFrame,
  relativeAltitudeM: number,
  isAnonymous: boolean,
): SortiePlan {
  const { vehicle } = piece;
  const points = track.piece(piece.fromMm, piece.toMm).map((p: PointMm) => mmToLonLat(frame, p));
  const route = [vehicle.position, ...points, vehicle.position];
  const estimate = estimateFlight(route, vehicle.profile, relativeAltitudeM);
  return {
    vehicleId: isAnonymous ? null : vehicle.vehicleId,
    relativeAltitudeM,
    points,
    route,
    lengthM: estimate.lengthM,
    durationS: estimate.durationS,
    energyWh: estimate.energyWh,
    batteryNeedFraction: estimate.energyWh / vehicle.profile.batteryCapacityWh,
    plan: buildSortieItems(points, relativeAltitudeM, vehicle.profile.cruiseSpeedMps),
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
