import { type TrackPoint as ExportPoint, trackToGeoJson, trackToKml } from '../../missions/index.ts';
import type { Audit } from '../audit/audit.ts';
import type { FlightDetail, FlightList, FlightSummary } from '../contract/index.ts';
import { AirgridError } from '../errors.ts';
import type { PatrolOrder } from '../patrol/model.ts';
import type { FlightRow, FlightStore } from './store.ts';

export type PatrolLookup = (patrolId: string) => PatrolOrder | null;

/** Reading the record. Every look at a flight is in the audit. */
export class EvidenceService {
  readonly #store: FlightStore;
  readonly #audit: Audit;
  readonly #patrolOf: PatrolLookup;

  constructor(store: FlightStore, audit: Audit, patrolOf: PatrolLookup) {
    this.#store = store;
    this.#audit = audit;
    this.#patrolOf = patrolOf;
  }

  /** Newest first. @throws AirgridError `evidence.bad-cursor` */
  list(cursor: string | undefined, limit: number): FlightList {
    const rows = this.#store.page(parseCursor(cursor), limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const more = rows.length > limit && last !== undefined;
    return {
      flights: shown.map((row) => this.#toSummary(row)),
      nextCursor: more ? `${last.startedAtMs}_${last.flightId}` : null,
    };
  }

  summary(flightId: string): FlightSummary {
    return this.#toSummary(this.#require(flightId));
  }

  detail(flightId: string, actor: string): FlightDetail {
    const row = this.#require(flightId);
    this.#audit.record({ actor, act: 'flight.view', target: flightId });
    return { flight: this.#toSummary(row), events: this.#store.events(flightId) };
  }

  /** Path of the raw recording. @throws AirgridError `evidence.no-tlog` */
  tlogPath(flightId: string, actor: string): string {
    const row = this.#require(flightId);
    if (row.tlogPath === null) {
      throw new AirgridError('evidence.no-tlog', 'This flight has no raw recording.', {
        details: { flightId },
      });
    }
    this.#audit.record({ actor, act: 'flight.download-tlog', target: flightId });
    return row.tlogPath;
  }

  trackGeoJson(flightId: string, actor: string): string {
    const { row, points } = this.#trackFor(flightId, actor, 'flight.download-geojson');
    return JSON.stringify(trackToGeoJson({ name: trackName(row), points }));
  }

  trackKml(flightId: string, actor: string): string {
    const { row, points } = this.#trackFor(flightId, actor, 'flight.download-kml');
    return trackToKml({ name: trackName(row), points });
  }

  #trackFor(flightId: string, actor: string, act: string): { row: FlightRow; points: ExportPoint[] } {
    const row = this.#require(flightId);
    this.#audit.record({ actor, act, target: flightId });
    return { row, points: this.#store.track(flightId) };
  }

  #require(flightId: string): FlightRow {
    const row = this.#store.flight(flightId);
    if (row !== null) return row;
    throw new AirgridError('evidence.unknown-flight', `There is no flight ${flightId}.`, {
      details: { flightId },
    });
  }

  #toSummary(row: FlightRow): FlightSummary {
    const order = row.patrolId === null ? null : this.#patrolOf(row.patrolId);
    const used =
      row.batteryStartPct === null || row.batteryEndPct === null
        ? null
        : row.batteryStartPct - row.batteryEndPct;
    return {
      flightId: row.flightId,
      vehicleId: row.vehicleId,
      vehicleName: row.vehicleName,
      patrolId: row.patrolId,
      cellId: order?.cellId ?? null,
      cellName: order?.cellName ?? null,
      cellNameEn: order?.cellNameEn ?? null,
      purpose: order?.purpose ?? null,
      operator: order?.createdBy ?? null,
      startedAtMs: row.startedAtMs,
      endedAtMs: row.endedAtMs,
      state: row.state,
      durationS: row.endedAtMs === null ? null : Math.round((row.endedAtMs - row.startedAtMs) / 100) / 10,
      distanceM: Math.round(row.distanceM),
      maxRelativeAltitudeM: row.maxRelativeAltitudeM,
      batteryUsedPct: used,
      trackPoints: row.trackPoints,
      tlog:
        row.tlogFrames === null || row.tlogBytes === null
          ? null
          : { frames: row.tlogFrames, bytes: row.tlogBytes },
    };
  }
}

const trackName = (row: FlightRow): string => `${row.flightId} ${row.vehicleName}`;

function parseCursor(cursor: string | undefined): { atMs: number; flightId: string } {
  if (cursor === undefined) return { atMs: Number.MAX_SAFE_INTEGER, flightId: '' };
  const at = cursor.indexOf('_');
  const atMs = Number(cursor.slice(0, at));
  if (at > 0 && Number.isSafeInteger(atMs)) return { atMs, flightId: cursor.slice(at + 1) };
  throw new AirgridError('evidence.bad-cursor', 'The cursor is not one that this server gave.', {
    remedy: 'Start again without `before`.',
  });
}
