import pino from 'pino';
import { LiveBridge } from '../bridge.ts';
import { Encoder } from '../codec/encoder.ts';
import type { BridgeConfig, BridgeEvent, LinkId, VehicleState } from '../model.ts';
import { MemoryNetwork, MemoryTransport } from '../transport/memory.ts';
import { FakeClock } from './fake-clock.ts';
import { type PeerBehaviour, ScriptedPeer } from './scripted-peer.ts';

/** What a link does to each frame, both ways. */
export interface LinkConditions {
  up: boolean;
  delayMs: () => number;
  isLost: () => boolean;
  /** How often it arrives. */
  copies: () => number;
}

export interface RigLink {
  readonly linkId: string;
  readonly url: string;
  readonly network: MemoryNetwork;
  readonly conditions: LinkConditions;
}

/** A bridge with several links of their own conditions, aircraft on any of them, and a clock moved by hand. */
export class LinkRig {
  readonly clock = new FakeClock();
  readonly links: readonly RigLink[];
  readonly bridge: LiveBridge;
  readonly events: BridgeEvent[] = [];
  readonly #peers: ScriptedPeer[] = [];

  constructor(linkIds: readonly string[], config: Partial<BridgeConfig> = {}) {
    this.links = linkIds.map((linkId, index) => ({
      linkId,
      url: `udp-listen://127.0.0.1:${index + 1}`,
      network: new MemoryNetwork(),
      conditions: { up: true, delayMs: () => 0, isLost: () => false, copies: () => 1 },
    }));
    this.bridge = new LiveBridge(
      {
        links: this.links.map(({ linkId, url }) => ({ linkId: linkId as LinkId, url })),
        ...{ systemId: 245, componentId: 190, lostAfterMs: 3_000, telemetryRateHz: 4, recordingDir: null },
        ...config,
      },
      {
        clock: this.clock,
        random: () => 0.5,
        logger: pino({ level: 'silent' }),
        isHealthy: () => true,
        createTransport: (url) => new MemoryTransport(this.#byUrl(url).network),
      },
    );
    this.bridge.subscribe((event) => this.events.push(event));
  }

  link(linkId: string): RigLink {
    const found = this.links.find((link) => link.linkId === linkId);
    if (found === undefined) throw new Error(`no link ${linkId}`);
    return found;
  }

  /** An aircraft on those links; an autopilot numbers each of its channels for itself. */
  addPeer(
    onLinks: readonly string[],
    endpoint: string,
    behaviour: Partial<PeerBehaviour> = {},
  ): ScriptedPeer {
    const ways = onLinks.map((linkId) => ({
      link: this.link(linkId),
      encoder: new Encoder({ systemId: behaviour.systemId ?? 1, componentId: 1 }),
    }));
    const peer = new ScriptedPeer(
      this.clock,
      (_bytes, message) => {
        for (const { link, encoder } of ways) this.emit(link, encoder.encode(message), endpoint);
      },
      behaviour,
    );
    for (const { link } of ways) {
      link.network.addEndpoint(endpoint, (bytes) => this.#carry(link, bytes, (copy) => peer.receive(copy)));
    }
    this.#peers.push(peer);
    peer.start();
    return peer;
  }

  /** To the bridge. */
  emit(link: RigLink, bytes: Uint8Array, endpoint: string): void {
    this.#carry(link, bytes, (copy) => link.network.emit(copy, endpoint));
  }

  only(): VehicleState {
    const [state, ...others] = this.bridge.vehicles();
    if (state === undefined || others.length > 0)
      throw new Error(`${this.bridge.vehicles().length} vehicles`);
    return state;
  }

  texts(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'status-text' ? [event.text] : []));
  }

  async settle<T>(promise: Promise<T>, limitMs = 200_000): Promise<T> {
    let settled = false;
    const watched = promise.finally(() => {
      settled = true;
    });
    for (let passedMs = 0; !settled; passedMs += 100) {
      if (passedMs > limitMs) throw new Error(`not settled within ${limitMs} ms`);
      await this.clock.advance(100);
    }
    return watched;
  }

  async close(): Promise<void> {
    for (const peer of this.#peers) peer.stop();
    await this.bridge.close();
  }

  #carry(link: RigLink, bytes: Uint8Array, deliver: (copy: Buffer) => void): void {
    const { up, isLost, copies, delayMs } = link.conditions;
    if (!up || isLost()) return;
    const copy = Buffer.from(bytes);
    for (let i = copies(); i > 0; i--) {
      const afterMs = delayMs();
      if (afterMs === 0) deliver(copy);
      else this.clock.setTimer(() => deliver(copy), afterMs);
    }
  }

  #byUrl(url: string): RigLink {
    const found = this.links.find((link) => link.url === url);
    if (found === undefined) throw new Error(`no link ${url}`);
    return found;
  }
}
