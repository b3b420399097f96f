import { hash, timingSafeEqual } from 'node:crypto';
import { checksum, crcExtraOf } from './checksum.ts';
import type { Frame } from './framer.ts';

/**
 * Signatures of MAVLink 2 (mavlink.io/en/guide/message_signing.html), pure: bytes, a key and a timestamp.
 *
 *   header (with flag 1) · payload · CRC · link id (1) · timestamp (6) · signature (6)
 *   signature = first 48 bits of SHA-256(key + everything before it)
 *
 * The checksum covers the flag, so a signed frame has another one than the plain frame. A frame whose checksum is
 * wrong never comes here: the framer drops it, signed or not.
 *
 * Load: every frame of a signed link, both ways; hence one call of `hash` to a string (1.3 million/s, where
 * `createHash` makes 280 thousand).
 */
const SIGNATURE_BYTES = 13;
const HASH_BYTES = 6;
const KEY_BYTES = 32;
const LONGEST_FRAME_BYTES = 10 + 255 + 2 + SIGNATURE_BYTES;
const MARKER_V2 = 0xfd;
const FLAG_SIGNED = 0x01;
const SETUP_SIGNING = 256;
const SIGNING_EPOCH_MS = Date.UTC(2015, 0, 1);
const MAX_TIMESTAMP = 2 ** 48 - 1;

/** One second in timestamps (10 µs each). */
export const TIMESTAMPS_PER_S = 100_000;

/** Messages that carry a key. They are never recorded, forwarded or logged, in either direction. */
export function isSecret(messageId: number): boolean {
  return messageId === SETUP_SIGNING;
}

/** 10 µs units since 2015-01-01 UTC; 0 before that. */
export function signingTimestamp(epochMs: number): number {
  return Math.min(MAX_TIMESTAMP, Math.max(0, Math.floor((epochMs - SIGNING_EPOCH_MS) * 100)));
}

/** A key that cannot be printed, logged or cloned by accident. */
export class SigningKey {
  /** The key, and room for what is hashed behind it. */
  readonly #block = Buffer.alloc(KEY_BYTES + LONGEST_FRAME_BYTES);

  /** @throws RangeError for anything but 32 bytes, or 32 zeros (which means "no signing" on the wire). */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== KEY_BYTES) throw new RangeError(`a signing key has 32 bytes, not ${bytes.length}`);
    if (bytes.every((byte) => byte === 0)) throw new RangeError('a signing key of nothing but zeros is none');
    this.#block.set(bytes);
  }

  equals(other: SigningKey): boolean {
    return timingSafeEqual(this.#block.subarray(0, KEY_BYTES), other.#block.subarray(0, KEY_BYTES));
  }

  /** For SETUP_SIGNING, and nothing else. */
  reveal(): number[] {
    return [...this.#block.subarray(0, KEY_BYTES)];
  }

  /** First 48 bits of SHA-256 over the key and `frame[0, end)`, written to `into[at, at + 6)`. */
  hash48(frame: Uint8Array, end: number, into: Uint8Array, at: number): void {
    this.#block.set(end === frame.length ? frame : frame.subarray(0, end), KEY_BYTES);
    const digest = hash('sha256', this.#block.subarray(0, KEY_BYTES + end), 'binary');
    for (let i = 0; i < HASH_BYTES; i++) into[at + i] = digest.charCodeAt(i);
  }

  toJSON(): string {
    return '[signing key]';
  }
}

export interface SigningStamp {
  /** 0–255: which of the sender's links it left by. */
  readonly signingLinkId: number;
  /** 48 bits, `signingTimestamp` units. */
  readonly timestamp: number;
}

/**
 * The signed form of an unsigned MAVLink 2 frame.
 *
 * @throws RangeError: not an unsigned MAVLink 2 frame, a message id without definition, a stamp out of range.
 */
export function signFrame(raw: Uint8Array, key: SigningKey, stamp: SigningStamp): Buffer {
  const { signingLinkId, timestamp } = stamp;
  if (raw[0] !== MARKER_V2 || raw[2] !== 0 || raw.length < 12) {
    throw new RangeError('only an unsigned MAVLink 2 frame can be signed');
  }
  if (!(Number.isInteger(signingLinkId) && signingLinkId >= 0 && signingLinkId <= 255)) {
    throw new RangeError(`the link id ${signingLinkId} is not within 0–255`);
  }
  if (!(Number.isInteger(timestamp) && timestamp >= 0 && timestamp <= MAX_TIMESTAMP)) {
    throw new RangeError(`the timestamp ${timestamp} is not within 48 bits`);
  }
  const signed = Buffer.allocUnsafe(raw.length + SIGNATURE_BYTES);
  signed.set(raw);
  signed[2] = FLAG_SIGNED;
  const crcExtra = crcExtraOf(signed.readUIntLE(7, 3));
  if (crcExtra < 0) throw new RangeError(`message ${signed.readUIntLE(7, 3)} has no known checksum`);
  const crcAt = raw.length - 2;
  signed.writeUInt16LE(checksum(signed, 1, crcAt, crcExtra), crcAt);
  signed[raw.length] = signingLinkId;
  signed.writeUIntLE(timestamp, raw.length + 1, 6);
  const hashAt = signed.length - HASH_BYTES;
  key.hash48(signed, hashAt, signed, hashAt);
  return signed;
}

/** What a signed frame says of itself; null: it is not signed. Not to be believed before `isSignedBy`. */
export function stampOf(frame: Frame): SigningStamp | null {
  if (!frame.signed) return null;
  const { raw } = frame;
  const at = raw.length - SIGNATURE_BYTES;
  return { signingLinkId: raw.readUInt8(at), timestamp: raw.readUIntLE(at + 1, 6) };
}

/** Whether this key made the signature. It says nothing of replay: see `link/signing-guard.ts`. */
export function isSignedBy(frame: Frame, key: SigningKey): boolean {
  if (!frame.signed) return false;
  const { raw } = frame;
  const hashAt = raw.length - HASH_BYTES;
  key.hash48(raw, hashAt, expected, 0);
  // Without an early end, so that the time tells nothing of how much was right.
  let difference = 0;
  for (let i = 0; i < HASH_BYTES; i++) difference |= (expected[i] as number) ^ (raw[hashAt + i] as number);
  return difference === 0;
}

const expected = Buffer.alloc(HASH_BYTES);
