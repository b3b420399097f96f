import { type Errno, type FileContent, type FileTree, isErrno, type TreeEntry } from './file-tree.ts';
import { ERRNO, FTP_DATA_BYTES, type FtpRequest, fileCrc32, NAK, OPCODE, uint32Bytes } from './ftp-wire.ts';

/** What both autopilots' servers answer alike; their habits differ in the small print of `FtpStyle`. */
export type FtpStyle = 'ardupilot' | 'px4';

export interface Answer {
  readonly opcode: number;
  readonly data: Uint8Array;
  /** 0 when not told. */
  readonly offset: number;
}

const NOTHING = new Uint8Array();
const CRC_BLOCK = 4096;

export function ack(data: Uint8Array = NOTHING, offset = 0): Answer {
  return { opcode: OPCODE.ACK, data, offset };
}

export function nak(code: number, offset = 0): Answer {
  return { opcode: OPCODE.NAK, data: Uint8Array.of(code), offset };
}

/** The codes that FTP has for an errno, and the errno itself where it has none. */
export function nakOf({ errno }: Errno, style: FtpStyle, offset = 0): Answer {
  if (errno === ERRNO.EXISTS) return nak(NAK.FILE_EXISTS, offset);
  if (errno === ERRNO.NOT_FOUND) return nak(NAK.FILE_NOT_FOUND, offset);
  if (style === 'px4' && (errno === ERRNO.READ_ONLY || errno === ERRNO.ACCESS)) {
    return nak(NAK.FILE_PROTECTED, offset);
  }
  return { opcode: OPCODE.NAK, data: Uint8Array.of(NAK.ERRNO, errno), offset };
}

/**
 * The path in a request; null: ArduPilot refuses a size that is not the length of the text (one NUL behind it is
 * allowed). PX4 takes what stands before the first NUL.
 */
export function pathOf({ data, size }: FtpRequest, style: FtpStyle): string | null {
  const nul = data.indexOf(0);
  const length = nul === -1 ? data.length : nul;
  if (style === 'px4') return data.toString('utf8', 0, Math.min(length, size));
  if (size === 0 || (length !== size && length + 1 !== size)) return null;
  return data.toString('utf8', 0, length);
}

/** Two paths with a NUL between; null as above. */
export function twoPathsOf({ data, size }: FtpRequest, style: FtpStyle): readonly [string, string] | null {
  const [from = '', to = ''] = data.toString('utf8', 0, Math.min(size, FTP_DATA_BYTES)).split('\0');
  const isExact = Buffer.byteLength(from) + Buffer.byteLength(to) + 1 === size;
  if (from === '' || to === '' || (style === 'ardupilot' && !isExact)) return null;
  return [from, to];
}

/**
 * One page of a listing. ArduPilot (measured, 4.7-dev) puts two NULs behind each entry, lists `.` and `..` on its
 * card and counts them; PX4 one NUL, and an `S` for each entry that it skips.
 */
export function listPage(tree: FileTree, path: string, offset: number, style: FtpStyle): Answer {
  const listed = tree.list(path);
  if (isErrno(listed)) return nakOf(listed, style, offset);
  const isMade = path.startsWith('@');
  const dots = style === 'px4' ? ['S', 'S'] : isMade ? [] : ['D.', 'D..'];
  const entries = [...dots, ...listed.map(entryText)];
  const end = style === 'px4' ? '\0' : '\0\0';
  const room = style === 'px4' ? FTP_DATA_BYTES : FTP_DATA_BYTES - 1;
  let page = Buffer.alloc(0);
  for (const entry of entries.slice(offset)) {
    const more = Buffer.from(`${entry}${end}`, 'utf8');
    if (page.length + more.length > room) break;
    page = Buffer.concat([page, more]);
  }
  return page.length === 0 ? nak(NAK.END_OF_FILE, offset) : ack(page, offset);
}

function entryText({ kind, name, sizeBytes }: TreeEntry): string {
  return kind === 'directory' ? `D${name}` : `F${name}\t${sizeBytes}`;
}

export function crcAnswer(tree: FileTree, path: string, style: FtpStyle): Answer {
  const file = tree.open(path);
  if (isErrno(file)) return nakOf(file, style);
  let crc = 0;
  for (let offset = 0; ; ) {
    const block = file.read(offset, CRC_BLOCK);
    if (isErrno(block)) return nakOf(block, style);
    if (block.length === 0) return ack(uint32Bytes(crc));
    crc = fileCrc32(block, crc);
    offset += block.length;
  }
}

/** A single read; the end of the file is a NAK of its own. */
export function readAnswer(file: FileContent, offset: number, size: number, style: FtpStyle): Answer {
  const bytes = file.read(offset, Math.min(size, FTP_DATA_BYTES));
  if (isErrno(bytes)) return nakOf(bytes, style);
  return bytes.length === 0 ? nak(NAK.END_OF_FILE) : ack(bytes, offset);
}

/** `null`: done. */
export function doneOr(problem: Errno | null, style: FtpStyle): Answer {
  return problem === null ? ack() : nakOf(problem, style);
}
