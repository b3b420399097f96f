import {
  buildMessage,
  LogData,
  LogEntry,
  LogErase,
  LogRequestData,
  LogRequestEnd,
  LogRequestList,
  type MavLinkData,
} from '../../../firmware-bridge/codec/messages.ts';
import type { OnboardHost } from '../../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, type Peer } from '../../vehicle/outbox.ts';
import type { FtpStyle } from '../ftp/ftp-answers.ts';
import type { FlightLog } from './flight-log.ts';
import type { LogStore } from './log-store.ts';

/**
 * The log messages (117–122), in wall time. Habits of ArduPilot (AP_Logger_MAVLinkLogTransfer.cpp, asked, 4.7-dev):
 * silent while armed but for one text, ids from 1, deaf to further questions while it sends, a list from behind the
 * last log counts on through empty entries until LOG_REQUEST_END. PX4 (mavlink_log_handler.cpp): ids from 0, no data
 * before a list, a new question replaces the one that is being answered, no entry at all when there is none.
 *
 *   idle ──list──► listing ──last entry──► idle        idle ──data──► sending ──short chunk, all sent──► idle
 *                     any ──end──► idle
 */
const CHUNK_BYTES = 90;
/** 200 kB/s (measured with ArduPilot on loopback). */
const CHUNK_MS = 0.45;
/** 1,600 entries a second, measured in the same way. */
const ENTRY_MS = 0.6;
/** After a stall of the process it does not pour out what it missed. */
const MESSAGES_PER_TICK = 120;
const SEVERITY_ERROR = 3;
const SEVERITY_INFO = 6;

type Activity =
  | { readonly kind: 'listing'; readonly to: Peer; next: number; readonly last: number }
  | {
      readonly kind: 'sending';
      readonly to: Peer;
      readonly id: number;
      readonly log: FlightLog;
      offset: number;
      remaining: number;
    };

export class LogTransfer {
  readonly #host: OnboardHost;
  readonly #store: LogStore;
  readonly #isPx4: boolean;
  #activity: Activity | null = null;
  #nextAtMs = 0;
  #saidDisarm = false;
  #wasListed = false;

  constructor(host: OnboardHost, store: LogStore, style: FtpStyle) {
    this.#host = host;
    this.#store = store;
    this.#isPx4 = style === 'px4';
  }

  handle(message: MavLinkData, from: Peer, wallMs: number): boolean {
    if (!isLogMessage(message)) return false;
    if (!this.#isPx4 && this.#isArmed()) {
      if (!this.#saidDisarm) this.#host.text(SEVERITY_ERROR, 'Disarm for log download');
      this.#saidDisarm = true;
      return true;
    }
    this.#saidDisarm = false;
    if (message instanceof LogRequestList) this.#list(message, from, wallMs);
    else if (message instanceof LogRequestData) this.#data(message, from, wallMs);
    else if (message instanceof LogErase) this.#erase();
    else this.#end();
    return true;
  }

  tick(wallMs: number): void {
    for (let sent = 0; sent < MESSAGES_PER_TICK; sent += 1) {
      const activity = this.#activity;
      if (activity === null || this.#nextAtMs > wallMs) return;
      if (!this.#isPx4 && this.#isArmed()) return;
      if (activity.kind === 'listing') this.#sendEntry(activity);
      else this.#sendChunk(activity);
    }
    this.#nextAtMs = Math.max(this.#nextAtMs, wallMs);
  }

  reset(): void {
    this.#activity = null;
    this.#wasListed = false;
    this.#saidDisarm = false;
  }

  #isArmed(): boolean {
    return this.#host.truth().armed;
  }

  get #firstId(): number {
    return this.#isPx4 ? 0 : 1;
  }

  #list({ start, end }: LogRequestList, to: Peer, wallMs: number): void {
    if (this.#activity !== null && !this.#isPx4) {
      this.#host.text(SEVERITY_INFO, 'Log download in progress');
      return;
    }
    this.#wasListed = true;
    const { length } = this.#store.logs;
    if (this.#isPx4 && length === 0) return;
    const lastId = length === 0 ? 0 : length - 1 + this.#firstId;
    const clamp = (id: number): number => Math.min(id, lastId);
    const next = this.#isPx4 ? clamp(start) : length === 0 ? 0 : Math.max(start, 1);
    this.#begin({ kind: 'listing', to, next, last: clamp(end) }, wallMs);
  }

  #data({ id, ofs, count }: LogRequestData, to: Peer, wallMs: number): void {
    if (this.#isPx4 && !this.#wasListed) return;
    if (!this.#isPx4 && this.#activity !== null) {
      if (this.#activity.to.channelId !== to.channelId) {
        this.#host.text(SEVERITY_INFO, 'Log download in progress');
      }
      return;
    }
    const log = this.#store.logs[id - this.#firstId];
    if (log === undefined) {
      if (!this.#isPx4) this.#activity = null;
      return;
    }
    const remaining = Math.min(count, Math.max(0, log.sizeBytes - ofs));
    this.#begin({ kind: 'sending', to, id, log, offset: ofs, remaining }, wallMs);
  }

  #erase(): void {
    this.#activity = null;
    this.#wasListed = false;
    this.#store.eraseAll();
  }

  #end(): void {
    this.#activity = null;
    this.#wasListed = false;
  }

  #begin(activity: Activity, wallMs: number): void {
    this.#activity = activity;
    this.#nextAtMs = wallMs;
    this.tick(wallMs);
  }

  #sendEntry(listing: Extract<Activity, { kind: 'listing' }>): void {
    const { next: id, last, to } = listing;
    const { logs } = this.#store;
    const log = logs[id - this.#firstId];
    const message = buildMessage(LogEntry, {
      id,
      size: log?.sizeBytes ?? 0,
      timeUtc: log === undefined ? 0 : Math.floor(log.endedUtcMs / 1000),
      numLogs: logs.length,
      lastLogNum: last,
    });
    this.#host.send(to, message, AUTOPILOT_COMPONENT);
    this.#nextAtMs += ENTRY_MS;
    if (id === last) this.#activity = null;
    else listing.next = (id + 1) & 0xffff;
  }

  #sendChunk(sending: Extract<Activity, { kind: 'sending' }>): void {
    const { id, log, offset, remaining, to } = sending;
    const bytes = log.read(offset, Math.min(CHUNK_BYTES, remaining));
    const data = Buffer.alloc(CHUNK_BYTES);
    bytes.copy(data);
    const message = buildMessage(LogData, { id, ofs: offset, count: bytes.length, data: [...data] });
    this.#host.send(to, message, AUTOPILOT_COMPONENT);
    this.#nextAtMs += CHUNK_MS;
    sending.offset += bytes.length;
    sending.remaining -= bytes.length;
    if (bytes.length < CHUNK_BYTES || sending.remaining === 0) this.#activity = null;
  }
}

function isLogMessage(
  message: MavLinkData,
): message is LogRequestList | LogRequestData | LogErase | LogRequestEnd {
  return (
    message instanceof LogRequestList ||
    message instanceof LogRequestData ||
    message instanceof LogErase ||
    message instanceof LogRequestEnd
  );
}
