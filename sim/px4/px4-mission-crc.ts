import type { MissionItem } from '../../missions/mission-item.ts';

/** CRC-32 (polynomial 0xEDB88320, reflected, no inversion at start and end), as PX4 sums up its lists. */
const TABLE: readonly number[] = Array.from({ length: 256 }, (_unused, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** The list's checksum after one more item. Which bytes go in is PX4's own affair: others see an opaque number. */
export function crcOfItem(item: MissionItem, autocontinue: number, before: number): number {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt8(item.frame, 0);
  bytes.writeUInt16LE(item.command, 1);
  bytes.writeUInt8(autocontinue, 3);
  bytes.writeFloatLE(item.param1, 4);
  bytes.writeFloatLE(item.param2, 8);
  bytes.writeFloatLE(item.param3, 12);
  bytes.writeFloatLE(item.param4, 16);
  bytes.writeInt32LE(item.x, 20);
  bytes.writeInt32LE(item.y, 24);
  bytes.writeFloatLE(item.z, 28);
  let crc = before;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return crc >>> 0;
}
