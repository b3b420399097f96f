import type { Frame } from '../codec/framer.ts';
import {
  Attitude,
  CommandAck,
  GlobalPositionInt,
  MissionItemReached,
  StatusText,
} from '../codec/messages.ts';
import { TELEMETRY_MESSAGES } from './reduce-telemetry.ts';
import type { Source } from './source.ts';

/**
 * One vehicle over several links says everything several times, and a bad network repeats and reorders. Two kinds of
 * messages must not be taken twice:
 *
 * - single happenings (a text, an acknowledgement, an item reached): the same content again within three seconds,
 *   by another way or with the same sequence number, is the same happening
 * - telemetry stamped with the time since boot: what is older than the newest of its kind came late
 *
 * Protocols tolerate repetition and are let through. State without a stamp (HEARTBEAT says mode and armed, and not
 * when) is taken from one way only, see `isState`: two seconds old on a slow way, it would disarm a flying aircraft.
 */
const HAPPENINGS = new Set<number>([StatusText.MSG_ID, CommandAck.MSG_ID, MissionItemReached.MSG_ID]);
/** `time_boot_ms` is the first field on the wire (MAVLink orders fields by size). */
const STAMPED = new Set<number>([GlobalPositionInt.MSG_ID, Attitude.MSG_ID]);
const SAME_WITHIN_MS = 3_000;
const MAX_REMEMBERED = 256;
/** Older than this, it is not late: the vehicle was restarted, and its clock with it. */
const LATE_AT_MOST_MS = 10_000;

/** Telemetry of which only the newest counts. */
export function isStamped(messageId: number): boolean {
  return STAMPED.has(messageId);
}

/** Telemetry whose age cannot be told from itself. */
export function isState(messageId: number): boolean {
  return TELEMETRY_MESSAGES.has(messageId) && !STAMPED.has(messageId) && !HAPPENINGS.has(messageId);
}

interface Seen {
  readonly atMs: number;
  readonly source: Source;
  readonly sequence: number;
}

export class DuplicateFilter {
  readonly #seen = new Map<string, Seen>();
  readonly #newestBootMs = new Map<number, number>();
  #duplicates = 0;

  /** Frames dropped so far. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** True: it was taken already, or something newer was. */
  isStale(source: Source, frame: Frame, atMs: number): boolean {
    const stale = STAMPED.has(frame.messageId)
      ? this.#isLate(frame)
      : HAPPENINGS.has(frame.messageId) && this.#isRepeated(source, frame, atMs);
    if (stale) this.#duplicates++;
    return stale;
  }

  /** The vehicle was restarted. */
  clear(): void {
    this.#seen.clear();
    this.#newestBootMs.clear();
  }

  #isLate(frame: Frame): boolean {
    const bootMs = bootTimeOf(frame);
    const newestMs = this.#newestBootMs.get(frame.messageId);
    if (bootMs === null) return false;
    if (newestMs !== undefined && bootMs < newestMs && newestMs - bootMs < LATE_AT_MOST_MS) return true;
    this.#newestBootMs.set(frame.messageId, bootMs);
    return false;
  }

  #isRepeated(source: Source, frame: Frame, atMs: number): boolean {
    const key = `${frame.componentId} ${frame.messageId} ${frame.payload.toString('latin1')}`;
    const before = this.#seen.get(key);
    const isRepeated =
      before !== undefined &&
      atMs - before.atMs < SAME_WITHIN_MS &&
      (before.source !== source || before.sequence === frame.sequence);
    if (isRepeated) return true;
    // Oldest first: what is set anew goes to the end.
    this.#seen.delete(key);
    this.#seen.set(key, { atMs, source, sequence: frame.sequence });
    for (const [oldKey, { atMs: seenAtMs }] of this.#seen) {
      if (this.#seen.size <= MAX_REMEMBERED && atMs - seenAtMs < SAME_WITHIN_MS) break;
      this.#seen.delete(oldKey);
    }
    return false;
  }
}

/** Milliseconds since the vehicle started, as the frame says; null: this kind of frame does not. */
export function bootTimeOf(frame: Frame): number | null {
  if (!STAMPED.has(frame.messageId)) return null;
  const { payload } = frame;
  // Zeros at a payload's end are cut off; a short one still has its low bytes.
  let bootMs = 0;
  for (let i = Math.min(4, payload.length) - 1; i >= 0; i--) bootMs = bootMs * 256 + (payload[i] as number);
  return bootMs;
}
