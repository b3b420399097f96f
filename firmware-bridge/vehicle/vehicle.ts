import type { Logger } from 'pino';
import { decodeById } from '../codec/decoder.ts';
import type { Frame } from '../codec/framer.ts';
import {
  AutopilotVersion,
  buildMessage,
  CommandAck,
  CommandLong,
  MavCmd,
  type MavLinkData,
  StatusText,
} from '../codec/messages.ts';
import type { Link } from '../link/link.ts';
import type { SigningGuard } from '../link/signing-guard.ts';
import type { BridgeEvent, Clock, LinkId, VehicleId, VehicleState } from '../model.ts';
import type { VehiclePort } from '../service/vehicle-port.ts';
import { createServices, type ServiceOptions, type VehicleServices } from '../service/vehicle-services.ts';
import { isStamped } from './duplicates.ts';
import { firmwareVersionOf, hardwareUidOf } from './identity.ts';
import { Inbox } from './inbox.ts';
import { VehicleOperations } from './operations.ts';
import type { Detail } from './rate-wishes.ts';
import { reduceStatusText } from './reduce-health.ts';
import { withVerifiedPlan } from './reduce-mission.ts';
import { reduceTelemetry, TELEMETRY_MESSAGES } from './reduce-telemetry.ts';
import type { Source } from './source.ts';
import { type JoinedText, StatusTextJoiner } from './status-text.ts';
import { newTelemetry, type Telemetry, withSnapshot } from './telemetry.ts';
import { VehicleRoutes } from './vehicle-routes.ts';

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
  readonly ourComponentId: number;
  readonly lostAfterMs: number;
  readonly telemetryRateHz: number;
  readonly detail: Detail;
  readonly spreadMs: number;
  readonly services: ServiceOptions;
  readonly guardOf: (linkId: LinkId) => SigningGuard | null;
  readonly onEvent: (event: BridgeEvent) => void;
  readonly onChange: (vehicle: Vehicle) => void;
}

/** They watch over seconds; a fleet of 500 has a dozen of them each. */
const SERVICES_EVERY_MS = 250;

export class Vehicle {
  readonly vehicleId: VehicleId;
  readonly operations: VehicleOperations;
  readonly services: VehicleServices;
  readonly #options: VehicleOptions;
  readonly #log: Logger;
  readonly #texts = new StatusTextJoiner();
  readonly #routes: VehicleRoutes;
  readonly #inbox: Inbox;
  #telemetry: Telemetry;
  #heardAtMs: number;
  readonly #pending = new Map<number, { readonly frame: Frame; readonly atMs: number }>();
  #servicesAtMs = Number.NEGATIVE_INFINITY;
  #armed: boolean | null = null;

  constructor(options: VehicleOptions) {
    const { source, vehicleId, clock } = options;
    this.#options = options;
    this.vehicleId = vehicleId;
    this.#log = options.logger.child({ vehicleId });
    this.#heardAtMs = clock.nowMs();
    this.#inbox = new Inbox(options.ourSystemId);
    this.#routes = new VehicleRoutes({ ...options, onRoute: (atMs) => this.#tellRoute(atMs) });
    this.#telemetry = newTelemetry({
      vehicleId,
      systemId: source.systemId,
      componentId: source.componentId,
      linkId: source.link.linkId,
      endpoint: source.endpoint,
      atMs: clock.nowMs(),
    });
    const port = this.#port();
    this.services = createServices(port, options.services, () => this.#routes.keySetupRoutes());
    this.operations = new VehicleOperations({
      clock,
      target: port.target,
      plans: this.services.plans,
      state: port.state,
      send: (message, everywhere) =>
        everywhere ? this.#routes.sendEverywhere(message) : this.#routes.send(message),
      endGuidedFlight: (by) => this.services.guided.cancel(by),
      onSafetyAction: (by) => this.services.yieldTo(by),
    });
    this.#listen();
  }

  get snapshot(): VehicleState {
    this.#readPending();
    // The time of every single frame is noted apart and put in when somebody looks: a new picture for each of 25,000
    // frames a second would be work for nobody.
    if (this.#telemetry.snapshot.lastHeardAtMs !== this.#heardAtMs) {
      this.#telemetry = withSnapshot(this.#telemetry, { lastHeardAtMs: this.#heardAtMs });
    }
    return this.#telemetry.snapshot;
  }

  /** Who it is, without reading what came since the last look: for what happens thousands of times a second. */
  get identity(): Pick<VehicleState, 'systemId' | 'hardwareUid'> {
    return this.#telemetry.snapshot;
  }

  get sources(): ReadonlySet<Source> {
    return this.#routes.sources;
  }

  addSource(source: Source): void {
    this.#routes.add(source);
  }

  removeSource(source: Source): void {
    this.#routes.remove(source);
  }

  setDetail(detail: Detail): void {
    this.#routes.setDetail(detail, this.snapshot.autopilot);
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
    if (before === endpoints || JSON.stringify(before) === JSON.stringify(endpoints)) return;
    this.#update(withSnapshot(this.#telemetry, { identityConflict: endpoints }));
    if (endpoints !== null) this.operations.cancelLaunch('identity conflict');
  }

  /** A frame of this aircraft's autopilot, heard at `source`. */
  handle(source: Source, frame: Frame, atMs: number): void {
    this.#noticeHeard(atMs);
    this.#routes.heard(source, frame, atMs);
    this.#read(source, frame, atMs);
  }

  /** A frame of another component with this aircraft's system id. */
  handleComponent(source: Source, frame: Frame, link: Link, endpoint: string, atMs: number): void {
    if (this.#routes.componentHeard(link, endpoint, frame, atMs)) {
      this.#update(withSnapshot(this.#telemetry, { components: this.#routes.components(atMs) }));
    }
    if (this.#inbox.wants(frame.messageId)) this.#readComponent(source, frame, atMs);
  }

  /** From somebody else about this vehicle: a modem's report. */
  handleMessage(message: MavLinkData, atMs: number): void {
    this.#reduce(message, atMs);
  }

  /** Several times a second. */
  tick(nowMs: number): void {
    this.#tellTexts(this.#texts.flush(nowMs), nowMs);
    this.#routes.choose(nowMs);
    const { snapshot } = this.#telemetry;
    const silentForMs = nowMs - this.#heardAtMs;
    if (snapshot.connection === 'online' && silentForMs >= this.#options.lostAfterMs) {
      this.#update(withSnapshot(this.#telemetry, { connection: 'lost' }));
      this.#log.warn({ silentForMs: Math.round(silentForMs) }, 'vehicle is not heard any more');
      this.services.onLost();
      this.#options.onEvent({ kind: 'vehicle-lost', vehicleId: this.vehicleId, silentForMs });
    }
    if (this.#telemetry.snapshot.connection === 'online') {
      const { autopilot, systemId, componentId } = snapshot;
      this.#routes.askRates({ systemId, componentId }, autopilot, nowMs);
    }
    if (nowMs >= this.#servicesAtMs) {
      this.#servicesAtMs = nowMs + SERVICES_EVERY_MS;
      this.services.tick(nowMs);
    }
  }

  /** Once a second: the links' quality changes without any message. */
  refreshLinkQuality(nowMs: number): void {
    const { linkQuality } = this.#telemetry.snapshot;
    const { lossPct, framesPerS } = this.#routes.quality(nowMs);
    const routes = this.#routes.statuses(nowMs, linkQuality.routes);
    if (
      linkQuality.lossPct === lossPct &&
      linkQuality.framesPerS === framesPerS &&
      linkQuality.routes === routes
    ) {
      return;
    }
    this.#update(
      withSnapshot(this.#telemetry, { linkQuality: { ...linkQuality, lossPct, framesPerS, routes } }),
    );
  }

  requestMessage(messageId: number): void {
    const { systemId, componentId } = this.snapshot;
    this.#routes.send(
      buildMessage(CommandLong, {
        targetSystem: systemId,
        targetComponent: componentId,
        command: MavCmd.REQUEST_MESSAGE,
        _param1: messageId,
      }),
    );
  }

  close(by: string): void {
    this.operations.close(by);
    this.services.close(by);
  }

  #port(): VehiclePort {
    const { clock, random, ourSystemId, ourComponentId, source, onEvent } = this.#options;
    return {
      vehicleId: this.vehicleId,
      clock,
      random,
      logger: this.#log,
      ourSystemId,
      ourComponentId,
      target: { systemId: source.systemId, componentId: source.componentId },
      state: () => this.snapshot,
      update: (change) => this.#update(withSnapshot(this.#telemetry, change)),
      onVerifiedPlan: (plan) => this.#update(withVerifiedPlan(this.#telemetry, plan, clock.nowMs())),
      send: (message) => this.#routes.send(message),
      run: (spec, onProgress) => this.operations.run(spec, onProgress),
      cancelCommand: (spec, by) => this.operations.cancelRun(spec, by),
      refusal: () => this.operations.refusal(),
      on: (messageClass, handler, whose) => this.#inbox.on(messageClass, handler, whose),
      emit: onEvent,
    };
  }

  #listen(): void {
    this.#inbox.on(StatusText, (message, { atMs }) => this.#tellTexts(this.#texts.push(message, atMs), atMs));
    this.#inbox.on(CommandAck, ({ command, result, progress }, { componentId }) =>
      this.operations.onAck(componentId, command, result, progress),
    );
    // Who it is, is the directory's to say.
    this.#inbox.on(AutopilotVersion, (message) =>
      this.#update(withSnapshot(this.#telemetry, { firmwareVersion: firmwareVersionOf(message) })),
    );
  }

  #read(source: Source, frame: Frame, atMs: number): void {
    const isTelemetry = TELEMETRY_MESSAGES.has(frame.messageId) && this.#routes.isTimely(source, frame, atMs);
    const isWanted = this.#inbox.wants(frame.messageId);
    if (!(isTelemetry || isWanted) || this.#routes.isStale(source, frame, atMs)) return;
    if (isTelemetry && !isWanted && isStamped(frame.messageId) && !this.operations.isBusy) {
      this.#pending.set(frame.messageId, { frame, atMs });
      this.#options.onChange(this);
      return;
    }
    const message = decodeById(frame);
    if (message === null) return;
    if (isTelemetry) this.#reduce(message, atMs);
    if (isWanted) this.#inbox.deliver(message, { componentId: frame.componentId, atMs });
  }

  #readComponent(source: Source, frame: Frame, atMs: number): void {
    if (this.#routes.isStale(source, frame, atMs)) return;
    const message = decodeById(frame);
    if (message !== null) this.#inbox.deliver(message, { componentId: frame.componentId, atMs });
  }

  /** Positions and attitudes come faster than anybody looks; the newest of each is read when somebody does. */
  #readPending(): void {
    if (this.#pending.size === 0) return;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { frame, atMs } of pending) {
      const message = decodeById(frame);
      if (message !== null) this.#reduce(message, atMs);
    }
  }

  #reduce(message: MavLinkData, atMs: number): void {
    this.#readPending();
    const before = this.#telemetry;
    const after = reduceTelemetry(before, message, atMs);
    if (after === before) return;
    this.#update(after);
    this.#tellHappenings(before, after, atMs);
    this.operations.onReport(after.snapshot);
  }

  #update(telemetry: Telemetry): void {
    if (telemetry === this.#telemetry) return;
    this.#telemetry = telemetry;
    this.#options.onChange(this);
  }

  #noticeHeard(atMs: number): void {
    const silentForMs = atMs - this.#heardAtMs;
    this.#heardAtMs = atMs;
    if (this.#telemetry.snapshot.connection === 'online') return;
    this.#update(withSnapshot(this.#telemetry, { lastHeardAtMs: atMs, connection: 'online' }));
    this.#log.info({ silentForMs: Math.round(silentForMs) }, 'vehicle is heard again');
    this.#options.onEvent({ kind: 'vehicle-back', vehicleId: this.vehicleId, silentForMs });
  }

  #tellRoute(atMs: number): void {
    const { link, endpoint } = this.#routes.best;
    const before = this.#telemetry.snapshot;
    this.#log.info(
      { from: before.endpoint, to: endpoint, linkId: link.linkId },
      'vehicle is spoken to at another address now',
    );
    this.#update(withSnapshot(this.#telemetry, { linkId: link.linkId, endpoint }));
    this.#options.onEvent({
      kind: 'vehicle-route',
      vehicleId: this.vehicleId,
      from: { linkId: before.linkId, endpoint: before.endpoint },
      to: { linkId: link.linkId, endpoint },
      atMs,
    });
  }

  #tellHappenings(before: Telemetry, after: Telemetry, atMs: number): void {
    const { vehicleId } = this;
    if (after.reboots !== before.reboots) this.#restarted();
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
      this.services.plans.forgetMission();
    }
  }

  #restarted(): void {
    this.#log.warn('vehicle restarted');
    this.#routes.onReboot();
    this.operations.cancelLaunch('vehicle restarted');
    this.services.onReboot();
    this.requestMessage(AutopilotVersion.MSG_ID);
    this.#options.onEvent({ kind: 'vehicle-rebooted', vehicleId: this.vehicleId });
  }

  #tellTexts(texts: readonly JoinedText[], atMs: number): void {
    for (const { severity, text } of texts) {
      this.#update(reduceStatusText(this.#telemetry, text, atMs));
      this.operations.onText(severity, text);
      this.services.plans.onText(text);
      this.#log.debug({ severity }, text);
      this.#options.onEvent({ kind: 'status-text', vehicleId: this.vehicleId, severity, text, atMs });
    }
  }
}
