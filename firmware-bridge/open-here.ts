import { type BridgeParts, LiveBridge } from './bridge.ts';
import type { BridgeConfig } from './model.ts';
import { createTransport } from './transport/create-transport.ts';
import { parseLinkUrl } from './transport/parse-link-url.ts';

/** Opens the bridge on this thread. @throws BridgeError the configuration */
export async function openHere(
  config: BridgeConfig,
  parts: Omit<BridgeParts, 'createTransport'>,
): Promise<LiveBridge> {
  const bridge = new LiveBridge(config, {
    ...parts,
    createTransport: (url) => createTransport(parseLinkUrl(url), parts.clock),
  });
  await bridge.start();
  return bridge;
}
