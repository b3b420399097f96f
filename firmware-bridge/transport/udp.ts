import type { Clock, LinkProblem } from '../model.ts';
import type { Transport, TransportEvents, TransportState } from './transport.ts';
import type { UdpPeer, UdpPort } from './udp-port.ts';
import { type UdpAddress, UdpSocket } from './udp-socket.ts';

/**
 * UDP, both ways round. Listening: peers are learnt from what they send and forgotten after 10 s of silence, so
 * that we never talk on into an address that now belongs to somebody else. Outward: one configured peer, which may
 * start later than we do.
 */
const PEER_IDLE_MS = 10_000;
const MAX_PEERS = 2_000;

interface KnownPeer {
  readonly peer: UdpPeer;
  heardAtMs: number;
}

export class UdpTransport implements Transport {
  readonly datagrams = true;
  readonly #port: UdpPort;
  readonly #clock: Clock;
  readonly #peers = new Map<string, KnownPeer>();
  #state: TransportState = 'new';

  constructor(address: UdpAddress, clock: Clock, port: UdpPort = new UdpSocket(address, clock)) {
    this.#clock = clock;
    this.#port = port;
  }

  get state(): TransportState {
    return this.#state;
  }

  get receiveBufferBytes(): number | null {
    return this.#port.receiveBufferBytes;
  }

  get droppedDatagrams(): number | null {
    return this.#port.droppedDatagrams;
  }

  get handedUntilMs(): number | null {
    return this.#port.handedUntilMs;
  }

  get localPort(): number {
    return this.#port.localPort;
  }

  async open(events: TransportEvents): Promise<void> {
    this.#state = 'opening';
    try {
      await this.#port.open({
        onDatagram: (bytes, from, atMs) => {
          if (this.#state === 'open' && this.#learn(from)) events.onData(bytes, from.endpoint, atMs);
        },
        onWarning: events.onWarning,
        onClosed: (problem: LinkProblem) => {
          if (this.#state !== 'open') return;
          this.#state = 'closed';
          events.onClosed(problem);
        },
      });
    } catch (error) {
      this.#state = 'closed';
      throw error;
    }
    // Closed meanwhile: the port is closed too.
    if ((this.#state as TransportState) === 'closed') return;
    const { remote } = this.#port;
    if (remote !== null) {
      this.#peers.set(remote.endpoint, { peer: remote, heardAtMs: Number.POSITIVE_INFINITY });
    }
    this.#state = 'open';
  }

  send(bytes: Uint8Array, endpoint: string): boolean {
    const known = this.#peers.get(endpoint);
    if (this.#state !== 'open' || known === undefined || this.#isIdle(known)) return false;
    return this.#port.send(bytes, known.peer);
  }

  endpoints(): readonly string[] {
    for (const [endpoint, known] of this.#peers) if (this.#isIdle(known)) this.#peers.delete(endpoint);
    return [...this.#peers.keys()];
  }

  close(): Promise<void> {
    this.#state = 'closed';
    this.#peers.clear();
    return this.#port.close();
  }

  #isIdle(known: KnownPeer): boolean {
    return this.#clock.nowMs() - known.heardAtMs > PEER_IDLE_MS;
  }

  #learn(peer: UdpPeer): boolean {
    const known = this.#peers.get(peer.endpoint);
    if (known !== undefined) {
      if (known.heardAtMs !== Number.POSITIVE_INFINITY) known.heardAtMs = this.#clock.nowMs();
      return true;
    }
    // Made-up sender addresses cannot fill the memory.
    if (this.#peers.size >= MAX_PEERS && this.endpoints().length >= MAX_PEERS) return false;
    this.#peers.set(peer.endpoint, { peer, heardAtMs: this.#clock.nowMs() });
    return true;
  }
}
