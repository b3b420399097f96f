/**
 * The inside of FILE_TRANSFER_PROTOCOL (110) as a server sees it, after https://mavlink.io/en/services/ftp.html:
 * seq (2, little-endian), session, opcode, size, request opcode, burst complete, padding, offset (4), data (239).
 * Written apart from the bridge's client, so that one does not repeat a mistake of the other.
 */
export const FTP_DATA_BYTES = 239;
const HEADER_BYTES = 12;
export const FTP_PAYLOAD_BYTES = HEADER_BYTES + FTP_DATA_BYTES;

export const OPCODE = {
  NONE: 0,
  TERMINATE: 1,
  RESET: 2,
  LIST: 3,
  OPEN_READ: 4,
  READ: 5,
  CREATE: 6,
  WRITE: 7,
  REMOVE_FILE: 8,
  MAKE_DIRECTORY: 9,
  REMOVE_DIRECTORY: 10,
  OPEN_WRITE: 11,
  TRUNCATE: 12,
  RENAME: 13,
  CRC32: 14,
  BURST_READ: 15,
  ACK: 128,
  NAK: 129,
} as const;

export const NAK = {
  FAIL: 1,
  ERRNO: 2,
  DATA_SIZE: 3,
  SESSION: 4,
  NO_SESSIONS: 5,
  END_OF_FILE: 6,
  UNKNOWN_COMMAND: 7,
  FILE_EXISTS: 8,
  FILE_PROTECTED: 9,
  FILE_NOT_FOUND: 10,
} as const;

/** Numbers of the operating systems below (Linux and NuttX share these). */
export const ERRNO = {
  NOT_FOUND: 2,
  BAD_DESCRIPTOR: 9,
  ACCESS: 13,
  EXISTS: 17,
  NOT_DIRECTORY: 20,
  IS_DIRECTORY: 21,
  INVALID: 22,
  NO_SPACE: 28,
  READ_ONLY: 30,
  NOT_EMPTY: 39,
} as const;

export interface FtpRequest {
  readonly seq: number;
  readonly session: number;
  readonly opcode: number;
  /** As sent; may say more than fits. */
  readonly size: number;
  readonly offset: number;
  /** All 239 bytes, whatever `size` says. */
  readonly data: Buffer;
}

export interface FtpReply {
  readonly seq: number;
  readonly session: number;
  readonly opcode: number;
  readonly requestOpcode: number;
  readonly burstComplete: boolean;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Null: too short to be one. */
export function readFtpRequest(payload: readonly number[]): FtpRequest | null {
  const bytes = Buffer.from(payload);
  if (bytes.length < HEADER_BYTES) return null;
  const data = Buffer.alloc(FTP_DATA_BYTES);
  bytes.copy(data, 0, HEADER_BYTES);
  return {
    seq: bytes.readUInt16LE(0),
    session: bytes.readUInt8(2),
    opcode: bytes.readUInt8(3),
    size: bytes.readUInt8(4),
    offset: bytes.readUInt32LE(8),
    data,
  };
}

export function writeFtpReply(reply: FtpReply): number[] {
  const payload = Buffer.alloc(FTP_PAYLOAD_BYTES);
  payload.writeUInt16LE(reply.seq & 0xffff, 0);
  payload.writeUInt8(reply.session, 2);
  payload.writeUInt8(reply.opcode, 3);
  payload.writeUInt8(reply.data.length, 4);
  payload.writeUInt8(reply.requestOpcode, 5);
  payload.writeUInt8(reply.burstComplete ? 1 : 0, 6);
  payload.writeUInt32LE(reply.offset >>> 0, 8);
  payload.set(reply.data, HEADER_BYTES);
  return [...payload];
}

export function uint32Bytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

const POLYNOMIAL = 0xedb88320;
/** Four bits at a time. */
const NIBBLES = Uint32Array.from({ length: 16 }, (_, nibble) => {
  let crc = nibble;
  for (let bit = 0; bit < 4; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc >>> 0;
});

/** MAVLink's CRC32 of files: starts at 0, no final inversion (not zlib's). @param crc of what came before */
export function fileCrc32(bytes: Uint8Array, crc = 0): number {
  let value = crc >>> 0;
  for (const byte of bytes) {
    value ^= byte;
    value = (value >>> 4) ^ (NIBBLES[value & 15] ?? 0);
    value = (value >>> 4) ^ (NIBBLES[value & 15] ?? 0);
  }
  return value >>> 0;
}
