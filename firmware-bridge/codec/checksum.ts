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
import { EXTRA_CRC, EXTRA_MESSAGES } from './extra-messages.ts';
import type { MavLinkData, MavLinkDataConstructor } from './messages.ts';

/**
 * MAVLink's checksum (CRC-16/MCRF4XX, "X.25" in its documents) by table, and the CRC_EXTRA of every message.
 * Hot: once for every byte received. Eight bytes at a time ("slicing by 8"): table k holds what a byte does to the
 * checksum k bytes later, so that eight look-ups do not wait for one another. 2.5 times the bytewise loop, measured
 * at 35 bytes.
 */
const SLICES = 8;
const CRC_TABLE = buildTables();

function buildTables(): Uint16Array {
  const tables = new Uint16Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256] as number;
    tables[at] = (before >>> 8) ^ (tables[before & 0xff] as number);
  }
  return tables;
}

/** Checksum of `buffer[start, end)` followed by the message's CRC_EXTRA. */
export function checksum(buffer: Uint8Array, start: number, end: number, crcExtra: number): number {
  let crc = 0xffff;
  let at = start;
  for (const lastSlice = end - SLICES; at <= lastSlice; at += SLICES) {
    crc =
      (CRC_TABLE[1792 + ((crc ^ (buffer[at] as number)) & 0xff)] as number) ^
      (CRC_TABLE[1536 + ((crc >>> 8) ^ (buffer[at + 1] as number))] as number) ^
      (CRC_TABLE[1280 + (buffer[at + 2] as number)] as number) ^
      (CRC_TABLE[1024 + (buffer[at + 3] as number)] as number) ^
      (CRC_TABLE[768 + (buffer[at + 4] as number)] as number) ^
      (CRC_TABLE[512 + (buffer[at + 5] as number)] as number) ^
      (CRC_TABLE[256 + (buffer[at + 6] as number)] as number) ^
      (CRC_TABLE[buffer[at + 7] as number] as number);
  }
  for (; at < end; at++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (buffer[at] as number)) & 0xff] as number);
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
for (const messageClass of EXTRA_MESSAGES) REGISTRY.set(messageClass.MSG_ID, messageClass);

/** -1 where the id is not known. Ids of 65536 and more exist in no dialect that we know. */
const CRC_EXTRA = new Int16Array(65536).fill(-1);
for (const [id, crcExtra] of Object.entries(MSG_ID_MAGIC_NUMBER)) CRC_EXTRA[Number(id)] = crcExtra;
for (const [id, crcExtra] of EXTRA_CRC) CRC_EXTRA[id] = crcExtra;
for (const [id, messageClass] of REGISTRY) CRC_EXTRA[id] = messageClass.MAGIC_NUMBER;

/** CRC_EXTRA of a message id, -1 when unknown. */
export function crcExtraOf(messageId: number): number {
  return CRC_EXTRA[messageId] ?? -1;
}

export function messageClassOf(messageId: number): MavLinkDataConstructor<MavLinkData> | null {
  return REGISTRY.get(messageId) ?? null;
}
