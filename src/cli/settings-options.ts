import type { Command } from 'commander';
import { loadSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import { AirgridError } from '../errors.ts';

export interface SettingsOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly dataDir?: string;
  readonly link?: readonly string[];
  readonly set?: readonly string[];
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** The flags by which every server command takes its settings. */
export function addSettingsOptions(command: Command): Command {
  return command
    .option('-c, --config <file>', 'settings file, YAML or JSON (docs/configuration.md)')
    .option('--host <address>', 'address of the console and API (server.host)')
    .option('-p, --port <port>', 'port of the console and API (server.port)')
    .option('--data-dir <folder>', 'database and recordings (data.dir)')
    .option('-l, --link <url>', 'MAVLink link, may be given several times (links)', collect)
    .option('--set <name=value>', 'any other setting, e.g. --set patrol.relativeAltitudeM=80', collect);
}

/** @param extra settings of the command itself, which the user's flags and environment still win over */
export function settingsFrom(
  options: SettingsOptions,
  extra: Readonly<Record<string, string>> = {},
): Settings {
  const flags: Record<string, string | readonly string[]> = {};
  for (const entry of options.set ?? []) {
    const at = entry.indexOf('=');
    if (at < 1) {
      throw new AirgridError(
        'config.invalid',
        `--set "${entry}" is not of the form name=value, e.g. server.port=8081.`,
      );
    }
    flags[entry.slice(0, at)] = entry.slice(at + 1);
  }
  if (options.host !== undefined) flags['server.host'] = options.host;
  if (options.port !== undefined) flags['server.port'] = options.port;
  if (options.dataDir !== undefined) flags['data.dir'] = options.dataDir;
  if (options.link !== undefined) flags.links = options.link;
  return loadSettings({ file: options.config, env: process.env, flags: { ...extra, ...flags } });
}
