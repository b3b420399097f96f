import { createHash } from 'node:crypto';
import { access, type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { ftpCrc32 } from '../protocol/ftp-packet.ts';
import { coveredBytes, cutRanges, type Ranges } from '../protocol/ftp-ranges.ts';

/**
 * A file on its way to disk: `<path>.part` holds what came, `<path>.part.json` beside it says which bytes of it
 * count and of what. The data is on the disk before the sidecar names it, so that a power cut loses the newest
 * bytes and never invents any. The file gets its name when it is whole and proven.
 */
export interface FileDigest {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
  /** As FTP servers compute it. */
  readonly crc32: number;
}

const SAVE_EVERY_MS = 2_000;
const BLOCK_BYTES = 64 * 1024;
const SIDECAR_VERSION = 1;

export class PartFile {
  /** What an earlier try left; belongs to the same source. */
  readonly have: Ranges;
  readonly #localPath: string;
  readonly #source: string;
  readonly #handle: FileHandle;
  readonly #nowMs: () => number;
  readonly #onError: (error: Error) => void;
  #queue: Promise<void> = Promise.resolve();
  #error: Error | null = null;
  #ranges: Ranges;
  #savedAtMs: number;
  #closed = false;

  private constructor(
    place: { readonly localPath: string; readonly source: string; readonly have: Ranges },
    handle: FileHandle,
    host: { readonly nowMs: () => number; readonly onError: (error: Error) => void },
  ) {
    this.#localPath = place.localPath;
    this.#source = place.source;
    this.have = place.have;
    this.#ranges = place.have;
    this.#handle = handle;
    this.#nowMs = host.nowMs;
    this.#onError = host.onError;
    this.#savedAtMs = host.nowMs();
  }

  /**
   * @param source what the bytes are of; a part of anything else (another size, another time) is thrown away
   * @throws what the file system throws: no such folder, no permission, no space
   */
  static async open(
    localPath: string,
    source: string,
    host: { readonly nowMs: () => number; readonly onError: (error: Error) => void },
  ): Promise<PartFile> {
    const sidecar = await readSidecar(`${localPath}.part.json`, source);
    if (sidecar !== null) {
      const handle = await open(`${localPath}.part`, 'r+').catch(() => null);
      if (handle !== null) {
        const { size } = await handle.stat();
        return new PartFile({ localPath, source, have: cutRanges(sidecar, size) }, handle, host);
      }
    }
    await rm(`${localPath}.part.json`, { force: true });
    const handle = await open(`${localPath}.part`, 'w+');
    return new PartFile({ localPath, source, have: [] }, handle, host);
  }

  /** Never blocks; a failure is told once to `onError`. */
  write(offset: number, bytes: Uint8Array, have: Ranges): void {
    this.#enqueue(async () => {
      let written = 0;
      while (written < bytes.length) {
        const result = await this.#handle.write(bytes, written, bytes.length - written, offset + written);
        written += result.bytesWritten;
      }
      this.#ranges = have;
      if (this.#nowMs() - this.#savedAtMs >= SAVE_EVERY_MS) await this.#save();
    });
  }

  /** Reads it back from disk: what is proven is what is stored. */
  async digest(sizeBytes: number): Promise<FileDigest> {
    await this.#settle();
    const hash = createHash('sha256');
    const block = Buffer.alloc(BLOCK_BYTES);
    let crc32 = 0;
    let at = 0;
    while (at < sizeBytes) {
      const { bytesRead } = await this.#handle.read(block, 0, Math.min(BLOCK_BYTES, sizeBytes - at), at);
      if (bytesRead === 0) throw new Error(`${this.#localPath}.part ends at ${at} instead of ${sizeBytes}`);
      const bytes = block.subarray(0, bytesRead);
      hash.update(bytes);
      crc32 = ftpCrc32(bytes, crc32);
      at += bytesRead;
    }
    return { sizeBytes, sha256: hash.digest('hex'), crc32 };
  }

  async readBack(offset: number, length: number): Promise<Buffer> {
    await this.#settle();
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.#handle.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  }

  /** Whole and proven: gives it its name. */
  async finish(sizeBytes: number): Promise<void> {
    await this.#settle();
    await this.#handle.truncate(sizeBytes);
    await this.#handle.sync();
    await this.#close();
    await rename(`${this.#localPath}.part`, this.#localPath);
    await rm(`${this.#localPath}.part.json`, { force: true });
  }

  /** Not whole yet: keeps what is there for the next try. Never throws; a failure was told to `onError`. */
  async keep(): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#settle();
      await this.#save();
    } catch (error) {
      if (this.#error === null) this.#onError(asError(error));
    } finally {
      await this.#close();
    }
  }

  /** Wrong: nothing of it may be used again. */
  async discard(): Promise<void> {
    await this.#queue;
    await this.#close();
    await rm(`${this.#localPath}.part`, { force: true });
    await rm(`${this.#localPath}.part.json`, { force: true });
  }

  get error(): Error | null {
    return this.#error;
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#error !== null || this.#closed) return;
      try {
        await work();
      } catch (error) {
        this.#error = asError(error);
        this.#onError(this.#error);
      }
    });
  }

  async #settle(): Promise<void> {
    await this.#queue;
    if (this.#error !== null) throw this.#error;
  }

  async #save(): Promise<void> {
    if (coveredBytes(this.#ranges) === 0) return;
    this.#savedAtMs = this.#nowMs();
    await this.#handle.datasync();
    const sidecar = { version: SIDECAR_VERSION, source: this.#source, have: this.#ranges };
    await writeFile(`${this.#localPath}.part.json.new`, JSON.stringify(sidecar));
    await rename(`${this.#localPath}.part.json.new`, `${this.#localPath}.part.json`);
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#handle.close();
  }
}

export async function fileExists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Null: none, damaged, or of something else. */
async function readSidecar(path: string, source: string): Promise<Ranges | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { version, source: of, have } = value as { version?: unknown; source?: unknown; have?: unknown };
  if (version !== SIDECAR_VERSION || of !== source || !Array.isArray(have)) return null;
  return have.every(isRange) ? have : null;
}

function isRange(value: unknown): value is readonly [number, number] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every((number) => Number.isSafeInteger(number) && number >= 0) &&
    value[0] < value[1]
  );
}
