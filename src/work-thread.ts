import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';

/** Pure computation that takes seconds, away from the thread that serves pages and feeds the bridge's deadman. */
export interface WorkThread<Job, Result> {
  run(job: Job): Promise<Result>;
  close(): Promise<void>;
}

type Work<Job, Result> = (job: Job) => Result | Promise<Result>;

/** Who asks faster than work can be done is told so instead of building a queue without end. */
const MAX_QUEUE = 32;

/**
 * One thread for one kind of work. `worker`: the built file, whose default export does it; `here`: the same from
 * source, on this thread (tests under vitest, where threads cannot load TypeScript). `staysReady`: kept between jobs,
 * for work that somebody waits for; otherwise the thread and its memory are given back.
 */
export function openWorkThread<Job, Result>(
  worker: URL,
  here: () => Promise<{ readonly default: Work<Job, Result> }>,
  { staysReady }: { readonly staysReady: boolean },
): WorkThread<Job, Result> {
  if (!existsSync(worker)) {
    return { run: async (job) => (await here()).default(job), close: async () => {} };
  }
  const pool = new Piscina<Job, Result>({
    filename: fileURLToPath(worker),
    minThreads: staysReady ? 1 : 0,
    maxThreads: 1,
    maxQueue: MAX_QUEUE,
  });
  return { run: (job) => pool.run(job), close: () => pool.destroy() };
}
