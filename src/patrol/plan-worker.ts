import {
  type Autopilot,
  issuesOf,
  type PatrolPlan,
  type PatrolRequest,
  type PlanIssue,
  type PlanVerdict,
  planPatrol,
  type SortiePlan,
  verifyMission,
  verifyPatrol,
} from '../../missions/index.ts';

export interface PatrolJob {
  readonly request: PatrolRequest;
  /** Which autopilot each vehicle has: they differ in the commands that they take. */
  readonly autopilots: Readonly<Record<string, Autopilot>>;
  /** What the checker is to know of each vehicle besides; null: not reported. */
  readonly homes: Readonly<
    Record<string, { readonly elevationAmslM: number | null; readonly returnHeightM: number | null }>
  >;
}

export interface PlannedPatrol {
  readonly plan: PatrolPlan;
  readonly verdict: PlanVerdict;
}

/**
 * What the planning thread does with one request: plan, then have the independent checker judge the patrol as a whole
 * (coverage, outline, layers) and fly each sortie's items as they would be uploaded (commands, heights, energy, zones …).
 */
export default async function planAndVerify(job: PatrolJob): Promise<PlannedPatrol> {
  const { request } = job;
  const plan = planPatrol(request);
  const { layerSpacingM, maxRelativeAltitudeM } = request;
  const area = plan.plannedArea ?? request.area;
  const patrol = await verifyPatrol(area, plan, { layerSpacingM, maxRelativeAltitudeM });
  const flown = await Promise.all(plan.sorties.map((sortie) => fly(sortie, plan, job)));
  const issues = [...patrol.issues, ...flown.flat()];
  return { plan, verdict: { ...patrol, ok: issues.every((issue) => issue.severity !== 'error'), issues } };
}

/** What the checker refuses in one sortie; its remarks (slow corners …) are the planner's everyday. */
async function fly(
  sortie: SortiePlan,
  plan: PatrolPlan,
  { request, autopilots, homes }: PatrolJob,
): Promise<readonly PlanIssue[]> {
  const vehicle = request.vehicles.find((one) => one.vehicleId === sortie.vehicleId);
  const [home] = sortie.route;
  if (home === undefined) return [];
  const known = homes[sortie.vehicleId ?? ''];
  const returnHeightM = known?.returnHeightM ?? null;
  const zones = request.airspace?.zones ?? [];
  const report = await verifyMission({
    plan: sortie.plan,
    autopilot: autopilots[sortie.vehicleId ?? ''] ?? 'ardupilot',
    vehicleClass: 'copter',
    home: { position: home, elevationAmslM: known?.elevationAmslM ?? null },
    profile: vehicle?.profile ?? request.defaultProfile,
    // All of the zones of the span that it was planned for, whenever in it the launch comes.
    startMs: null,
    ...(returnHeightM === null ? {} : { returnHeightM }),
    // Outline and coverage are the patrol's as a whole; what the camera looks at is checked with the zones.
    area:
      zones.length === 0
        ? null
        : {
            geometry: plan.plannedArea ?? request.area,
            ranges: sortie.coverRanges ?? null,
            swathWidthM: plan.swathWidthM,
          },
    zones,
    elevation: null,
    wind: request.conditions?.wind ?? null,
    batteryFraction: vehicle?.remainingFraction ?? 1,
    otherPlans: [],
    limits: { maxAboveHomeM: request.maxRelativeAltitudeM, minCoverageFraction: 0 },
  });
  return issuesOf(report).filter((issue) => issue.severity === 'error');
}
