import type { FlightEvent } from '../contract/index.ts';
import type { Db } from '../store/database.ts';

/** A flight as it is kept: from arming to disarming. Times UTC epoch ms. */
export interface FlightRow {
  readonly flightId: string;
  readonly vehicleId: string;
  readonly vehicleName: string;
  readonly patrolId: string | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly state: 'open' | 'closed' | 'interrupted';
  readonly distanceM: number;
  readonly maxRelativeAltitudeM: number | null;
  readonly batteryStartPct: number | null;
  readonly batteryEndPct: number | null;
  readonly trackPoints: number;
  readonly tlogPath: string | null;
  readonly tlogFrames: number | null;
  readonly tlogBytes: number | null;
}

export interface TrackPoint {
  readonly atMs: number;
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly altitudeAmslM: number;
  readonly relativeAltitudeM: number;
  readonly groundSpeedMps: number | null;
  readonly headingDeg: number | null;
  readonly batteryPct: number | null;
}

/** Running figures of an open flight, written together with its track points. */
export type FlightFigures = Pick<
  FlightRow,
  'distanceM' | 'maxRelativeAltitudeM' | 'batteryStartPct' | 'batteryEndPct' | 'trackPoints'
>;

export interface PendingEvent extends FlightEvent {
  readonly flightId: string;
}

export type FlightStore = ReturnType<typeof openFlightStore>;

const COLUMNS = `flight_id AS flightId, vehicle_id AS vehicleId, vehicle_name AS vehicleName, patrol_id AS patrolId,
  started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs, state, distance_m AS distanceM,
  max_relative_altitude_m AS maxRelativeAltitudeM, battery_start_pct AS batteryStartPct,
  battery_end_pct AS batteryEndPct, track_points AS trackPoints, tlog_path AS tlogPath, tlog_frames AS tlogFrames,
  tlog_bytes AS tlogBytes`;

/** The SQL of flights, tracks and flight events. Tracks and events only ever grow. */
export function openFlightStore(db: Db) {
  const insert = db.prepare(
    `INSERT INTO flights (flight_id, vehicle_id, vehicle_name, patrol_id, started_at_ms, state)
     VALUES (?, ?, ?, ?, ?, 'open')`,
  );
  const setTlog = db.prepare(
    'UPDATE flights SET tlog_path = ?, tlog_frames = ?, tlog_bytes = ? WHERE flight_id = ?',
  );
  const close = db.prepare('UPDATE flights SET state = ?, ended_at_ms = ? WHERE flight_id = ?');
  const byId = db.prepare(`SELECT ${COLUMNS} FROM flights WHERE flight_id = ?`);
  const page = db.prepare(
    `SELECT ${COLUMNS} FROM flights
     WHERE started_at_ms < :atMs OR (started_at_ms = :atMs AND flight_id < :flightId)
     ORDER BY started_at_ms DESC, flight_id DESC LIMIT :limit`,
  );
  const open = db.prepare(`SELECT ${COLUMNS} FROM flights WHERE state = 'open'`);
  const lastPoint = db.prepare('SELECT max(at_ms) AS atMs FROM track_points WHERE flight_id = ?');
  const addPoint = db.prepare(
    `INSERT OR IGNORE INTO track_points (flight_id, at_ms, lon_deg, lat_deg, altitude_amsl_m, relative_altitude_m,
       ground_speed_mps, heading_deg, battery_pct) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setFigures = db.prepare(
    `UPDATE flights SET distance_m = ?, max_relative_altitude_m = ?, battery_start_pct = ?, battery_end_pct = ?,
       track_points = ? WHERE flight_id = ?`,
  );
  const addEvent = db.prepare(
    'INSERT INTO flight_events (flight_id, at_ms, kind, text, details) VALUES (?, ?, ?, ?, ?)',
  );
  const track = db.prepare(
    `SELECT at_ms AS atMs, lon_deg AS lonDeg, lat_deg AS latDeg, altitude_amsl_m AS altitudeAmslM,
       relative_altitude_m AS relativeAltitudeM, ground_speed_mps AS groundSpeedMps, heading_deg AS headingDeg,
       battery_pct AS batteryPct FROM track_points WHERE flight_id = ? ORDER BY at_ms`,
  );
  const events = db.prepare(
    'SELECT at_ms AS atMs, kind, text, details FROM flight_events WHERE flight_id = ? ORDER BY at_ms, event_id',
  );

  return {
    insert: (
      flight: Pick<FlightRow, 'flightId' | 'vehicleId' | 'vehicleName' | 'patrolId' | 'startedAtMs'>,
    ): void => {
      insert.run(flight.flightId, flight.vehicleId, flight.vehicleName, flight.patrolId, flight.startedAtMs);
    },
    setTlog: (flightId: string, path: string, frames: number | null, bytes: number | null): void => {
      setTlog.run(path, frames, bytes, flightId);
    },
    close: (flightId: string, state: 'closed' | 'interrupted', endedAtMs: number): void => {
      close.run(state, endedAtMs, flightId);
    },
    flight: (flightId: string): FlightRow | null => (byId.get(flightId) as FlightRow | undefined) ?? null,
    /** Newest first, after the cursor. */
    page: (before: { atMs: number; flightId: string }, limit: number): FlightRow[] =>
      page.all({ ...before, limit }) as FlightRow[],
    openFlights: (): FlightRow[] => open.all() as FlightRow[],
    lastPointAtMs: (flightId: string): number | null =>
      (lastPoint.get(flightId) as { atMs: number | null } | undefined)?.atMs ?? null,
    /** One synced commit for everything that has come together. */
    append: db.transaction(
      (
        points: ReadonlyMap<string, readonly TrackPoint[]>,
        figures: ReadonlyMap<string, FlightFigures>,
        pendingEvents: readonly PendingEvent[],
      ): void => {
        for (const [flightId, list] of points) {
          for (const p of list) {
            addPoint.run(
              flightId,
              p.atMs,
              p.lonDeg,
              p.latDeg,
              p.altitudeAmslM,
              p.relativeAltitudeM,
              p.groundSpeedMps,
              p.headingDeg,
              p.batteryPct,
            );
          }
        }
        for (const [flightId, f] of figures) {
          setFigures.run(
            f.distanceM,
            f.maxRelativeAltitudeM,
            f.batteryStartPct,
            f.batteryEndPct,
            f.trackPoints,
            flightId,
          );
        }
        for (const e of pendingEvents)
          addEvent.run(e.flightId, e.atMs, e.kind, e.text, JSON.stringify(e.details));
      },
    ),
    track: (flightId: string): TrackPoint[] => track.all(flightId) as TrackPoint[],
    events: (flightId: string): FlightEvent[] =>
      (events.all(flightId) as { atMs: number; kind: string; text: string; details: string }[]).map(
        (row) => ({
          ...row,
          details: JSON.parse(row.details) as FlightEvent['details'],
        }),
      ),
  };
}
