import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { AirgridError } from '../errors.ts';

/** dist/sim/scenario/main.js: it flies simulated aircraft, so it is no module of the server. */
const RUNNER = fileURLToPath(new URL('../../sim/scenario/main.js', import.meta.url));

/** `airgrid scenario …`: hands everything to the runner, which has its own --help. */
export function addScenarioCommand(program: Command, runner = RUNNER): void {
  program
    .command('scenario')
    .description('Run scenarios that judge themselves (airgrid scenario --help: list, check, run).')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options: unknown, command: Command) => {
      process.exitCode = await runScenarios(runner, command.args);
    });
}

/** @returns the runner's exit code: 0 as expected, 1 not, 2 a bad file or option */
async function runScenarios(runner: string, args: readonly string[]): Promise<number> {
  if (!existsSync(runner)) {
    throw new AirgridError('cli.sim-missing', 'The scenario runner is not built.', {
      remedy: 'Run npm run build.',
    });
  }
  const child: ChildProcess = fork(runner, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const stop = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}
