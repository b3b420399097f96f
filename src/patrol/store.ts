import type { Db } from '../store/database.ts';
import { isSortieOver, type Patrol, type PatrolOrder, type Sortie } from './model.ts';

export type PatrolStore = ReturnType<typeof openPatrolStore>;

interface PatrolRow {
  patrol_id: string;
  ended_at_ms: number | null;
  state: Patrol['state'];
  body: string;
}

/** The SQL of patrols and their sorties. */
export function openPatrolStore(db: Db) {
  const addPatrol = db.prepare(
    'INSERT INTO patrols (patrol_id, cell_id, created_at_ms, ended_at_ms, state, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const addSortie = db.prepare(
    'INSERT INTO sorties (sortie_id, patrol_id, vehicle_id, state, body) VALUES (?, ?, ?, ?, ?)',
  );
  const setPatrol = db.prepare('UPDATE patrols SET state = ?, ended_at_ms = ? WHERE patrol_id = ?');
  const setSortie = db.prepare('UPDATE sorties SET state = ?, body = ? WHERE sortie_id = ?');
  const newest = db.prepare('SELECT * FROM patrols ORDER BY created_at_ms DESC LIMIT ?');
  const running = db.prepare("SELECT * FROM patrols WHERE state = 'running'");
  const byId = db.prepare('SELECT * FROM patrols WHERE patrol_id = ?');
  const sortiesOf = db.prepare('SELECT body FROM sorties WHERE patrol_id = ? ORDER BY rowid');

  const toPatrol = (row: PatrolRow): Patrol => ({
    order: JSON.parse(row.body) as PatrolOrder,
    endedAtMs: row.ended_at_ms,
    state: row.state,
    sorties: (sortiesOf.all(row.patrol_id) as { body: string }[]).map((s) => JSON.parse(s.body) as Sortie),
  });

  return {
    add: db.transaction((patrol: Patrol): void => {
      const { order } = patrol;
      addPatrol.run(
        order.patrolId,
        order.cellId,
        order.createdAtMs,
        null,
        patrol.state,
        JSON.stringify(order),
      );
      for (const s of patrol.sorties)
        addSortie.run(s.sortieId, s.patrolId, s.vehicleId, s.state, JSON.stringify(s));
    }),
    /** Writes the state of the patrol and of one of its sorties. */
    update: db.transaction((patrol: Patrol, sortie: Sortie): void => {
      setSortie.run(sortie.state, JSON.stringify(sortie), sortie.sortieId);
      setPatrol.run(patrol.state, patrol.endedAtMs, patrol.order.patrolId);
    }),
    newest: (limit: number): Patrol[] => (newest.all(limit) as PatrolRow[]).map(toPatrol),
    running: (): Patrol[] =>
      (running.all() as PatrolRow[]).map(toPatrol).filter((p) => !p.sorties.every(isSortieOver)),
    patrol: (patrolId: string): Patrol | null => {
      const row = byId.get(patrolId) as PatrolRow | undefined;
      return row === undefined ? null : toPatrol(row);
    },
  };
}
