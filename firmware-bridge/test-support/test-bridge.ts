import pino from 'pino';
import { LiveBridge } from '../bridge.ts';
import type { MavLinkData } from '../codec/messages.ts';
import type { BridgeConfig, BridgeEvent, LinkId, VehicleId, VehicleState } from '../model.ts';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.ts';
import { FakeClock } from './fake-clock.ts';
import { type PeerBehaviour, ScriptedPeer } from './scripted-peer.ts';

/** Bridge, fake clock and scripted peers on one memory link. */
export interface TestBridge {
  readonly bridge: LiveBridge;
  readonly clock: FakeClock;
  readonly network: MemoryNetwork;
  readonly events: BridgeEvent[];
  /** Starts a peer at an endpoint; `drop` decides which messages are lost on the way (to us, to it). */
  addPeer(
    endpoint: string,
    behaviour?: Partial<PeerBehaviour>,
    drop?: { toUs?: (message: MavLinkData) => boolean; toPeer?: (bytes: Uint8Array) => boolean },
  ): ScriptedPeer;
  only(): VehicleState;
  id(): VehicleId;
  /** Moves time until the promise settles, or fails after `limitMs`. */
  settle<T>(promise: Promise<T>, limitMs?: number): Promise<T>;
  close(): Promise<void>;
}

export async function startTestBridge(config: Partial<BridgeConfig> = {}): Promise<TestBridge> {
  const clock = new FakeClock();
  const network = new MemoryNetwork();
  const bridge = new LiveBridge(
    {
      links: [{ linkId: 'mem' as LinkId, url: 'udp-listen://127.0.0.1:0' }],
      systemId: 245,
      componentId: 190,
      lostAfterMs: 3_000,
      telemetryRateHz: 4,
      recordingDir: null,
      ...config,
    },
    {
      clock,
      random: () => 0.5,
      logger: pino({ level: 'silent' }),
      isHealthy: () => true,
      createTransport: () => new MemoryTransport(network),
    },
  );
  const events: BridgeEvent[] = [];
  bridge.subscribe((event) => events.push(event));
  await bridge.start();
  const peers: ScriptedPeer[] = [];
  const only = (): VehicleState => {
    const [state, ...others] = bridge.vehicles();
    if (state === undefined || others.length > 0) {
      throw new Error(`${others.length + (state === undefined ? 0 : 1)} vehicles instead of one`);
    }
    return state;
  };
  return {
    bridge,
    clock,
    network,
    events,
    addPeer(endpoint, behaviour = {}, drop = {}) {
      const peer = new ScriptedPeer(
        clock,
        (bytes, message) => {
          if (drop.toUs?.(message) !== true) network.emit(bytes, endpoint);
        },
        behaviour,
      );
      network.addEndpoint(endpoint, (bytes) => {
        if (drop.toPeer?.(bytes) !== true) peer.receive(bytes);
      });
      peer.start();
      peers.push(peer);
      return peer;
    },
    only,
    id: () => only().vehicleId,
    async settle(promise, limitMs = 180_000) {
      let settled = false;
      const watched = promise.finally(() => {
        settled = true;
      });
      for (let passedMs = 0; !settled; passedMs += 100) {
        if (passedMs > limitMs) throw new Error(`not settled within ${limitMs} ms`);
        await clock.advance(100);
      }
      return watched;
    },
    async close() {
      for (const peer of peers) peer.stop();
      await bridge.close();
    },
  };
}
