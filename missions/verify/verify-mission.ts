import type { MultiPolygon, Polygon } from 'geojson';
import { fenceShapes, geometryFault, type Shape, shapeOf, zoneShapes } from './airspace-shapes.ts';
import { checkAirspace } from './check-airspace.ts';
import { checkArea, coveringRanges, isWithin, leadsToLone } from './check-area.ts';
import { checkEnergy, checkFlight } from './check-flight.ts';
import { checkForm, UNFLYABLE } from './check-form.ts';
import { checkHeights } from './check-heights.ts';
import { checkSeparation } from './check-separation.ts';
import { VerifierEngine } from './engine.ts';
import { type Ground, rallySpots } from './flight-builder.ts';
import { type Flown, wayM } from './flight-track.ts';
import { flyMission, groundOf } from './fly-mission.ts';
import { airVector, type Timed, timeFlight } from './fly-times.ts';
import {
  type ResolvedLimits,
  requestFault,
  resolveLimits,
  type VerifyMissionInput,
} from './mission-input.ts';
import {
  MISSION_CHECK_IDS,
  type MissionCheck,
  notChecked,
  type VerificationReport,
} from './mission-report.ts';
import { Projection } from './projection.ts';

/**
 * Judges one mission exactly as it would be uploaded. It is flown on paper, item by item, and what comes out is held
 * against everything that is forbidden or limited. Nothing of the planner is used: own projection, own geometry
 * engine, own flight, own energy. Nothing may be uploaded whose report is not `ok`.
 *
 * The report has every check, with its figure and its limit also when it passes; what could not be checked says so.
 * Never throws for bad input.
 */
export async function verifyMission(input: VerifyMissionInput): Promise<VerificationReport> {
  const limits = resolveLimits(input);
  const form = checkForm(input);
  if (requestFault(input) !== null || form.some((check) => !check.ok && UNFLYABLE.has(check.check))) {
    return report(form, 'the items are not flyable', null);
  }
  const projection = Projection.at(input.home.position);
  const ground = groundOf(input, projection, input.elevation);
  const flown = flyMission(input, projection, input.elevation);
  const air = airVector(input.wind);
  const { profile, vehicleClass } = input;
  const flightLimits = { profile, vehicleClass, air, maxAirspeedMps: limits.maxAirspeedMps };
  const timed = timeFlight(flown.edges, flightLimits);
  const home = { eastM: 0, northM: 0, upM: 0 };
  const judged = {
    mission: input,
    flown,
    timed,
    ground,
    projection,
    limits,
    flightLimits,
    air,
    batteryFraction: input.batteryFraction,
    home,
  };
  const flight = checkFlight(judged);
  const isAstray = flight.some((check) => check.check === 'range' && !check.ok && isFar(check));
  if (isAstray) return report([...form, ...flight], 'the flight leads to another part of the world', null);
  const energy = checkEnergy(judged);
  const heights = checkHeights({
    flown,
    timed,
    ground,
    projection,
    limits,
    home,
    hasTerrain: input.elevation !== null,
  });
  const space = await checkSpace(input, limits, { projection, ground, flown, timed });
  const others = checkSeparation(input, limits, { projection, ground, timed });
  const checks = [...form, ...flight, ...energy.checks, ...heights, ...space, others];
  return report(checks, 'it was left out', {
    durationS: timed.timesS[timed.timesS.length - 1] ?? 0,
    lengthM: timed.edges.reduce((sum, edge) => sum + wayM(edge), 0),
    energyWh: energy.energyWh,
  });
}

/** Beyond this a flat plane says nothing any more, metres. */
const FLAT_M = 200_000;

const isFar = (check: MissionCheck): boolean => (check.figure ?? 0) > FLAT_M;

interface Flight {
  readonly projection: Projection;
  readonly ground: Ground;
  readonly flown: Flown;
  readonly timed: Timed;
}

/** Everything that needs polygons. */
async function checkSpace(
  input: VerifyMissionInput,
  limits: ResolvedLimits,
  { projection, ground, flown, timed }: Flight,
): Promise<MissionCheck[]> {
  const engine = await VerifierEngine.open();
  try {
    const ranges = coveringRanges(input);
    const isSeeing = input.area !== null && input.area.swathWidthM !== null;
    const readable = input.zones.filter(({ geometry }) => isReadable(geometry));
    const cache = new Map<Shape, Map<number, Shape>>();
    const grown = (shape: Shape, byM: number): Shape => {
      if (byM === 0 || shape.rings.length === 0) return shape;
      const sizes = cache.get(shape) ?? new Map<number, Shape>();
      cache.set(shape, sizes);
      const found = sizes.get(byM);
      if (found !== undefined) return found;
      const paths = engine.paths(shape.rings.map((ring) => ring.map((m) => Math.round(m * 1000))));
      const made = shapeOf(engine, paths, byM);
      sizes.set(byM, made);
      return made;
    };
    return [
      ...checkArea(input, engine, projection, timed, ground, limits.minCoverageFraction),
      ...checkAirspace({
        flown,
        timed,
        ground,
        projection,
        fences: fenceShapes(engine, projection, input.plan.fence),
        zones: zoneShapes(engine, projection, readable, limits.zoneMarginM),
        allZones: input.zones,
        rally: rallySpots(input.plan.rally, projection, ground),
        startMs: input.startMs,
        privacyAllowed: limits.privacyAllowed,
        isCovering: (edge) => isSeeing && isWithin(ranges, edge),
        isCoveringEnd: (edge) => isSeeing && leadsToLone(ranges, edge),
        grown,
      }),
    ];
  } finally {
    engine.close();
  }
}

const isReadable = (geometry: Polygon | MultiPolygon): boolean => geometryFault(geometry) === null;

/** Puts the checks in their order; those that were not reached are said to be unchecked. */
function report(
  checks: readonly MissionCheck[],
  why: string,
  totals: { durationS: number; lengthM: number; energyWh: number } | null,
): VerificationReport {
  const byId = new Map(checks.map((check) => [check.check, check]));
  const all = MISSION_CHECK_IDS.map((id) => byId.get(id) ?? notChecked(id, `Not checked: ${why}.`, 'error'));
  return {
    ok: all.every((check) => check.ok || check.severity !== 'error'),
    checks: all,
    durationS: totals?.durationS ?? null,
    lengthM: totals?.lengthM ?? null,
    energyWh: totals?.energyWh ?? null,
  };
}
