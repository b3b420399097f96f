import {
  buildMessage,
  LogData,
  LogEntry,
  LogErase,
  LogRequestData,
  LogRequestEnd,
  LogRequestList,
  type MavLinkData,
} from '../codec/messages.ts';
import type { FakePort } from './fake-port.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * LOG_REQUEST_* like ArduPilot's (ids from 1, deaf while it sends or is armed) or PX4's (ids from 0, no data before
 * a list), written from their sources, not from the client under test.
 */
export interface LogPeerOptions {
  readonly style?: 'ardupilot' | 'px4';
  readonly seed?: number;
  readonly loss?: number;
  readonly duplicates?: number;
  readonly jitterMs?: number;
  readonly armed?: boolean;
  /** Logs that erasing leaves. */
  readonly keepsOnErase?: number;
}

export interface PeerLog {
  bytes: Buffer;
  timeUtcS: number;
  /** Told in place of the true size. */
  toldSize?: number;
}

const CHUNK_SPACING_MS = 0.5;

export class LogPeer {
  logs: PeerLog[];
  readonly received: MavLinkData[] = [];
  onData: (offset: number) => void = () => {};
  readonly #port: FakePort;
  readonly #options: LogPeerOptions;
  readonly #random: () => number;
  #sending = false;
  #listed = false;
  #turn = 0;

  constructor(port: FakePort, logs: readonly PeerLog[], options: LogPeerOptions = {}) {
    this.#port = port;
    this.logs = [...logs];
    this.#options = options;
    this.#random = seededRandom(options.seed ?? 1);
  }

  receive(message: MavLinkData): void {
    this.#across(() => this.#handle(message));
  }

  #handle(message: MavLinkData): void {
    if (this.#options.armed === true && !this.#isPx4) return;
    this.received.push(message);
    if (message instanceof LogRequestList) this.#list(message);
    else if (message instanceof LogRequestData) this.#data(message);
    else if (message instanceof LogRequestEnd) {
      this.#sending = false;
      this.#turn++;
    } else if (message instanceof LogErase) {
      this.logs = this.logs.slice(0, this.#options.keepsOnErase ?? 0);
    }
  }

  #list(message: LogRequestList): void {
    if (this.#sending && !this.#isPx4) return;
    this.#listed = true;
    const first = this.#isPx4 ? 0 : 1;
    const last = this.logs.length - 1 + first;
    if (this.logs.length === 0) {
      if (!this.#isPx4) this.#entry(0, 0, 0);
      return;
    }
    const to = this.#isPx4 ? last : Math.min(last, message.end);
    for (let id = Math.max(first, message.start); id <= to; id++) {
      const log = this.logs[id - first];
      if (log !== undefined) this.#entry(id, log.toldSize ?? log.bytes.length, log.timeUtcS);
    }
  }

  #entry(id: number, size: number, timeUtc: number): void {
    this.#transmit(
      buildMessage(LogEntry, {
        id,
        size,
        timeUtc,
        numLogs: this.logs.length,
        lastLogNum: this.logs.length,
      }),
    );
  }

  #data(message: LogRequestData): void {
    if (this.#isPx4 ? !this.#listed : this.#sending) return;
    const log = this.logs[message.id - (this.#isPx4 ? 0 : 1)];
    if (log === undefined) return;
    this.#sending = true;
    const size = log.toldSize ?? log.bytes.length;
    this.#chunk(log, message.id, message.ofs, Math.min(message.ofs + message.count, size), ++this.#turn);
  }

  #chunk(log: PeerLog, id: number, offset: number, end: number, turn: number): void {
    if (turn !== this.#turn || offset >= end) {
      if (turn === this.#turn) this.#sending = false;
      return;
    }
    this.onData(offset);
    const data = log.bytes.subarray(offset, Math.min(offset + 90, end));
    const padded = Buffer.alloc(90);
    data.copy(padded);
    this.#transmit(buildMessage(LogData, { id, ofs: offset, count: data.length, data: [...padded] }));
    if (data.length < 90) {
      this.#sending = false;
      return;
    }
    this.#port.clock.setTimer(() => this.#chunk(log, id, offset + data.length, end, turn), CHUNK_SPACING_MS);
  }

  get #isPx4(): boolean {
    return this.#options.style === 'px4';
  }

  #transmit(message: MavLinkData): void {
    this.#across(() => this.#port.deliver(message));
  }

  #across(arrive: () => void): void {
    const { loss = 0, duplicates = 0, jitterMs = 0 } = this.#options;
    const times = this.#random() < duplicates ? 2 : 1;
    for (let i = 0; i < times; i++) {
      if (this.#random() < loss) continue;
      this.#port.clock.setTimer(arrive, 5 + this.#random() * jitterMs);
    }
  }
}
