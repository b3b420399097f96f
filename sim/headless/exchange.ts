import {
  buildMessage,
  CommandAck,
  CommandLong,
  type MavLinkData,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';

/** What became of one order. */
export type Outcome =
  | { readonly kind: 'done' }
  /** MAV_RESULT or MAV_MISSION_RESULT. */
  | { readonly kind: 'refused'; readonly result: number }
  | { readonly kind: 'no-answer' };

/** One conversation of the scripted ground station with one aircraft. Simulated seconds. */
export interface Exchange {
  readonly what: string;
  start(nowS: number): void;
  handle(message: MavLinkData, nowS: number): void;
  /** Looked at in every step; not null ends it. */
  step(nowS: number): Outcome | null;
}

export interface ExchangeHost {
  readonly targetSystem: number;
  send(message: MavLinkData): void;
}

const RESEND_S = 1;
const IN_PROGRESS = 5;

/**
 * Sends a COMMAND_LONG until it is accepted, but not longer than `patienceS`: an order that came too early (not yet
 * able to arm) is given again.
 */
export class CommandExchange implements Exchange {
  readonly what: string;
  readonly #host: ExchangeHost;
  readonly #command: number;
  readonly #params: readonly number[];
  readonly #patienceS: number;
  #endS = 0;
  #nextS = 0;
  #result: number | null = null;

  constructor(host: ExchangeHost, command: number, params: readonly number[], patienceS: number) {
    this.what = `command ${command}`;
    this.#host = host;
    this.#command = command;
    this.#params = params;
    this.#patienceS = patienceS;
  }

  start(nowS: number): void {
    this.#endS = nowS + this.#patienceS;
    this.#nextS = nowS;
  }

  handle(message: MavLinkData, nowS: number): void {
    if (!(message instanceof CommandAck) || message.command !== this.#command) return;
    if (message.result === IN_PROGRESS) return;
    this.#result = message.result;
    this.#nextS = nowS + RESEND_S;
  }

  step(nowS: number): Outcome | null {
    if (this.#result === 0) return { kind: 'done' };
    if (nowS >= this.#endS)
      return this.#result === null ? { kind: 'no-answer' } : { kind: 'refused', result: this.#result };
    if (nowS < this.#nextS) return null;
    this.#nextS = nowS + RESEND_S;
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = this.#params;
    const target = { targetSystem: this.#host.targetSystem, targetComponent: 1, command: this.#command };
    const first = { _param1: p1, _param2: p2, _param3: p3, _param4: p4 };
    const rest = { _param5: p5, _param6: p6, _param7: p7 };
    this.#host.send(buildMessage(CommandLong, { ...target, ...first, ...rest }));
    return null;
  }
}

const NO_PROGRESS_S = 12;
const ATTEMPTS = 6;
/** MAV_MISSION_INVALID_SEQUENCE: never the end of a transfer. */
const INVALID_SEQUENCE = 13;

/** Uploads a mission: the count again while nothing is asked for, items when asked for, from the start when stuck. */
export class UploadExchange implements Exchange {
  readonly what: string;
  readonly #host: ExchangeHost;
  readonly #items: readonly MissionItem[];
  #attempts = 0;
  #progressS = 0;
  #nextS = 0;
  #asked = -1;
  #result: number | null = null;

  constructor(host: ExchangeHost, items: readonly MissionItem[]) {
    this.what = `upload of ${items.length} items`;
    this.#host = host;
    this.#items = items;
  }

  start(nowS: number): void {
    this.#progressS = nowS;
    this.#nextS = nowS;
  }

  handle(message: MavLinkData, nowS: number): void {
    if (message instanceof MissionAck) {
      const isOurs = this.#asked >= 0 || message.type !== 0;
      if (message.missionType === 0 && message.type !== INVALID_SEQUENCE && isOurs)
        this.#result = message.type;
    } else if (message instanceof MissionRequest || message instanceof MissionRequestInt) {
      const item = this.#items[message.seq];
      if (message.missionType !== 0 || item === undefined) return;
      if (message.seq > this.#asked) this.#progressS = nowS;
      this.#asked = Math.max(this.#asked, message.seq);
      const target = { targetSystem: this.#host.targetSystem, targetComponent: 1 };
      this.#host.send(
        buildMessage(MissionItemInt, { ...target, seq: message.seq, autocontinue: 1, ...item }),
      );
      this.#nextS = Number.POSITIVE_INFINITY;
    }
  }

  step(nowS: number): Outcome | null {
    if (this.#result === 0) return { kind: 'done' };
    if (this.#result !== null) {
      if (this.#attempts >= ATTEMPTS) return { kind: 'refused', result: this.#result };
      this.#again(nowS);
    }
    if (nowS - this.#progressS > NO_PROGRESS_S) {
      if (this.#attempts >= ATTEMPTS) return { kind: 'no-answer' };
      this.#again(nowS);
    }
    if (nowS < this.#nextS) return null;
    this.#nextS = nowS + RESEND_S;
    const target = { targetSystem: this.#host.targetSystem, targetComponent: 1 };
    this.#host.send(buildMessage(MissionCount, { ...target, count: this.#items.length }));
    return null;
  }

  #again(nowS: number): void {
    this.#attempts += 1;
    this.#result = null;
    this.#asked = -1;
    this.#progressS = nowS;
    this.#nextS = nowS + RESEND_S;
  }
}
