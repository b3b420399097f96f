import { createHash } from 'node:crypto';
import type { FtpEntry } from '../protocol/ftp-list.ts';
import { FTP_MAX_DATA, FtpNak, FtpOp, ftpCrc32, pathBytes } from '../protocol/ftp-packet.ts';
import type { FtpAccess, FtpClient, FtpFailure } from './files-client.ts';
import { asError, fileExists, PartFile } from './files-part.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * Files on board. One operation per vehicle at a time: a second one is told `busy` with what runs. A file counts as
 * read or written when the vehicle's own CRC of it is equal, wherever the vehicle computes one.
 */
export interface FileProgress {
  readonly bytesDone: number;
  /** As announced, which for virtual files is fiction; null: not told. */
  readonly bytesTotal: number | null;
}

/** `still-written`: the vehicle goes on writing this file, its checksum is already one of more bytes. */
export type CrcVerdict = 'verified' | 'not-offered' | 'still-written';

export type FileFailure =
  | FtpFailure
  /** What came is not what the vehicle holds; nothing of it is kept. */
  | { readonly kind: 'corrupt'; readonly expectedCrc32: number; readonly foundCrc32: number }
  /** Our own disk. */
  | { readonly kind: 'write-failed'; readonly message: string }
  | { readonly kind: 'local-exists'; readonly localPath: string };

export type FileListOutcome = { readonly kind: 'done'; readonly entries: readonly FtpEntry[] } | FileFailure;
export type FileReadOutcome =
  | {
      readonly kind: 'done';
      readonly bytes: Uint8Array;
      readonly sha256: string;
      readonly crc: CrcVerdict;
    }
  | FileFailure;
export type FileReadToOutcome =
  | {
      readonly kind: 'done';
      readonly localPath: string;
      readonly sizeBytes: number;
      readonly sha256: string;
      readonly crc: CrcVerdict;
      /** Bytes that an earlier, interrupted try had brought. */
      readonly resumedBytes: number;
    }
  | FileFailure;
export type FileWriteOutcome =
  | { readonly kind: 'done'; readonly sizeBytes: number; readonly crc: CrcVerdict }
  | { readonly kind: 'exists'; readonly path: string }
  | { readonly kind: 'no-space'; readonly writtenBytes: number }
  | FileFailure;
export type FileCrcOutcome =
  | { readonly kind: 'done'; readonly crc32: number }
  | { readonly kind: 'not-offered' }
  | FileFailure;
export type FileChangeOutcome =
  | { readonly kind: 'done'; readonly confirmedBy: string }
  | { readonly kind: 'not-allowed'; readonly why: string }
  | { readonly kind: 'not-confirmed'; readonly expected: string; readonly observed: string }
  | FileFailure;

/** Where files may be removed without `forced`: the folders of logs. */
export const REMOVABLE_FOLDERS: readonly string[] = [
  '/APM/LOGS/',
  '/APM/logs/',
  '/logs/',
  '/fs/microsd/log/',
  '/log/',
];

/** In memory; larger files go to disk by `readTo`. */
const MAX_READ_BYTES = 32 * 1024 * 1024;

export class FileService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #ftp: FtpClient;
  readonly #removableFolders: readonly string[];

  constructor(port: VehiclePort, ftp: FtpClient, removableFolders = REMOVABLE_FOLDERS) {
    this.#port = port;
    this.#ftp = ftp;
    this.#removableFolders = removableFolders;
  }

  get busyWith(): string | null {
    return this.#ftp.busyWith;
  }

  async list(path: string): Promise<FileListOutcome> {
    return this.#exclusive(`listing of ${path}`, (ftp) => ftp.list(path));
  }

  async read(
    path: string,
    onProgress: (progress: FileProgress) => void = () => {},
  ): Promise<FileReadOutcome> {
    return this.#exclusive(`reading of ${path}`, (ftp) => readWhole(ftp, path, onProgress));
  }

  /** Streams to disk by a `.part` file; after an interruption the next call goes on where it ended. */
  async readTo(
    path: string,
    localPath: string,
    onProgress: (progress: FileProgress) => void = () => {},
  ): Promise<FileReadToOutcome> {
    if (await fileExists(localPath)) return { kind: 'local-exists', localPath };
    return this.#exclusive(`reading of ${path}`, (ftp) => this.#readTo(ftp, path, localPath, onProgress));
  }

  /** Refuses to replace a file unless `replace` is said; then the old one is gone from the first packet on. */
  async write(
    path: string,
    bytes: Uint8Array,
    options: { readonly replace?: boolean } = {},
    onProgress: (progress: FileProgress) => void = () => {},
  ): Promise<FileWriteOutcome> {
    return this.#exclusive(`writing of ${path}`, async (ftp): Promise<FileWriteOutcome> => {
      if (options.replace !== true) {
        const before = await ftp.crc32(path);
        if (before.kind === 'done') return { kind: 'exists', path };
        if (before.kind === 'cancelled' || before.kind === 'busy' || before.kind === 'no-progress')
          return before;
      }
      const written = await ftp.write(path, bytes, (bytesDone) =>
        onProgress({ bytesDone, bytesTotal: bytes.length }),
      );
      if (written.kind !== 'done') return written;
      const crc = await ftp.crc32(path);
      if (crc.kind === 'not-offered') return { kind: 'done', sizeBytes: bytes.length, crc: 'not-offered' };
      if (crc.kind !== 'done') return crc;
      const ours = ftpCrc32(bytes);
      if (crc.crc32 !== ours) return { kind: 'corrupt', expectedCrc32: ours, foundCrc32: crc.crc32 };
      return { kind: 'done', sizeBytes: bytes.length, crc: 'verified' };
    });
  }

  async crc32(path: string): Promise<FileCrcOutcome> {
    return this.#exclusive(`checksum of ${path}`, (ftp) => ftp.crc32(path));
  }

  /**
   * Removes one file, for good. `confirm` must be the path itself; folders and what lies outside the folders of logs
   * are refused (`forced` opens the latter, for developers).
   */
  async remove(
    path: string,
    options: { readonly confirm: string; readonly forced?: boolean },
  ): Promise<FileChangeOutcome> {
    if (options.confirm !== path) return { kind: 'not-allowed', why: 'the confirmation is not the path' };
    const name = pathBytes(path);
    if (name === null || path.split('/').includes('..') || path.startsWith('@')) {
      return { kind: 'not-allowed', why: `${path} is no path of a removable file` };
    }
    const allowed = this.#removableFolders.some(
      (folder) => path.startsWith(folder) && path.length > folder.length,
    );
    if (!allowed && options.forced !== true) {
      return { kind: 'not-allowed', why: `${path} is not in a folder of logs` };
    }
    return this.#exclusive(`removing of ${path}`, async (ftp): Promise<FileChangeOutcome> => {
      const before = await findEntry(ftp, path);
      if (before.kind !== 'done') return before;
      if (before.entry === null) return noSuchFile(path);
      if (before.entry.kind === 'directory') return { kind: 'not-allowed', why: `${path} is a folder` };
      this.#port.logger.warn({ path }, 'a file on board is removed');
      const removed = await ftp.command(FtpOp.remove, name);
      // Asked twice because the answer was lost: the second time there is nothing to remove any more.
      const gone = removed.kind === 'refused' && removed.code === FtpNak.fileNotFound;
      if (removed.kind !== 'done' && !gone) return removed;
      const after = await findEntry(ftp, path);
      if (after.kind !== 'done') return after;
      if (after.entry !== null) {
        return { kind: 'not-confirmed', expected: `${path} gone`, observed: 'it is still listed' };
      }
      return { kind: 'done', confirmedBy: 'not listed any more' };
    });
  }

  async makeDirectory(path: string): Promise<FileChangeOutcome> {
    return this.#change(path, FtpOp.makeDirectory, pathBytes(path), 'making of a folder');
  }

  /** Within one file system of the vehicle. */
  async rename(from: string, to: string): Promise<FileChangeOutcome> {
    const [one, other] = [pathBytes(from), pathBytes(to)];
    // Both names in one packet, parted by NUL.
    const fits = one !== null && other !== null && one.length + other.length < FTP_MAX_DATA - 1;
    return this.#change(from, FtpOp.rename, fits ? Uint8Array.of(...one, 0, ...other) : null, 'renaming');
  }

  cancel(by: string): void {
    this.#ftp.cancel(by);
  }

  onReboot(): void {
    this.#ftp.cancel('vehicle restarted');
  }

  close(by: string): void {
    this.#ftp.cancel(by);
  }

  async #change(
    path: string,
    opcode: number,
    data: Uint8Array | null,
    what: string,
  ): Promise<FileChangeOutcome> {
    if (data === null) return { kind: 'not-allowed', why: `${path} is no path` };
    return this.#exclusive(`${what} ${path}`, async (ftp): Promise<FileChangeOutcome> => {
      const changed = await ftp.command(opcode, data);
      if (changed.kind === 'done') return { kind: 'done', confirmedBy: 'acknowledgement' };
      const repeated = changed.kind === 'refused' && (changed.attempts ?? 1) > 1;
      if (repeated && opcode === FtpOp.makeDirectory && changed.code === FtpNak.fileExists) {
        return { kind: 'done', confirmedBy: 'it exists' };
      }
      return changed;
    });
  }

  async #readTo(
    ftp: FtpAccess,
    path: string,
    localPath: string,
    onProgress: (progress: FileProgress) => void,
  ): Promise<FileReadToOutcome> {
    const listed = await findEntry(ftp, path);
    // Virtual files are in no listing, and made anew each time: nothing of an earlier try counts.
    const isVirtual = path.startsWith('@');
    if (!isVirtual && listed.kind !== 'done') return listed;
    if (listed.kind === 'cancelled' || listed.kind === 'no-progress') return listed;
    const entry = listed.kind === 'done' ? listed.entry : null;
    if (!isVirtual && entry === null) return noSuchFile(path);
    const version = isVirtual ? `at ${this.#port.clock.nowMs()}` : `${entry?.sizeBytes ?? '?'} bytes`;
    const source = `${this.#port.vehicleId} ${path} ${version}`;
    return readToDisk(ftp, path, localPath, {
      source,
      limitBytes: null,
      nowMs: () => this.#port.clock.nowMs(),
      cancel: (by) => this.#ftp.cancel(by),
      onProgress,
    });
  }

  #exclusive<T>(what: string, work: (ftp: FtpAccess) => Promise<T | FtpFailure>): Promise<T | FtpFailure> {
    if (this.#ftp.isOffered === false) {
      return Promise.resolve({ kind: 'unsupported', what: 'files: this vehicle offers no file transfer' });
    }
    return this.#ftp.exclusive(what, work);
  }
}

/** Twice at most: a CRC that does not match is worth a second reading, not a third. */
const READINGS = 2;

async function readWhole(
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

function noSuchFile(path: string): FtpFailure {
  return { kind: 'refused', code: FtpNak.fileNotFound, reason: `${path}: there is no such file` };
}
