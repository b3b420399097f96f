import { mmToLonLat, type PointMm } from '../geo/frame.ts';
import { regionToGeometry } from '../geo/region.ts';
import type { FleetPlan, FleetRequest, FleetShare, FleetSortie, LonLat, PlanIssue } from '../model.ts';
import { prepareArea } from '../pattern/coverage.ts';
import { planIssue } from '../plan-issue.ts';
import { noBase } from './bases.ts';
import { checkFleet } from './check-request.ts';
import { estimatePath, unflyable } from './energy.ts';
import { freeLayers, swathWidth } from './layers.ts';
import { batteryBound, makespanBound } from './plan-fleet-bound.ts';
import { costTour, crewOf } from './plan-fleet-crew.ts';
import {
  type DividedShare,
  type Division,
  divideBalanced,
  divideSectors,
  type FleetTask,
  pieceOf,
  recut,
} from './plan-fleet-divide.ts';
import { assignLayers } from './plan-fleet-layers.ts';
import { reservePads } from './plan-fleet-pads.ts';
import { jointPath, mergeAreas, TARGET_COVERAGE, TourJoiner } from './plan-fleet-tour.ts';
import { reserveRemark } from './sorties.ts';
import type { ChainSortie } from './split.ts';
import { finderOf } from './split-transit.ts';

/** Plan-wide distance between drones in plan below which they need different heights. */
const DEFAULT_MIN_HORIZONTAL_M = 50;

/**
 * Divides areas between all drones offered, each with its own speed, battery and base, so that the last one finishes
 * as early as possible; each share is split into sorties by energy, with a change or charge of the battery between
 * them, and every sortie lands at an allowed base. Drones that come near each other in plan fly on different layers.
 *
 * Never throws for bad input. With an `error` among `issues` there are no shares and nothing may be flown.
 */
export function planFleet(request: FleetRequest): FleetPlan {
  const fault = checkFleet(request);
  if (fault !== null) return refusal([fault]);
  const layers = freeLayers(request);
  const lowest = layers[0];
  if (lowest === undefined) return refusal([noLayer(request, 1, 0)]);
  const fovDeg = Math.min(...request.drones.map((d) => d.profile.cameraHorizontalFovDeg));
  const swathWidthM = swathWidth(lowest, fovDeg, request.sideOverlapFraction);
  const prepared = prepareArea(mergeAreas(request.areas), swathWidthM);
  if ('code' in prepared) return refusal([prepared]);
  const { frame, region } = prepared;
  const crew = crewOf(request, frame);
  if (crew.some((m) => m.places.length === 0)) return refusal([noBase(request.bases.length)]);
  if (crew.some((m) => !m.model.canHover)) return refusal([unflyable(0, request.conditions.wind)]);
  const joiner = new TourJoiner(region, finderOf(request.ways, frame));
  const task: FleetTask = { request, frame, region, swathWidthM, crew, joiner };
  const top = layers[Math.min(crew.length, layers.length) - 1] as number;
  // The highest layer costs the most climb; counting it for all keeps every later choice of layers feasible.
  const high = crew.map(() => top);
  const first = request.mode === 'sectors' ? divideSectors(task, high) : divideBalanced(task, high);
  if ('code' in first) return refusal([first]);
  const stacked = stack(task, first, layers);
  if ('code' in stacked) return refusal([stacked]);
  const padded = reservePads(task, stacked.division);
  if ('code' in padded) return refusal([padded]);
  const coverage = jointPath(region, frame, padded.paths, swathWidthM, padded.whole);
  if (coverage.coverageFraction < TARGET_COVERAGE - 1e-6) {
    const coveragePct = Math.round(coverage.coverageFraction * 10_000) / 100;
    return refusal([
      planIssue('plan.coverage-low', `Only ${coveragePct} % of the area would be seen.`, { coveragePct }),
    ]);
  }
  const shares = sharesOf(task, padded, stacked.heightsM);
  const flying = shares.filter((s) => s.finishS > 0);
  const makespanS = Math.max(0, ...flying.map((s) => s.finishS));
  const mean = flying.reduce((sum, s) => sum + s.finishS, 0) / Math.max(1, flying.length);
  const about = {
    region,
    swathM: swathWidthM,
    coverageFraction: coverage.coverageFraction,
    members: crew.map((m) => costTour(m, [padded.paths[0]?.[0] as PointMm], lowest, request, frame)),
    relativeAltitudeM: lowest,
  };
  return {
    coverage,
    shares,
    makespanS,
    imbalance: mean > 0 ? makespanS / mean : 1,
    makespanBound: makespanBound(about),
    sortieBound: batteryBound(about),
    issues: [...coverage.warnings, ...request.drones.flatMap(reserveRemark)],
  };
}

interface Stacked {
  readonly division: Division;
  /** Height above home of each drone of the request. */
  readonly heightsM: readonly number[];
}

/** Layers by conflict, and the cuts moved for the heights that came out of it; or too few layers. */
function stack(task: FleetTask, division: Division, layers: readonly number[]): Stacked | PlanIssue {
  const { request, crew } = task;
  const minM = request.minHorizontalM ?? DEFAULT_MIN_HORIZONTAL_M;
  const numbers = assignLayers(division.shares.map(routeOf), minM);
  const needed = Math.max(...numbers) + 1;
  if (needed > layers.length) return noLayer(request, needed, layers.length);
  const heightsM = crew.map((_, i) => {
    const k = division.shares.findIndex((share) => share.member === i);
    return layers[k < 0 ? 0 : (numbers[k] as number)] as number;
  });
  if (request.mode === 'sectors') return { division, heightsM };
  const moved = recut(task, division, heightsM);
  if (moved === null || moved.longestS > division.longestS) return { division, heightsM };
  const isApart = layersHold(moved, heightsM, minM);
  return { division: isApart ? moved : division, heightsM };
}

/** Do the heights still separate everybody who comes near somebody after cuts were moved? */
function layersHold(division: Division, heightsM: readonly number[], minM: number): boolean {
  const { shares } = division;
  for (let i = 0; i < shares.length; i++) {
    for (let k = i + 1; k < shares.length; k++) {
      const [a, b] = [shares[i] as DividedShare, shares[k] as DividedShare];
      if (heightsM[a.member] !== heightsM[b.member]) continue;
      const [, second] = assignLayers([routeOf(a), routeOf(b)], minM);
      const [first] = assignLayers([routeOf(a), routeOf(b)], minM);
      if (first !== second) return false;
    }
  }
  return true;
}

/** Everything that a share flies, one sortie after the other, as one line. */
function routeOf({ chain, costs }: DividedShare): PointMm[] {
  return chain.sorties.flatMap((s) => [
    ...s.cost.out.points,
    ...pieceOf(costs.rules.line, s.from, s.to),
    ...s.cost.back.points,
  ]);
}

function sharesOf(task: FleetTask, division: Division, heightsM: readonly number[]): FleetShare[] {
  return task.crew.map((member, i) => {
    const { vehicleId } = member.drone;
    const share = division.shares.find((s) => s.member === i);
    if (share === undefined) return { vehicleId, sorties: [], finishS: 0, sector: null };
    let clockS = 0;
    let finishS = 0;
    const sorties = share.chain.sorties.map((rough, index): FleetSortie => {
      const sortie = sortieOf(task, share, share.costs.exact(rough), index, clockS, heightsM[i] as number);
      finishS = clockS + sortie.durationS;
      clockS = finishS + share.costs.groundS(sortie.energyWh);
      return sortie;
    });
    const sector = share.sector === null ? null : regionToGeometry(task.frame, share.sector);
    return { vehicleId, sorties, finishS, sector };
  });
}

function sortieOf(
  task: FleetTask,
  share: DividedShare,
  sortie: ChainSortie,
  index: number,
  startsAtS: number,
  relativeAltitudeM: number,
): FleetSortie {
  const { costs } = share;
  const { drone } = task.crew[share.member] as FleetTask['crew'][number];
  const { start, cost } = sortie;
  const toLonLat = (p: PointMm): LonLat => mmToLonLat(task.frame, p);
  const points = pieceOf(costs.rules.line, sortie.from, sortie.to).map(toLonLat);
  const first = points[0] as LonLat;
  const last = points[points.length - 1] as LonLat;
  const wayOut = [start.position, ...cost.out.points.slice(1, -1).map(toLonLat), first];
  const wayBack = [last, ...cost.back.points.slice(1, -1).map(toLonLat), cost.landing.position];
  const route = [...wayOut, ...points.slice(1), ...wayBack.slice(1)];
  const flown = estimatePath(
    route.map((p) => ({ ...p, heightM: relativeAltitudeM, dwellS: 0, speedMps: null })),
    drone.profile,
    {
      climbM: relativeAltitudeM - costs.transits.groundM(start),
      descentM: relativeAltitudeM - costs.transits.groundM(cost.landing),
    },
    task.request.conditions,
  );
  return {
    vehicleId: drone.vehicleId,
    index,
    startsAtS,
    relativeAltitudeM,
    startBaseId: start.baseId,
    returnBaseId: cost.landing.baseId,
    wayOut,
    points,
    wayBack,
    lengthM: flown.lengthM,
    durationS: flown.durationS,
    energyWh: flown.energyWh,
    allowedWh: costs.allowedWh(index === 0),
  };
}

function noLayer(request: FleetRequest, needed: number, available: number): PlanIssue {
  const { relativeAltitudeM, maxRelativeAltitudeM } = request;
  return planIssue(
    'plan.no-height-layer',
    `${needed} height layers are needed between ${relativeAltitudeM} and ${maxRelativeAltitudeM} m; ${available} are free.`,
    { needed, available, maxRelativeAltitudeM },
  );
}

function refusal(issues: readonly PlanIssue[]): FleetPlan {
  const bound = { name: 'none: there is no plan', value: 0 };
  return {
    coverage: null,
    shares: [],
    makespanS: 0,
    imbalance: 1,
    makespanBound: bound,
    sortieBound: bound,
    issues,
  };
}
