import type { Command } from 'commander';
import { openLogger } from '../logging.ts';
import { runServer } from '../main.ts';
import { packageVersion } from '../version.ts';
import { addSettingsOptions, type SettingsOptions, settingsFrom } from './settings-options.ts';

/** `airgrid serve`: the server with the links of the configuration. */
export function addServeCommand(program: Command): void {
  addSettingsOptions(program.command('serve').description('Run the server.'))
    .addHelpText(
      'after',
      `
Examples:
  $ airgrid serve                                          listens for vehicles on UDP 14550, console on 8080
  $ airgrid serve -l serial:///dev/ttyUSB0?baud=57600      one telemetry radio
  $ airgrid serve -l udp-listen://0.0.0.0:14550 -l tcp://10.0.0.5:5760 -p 8081
  $ AIRGRID_LOG_LEVEL=debug airgrid serve --config airgrid.yaml`,
    )
    .action(async (options: SettingsOptions) => {
      const settings = settingsFrom(options);
      await runServer({ settings, logger: openLogger(settings.log), version: packageVersion() });
    });
}
