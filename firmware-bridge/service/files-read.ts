import { createHash } from 'node:crypto';
import type { FtpEntry } from '../protocol/ftp-list.ts';
import { FtpNak, ftpCrc32 } from '../protocol/ftp-packet.ts';
import type { FtpAccess, FtpFailure } from './files-client.ts';
import type { CrcVerdict, FileProgress, FileReadOutcome, FileReadToOutcome } from './files-outcome.ts';
import { asError, PartFile } from './files-part.ts';

/**
 * A file read whole, into memory or to disk, and proven by the vehicle's own checksum where it computes one.
 * In memory up to this size; larger files go to disk.
 */
const MAX_READ_BYTES = 32 * 1024 * 1024;

/** Twice at most: a CRC that does not match is worth a second reading, not a third. */
const READINGS = 2;

export async function readWhole(
  ftp: FtpAccess,
  path: string,
  onProgress: (progress: FileProgress) => void,
): Promise<FileReadOutcome> {
  let corrupt: FileReadOutcome | null = null;
  for (let reading = 0; reading < READINGS; reading++) {
    let held = Buffer.alloc(0);
    let bytesTotal: number | null = null;
    const read = await ftp.read(
      path,
      (progress) => {
        if (progress.kind === 'opened') {
          bytesTotal = progress.announcedBytes;
          return;
        }
        const end = progress.offset + progress.bytes.length;
        if (end > held.length) held = Buffer.concat([held], Math.max(end, held.length * 2, 4_096));
        held.set(progress.bytes, progress.offset);
        onProgress({ bytesDone: progress.doneBytes, bytesTotal });
      },
      { limitBytes: MAX_READ_BYTES + 1 },
    );
    if (read.kind !== 'done') return read;
    if (read.sizeBytes > MAX_READ_BYTES) {
      return { kind: 'unsupported', what: `${path}: too large for memory, read it to disk` };
    }
    const bytes = new Uint8Array(held.subarray(0, read.sizeBytes));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const crc = await ftp.crc32(path);
    if (crc.kind === 'not-offered') return { kind: 'done', bytes, sha256, crc: 'not-offered' };
    if (crc.kind !== 'done') return crc;
    const foundCrc32 = ftpCrc32(bytes);
    if (crc.crc32 === foundCrc32) return { kind: 'done', bytes, sha256, crc: 'verified' };
    corrupt = { kind: 'corrupt', expectedCrc32: crc.crc32, foundCrc32 };
  }
  return corrupt ?? { kind: 'changed', what: path };
}

export interface ReadToDisk {
  /** What identifies the bytes: a part of anything else is thrown away. */
  readonly source: string;
  readonly limitBytes: number | null;
  readonly nowMs: () => number;
  readonly cancel: (by: string) => void;
  readonly onProgress: (progress: FileProgress) => void;
}

export async function readToDisk(
  ftp: FtpAccess,
  path: string,
  localPath: string,
  options: ReadToDisk,
): Promise<FileReadToOutcome> {
  let corrupt: FileReadToOutcome | null = null;
  for (let reading = 0; reading < READINGS; reading++) {
    let part: PartFile;
    try {
      part = await PartFile.open(localPath, options.source, {
        nowMs: options.nowMs,
        onError: (error) => options.cancel(error.message),
      });
    } catch (error) {
      return { kind: 'write-failed', message: asError(error).message };
    }
    try {
      const outcome = await readPart(ftp, path, localPath, part, options);
      if (outcome.kind !== 'corrupt' && outcome.kind !== 'changed') return outcome;
      await part.discard();
      corrupt = outcome;
    } catch (error) {
      return { kind: 'write-failed', message: asError(error).message };
    } finally {
      await part.keep();
    }
  }
  return corrupt ?? { kind: 'changed', what: path };
}

async function readPart(
  ftp: FtpAccess,
  path: string,
  localPath: string,
  part: PartFile,
  { limitBytes, onProgress }: ReadToDisk,
): Promise<FileReadToOutcome> {
  let bytesTotal: number | null = limitBytes;
  const resumedBytes = part.have.reduce((sum, [start, end]) => sum + end - start, 0);
  const read = await ftp.read(
    path,
    (progress) => {
      if (progress.kind === 'opened') {
        bytesTotal ??= progress.announcedBytes;
        return;
      }
      part.write(progress.offset, progress.bytes, progress.have);
      onProgress({ bytesDone: progress.doneBytes, bytesTotal });
    },
    { have: part.have, limitBytes },
  );
  if (part.error !== null) return { kind: 'write-failed', message: part.error.message };
  if (read.kind !== 'done') return read;
  const { sizeBytes } = read;
  const { sha256, crc32 } = await part.digest(sizeBytes);
  const theirs = await ftp.crc32(path);
  if (theirs.kind !== 'done' && theirs.kind !== 'not-offered') return theirs;
  let crc: CrcVerdict = theirs.kind === 'done' ? 'verified' : 'not-offered';
  if (theirs.kind === 'done' && theirs.crc32 !== crc32) {
    if (!(await hasGrown(ftp, path, limitBytes))) {
      return { kind: 'corrupt', expectedCrc32: theirs.crc32, foundCrc32: crc32 };
    }
    crc = 'still-written';
  }
  await part.finish(sizeBytes);
  return { kind: 'done', localPath, sizeBytes, sha256, crc, resumedBytes };
}

async function hasGrown(ftp: FtpAccess, path: string, limitBytes: number | null): Promise<boolean> {
  if (limitBytes === null) return false;
  const now = await findEntry(ftp, path);
  return now.kind === 'done' && (now.entry?.sizeBytes ?? 0) > limitBytes;
}

/** Looks into its folder: the only question to which a folder and a file answer differently on both autopilots. */
export async function findEntry(
  ftp: FtpAccess,
  path: string,
): Promise<{ readonly kind: 'done'; readonly entry: FtpEntry | null } | FtpFailure> {
  const slash = path.lastIndexOf('/');
  const folder = slash <= 0 ? '/' : path.slice(0, slash);
  const name = path.slice(slash + 1);
  const listed = await ftp.list(folder);
  if (listed.kind !== 'done') return listed;
  const entry = listed.entries.find((other) => other.name === name) ?? null;
  if (entry !== null || folder !== '/') return { kind: 'done', entry };
  // ArduPilot's listing of the root leaves files out (SITL); only a file has a checksum.
  const crc = await ftp.crc32(path);
  if (crc.kind === 'done') return { kind: 'done', entry: { name, kind: 'file', sizeBytes: null } };
  return crc.kind === 'refused' || crc.kind === 'not-offered' ? { kind: 'done', entry: null } : crc;
}

export function noSuchFile(path: string): FtpFailure {
  return { kind: 'refused', code: FtpNak.fileNotFound, reason: `${path}: there is no such file` };
}
