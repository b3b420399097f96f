import { MavLinkProtocolV1, MavLinkProtocolV2 } from 'node-mavlink';
import { checksum } from './checksum.ts';
import type { MavLinkData, MavLinkDataConstructor } from './messages.ts';

/**
 * Messages to bytes. One encoder per link: receivers count losses by gaps in the sequence, so two links that share
 * one counter would both look lossy.
 */
export interface EncoderOptions {
  /** 1–255. */
  readonly systemId: number;
  readonly componentId: number;
  /** 2 unless a peer speaks only MAVLink 1. */
  readonly version?: 1 | 2;
}

export class Encoder {
  readonly #systemId: number;
  readonly #componentId: number;
  readonly #version: 1 | 2;
  readonly #v1: MavLinkProtocolV1;
  readonly #v2: MavLinkProtocolV2;
  #sequence = 0;

  constructor(options: EncoderOptions) {
    this.#systemId = options.systemId;
    this.#componentId = options.componentId;
    this.#version = options.version ?? 2;
    this.#v1 = new MavLinkProtocolV1(this.#systemId, this.#componentId);
    this.#v2 = new MavLinkProtocolV2(this.#systemId, this.#componentId);
  }

  /** @throws RangeError when a value does not fit its field, or the message does not exist in MAVLink 1. */
  encode(message: MavLinkData): Buffer {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xff;
    const written = withUtf8Text(message);
    return this.#version === 2
      ? keepOnePayloadByte(this.#v2.serialize(written, sequence), classOf(message))
      : withoutExtensions(this.#v1.serialize(written, sequence), classOf(message));
  }
}

function classOf(message: MavLinkData): MavLinkDataConstructor<MavLinkData> {
  return message.constructor as MavLinkDataConstructor<MavLinkData>;
}

/** The library cuts an all-zero payload to nothing; MAVLink 2 keeps its first byte, and receivers refuse length 0. */
function keepOnePayloadByte(frame: Buffer, messageClass: MavLinkDataConstructor<MavLinkData>): Buffer {
  if (frame[1] !== 0) return frame;
  const whole = Buffer.alloc(13);
  frame.copy(whole, 0, 0, 10);
  whole[1] = 1;
  whole.writeUInt16LE(checksum(whole, 1, 11, messageClass.MAGIC_NUMBER), 11);
  return whole;
}

/** The library writes extension fields into MAVLink 1 frames; they exist in MAVLink 2 only. */
function withoutExtensions(frame: Buffer, messageClass: MavLinkDataConstructor<MavLinkData>): Buffer {
  if (messageClass.MSG_ID > 255) throw new RangeError(`${messageClass.MSG_NAME} does not exist in MAVLink 1`);
  let payloadLength = 0;
  for (const field of messageClass.FIELDS) {
    if (!field.extension) {
      payloadLength = Math.max(payloadLength, field.offset + field.size * Math.max(1, field.length));
    }
  }
  const cut = Buffer.alloc(payloadLength + 8);
  frame.copy(cut, 0, 0, 6 + payloadLength);
  cut[1] = payloadLength;
  cut.writeUInt16LE(checksum(cut, 1, 6 + payloadLength, messageClass.MAGIC_NUMBER), 6 + payloadLength);
  return cut;
}

/**
 * The library writes one byte per character and throws above U+00FF. Text leaves as UTF-8; what does not fit the
 * field is cut at a character's border.
 */
function withUtf8Text(message: MavLinkData): MavLinkData {
  let copy: MavLinkData | null = null;
  for (const field of classOf(message).FIELDS) {
    if (field.type !== 'char[]') continue;
    const text = (message as unknown as Record<string, unknown>)[field.name];
    if (typeof text !== 'string' || isAscii(text)) continue;
    let bytes = Buffer.from(text, 'utf8');
    if (bytes.length > field.length) {
      let end = field.length;
      while (end > 0 && ((bytes[end] as number) & 0xc0) === 0x80) end--;
      bytes = bytes.subarray(0, end);
    }
    copy ??= Object.assign(Object.create(Object.getPrototypeOf(message)) as MavLinkData, message);
    (copy as unknown as Record<string, unknown>)[field.name] = bytes.toString('latin1');
  }
  return copy ?? message;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
