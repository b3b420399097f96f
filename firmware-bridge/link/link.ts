import type { Logger } from 'pino';
import { Encoder } from '../codec/encoder.ts';
import { type Frame, Framer, type FramerCounters } from '../codec/framer.ts';
import type { MavLinkData } from '../codec/messages.ts';
import type { Clock, LinkConfig, LinkId, LinkStatus } from '../model.ts';
import { ReconnectingTransport } from '../transport/reconnecting.ts';
import type { Transport } from '../transport/transport.ts';

/**
 * One MAVLink session on one transport: bytes to frames (a framer per endpoint), messages to bytes (one encoder,
 * hence one sequence, per link), and the counters of both ways.
 */
export interface LinkOptions {
  readonly config: LinkConfig;
  readonly systemId: number;
  readonly componentId: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly createTransport: () => Transport;
  readonly onFrame: (link: Link, endpoint: string, frame: Frame, atMs: number) => void;
  /** Every frame that really left, for the record. `targetSystem` null: for everybody. */
  readonly onSent: (
    link: Link,
    endpoint: string,
    raw: Buffer,
    messageId: number,
    targetSystem: number | null,
    atMs: number,
  ) => void;
  readonly onStatus: (link: Link) => void;
}

const NO_COUNTERS: FramerCounters = { frames: 0, badCrc: 0, garbageBytes: 0, rejected: 0 };
const MAX_FRAMERS = 2_000;

export class Link {
  readonly linkId: LinkId;
  readonly #options: LinkOptions;
  readonly #encoder: Encoder;
  readonly #transport: ReconnectingTransport;
  readonly #framers = new Map<string, Framer>();
  /** Counts of framers that are gone (peers that left, a connection that ended). */
  #past: FramerCounters = NO_COUNTERS;
  #bytesIn = 0;
  #bytesOut = 0;
  #framesOut = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.linkId = options.config.linkId;
    this.#encoder = new Encoder({ systemId: options.systemId, componentId: options.componentId });
    const logger = options.logger.child({ linkId: this.linkId });
    this.#transport = new ReconnectingTransport({
      createTransport: options.createTransport,
      clock: options.clock,
      random: options.random,
      onData: (bytes, endpoint) => this.#receive(bytes, endpoint),
      onLeft: (endpoint) => this.#dropFramer(endpoint),
      onWarning: (message, details) => logger.warn(details, message),
      onState: (state, problem) => {
        // A half frame of the old connection must not swallow the start of the new one.
        if (state !== 'open') this.#dropFramers();
        if (state === 'open') logger.info('link is open');
        else if (state === 'waiting' && problem !== null) {
          logger.warn({ code: problem.code, ...problem.details }, problem.message);
        }
        options.onStatus(this);
      },
    });
  }

  /** Resolves when it was tried once; a link that fails goes on trying. */
  start(): Promise<void> {
    return this.#transport.start();
  }

  endpoints(): readonly string[] {
    return this.#transport.endpoints();
  }

  /** Encodes and sends to one endpoint; false when it could not leave. */
  send(message: MavLinkData, endpoint: string): boolean {
    const raw = this.#encoder.encode(message);
    if (!this.#transport.send(raw, endpoint)) return false;
    this.#bytesOut += raw.length;
    this.#framesOut++;
    const target = (message as { targetSystem?: unknown }).targetSystem;
    this.#options.onSent(
      this,
      endpoint,
      raw,
      (message.constructor as { MSG_ID?: number }).MSG_ID ?? -1,
      typeof target === 'number' && target !== 0 ? target : null,
      this.#options.clock.nowMs(),
    );
    return true;
  }

  status(): LinkStatus {
    let counters = this.#past;
    for (const framer of this.#framers.values()) counters = sum(counters, framer.counters);
    return {
      linkId: this.linkId,
      url: this.#options.config.url,
      state: this.#transport.state,
      problem: this.#transport.problem,
      bytesIn: this.#bytesIn,
      bytesOut: this.#bytesOut,
      framesIn: counters.frames,
      framesOut: this.#framesOut,
      garbageBytes: counters.garbageBytes,
      badCrc: counters.badCrc,
      rejected: counters.rejected,
      endpoints: this.endpoints(),
    };
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #receive(bytes: Uint8Array, endpoint: string): void {
    const atMs = this.#options.clock.nowMs();
    this.#bytesIn += bytes.length;
    const framer = this.#framerOf(endpoint);
    const frames =
      this.#transport.transport?.datagrams === false ? framer.push(bytes) : framer.pushDatagram(bytes);
    for (const frame of frames) this.#options.onFrame(this, endpoint, frame, atMs);
  }

  #framerOf(endpoint: string): Framer {
    const known = this.#framers.get(endpoint);
    if (known !== undefined) return known;
    if (this.#framers.size >= MAX_FRAMERS) this.#dropFramers();
    const framer = new Framer();
    this.#framers.set(endpoint, framer);
    return framer;
  }

  /** What it left unfinished is void; what it sent stays counted. */
  #dropFramer(endpoint: string): void {
    const framer = this.#framers.get(endpoint);
    if (framer === undefined) return;
    this.#past = sum(this.#past, framer.counters);
    this.#framers.delete(endpoint);
  }

  #dropFramers(): void {
    for (const framer of this.#framers.values()) this.#past = sum(this.#past, framer.counters);
    this.#framers.clear();
  }
}

function sum(a: FramerCounters, b: FramerCounters): FramerCounters {
  return {
    frames: a.frames + b.frames,
    badCrc: a.badCrc + b.badCrc,
    garbageBytes: a.garbageBytes + b.garbageBytes,
    rejected: a.rejected + b.rejected,
  };
}
