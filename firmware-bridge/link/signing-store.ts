import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { StoredTimestamps, TimestampStore } from './own-timestamps.ts';

/**
 * Keeps our signing timestamps in a small JSON file, replaced whole: written beside, flushed to the disk, renamed.
 * A power cut leaves the old one or the new one, never half of one.
 */
export class FileTimestampStore implements TimestampStore {
  readonly #path: string;
  readonly #logger: Logger;

  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  load(): StoredTimestamps | null {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch (error) {
      if (!isMissing(error))
        this.#logger.error({ err: error, path: this.#path }, 'signing timestamps unreadable');
      return null;
    }
    const stored = parse(text);
    if (stored === null)
      this.#logger.error({ path: this.#path }, 'signing timestamps damaged: the clock is used');
    return stored;
  }

  saveNow(stored: StoredTimestamps): void {
    const file = openSync(this.#besides(), 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(stored));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(this.#besides(), this.#path);
    const folder = openSync(dirname(this.#path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  async save(stored: StoredTimestamps): Promise<void> {
    const file = await open(this.#besides(), 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(stored));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(this.#besides(), this.#path);
    // The rename itself is on the disk when the folder is.
    const folder = await open(dirname(this.#path), 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  #besides(): string {
    return `${this.#path}.new`;
  }
}

function parse(text: string): StoredTimestamps | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { reservedUntil, clockReached } = value as Record<string, unknown>;
  return isTimestamp(reservedUntil) && isTimestamp(clockReached) ? { reservedUntil, clockReached } : null;
}

function isTimestamp(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 48;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
