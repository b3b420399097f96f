import type { Logger } from 'pino';
import { type Frame, Framer } from '../codec/framer.ts';
import { isSecret } from '../codec/signing.ts';
import { targetSystemOf } from '../codec/target.ts';
import type { Clock, ForwardConfig, ForwardLink, ForwardStatus, LinkId } from '../model.ts';
import { ReconnectingTransport } from '../transport/reconnecting.ts';
import type { Transport } from '../transport/transport.ts';
import type { HeardRoute, HeardSystems } from './heard-systems.ts';

/**
 * Shows our traffic to another ground station (QGroundControl, Mission Planner) over UDP, byte for byte: unknown
 * messages and signatures too, one frame a datagram, nothing kept when the socket takes no more.
 *
 *   vehicle ──► link ──► filter ──► other station
 *   other station ──► read-only: counted, dropped
 *                 └─► read-write ──► filter ──► the one way to the target that is heard · for everybody: everywhere
 *
 * Never either way: messages with a key. Never back: what claims to come from a vehicle that we hear ourselves (a
 * station that mirrors what it gets would make a loop) or from us.
 */
export interface ForwardOptions {
  readonly config: ForwardConfig;
  readonly ourSystemId: number;
  readonly heard: HeardSystems;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly createTransport: () => Transport;
  /** Every frame of the other station that really left to a vehicle, for the record. */
  readonly onForwarded: (forwarded: Forwarded) => void;
}

export interface Forwarded {
  readonly forwardId: string;
  readonly linkId: LinkId;
  readonly endpoint: string;
  readonly raw: Buffer;
  readonly messageId: number;
  /** Who sent it. */
  readonly systemId: number;
  readonly componentId: number;
  /** Null: for everybody. */
  readonly targetSystem: number | null;
  readonly atMs: number;
}

export class Forward {
  readonly #options: ForwardOptions;
  readonly #transport: ReconnectingTransport;
  readonly #framer = new Framer();
  /** Null: every link, everything. */
  readonly #filters: ReadonlyMap<LinkId, LinkFilter> | null;
  #framesOut = 0;
  #framesIn = 0;
  #refused = 0;
  #unroutable = 0;
  #overflow = 0;

  constructor(options: ForwardOptions) {
    this.#options = options;
    const { config } = options;
    this.#filters =
      config.links === undefined
        ? null
        : new Map(config.links.map((link) => [link.linkId, new LinkFilter(link)] as const));
    const logger = options.logger.child({ forwardId: config.forwardId });
    this.#transport = new ReconnectingTransport({
      createTransport: options.createTransport,
      clock: options.clock,
      random: options.random,
      onData: (bytes) => this.#receive(bytes),
      onWarning: (message, details) => logger.warn(details, message),
      onState: (state, problem) => {
        if (state === 'waiting' && problem !== null) {
          logger.warn({ code: problem.code, ...problem.details }, problem.message);
        }
      },
    });
  }

  /** Resolves when it was tried once. */
  start(): Promise<void> {
    return this.#transport.start();
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  status(): ForwardStatus {
    const { forwardId, url } = this.#options.config;
    return {
      forwardId,
      url,
      state: this.#transport.state,
      problem: this.#transport.problem,
      framesOut: this.#framesOut,
      framesIn: this.#framesIn,
      refused: this.#refused,
      unroutable: this.#unroutable,
      overflow: this.#overflow,
    };
  }

  /** From a vehicle. */
  onFrame(linkId: LinkId, frame: Frame): void {
    if (this.#passes(linkId, frame.messageId, frame.systemId)) this.#show(frame.raw);
  }

  /**
   * From us, when the configuration wants it shown; only what is for one vehicle: our heartbeats leave once for each
   * address, and mean nothing to another station.
   */
  onSent(linkId: LinkId, raw: Buffer, messageId: number, targetSystem: number | null): void {
    if (this.#options.config.showOwnFrames !== true || targetSystem === null) return;
    if (this.#passes(linkId, messageId, targetSystem)) this.#show(raw);
  }

  #show(raw: Buffer): void {
    const [station] = this.#transport.endpoints();
    if (station === undefined) return;
    if (this.#transport.send(raw, station)) this.#framesOut++;
    else this.#overflow++;
  }

  #receive(bytes: Uint8Array): void {
    for (const frame of this.#framer.pushDatagram(bytes)) this.#takeBack(frame);
  }

  #takeBack(frame: Frame): void {
    const { config, ourSystemId, heard, clock } = this.#options;
    const nowMs = clock.nowMs();
    const isLoop = frame.systemId === ourSystemId || heard.isVehicle(frame.systemId, nowMs);
    if (config.mode === 'read-only' || isSecret(frame.messageId) || isLoop) {
      this.#refused++;
      return;
    }
    const target = targetSystemOf(frame);
    const routes = this.#routesTo(target, nowMs);
    if (routes.length === 0) {
      this.#unroutable++;
      return;
    }
    const allowed = routes.filter(({ link }) => this.#passes(link.linkId, frame.messageId, target));
    if (allowed.length === 0) {
      this.#refused++;
      return;
    }
    let left = false;
    for (const route of allowed) left = this.#relay(frame, route, target, nowMs) || left;
    if (left) this.#framesIn++;
    else this.#unroutable++;
  }

  #routesTo(target: number, nowMs: number): readonly HeardRoute[] {
    const { heard } = this.#options;
    if (target === 0) return heard.everywhere(nowMs);
    const route = heard.routeTo(target, nowMs);
    return route === null ? [] : [route];
  }

  #relay(frame: Frame, { link, endpoint }: HeardRoute, target: number, atMs: number): boolean {
    const { raw, messageId, systemId, componentId } = frame;
    if (!link.relay(raw, endpoint)) return false;
    this.#options.onForwarded({
      forwardId: this.#options.config.forwardId,
      linkId: link.linkId,
      endpoint,
      raw,
      messageId,
      systemId,
      componentId,
      targetSystem: target === 0 ? null : target,
      atMs,
    });
    return true;
  }

  /** `systemId`: the vehicle's, whichever way the frame goes; 0: everybody. */
  #passes(linkId: LinkId, messageId: number, systemId: number): boolean {
    if (isSecret(messageId)) return false;
    if (this.#filters === null) return true;
    return this.#filters.get(linkId)?.passes(messageId, systemId) ?? false;
  }
}

class LinkFilter {
  readonly #allowMessages: ReadonlySet<number> | null;
  readonly #denyMessages: ReadonlySet<number>;
  readonly #allowSystems: ReadonlySet<number> | null;
  readonly #denySystems: ReadonlySet<number>;

  constructor(link: ForwardLink) {
    this.#allowMessages = link.allowMessageIds === undefined ? null : new Set(link.allowMessageIds);
    this.#denyMessages = new Set(link.denyMessageIds);
    this.#allowSystems = link.allowSystemIds === undefined ? null : new Set(link.allowSystemIds);
    this.#denySystems = new Set(link.denySystemIds);
  }

  passes(messageId: number, systemId: number): boolean {
    if (this.#denyMessages.has(messageId)) return false;
    if (this.#allowMessages !== null && !this.#allowMessages.has(messageId)) return false;
    if (systemId === 0) return true;
    if (this.#denySystems.has(systemId)) return false;
    return this.#allowSystems === null || this.#allowSystems.has(systemId);
  }
}
