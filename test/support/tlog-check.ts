import { MSG_ID_MAGIC_NUMBER, x25crc } from 'node-mavlink';

export interface TlogFrame {
  readonly atUs: bigint;
  readonly systemId: number;
  readonly componentId: number;
  readonly messageId: number;
  readonly payload: Buffer;
}

/**
 * Reads a tlog the way another ground station does, with nothing of our codec: 8 bytes big-endian µs, one MAVLink 1 or 2
 * frame, and so on to the last byte. The CRC is node-mavlink's.
 * @throws Error at the first byte that does not fit, or a wrong CRC
 */
export function checkTlog(bytes: Buffer): TlogFrame[] {
  const frames: TlogFrame[] = [];
  let at = 0;
  let lastUs = 0n;
  while (at < bytes.length) {
    const atUs = bytes.readBigUInt64BE(at);
    if (atUs < lastUs) throw new Error(`time goes back at byte ${at}`);
    lastUs = atUs;
    const start = at + 8;
    const magic = bytes[start];
    if (magic !== 0xfd && magic !== 0xfe) throw new Error(`no frame at byte ${start}: ${magic}`);
    const v2 = magic === 0xfd;
    const length = bytes.readUInt8(start + 1);
    const header = v2 ? 10 : 6;
    const messageId = v2 ? bytes.readUIntLE(start + 7, 3) : bytes.readUInt8(start + 5);
    const crcAt = start + header + length;
    const signature = v2 && (bytes.readUInt8(start + 2) & 1) === 1 ? 13 : 0;
    const extra = MSG_ID_MAGIC_NUMBER[
      messageId as unknown as keyof typeof MSG_ID_MAGIC_NUMBER
    ] as unknown as number;
    if (extra !== undefined) {
      const crc = x25crc(bytes.subarray(start, crcAt + 2), 1, 2, extra);
      if (crc !== bytes.readUInt16LE(crcAt))
        throw new Error(`bad CRC of message ${messageId} at byte ${start}`);
    }
    frames.push({
      atUs,
      systemId: bytes.readUInt8(start + (v2 ? 5 : 3)),
      componentId: bytes.readUInt8(start + (v2 ? 6 : 4)),
      messageId,
      payload: bytes.subarray(start + header, crcAt),
    });
    at = crcAt + 2 + signature;
  }
  if (at !== bytes.length) throw new Error(`the last frame is cut off at byte ${bytes.length}`);
  return frames;
}
