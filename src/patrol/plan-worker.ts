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
}

export interface PlannedPatrol {
  readonly plan: PatrolPlan;
  readonly verdict: PlanVerdict;
}

/**
 * What the planning thread does with one request: plan, then have the independent checker judge the patrol as a whole
 * (coverage, outline, layers) and fly each sortie's items as they would be uploaded (commands, heights, energy …).
 */
export default async function planAndVerify({ request, autopilots }: PatrolJob): Promise<PlannedPatrol> {
  const plan = planPatrol(request);
  const { layerSpacingM, maxRelativeAltitudeM } = request;
  const patrol = await verifyPatrol(request.area, plan, { layerSpacingM, maxRelativeAltitudeM });
  const flown = await Promise.all(plan.sorties.map((sortie) => fly(sortie, request, autopilots)));
  const issues = [...patrol.issues, ...flown.flat()];
  return { plan, verdict: { ...patrol, ok: issues.every((issue) => issue.severity !== 'error'), issues } };
}

/** What the checker refuses in one sortie; its remarks (slow corners …) are the planner's everyday. */
async function fly(
  sortie: SortiePlan,
  request: PatrolRequest,
  autopilots: PatrolJob['autopilots'],
): Promise<readonly PlanIssue[]> {
  const vehicle = request.vehicles.find((one) => one.vehicleId === sortie.vehicleId);
  const [home] = sortie.route;
  if (home === undefined) return [];
  const report = await verifyMission({
    plan: sortie.plan,
    autopilot: autopilots[sortie.vehicleId ?? ''] ?? 'ardupilot',
    vehicleClass: 'copter',
    home: { position: home, elevationAmslM: null },
    profile: vehicle?.profile ?? request.defaultProfile,
    startMs: null,
    // Outline and coverage are the patrol's as a whole.
    area: null,
    zones: [],
    elevation: null,
    wind: request.conditions?.wind ?? null,
    batteryFraction: vehicle?.remainingFraction ?? 1,
    otherPlans: [],
    limits: { maxAboveHomeM: request.maxRelativeAltitudeM },
  });
  return issuesOf(report).filter((issue) => issue.severity === 'error');
}
