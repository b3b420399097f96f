import type { MissionItem } from '../../missions/mission-item.ts';
import type { Autopilot } from '../autopilot/autopilot.ts';
import type { MavLinkData } from '../codec/messages.ts';
import type {
  Clock,
  MissionDownloadOutcome,
  MissionOutcome,
  TransferProgress,
  VehicleState,
} from '../model.ts';
import { compareMissions, hashPlan } from '../protocol/compare-missions.ts';
import { type DownloadInput, type DownloadOutcome, downloadMachine } from '../protocol/mission-download.ts';
import { type UploadInput, type UploadOutcome, uploadMachine } from '../protocol/mission-upload.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { Target } from '../protocol/step.ts';

/**
 * One mission transfer of one vehicle: upload, read back, compare — or only the reading.
 *
 *   upload ──sent──► read-back ──equal──► done
 *     ▲                 └──different: after a certain upload → different; after an uncertain one → upload again
 *     └─────────────────────────────────────────────────────────────────────────────┘ (at most 3 uploads)
 */
const MAX_UPLOADS = 3;

export interface TransferHost {
  readonly clock: Clock;
  readonly target: Target;
  readonly autopilot: Autopilot;
  send(message: MavLinkData): void;
  state(): VehicleState;
}

export class MissionTransfer {
  /** For people: what runs. */
  readonly what: string;
  readonly #host: TransferHost;
  #upload: RunningProtocol<UploadInput, UploadOutcome> | null = null;
  #download: RunningProtocol<DownloadInput, DownloadOutcome> | null = null;
  #cancelledBy: string | null = null;

  constructor(what: string, host: TransferHost) {
    this.what = what;
    this.#host = host;
  }

  get isUploading(): boolean {
    return this.#upload !== null;
  }

  input(input: UploadInput | DownloadInput): void {
    if (this.#upload !== null) {
      if (input.kind === 'request' || input.kind === 'ack' || input.kind === 'text')
        this.#upload.input(input);
    } else if (this.#download !== null) {
      if (input.kind === 'count' || input.kind === 'item' || input.kind === 'ack')
        this.#download.input(input);
    }
  }

  cancel(by: string): void {
    this.#cancelledBy = by;
    this.#upload?.cancel(by);
    this.#download?.cancel(by);
  }

  async upload(
    items: readonly MissionItem[],
    onProgress: (progress: TransferProgress) => void,
  ): Promise<MissionOutcome> {
    const { autopilot } = this.#host;
    for (let uploads = 1; ; uploads++) {
      const wireItems = autopilot.toWire(items, this.#host.state());
      const sent = await this.#runUpload(wireItems, items.length, onProgress);
      if (sent.kind !== 'sent') return uploadFailure(sent, wireItems.length - items.length, items.length);
      if (this.#cancelledBy !== null) return { kind: 'cancelled', by: this.#cancelledBy };
      const held = await this.#runDownload((itemsDone, itemsTotal) =>
        onProgress({ phase: 'read-back', itemsDone, itemsTotal }),
      );
      if (held.kind === 'rejected') return { ...held, index: null, reasons: [] };
      if (held.kind !== 'done') return held;
      const sentItems = autopilot.fromWire(wireItems);
      const differences = compareMissions(sentItems, autopilot.fromWire(held.items), autopilot.kind);
      if (differences.length === 0)
        return { kind: 'done', planHash: hashPlan(sentItems), itemCount: items.length };
      if (sent.certain || uploads >= MAX_UPLOADS) return { kind: 'different', differences };
    }
  }

  async download(): Promise<MissionDownloadOutcome> {
    const held = await this.#runDownload(() => {});
    if (held.kind === 'rejected') return { ...held, index: null, reasons: [] };
    if (held.kind !== 'done') return held;
    const items = this.#host.autopilot.fromWire(held.items);
    return { kind: 'done', items, planHash: hashPlan(items) };
  }

  async #runUpload(
    wireItems: readonly MissionItem[],
    itemsTotal: number,
    onProgress: (progress: TransferProgress) => void,
  ): Promise<UploadOutcome> {
    const { clock, target } = this.#host;
    onProgress({ phase: 'upload', itemsDone: 0, itemsTotal });
    const slots = wireItems.length - itemsTotal;
    const running = runProtocol(uploadMachine(target, wireItems), {
      clock,
      send: (message) => this.#host.send(message),
      onProgress: ({ itemsDone }) =>
        onProgress({ phase: 'upload', itemsDone: Math.max(0, itemsDone - slots), itemsTotal }),
    });
    this.#upload = running;
    running.start();
    try {
      return await running.result;
    } finally {
      this.#upload = null;
    }
  }

  async #runDownload(onProgress: (done: number, total: number) => void): Promise<DownloadOutcome> {
    const { clock, target } = this.#host;
    const running = runProtocol(downloadMachine(target), {
      clock,
      send: (message) => this.#host.send(message),
      onProgress: ({ itemsDone, itemsTotal }) => onProgress(itemsDone, itemsTotal),
    });
    this.#download = running;
    running.start();
    try {
      return await running.result;
    } finally {
      this.#download = null;
    }
  }
}

function uploadFailure(
  outcome: Exclude<UploadOutcome, { kind: 'sent' }>,
  slots: number,
  itemCount: number,
): MissionOutcome {
  switch (outcome.kind) {
    case 'no-space': {
      const capacity = outcome.capacity === null ? null : Math.max(0, outcome.capacity - slots);
      return { kind: 'no-space', capacity, itemCount };
    }
    case 'taken':
      return { kind: 'busy', what: 'transfer of another ground station' };
    case 'rejected': {
      const index = outcome.index === null || outcome.index < slots ? null : outcome.index - slots;
      return { ...outcome, index };
    }
    case 'no-progress':
    case 'cancelled':
      return outcome;
  }
}
