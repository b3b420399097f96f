import { writeFile } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { MissionItem } from '../missions/mission-item.ts';
import { type GroupName, type VehicleApi, vehicleApi } from './api.ts';
import { BridgeError } from './bridge-error.ts';
import { ChangeBatcher } from './change-batcher.ts';
import { every } from './clock.ts';
import type { Frame } from './codec/framer.ts';
import { EventHub } from './event-hub.ts';
import type { Forwarded } from './link/forward.ts';
import { startHeartbeat } from './link/heartbeat.ts';
import { Link } from './link/link.ts';
import { type Forwards, openForwards } from './link/open-forwards.ts';
import { openSigning, type Signing } from './link/open-signing.ts';
import { LoopHealth } from './loop-health.ts';
import type {
  Bridge,
  BridgeConfig,
  BridgeEvent,
  BridgeHealth,
  Clock,
  CommandOutcome,
  ForwardStatus,
  LaunchProgress,
  LinkStatus,
  MissionDownloadOutcome,
  MissionOutcome,
  TimerHandle,
  TransferProgress,
  VehicleId,
  VehicleState,
} from './model.ts';
import { TlogRecorder } from './recorder/tlog-recorder.ts';
import { serviceOptions } from './service/service-options.ts';
import { parseLinkUrl } from './transport/parse-link-url.ts';
import type { Transport } from './transport/transport.ts';
import { Directory } from './vehicle/directory.ts';
import type { Detail } from './vehicle/rate-wishes.ts';
import { START_SPREAD_MS } from './vehicle/rates.ts';
import { Vehicle } from './vehicle/vehicle.ts';

/**
 * Puts the parts together: links feed the directory and the recorder, the directory feeds vehicles, vehicles feed
 * listeners (at most 20 batches a second).
 */
export interface BridgeParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly isHealthy: () => boolean;
  readonly createTransport: (url: string) => Transport;
}

const SPREAD_PER_VEHICLE_MS = 6;
/** Every vehicle is looked at ten times a second; of a big fleet a quarter at a time. */
const TICK_MS = 25;
const TICKS_PER_ROUND = 4;
const LEAST_PER_TICK = 50;
const QUALITY_MS = 1_000;

export class LiveBridge implements Bridge {
  readonly vehicleApi: VehicleApi;
  readonly #parts: BridgeParts;
  readonly #links: readonly Link[];
  readonly #directory: Directory;
  readonly #recorder: TlogRecorder | null;
  readonly #hub: EventHub;
  readonly #signing: Signing;
  readonly #forwards: Forwards;
  readonly #batcher: ChangeBatcher<Vehicle>;
  readonly #writing = new Set<Promise<void>>();
  readonly #loop = new LoopHealth();
  #health: BridgeHealth = { eventLoopDelayP99Ms: 0, eventLoopDelayMaxMs: 0, busyFraction: 0 };
  #interest: ReadonlySet<VehicleId> | null = null;
  readonly #timers: TimerHandle[] = [];
  #ticks = 1;
  #closing: Promise<void> | null = null;

  constructor(config: BridgeConfig, parts: BridgeParts) {
    checkConfig(config);
    this.#parts = parts;
    const { clock, logger, random } = parts;
    this.#hub = new EventHub(logger);
    const onEvent = (event: BridgeEvent): void => this.#onEvent(event);
    this.vehicleApi = vehicleApi((group, method, args) => this.#callService(group, method, args));
    this.#signing = openSigning(config, { clock, logger });
    this.#forwards = openForwards(config, {
      clock,
      random,
      logger,
      createTransport: parts.createTransport,
      onForwarded: (forwarded) => this.#recordForwarded(forwarded),
    });
    this.#recorder =
      config.recordingDir === null
        ? null
        : new TlogRecorder({ recordingDir: config.recordingDir, clock, logger, onEvent });
    const services = serviceOptions(config, logger);
    this.#directory = new Directory({
      clock,
      logger,
      ourSystemId: config.systemId,
      lostAfterMs: config.lostAfterMs,
      onEvent,
      createVehicle: (vehicleId, source) =>
        new Vehicle({
          vehicleId,
          source,
          clock,
          random,
          logger,
          ourSystemId: config.systemId,
          ourComponentId: config.componentId,
          lostAfterMs: config.lostAfterMs,
          services,
          guardOf: (linkId) => this.#signing.guardOf(linkId),
          detail: this.#detailOf(vehicleId),
          // A whole fleet may come into reach at one moment: 500 vehicles are asked within three seconds.
          spreadMs: Math.max(START_SPREAD_MS, this.#directory.vehicles.size * SPREAD_PER_VEHICLE_MS),
          telemetryRateHz: config.telemetryRateHz,
          onEvent,
          onChange: (vehicle) => this.#batcher.note(vehicle),
        }),
    });
    this.#batcher = new ChangeBatcher({
      clock,
      isCurrent: (vehicle: Vehicle) => this.#directory.vehicles.get(vehicle.vehicleId) === vehicle,
      tell: (states) => this.#hub.emit({ kind: 'vehicles', states }),
    });
    this.#links = config.links.map(
      (link) =>
        new Link({
          config: link,
          systemId: config.systemId,
          componentId: config.componentId,
          clock,
          random,
          logger,
          createTransport: () => parts.createTransport(link.url),
          guard: this.#signing.guardOf(link.linkId),
          onRefused: (from, endpoint, frame, _verdict, atMs) => this.#record(from, endpoint, frame, atMs),
          onFrame: (from, endpoint, frame, atMs) => this.#onFrame(from, endpoint, frame, atMs),
          onSent: (to, endpoint, raw, messageId, targetSystem, atMs) => {
            this.#recordSent(to, endpoint, raw, messageId, targetSystem, atMs);
            this.#forwards.onSent(to, raw, messageId, targetSystem);
          },
          onStatus: (changed) => this.#hub.emit({ kind: 'link', status: changed.status() }),
        }),
    );
  }

  /** Resolves when every link was tried once; one that fails goes on trying by itself. */
  async start(): Promise<void> {
    const { clock, logger } = this.#parts;
    this.#timers.push(
      every(clock, TICK_MS, () => this.#tick()),
      every(clock, QUALITY_MS, () => this.#refreshLinkQuality()),
      startHeartbeat({
        clock,
        links: this.#links,
        isHealthy: this.#parts.isHealthy,
        onSilence: (silent) => {
          if (silent) logger.error('the server is not healthy: no heartbeats to the aircraft');
          else logger.info('the server is healthy: heartbeats are sent');
        },
      }),
    );
    await Promise.all([...this.#links.map((link) => link.start()), this.#forwards.start()]);
  }

  links(): readonly LinkStatus[] {
    return this.#links.map((link) => link.status());
  }

  forwards(): readonly ForwardStatus[] {
    return this.#forwards.statuses();
  }

  health(): BridgeHealth {
    return this.#health;
  }

  vehicles(): readonly VehicleState[] {
    return [...this.#directory.vehicles.values()].map((vehicle) => vehicle.snapshot);
  }

  vehicle(vehicleId: VehicleId): VehicleState | null {
    return this.#directory.vehicles.get(vehicleId)?.snapshot ?? null;
  }

  subscribe(listener: (event: BridgeEvent) => void): () => void {
    return this.#hub.subscribe(listener);
  }

  async setInterest(vehicleIds: readonly VehicleId[] | null): Promise<void> {
    this.#interest = vehicleIds === null ? null : new Set(vehicleIds);
    for (const vehicle of this.#directory.vehicles.values())
      vehicle.setDetail(this.#detailOf(vehicle.vehicleId));
  }

  #detailOf(vehicleId: VehicleId): Detail {
    return this.#interest === null || this.#interest.has(vehicleId) ? 'full' : 'background';
  }

  /** Tells the changes that wait for their batch: of one vehicle, or of all. */
  flush(vehicleId?: VehicleId): void {
    if (vehicleId === undefined) {
      this.#batcher.flush();
      return;
    }
    // While a fleet of hundreds is met there is an event every few milliseconds: each tells its own vehicle only.
    const vehicle = this.#directory.vehicles.get(vehicleId);
    if (vehicle !== undefined) this.#batcher.flushOne(vehicle);
  }

  async uploadMission(
    vehicleId: VehicleId,
    items: readonly MissionItem[],
    onProgress: (progress: TransferProgress) => void = () => {},
  ): Promise<MissionOutcome> {
    const vehicle = this.#directory.vehicles.get(vehicleId);
    if (vehicle === undefined) return { kind: 'not-connected' };
    const outcome = await vehicle.services.plans.uploadMission(items, onProgress);
    this.#logOutcome(vehicleId, 'mission upload', outcome);
    return outcome;
  }

  async downloadMission(vehicleId: VehicleId): Promise<MissionDownloadOutcome> {
    return (
      this.#directory.vehicles.get(vehicleId)?.services.plans.downloadMission() ?? { kind: 'not-connected' }
    );
  }

  async launchMission(
    vehicleId: VehicleId,
    options: { readonly takeoffAltitudeM: number },
    onProgress: (progress: LaunchProgress) => void = () => {},
  ): Promise<CommandOutcome> {
    const vehicle = this.#directory.vehicles.get(vehicleId);
    if (vehicle === undefined) return { kind: 'not-connected' };
    const outcome = await vehicle.operations.launchMission(options, onProgress);
    this.#logOutcome(vehicleId, 'launch', outcome);
    return outcome;
  }

  async resumeMission(vehicleId: VehicleId): Promise<CommandOutcome> {
    const vehicle = this.#directory.vehicles.get(vehicleId);
    if (vehicle === undefined) return { kind: 'not-connected' };
    const outcome = await vehicle.operations.resumeMission();
    this.#logOutcome(vehicleId, 'resume', outcome);
    return outcome;
  }

  hold(vehicleId: VehicleId): Promise<CommandOutcome> {
    return this.#safetyAction(vehicleId, 'hold');
  }

  returnToLaunch(vehicleId: VehicleId): Promise<CommandOutcome> {
    return this.#safetyAction(vehicleId, 'return');
  }

  land(vehicleId: VehicleId): Promise<CommandOutcome> {
    return this.#safetyAction(vehicleId, 'land');
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#loop.close();
    for (const vehicle of this.#directory.vehicles.values()) vehicle.close('shutdown');
    this.#batcher.close();
    await Promise.all([
      ...this.#links.map((link) => link.close()),
      this.#forwards.close(),
      this.#recorder?.close(),
      ...this.#writing,
    ]);
    await this.#signing.close();
  }

  async #safetyAction(vehicleId: VehicleId, action: 'hold' | 'return' | 'land'): Promise<CommandOutcome> {
    const vehicle = this.#directory.vehicles.get(vehicleId);
    if (vehicle === undefined) return { kind: 'not-connected' };
    const outcome = await vehicle.operations.safetyAction(action, action);
    this.#logOutcome(vehicleId, action, outcome);
    return outcome;
  }

  async #callService(group: GroupName, method: string, args: readonly unknown[]): Promise<unknown> {
    const [vehicleId, ...rest] = args;
    const vehicle = this.#directory.vehicles.get(vehicleId as VehicleId);
    if (vehicle === undefined) return { kind: 'not-connected' };
    const service = vehicle.services[group] as unknown as Record<string, (...a: unknown[]) => unknown>;
    return service[method]?.(...rest);
  }

  #onFrame(link: Link, endpoint: string, frame: Frame, atMs: number): void {
    this.#record(link, endpoint, frame, atMs);
    this.#forwards.onFrame(link, endpoint, frame, atMs);
    this.#directory.handle(link, endpoint, frame, atMs);
  }

  /** What was heard is on the record, also what was not believed. */
  #record(link: Link, endpoint: string, frame: Frame, atMs: number): void {
    if (this.#recorder === null) return;
    const vehicle = this.#directory.vehicleAt(link, endpoint, frame.systemId);
    if (vehicle !== null) this.#recorder.frame(vehicle.vehicleId, atMs, frame.raw, frame.messageId);
  }

  /** What the aircraft was set to, beside the recording of its flight; nothing where its list was never fetched. */
  #recordParameters(vehicleId: VehicleId, tlogPath: string): void {
    const snapshot = this.#directory.vehicles.get(vehicleId)?.services.parameters.snapshot() ?? null;
    if (snapshot === null) return;
    const path = tlogPath.replace(/\.tlog$/, '.parameters.json');
    const written: Promise<void> = writeFile(path, JSON.stringify(snapshot, null, 1), { flag: 'wx' })
      .catch((error: unknown) =>
        this.#parts.logger.error(
          { err: error, vehicleId, path },
          'the parameters of a flight were not written',
        ),
      )
      .finally(() => this.#writing.delete(written));
    this.#writing.add(written);
  }

  /** Another ground station's commands to a vehicle belong to that vehicle's record. */
  #recordForwarded({ linkId, endpoint, raw, messageId, targetSystem, atMs }: Forwarded): void {
    const link = this.#links.find((one) => one.linkId === linkId);
    if (link !== undefined) this.#recordSent(link, endpoint, raw, messageId, targetSystem, atMs);
  }

  #recordSent(
    link: Link,
    endpoint: string,
    raw: Buffer,
    messageId: number,
    targetSystem: number | null,
    atMs: number,
  ): void {
    if (this.#recorder === null) return;
    for (const vehicle of this.#directory.vehiclesAtEndpoint(link, endpoint)) {
      if (targetSystem !== null && targetSystem !== vehicle.identity.systemId) continue;
      this.#recorder.frame(vehicle.vehicleId, atMs, raw, messageId);
    }
  }

  #onEvent(event: BridgeEvent): void {
    // The record starts before anybody else hears of it.
    if (event.kind === 'armed') this.#recorder?.armed(event.vehicleId, event.atMs);
    else if (event.kind === 'disarmed') this.#recorder?.disarmed(event.vehicleId);
    else if (event.kind === 'recording-started') this.#recordParameters(event.vehicleId, event.path);
    this.#hub.emit(event);
  }

  #tick(): void {
    const nowMs = this.#heardUntilMs();
    const { vehicles } = this.#directory;
    const turn = this.#ticks++ % TICKS_PER_ROUND;
    if (turn === 0) this.#directory.tick(nowMs);
    const perTick = Math.max(LEAST_PER_TICK, Math.ceil(vehicles.size / TICKS_PER_ROUND));
    let index = 0;
    for (const vehicle of vehicles.values()) {
      if (Math.floor(index++ / perTick) === turn) vehicle.tick(nowMs);
    }
  }

  /** Behind the clock after a stall: an aircraft whose frames still wait is not a silent one. */
  #heardUntilMs(): number {
    const nowMs = this.#parts.clock.nowMs();
    return Math.min(nowMs, ...this.#links.map((link) => link.heardUntilMs(nowMs)));
  }

  #refreshLinkQuality(): void {
    this.#health = this.#loop.look();
    const nowMs = this.#heardUntilMs();
    for (const vehicle of this.#directory.vehicles.values()) vehicle.refreshLinkQuality(nowMs);
  }

  #logOutcome(vehicleId: VehicleId, what: string, outcome: CommandOutcome | MissionOutcome): void {
    const level = outcome.kind === 'done' ? 'info' : 'warn';
    this.#parts.logger[level]({ vehicleId, outcome }, `${what}: ${outcome.kind}`);
  }
}

/** @throws BridgeError: a link URL that cannot be read, a link id used twice, a system id out of range. */
function checkConfig(config: BridgeConfig): void {
  const seen = new Set<string>();
  for (const { linkId, url } of config.links) {
    parseLinkUrl(url);
    if (seen.has(linkId)) {
      throw new BridgeError('config.link-id', `Two links have the id "${linkId}": give each its own.`, {
        linkId,
      });
    }
    seen.add(linkId);
  }
  if (!(Number.isInteger(config.systemId) && config.systemId >= 1 && config.systemId <= 255)) {
    throw new BridgeError('config.system-id', `The system id ${config.systemId} is not within 1–255.`, {
      systemId: config.systemId,
    });
  }
}
