import {
  type PatrolPlan,
  type PatrolRequest,
  type PlanVerdict,
  planPatrol,
  verifyPatrol,
} from '../../missions/index.ts';

export interface PlannedPatrol {
  readonly plan: PatrolPlan;
  readonly verdict: PlanVerdict;
}

/** What the planning thread does with one request. */
export default async function planAndVerify(request: PatrolRequest): Promise<PlannedPatrol> {
  const plan = planPatrol(request);
  const { layerSpacingM, maxRelativeAltitudeM } = request;
  return { plan, verdict: await verifyPatrol(request.area, plan, { layerSpacingM, maxRelativeAltitudeM }) };
}
