import { type BridgeParts, LiveBridge } from './bridge.ts';
import type { BridgeConfig } from './model.ts';
import { createTransport } from './transport/create-transport.ts';
import { parseLinkUrl } from './transport/parse-link-url.ts';
import type { UdpPort } from './transport/udp-port.ts';
import type { UdpAddress } from './transport/udp-socket.ts';

/** Opens the bridge on this thread; `udpPort`: where its UDP sockets live. @throws BridgeError the configuration */
export async function openHere(
  config: BridgeConfig,
  parts: Omit<BridgeParts, 'createTransport'>,
  udpPort?: (address: UdpAddress) => UdpPort,
): Promise<LiveBridge> {
  const bridge = new LiveBridge(config, {
    ...parts,
    createTransport: (url) => createTransport(parseLinkUrl(url), parts.clock, udpPort),
  });
  await bridge.start();
  return bridge;
}
