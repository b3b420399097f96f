import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Cleans up after us when we are killed without a chance to do it. A shell in a session of its own waits for the end of
 * a pipe that only this process holds: it closes when we end, however we end. Then the autopilot's process group is
 * killed, its container removed and its folder and leftovers deleted. (ArduPilot looks after its parent itself, PX4 does
 * not; neither deletes its files.)
 */
const SCRIPT = [
  'cat > /dev/null',
  'kill -s KILL -- "-$1" 2> /dev/null',
  'if [ -n "$2" ]; then docker rm --force "$2" > /dev/null 2>&1; fi',
  // What was killed may be writing its last file.
  'sleep 0.2',
  'shift 2',
  'if [ "$#" -gt 0 ]; then rm -rf -- "$@"; fi',
].join('\n');

export interface Guard {
  /** We have cleaned up ourselves. Idempotent. */
  release(): void;
}

/** @param remove absolute paths */
export function startGuard(options: {
  readonly processGroup: number;
  readonly container: string | null;
  readonly remove: readonly string[];
}): Guard {
  const shell: ChildProcess = spawn(
    '/bin/sh',
    [
      '-c',
      SCRIPT,
      'airgrid-sitl-guard',
      String(options.processGroup),
      options.container ?? '',
      ...options.remove,
    ],
    { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/' },
  );
  // Without a shell there is no guard, and nothing else changes: an orderly end cleans up all the same.
  shell.on('error', () => {});
  shell.stdin?.on('error', () => {});
  shell.unref();
  const { stdin } = shell;
  if (stdin !== null && 'unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return {
    release() {
      shell.kill('SIGKILL');
    },
  };
}
