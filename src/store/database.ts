import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { AirgridError } from '../errors.ts';
import { MIGRATIONS } from './migrations.ts';

/** The embedded database. Rooms get it from compose.ts and keep their SQL in their own store.ts. */
export type Db = BetterSqlite3.Database;

/** Before 3.51.3 a WAL reset could lose committed pages (sqlite.org/wal.html, "WAL-reset bug"). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/**
 * Opens (or makes) the database and brings it to the newest schema.
 * @param path file, or `:memory:`
 * @throws AirgridError `store.open-failed`, `store.too-new`, `store.migration-failed`, `store.sqlite-too-old`
 */
export function openDatabase(path: string): Db {
  let db: Db;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    db = new BetterSqlite3(path);
    // WAL alone runs with synchronous=NORMAL, which may lose the last commits at a power cut. A flight record must not.
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('busy_timeout = 3000');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AirgridError('store.open-failed', `The database ${path} cannot be opened: ${reason}`, {
      cause,
      details: { path },
      remedy: 'Check that the folder of data.dir exists, is writable and has room.',
    });
  }
  try {
    assertSqliteVersion(db);
    migrate(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

function assertSqliteVersion(db: Db): void {
  const { version } = db.prepare('SELECT sqlite_version() AS version').get() as { version: string };
  const parts = version.split('.').map(Number);
  for (const [index, least] of OLDEST_SQLITE.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new AirgridError(
        'store.sqlite-too-old',
        `SQLite ${version} is built in; ${OLDEST_SQLITE.join('.')} or newer is needed.`,
        { details: { version } },
      );
    }
  }
}

/** Each migration runs in a transaction of its own; `user_version` counts them. */
function migrate(db: Db): void {
  const at = Number(db.pragma('user_version', { simple: true }));
  if (at > MIGRATIONS.length) {
    throw new AirgridError('store.too-new', `The database is of a newer Airgrid (schema ${at}).`, {
      details: { schema: at, known: MIGRATIONS.length },
      remedy: 'Start the newer Airgrid, or restore the backup that was made before the update.',
    });
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < at) continue;
    try {
      db.transaction(() => {
        db.exec(sql);
        db.pragma(`user_version = ${index + 1}`);
      })();
    } catch (cause) {
      throw new AirgridError(
        'store.migration-failed',
        `The database could not be brought to schema ${index + 1}.`,
        {
          cause,
          details: { schema: index + 1 },
        },
      );
    }
  }
}
