import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { isAbsolute } from 'node:path';
import type { LaunchPlan } from './launch-plan.ts';

const SETPRIV = 'setpriv';
/** Of -20 to 19. */
const NICE = 10;

/**
 * Autopilots make their threads real-time ones (SCHED_FIFO) where they may, and root may: two PX4 at four times the speed
 * then leave no processor for the server, nor for anybody else on the machine, for minutes. Without CAP_SYS_NICE they run
 * as they do for every other user. `setpriv` is of util-linux and becomes the autopilot (exec), so the process is the same.
 */
export function withoutRealTime(plan: LaunchPlan, mayBeRealTime: boolean = isRootOnLinux()): LaunchPlan {
  if (!mayBeRealTime || plan.container !== null || !isAbsolute(plan.program) || !existsSync(plan.program))
    return plan;
  const drop = ['--bounding-set=-sys_nice', '--inh-caps=-sys_nice', '--'];
  return { ...plan, program: SETPRIV, args: [...drop, plan.program, ...plan.args] };
}

let hasSetpriv: boolean | null = null;

function isRootOnLinux(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  hasSetpriv ??= spawnSync(SETPRIV, ['--version'], { stdio: 'ignore' }).status === 0;
  return hasSetpriv;
}

/** A simulation that gets less of a processor only runs slower; the server beside it would miss datagrams. */
export function yieldToOthers(pid: number): void {
  try {
    setPriority(pid, NICE);
  } catch {
    // It has ended already, which is told elsewhere.
  }
}
