import { FtpNak, type FtpPacket, type FtpRefusal } from './ftp-packet.ts';

/**
 * The text of a listing. A page holds entries that end with NUL: `F<name>\t<size>`, `D<name>`, and `S` for what
 * cannot be sent; the next page is asked for by the number of entries so far (`S` counts, ArduPilot's second NUL
 * behind each entry does not).
 */
export interface FtpEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** As announced; virtual files announce what they please. Null for directories. */
  readonly sizeBytes: number | null;
}

export interface FtpListPage {
  readonly entries: readonly FtpEntry[];
  /** Entries counted by the server, those that it skipped included. */
  readonly counted: number;
}

const utf8 = new TextDecoder('utf-8');

export function readListPage(packet: FtpPacket): FtpListPage {
  const entries: FtpEntry[] = [];
  let counted = 0;
  for (const text of utf8.decode(packet.data).split('\0')) {
    if (text === '') continue;
    counted++;
    const entry = readEntry(text);
    if (entry !== null) entries.push(entry);
  }
  return { entries, counted };
}

function readEntry(text: string): FtpEntry | null {
  const name = text.slice(1);
  if (text.startsWith('D')) {
    return name === '' || name === '.' || name === '..' ? null : { name, kind: 'directory', sizeBytes: null };
  }
  if (!text.startsWith('F')) return null;
  const tab = name.lastIndexOf('\t');
  const size = tab < 0 ? Number.NaN : Number(name.slice(tab + 1));
  return {
    name: tab < 0 ? name : name.slice(0, tab),
    kind: 'file',
    sizeBytes: Number.isSafeInteger(size) && size >= 0 ? size : null,
  };
}

/** The listing is over: there are no more entries from that number on. */
export function isEndOfList(refusal: FtpRefusal): boolean {
  return refusal.code === FtpNak.endOfFile;
}
