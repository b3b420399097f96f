import { checksum, crcExtraOf } from './checksum.ts';

/**
 * Bytes in, whole MAVLink frames out. One framer per endpoint, so that two senders are never mixed.
 * Load: every byte of every vehicle (25,000 frames/s is the aim), hence views instead of copies.
 *
 *            marker?  no ──► garbage, one byte on
 *   byte ──► │ yes
 *            ▼
 *          header ──► flags unknown, or checksum wrong ──► false start: one byte on (never the whole "frame",
 *            │                                             a real one may begin inside it)
 *            ├──► bytes missing ──► stream: wait (bounded) · datagram: false start
 *            ├──► system id 0 ──► refused, its bytes skipped
 *            ├──► id unknown ──► see `judgeUnknown`
 *            ▼
 *          deliver
 */

export interface Frame {
  /** The whole frame as it was on the wire, signature included. */
  readonly raw: Buffer;
  readonly version: 1 | 2;
  readonly sequence: number;
  readonly systemId: number;
  readonly componentId: number;
  readonly messageId: number;
  /** As sent: MAVLink 2 cuts zeros off its end. */
  readonly payload: Buffer;
  readonly signed: boolean;
  /** False: no definition of this id, so its checksum could not be verified. Keep the bytes, trust nothing in it. */
  readonly known: boolean;
}

export interface FramerCounters {
  /** Frames delivered. */
  readonly frames: number;
  /** Frames with a wrong checksum. A marker inside a frame already counted is not counted again. */
  readonly badCrc: number;
  /** Bytes that belong to no delivered frame. Bytes in = delivered + garbage + at most 560 waiting. */
  readonly garbageBytes: number;
  /** Frames refused: incompatibility flags that we do not know, system id 0. */
  readonly rejected: number;
}

const MARKER_V1 = 0xfe;
const MARKER_V2 = 0xfd;
const FLAG_SIGNED = 0x01;
const SIGNATURE_BYTES = 13;
const EMPTY = Buffer.alloc(0);

const WAIT = 0;
const FALSE_START = -1;

class FrameView implements Frame {
  readonly version: 1 | 2;
  readonly systemId: number;
  readonly componentId: number;
  readonly sequence: number;
  readonly messageId: number;
  readonly signed: boolean;
  readonly known: boolean;
  readonly #source: Buffer;
  readonly #start: number;
  readonly #length: number;

  constructor(source: Buffer, start: number, length: number, messageId: number, known: boolean) {
    this.#source = source;
    this.#start = start;
    this.#length = length;
    this.messageId = messageId;
    this.known = known;
    if (source[start] === MARKER_V2) {
      this.version = 2;
      this.signed = ((source[start + 2] as number) & FLAG_SIGNED) !== 0;
      this.sequence = source[start + 4] as number;
      this.systemId = source[start + 5] as number;
      this.componentId = source[start + 6] as number;
    } else {
      this.version = 1;
      this.signed = false;
      this.sequence = source[start + 2] as number;
      this.systemId = source[start + 3] as number;
      this.componentId = source[start + 4] as number;
    }
  }

  // Made when asked for: a Buffer view costs more than the whole check, and most frames need only one of the two.
  get raw(): Buffer {
    return this.#source.subarray(this.#start, this.#start + this.#length);
  }

  get payload(): Buffer {
    const start = this.#start + (this.version === 2 ? 10 : 6);
    return this.#source.subarray(start, start + (this.#source[this.#start + 1] as number));
  }
}

export class Framer {
  #carry: Buffer = EMPTY;
  /** Where the last candidate with a wrong checksum or refused flags ends; markers before it are not counted again. */
  #countedUntil = 0;
  /** The last byte consumed ended a frame (or nothing was consumed yet). */
  #inSync = true;
  #frames = 0;
  #badCrc = 0;
  #garbageBytes = 0;
  #rejected = 0;

  get counters(): FramerCounters {
    return {
      frames: this.#frames,
      badCrc: this.#badCrc,
      garbageBytes: this.#garbageBytes,
      rejected: this.#rejected,
    };
  }

  /** Bytes kept because a frame is not complete yet; at most 560. */
  get carriedBytes(): number {
    return this.#carry.length;
  }

  /** A piece of a byte stream (serial, TCP). The chunk must not be changed afterwards: frames are views on it. */
  push(chunk: Uint8Array): readonly Frame[] {
    const bytes = asBuffer(chunk);
    const buffer = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
    const frames: Frame[] = [];
    const consumed = this.#scan(buffer, false, frames);
    // A copy, so that some waiting bytes do not keep a 64 KiB chunk alive.
    this.#carry = consumed === buffer.length ? EMPTY : Buffer.from(buffer.subarray(consumed));
    this.#countedUntil -= consumed;
    return frames;
  }

  /** One whole UDP datagram: a frame cut off at its end is garbage and never delays the next datagram. */
  pushDatagram(datagram: Uint8Array): readonly Frame[] {
    const frames: Frame[] = [];
    this.#countedUntil = 0;
    this.#inSync = true;
    this.#scan(asBuffer(datagram), true, frames);
    return frames;
  }

  #scan(buffer: Buffer, whole: boolean, frames: Frame[]): number {
    const end = buffer.length;
    let at = 0;
    while (at < end) {
      const marker = buffer[at];
      const length =
        marker === MARKER_V2 || marker === MARKER_V1 ? this.#judge(buffer, at, end, whole) : FALSE_START;
      if (length === WAIT) return at;
      if (length === FALSE_START) {
        this.#garbageBytes++;
        this.#inSync = false;
        at++;
        continue;
      }
      const messageId = messageIdAt(buffer, at);
      if (buffer[at + (marker === MARKER_V2 ? 5 : 3)] === 0) {
        // System id 0 is "all systems": it addresses, it never sends.
        this.#rejected++;
        this.#garbageBytes += length;
      } else {
        this.#frames++;
        frames.push(new FrameView(buffer, at, length, messageId, crcExtraOf(messageId) >= 0));
      }
      this.#inSync = true;
      at += length;
    }
    return end;
  }

  /** Length of the frame at `at`, or `WAIT` for more bytes, or `FALSE_START`. */
  #judge(buffer: Buffer, at: number, end: number, whole: boolean): number {
    const length = frameLength(buffer, at, end);
    if (length === FALSE_START) {
      // Flags that we do not know may change the layout, so nothing after them can be trusted.
      if (at >= this.#countedUntil) {
        this.#rejected++;
        this.#countedUntil = at + 12 + (buffer[at + 1] as number);
      }
      return FALSE_START;
    }
    if (length === WAIT || at + length > end) return whole ? FALSE_START : WAIT;
    const crcExtra = crcExtraOf(messageIdAt(buffer, at));
    if (crcExtra < 0) return this.#judgeUnknown(buffer, at, length, end, whole);
    if (crcMatches(buffer, at, length, crcExtra)) return length;
    if (at >= this.#countedUntil) {
      this.#badCrc++;
      this.#countedUntil = at + length;
    }
    return FALSE_START;
  }

  /**
   * A frame whose id has no definition cannot be verified. It is kept (to be recorded and forwarded) only when
   * everything around it says that it is one: a frame ended right before it (or the datagram begins), a marker
   * follows it (or the datagram ends), and no frame that can be verified begins inside it. The last condition is
   * what makes noise unable to swallow a real frame; it costs an unknown frame that carries other MAVLink frames
   * in its payload, which then counts as garbage.
   */
  #judgeUnknown(buffer: Buffer, at: number, length: number, end: number, whole: boolean): number {
    if (!this.#inSync) return FALSE_START;
    const after = at + length;
    if (after === end && !whole) return WAIT;
    if (after < end && buffer[after] !== MARKER_V2 && buffer[after] !== MARKER_V1) return FALSE_START;
    for (let inner = at + 1; inner < after; inner++) {
      if (buffer[inner] !== MARKER_V2 && buffer[inner] !== MARKER_V1) continue;
      const innerLength = frameLength(buffer, inner, end);
      if (innerLength === FALSE_START) continue;
      if (innerLength === WAIT || inner + innerLength > end) {
        if (whole) continue;
        return WAIT; // at most 279 + 280 bytes are held for this
      }
      const crcExtra = crcExtraOf(messageIdAt(buffer, inner));
      if (crcExtra >= 0 && crcMatches(buffer, inner, innerLength, crcExtra)) return FALSE_START;
    }
    return length;
  }
}

/** Whole length by the header at `at`; `WAIT` when the header is cut off; `FALSE_START` for unknown flags. */
function frameLength(buffer: Buffer, at: number, end: number): number {
  if (buffer[at] === MARKER_V1) return at + 1 < end ? (buffer[at + 1] as number) + 8 : WAIT;
  if (at + 2 >= end) return WAIT;
  const flags = buffer[at + 2] as number;
  if ((flags & ~FLAG_SIGNED) !== 0) return FALSE_START;
  return (buffer[at + 1] as number) + 12 + (flags === FLAG_SIGNED ? SIGNATURE_BYTES : 0);
}

function messageIdAt(buffer: Buffer, at: number): number {
  if (buffer[at] === MARKER_V1) return buffer[at + 5] as number;
  return (buffer[at + 7] as number) | ((buffer[at + 8] as number) << 8) | ((buffer[at + 9] as number) << 16);
}

function crcMatches(buffer: Buffer, at: number, length: number, crcExtra: number): boolean {
  const payloadEnd = at + (buffer[at + 1] as number) + (buffer[at] === MARKER_V1 ? 6 : 10);
  const sent = (buffer[payloadEnd] as number) | ((buffer[payloadEnd + 1] as number) << 8);
  return payloadEnd + 2 <= at + length && checksum(buffer, at + 1, payloadEnd, crcExtra) === sent;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
