import { buildMessage, FileTransferProtocol, type MavLinkData } from '../codec/messages.ts';
import type { Target } from './step.ts';

/**
 * The inside of FILE_TRANSFER_PROTOCOL (110), after https://mavlink.io/en/services/ftp.html:
 * seq (2, little-endian), session, opcode, size, request opcode, burst complete, padding, offset (4), data (≤ 239).
 */
export const FTP_MAX_DATA = 239;
/** What small radios still carry in one packet. */
export const FTP_SLOW_DATA = 110;
const HEADER_BYTES = 12;

export const FtpOp = {
  none: 0,
  terminate: 1,
  reset: 2,
  list: 3,
  openRead: 4,
  read: 5,
  create: 6,
  write: 7,
  remove: 8,
  makeDirectory: 9,
  removeDirectory: 10,
  openWrite: 11,
  truncate: 12,
  rename: 13,
  crc32: 14,
  burstRead: 15,
  ack: 128,
  nak: 129,
} as const;

export const FtpNak = {
  fail: 1,
  failErrno: 2,
  invalidDataSize: 3,
  invalidSession: 4,
  noSessions: 5,
  endOfFile: 6,
  unknownCommand: 7,
  fileExists: 8,
  fileProtected: 9,
  fileNotFound: 10,
} as const;

export interface FtpPacket {
  readonly seq: number;
  readonly session: number;
  readonly opcode: number;
  /** Valid bytes of data; in a read request the number that is wanted. */
  readonly size: number;
  readonly requestOpcode: number;
  readonly burstComplete: boolean;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** Why a server said no. */
export interface FtpRefusal {
  readonly code: number;
  /** Of the server's operating system; null: not told. */
  readonly errno: number | null;
}

export interface FtpRequest {
  readonly seq: number;
  readonly opcode: number;
  readonly session?: number;
  /** Defaults to the length of `data`. */
  readonly size?: number;
  readonly offset?: number;
  readonly data?: Uint8Array;
}

export function ftpMessage(target: Target, request: FtpRequest): MavLinkData {
  const data = request.data ?? new Uint8Array();
  if (data.length > FTP_MAX_DATA) throw new RangeError(`${data.length} bytes do not fit into an FTP packet`);
  const payload = Buffer.alloc(HEADER_BYTES + FTP_MAX_DATA);
  payload.writeUInt16LE(request.seq & 0xffff, 0);
  payload[2] = request.session ?? 0;
  payload[3] = request.opcode;
  payload[4] = request.size ?? data.length;
  payload.writeUInt32LE(request.offset ?? 0, 8);
  payload.set(data, HEADER_BYTES);
  return buildMessage(FileTransferProtocol, {
    targetNetwork: 0,
    targetSystem: target.systemId,
    targetComponent: target.componentId,
    payload: [...payload],
  });
}

/** Null: the size field is beyond the field's end: damaged or foreign. */
export function readFtpPacket(message: FileTransferProtocol): FtpPacket | null {
  const payload = Buffer.from(message.payload);
  const size = payload[4] ?? 0;
  if (payload.length < HEADER_BYTES || size > FTP_MAX_DATA) return null;
  return {
    seq: payload.readUInt16LE(0),
    session: payload[2] ?? 0,
    opcode: payload[3] ?? 0,
    size,
    requestOpcode: payload[5] ?? 0,
    burstComplete: (payload[6] ?? 0) === 1,
    offset: payload.readUInt32LE(8),
    data: new Uint8Array(payload.subarray(HEADER_BYTES, HEADER_BYTES + size)),
  };
}

/** Number of the request that a message carries; null: no FTP message. */
export function seqOfMessage(message: MavLinkData): number | null {
  if (!(message instanceof FileTransferProtocol)) return null;
  return (message.payload[0] ?? 0) | ((message.payload[1] ?? 0) << 8);
}

export function refusalOf(packet: FtpPacket): FtpRefusal {
  return { code: packet.data[0] ?? 0, errno: packet.size > 1 ? (packet.data[1] ?? null) : null };
}

/**
 * Paths travel as UTF-8 without a terminator: ArduPilot refuses a size that is not the length of the name.
 * Null: too long for one packet, or with a NUL inside.
 */
export function pathBytes(path: string): Uint8Array | null {
  const bytes = new TextEncoder().encode(path);
  return bytes.length === 0 || bytes.length > FTP_MAX_DATA - 1 || bytes.includes(0) ? null : bytes;
}

const NAK_WORDS: Readonly<Record<number, string>> = {
  [FtpNak.fail]: 'the vehicle could not do it',
  [FtpNak.failErrno]: "the vehicle's file system refused it",
  [FtpNak.invalidDataSize]: 'the vehicle does not take a request of that size',
  [FtpNak.invalidSession]:
    'the session is not open on the vehicle, or another ground station has a file open',
  [FtpNak.noSessions]: 'another ground station has a file open on the vehicle',
  [FtpNak.endOfFile]: 'the file ended early',
  [FtpNak.unknownCommand]: 'the vehicle does not know this file operation',
  [FtpNak.fileExists]: 'it exists already',
  [FtpNak.fileProtected]: 'it is write protected',
  [FtpNak.fileNotFound]: 'there is no such file',
};

/** A sentence for people. */
export function nakWords({ code, errno }: FtpRefusal): string {
  const words = NAK_WORDS[code] ?? `the vehicle refused it (FTP error ${code})`;
  return errno === null ? words : `${words} (errno ${errno})`;
}

const CRC_TABLE = new Uint32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  CRC_TABLE[byte] = crc >>> 0;
}

/**
 * CRC32 as FTP servers compute it: starts at 0, no final XOR (not zlib's). `hello` is 0xf032519b.
 * @param crc of what came before, to go on with
 */
export function ftpCrc32(bytes: Uint8Array, crc = 0): number {
  let value = crc;
  for (let i = 0; i < bytes.length; i++) {
    value = (value >>> 8) ^ (CRC_TABLE[(value ^ (bytes[i] as number)) & 0xff] as number);
  }
  return value >>> 0;
}
