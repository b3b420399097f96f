import type { Command } from 'commander';
import { startSimulator } from './sim-process.ts';

/** `airgrid sim …`: hands everything to the simulator, which has its own --help. */
export function addSimCommand(program: Command): void {
  program
    .command('sim')
    .description('Fly simulated aircraft that speak MAVLink over UDP (airgrid sim --help for its options).')
    .allowUnknownOption()
    .allowExcessArguments()
    .helpOption(false)
    .action(async (_options: unknown, command: Command) => {
      const child = startSimulator(command.args, 'inherit');
      const stop = (signal: NodeJS.Signals) => child.kill(signal);
      process.on('SIGINT', stop);
      process.on('SIGTERM', stop);
      process.exitCode = await new Promise<number>((resolve) =>
        child.once('exit', (code) => resolve(code ?? 1)),
      );
    });
}
