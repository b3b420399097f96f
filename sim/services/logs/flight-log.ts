import { batteryAt, SIM_BATTERY } from '../../aircraft/battery.ts';
import type { FileContent } from '../ftp/file-tree.ts';
import { type FlightSample, SAMPLE_INTERVAL_S, SampleList } from './flight-sample.ts';
import type { LogContext, LogEvent, LogFormat, SampleInTime } from './log-format.ts';

interface StoredEvent {
  /** Samples before it. */
  readonly afterSamples: number;
  /** In the file, behind the header. */
  readonly offset: number;
  readonly bytes: Buffer;
}

const M_PER_DEG_E7 = 0.011_131_949;
const HOUR_S = 3600;
/** A mode that flickers does not fill the memory. */
const MAX_EVENTS = 4_000;

/**
 * One flight's log: compact samples, events as bytes, and a file that comes into being where it is read. Parts that
 * are written never change, as in a real file; only its end grows while it is open.
 */
export class FlightLog {
  readonly number: number;
  readonly context: LogContext;
  readonly #format: LogFormat;
  readonly #samples = new SampleList();
  readonly #events: StoredEvent[] = [];
  #header: Buffer | null = null;
  #bodyBytes = 0;
  #eventBytes = 0;
  #endedAtMs: number;

  constructor(number: number, context: LogContext, format: LogFormat) {
    this.number = number;
    this.context = context;
    this.#format = format;
    this.#endedAtMs = context.startedAtMs;
  }

  get sizeBytes(): number {
    return this.#headerBytes().length + this.#bodyBytes;
  }

  /** What it holds in memory. */
  get memoryBytes(): number {
    return this.#samples.bytes + this.#eventBytes + (this.#header?.length ?? 0);
  }

  get sampleCount(): number {
    return this.#samples.length;
  }

  /** Since power-on of the flight's start. */
  get endedAtMs(): number {
    return this.#endedAtMs;
  }

  /** UTC; 0 when the clock was not set. */
  get endedUtcMs(): number {
    return this.context.bootEpochMs === 0 ? 0 : this.context.bootEpochMs + this.#endedAtMs;
  }

  addSample(sample: FlightSample): void {
    this.#samples.push(sample);
    this.#bodyBytes += this.#format.sampleBytes;
    this.#endedAtMs = this.#timeOf(this.#samples.length - 1);
  }

  addEvent(event: LogEvent, atMs: number): void {
    if (this.#events.length >= MAX_EVENTS) return;
    const bytes = this.#format.event(this.context, event, atMs);
    if (bytes.length === 0) return;
    this.#events.push({ afterSamples: this.#samples.length, offset: this.#bodyBytes, bytes });
    this.#bodyBytes += bytes.length;
    this.#eventBytes += bytes.length;
    this.#endedAtMs = Math.max(this.#endedAtMs, atMs);
  }

  /** As an opened file: its size is that of now, reading goes on to what is written later. */
  open(): FileContent {
    return { announcedBytes: this.sizeBytes, read: (offset, length) => this.read(offset, length) };
  }

  /** At most `length` bytes; none beyond the end. */
  read(offset: number, length: number): Buffer {
    const end = Math.min(offset + length, this.sizeBytes);
    if (offset >= end) return Buffer.alloc(0);
    const header = this.#headerBytes();
    const parts: Buffer[] = [];
    if (offset < header.length) parts.push(header.subarray(offset, end));
    let at = Math.max(0, offset - header.length);
    while (at < end - header.length) {
      const piece = this.#pieceAt(at);
      const from = at - piece.offset;
      const until = Math.min(piece.bytes.length, end - header.length - piece.offset);
      parts.push(piece.bytes.subarray(from, until));
      at = piece.offset + until;
    }
    return Buffer.concat(parts);
  }

  /** The event or sample that a place behind the header lies in. */
  #pieceAt(at: number): { readonly offset: number; readonly bytes: Buffer } {
    const event = this.#lastEventBefore(at);
    if (event !== null && at < event.offset + event.bytes.length) return event;
    const runOffset = event === null ? 0 : event.offset + event.bytes.length;
    const { sampleBytes } = this.#format;
    const nth = Math.floor((at - runOffset) / sampleBytes);
    const index = (event?.afterSamples ?? 0) + nth;
    return {
      offset: runOffset + nth * sampleBytes,
      bytes: this.#format.sample(this.context, this.#inTime(index)),
    };
  }

  #lastEventBefore(at: number): StoredEvent | null {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.offset ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return this.#events[low - 1] ?? null;
  }

  #headerBytes(): Buffer {
    this.#header ??= this.#format.header(this.context);
    return this.#header;
  }

  #timeOf(index: number): number {
    return this.context.startedAtMs + Math.round(index * SAMPLE_INTERVAL_S * 1000);
  }

  /** Velocity and current are what changed since the sample before. */
  #inTime(index: number): SampleInTime {
    const sample = this.#samples.at(index);
    const before = index === 0 ? sample : this.#samples.at(index - 1);
    const eastScale = Math.cos((sample.lat / 1e7) * (Math.PI / 180));
    const { capacityMah } = this.context;
    const usedPct = before.batteryPct - sample.batteryPct;
    const currentA = Math.max(0, (usedPct / 100) * (capacityMah / 1000) * (HOUR_S / SAMPLE_INTERVAL_S));
    const restV = batteryAt(sample.batteryPct / 100).voltageV;
    return {
      atMs: this.#timeOf(index),
      sample,
      northMps: ((sample.lat - before.lat) * M_PER_DEG_E7) / SAMPLE_INTERVAL_S,
      eastMps: ((sample.lon - before.lon) * M_PER_DEG_E7 * eastScale) / SAMPLE_INTERVAL_S,
      currentA,
      voltageV: restV - currentA * SIM_BATTERY.resistanceOhm,
      usedMah: (1 - sample.batteryPct / 100) * capacityMah,
    };
  }
}
