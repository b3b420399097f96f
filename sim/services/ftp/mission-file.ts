import type { MissionItem } from '../../../missions/mission-item.ts';
import type { FileContent } from './file-tree.ts';

/**
 * ArduPilot's `@MISSION/mission.dat`, `fence.dat`, `rally.dat` (AP_Filesystem_Mission.cpp): header magic 0x763d, MAV_MISSION_TYPE,
 * options, first item, number of items, each uint16 little-endian; then the items as MISSION_ITEM_INT lies on the
 * wire, 38 bytes each. Announced as 1 MiB whatever is in it (measured).
 */
const MAGIC = 0x763d;
const HEADER_BYTES = 10;
const ITEM_BYTES = 38;
const ANNOUNCED_BYTES = 0x10_0000;

export function missionFile(
  type: 0 | 1 | 2,
  items: readonly MissionItem[],
  target: { readonly systemId: number },
): FileContent {
  const bytes = Buffer.alloc(HEADER_BYTES + items.length * ITEM_BYTES);
  bytes.writeUInt16LE(MAGIC, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.writeUInt16LE(items.length, 8);
  for (const [seq, item] of items.entries()) writeItem(bytes, seq, item, type, target.systemId);
  return {
    announcedBytes: ANNOUNCED_BYTES,
    read: (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** In the order of the wire: by size, largest first. */
function writeItem(bytes: Buffer, seq: number, item: MissionItem, type: number, systemId: number): void {
  const at = HEADER_BYTES + seq * ITEM_BYTES;
  for (const [place, value] of [item.param1, item.param2, item.param3, item.param4].entries()) {
    bytes.writeFloatLE(value, at + 4 * place);
  }
  bytes.writeInt32LE(item.x, at + 16);
  bytes.writeInt32LE(item.y, at + 20);
  bytes.writeFloatLE(item.z, at + 24);
  bytes.writeUInt16LE(seq, at + 28);
  bytes.writeUInt16LE(item.command, at + 30);
  bytes.writeUInt8(systemId, at + 32);
  bytes.writeUInt8(1, at + 33);
  bytes.writeUInt8(item.frame, at + 34);
  bytes.writeUInt8(0, at + 35);
  bytes.writeUInt8(1, at + 36);
  bytes.writeUInt8(type, at + 37);
}
