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
import { LinkSet } from '../link/link-set.ts';
import type { SigningGuard } from '../link/signing-guard.ts';
import type { BridgeEvent, Clock, LinkId, VehicleId, VehicleState } from '../model.ts';
import type { KeySetupRoute } from '../service/signing.ts';
import type { VehiclePort } from '../service/vehicle-port.ts';
import { createServices, type ServiceOptions, type VehicleServices } from '../service/vehicle-services.ts';
import { Components } from './components.ts';
import { DuplicateFilter, isState } from './duplicates.ts';
import { firmwareVersionOf, hardwareUidOf } from './identity.ts';
import { Inbox } from './inbox.ts';
import { VehicleOperations } from './operations.ts';
import type { Detail } from './rate-wishes.ts';
import { reduceStatusText } from './reduce-health.ts';
import { withVerifiedPlan } from './reduce-mission.ts';
import { reduceTelemetry, TELEMETRY_MESSAGES } from './reduce-telemetry.ts';
import { routeStatuses } from './route-status.ts';
import type { Source } from './source.ts';
import { type JoinedText, StatusTextJoiner } from './status-text.ts';
import { StreamKeeper } from './stream-keeper.ts';
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
  readonly ourComponentId: number;
  readonly lostAfterMs: number;
  readonly telemetryRateHz: number;
  readonly detail: Detail;
  readonly services: ServiceOptions;
  readonly guardOf: (linkId: LinkId) => SigningGuard | null;
  readonly onEvent: (event: BridgeEvent) => void;
  readonly onChange: (vehicle: Vehicle) => void;
}

export class Vehicle {
  readonly vehicleId: VehicleId;
  readonly operations: VehicleOperations;
  readonly services: VehicleServices;
  readonly #options: VehicleOptions;
  readonly #log: Logger;
  readonly #texts = new StatusTextJoiner();
  readonly #links: LinkSet<Source>;
  readonly #inbox: Inbox;
  readonly #duplicates = new DuplicateFilter();
  readonly #components = new Components();
  readonly #streams: StreamKeeper;
  #telemetry: Telemetry;
  #heardAtMs: number;
  #stateFromMs = Number.NEGATIVE_INFINITY;
  #armed: boolean | null = null;

  constructor(options: VehicleOptions) {
    const { source, vehicleId, clock } = options;
    this.#options = options;
    this.vehicleId = vehicleId;
    this.#log = options.logger.child({ vehicleId });
    this.#heardAtMs = clock.nowMs();
    this.#links = new LinkSet(source);
    this.#inbox = new Inbox(options.ourSystemId);
    this.#streams = new StreamKeeper(options);
    this.#telemetry = newTelemetry({
      vehicleId,
      systemId: source.systemId,
      componentId: source.componentId,
      linkId: source.link.linkId,
      endpoint: source.endpoint,
      atMs: clock.nowMs(),
    });
    const port = this.#port();
    this.services = createServices(port, options.services, () => this.#keySetupRoutes());
    this.operations = new VehicleOperations({
      clock,
      target: port.target,
      plans: this.services.plans,
      state: port.state,
      send: (message, everywhere) => (everywhere ? this.#sendEverywhere(message) : this.send(message)),
      onSafetyAction: (by) => this.services.yieldTo(by),
    });
    this.#listen();
  }

  get snapshot(): VehicleState {
    // The time of every single frame is noted apart and put in when somebody looks: a new picture for each of 25,000
    // frames a second would be work for nobody.
    if (this.#telemetry.snapshot.lastHeardAtMs !== this.#heardAtMs) {
      this.#telemetry = withSnapshot(this.#telemetry, { lastHeardAtMs: this.#heardAtMs });
    }
    return this.#telemetry.snapshot;
  }

  get sources(): ReadonlySet<Source> {
    return this.#links.routes;
  }

  /** Over the best way; a component with a modem of its own, where it is heard. */
  send(message: MavLinkData): boolean {
    const { best } = this.#links;
    const componentId = (message as { targetComponent?: unknown }).targetComponent;
    const own = typeof componentId === 'number' ? this.#components.addressOf(componentId) : null;
    if (own !== null && own.endpoint !== best.endpoint && !this.#isRoute(own)) {
      return own.link.send(message, own.endpoint);
    }
    return best.link.send(message, best.endpoint);
  }

  addSource(source: Source): void {
    this.#links.add(source);
    this.#chooseRoute(this.#options.clock.nowMs());
  }

  removeSource(source: Source): void {
    this.#links.remove(source);
    this.#streams.forget(source);
  }

  setDetail(detail: Detail): void {
    this.#streams.setDetail(detail, this.snapshot.autopilot, this.#options.clock.nowMs());
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
    if (this.#links.choose(atMs)) this.#tellRoute(atMs);
    this.#streams.received(source, frame.messageId);
    this.#read(source, frame, atMs);
  }

  /** A frame of another component with this aircraft's system id. */
  handleComponent(source: Source, frame: Frame, link: Link, endpoint: string, atMs: number): void {
    if (this.#components.note(link, endpoint, frame, atMs)) {
      this.#update(withSnapshot(this.#telemetry, { components: this.#components.list(atMs) }));
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
    if (this.#links.choose(nowMs)) this.#tellRoute(nowMs);
    const { snapshot } = this.#telemetry;
    const silentForMs = nowMs - this.#heardAtMs;
    if (snapshot.connection === 'online' && silentForMs >= this.#options.lostAfterMs) {
      this.#update(withSnapshot(this.#telemetry, { connection: 'lost' }));
      this.#log.warn({ silentForMs: Math.round(silentForMs) }, 'vehicle is not heard any more');
      this.services.onLost();
      this.#options.onEvent({ kind: 'vehicle-lost', vehicleId: this.vehicleId, silentForMs });
    }
    if (this.#telemetry.snapshot.connection === 'online') this.#askRates(nowMs);
    this.services.tick(nowMs);
  }

  /** Once a second: the links' quality changes without any message. */
  refreshLinkQuality(nowMs: number): void {
    const { linkQuality } = this.#telemetry.snapshot;
    const { lossPct, framesPerS } = this.#links.best.loss.quality(nowMs);
    const routes = routeStatuses(this.#links, nowMs, linkQuality.routes);
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
    this.send(
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
      send: (message) => this.send(message),
      run: (spec, onProgress) => this.operations.run(spec, onProgress),
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
    const isTelemetry = TELEMETRY_MESSAGES.has(frame.messageId) && this.#isTimely(source, frame, atMs);
    const isWanted = this.#inbox.wants(frame.messageId);
    if (!(isTelemetry || isWanted) || this.#duplicates.isStale(source, frame, atMs)) return;
    const message = decodeById(frame);
    if (message === null) return;
    if (isTelemetry) this.#reduce(message, atMs);
    if (isWanted) this.#inbox.deliver(message, { componentId: frame.componentId, atMs });
  }

  /** State comes from the best way alone; after a switch to a slower one, not before the newest known is older. */
  #isTimely(source: Source, frame: Frame, atMs: number): boolean {
    return !isState(frame.messageId) || (source === this.#links.best && atMs >= this.#stateFromMs);
  }

  #readComponent(source: Source, frame: Frame, atMs: number): void {
    if (this.#duplicates.isStale(source, frame, atMs)) return;
    const message = decodeById(frame);
    if (message !== null) this.#inbox.deliver(message, { componentId: frame.componentId, atMs });
  }

  #reduce(message: MavLinkData, atMs: number): void {
    const before = this.#telemetry;
    const after = reduceTelemetry(before, message, atMs);
    if (after === before) return;
    this.#update(after);
    this.#tellHappenings(before, after, atMs);
    this.operations.onReport(after.snapshot);
  }

  #sendEverywhere(message: MavLinkData): boolean {
    const routes = this.#links.alive(this.#options.clock.nowMs());
    if (routes.length === 0) return this.send(message);
    return routes.map(({ link, endpoint }) => link.send(message, endpoint)).includes(true);
  }

  #keySetupRoutes(): readonly KeySetupRoute[] {
    return this.#links.alive(this.#options.clock.nowMs()).map(({ link, endpoint }) => ({
      guard: this.#options.guardOf(link.linkId),
      send: (message) => link.send(message, endpoint),
    }));
  }

  #isRoute(address: { readonly link: Link; readonly endpoint: string }): boolean {
    for (const route of this.#links.routes) {
      if (route.link === address.link && route.endpoint === address.endpoint) return true;
    }
    return false;
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

  #chooseRoute(atMs: number): void {
    if (this.#links.choose(atMs)) this.#tellRoute(atMs);
  }

  #tellRoute(atMs: number): void {
    const { link, endpoint } = this.#links.best;
    this.#stateFromMs = atMs + this.#links.slowerByMs;
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
    this.#streams.forgetAll();
    this.#duplicates.clear();
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

  #askRates(nowMs: number): void {
    const { autopilot, systemId, componentId } = this.snapshot;
    for (const source of this.#links.alive(nowMs)) {
      for (const message of this.#streams.due(source, { systemId, componentId }, autopilot, nowMs)) {
        source.link.send(message, source.endpoint);
      }
    }
  }
}
