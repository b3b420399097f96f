import type { MissionItem } from '../../missions/mission-item.ts';
import { type PlanHabits, planHabitsOf } from '../autopilot/plan-habits.ts';
import { autopilotOf } from '../autopilot/select.ts';
import {
  AutopilotVersion,
  MavMissionResult,
  MavMissionType,
  MavProtocolCapability,
  MissionAck,
  MissionCount,
  MissionCurrent,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
} from '../codec/messages.ts';
import type { CommandOutcome, MissionDownloadOutcome, MissionOutcome } from '../model.ts';
import { comparePlans } from '../protocol/compare-missions.ts';
import {
  checkFence,
  type FencePlan,
  fenceToItems,
  itemsToFence,
  itemsToRally,
  type RallyPoint,
  rallyToItems,
} from '../protocol/mission-fence.ts';
import { PLAN_KINDS, type PlanKind, planKindOf } from '../protocol/mission-kinds.ts';
import { CurrentItem } from './plans-current.ts';
import type {
  PlanApi,
  PlanDownloadOutcome,
  PlanOutcome,
  PlanProgress,
  PlanRefusal,
  VerifiedPlan,
} from './plans-model.ts';
import { OrphanAnswers } from './plans-orphans.ts';
import { PlanTransfer, type TransferInput } from './plans-transfer.ts';
import type { Refusal, VehiclePort, VehicleService } from './vehicle-port.ts';

/**
 * The lists that one vehicle holds (mission, fence, rally points): transferred one at a time, known to be what was
 * sent only after they were read back, and only until somebody else writes them or the vehicle restarts.
 */
const CAPABILITY: Readonly<Record<PlanKind, number>> = {
  mission: 0,
  fence: MavProtocolCapability.MISSION_FENCE,
  rally: MavProtocolCapability.MISSION_RALLY,
};
/** One MISSION_CURRENT may have been on its way while the list was changed by us. */
const MISMATCHES_TO_FORGET = 2;

interface Known extends VerifiedPlan {
  readonly items: readonly MissionItem[];
  /** PX4's checksum of it; null: none was given. */
  readonly opaqueId: number | null;
}

export class PlanService implements PlanApi, VehicleService {
  readonly #port: VehiclePort;
  readonly #known = new Map<PlanKind, Known>();
  readonly #mismatches = new Map<PlanKind, number>();
  /** Counts what others did to a list, so that a transfer that changed nothing can tell whether it is still the same. */
  readonly #foreignWrites = new Map<PlanKind, number>();
  readonly #orphans: OrphanAnswers;
  readonly #current: CurrentItem;
  #transfer: PlanTransfer | null = null;
  /** MAV_PROTOCOL_CAPABILITY; null: not told yet. */
  #capabilities: bigint | null = null;

  constructor(port: VehiclePort) {
    this.#port = port;
    this.#orphans = new OrphanAnswers(port);
    this.#current = new CurrentItem(port);
    this.#listen();
  }

  /** What runs, for people; null: nothing. */
  get busyWith(): string | null {
    return this.#transfer?.what ?? this.#current.what;
  }

  verified(kind: PlanKind): VerifiedPlan | null {
    const known = this.#known.get(kind);
    return known === undefined ? null : { hash: known.hash, itemCount: known.itemCount, atMs: known.atMs };
  }

  uploadFence(fence: FencePlan, onProgress?: PlanProgress): Promise<PlanOutcome> {
    const [problem] = checkFence(fence);
    if (problem === undefined) return this.upload('fence', fenceToItems(fence), onProgress);
    const index = problem.kind === 'bad-position' ? problem.index : problem.area;
    return Promise.resolve({
      kind: 'rejected',
      result: 'INVALID',
      index,
      reasons: [problem.kind],
      planOnBoard: 'unchanged',
    });
  }

  uploadRally(points: readonly RallyPoint[], onProgress?: PlanProgress): Promise<PlanOutcome> {
    return this.upload('rally', rallyToItems(points), onProgress);
  }

  async upload(
    kind: PlanKind,
    items: readonly MissionItem[],
    onProgress: PlanProgress = () => {},
  ): Promise<PlanOutcome> {
    if (items.length === 0) return this.clear(kind);
    const transfer = this.#begin(`${kind} upload`, kind);
    if (!(transfer instanceof PlanTransfer)) return transfer;
    const before = this.#known.get(kind);
    const writesBefore = this.#foreignWrites.get(kind) ?? 0;
    this.#forget(kind);
    return this.#while(transfer, async () => {
      const { outcome, opaqueId } = await transfer.upload(kind, items, onProgress);
      if (outcome.kind === 'done') {
        const { planHash: hash, itemCount } = outcome;
        this.#know(kind, { hash, itemCount, atMs: this.#port.clock.nowMs(), items, opaqueId });
      } else if ('planOnBoard' in outcome && outcome.planOnBoard === 'unchanged') {
        const untouched = writesBefore === (this.#foreignWrites.get(kind) ?? 0);
        if (before !== undefined && untouched) this.#know(kind, before);
      }
      return outcome;
    });
  }

  async download(kind: PlanKind, onProgress: PlanProgress = () => {}): Promise<PlanDownloadOutcome> {
    const transfer = this.#begin(`${kind} download`, kind);
    if (!(transfer instanceof PlanTransfer)) return transfer;
    return this.#while(transfer, async () => {
      const outcome = await transfer.download(kind, onProgress);
      if (outcome.kind !== 'done') return outcome;
      const { items } = outcome;
      const named = { ...outcome, planHash: this.#hashOf(kind, items) ?? outcome.planHash };
      if (kind === 'fence') return { ...named, fence: itemsToFence(items) };
      return kind === 'rally' ? { ...named, rally: itemsToRally(items) } : named;
    });
  }

  async clear(kind: PlanKind | 'all'): Promise<PlanOutcome> {
    const transfer = this.#begin(`clearing the ${kind === 'all' ? 'plans' : kind}`, kind);
    if (!(transfer instanceof PlanTransfer)) return transfer;
    const kinds = kind === 'all' ? PLAN_KINDS : [kind];
    for (const each of kinds) this.#forget(each);
    return this.#while(transfer, async () => {
      const outcome = await transfer.clear();
      if (outcome.kind === 'done') {
        const empty = { hash: outcome.planHash, itemCount: 0, items: [], opaqueId: null };
        for (const each of kinds) this.#know(each, { ...empty, atMs: this.#port.clock.nowMs() });
      }
      return outcome;
    });
  }

  async setCurrent(index: number): Promise<CommandOutcome> {
    const refusal = this.#refusal();
    if (refusal !== null) return refusal;
    const habits = planHabitsOf(this.#port.state().autopilot);
    if (habits === null) return UNKNOWN_AUTOPILOT;
    return this.#current.set(index, habits.hasSetCurrentCommand);
  }

  cancel(by: string): void {
    this.#transfer?.cancel(by);
    this.#current.cancel(by);
  }

  /** Texts of the vehicle: the reasons of a refusal. */
  onText(text: string): void {
    this.#transfer?.input(null, { kind: 'text', text });
  }

  onReboot(): void {
    for (const kind of PLAN_KINDS) this.#forget(kind);
  }

  close(by: string): void {
    this.cancel(by);
  }

  // The mission alone, in the words that the bridge has had from the start.

  async uploadMission(items: readonly MissionItem[], onProgress: PlanProgress): Promise<MissionOutcome> {
    const outcome = await this.upload('mission', items, onProgress);
    if (outcome.kind === 'unsupported') return unsupportedMission(outcome.what);
    if (!('planOnBoard' in outcome)) return outcome;
    const { planOnBoard: _told, ...rest } = outcome;
    return rest;
  }

  async downloadMission(): Promise<MissionDownloadOutcome> {
    const outcome = await this.download('mission');
    if (outcome.kind === 'unsupported') return unsupportedMission(outcome.what);
    if (outcome.kind === 'rejected') return { ...outcome, index: null, reasons: [] };
    return outcome;
  }

  /** MISSION_CURRENT showed another mission. */
  forgetMission(): void {
    this.#forget('mission');
  }

  #listen(): void {
    const port = this.#port;
    port.on(AutopilotVersion, ({ capabilities }) => {
      this.#capabilities = BigInt(capabilities);
    });
    for (const messageClass of [MissionRequest, MissionRequestInt]) {
      port.on(messageClass, ({ missionType, seq }, { atMs }) => {
        const kind = planKindOf(missionType);
        if (kind === null) return;
        if (this.#transfer?.isUploading(kind) === true)
          this.#transfer.input(missionType, { kind: 'request', seq });
        else this.#orphans.answer(kind, atMs, this.#transfer?.readingSinceMs(kind) ?? null);
      });
      port.on(messageClass, ({ missionType }) => this.#writtenByOthers(missionType), 'foreign');
    }
    port.on(
      MissionAck,
      ({ type, missionType }) => {
        if (type === MavMissionResult.ACCEPTED) this.#writtenByOthers(missionType);
      },
      'foreign',
    );
    port.on(MissionAck, ({ type, missionType, opaqueId }) =>
      this.#give(missionType, { kind: 'ack', result: type, opaqueId }),
    );
    port.on(MissionCount, ({ count, missionType, opaqueId }) =>
      this.#give(missionType, { kind: 'count', count, opaqueId }),
    );
    port.on(MissionItemInt, ({ missionType, seq, ...message }) => {
      const { frame, command, param1, param2, param3, param4, x, y, z } = message;
      const item = { frame, command, param1, param2, param3, param4, x, y, z };
      this.#give(missionType, { kind: 'item', seq, item });
    });
    port.on(MissionCurrent, ({ seq, fenceId, rallyPointsId }) => {
      this.#current.onReport(seq);
      this.#checkId('fence', fenceId);
      this.#checkId('rally', rallyPointsId);
    });
  }

  #give(missionType: number, input: TransferInput): void {
    this.#transfer?.input(missionType, input);
  }

  #writtenByOthers(missionType: number): void {
    const kind = planKindOf(missionType);
    const kinds = missionType === MavMissionType.ALL ? PLAN_KINDS : kind === null ? [] : [kind];
    for (const each of kinds) {
      this.#foreignWrites.set(each, (this.#foreignWrites.get(each) ?? 0) + 1);
      this.#forget(each);
    }
  }

  /** PX4 tells the checksums of its fence and rally points all the time; 0: it does not know them. */
  #checkId(kind: 'fence' | 'rally', id: number): void {
    const known = this.#known.get(kind)?.opaqueId ?? null;
    if (known === null || known === 0 || id === 0 || id === known) {
      this.#mismatches.delete(kind);
      return;
    }
    const mismatches = (this.#mismatches.get(kind) ?? 0) + 1;
    this.#mismatches.set(kind, mismatches);
    if (mismatches >= MISMATCHES_TO_FORGET) this.#forget(kind);
  }

  /** The same list with the autopilot's lawful differences keeps its hash; another one is not the known one. */
  #hashOf(kind: PlanKind, held: readonly MissionItem[]): string | null {
    const known = this.#known.get(kind);
    if (known === undefined) return null;
    if (comparePlans(kind, known.items, held, this.#port.state().autopilot).length === 0) return known.hash;
    this.#forget(kind);
    return null;
  }

  #know(kind: PlanKind, known: Known): void {
    this.#known.set(kind, known);
    this.#mismatches.delete(kind);
    if (kind === 'mission') this.#port.onVerifiedPlan({ hash: known.hash, itemCount: known.itemCount });
  }

  #forget(kind: PlanKind): void {
    this.#known.delete(kind);
    if (kind === 'mission') this.#port.onVerifiedPlan(null);
  }

  #begin(what: string, kind: PlanKind | 'all'): PlanTransfer | RefusedTransfer {
    const refusal = this.#refusal();
    if (refusal !== null) {
      return refusal.kind === 'cancelled' ? { ...refusal, planOnBoard: 'unchanged' } : refusal;
    }
    const autopilot = autopilotOf(this.#port.state().autopilot);
    const habits: PlanHabits | null = planHabitsOf(this.#port.state().autopilot);
    if (autopilot === null || habits === null) return UNKNOWN_AUTOPILOT;
    if (kind !== 'all' && !this.#isCapable(kind)) return { kind: 'unsupported', what };
    const { clock, target } = this.#port;
    this.#transfer = new PlanTransfer(what, kind, {
      clock,
      target,
      autopilot,
      habits,
      send: (message) => {
        this.#port.send(message);
      },
      state: () => this.#port.state(),
    });
    return this.#transfer;
  }

  #refusal(): Refusal | null {
    const busyWith = this.busyWith;
    return this.#port.refusal() ?? (busyWith === null ? null : { kind: 'busy', what: busyWith });
  }

  /** As long as it has not told what it can, it is asked. */
  #isCapable(kind: PlanKind): boolean {
    const needed = BigInt(CAPABILITY[kind]);
    return this.#capabilities === null || (this.#capabilities & needed) === needed;
  }

  async #while<T>(transfer: PlanTransfer, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      if (this.#transfer === transfer) this.#transfer = null;
    }
  }
}

type RefusedTransfer =
  | PlanRefusal
  | { readonly kind: 'cancelled'; readonly by: string; readonly planOnBoard: 'unchanged' };

const UNKNOWN_AUTOPILOT = {
  kind: 'unsupported',
  what: 'plans: the habits of this autopilot are not known',
} as const;

function unsupportedMission(what: string): {
  readonly kind: 'rejected';
  readonly result: string;
  readonly index: null;
  readonly reasons: readonly string[];
} {
  return { kind: 'rejected', result: 'UNSUPPORTED', index: null, reasons: [what] };
}
