import { randomBytes } from 'node:crypto';
import { distance } from '@turf/turf';
import type { BridgeEvent, VehicleState } from '../../firmware-bridge/index.ts';
import type { Details } from '../contract/index.ts';
import type { FlightFigures, FlightStore, PendingEvent, TrackPoint } from './store.ts';

/** What the recorder needs to know of the rest of the house. */
export interface FlightContext {
  vehicleName(vehicleId: string): string;
  /** The patrol that sent this vehicle up, when one did. */
  patrolOf(vehicleId: string): string | null;
}

interface OpenFlight {
  readonly flightId: string;
  figures: FlightFigures;
  lastPoint: TrackPoint | null;
  modeName: string | null;
}

/** Points closer than this in time to the last one are left out: 5 Hz is what the track promises. */
const LEAST_GAP_MS = 180;

/**
 * Keeps the indexed record of every flight, from arming to disarming: track points and events, gathered in memory and
 * written by `flush` (once a second, one synced commit for the whole fleet). The raw frames are the bridge's `.tlog`.
 * An aircraft that was armed from elsewhere is recorded all the same.
 */
export class FlightRecorder {
  readonly #store: FlightStore;
  readonly #context: FlightContext;
  readonly #nowMs: () => number;
  readonly #open = new Map<string, OpenFlight>();
  readonly #recordings = new Map<string, string>();
  /** tlog that began before its flight did (pre-roll), by vehicle. */
  readonly #waitingTlogs = new Map<string, { recordingId: string; path: string }>();
  #points = new Map<string, TrackPoint[]>();
  #events: PendingEvent[] = [];
  readonly #listeners = new Set<(flightId: string) => void>();

  constructor(store: FlightStore, context: FlightContext, nowMs: () => number) {
    this.#store = store;
    this.#context = context;
    this.#nowMs = nowMs;
    this.#closeLeftOvers();
  }

  /** The flight that a vehicle is on now. */
  currentFlight(vehicleId: string): string | null {
    return this.#open.get(vehicleId)?.flightId ?? null;
  }

  onChange(listener: (flightId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Adds an event of our own (a command and its answer) to the flight of the vehicle, when it is on one. */
  note(vehicleId: string, kind: string, text: string, details: Details = {}): void {
    const flight = this.#open.get(vehicleId);
    if (flight !== undefined) this.#addEvent(flight.flightId, this.#nowMs(), kind, text, details);
  }

  handle(event: BridgeEvent): void {
    switch (event.kind) {
      case 'vehicles':
        for (const state of event.states) this.#takeState(state);
        return;
      case 'armed':
        this.#begin(event.vehicleId, event.atMs);
        return;
      case 'disarmed':
        this.#end(event.vehicleId, event.atMs);
        return;
      case 'recording-started':
        this.#takeRecording(event.vehicleId, event.recordingId, event.path);
        return;
      case 'recording-closed': {
        const flightId = this.#recordings.get(event.recordingId);
        this.#recordings.delete(event.recordingId);
        if (flightId === undefined) return;
        this.#store.setTlog(flightId, event.path, event.frames, event.bytes);
        this.#changed(flightId);
        return;
      }
      case 'recording-failed':
        this.note(event.vehicleId, 'recording-failed', event.message);
        return;
      case 'status-text':
        this.#noteAt(event.vehicleId, event.atMs, 'status-text', event.text, { severity: event.severity });
        return;
      case 'item-reached':
        this.#noteAt(event.vehicleId, event.atMs, 'item-reached', `Item ${event.index} reached`, {
          index: event.index,
        });
        return;
      case 'vehicle-lost':
        this.note(event.vehicleId, 'link-lost', 'Link lost', { silentForMs: Math.round(event.silentForMs) });
        return;
      case 'vehicle-back':
        this.note(event.vehicleId, 'link-back', 'Link back', { silentForMs: Math.round(event.silentForMs) });
        return;
      case 'vehicle-rebooted':
        this.note(event.vehicleId, 'rebooted', 'The autopilot has restarted');
        return;
      default:
    }
  }

  /** Writes what has gathered. Throws when the disk does not take it; what was not written is kept and tried again. */
  flush(): void {
    if (this.#points.size === 0 && this.#events.length === 0) return;
    const figures = new Map<string, FlightFigures>();
    for (const flight of this.#open.values()) {
      if (this.#points.has(flight.flightId)) figures.set(flight.flightId, flight.figures);
    }
    this.#store.append(this.#points, figures, this.#events);
    const written = [...this.#points.keys()];
    this.#points = new Map();
    this.#events = [];
    for (const flightId of written) this.#changed(flightId);
  }

  /** At shutdown: open flights stay the aircraft's own affair; the record says that we stopped watching. */
  close(): void {
    for (const [vehicleId, flight] of this.#open) {
      this.note(vehicleId, 'server-stopped', 'The server stopped while the aircraft was flying');
      this.flush();
      this.#store.close(flight.flightId, 'interrupted', Math.round(this.#nowMs()));
    }
    this.flush();
    this.#open.clear();
  }

  /** A kill or power cut leaves flights open; they end at their last known point. */
  #closeLeftOvers(): void {
    for (const flight of this.#store.openFlights()) {
      this.#store.close(
        flight.flightId,
        'interrupted',
        this.#store.lastPointAtMs(flight.flightId) ?? flight.startedAtMs,
      );
    }
  }

  #takeState(state: VehicleState): void {
    let flight = this.#open.get(state.vehicleId);
    if (flight === undefined && state.armed === true && state.connection === 'online') {
      flight = this.#begin(state.vehicleId, state.mode?.receivedAtMs ?? this.#nowMs());
    }
    if (flight === undefined) return;
    const mode = state.mode;
    if (mode !== null && mode.name !== flight.modeName) {
      flight.modeName = mode.name;
      this.#addEvent(flight.flightId, mode.receivedAtMs, 'mode', mode.name, { normalised: mode.normalised });
    }
    const position = state.position;
    if (position === null) return;
    const atMs = Math.round(position.receivedAtMs);
    if (flight.lastPoint !== null && atMs - flight.lastPoint.atMs < LEAST_GAP_MS) return;
    const point: TrackPoint = {
      atMs,
      lonDeg: position.lonDeg,
      latDeg: position.latDeg,
      altitudeAmslM: position.altitudeAmslM,
      relativeAltitudeM: position.relativeAltitudeM,
      groundSpeedMps: state.velocity?.groundSpeedMps ?? null,
      headingDeg: position.headingDeg,
      batteryPct: state.battery?.remainingPct ?? null,
    };
    flight.figures = addToFigures(flight.figures, flight.lastPoint, point);
    flight.lastPoint = point;
    const list = this.#points.get(flight.flightId);
    if (list === undefined) this.#points.set(flight.flightId, [point]);
    else list.push(point);
  }

  #begin(vehicleId: string, atMs: number): OpenFlight {
    const existing = this.#open.get(vehicleId);
    if (existing !== undefined) return existing;
    const startedAtMs = Math.round(atMs);
    const stamp = new Date(startedAtMs).toISOString().replace(/[-:]|\.\d+/g, '');
    const flightId = `F-${stamp}-${randomBytes(3).toString('hex')}`;
    const patrolId = this.#context.patrolOf(vehicleId);
    this.#store.insert({
      flightId,
      vehicleId,
      vehicleName: this.#context.vehicleName(vehicleId),
      patrolId,
      startedAtMs,
    });
    const flight: OpenFlight = { flightId, figures: EMPTY_FIGURES, lastPoint: null, modeName: null };
    this.#open.set(vehicleId, flight);
    const purpose = patrolId === null ? 'Armed without an Airgrid patrol' : 'Armed';
    this.#addEvent(flightId, startedAtMs, 'armed', purpose, patrolId === null ? {} : { patrolId });
    const tlog = this.#waitingTlogs.get(vehicleId);
    this.#waitingTlogs.delete(vehicleId);
    if (tlog !== undefined) this.#attach(flightId, tlog.recordingId, tlog.path);
    this.#changed(flightId);
    return flight;
  }

  #end(vehicleId: string, atMs: number): void {
    const flight = this.#open.get(vehicleId);
    if (flight === undefined) return;
    this.#addEvent(flight.flightId, Math.round(atMs), 'disarmed', 'Disarmed', {});
    this.flush();
    this.#open.delete(vehicleId);
    this.#store.close(flight.flightId, 'closed', Math.round(atMs));
    this.#changed(flight.flightId);
  }

  #takeRecording(vehicleId: string, recordingId: string, path: string): void {
    const flight = this.#open.get(vehicleId);
    if (flight === undefined) this.#waitingTlogs.set(vehicleId, { recordingId, path });
    else this.#attach(flight.flightId, recordingId, path);
  }

  #attach(flightId: string, recordingId: string, path: string): void {
    this.#recordings.set(recordingId, flightId);
    this.#store.setTlog(flightId, path, null, null);
  }

  #noteAt(vehicleId: string, atMs: number, kind: string, text: string, details: Details): void {
    const flight = this.#open.get(vehicleId);
    if (flight !== undefined) this.#addEvent(flight.flightId, atMs, kind, text, details);
  }

  #addEvent(flightId: string, atMs: number, kind: string, text: string, details: Details): void {
    this.#events.push({ flightId, atMs: Math.round(atMs), kind, text, details });
  }

  #changed(flightId: string): void {
    for (const listener of this.#listeners) listener(flightId);
  }
}

const EMPTY_FIGURES: FlightFigures = {
  distanceM: 0,
  maxRelativeAltitudeM: null,
  batteryStartPct: null,
  batteryEndPct: null,
  trackPoints: 0,
};

function addToFigures(figures: FlightFigures, last: TrackPoint | null, point: TrackPoint): FlightFigures {
  const legM =
    last === null
      ? 0
      : distance([last.lonDeg, last.latDeg], [point.lonDeg, point.latDeg], { units: 'meters' });
  return {
    distanceM: figures.distanceM + legM,
    maxRelativeAltitudeM: Math.max(
      figures.maxRelativeAltitudeM ?? Number.NEGATIVE_INFINITY,
      point.relativeAltitudeM,
    ),
    batteryStartPct: figures.batteryStartPct ?? point.batteryPct,
    batteryEndPct: point.batteryPct ?? figures.batteryEndPct,
    trackPoints: figures.trackPoints + 1,
  };
}
