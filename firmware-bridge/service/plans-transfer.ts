import type { MissionItem } from '../../missions/mission-item.ts';
import type { Autopilot } from '../autopilot/autopilot.ts';
import type { PlanHabits } from '../autopilot/plan-habits.ts';
import { type MavLinkData, MavMissionResult, MavMissionType } from '../codec/messages.ts';
import type { Clock, VehicleState } from '../model.ts';
import { comparePlans, hashPlan } from '../protocol/compare-missions.ts';
import { type ClearInput, type ClearOutcome, clearMachine } from '../protocol/mission-clear.ts';
import { type DownloadInput, type DownloadOutcome, downloadMachine } from '../protocol/mission-download.ts';
import { MISSION_TYPE_OF, PLAN_KINDS, type PlanKind } from '../protocol/mission-kinds.ts';
import {
  missionResultName,
  type UploadInput,
  type UploadOutcome,
  uploadMachine,
} from '../protocol/mission-upload.ts';
import { type RunningProtocol, runProtocol } from '../protocol/run-protocol.ts';
import type { Machine, Target } from '../protocol/step.ts';
import type { PlanDownloadOutcome, PlanOnBoard, PlanOutcome, PlanProgress } from './plans-model.ts';

/**
 * One transfer of one vehicle, of one list (or the emptying of all):
 *
 *   upload ──sent──► read-back ──equal──► done
 *     ▲                 └── different: again, at most twice after a certain upload and three times in all
 *     └─────────────────────┘            ──► different
 *
 *   clear ──sent──► read-back ──nothing left──► done
 *
 * The acknowledgement decides nothing. PX4 repeats ACK 0 for the last item that it took even when the transfer broke
 * off there; its checksum (opaque_id) has to be the same in the ACK and in the COUNT of the read-back besides.
 */
const MAX_UPLOADS = 3;
const MAX_CERTAIN_UPLOADS = 2;

export interface TransferHost {
  readonly clock: Clock;
  readonly target: Target;
  readonly autopilot: Autopilot;
  readonly habits: PlanHabits;
  send(message: MavLinkData): void;
  state(): VehicleState;
}

export type TransferInput = UploadInput | DownloadInput | ClearInput;
/** What a machine knows besides, the service does not need to. */
type Running = RunningProtocol<TransferInput, unknown>;

/** A read or checked list, with PX4's checksum of it. */
interface Read {
  readonly outcome: PlanDownloadOutcome;
  readonly opaqueId: number | null;
}

export interface Uploaded {
  readonly outcome: PlanOutcome;
  readonly opaqueId: number | null;
}

export class PlanTransfer {
  /** For people: what runs. */
  readonly what: string;
  readonly #kind: PlanKind | 'all';
  readonly #host: TransferHost;
  #phase: 'idle' | 'uploading' | 'reading' | 'clearing' = 'idle';
  #running: Running | null = null;
  #reading: PlanKind;
  #readingSinceMs = 0;
  #cancelledBy: string | null = null;
  #askedFor = -1;

  constructor(what: string, kind: PlanKind | 'all', host: TransferHost) {
    this.what = what;
    this.#kind = kind;
    this.#reading = kind === 'all' ? 'mission' : kind;
    this.#host = host;
  }

  isUploading(kind: PlanKind): boolean {
    return this.#phase === 'uploading' && this.#kind === kind;
  }

  /** Since when a list of that kind is being read; null: it is not. */
  readingSinceMs(kind: PlanKind): number | null {
    return this.#phase === 'reading' && this.#reading === kind ? this.#readingSinceMs : null;
  }

  /** @param missionType of the message; `null` for texts */
  input(missionType: number | null, input: TransferInput): void {
    if (missionType !== null && !this.#isOurs(missionType)) return;
    if (input.kind === 'request') this.#askedFor = Math.max(this.#askedFor, input.seq);
    const accepts: readonly string[] = INPUTS[this.#phase];
    if (accepts.includes(input.kind)) this.#running?.input(input);
  }

  cancel(by: string): void {
    this.#cancelledBy = by;
    this.#running?.cancel(by);
  }

  async upload(kind: PlanKind, items: readonly MissionItem[], onProgress: PlanProgress): Promise<Uploaded> {
    const { autopilot } = this.#host;
    for (let uploads = 1; ; uploads++) {
      const wireItems = kind === 'mission' ? autopilot.toWire(items, this.#host.state()) : items;
      const slots = wireItems.length - items.length;
      const sent = await this.#send(kind, wireItems, items.length, onProgress);
      if (sent.kind !== 'sent') {
        const onBoard = this.#onBoardAfter(kind, sent, wireItems.length - 1);
        return { outcome: uploadFailure(sent, onBoard, slots, items.length), opaqueId: null };
      }
      const read = await this.#read(kind, items.length, onProgress);
      if (read.outcome.kind !== 'done') return { outcome: readBackFailure(read.outcome), opaqueId: null };
      const sentItems = kind === 'mission' ? autopilot.fromWire(wireItems) : wireItems;
      const differences = comparePlans(kind, sentItems, read.outcome.items, autopilot.kind);
      const isThatOne =
        sent.opaqueId === undefined || read.opaqueId === null || sent.opaqueId === read.opaqueId;
      if (differences.length === 0 && isThatOne) {
        const planHash = hashPlan(sentItems);
        return {
          outcome: { kind: 'done', planHash, itemCount: items.length },
          opaqueId: read.opaqueId,
        };
      }
      if (uploads >= (sent.certain && isThatOne ? MAX_CERTAIN_UPLOADS : MAX_UPLOADS)) {
        return { outcome: { kind: 'different', differences, planOnBoard: 'unknown' }, opaqueId: null };
      }
    }
  }

  async download(kind: PlanKind, onProgress: PlanProgress): Promise<PlanDownloadOutcome> {
    return (await this.#read(kind, null, onProgress)).outcome;
  }

  async clear(): Promise<PlanOutcome> {
    const missionType = this.#kind === 'all' ? MavMissionType.ALL : MISSION_TYPE_OF[this.#kind];
    const sent = await this.#run<ClearInput, ClearOutcome>(
      'clearing',
      clearMachine(this.#host.target, missionType),
    );
    if (sent.kind === 'rejected') {
      if (sent.result === missionResultName(MavMissionResult.UNSUPPORTED))
        return { kind: 'unsupported', what: `clearing the ${this.#kind}` };
      return { ...sent, index: null, planOnBoard: 'unchanged' };
    }
    if (sent.kind === 'cancelled') return { ...sent, planOnBoard: 'unknown' };
    const kinds = this.#kind === 'all' ? PLAN_KINDS : [this.#kind];
    for (const kind of kinds) {
      const { outcome } = await this.#read(kind, 0, () => {});
      // A list that this autopilot does not have is empty.
      if (outcome.kind === 'unsupported' && this.#kind === 'all') continue;
      if (outcome.kind !== 'done') return readBackFailure(outcome);
      if (outcome.items.length > 0) {
        const count = { index: -1, field: 'count', sent: 0, held: outcome.items.length };
        return { kind: 'different', differences: [count], planOnBoard: 'unknown' };
      }
    }
    return { kind: 'done', planHash: hashPlan([]), itemCount: 0 };
  }

  #send(
    kind: PlanKind,
    wireItems: readonly MissionItem[],
    itemsTotal: number,
    onProgress: PlanProgress,
  ): Promise<UploadOutcome> {
    onProgress({ phase: 'upload', itemsDone: 0, itemsTotal });
    const slots = wireItems.length - itemsTotal;
    const { target, habits } = this.#host;
    const machine = uploadMachine(target, wireItems, MISSION_TYPE_OF[kind], habits.errorMeansTaken);
    return this.#run<UploadInput, UploadOutcome, { readonly itemsDone: number }>(
      'uploading',
      machine,
      ({ itemsDone }) =>
        onProgress({ phase: 'upload', itemsDone: Math.max(0, itemsDone - slots), itemsTotal }),
    );
  }

  /** @param expected how many items there should be; null: not known before */
  async #read(kind: PlanKind, expected: number | null, onProgress: PlanProgress): Promise<Read> {
    this.#reading = kind;
    this.#readingSinceMs = this.#host.clock.nowMs();
    if (expected !== null) onProgress({ phase: 'read-back', itemsDone: 0, itemsTotal: expected });
    const machine = downloadMachine(this.#host.target, MISSION_TYPE_OF[kind], this.#host.habits.readsInOrder);
    const held = await this.#run<
      DownloadInput,
      DownloadOutcome,
      { readonly itemsDone: number; readonly itemsTotal: number }
    >('reading', machine, ({ itemsDone, itemsTotal }) =>
      onProgress({ phase: 'read-back', itemsDone, itemsTotal }),
    );
    if (held.kind === 'rejected' && held.result === missionResultName(MavMissionResult.UNSUPPORTED))
      return { outcome: { kind: 'unsupported', what: `reading the ${kind}` }, opaqueId: null };
    if (held.kind !== 'done') return { outcome: held, opaqueId: null };
    const items = kind === 'mission' ? this.#host.autopilot.fromWire(held.items) : held.items;
    return {
      outcome: { kind: 'done', items, planHash: hashPlan(items) },
      opaqueId: held.opaqueId ?? null,
    };
  }

  async #run<Input extends TransferInput, Outcome, Progress = never>(
    phase: 'uploading' | 'reading' | 'clearing',
    machine: Machine<unknown, Input, Outcome, Progress>,
    onProgress: (progress: Progress) => void = () => {},
  ): Promise<Outcome> {
    const running = runProtocol(machine, {
      clock: this.#host.clock,
      send: (message) => this.#host.send(message),
      onProgress,
    });
    this.#phase = phase;
    this.#running = running;
    running.start();
    if (this.#cancelledBy !== null) running.cancel(this.#cancelledBy);
    try {
      return await running.result;
    } finally {
      this.#phase = 'idle';
      this.#running = null;
    }
  }

  #isOurs(missionType: number): boolean {
    if (this.#phase === 'clearing' && this.#kind === 'all') return true;
    return missionType === MISSION_TYPE_OF[this.#phase === 'reading' ? this.#reading : this.#ownKind()];
  }

  #ownKind(): PlanKind {
    return this.#kind === 'all' ? 'mission' : this.#kind;
  }

  /** ArduPilot refuses before it cuts the old list; a request shows that it began. */
  #onBoardAfter(
    kind: PlanKind,
    outcome: Exclude<UploadOutcome, { kind: 'sent' }>,
    last: number,
  ): PlanOnBoard {
    const refusedAtOnce =
      this.#askedFor < 0 && outcome.kind !== 'no-progress' && outcome.kind !== 'cancelled';
    const keptSoFar = this.#host.habits.isAtomic(kind) && this.#askedFor < last;
    return refusedAtOnce || keptSoFar ? 'unchanged' : 'unknown';
  }
}

const INPUTS: Readonly<Record<'idle' | 'uploading' | 'reading' | 'clearing', readonly string[]>> = {
  idle: [],
  uploading: ['request', 'ack', 'text'],
  reading: ['count', 'item', 'ack'],
  clearing: ['ack', 'text'],
};

function readBackFailure(outcome: Exclude<PlanDownloadOutcome, { kind: 'done' }>): PlanOutcome {
  switch (outcome.kind) {
    case 'rejected':
      return { ...outcome, index: null, reasons: [], planOnBoard: 'unknown' };
    case 'no-progress':
    case 'cancelled':
      return { ...outcome, planOnBoard: 'unknown' };
    default:
      return outcome;
  }
}

function uploadFailure(
  outcome: Exclude<UploadOutcome, { kind: 'sent' }>,
  planOnBoard: PlanOnBoard,
  slots: number,
  itemCount: number,
): PlanOutcome {
  switch (outcome.kind) {
    case 'no-space': {
      const capacity = outcome.capacity === null ? null : Math.max(0, outcome.capacity - slots);
      return { kind: 'no-space', capacity, itemCount, planOnBoard };
    }
    case 'taken':
      return { kind: 'busy', what: 'transfer of another ground station' };
    case 'rejected': {
      const index = outcome.index === null || outcome.index < slots ? null : outcome.index - slots;
      // Before any item: the kind of list itself is not known.
      if (outcome.index === null && outcome.result === missionResultName(MavMissionResult.UNSUPPORTED))
        return { kind: 'unsupported', what: 'this kind of list' };
      return { ...outcome, index, planOnBoard };
    }
    case 'no-progress':
    case 'cancelled':
      return { ...outcome, planOnBoard };
  }
}
