import { Encoder } from '../../firmware-bridge/codec/encoder.ts';
import type { MavLinkData } from '../../firmware-bridge/codec/messages.ts';
import { StreamRates } from './stream-rates.ts';

/** Largest datagram that one flush fills; ArduPilot packs several frames into a datagram too. */
const PACK_BYTES = 300;

/**
 * One MAVLink channel of an aircraft: its own sequence numbers and its own message rates, like a serial port of the
 * real one. Frames wait until `flush`, so that what is due together leaves together.
 */
export class Channel {
  readonly id: number;
  readonly rates: StreamRates;
  readonly #systemId: number;
  /** Each component of the aircraft counts its own frames. */
  readonly #encoders = new Map<number, Encoder>();
  readonly #transmit: (bytes: Buffer) => void;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #framesSent = 0;

  constructor(id: number, systemId: number, heartbeatPhaseS: number, transmit: (bytes: Buffer) => void) {
    this.id = id;
    this.rates = new StreamRates(heartbeatPhaseS);
    this.#systemId = systemId;
    this.#transmit = transmit;
  }

  get framesSent(): number {
    return this.#framesSent;
  }

  /** `componentId` 1 is the autopilot. */
  send(message: MavLinkData, componentId = 1): void {
    const frame = this.#encoderOf(componentId).encode(message);
    if (this.#waitingBytes + frame.length > PACK_BYTES) this.flush();
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    this.#framesSent += 1;
  }

  #encoderOf(componentId: number): Encoder {
    const known = this.#encoders.get(componentId);
    if (known !== undefined) return known;
    const encoder = new Encoder({ systemId: this.#systemId, componentId });
    this.#encoders.set(componentId, encoder);
    return encoder;
  }

  flush(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const bytes = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#transmit(bytes);
  }
}
