import {
  buildMessage,
  type MavLinkData,
  ParamError,
  ParamRequestList,
  ParamRequestRead,
  ParamSet,
  ParamValue,
} from '../codec/messages.ts';
import type { FakePort } from './fake-port.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * Parameters like ArduPilot's or PX4's, written from their sources, not from the client under test: unknown names
 * are met with silence, an answer by name has index 65535, ArduPilot answers no PARAM_SET that changes nothing.
 */
export interface PeerParameter {
  readonly name: string;
  /** MAV_PARAM_TYPE: 2 int8, 4 int16, 6 int32, 9 float. */
  readonly type: number;
  value: number;
  readonly readOnly?: boolean;
  readonly min?: number;
  readonly max?: number;
}

export interface ParameterPeerOptions {
  readonly style?: 'ardupilot' | 'px4';
  readonly seed?: number;
  readonly loss?: number;
  readonly duplicates?: number;
  readonly jitterMs?: number;
  /** These indexes never leave the vehicle. */
  readonly mute?: readonly number[];
  /** Says why, as newer firmware does. */
  readonly tellsErrors?: boolean;
}

const LIST_SPACING_MS = 2;

export class ParameterPeer {
  readonly parameters: PeerParameter[];
  readonly received: MavLinkData[] = [];
  /** PX4's hash of all values. */
  hash = 0x9abcdef0;
  readonly #port: FakePort;
  readonly #options: ParameterPeerOptions;
  readonly #random: () => number;
  #listing = 0;

  constructor(port: FakePort, parameters: readonly PeerParameter[], options: ParameterPeerOptions = {}) {
    this.#port = port;
    this.parameters = parameters.map((parameter) => ({ ...parameter }));
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
  }

  receive(message: MavLinkData): void {
    const isOurs =
      message instanceof ParamRequestList ||
      message instanceof ParamRequestRead ||
      message instanceof ParamSet;
    if (isOurs) this.#across(() => this.#handle(message));
  }

  /** To everybody, as after a change by somebody else. */
  announce(name: string): void {
    const index = this.parameters.findIndex((parameter) => parameter.name === name);
    this.#send(index, 65535);
  }

  #handle(message: MavLinkData): void {
    this.received.push(message);
    if (message instanceof ParamRequestList) {
      const turn = ++this.#listing;
      if (this.#isPx4) this.#sendHash();
      this.#list(0, turn);
    } else if (message instanceof ParamRequestRead) this.#read(message);
    else if (message instanceof ParamSet) this.#set(message);
  }

  #list(index: number, turn: number): void {
    if (turn !== this.#listing || index >= this.parameters.length) return;
    this.#send(index, index);
    this.#port.clock.setTimer(() => this.#list(index + 1, turn), LIST_SPACING_MS);
  }

  #read(message: ParamRequestRead): void {
    if (message.paramIndex >= 0) {
      this.#send(message.paramIndex, message.paramIndex);
      return;
    }
    const name = message.paramId.replace(/\0.*$/s, '');
    if (this.#isPx4 && name === '_HASH_CHECK') {
      this.#sendHash();
      return;
    }
    const index = this.parameters.findIndex((parameter) => parameter.name === name);
    if (index >= 0) this.#send(index, this.#isPx4 ? index : 65535);
    else this.#error(name, 1);
  }

  #set(message: ParamSet): void {
    const name = message.paramId.replace(/\0.*$/s, '');
    const index = this.parameters.findIndex((other) => other.name === name);
    const parameter = this.parameters[index];
    if (parameter === undefined) {
      this.#error(name, 1);
      return;
    }
    if (this.#isPx4 && parameter.type !== message.paramType) return;
    const before = parameter.value;
    const wanted = this.#fromWire(message.paramValue, parameter.type);
    if (parameter.readOnly === true) {
      if (this.#options.tellsErrors === true) this.#error(name, 5);
      else this.#send(index, 65535);
      return;
    }
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = parameter;
    parameter.value = Math.min(max, Math.max(min, wanted));
    if (this.#isPx4 || parameter.value !== before) this.#send(index, this.#isPx4 ? index : 65535);
  }

  #error(name: string, error: number): void {
    if (this.#options.tellsErrors !== true) return;
    this.#transmit(buildMessage(ParamError, { targetSystem: 245, paramId: name, paramIndex: -1, error }));
  }

  #send(index: number, shownIndex: number): void {
    const parameter = this.parameters[index];
    if (parameter === undefined || this.#options.mute?.includes(index) === true) return;
    this.#transmit(
      buildMessage(ParamValue, {
        paramId: parameter.name,
        paramValue: this.#toWire(parameter.value, parameter.type),
        paramType: parameter.type,
        paramCount: this.parameters.length,
        paramIndex: shownIndex,
      }),
    );
  }

  #sendHash(): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(this.hash >>> 0);
    this.#transmit(
      buildMessage(ParamValue, {
        paramId: '_HASH_CHECK',
        paramValue: bytes.readFloatLE(),
        paramType: 5,
        paramCount: this.parameters.length,
        paramIndex: 65535,
      }),
    );
  }

  #toWire(value: number, type: number): number {
    if (!this.#isPx4 || type === 9) return Math.fround(value);
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return bytes.readFloatLE();
  }

  #fromWire(wire: number, type: number): number {
    if (!this.#isPx4 || type === 9) return wire;
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(wire);
    return bytes.readInt32LE();
  }

  get #isPx4(): boolean {
    return this.#options.style === 'px4';
  }

  #transmit(message: MavLinkData): void {
    this.#across(() => this.#port.deliver(message));
  }

  #across(arrive: () => void): void {
    const { loss = 0, duplicates = 0, jitterMs = 0 } = this.#options;
    const times = this.#random() < duplicates ? 2 : 1;
    for (let i = 0; i < times; i++) {
      if (this.#random() < loss) continue;
      this.#port.clock.setTimer(arrive, 5 + this.#random() * jitterMs);
    }
  }
}
