import type { Db } from '../store/database.ts';

export interface AuditEntry {
  /** Username, or `system`. */
  readonly actor: string;
  /** Dotted verb: `session.open`, `patrol.launch`, `vehicle.return`, `flight.view`. */
  readonly act: string;
  /** What it was done to. */
  readonly target: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Who did what, append-only. An act that must be audited is recorded first: when the entry cannot be written, `record`
 * throws and the act does not happen. Safety actions never wait for it: they are recorded afterwards with `recordLate`,
 * which reports a failure to the log instead of throwing.
 */
export interface Audit {
  record(entry: AuditEntry): void;
  recordLate(entry: AuditEntry): void;
}

export function openAudit(
  db: Db,
  nowMs: () => number,
  onLateFailure: (error: unknown, entry: AuditEntry) => void,
): Audit {
  const insert = db.prepare(
    'INSERT INTO audit (at_ms, actor, act, target, details, late) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const write = (entry: AuditEntry, late: 0 | 1): void => {
    insert.run(
      Math.round(nowMs()),
      entry.actor,
      entry.act,
      entry.target,
      JSON.stringify(entry.details ?? {}),
      late,
    );
  };
  return {
    record: (entry) => write(entry, 0),
    recordLate: (entry) => {
      try {
        write(entry, 1);
      } catch (error) {
        onLateFailure(error, entry);
      }
    },
  };
}
