import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { PatrolJob, PlannedPatrol } from './plan-worker.ts';

/** Plans and has the plan checked by the independent verifier. */
export interface Planner {
  plan(job: PatrolJob): Promise<PlannedPatrol>;
  close(): Promise<void>;
}

/**
 * Planning takes up to some seconds of pure computation, so it runs on a thread of its own: no telemetry and no
 * heartbeat waits for it. Run from source (tests under vitest, where threads cannot load TypeScript) it stays on this
 * thread.
 */
export function openPlanner(): Planner {
  const worker = new URL('./plan-worker.js', import.meta.url);
  if (!existsSync(worker)) {
    return {
      plan: async (job) => (await import('./plan-worker.ts')).default(job),
      close: async () => {},
    };
  }
  const pool = new Piscina<PatrolJob, PlannedPatrol>({
    filename: fileURLToPath(worker),
    minThreads: 1,
    maxThreads: 1,
    // A console that asks faster than plans can be made is told so instead of building a queue without end.
    maxQueue: 32,
  });
  return { plan: (job) => pool.run(job), close: () => pool.destroy() };
}
