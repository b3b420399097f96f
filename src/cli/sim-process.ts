import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AirgridError } from '../errors.ts';

/** dist/sim/main.js: the simulator is a program of its own, never a module of the server. */
const SIM_PROGRAM = fileURLToPath(new URL('../../sim/main.js', import.meta.url));

/** Starts the simulator with these arguments; it ends with this process (its IPC channel closes). */
export function startSimulator(args: readonly string[], output: 'inherit' | 'ignore'): ChildProcess {
  if (!existsSync(SIM_PROGRAM)) {
    throw new AirgridError('cli.sim-missing', 'The simulator is not built.', {
      remedy: 'Run npm run build.',
    });
  }
  return fork(SIM_PROGRAM, [...args], { stdio: ['ignore', output, 'inherit', 'ipc'] });
}

/** Resolves when the simulator says that it is ready. @throws AirgridError `cli.sim-failed` when it ends before */
export function simulatorReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(
        new AirgridError(
          'cli.sim-failed',
          `The simulator ended (${code}) before it was ready. It said why above.`,
        ),
      ),
    );
  });
}
