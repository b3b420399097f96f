import { buildMessage, LogData, LogEntry, LogErase, type MavLinkData } from '../codec/messages.ts';
import { highestEnd, type Ranges, withoutRange } from '../protocol/ftp-ranges.ts';
import {
  LOG_CHUNK_BYTES,
  type LogTransferInput,
  type LogTransferOutcome,
  type LogTransferProgress,
  logTransferMachine,
} from '../protocol/log-transfer.ts';
import {
  type LogEntryReport,
  type LogListInput,
  type LogListOutcome,
  logListMachine,
} from '../protocol/onboard-log-list.ts';
import { type ProtocolHost, type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { FtpClient, FtpFailure } from './files-client.ts';
import type { FileProgress } from './files-outcome.ts';
import { asError, fileExists, PartFile } from './files-part.ts';
import { readToDisk } from './files-read.ts';
import { entryIdOf, listLogFiles, logOfEntry, type OnboardLog } from './logs-catalogue.ts';
import type { LogDownloadOutcome, LogEraseOutcome, LogListingOutcome } from './logs-outcome.ts';
import type { Refusal, VehiclePort, VehicleService } from './vehicle-port.ts';

const LISTING = 'listing of logs';

const ARMED = {
  kind: 'denied',
  result: 'ARMED',
  reasons: ['Logs are given only while the vehicle is disarmed'],
} as const;

/** Erasing a full card takes a while, and is acknowledged by nothing but its effect. */
const ERASE_CHECKS = 10;
const ERASE_CHECK_MS = 3_000;

/**
 * Logs on board: listed, fetched with their hash, and watched. The file transfer is asked first: it proves what
 * it brings by a checksum; the log messages (ArduPilot: 25 times as quick over a fast link) are the other way. One of
 * these at a time, and none while the vehicle is armed: ArduPilot refuses it, and no aircraft in flight needs a full
 * radio.
 */
export class LogService implements VehicleService {
  readonly #port: VehiclePort;
  readonly #ftp: FtpClient;
  #listing: RunningProtocol<LogListInput, LogListOutcome> | null = null;
  #transfer: RunningProtocol<LogTransferInput, LogTransferOutcome> | null = null;
  #what: string | null = null;
  #cancelledBy: string | null = null;
  #stopWaiting: (() => void) | null = null;
  /** Newest number of logs, by the way it was counted: the two ways need not count the same. */
  readonly #counts = new Map<'files' | 'messages', number>();
  #erasing = false;

  constructor(port: VehiclePort, ftp: FtpClient) {
    this.#port = port;
    this.#ftp = ftp;
    port.on(LogEntry, ({ id, numLogs, size, timeUtc }, { componentId, atMs }) => {
      if (componentId !== port.target.componentId) return;
      // Also an answer to somebody else tells how many there are.
      this.#count('messages', numLogs, atMs);
      const entry = { id, sizeBytes: size, timeUtcMs: timeUtc === 0 ? null : timeUtc * 1_000 };
      this.#listing?.input({ kind: 'entry', entry, logCount: numLogs });
    });
    port.on(LogData, ({ id, ofs, count, data }, { componentId }) => {
      if (componentId !== port.target.componentId || count > data.length) return;
      this.#transfer?.input({ kind: 'data', id, offset: ofs, bytes: Uint8Array.from(data.slice(0, count)) });
    });
  }

  get busyWith(): string | null {
    return this.#what;
  }

  async list(): Promise<LogListingOutcome> {
    return this.#exclusive(LISTING, () => this.#list());
  }

  /**
   * @param logId as listed
   * @param localPath must not exist; `<localPath>.part` is gone on with, when it is of the same log in the same state
   */
  async download(
    logId: string,
    localPath: string,
    onProgress: (progress: FileProgress) => void = () => {},
  ): Promise<LogDownloadOutcome> {
    if (await fileExists(localPath)) return { kind: 'local-exists', localPath };
    return this.#exclusive(`download of ${logId}`, () => this.#download(logId, localPath, onProgress));
  }

  /** What `erase` has to be confirmed with. */
  get eraseConfirmation(): string {
    return `erase the logs of ${this.#port.vehicleId}`;
  }

  /** Erases ALL logs on board, for good. Fetch them first. */
  async erase(options: { readonly confirm: string }): Promise<LogEraseOutcome> {
    if (options.confirm !== this.eraseConfirmation) {
      return { kind: 'not-allowed', why: `the confirmation must be "${this.eraseConfirmation}"` };
    }
    if (this.#port.state().armed !== false) {
      return { kind: 'not-allowed', why: 'the vehicle is not known to be disarmed' };
    }
    return this.#exclusive('erasing of logs', () => this.#erase());
  }

  cancel(by: string): void {
    if (this.#what === null) return;
    this.#cancelledBy = by;
    this.#listing?.cancel(by);
    this.#transfer?.cancel(by);
    this.#stopWaiting?.();
    this.#ftp.cancel(by);
  }

  /** A flight has the link for itself. */
  tick(): void {
    if (this.#what !== null && this.#what !== LISTING && this.#isArmed) this.cancel('vehicle armed');
  }

  onReboot(): void {
    this.cancel('vehicle restarted');
  }

  close(by: string): void {
    this.cancel(by);
  }

  async #list(): Promise<LogListingOutcome> {
    if (this.#ftp.isOffered !== false) {
      const { autopilot } = this.#port.state();
      const found = await this.#ftp.exclusive(LISTING, (ftp) => listLogFiles(ftp, autopilot));
      if (found?.kind === 'done') {
        this.#count('files', found.logs.length, this.#port.clock.nowMs());
        return { ...found, via: 'files' };
      }
      // Busy, cancelled, not connected: said as it is. No folder, no file transfer: by messages.
      if (found !== null && found.kind !== 'no-progress') return found;
    }
    if (this.#isArmed) return ARMED;
    const listed = await this.#runList({ firstId: this.#firstId });
    if (listed.kind !== 'done') return listed;
    return { kind: 'done', logs: listed.entries.map(logOfEntry), via: 'messages' };
  }

  async #download(
    logId: string,
    localPath: string,
    onProgress: (progress: FileProgress) => void,
  ): Promise<LogDownloadOutcome> {
    if (this.#isArmed) return ARMED;
    const id = entryIdOf(logId);
    if (id !== null) return this.#downloadEntry(id, localPath, onProgress);
    // Listed anew: its size now is what tells this log from another of the same name.
    const listed = await this.#list();
    if (listed.kind !== 'done') return listed;
    const log = listed.logs.find((other) => other.logId === logId);
    if (log?.path == null) return { kind: 'refused', code: 10, reason: `${logId}: there is no such log` };
    const { path, sizeBytes } = log;
    const read = await this.#ftp.exclusive(`download of ${logId}`, (ftp) =>
      readToDisk(ftp, path, localPath, {
        source: this.#source(log),
        // One that is being written has no end: what it was when we began.
        limitBytes: sizeBytes,
        nowMs: () => this.#port.clock.nowMs(),
        cancel: (by) => this.#ftp.cancel(by),
        onProgress,
      }),
    );
    return read.kind === 'done' ? { ...read, via: 'files' } : read;
  }

  async #downloadEntry(
    id: number,
    localPath: string,
    onProgress: (progress: FileProgress) => void,
  ): Promise<LogDownloadOutcome> {
    const before = await this.#entry(id);
    if (before.kind !== 'done') return before;
    const { sizeBytes } = before.entry;
    let part: PartFile;
    try {
      part = await PartFile.open(localPath, this.#source(logOfEntry(before.entry)), {
        nowMs: () => this.#port.clock.nowMs(),
        onError: (error) => this.cancel(error.message),
      });
    } catch (error) {
      return { kind: 'write-failed', message: asError(error).message };
    }
    try {
      const { have } = part;
      const resumedBytes = have.reduce((sum, [start, end]) => sum + end - start, 0);
      const sent = await this.#runTransfer({ id, sizeBytes, have }, (progress) => {
        part.write(progress.offset, progress.bytes, progress.have);
        onProgress({ bytesDone: progress.doneBytes, bytesTotal: sizeBytes });
      });
      if (part.error !== null) return { kind: 'write-failed', message: part.error.message };
      if (sent.kind === 'changed') {
        await part.discard();
        return { kind: 'changed', what: `log ${id} ends at ${sent.endsAtBytes} of ${sizeBytes} bytes` };
      }
      if (sent.kind !== 'done') return sent;
      const after = await this.#entry(id);
      if (after.kind !== 'done') return after;
      const hasChanged =
        after.entry.sizeBytes !== sizeBytes || after.entry.timeUtcMs !== before.entry.timeUtcMs;
      // Is that number still the same log? Erasing and rotating number them anew, and the time of ArduPilot's newest
      // log is always now. So what we have is compared in places.
      const same =
        hasChanged || resumedBytes > 0
          ? await this.#isSameLog(id, sizeBytes, after.entry.sizeBytes, part)
          : true;
      if (typeof same === 'object') return same;
      if (!same) {
        await part.discard();
        return { kind: 'changed', what: `log ${id} is another one than at the beginning` };
      }
      const crc = after.entry.sizeBytes > sizeBytes ? 'still-written' : 'not-offered';
      const { sha256 } = await part.digest(sizeBytes);
      await part.finish(sizeBytes);
      return {
        kind: 'done',
        localPath,
        sizeBytes,
        sha256,
        crc,
        via: 'messages',
        resumedBytes,
      };
    } catch (error) {
      return { kind: 'write-failed', message: asError(error).message };
    } finally {
      await part.keep();
    }
  }

  /** Fetches a few chunks once more: middle, end, and the end of what an earlier try had brought. */
  async #isSameLog(
    id: number,
    sizeBytes: number,
    sizeNow: number,
    part: PartFile,
  ): Promise<boolean | Exclude<LogTransferOutcome, { kind: 'done' | 'changed' }>> {
    if (sizeNow < sizeBytes) return false;
    let have: Ranges = [[0, sizeBytes]];
    for (const place of [sizeBytes / 2, sizeBytes - 1, highestEnd(part.have) - 1]) {
      const start = Math.max(0, Math.floor(place / LOG_CHUNK_BYTES) * LOG_CHUNK_BYTES);
      have = withoutRange(have, start, start + LOG_CHUNK_BYTES);
    }
    const samples: LogTransferProgress[] = [];
    const sent = await this.#runTransfer({ id, sizeBytes, have }, (progress) => samples.push(progress));
    if (sent.kind === 'changed') return false;
    if (sent.kind !== 'done') return sent;
    for (const { offset, bytes } of samples) {
      if (!Buffer.from(bytes).equals(await part.readBack(offset, bytes.length))) return false;
    }
    return true;
  }

  async #entry(id: number): Promise<{ readonly kind: 'done'; readonly entry: LogEntryReport } | FtpFailure> {
    // PX4 gives data only after a whole list, ArduPilot gives single entries.
    const isPx4 = this.#port.state().autopilot === 'px4';
    const options = isPx4 ? { firstId: 0 as const } : { firstId: this.#firstId, only: id };
    const listed = await this.#runList(options);
    if (listed.kind !== 'done') return listed;
    const entry = listed.entries.find((other) => other.id === id);
    if (entry === undefined) return { kind: 'refused', code: 10, reason: `log ${id}: there is no such log` };
    return { kind: 'done', entry };
  }

  async #erase(): Promise<LogEraseOutcome> {
    const listed = await this.#list();
    if (listed.kind !== 'done') return listed;
    const before = listed.logs.length;
    this.#port.logger.warn({ logs: before }, 'the logs on board are erased');
    this.#erasing = true;
    try {
      let after = before;
      for (let check = 0; check < ERASE_CHECKS; check++) {
        if (this.#cancelledBy !== null) return { kind: 'cancelled', by: this.#cancelledBy };
        // Again and again: nothing acknowledges it, and erasing twice is erasing once.
        const { systemId: targetSystem, componentId: targetComponent } = this.#port.target;
        this.#port.send(buildMessage(LogErase, { targetSystem, targetComponent }));
        await this.#wait(ERASE_CHECK_MS);
        const now = await this.#list();
        if (now.kind !== 'done') return now;
        after = now.logs.length;
        // ArduPilot may have begun a new one at once.
        const old = now.logs.filter(({ logId, sizeBytes }) =>
          listed.logs.some((other) => other.logId === logId && other.sizeBytes <= sizeBytes),
        );
        if (after === 0 || (after <= 1 && before > 1) || old.length === 0)
          return { kind: 'done', before, after };
      }
      return {
        kind: 'not-confirmed',
        expected: 'no logs on board',
        observed: `${after} of ${before} are there`,
      };
    } finally {
      this.#erasing = false;
    }
  }

  #count(via: 'files' | 'messages', after: number, atMs: number): void {
    const before = this.#counts.get(via);
    this.#counts.set(via, after);
    if (before === undefined || after >= before || this.#erasing) return;
    this.#port.logger.error({ before, after }, 'there are fewer logs on board than before');
    this.#port.emit({ kind: 'onboard-logs-shrunk', vehicleId: this.#port.vehicleId, before, after, atMs });
  }

  #source({ logId, sizeBytes }: OnboardLog): string {
    return `${this.#port.vehicleId} ${logId} ${sizeBytes} bytes`;
  }

  get #isArmed(): boolean {
    return this.#port.state().armed === true;
  }

  get #firstId(): 0 | 1 | null {
    const { autopilot } = this.#port.state();
    return autopilot === 'ardupilot' ? 1 : autopilot === 'px4' ? 0 : null;
  }

  async #exclusive<T>(what: string, work: () => Promise<T>): Promise<T | Refusal> {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (this.#what !== null) return { kind: 'busy', what: this.#what };
    this.#what = what;
    this.#cancelledBy = null;
    try {
      return await work();
    } finally {
      this.#what = null;
    }
  }

  async #runList(options: Parameters<typeof logListMachine>[1]): Promise<LogListOutcome> {
    if (this.#cancelledBy !== null) return { kind: 'cancelled', by: this.#cancelledBy };
    this.#listing = runProtocol(
      logListMachine(this.#port.target, options),
      this.#host(() => {}),
    );
    try {
      this.#listing.start();
      return await this.#listing.result;
    } finally {
      this.#listing = null;
    }
  }

  async #runTransfer(
    log: { readonly id: number; readonly sizeBytes: number; readonly have: Ranges },
    onProgress: (progress: LogTransferProgress) => void,
  ): Promise<LogTransferOutcome> {
    if (this.#cancelledBy !== null) return { kind: 'cancelled', by: this.#cancelledBy };
    this.#transfer = runProtocol(logTransferMachine(this.#port.target, log), this.#host(onProgress));
    try {
      this.#transfer.start();
      return await this.#transfer.result;
    } finally {
      this.#transfer = null;
    }
  }

  #host<Progress>(onProgress: (progress: Progress) => void): ProtocolHost<Progress> {
    const send = (message: MavLinkData): void => {
      this.#port.send(message);
    };
    return { clock: this.#port.clock, send, onProgress };
  }

  #wait(afterMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#port.clock.setTimer(resolve, afterMs);
      this.#stopWaiting = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
