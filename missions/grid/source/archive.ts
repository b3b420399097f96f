import { unzipSync } from 'fflate';
import { decodeZipName } from './text-bytes.ts';

/** One file as it was handed in or as it came out of an archive. */
export interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type Unpacked =
  | { readonly kind: 'files'; readonly files: readonly InputFile[] }
  | { readonly kind: 'too-large'; readonly unpackedBytes: number; readonly limitBytes: number }
  | { readonly kind: 'bad-archive'; readonly reason: string };

/** A grid has a handful of files; an archive of thousands is no grid. */
const MOST_ENTRIES = 2_000;

export function isZip(bytes: Uint8Array): boolean {
  // "PK\3\4", or "PK\5\6" for one without entries (APPNOTE 4.3.7, 4.3.16).
  return (
    bytes[0] === 0x50 &&
    bytes[1] === 0x4b &&
    ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))
  );
}

/**
 * Unpacks a zip (KMZ, zipped Shapefile). The sizes of its directory are added up before a byte is unpacked, and
 * fflate unpacks each entry into a buffer of the stated size, so that an archive that lies cannot fill the memory.
 * Folders and what macOS puts beside are left out.
 */
export function unpack(archive: InputFile, limitBytes: number): Unpacked {
  let unpackedBytes = 0;
  let entries = 0;
  let tooLarge = false;
  const lengths = new Map<string, number>();
  try {
    const out = unzipSync(archive.bytes, {
      filter: (entry) => {
        entries++;
        unpackedBytes += Math.max(entry.originalSize, entry.size);
        if (unpackedBytes > limitBytes || entries > MOST_ENTRIES) tooLarge = true;
        lengths.set(entry.name, entry.originalSize);
        return !tooLarge && !/(^|\/)(__MACOSX\/|\.)/.test(entry.name) && !entry.name.endsWith('/');
      },
    });
    if (tooLarge) return { kind: 'too-large', unpackedBytes, limitBytes };
    const files: InputFile[] = [];
    for (const [name, bytes] of Object.entries(out)) {
      if (bytes.byteLength !== lengths.get(name)) {
        return {
          kind: 'bad-archive',
          reason: `"${decodeZipName(name)}" is not as long as the archive says.`,
        };
      }
      files.push({ name: decodeZipName(name), bytes });
    }
    return { kind: 'files', files };
  } catch (error) {
    return { kind: 'bad-archive', reason: error instanceof Error ? error.message : String(error) };
  }
}
