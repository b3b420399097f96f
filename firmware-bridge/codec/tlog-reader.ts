import { type Frame, Framer } from './framer.ts';

/**
 * Reads a tlog: 8-byte big-endian microseconds since the epoch, then the raw frame, over and over. The format that
 * Mission Planner, QGroundControl and MAVProxy write and read.
 */
export interface TlogRecord {
  readonly atUs: bigint;
  readonly frame: Frame;
}

const STAMP_BYTES = 8;
/** Stamps outside 2000–2100 are taken for damage: a real recorder's clock is not there. */
const EARLIEST_US = 946_684_800_000_000n;
const LATEST_US = 4_102_444_800_000_000n;

/**
 * Yields every record whose frame is intact, in the order of the file. Damaged places (a truncated end after a
 * power cut, foreign bytes) are passed over byte by byte; it never throws.
 */
export function* readTlog(buffer: Uint8Array): Iterable<TlogRecord> {
  const bytes = Buffer.isBuffer(buffer)
    ? buffer
    : Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  let at = 0;
  while (at + STAMP_BYTES + 8 <= bytes.length) {
    const atUs = bytes.readBigUInt64BE(at);
    const frame = atUs > EARLIEST_US && atUs < LATEST_US ? frameAt(bytes, at + STAMP_BYTES) : null;
    if (frame === null) {
      at++;
      continue;
    }
    yield { atUs, frame };
    at += STAMP_BYTES + frame.raw.length;
  }
}

function frameAt(bytes: Buffer, start: number): Frame | null {
  const marker = bytes[start];
  if (marker !== 0xfd && marker !== 0xfe) return null;
  const signature = marker === 0xfd && ((bytes[start + 2] ?? 0) & 1) === 1 ? 13 : 0;
  const length = (bytes[start + 1] ?? 0) + (marker === 0xfd ? 12 + signature : 8);
  if (start + length > bytes.length) return null;
  const [frame] = new Framer().pushDatagram(bytes.subarray(start, start + length));
  return frame !== undefined && frame.raw.length === length ? frame : null;
}
