import type { Logger } from 'pino';
import type { MissionItem } from '../../missions/mission-item.ts';
import { autopilotOf } from '../autopilot/select.ts';
import { decodeById } from '../codec/decoder.ts';
import type { Frame } from '../codec/framer.ts';
import {
  AutopilotVersion,
  buildMessage,
  CommandAck,
  CommandLong,
  MavCmd,
  type MavLinkData,
  MavMissionResult,
  MavMissionType,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  StatusText,
} from '../codec/messages.ts';
import type { BridgeEvent, Clock, MissionDownloadOutcome, VehicleId, VehicleState } from '../model.ts';
import { compareMissions } from '../protocol/compare-missions.ts';
import { firmwareVersionOf, hardwareUidOf } from './identity.ts';
import { VehicleOperations } from './operations.ts';
import { RateKeeper } from './rates.ts';
import { reduceStatusText } from './reduce-health.ts';
import { withVerifiedPlan } from './reduce-mission.ts';
import { reduceTelemetry } from './reduce-telemetry.ts';
import type { Source } from './source.ts';
import { type JoinedText, StatusTextJoiner } from './status-text.ts';
import { newTelemetry, type Telemetry, withSnapshot } from './telemetry.ts';

/**
 * One aircraft: what it reported, where it is heard, what it is asked. Frames come in already sorted by the
 * directory; what changed is told by `onChange`, single happenings by `onEvent`.
 */
export interface VehicleOptions {
  readonly vehicleId: VehicleId;
  readonly source: Source;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly ourSystemId: number;
  readonly lostAfterMs: number;
  readonly telemetryRateHz: number;
  readonly onEvent: (event: BridgeEvent) => void;
  readonly onChange: (vehicle: Vehicle) => void;
}

/** Ids that are decoded; everything else is only recorded. */
const READ_MESSAGES = new Set([
  0, 1, 2, 24, 30, 33, 40, 42, 44, 46, 47, 51, 73, 74, 77, 109, 147, 148, 193, 230, 242, 245, 253,
]);
/** Another endpoint takes over when the present one was silent for longer than a heartbeat. */
const ROUTE_SILENT_MS = 1_500;
const ORPHAN_ANSWER_MS = 1_000;

export class Vehicle {
  readonly vehicleId: VehicleId;
  readonly operations: VehicleOperations;
  readonly #options: VehicleOptions;
  readonly #log: Logger;
  readonly #texts = new StatusTextJoiner();
  readonly #sources = new Set<Source>();
  #primary: Source;
  #telemetry: Telemetry;
  #rates: RateKeeper | null = null;
  #armed: boolean | null = null;
  #orphanAnsweredAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: VehicleOptions) {
    const { source, vehicleId, clock } = options;
    this.#options = options;
    this.vehicleId = vehicleId;
    this.#log = options.logger.child({ vehicleId });
    this.#primary = source;
    this.#sources.add(source);
    this.#telemetry = newTelemetry({
      vehicleId,
      systemId: source.systemId,
      componentId: source.componentId,
      linkId: source.link.linkId,
      endpoint: source.endpoint,
      atMs: clock.nowMs(),
    });
    this.operations = new VehicleOperations({
      clock,
      target: { systemId: source.systemId, componentId: source.componentId },
      state: () => this.#telemetry.snapshot,
      send: (message) => this.send(message),
      onVerifiedPlan: (plan) => this.#update(withVerifiedPlan(this.#telemetry, plan, clock.nowMs())),
    });
  }

  get snapshot(): VehicleState {
    return this.#telemetry.snapshot;
  }

  get sources(): ReadonlySet<Source> {
    return this.#sources;
  }

  /** To this vehicle, where it is heard. */
  send(message: MavLinkData): boolean {
    return this.#primary.link.send(message, this.#primary.endpoint);
  }

  addSource(source: Source): void {
    this.#sources.add(source);
    this.#choosePrimary(source, this.#options.clock.nowMs());
  }

  removeSource(source: Source): void {
    this.#sources.delete(source);
  }

  setVersion(version: AutopilotVersion): void {
    this.#update(
      withSnapshot(this.#telemetry, {
        hardwareUid: hardwareUidOf(version),
        firmwareVersion: firmwareVersionOf(version),
      }),
    );
  }

  setIdentityConflict(endpoints: readonly string[] | null): void {
    const before = this.#telemetry.snapshot.identityConflict;
    if (JSON.stringify(before) === JSON.stringify(endpoints)) return;
    this.#update(withSnapshot(this.#telemetry, { identityConflict: endpoints }));
    if (endpoints !== null) this.operations.cancelLaunch('identity conflict');
  }

  /** A frame of this aircraft's autopilot, heard at `source`. */
  handle(source: Source, frame: Frame, atMs: number): void {
    this.#noticeHeard(atMs);
    if (source !== this.#primary && !this.#choosePrimary(source, atMs)) return;
    this.#rates?.received(frame.messageId);
    if (!READ_MESSAGES.has(frame.messageId)) return;
    const message = decodeById(frame);
    if (message !== null) this.handleMessage(message, atMs);
  }

  handleMessage(message: MavLinkData, atMs: number): void {
    const before = this.#telemetry;
    const after = reduceTelemetry(before, message, atMs);
    if (after !== before) {
      this.#update(after);
      this.#tellHappenings(before, after, atMs);
      this.operations.onReport(after.snapshot);
    }
    if (message instanceof StatusText) this.#tellTexts(this.#texts.push(message, atMs), atMs);
    else if (message instanceof CommandAck) this.#handleAck(message);
    else if (message instanceof AutopilotVersion) this.setVersion(message);
    else this.#handleMission(message, atMs);
  }

  /** Several times a second. */
  tick(nowMs: number): void {
    this.#tellTexts(this.#texts.flush(nowMs), nowMs);
    const { snapshot } = this.#telemetry;
    const silentForMs = nowMs - snapshot.lastHeardAtMs;
    if (snapshot.connection === 'online' && silentForMs >= this.#options.lostAfterMs) {
      this.#update(withSnapshot(this.#telemetry, { connection: 'lost' }));
      this.#log.warn({ silentForMs: Math.round(silentForMs) }, 'vehicle is not heard any more');
      this.#options.onEvent({ kind: 'vehicle-lost', vehicleId: this.vehicleId, silentForMs });
    }
    if (this.#telemetry.snapshot.connection === 'online') this.#askRates(nowMs);
  }

  /** Once a second: the link's quality changes without any message. */
  refreshLinkQuality(nowMs: number): void {
    const { linkQuality } = this.#telemetry.snapshot;
    const { lossPct, framesPerS } = this.#primary.loss.quality(nowMs);
    if (linkQuality.lossPct === lossPct && linkQuality.framesPerS === framesPerS) return;
    this.#update(withSnapshot(this.#telemetry, { linkQuality: { ...linkQuality, lossPct, framesPerS } }));
  }

  async downloadMission(): Promise<MissionDownloadOutcome> {
    const outcome = await this.operations.downloadMission();
    const { verifiedItems } = this.operations;
    const verifiedHash = this.snapshot.mission?.verifiedPlanHash ?? null;
    if (outcome.kind !== 'done' || verifiedItems === null || verifiedHash === null) return outcome;
    // The same plan with the autopilot's lawful differences is the same plan, and keeps its hash.
    const same = compareMissions(verifiedItems, outcome.items, this.snapshot.autopilot).length === 0;
    if (!same) this.operations.forgetPlan();
    return same ? { ...outcome, planHash: verifiedHash } : outcome;
  }

  close(by: string): void {
    this.operations.close(by);
  }

  #update(telemetry: Telemetry): void {
    if (telemetry === this.#telemetry) return;
    this.#telemetry = telemetry;
    this.#options.onChange(this);
  }

  #noticeHeard(atMs: number): void {
    const { snapshot } = this.#telemetry;
    const silentForMs = atMs - snapshot.lastHeardAtMs;
    this.#update(withSnapshot(this.#telemetry, { lastHeardAtMs: atMs, connection: 'online' }));
    if (snapshot.connection === 'online') return;
    this.#log.info({ silentForMs: Math.round(silentForMs) }, 'vehicle is heard again');
    this.#options.onEvent({ kind: 'vehicle-back', vehicleId: this.vehicleId, silentForMs });
  }

  /** True when `source` is where this vehicle is spoken to now. */
  #choosePrimary(source: Source, atMs: number): boolean {
    if (source === this.#primary) return true;
    const presentIsAlive =
      this.#sources.has(this.#primary) && atMs - this.#primary.lastHeardAtMs < ROUTE_SILENT_MS;
    if (presentIsAlive) return false;
    this.#log.info(
      { from: this.#primary.endpoint, to: source.endpoint, linkId: source.link.linkId },
      'vehicle is heard at another address now',
    );
    this.#primary = source;
    this.#update(withSnapshot(this.#telemetry, { linkId: source.link.linkId, endpoint: source.endpoint }));
    return true;
  }

  #tellHappenings(before: Telemetry, after: Telemetry, atMs: number): void {
    const { vehicleId } = this;
    if (after.reboots !== before.reboots) {
      this.#log.warn('vehicle restarted');
      this.#rates = null;
      this.operations.cancelLaunch('vehicle restarted');
      this.operations.forgetPlan();
      this.requestMessage(AutopilotVersion.MSG_ID);
      this.#options.onEvent({ kind: 'vehicle-rebooted', vehicleId });
    }
    const { armed } = after.snapshot;
    if (armed !== null && armed !== this.#armed) {
      // Found on the ground is no event; found armed is: it flies, and is recorded from now.
      if (armed || this.#armed !== null) {
        this.#log.info(armed ? 'armed' : 'disarmed');
        this.#options.onEvent({ kind: armed ? 'armed' : 'disarmed', vehicleId, atMs });
      }
      this.#armed = armed;
    }
    const reached = after.snapshot.mission?.reachedIndex ?? null;
    if (reached !== null && reached !== (before.snapshot.mission?.reachedIndex ?? null)) {
      this.#options.onEvent({ kind: 'item-reached', vehicleId, index: reached, atMs });
    }
    // MISSION_CURRENT showed that somebody else changed the plan.
    const hadPlan = before.snapshot.mission?.verifiedPlanHash ?? null;
    if (hadPlan !== null && (after.snapshot.mission?.verifiedPlanHash ?? null) === null) {
      this.#log.warn('the mission on board is not the verified one any more');
      this.operations.forgetPlan();
    }
  }

  #tellTexts(texts: readonly JoinedText[], atMs: number): void {
    for (const { severity, text } of texts) {
      this.#update(reduceStatusText(this.#telemetry, text, atMs));
      this.operations.onText(severity, text);
      this.#log.debug({ severity }, text);
      this.#options.onEvent({ kind: 'status-text', vehicleId: this.vehicleId, severity, text, atMs });
    }
  }

  #handleAck(message: CommandAck): void {
    // Targets are extension fields: an older autopilot leaves them 0.
    if (message.targetSystem !== 0 && message.targetSystem !== this.#options.ourSystemId) return;
    this.operations.onAck(message.command, message.result, message.progress);
  }

  #handleMission(message: MavLinkData, atMs: number): void {
    if (
      !(
        message instanceof MissionRequest ||
        message instanceof MissionRequestInt ||
        message instanceof MissionAck ||
        message instanceof MissionCount ||
        message instanceof MissionItemInt
      ) ||
      message.missionType !== MavMissionType.MISSION
    ) {
      return;
    }
    const { transfer } = this.operations;
    if (message.targetSystem !== 0 && message.targetSystem !== this.#options.ourSystemId) {
      const isForeignUpload =
        message instanceof MissionRequest ||
        message instanceof MissionRequestInt ||
        (message instanceof MissionAck && message.type === MavMissionResult.ACCEPTED);
      if (isForeignUpload) this.operations.forgetPlan();
      return;
    }
    if (message instanceof MissionRequest || message instanceof MissionRequestInt) {
      if (transfer?.isUploading === true) transfer.input({ kind: 'request', seq: message.seq });
      else this.#answerOrphan(atMs);
    } else if (message instanceof MissionAck) transfer?.input({ kind: 'ack', result: message.type });
    else if (message instanceof MissionCount) transfer?.input({ kind: 'count', count: message.count });
    else transfer?.input({ kind: 'item', seq: message.seq, item: itemOf(message) });
  }

  /** It asks for an item of an upload that we do not run (any more): let it go, or it waits and blocks others. */
  #answerOrphan(atMs: number): void {
    if (atMs - this.#orphanAnsweredAtMs < ORPHAN_ANSWER_MS) return;
    this.#orphanAnsweredAtMs = atMs;
    const { systemId, componentId } = this.snapshot;
    this.send(
      buildMessage(MissionAck, {
        targetSystem: systemId,
        targetComponent: componentId,
        type: MavMissionResult.OPERATION_CANCELLED,
        missionType: MavMissionType.MISSION,
      }),
    );
  }

  requestMessage(messageId: number): void {
    this.#sendCommand(MavCmd.REQUEST_MESSAGE, messageId, 0);
  }

  #askRates(nowMs: number): void {
    if (this.#rates === null) {
      const autopilot = autopilotOf(this.snapshot.autopilot);
      if (autopilot === null) return;
      const wishes = autopilot.rateWishes(this.#options.telemetryRateHz);
      this.#rates = new RateKeeper(wishes, nowMs, this.#options.random);
    }
    for (const { messageId, intervalUs } of this.#rates.due(nowMs)) {
      this.#sendCommand(MavCmd.SET_MESSAGE_INTERVAL, messageId, intervalUs);
    }
  }

  /** Without waiting for an acknowledgement: the message that comes is the proof. */
  #sendCommand(command: MavCmd, param1: number, param2: number): void {
    const { systemId, componentId } = this.snapshot;
    this.send(
      buildMessage(CommandLong, {
        targetSystem: systemId,
        targetComponent: componentId,
        command,
        _param1: param1,
        _param2: param2,
      }),
    );
  }
}

function itemOf(message: MissionItemInt): MissionItem {
  const { frame, command, param1, param2, param3, param4, x, y, z } = message;
  return { frame, command, param1, param2, param3, param4, x, y, z };
}
