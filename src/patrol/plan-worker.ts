import { type PatrolRequest, planPatrol, verifyPatrol } from '../../missions/index.ts';
import type { PlannedPatrol } from './planner.ts';

/** What the planning thread does with one request. */
export default async function planAndVerify(request: PatrolRequest): Promise<PlannedPatrol> {
  const plan = planPatrol(request);
  const { layerSpacingM, maxRelativeAltitudeM } = request;
  return { plan, verdict: await verifyPatrol(request.area, plan, { layerSpacingM, maxRelativeAltitudeM }) };
}
