/**
 * The schema, as the steps that lead to it. A step that has landed is never changed; a change is a new step.
 * Times are UTC epoch milliseconds, angles degrees, lengths metres; JSON columns hold what their room's model says.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE accounts (
    username TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    roles TEXT NOT NULL,
    failed_sign_ins INTEGER NOT NULL DEFAULT 0,
    locked_until_ms INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    token_hash TEXT PRIMARY KEY,
    username TEXT NOT NULL REFERENCES accounts(username) ON DELETE CASCADE,
    created_at_ms INTEGER NOT NULL,
    last_used_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    details TEXT NOT NULL,
    -- 1: written after the act, because it was a safety action
    late INTEGER NOT NULL
  ) STRICT;
  CREATE TRIGGER audit_is_append_only_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
  CREATE TRIGGER audit_is_append_only_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

  CREATE TABLE grid_revisions (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    imported_at_ms INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    source_crs TEXT NOT NULL
  ) STRICT;

  CREATE TABLE cells (
    revision INTEGER NOT NULL REFERENCES grid_revisions(revision),
    cell_id TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    level INTEGER NOT NULL,
    parent_id TEXT,
    name TEXT NOT NULL,
    name_en TEXT,
    geometry TEXT NOT NULL,
    area_m2 REAL NOT NULL,
    lon_deg REAL NOT NULL,
    lat_deg REAL NOT NULL,
    responsible TEXT NOT NULL,
    attributes TEXT NOT NULL,
    sample INTEGER NOT NULL,
    PRIMARY KEY (revision, cell_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE bases (
    base_id TEXT PRIMARY KEY,
    ordinal INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_en TEXT,
    kind TEXT NOT NULL,
    lon_deg REAL NOT NULL,
    lat_deg REAL NOT NULL
  ) STRICT;

  CREATE TABLE patrols (
    patrol_id TEXT PRIMARY KEY,
    cell_id TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    state TEXT NOT NULL,
    -- the order: cell names, purpose, note, order number, operator
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX patrols_by_time ON patrols(created_at_ms);

  CREATE TABLE sorties (
    sortie_id TEXT PRIMARY KEY,
    patrol_id TEXT NOT NULL REFERENCES patrols(patrol_id),
    vehicle_id TEXT NOT NULL,
    state TEXT NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sorties_by_patrol ON sorties(patrol_id);

  CREATE TABLE flights (
    flight_id TEXT PRIMARY KEY,
    vehicle_id TEXT NOT NULL,
    vehicle_name TEXT NOT NULL,
    patrol_id TEXT,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    state TEXT NOT NULL,
    distance_m REAL NOT NULL DEFAULT 0,
    max_relative_altitude_m REAL,
    battery_start_pct REAL,
    battery_end_pct REAL,
    track_points INTEGER NOT NULL DEFAULT 0,
    tlog_path TEXT,
    tlog_frames INTEGER,
    tlog_bytes INTEGER
  ) STRICT;
  CREATE INDEX flights_by_time ON flights(started_at_ms);
  CREATE INDEX flights_by_patrol ON flights(patrol_id);

  CREATE TABLE track_points (
    flight_id TEXT NOT NULL REFERENCES flights(flight_id),
    at_ms INTEGER NOT NULL,
    lon_deg REAL NOT NULL,
    lat_deg REAL NOT NULL,
    altitude_amsl_m REAL NOT NULL,
    relative_altitude_m REAL NOT NULL,
    ground_speed_mps REAL,
    heading_deg REAL,
    battery_pct REAL,
    PRIMARY KEY (flight_id, at_ms)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE flight_events (
    event_id INTEGER PRIMARY KEY AUTOINCREMENT,
    flight_id TEXT NOT NULL REFERENCES flights(flight_id),
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    details TEXT NOT NULL
  ) STRICT;
  CREATE INDEX flight_events_by_flight ON flight_events(flight_id, at_ms);
  `,
  `
  CREATE TABLE airspace_zones (
    zone_id TEXT PRIMARY KEY,
    -- the zone as src/contract/airspace.ts has it (ZoneView)
    body TEXT NOT NULL
  ) STRICT;

  -- What was in force when: one row a change, never changed itself. Its newest sequence is the revision.
  CREATE TABLE airspace_changes (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    -- the zones as they are from then on, and the ids of those that are gone
    zones TEXT NOT NULL,
    removed_ids TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER airspace_changes_append_only_update BEFORE UPDATE ON airspace_changes BEGIN SELECT RAISE(ABORT, 'airspace_changes is append-only'); END;
  CREATE TRIGGER airspace_changes_append_only_delete BEFORE DELETE ON airspace_changes BEGIN SELECT RAISE(ABORT, 'airspace_changes is append-only'); END;
  `,
];
