import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { BridgeEvent, Clock, TimerHandle, VehicleId } from '../model.ts';
import { createFile, TlogWriter } from './tlog-writer.ts';

/**
 * One tlog per flight: every raw frame of a vehicle and to it, from some seconds before arming until it is disarmed.
 * Knows nothing of cases, hashes or databases.
 *
 *   waiting (ring of the last 10 s) ──armed──► recording ──disarmed──► ending ──2 s──► closed, waiting
 *                                                 ▲  └──write error──► waiting        │
 *                                                 └───────────armed (a new file)──────┘
 */
const PRE_ROLL_MS = 10_000;
const PRE_ROLL_BYTES = 512 * 1024;
const POST_ROLL_MS = 2_000;
/** The whole server stops within 3 s. */
const CLOSE_WITHIN_MS = 2_000;
/** SETUP_SIGNING carries the key of the link: never on a disk (PROTOCOL.md). */
const SETUP_SIGNING = 256;

export interface RecorderOptions {
  readonly recordingDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEvent: (event: BridgeEvent) => void;
  /** Opens a new file; another one in tests. */
  readonly createFile?: typeof createFile;
}

interface RingFrame {
  readonly atMs: number;
  readonly raw: Buffer;
}

interface Track {
  ring: RingFrame[];
  ringBytes: number;
  recording: Recording | null;
}

interface Recording {
  readonly recordingId: string;
  readonly writer: TlogWriter;
  endTimer: TimerHandle | null;
}

export class TlogRecorder {
  readonly #options: RecorderOptions;
  readonly #tracks = new Map<VehicleId, Track>();
  readonly #closing = new Set<Promise<void>>();
  readonly #usedIds = new Set<string>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** A frame from the vehicle or to it, in the order of time. */
  frame(vehicleId: VehicleId, atMs: number, raw: Buffer, messageId: number): void {
    if (messageId === SETUP_SIGNING) return;
    const track = this.#track(vehicleId);
    if (track.recording !== null) {
      track.recording.writer.append(atMs, raw);
      return;
    }
    track.ring.push({ atMs, raw });
    track.ringBytes += raw.length;
    let drop = 0;
    for (const oldest of track.ring) {
      if (oldest.atMs >= atMs - PRE_ROLL_MS && track.ringBytes <= PRE_ROLL_BYTES) break;
      track.ringBytes -= oldest.raw.length;
      drop++;
    }
    if (drop > 0) track.ring.splice(0, drop);
  }

  armed(vehicleId: VehicleId, atMs: number): void {
    const track = this.#track(vehicleId);
    if (track.recording?.endTimer === null) return;
    // Armed again within the seconds after landing: another flight, another file.
    if (track.recording !== null) this.#finish(vehicleId, track, 'disarmed');
    this.#start(vehicleId, track, atMs);
  }

  disarmed(vehicleId: VehicleId): void {
    const track = this.#track(vehicleId);
    const { recording } = track;
    if (recording === null || recording.endTimer !== null) return;
    recording.endTimer = this.#options.clock.setTimer(() => {
      if (track.recording === recording) this.#finish(vehicleId, track, 'disarmed');
    }, POST_ROLL_MS);
  }

  /** Ends every recording; resolves when all files are flushed and closed, or the disk did not answer for 2 s. */
  async close(): Promise<void> {
    for (const [vehicleId, track] of this.#tracks) {
      if (track.recording !== null) this.#finish(vehicleId, track, 'shutdown');
    }
    if (this.#closing.size === 0) return;
    const { clock, logger } = this.#options;
    await new Promise<void>((resolve) => {
      const timer = clock.setTimer(() => {
        logger.error(
          { recordings: this.#closing.size },
          'the disk does not answer: recordings may be incomplete',
        );
        resolve();
      }, CLOSE_WITHIN_MS);
      void Promise.all(this.#closing).then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  #track(vehicleId: VehicleId): Track {
    let track = this.#tracks.get(vehicleId);
    if (track === undefined) {
      track = { ring: [], ringBytes: 0, recording: null };
      this.#tracks.set(vehicleId, track);
    }
    return track;
  }

  #start(vehicleId: VehicleId, track: Track, atMs: number): void {
    const { recordingDir, clock, logger, onEvent } = this.#options;
    const recordingId = this.#newId(vehicleId, atMs);
    const fileName = `${recordingId}.tlog`;
    const path = resolve(join(recordingDir, fileName));
    const writer = new TlogWriter(
      path,
      (this.#options.createFile ?? createFile)(recordingDir, fileName),
      clock,
      (error) => {
        logger.error({ vehicleId, path, err: error }, 'the flight cannot be recorded; the aircraft flies on');
        onEvent({
          kind: 'recording-failed',
          vehicleId,
          message: `The flight cannot be recorded: ${error.message}.`,
        });
        if (track.recording?.writer === writer) this.#finish(vehicleId, track, 'write-failed');
      },
    );
    track.recording = { recordingId, writer, endTimer: null };
    for (const frame of track.ring) writer.append(frame.atMs, frame.raw);
    track.ring = [];
    track.ringBytes = 0;
    logger.info({ vehicleId, path }, 'recording started');
    onEvent({ kind: 'recording-started', vehicleId, recordingId, path, atMs });
  }

  #finish(vehicleId: VehicleId, track: Track, reason: 'disarmed' | 'shutdown' | 'write-failed'): void {
    const { recording } = track;
    if (recording === null) return;
    const { clock, logger, onEvent } = this.#options;
    track.recording = null;
    recording.endTimer?.cancel();
    const { writer, recordingId } = recording;
    const closed = writer.close().then(({ frames, bytes, error }) => {
      this.#closing.delete(closed);
      logger.info({ vehicleId, path: writer.path, frames, bytes }, 'recording closed');
      onEvent({
        kind: 'recording-closed',
        vehicleId,
        recordingId,
        path: writer.path,
        frames,
        bytes,
        atMs: clock.nowMs(),
        reason: error === null ? reason : 'write-failed',
      });
    });
    this.#closing.add(closed);
  }

  /** `20260102T030405Z-<vehicle>`, with a number when that second already has one. */
  #newId(vehicleId: VehicleId, atMs: number): string {
    const utc = new Date(atMs).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
    const base = `${utc}-${vehicleId.replace(/[^A-Za-z0-9_-]/g, '_')}`;
    let id = base;
    for (let n = 2; this.#usedIds.has(id); n++) id = `${base}-${n}`;
    this.#usedIds.add(id);
    return id;
  }
}
