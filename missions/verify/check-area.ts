import { geometryFault } from './airspace-shapes.ts';
import { farthestOutside, legsToJudge, outsideTolerance, regionOfArea } from './covered-region.ts';
import type { FlatPath, VerifierEngine } from './engine.ts';
import type { Ground } from './flight-builder.ts';
import type { Edge } from './flight-track.ts';
import type { Timed } from './fly-times.ts';
import { COMMAND } from './mission-commands.ts';
import type { MissionArea, VerifyMissionInput } from './mission-input.ts';
import { failed, type MissionCheck, notApplicable, passed, remarked } from './mission-report.ts';
import type { Projection } from './projection.ts';

export interface ItemRange {
  readonly first: number;
  readonly last: number;
}

/** The items between which the area counts. */
export function coveringRanges(input: VerifyMissionInput): readonly ItemRange[] {
  const { area, plan } = input;
  if (area === null) return [];
  if (area.ranges !== null) return area.ranges;
  const isPlace = ({ command }: { command: number }): boolean =>
    command === COMMAND.WAYPOINT || command === COMMAND.SPLINE_WAYPOINT;
  const first = plan.items.findIndex(isPlace);
  return first < 0 ? [] : [{ first, last: plan.items.findLastIndex(isPlace) }];
}

/** Whether an edge lies between two items of a range: the way to its first item does not. */
export function isWithin(ranges: readonly ItemRange[], edge: Edge): boolean {
  if (edge.phase !== 'leg' && edge.phase !== 'circle' && edge.phase !== 'hold') return false;
  return ranges.some(
    ({ first, last }) =>
      (edge.item > first && edge.item <= last) || (edge.item === first && edge.phase !== 'leg'),
  );
}

/** Whether an edge leads to the only item of a range: then its end is within, the way there is not. */
export function leadsToLone(ranges: readonly ItemRange[], edge: Edge): boolean {
  return edge.phase === 'leg' && ranges.some(({ first, last }) => first === last && edge.item === first);
}

/** Inside the area, and all of it seen. */
export function checkArea(
  input: VerifyMissionInput,
  engine: VerifierEngine,
  projection: Projection,
  timed: Timed,
  ground: Ground,
  minCoverageFraction: number,
): MissionCheck[] {
  const { area } = input;
  if (area === null) {
    const message = 'The mission has no area.';
    return [
      notApplicable('area', message),
      notApplicable('coverage', message),
      notApplicable('swath', message),
    ];
  }
  const fault = geometryFault(area.geometry);
  const region = fault === null ? regionOfArea(engine, projection, area.geometry) : null;
  const wholeM2 = region === null ? 0 : engine.areaM2(region);
  if (region === null || !(wholeM2 > 0)) {
    const draft = {
      figure: null,
      unit: '',
      limit: null,
      message: `The area cannot be read: ${fault ?? 'it encloses nothing'}.`,
    };
    return [failed('area', draft), failed('coverage', draft), failed('swath', draft)];
  }
  const ranges = coveringRanges(input);
  const edges = timed.edges.filter((edge) => isWithin(ranges, edge) || leadsToLone(ranges, edge));
  const legs = edges.map((edge) => flat(edge, ranges));
  const rings = engine.flatten(region);
  const swathM = area.swathWidthM;
  const toleranceM = outsideTolerance(swathM ?? 0);
  const outside = farthestOutside(engine, legsToJudge(legs, rings), region, rings);
  const bulgeM = Math.max(0, ...edges.map((edge) => edge.bulgeM));
  const outsideM = Math.round((outside.distanceM + (outside.distanceM > 0 ? bulgeM : 0)) * 100) / 100;
  const draft = {
    figure: outsideM,
    unit: 'm',
    limit: toleranceM,
    where:
      outside.at === null
        ? null
        : { item: null, place: projection.lonLat(outside.at[0] / 1000, outside.at[1] / 1000) },
  };
  return [
    outsideM > toleranceM
      ? failed('area', { ...draft, message: `The flight leaves the area by ${outsideM} m.` })
      : passed('area', { ...draft, message: `Inside the area within ${outsideM} m.` }),
    checkCoverage(area, engine, legs, region, wholeM2, minCoverageFraction),
    checkSwath(input, area, edges, ground),
  ];
}

function checkCoverage(
  { swathWidthM }: MissionArea,
  engine: VerifierEngine,
  legs: readonly FlatPath[],
  region: ReturnType<typeof regionOfArea>,
  wholeM2: number,
  limit: number,
): MissionCheck {
  if (swathWidthM === null)
    return notApplicable('coverage', 'The mission is not asked to see all of the area.');
  if (!(swathWidthM > 0)) {
    return failed('coverage', {
      figure: 0,
      unit: 'of the area',
      limit,
      message: 'The camera sees no width.',
    });
  }
  const seen = engine.buffer(legs, (swathWidthM * 1000) / 2);
  const share = legs.length === 0 ? 0 : engine.areaM2(engine.intersection(seen, region)) / wholeM2;
  const figure = Math.floor(share * 100_000) / 100_000;
  const message = `${Math.floor(share * 100_000) / 1000} % of the area are seen.`;
  const draft = { figure, unit: 'of the area', limit, message };
  if (!(share >= limit)) return failed('coverage', draft);
  return share < TARGET_COVERAGE ? remarked('coverage', draft) : passed('coverage', draft);
}

/** Below this share a plan that may be flown is remarked on. */
const TARGET_COVERAGE = 0.995;

/** Heights differ a little along a leg over terrain: up to this share more than seen is remarked, more is refused. */
const SWATH_GRACE = 1.2;

/** The camera must see the width that the plan counts on, from the lowest covering height. */
function checkSwath(
  input: VerifyMissionInput,
  { swathWidthM }: MissionArea,
  edges: readonly Edge[],
  ground: Ground,
): MissionCheck {
  if (swathWidthM === null) return notApplicable('swath', 'The mission is not asked to see all of the area.');
  const halfFov = (input.profile.cameraHorizontalFovDeg * Math.PI) / 360;
  let lowest: { heightM: number; item: number } | null = null;
  for (const edge of edges) {
    for (const spot of [edge.from, edge.to]) {
      const heightM = spot.upM - (ground.aboveHomeM(spot.eastM, spot.northM) ?? 0);
      if (lowest === null || heightM < lowest.heightM) lowest = { heightM, item: edge.item };
    }
  }
  if (lowest === null) return notApplicable('swath', 'Nothing is flown over the area.');
  const limit = Math.round(2 * lowest.heightM * Math.tan(halfFov) * 100) / 100;
  const draft = {
    figure: Math.round(swathWidthM * 100) / 100,
    unit: 'm',
    limit,
    where: { item: lowest.item, place: null },
    message: `The plan counts on ${Math.round(swathWidthM * 10) / 10} m; the camera sees ${limit} m.`,
  };
  if (swathWidthM <= limit + 0.01) return passed('swath', draft);
  return swathWidthM <= limit * SWATH_GRACE ? remarked('swath', draft) : failed('swath', draft);
}

/** A lone point is a leg without length, so that a single waypoint still sees its surroundings. */
function flat(edge: Edge, ranges: readonly ItemRange[]): FlatPath {
  const mm = (m: number): number => Math.round(m * 1000);
  const from = leadsToLone(ranges, edge) ? edge.to : edge.from;
  return [mm(from.eastM), mm(from.northM), mm(edge.to.eastM), mm(edge.to.northM)];
}
