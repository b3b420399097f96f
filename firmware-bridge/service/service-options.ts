import { readFileSync, statSync } from 'node:fs';
import type { Logger } from 'pino';
import { BridgeError } from '../bridge-error.ts';
import type { BridgeConfig } from '../model.ts';
import { parseEventDictionary } from '../protocol/px4-events-text.ts';
import { HgtElevation } from './terrain-elevation.ts';
import type { ServiceOptions } from './vehicle-services.ts';

/**
 * What the services of all vehicles share: elevation tiles and the words for PX4's events.
 *
 * @throws BridgeError `config.elevation-dir`, `config.px4-events`: the files are named and cannot be used
 */
export function serviceOptions(
  config: Pick<BridgeConfig, 'elevationDir' | 'px4EventsFile'>,
  logger: Logger,
): ServiceOptions {
  const { elevationDir = null, px4EventsFile = null } = config;
  if (elevationDir !== null && statSync(elevationDir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new BridgeError(
      'config.elevation-dir',
      `There is no folder ${elevationDir} with elevation tiles: make it, or name none.`,
      { elevationDir },
    );
  }
  return {
    elevation:
      elevationDir === null
        ? null
        : new HgtElevation(elevationDir, { warn: (message) => logger.warn({ elevationDir }, message) }),
    events: px4EventsFile === null ? null : readDictionary(px4EventsFile),
  };
}

function readDictionary(path: string) {
  try {
    return parseEventDictionary(readFileSync(path, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BridgeError(
      'config.px4-events',
      `${path} cannot be read as PX4's all_events.json: ${why}.`,
      { path },
      error,
    );
  }
}
