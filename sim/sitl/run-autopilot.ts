import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuard } from './guard.ts';
import type { LaunchPlan } from './launch-plan.ts';
import { withoutRealTime, yieldToOthers } from './ordinary-priority.ts';
import { SitlError } from './sitl-error.ts';

/** How one ended that was not asked to. */
export interface UnexpectedEnd {
  readonly title: string;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Of its output. */
  readonly lastLines: readonly string[];
}

export interface RunningAutopilot {
  readonly title: string;
  readonly folder: string;
  readonly child: ChildProcess;
  /** The newest lines of its output. */
  lastLines(): readonly string[];
  /** Resolves when it ends by itself; never after `stop`. */
  readonly unexpectedEnd: Promise<UnexpectedEnd>;
  /** Idempotent; resolves when its processes and, unless kept, its folder are gone. */
  stop(): Promise<void>;
}

const LINES_KEPT = 30;
/** Both autopilots close their log when asked to end; neither takes longer when its machine is not overloaded. */
const GENTLE_STOP_MS = 1500;

/** A folder that nobody else has, for one instance. */
export function temporaryFolder(prefix: string): string {
  return mkdtempSync(join(tmpdir(), prefix));
}

/**
 * Starts one autopilot in a process group of its own, so that Ctrl-C in a terminal reaches us and not it, and PX4's
 * helpers end with it. Whatever way this process ends, the autopilot ends too (see guard.ts).
 * @param keepFolder its folder stays, with logs and parameters
 * @throws SitlError `sitl.start-failed` when the program cannot be started at all
 */
export async function runAutopilot(wanted: LaunchPlan, keepFolder = false): Promise<RunningAutopilot> {
  const plan = withoutRealTime(wanted);
  const { title, folder } = plan;
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(plan.files)) writeFileSync(join(folder, name), text);
  const remove = [...(keepFolder ? [] : [folder]), ...plan.leftovers];
  const child = spawn(plan.program, [...plan.args], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...plan.env },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const { lastLines, closeLog } = keepOutput(child, folder);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => {
      for (const path of remove) rmSync(path, { recursive: true, force: true });
      const remedy = plan.container === null ? null : 'Is docker installed, and may you use it?';
      reject(
        new SitlError('sitl.start-failed', `${title} cannot be started: ${cause.message}.`, remedy, cause),
      );
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new SitlError('sitl.start-failed', `${title} has no process.`);
  yieldToOthers(pid);
  const guard = startGuard({ processGroup: pid, container: plan.container, remove });
  const signalGroup = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch (error) {
      // ESRCH: nobody is left in the group.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  };
  let stopped: Promise<void> | null = null;
  const unexpectedEnd = new Promise<UnexpectedEnd>((resolve) => {
    // "close" comes after the last of its output was read, "exit" may come before.
    child.once('close', (exitCode, signal) => {
      if (stopped === null) resolve({ title, exitCode, signal, lastLines: lastLines() });
    });
  });
  const stop = async (): Promise<void> => {
    signalGroup('SIGTERM');
    const force = setTimeout(() => signalGroup('SIGKILL'), GENTLE_STOP_MS);
    await ended;
    clearTimeout(force);
    // Helpers that it started and that outlived it.
    signalGroup('SIGKILL');
    if (plan.container !== null) spawnSync('docker', ['rm', '--force', plan.container], { stdio: 'ignore' });
    await closeLog();
    for (const path of remove) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    guard.release();
  };
  return {
    title,
    folder,
    child,
    lastLines,
    unexpectedEnd,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Its output goes into `sitl.log` in its folder; the newest lines are kept for a message. */
function keepOutput(
  child: ChildProcess,
  folder: string,
): { readonly lastLines: () => readonly string[]; readonly closeLog: () => Promise<void> } {
  const log = createWriteStream(join(folder, 'sitl.log'));
  // A full disk must not end the launcher; the log is a convenience.
  log.on('error', () => {});
  const lines: string[] = [];
  let rest = '';
  const take = (chunk: Buffer): void => {
    log.write(chunk);
    const parts = `${rest}${chunk.toString()}`.split(/\r?\n/);
    rest = (parts.pop() ?? '').slice(-2000);
    lines.push(...parts.filter((line) => line.trim() !== ''));
    lines.splice(0, lines.length - LINES_KEPT);
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return {
    lastLines: () => (rest.trim() === '' ? [...lines] : [...lines, rest]),
    closeLog: () => new Promise((resolve) => log.end(() => resolve())),
  };
}
