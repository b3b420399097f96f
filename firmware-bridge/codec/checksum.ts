import {
  ardupilotmega,
  common,
  development,
  icarous,
  MSG_ID_MAGIC_NUMBER,
  minimal,
  standard,
  uavionix,
} from 'mavlink-mappings';
import type { MavLinkData, MavLinkDataConstructor } from './messages.ts';

/**
 * MAVLink's checksum (CRC-16/MCRF4XX, "X.25" in its documents) by table, and the CRC_EXTRA of every message.
 * Hot: once for every byte received.
 */
const CRC_TABLE = buildTable();

function buildTable(): Uint16Array {
  const table = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
    table[byte] = crc;
  }
  return table;
}

/** Checksum of `buffer[start, end)` followed by the message's CRC_EXTRA. */
export function checksum(buffer: Uint8Array, start: number, end: number, crcExtra: number): number {
  let crc = 0xffff;
  for (let i = start; i < end; i++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (buffer[i] as number)) & 0xff] as number);
  }
  return (crc >>> 8) ^ (CRC_TABLE[(crc ^ crcExtra) & 0xff] as number);
}

/**
 * Some ids mean different messages in different dialects (150–229 are private to a dialect). ArduPilot's and
 * PX4's own dialects come last here, so that they win.
 */
const REGISTRY = new Map<number, MavLinkDataConstructor<MavLinkData>>();
for (const dialect of [development, icarous, uavionix, minimal, standard, common, ardupilotmega]) {
  for (const [id, messageClass] of Object.entries(dialect.REGISTRY)) {
    REGISTRY.set(Number(id), messageClass as MavLinkDataConstructor<MavLinkData>);
  }
}

/** -1 where the id is not known. Ids of 65536 and more exist in no dialect that we know. */
const CRC_EXTRA = new Int16Array(65536).fill(-1);
for (const [id, crcExtra] of Object.entries(MSG_ID_MAGIC_NUMBER)) CRC_EXTRA[Number(id)] = crcExtra;
for (const [id, messageClass] of REGISTRY) CRC_EXTRA[id] = messageClass.MAGIC_NUMBER;

/** CRC_EXTRA of a message id, -1 when unknown. */
export function crcExtraOf(messageId: number): number {
  return CRC_EXTRA[messageId] ?? -1;
}

export function messageClassOf(messageId: number): MavLinkDataConstructor<MavLinkData> | null {
  return REGISTRY.get(messageId) ?? null;
}
