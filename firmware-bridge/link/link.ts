import type { Logger } from 'pino';
import { Encoder } from '../codec/encoder.ts';
import { type Frame, Framer, type FramerCounters } from '../codec/framer.ts';
import type { MavLinkData } from '../codec/messages.ts';
import { isSecret } from '../codec/signing.ts';
import type { Clock, LinkConfig, LinkId, LinkStatus } from '../model.ts';
import { ReconnectingTransport } from '../transport/reconnecting.ts';
import type { Transport } from '../transport/transport.ts';
import type { FrameGuard, FrameVerdict, RefusedCounters } from './frame-guard.ts';

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
  /** Checks what comes and signs what leaves; absent or null: neither. */
  readonly guard?: FrameGuard | null;
  readonly onFrame: (link: Link, endpoint: string, frame: Frame, atMs: number) => void;
  /** A frame that the guard did not let through, for the record. */
  readonly onRefused?: (
    link: Link,
    endpoint: string,
    frame: Frame,
    verdict: Exclude<FrameVerdict, 'ok'>,
    atMs: number,
  ) => void;
  /** Every frame that really left, for the record, but those with a key. `targetSystem` null: for everybody. */
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

const NOTHING_REFUSED: RefusedCounters = { unsigned: 0, badSignature: 0, replayed: 0 };
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
      onData: (bytes, endpoint, atMs) => this.#receive(bytes, endpoint, atMs ?? options.clock.nowMs()),
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

  /** Everything that arrived before was handled; who is silent can be said up to this time. */
  heardUntilMs(nowMs: number): number {
    return Math.min(nowMs, this.#transport.transport?.handedUntilMs ?? nowMs);
  }

  endpoints(): readonly string[] {
    return this.#transport.endpoints();
  }

  /** Encodes, signs and sends to one endpoint; false when it could not leave. */
  send(message: MavLinkData, endpoint: string): boolean {
    const raw = this.#encoder.encode(message);
    const messageId = (message.constructor as { MSG_ID?: number }).MSG_ID ?? -1;
    const target = (message as { targetSystem?: unknown }).targetSystem;
    const targetSystem = typeof target === 'number' && target !== 0 ? target : null;
    let left = false;
    for (const sealed of this.#options.guard?.seal(raw, endpoint, targetSystem) ?? [raw]) {
      if (!this.#transmit(sealed, endpoint)) continue;
      left = true;
      if (isSecret(messageId)) continue;
      this.#options.onSent(this, endpoint, sealed, messageId, targetSystem, this.#options.clock.nowMs());
    }
    return left;
  }

  /** Passes on a frame of somebody else, byte for byte; the caller keeps its own record. */
  relay(raw: Buffer, endpoint: string): boolean {
    return this.#transmit(raw, endpoint);
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
      ...(this.#options.guard?.refused ?? NOTHING_REFUSED),
      receiveBufferBytes: this.#transport.transport?.receiveBufferBytes ?? null,
      droppedDatagrams: this.#transport.transport?.droppedDatagrams ?? null,
      endpoints: this.endpoints(),
    };
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  #receive(bytes: Uint8Array, endpoint: string, atMs: number): void {
    this.#bytesIn += bytes.length;
    const framer = this.#framerOf(endpoint);
    const frames =
      this.#transport.transport?.datagrams === false ? framer.push(bytes) : framer.pushDatagram(bytes);
    for (const frame of frames) this.#deliver(frame, endpoint, atMs);
  }

  #deliver(frame: Frame, endpoint: string, atMs: number): void {
    // No vehicle sends a key; what another station sends of it ends here.
    if (isSecret(frame.messageId)) return;
    const { guard, onFrame, onRefused } = this.#options;
    const verdict = guard?.judge(frame, endpoint) ?? 'ok';
    if (verdict === 'ok') onFrame(this, endpoint, frame, atMs);
    else onRefused?.(this, endpoint, frame, verdict, atMs);
  }

  #transmit(raw: Buffer, endpoint: string): boolean {
    if (!this.#transport.send(raw, endpoint)) return false;
    this.#bytesOut += raw.length;
    this.#framesOut++;
    return true;
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
