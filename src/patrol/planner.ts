import { openWorkThread } from '../work-thread.ts';
import type { PatrolJob, PlannedPatrol } from './plan-worker.ts';

/** Plans and has the plan checked by the independent verifier. */
export interface Planner {
  plan(job: PatrolJob): Promise<PlannedPatrol>;
  close(): Promise<void>;
}

/** Planning takes up to some seconds of pure computation: no telemetry and no heartbeat waits for it. */
export function openPlanner(): Planner {
  const thread = openWorkThread<PatrolJob, PlannedPatrol>(
    new URL('./plan-worker.js', import.meta.url),
    () => import('./plan-worker.ts'),
    { staysReady: true },
  );
  return { plan: (job) => thread.run(job), close: () => thread.close() };
}
