import type { MultiPolygon, Polygon } from 'geojson';
import { MAV_CMD, type MissionItem } from '../mission-item.ts';
import type { PatrolPlan, PlanIssue, PlanVerdict, SortiePlan } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { checkItems, checkLayers } from './check-items.ts';
import { farthestOutside, legsToJudge, outsideTolerance, regionOfArea } from './covered-region.ts';
import { type FlatPath, VerifierEngine } from './engine.ts';
import { Projection } from './projection.ts';

export { outsideTolerance } from './covered-region.ts';

export interface VerifyOptions {
  /** Lowest and highest height above home that a mission may have; default 1 and 120 m (the usual legal ceiling). */
  readonly minRelativeAltitudeM?: number;
  readonly maxRelativeAltitudeM?: number;
  /** Least distance in height between sorties; default 5 m. */
  readonly layerSpacingM?: number;
}

/** Below this covered share a plan is refused, below the second one it is remarked on. */
const LEAST_COVERAGE = 0.99;
const TARGET_COVERAGE = 0.995;

/** Findings after which distances mean nothing. */
const NONSENSE: ReadonlySet<string> = new Set(['verify.bad-item', 'verify.null-island']);

/**
 * Checks a patrol plan as it would be uploaded: from the integer items, with its own projection and another
 * geometry engine; nothing of the planner's code is used. `area` is what was to be covered.
 *
 * Covered is what lies within half of `plan.swathWidthM` of a leg between two waypoints; the ways out and home do
 * not count. Outside is measured on the same legs, except those between separate parts of the area.
 */
export async function verifyPatrol(
  area: Polygon | MultiPolygon,
  plan: PatrolPlan,
  options: VerifyOptions = {},
): Promise<PlanVerdict> {
  const limits = {
    minRelativeAltitudeM: options.minRelativeAltitudeM ?? 1,
    maxRelativeAltitudeM: options.maxRelativeAltitudeM ?? 120,
    layerSpacingM: options.layerSpacingM ?? 5,
  };
  const issues: PlanIssue[] = plan.sorties.flatMap((sortie, i) => checkItems(sortie, i, limits));
  issues.push(...checkLayers(plan.sorties, limits.layerSpacingM));
  if (plan.sorties.length === 0) issues.push(planIssue('verify.no-sorties', 'The plan has no sorties.'));
  const projection = Projection.over(area);
  if (projection === null) {
    issues.push(
      planIssue('verify.unreadable-area', 'The area has no usable positions.', { reason: 'no positions' }),
    );
    return verdict(0, 0, issues);
  }
  // Geometry of broken numbers would only produce further nonsense.
  if (issues.some((issue) => NONSENSE.has(issue.code))) return verdict(0, 0, issues);
  const engine = await VerifierEngine.open();
  try {
    return checkGeometry(engine, projection, area, plan, issues);
  } finally {
    engine.close();
  }
}

function checkGeometry(
  engine: VerifierEngine,
  projection: Projection,
  area: Polygon | MultiPolygon,
  plan: PatrolPlan,
  issues: PlanIssue[],
): PlanVerdict {
  const region = regionOfArea(engine, projection, area);
  const wholeM2 = engine.areaM2(region);
  if (!(wholeM2 > 0)) {
    issues.push(planIssue('verify.unreadable-area', 'The area encloses nothing.', { reason: 'empty' }));
    return verdict(0, 0, issues);
  }
  const legs = plan.sorties.flatMap((sortie) => coveringLegs(sortie, projection));
  const seen = engine.buffer(legs, (plan.swathWidthM * 1000) / 2);
  const coverage = legs.length === 0 ? 0 : engine.areaM2(engine.intersection(seen, region)) / wholeM2;
  const coveragePct = Math.floor(coverage * 100_000) / 1000;
  if (!(coverage >= LEAST_COVERAGE)) {
    issues.push(
      planIssue('verify.coverage-low', `Only ${coveragePct} % of the area is covered.`, { coveragePct }),
    );
  } else if (coverage < TARGET_COVERAGE) {
    issues.push(
      planIssue(
        'verify.coverage-below-target',
        `${coveragePct} % of the area is covered; 99.5 % is the target.`,
        {
          coveragePct,
        },
      ),
    );
  }
  const rings = engine.flatten(region);
  const maxOutsideM = farthestOutside(engine, legsToJudge(legs, rings), region, rings).distanceM;
  const toleranceM = outsideTolerance(plan.swathWidthM);
  if (maxOutsideM > toleranceM) {
    const outsideM = Math.round(maxOutsideM * 10) / 10;
    issues.push(
      planIssue('verify.outside', `The path leaves the area by ${outsideM} m.`, { outsideM, toleranceM }),
    );
  }
  return verdict(coverage, maxOutsideM, issues);
}

function verdict(coverageFraction: number, maxOutsideM: number, issues: readonly PlanIssue[]): PlanVerdict {
  return { ok: issues.every((issue) => issue.severity !== 'error'), coverageFraction, maxOutsideM, issues };
}

/** Legs that see the area: where the sortie says so, otherwise between all waypoints. */
function coveringLegs(sortie: SortiePlan, projection: Projection): FlatPath[] {
  const { items } = sortie.plan;
  const ranges = sortie.coverRanges ?? [{ first: 0, last: items.length - 1 }];
  return ranges.flatMap(({ first, last }) => legsOf(items.slice(first, last + 1), projection));
}

/** Legs between successive waypoints; a single waypoint is a leg without length. */
function legsOf(items: readonly MissionItem[], projection: Projection): FlatPath[] {
  const stops = items
    .filter((item) => item.command === MAV_CMD.NAV_WAYPOINT)
    .map((item) => projection.point(item.y / 1e7, item.x / 1e7));
  const only = stops[0];
  if (stops.length === 1 && only !== undefined) return [[...only, ...only]];
  return stops.slice(1).map((stop, i) => [...(stops[i] as readonly [number, number]), ...stop]);
}
