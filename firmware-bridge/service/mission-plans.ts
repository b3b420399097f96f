import type { MissionItem } from '../../missions/mission-item.ts';
import { autopilotOf } from '../autopilot/select.ts';
import {
  buildMessage,
  MavMissionResult,
  MavMissionType,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
} from '../codec/messages.ts';
import type { MissionDownloadOutcome, MissionOutcome, TransferProgress } from '../model.ts';
import { compareMissions } from '../protocol/compare-missions.ts';
import type { DownloadInput } from '../protocol/mission-download.ts';
import type { UploadInput } from '../protocol/mission-upload.ts';
import { MissionTransfer } from '../vehicle/mission-transfer.ts';
import type { Refusal, VehiclePort } from './vehicle-port.ts';

const ORPHAN_ANSWER_MS = 1_000;

export class MissionPlans {
  readonly #port: VehiclePort;
  #transfer: MissionTransfer | null = null;
  #verifiedItems: readonly MissionItem[] | null = null;
  #verifiedHash: string | null = null;
  #orphanAnsweredAtMs = Number.NEGATIVE_INFINITY;

  constructor(port: VehiclePort) {
    this.#port = port;
    for (const messageClass of [MissionRequest, MissionRequestInt]) {
      port.on(messageClass, ({ missionType, seq }, { atMs }) => {
        if (missionType !== MavMissionType.MISSION) return;
        if (this.#transfer?.isUploading === true) this.#transfer.input({ kind: 'request', seq });
        else this.#answerOrphan(atMs);
      });
      port.on(messageClass, () => this.forgetMission(), 'foreign');
    }
    port.on(
      MissionAck,
      ({ type }) => {
        if (type === MavMissionResult.ACCEPTED) this.forgetMission();
      },
      'foreign',
    );
    port.on(MissionAck, (message) => this.#give(message.missionType, { kind: 'ack', result: message.type }));
    port.on(MissionCount, (message) =>
      this.#give(message.missionType, { kind: 'count', count: message.count }),
    );
    port.on(MissionItemInt, ({ missionType, seq, ...message }) => {
      const { frame, command, param1, param2, param3, param4, x, y, z } = message;
      const item = { frame, command, param1, param2, param3, param4, x, y, z };
      this.#give(missionType, { kind: 'item', seq, item });
    });
  }

  /** What runs, for people; null: nothing. */
  get busyWith(): string | null {
    return this.#transfer?.what ?? null;
  }

  async uploadMission(
    items: readonly MissionItem[],
    onProgress: (progress: TransferProgress) => void,
  ): Promise<MissionOutcome> {
    const transfer = this.#begin('mission upload');
    if (!(transfer instanceof MissionTransfer)) return transfer;
    // From the first item on, the old plan is (partly) gone on ArduPilot.
    this.forgetMission();
    try {
      const outcome = await transfer.upload(items, onProgress);
      if (outcome.kind === 'done') {
        this.#verifiedItems = items;
        this.#verifiedHash = outcome.planHash;
        this.#port.onVerifiedPlan({ hash: outcome.planHash, itemCount: items.length });
      }
      return outcome;
    } finally {
      this.#transfer = null;
    }
  }

  async downloadMission(): Promise<MissionDownloadOutcome> {
    const transfer = this.#begin('mission download');
    if (!(transfer instanceof MissionTransfer)) return transfer;
    try {
      const outcome = await transfer.download();
      if (outcome.kind !== 'done' || this.#verifiedItems === null || this.#verifiedHash === null)
        return outcome;
      // The same plan with the autopilot's lawful differences is the same plan, and keeps its hash.
      const { autopilot } = this.#port.state();
      const same = compareMissions(this.#verifiedItems, outcome.items, autopilot).length === 0;
      const planHash = this.#verifiedHash;
      if (!same) this.forgetMission();
      return same ? { ...outcome, planHash } : outcome;
    } finally {
      this.#transfer = null;
    }
  }

  forgetMission(): void {
    this.#verifiedItems = null;
    this.#verifiedHash = null;
    this.#port.onVerifiedPlan(null);
  }

  onText(text: string): void {
    this.#transfer?.input({ kind: 'text', text });
  }

  cancel(by: string): void {
    this.#transfer?.cancel(by);
  }

  onReboot(): void {
    this.forgetMission();
  }

  close(by: string): void {
    this.cancel(by);
  }

  #give(missionType: number, input: UploadInput | DownloadInput): void {
    if (missionType === MavMissionType.MISSION) this.#transfer?.input(input);
  }

  #begin(what: string): MissionTransfer | Refusal {
    const refusal = this.#port.refusal();
    if (refusal !== null) return refusal;
    if (this.#transfer !== null) return { kind: 'busy', what: this.#transfer.what };
    const autopilot = autopilotOf(this.#port.state().autopilot);
    if (autopilot === null)
      return { kind: 'busy', what: 'nothing: missions of this autopilot are not known' };
    this.#transfer = new MissionTransfer(what, {
      clock: this.#port.clock,
      target: this.#port.target,
      autopilot,
      send: (message) => {
        this.#port.send(message);
      },
      state: () => this.#port.state(),
    });
    return this.#transfer;
  }

  /** It asks for an item of an upload that we do not run (any more): let it go, or it waits and blocks others. */
  #answerOrphan(atMs: number): void {
    if (atMs - this.#orphanAnsweredAtMs < ORPHAN_ANSWER_MS) return;
    this.#orphanAnsweredAtMs = atMs;
    this.#port.send(
      buildMessage(MissionAck, {
        targetSystem: this.#port.target.systemId,
        targetComponent: this.#port.target.componentId,
        type: MavMissionResult.OPERATION_CANCELLED,
        missionType: MavMissionType.MISSION,
      }),
    );
  }
}
