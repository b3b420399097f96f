import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

const freshFile = () => join(mkdtempSync(join(tmpdir(), 'airgrid-db-')), 'deep', 'airgrid.db');
const failure = (code: string) => expect.objectContaining({ code });

describe('the database', () => {
  it('is made with its folder, synced at every commit, and opened again as it was', () => {
    const file = freshFile();
    const first = openDatabase(file);
    // 2 = FULL: a power cut loses no commit.
    expect(first.pragma('synchronous', { simple: true })).toBe(2);
    expect(first.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(first.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    first.exec(
      "INSERT INTO grid_revisions (imported_at_ms, imported_by, source_crs) VALUES (1, 'x', 'wgs84')",
    );
    first.close();
    const second = openDatabase(file);
    expect(second.prepare('SELECT count(*) AS n FROM grid_revisions').get()).toEqual({ n: 1 });
    second.close();
  });

  it('of a newer Airgrid is not touched', () => {
    const file = freshFile();
    const db = openDatabase(file);
    db.pragma(`user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    expect(() => openDatabase(file)).toThrow(failure('store.too-new'));
  });

  it('that is no database is told by its path', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'airgrid-db-')), 'airgrid.db');
    writeFileSync(file, 'this is not a database, it is a letter to my aunt'.repeat(100));
    expect(() => openDatabase(file)).toThrow(failure('store.open-failed'));
    expect(() => openDatabase(file)).toThrow(file);
  });
});
