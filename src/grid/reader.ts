import type { GridFilesResult } from '../../missions/index.ts';
import { openWorkThread, type WorkThread } from '../work-thread.ts';
import type { ReadJob } from './read-worker.ts';

export type GridReader = WorkThread<ReadJob, GridFilesResult>;

/**
 * Reading and checking a big file takes seconds. On the main thread three of them would silence our heartbeats, and the
 * fleet would take us for dead.
 */
export function openGridReader(): GridReader {
  return openWorkThread(new URL('./read-worker.js', import.meta.url), () => import('./read-worker.ts'), {
    staysReady: false,
  });
}
