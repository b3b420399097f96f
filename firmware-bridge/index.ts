import type { Logger } from 'pino';
import { LiveBridge } from './bridge.ts';
import { systemClock } from './clock.ts';
import type { Bridge, BridgeConfig, Clock } from './model.ts';
import { createTransport } from './transport/create-transport.ts';
import { parseLinkUrl } from './transport/parse-link-url.ts';

/** The one door of the bridge. */
export { BridgeError } from './bridge-error.ts';
export { systemClock } from './clock.ts';
export type { Frame } from './codec/framer.ts';
export { readTlog, type TlogRecord } from './codec/tlog-reader.ts';
export type * from './model.ts';
export { hashPlan } from './protocol/compare-missions.ts';
export { type LinkAddress, parseLinkUrl } from './transport/parse-link-url.ts';

export interface BridgeDeps {
  readonly logger: Logger;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** 0 ≤ value < 1; jitter of reconnection and rates. Default: Math.random. */
  readonly random?: () => number;
  /** False: the server is hung or stopping, and aircraft shall notice by our silence. Default: always true. */
  readonly isHealthy?: () => boolean;
}

/**
 * Opens every link and starts listening. Resolves when each link was tried once: a link that fails is in `links()`
 * with its problem and goes on trying; it does not reject.
 *
 * @throws BridgeError `config.link-url`, `config.link-id`, `config.system-id`
 */
export async function openBridge(config: BridgeConfig, deps: BridgeDeps): Promise<Bridge> {
  const clock = deps.clock ?? systemClock;
  const bridge = new LiveBridge(config, {
    clock,
    random: deps.random ?? Math.random,
    logger: deps.logger,
    isHealthy: deps.isHealthy ?? (() => true),
    createTransport: (url) => createTransport(parseLinkUrl(url), clock),
  });
  await bridge.start();
  return bridge;
}
