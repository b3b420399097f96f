import { existsSync } from 'node:fs';
import type { Logger } from 'pino';
import { type FullBridge, withApi } from './api.ts';
import { systemClock } from './clock.ts';
import type { BridgeConfig, Clock } from './model.ts';
import { openHere } from './open-here.ts';
import { openThread } from './thread/open-thread.ts';

export type { FullBridge, VehicleApi } from './api.ts';
/** The one door of the bridge. */
export { BridgeError } from './bridge-error.ts';
export { systemClock } from './clock.ts';
export type { Frame } from './codec/framer.ts';
export { readTlog, type TlogRecord } from './codec/tlog-reader.ts';
export type * from './model.ts';
export type * from './payload/adapter/adapter.ts';
export type { HttpAdapterOptions, HttpDeviceOptions } from './payload/adapter/http-device.ts';
export { HttpLoudspeaker } from './payload/adapter/http-loudspeaker.ts';
export { HttpSpotlight } from './payload/adapter/http-spotlight.ts';
export { MavlinkSpotlight, type SpotlightWiring } from './payload/adapter/mavlink-spotlight.ts';
export { PayloadRegistry, type RegisteredPayload } from './payload/adapter/registry.ts';
export { SimulatedLoudspeaker, SimulatedSpotlight } from './payload/adapter/simulated.ts';
export { hashPlan } from './protocol/compare-missions.ts';
export type { FencePlan, RallyPoint } from './protocol/mission-fence.ts';
export type * from './service/files-outcome.ts';
export type { OnboardLog } from './service/logs-catalogue.ts';
export type * from './service/logs-outcome.ts';
export type * from './service/plans-model.ts';
export { type LinkAddress, parseLinkUrl } from './transport/parse-link-url.ts';

export interface BridgeDeps {
  readonly logger: Logger;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** 0 ≤ value < 1; jitter of reconnection and rates. Default: Math.random. */
  readonly random?: () => number;
  /**
   * True: on its own thread, so that nothing here can stall it (`clock` and `random` do not reach it there). Default:
   * where it was built; run from source (tests) threads cannot load TypeScript.
   */
  readonly ownThread?: boolean;
  /** False: the server is hung or stopping, and aircraft shall notice by our silence. Default: always true. */
  readonly isHealthy?: () => boolean;
}

/**
 * Opens every link and starts listening. Resolves when each link was tried once: a link that fails is in `links()`
 * with its problem and goes on trying; it does not reject.
 *
 * @throws BridgeError `config.link-url`, `config.link-id`, `config.system-id`
 */
export async function openBridge(config: BridgeConfig, deps: BridgeDeps): Promise<FullBridge> {
  const isHealthy = deps.isHealthy ?? (() => true);
  const workerFile = new URL('./worker.js', import.meta.url);
  const ownThread = deps.ownThread ?? existsSync(workerFile);
  if (ownThread) return openThread(config, { workerFile, logger: deps.logger, isHealthy });
  const bridge = await openHere(config, {
    clock: deps.clock ?? systemClock,
    random: deps.random ?? Math.random,
    logger: deps.logger,
    isHealthy,
  });
  return withApi(bridge);
}
