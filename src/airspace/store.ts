import type { ZoneChange, ZoneView } from '../contract/index.ts';
import type { Db } from '../store/database.ts';

export type AirspaceStore = ReturnType<typeof openAirspaceStore>;

/** The SQL of zones: those in force, and every change that led to them. */
export function openAirspaceStore(db: Db) {
  const all = db.prepare('SELECT body FROM airspace_zones ORDER BY rowid');
  const put = db.prepare(
    'INSERT INTO airspace_zones (zone_id, body) VALUES (?, ?) ON CONFLICT (zone_id) DO UPDATE SET body = excluded.body',
  );
  const drop = db.prepare('DELETE FROM airspace_zones WHERE zone_id = ?');
  const newest = db.prepare('SELECT max(revision) AS revision FROM airspace_changes');
  const addChange = db.prepare(
    'INSERT INTO airspace_changes (at_ms, actor, act, zones, removed_ids) VALUES (?, ?, ?, ?, ?)',
  );
  return {
    revision: (): number => (newest.get() as { revision: number | null }).revision ?? 0,
    zones: (): ZoneView[] => (all.all() as { body: string }[]).map((row) => JSON.parse(row.body) as ZoneView),
    /** All of it or nothing. Returns the new revision. */
    change: db.transaction(
      (
        { zones, removedIds }: Omit<ZoneChange, 'revision'>,
        act: string,
        actor: string,
        atMs: number,
      ): number => {
        for (const zone of zones) put.run(zone.zoneId, JSON.stringify(zone));
        for (const zoneId of removedIds) drop.run(zoneId);
        const added = addChange.run(atMs, actor, act, JSON.stringify(zones), JSON.stringify(removedIds));
        return Number(added.lastInsertRowid);
      },
    ),
  };
}
