import { AutopilotVersion, FileTransferProtocol, type MavLinkData } from '../codec/messages.ts';
import { type FtpEntry, isEndOfList, readListPage } from '../protocol/ftp-list.ts';
import {
  FTP_MAX_DATA,
  FTP_SLOW_DATA,
  FtpNak,
  FtpOp,
  type FtpRefusal,
  type FtpRequest,
  nakWords,
  pathBytes,
  readFtpPacket,
  seqOfMessage,
} from '../protocol/ftp-packet.ts';
import type { Ranges } from '../protocol/ftp-ranges.ts';
import { ftpReadMachine } from '../protocol/ftp-read.ts';
import type { FtpReadProgress } from '../protocol/ftp-read-model.ts';
import {
  FTP_PATIENCE_MS,
  type FtpAnswerInput,
  type FtpRequestOutcome,
  ftpRequestMachine,
  SEQ_LEAP,
} from '../protocol/ftp-request.ts';
import { ftpWriteMachine } from '../protocol/ftp-write.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { Machine } from '../protocol/step.ts';
import type { Refusal, VehiclePort } from './vehicle-port.ts';

/**
 * The one file channel of a vehicle: its server has one session, so files, parameters and logs take turns. Whoever
 * comes while it is taken is told `busy`, nobody waits unseen.
 */
export type FtpFailure =
  | Refusal
  /** The vehicle said no. `code` is the FTP error number. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  | { readonly kind: 'no-progress'; readonly afterMs: number }
  | { readonly kind: 'changed'; readonly what: string }
  | { readonly kind: 'unsupported'; readonly what: string };

export type FtpListResult = { readonly kind: 'done'; readonly entries: readonly FtpEntry[] } | FtpFailure;
export type FtpCrcResult =
  | { readonly kind: 'done'; readonly crc32: number }
  | { readonly kind: 'not-offered' }
  | FtpFailure;
export type FtpReadResult =
  | { readonly kind: 'done'; readonly sizeBytes: number; readonly announcedBytes: number | null }
  | FtpFailure;
export type FtpWriteResult =
  | { readonly kind: 'done' }
  | { readonly kind: 'no-space'; readonly writtenBytes: number }
  | FtpFailure;

/** Valid while its holder has the channel. */
export interface FtpAccess {
  readonly cancelledBy: string | null;
  list(path: string): Promise<FtpListResult>;
  crc32(path: string): Promise<FtpCrcResult>;
  read(
    path: string,
    onProgress: (progress: FtpReadProgress) => void,
    options?: { readonly have?: Ranges; readonly limitBytes?: number | null },
  ): Promise<FtpReadResult>;
  write(path: string, bytes: Uint8Array, onProgress: (doneBytes: number) => void): Promise<FtpWriteResult>;
  /** Remove, make a directory, rename. `attempts`: how often it was asked, for who must tell "already so". */
  command(
    opcode: number,
    data: Uint8Array,
  ): Promise<{ readonly kind: 'done' } | (FtpFailure & { readonly attempts?: number })>;
}

/** A server reads the whole file from its card before it answers; nothing is heard meanwhile. */
const CRC_PATIENCE_MS = 90_000;
const MAX_LIST_PAGES = 2_000;
const CAPABILITY_FTP = 32n;

export class FtpClient {
  readonly #port: VehiclePort;
  #seq: number;
  #session: number;
  #what: string | null = null;
  #cancelledBy: string | null = null;
  #running: RunningProtocol<FtpAnswerInput, unknown> | null = null;
  #offered: boolean | null = null;

  constructor(port: VehiclePort) {
    this.#port = port;
    // Not from 0: a server that knows us from before must not take a question for the repetition of an old one.
    this.#seq = Math.floor(port.random() * 0x10000);
    this.#session = 1 + Math.floor(port.random() * 254);
    port.on(FileTransferProtocol, (message, { componentId }) => {
      if (componentId !== port.target.componentId) return;
      const packet = readFtpPacket(message);
      if (packet !== null) this.#running?.input({ kind: 'packet', packet });
    });
    port.on(AutopilotVersion, ({ capabilities }, { componentId }) => {
      if (componentId !== port.target.componentId) return;
      this.#offered = (BigInt(capabilities) & CAPABILITY_FTP) !== 0n;
    });
  }

  /** Null: the vehicle did not say yet. */
  get isOffered(): boolean | null {
    return this.#offered;
  }

  get busyWith(): string | null {
    return this.#what;
  }

  /** 110 bytes on telemetry modems (they report themselves), 239 elsewhere. */
  get chunkBytes(): number {
    return this.#port.state().radio === null ? FTP_MAX_DATA : FTP_SLOW_DATA;
  }

  async exclusive<T>(what: string, work: (ftp: FtpAccess) => Promise<T>): Promise<T | Refusal> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (this.#what !== null) return { kind: 'busy', what: this.#what };
    this.#what = what;
    this.#cancelledBy = null;
    try {
      return await work(this.#access());
    } finally {
      this.#what = null;
    }
  }

  cancel(by: string): void {
    if (this.#what === null) return;
    this.#cancelledBy = by;
    this.#running?.cancel(by);
  }

  #access(): FtpAccess {
    const cancelledBy = (): string | null => this.#cancelledBy;
    return {
      get cancelledBy() {
        return cancelledBy();
      },
      list: (path) => this.#list(path),
      crc32: (path) => this.#crc32(path),
      read: (path, onProgress, options) => this.#read(path, onProgress, options ?? {}),
      write: (path, bytes, onProgress) => this.#write(path, bytes, onProgress),
      command: async (opcode, data) => {
        const outcome = await this.#request({ opcode, data });
        if (outcome.kind === 'ack') return { kind: 'done' };
        const failure = asFailure(outcome);
        return outcome.kind === 'nak' ? { ...failure, attempts: outcome.attempts } : failure;
      },
    };
  }

  async #list(path: string): Promise<FtpListResult> {
    const data = pathBytes(path);
    if (data === null) return badPath(path);
    const entries = new Map<string, FtpEntry>();
    let offset = 0;
    for (let page = 0; page < MAX_LIST_PAGES; page++) {
      const outcome = await this.#request({ opcode: FtpOp.list, offset, data });
      if (outcome.kind === 'nak' && isEndOfList(outcome.refusal)) {
        return { kind: 'done', entries: [...entries.values()] };
      }
      if (outcome.kind !== 'ack') return asFailure(outcome);
      const { entries: found, counted } = readListPage(outcome.packet);
      if (counted === 0) return { kind: 'done', entries: [...entries.values()] };
      // By name: a directory that changes between two pages shows an entry twice.
      for (const entry of found) entries.set(entry.name, entry);
      offset += counted;
    }
    return { kind: 'changed', what: `${path}: the listing does not end` };
  }

  async #crc32(path: string): Promise<FtpCrcResult> {
    // Virtual files are made anew for each reader (ArduPilot's parameter file even depends on the size of a read).
    if (path.startsWith('@') && !path.startsWith('@ROMFS')) return { kind: 'not-offered' };
    const data = pathBytes(path);
    if (data === null) return badPath(path);
    const outcome = await this.#request({ opcode: FtpOp.crc32, data }, CRC_PATIENCE_MS);
    if (outcome.kind === 'nak' && outcome.refusal.code === FtpNak.unknownCommand)
      return { kind: 'not-offered' };
    if (outcome.kind !== 'ack') return asFailure(outcome);
    if (outcome.packet.size < 4) return { kind: 'not-offered' };
    return { kind: 'done', crc32: Buffer.from(outcome.packet.data).readUInt32LE(0) };
  }

  async #read(
    path: string,
    onProgress: (progress: FtpReadProgress) => void,
    options: { readonly have?: Ranges; readonly limitBytes?: number | null },
  ): Promise<FtpReadResult> {
    const bytes = pathBytes(path);
    if (bytes === null) return badPath(path);
    const outcome = await this.#run(
      ftpReadMachine(this.#port.target, {
        path: bytes,
        firstSeq: this.#seq,
        session: this.#nextSession(),
        chunkBytes: this.chunkBytes,
        have: options.have ?? [],
        limitBytes: options.limitBytes ?? null,
      }),
      onProgress,
    );
    if (outcome.kind === 'read') return { ...outcome, kind: 'done' };
    if (outcome.kind === 'changed')
      return { kind: 'changed', what: `${path} became shorter while it was read` };
    return outcome.kind === 'refused' ? refused(outcome.refusal) : outcome;
  }

  async #write(
    path: string,
    bytes: Uint8Array,
    onProgress: (doneBytes: number) => void,
  ): Promise<FtpWriteResult> {
    const name = pathBytes(path);
    if (name === null) return badPath(path);
    const outcome = await this.#run(
      ftpWriteMachine(this.#port.target, {
        path: name,
        bytes,
        firstSeq: this.#seq,
        session: this.#nextSession(),
        chunkBytes: this.chunkBytes,
      }),
      ({ doneBytes }) => onProgress(doneBytes),
    );
    if (outcome.kind === 'written') return { kind: 'done' };
    return outcome.kind === 'refused' ? refused(outcome.refusal) : outcome;
  }

  #request(request: Omit<FtpRequest, 'seq'>, patienceMs = FTP_PATIENCE_MS): Promise<FtpRequestOutcome> {
    const options = { firstSeq: this.#seq, patienceMs };
    return this.#run(ftpRequestMachine(this.#port.target, request, options), () => {});
  }

  async #run<State, Outcome, Progress>(
    machine: Machine<State, FtpAnswerInput, Outcome, Progress>,
    onProgress: (progress: Progress) => void,
  ): Promise<Outcome | Extract<Refusal, { kind: 'cancelled' }>> {
    if (this.#cancelledBy !== null) return { kind: 'cancelled', by: this.#cancelledBy };
    const running = runProtocol(machine, {
      clock: this.#port.clock,
      send: (message: MavLinkData) => {
        const seq = seqOfMessage(message);
        if (seq !== null) this.#seq = (seq + SEQ_LEAP) & 0xffff;
        this.#port.send(message);
      },
      onProgress,
    });
    this.#running = running;
    try {
      running.start();
      return await running.result;
    } finally {
      this.#running = null;
    }
  }

  #nextSession(): number {
    this.#session = (this.#session % 254) + 1;
    return this.#session;
  }
}

export function asFailure(outcome: Exclude<FtpRequestOutcome, { kind: 'ack' }>): FtpFailure {
  return outcome.kind === 'nak' ? refused(outcome.refusal) : outcome;
}

function refused(refusal: FtpRefusal): FtpFailure {
  if (refusal.code === FtpNak.unknownCommand) return { kind: 'unsupported', what: nakWords(refusal) };
  return { kind: 'refused', code: refusal.code, reason: nakWords(refusal) };
}

function badPath(path: string): FtpFailure {
  return { kind: 'refused', code: FtpNak.invalidDataSize, reason: `${path}: no path of 1–238 bytes` };
}
