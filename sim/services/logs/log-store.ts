import { FlightLog } from './flight-log.ts';
import type { LogContext, LogFormat } from './log-format.ts';

/** About 35 minutes in one file, 0.7 MB as DataFlash; a longer flight goes on in the next file. */
const MAX_SAMPLES = 4_096;
/** All logs of one aircraft in memory: more than an hour of flight. 500 aircraft: 128 MB at most. */
const MEMORY_BYTES = 256 * 1024;

/**
 * The logs aboard, oldest first. When they need more memory than they may, the oldest goes, as on a full card.
 * They survive a restart of the autopilot, as files do.
 */
export class LogStore {
  readonly #format: LogFormat;
  #logs: FlightLog[] = [];
  #next = 1;
  #open: FlightLog | null = null;

  constructor(format: LogFormat) {
    this.#format = format;
  }

  get logs(): readonly FlightLog[] {
    return this.#logs;
  }

  /** The one that is being written. */
  get current(): FlightLog | null {
    return this.#open;
  }

  get isFull(): boolean {
    return (this.#open?.sampleCount ?? 0) >= MAX_SAMPLES;
  }

  begin(context: LogContext): FlightLog {
    const log = new FlightLog(this.#next, context, this.#format);
    this.#next += 1;
    this.#logs.push(log);
    this.#open = log;
    this.#makeRoom();
    return log;
  }

  end(): void {
    this.#open = null;
  }

  remove(number: number): boolean {
    const before = this.#logs.length;
    this.#logs = this.#logs.filter((log) => log.number !== number || log === this.#open);
    return this.#logs.length < before;
  }

  /** Numbers begin anew. What is being written goes too, and is not begun again before the next arming. */
  eraseAll(): void {
    this.#logs = [];
    this.#open = null;
    this.#next = 1;
  }

  #makeRoom(): void {
    let bytes = this.#logs.reduce((sum, log) => sum + log.memoryBytes, 0);
    while (bytes > MEMORY_BYTES && this.#logs.length > 1) {
      bytes -= this.#logs.shift()?.memoryBytes ?? 0;
    }
  }
}
