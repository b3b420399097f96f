import { FTP_MAX_DATA, FtpNak, FtpOp, ftpCrc32, pathBytes } from '../protocol/ftp-packet.ts';
import type { FtpAccess, FtpClient, FtpFailure } from './files-client.ts';
import type {
  FileChangeOutcome,
  FileCrcOutcome,
  FileListOutcome,
  FileProgress,
  FileReadOutcome,
  FileReadToOutcome,
  FileWriteOutcome,
} from './files-outcome.ts';
import { fileExists } from './files-part.ts';
import { findEntry, noSuchFile, readToDisk, readWhole } from './files-read.ts';
import type { VehiclePort, VehicleService } from './vehicle-port.ts';

/** Where files may be removed without `forced`: the folders of logs. */
export const REMOVABLE_FOLDERS: readonly string[] = [
  '/APM/LOGS/',
  '/APM/logs/',
  '/logs/',
  '/fs/microsd/log/',
  '/log/',
];

/**
 * Files on board. One operation per vehicle at a time: a second one is told `busy` with what runs. A file counts as
 * read or written when the vehicle's own CRC of it is equal, wherever the vehicle computes one.
 */
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
      // One that is being written has no end: what it was when we began.
      limitBytes: entry?.sizeBytes ?? null,
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
