import {
  buildMessage,
  CommandInt,
  CommandLong,
  Heartbeat,
  type MavLinkData,
  MissionItemReached,
  RequestDataStream,
  SetMode,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { Wind } from '../aircraft/aircraft-state.ts';
import { remainingFraction } from '../aircraft/battery.ts';
import type { GeoPoint } from '../aircraft/local-frame.ts';
import type { FaultKind, VehicleFault } from '../faults/model.ts';
import { drawRandom } from '../prng.ts';
import type { Channel } from '../vehicle/channel.ts';
import { commandOfInt, commandOfLong } from '../vehicle/command.ts';
import type { OnboardServiceFactory } from '../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, Outbox, type Peer } from '../vehicle/outbox.ts';
import { ServiceRack } from '../vehicle/service-rack.ts';
import type { PayloadCommand, SimulatedVehicle } from '../vehicle/simulated-vehicle.ts';
import type { AircraftTruth, ExecutedCommand } from '../vehicle/truth.ts';
import { AutopilotFaults } from './autopilot-faults.ts';
import { availableModes } from './available-modes.ts';
import { CommandDesk } from './command-desk.ts';
import { copterFirmware } from './copter/copter-firmware.ts';
import type { CopterFlight } from './copter/copter-flight.ts';
import { messagesOfStream } from './data-streams.ts';
import type { Firmware, Flight } from './firmware.ts';
import { MISSION_TYPE, type StoredType } from './mission-items.ts';
import { MissionServer } from './mission-server.ts';
import { MissionStore } from './mission-store.ts';
import { ParameterServer } from './parameter-server.ts';
import { ParameterTable } from './parameters.ts';
import { startupTimes } from './startup.ts';
import { buildTelemetry, canSend } from './telemetry.ts';
import type { TelemetrySource } from './telemetry-source.ts';

export interface AutopilotOptions {
  readonly systemId: number;
  readonly start: GeoPoint;
  readonly seed: number;
  /** Seconds from power-on until it can be armed. */
  readonly startupS: number;
  readonly wind: Wind;
  readonly uid2: readonly number[];
  readonly bootEpochMs: number;
  readonly missionCapacity: number;
  readonly parameters?: Readonly<Record<string, number>>;
  /** What is aboard besides flying; default nothing. */
  readonly services?: readonly OnboardServiceFactory[];
}

/** Newest entries kept of what was executed; a day of operation fits many times. */
const HISTORY = 5000;
/** Parameters that count what is stored; the real one announces each change. */
const TOTALS: Readonly<Record<StoredType, string>> = { 0: 'MIS_TOTAL', 1: 'FENCE_TOTAL', 2: 'RALLY_TOTAL' };

/**
 * One simulated ArduPilot: messages in, messages out on its channels, time by `step`. What it flies like is its
 * firmware's; this is what all of them have in common on the wire.
 */
export class ArduPilot<F extends Flight> implements SimulatedVehicle {
  readonly systemId: number;
  readonly parameters: ParameterTable;
  readonly missions: MissionStore;
  readonly missionServer: MissionServer;
  readonly #firmware: Firmware<F>;
  readonly #options: AutopilotOptions;
  readonly #outbox: Outbox;
  readonly #parameterServer: ParameterServer;
  readonly #services: ServiceRack;
  readonly #faults: AutopilotFaults;
  readonly #desk: CommandDesk;
  readonly #payload: PayloadCommand[] = [];
  #flight: F;
  #source: TelemetrySource;
  #rebootDue = false;
  #modeShown = 0;
  #armedShown = false;
  #bootEpochMs: number;

  constructor(options: AutopilotOptions, firmware: Firmware<F>) {
    this.#options = options;
    this.#firmware = firmware;
    this.#bootEpochMs = options.bootEpochMs;
    this.systemId = options.systemId;
    this.parameters = new ParameterTable(firmware.parameters, {
      ...options.parameters,
      MAV_SYSID: options.systemId,
    });
    this.missions = new MissionStore(options.missionCapacity);
    this.#outbox = new Outbox(options.systemId, drawRandom(options.seed).value);
    this.#parameterServer = new ParameterServer(this.parameters, {
      send: (channelId, message) => this.#outbox.send(channelId, message),
      written: (name) => this.#flight.parameterWritten(name),
    });
    this.missionServer = new MissionServer({
      store: this.missions,
      dialect: firmware.dialect,
      isReady: () => this.#flight.ready,
      isRunning: () => this.#flight.armed && this.#flight.mission.isRunning,
      currentSeq: () => this.#flight.mission.seq,
      send: (to, message) => this.#outbox.send(to.channelId, message),
      text: (severity, text) => this.#outbox.say(severity, text),
      onChanged: (type) => this.#missionChanged(type),
      setCurrent: (seq) => this.#flight.mission.setCurrent(seq),
      broadcast: (messageId) => this.#broadcastTelemetry(messageId),
    });
    this.#services = this.#aboard();
    this.#faults = new AutopilotFaults(options.wind, {
      flight: () => this.#flight,
      missionServer: this.missionServer,
      service: (fault, isActive) => this.#services.fault(fault, isActive),
      reboot: () => {
        this.#rebootDue = true;
      },
    });
    this.#desk = new CommandDesk({
      outbox: this.#outbox,
      services: this.#services,
      flight: () => this.#flight,
      refusal: (command) => this.#faults.refusal(command),
      canSend: (messageId) => canSend(messageId) || this.#services.telemetry(messageId) !== null,
      telemetry: (messageId) => this.#telemetry(messageId),
      availableModes: (index) => this.#availableModes(index),
      announceMode: () => this.#announceMode(),
      reboot: () => {
        this.#rebootDue = true;
      },
    });
    this.#flight = this.#powerOn(options.start, 1);
    this.#source = this.#sourceOf(this.#flight);
    this.#modeShown = this.#flight.mode;
  }

  get flight(): F {
    return this.#flight;
  }

  get commands(): readonly ExecutedCommand[] {
    return this.#desk.executed;
  }

  get payloadCommands(): readonly PayloadCommand[] {
    return this.#payload;
  }

  get truth(): AircraftTruth {
    const flight = this.#flight;
    const { state } = flight;
    return {
      ...flight.frame.toGeo(state),
      relativeAltitudeM: flight.home === null ? 0 : state.upM - flight.home.upM,
      groundSpeedMps: Math.hypot(state.velEastMps, state.velNorthMps),
      climbMps: state.velUpMps,
      headingDeg: (state.yawRad * 180) / Math.PI,
      armed: flight.armed,
      landed: flight.landed,
      mode: flight.modeName,
      batteryPct: remainingFraction(state.battery) * 100,
      timeS: state.timeS,
      missionSeq: flight.mission.seq,
      readyToArm: flight.positionOk && flight.prearmObjections().length === 0,
    };
  }

  stored(type: StoredType): readonly MissionItem[] {
    return this.missions.list(type);
  }

  openChannel(transmit: (bytes: Buffer) => void): Channel {
    return this.#outbox.openChannel(transmit);
  }

  closeChannel(channel: Channel): void {
    this.#outbox.closeChannel(channel);
  }

  step(dtS: number): void {
    if (this.#rebootDue) this.#reboot();
    this.#flight.step(dtS);
    const nowS = this.#flight.state.timeS;
    this.#faults.step(dtS);
    this.#services.step(dtS);
    this.#announceMode();
    this.#announceArmed();
    for (const channel of this.#outbox.channels) {
      channel.rates.emitDue(nowS, dtS, (messageId) => {
        const message = this.#telemetry(messageId);
        if (message !== null) channel.send(message);
      });
    }
  }

  tickProtocol(wallMs: number): void {
    this.missionServer.tick(wallMs);
    this.#parameterServer.tick();
    this.#services.tick(wallMs);
  }

  flush(): void {
    this.#outbox.flush();
  }

  /** What is addressed to others is ignored; what is for a component of a service goes to that alone. */
  handle(
    message: MavLinkData,
    systemId: number,
    componentId: number,
    channel: Channel,
    wallMs: number,
  ): void {
    const target = message as Partial<{ targetSystem: number; targetComponent: number }>;
    const system = target.targetSystem ?? 0;
    const component = target.targetComponent ?? 0;
    if (system !== 0 && system !== this.systemId) return;
    const peer: Peer = { systemId, componentId, channelId: channel.id };
    if (component > AUTOPILOT_COMPONENT) this.#desk.handleForComponent(message, component, peer, wallMs);
    else if (message instanceof Heartbeat) {
      if (systemId === this.parameters.number('MAV_GCS_SYSID')) this.#flight.gcsHeard();
    } else if (message instanceof CommandLong)
      this.#desk.execute(commandOfLong(message), component, peer, channel);
    else if (message instanceof CommandInt)
      this.#desk.execute(commandOfInt(message), component, peer, channel);
    else if (message instanceof SetMode) this.#desk.setMode(message, peer, channel);
    else if (message instanceof RequestDataStream) this.#requestStream(message, channel);
    else if (this.#services.handle(message, peer, component, wallMs)) return;
    else if (this.missionServer.handle(message, peer, wallMs)) return;
    else if (!this.#flight.handle(message)) this.#parameterServer.handle(message, channel.id);
  }

  inject(fault: VehicleFault): boolean {
    return this.#faults.inject(fault);
  }

  clearFault(kind: FaultKind): void {
    this.#faults.clear(kind);
  }

  setParameter(name: string, value: number): void {
    if (this.parameters.put(name, value) === null) {
      throw new RangeError(`no parameter ${name} in the simulated aircraft`);
    }
    this.#flight.parameterWritten(name);
  }

  #aboard(): ServiceRack {
    const { services, systemId, seed } = this.#options;
    return new ServiceRack(services ?? [], {
      systemId,
      seed,
      bootEpochMs: () => this.#bootEpochMs,
      truth: () => this.truth,
      attitudeRad: () => {
        const { rollRad, pitchRad, yawRad } = this.#flight.state;
        return { roll: rollRad, pitch: pitchRad, yaw: yawRad };
      },
      parameter: (name) => this.parameters.byName(name)?.value ?? null,
      parameters: () => this.parameters.all(),
      stored: (type) => this.missions.list(type),
      send: (to, message, componentId) => this.#outbox.send(to.channelId, message, componentId),
      broadcast: (message, componentId) => this.#outbox.broadcast(message, componentId),
      text: (severity, text) => this.#outbox.say(severity, text),
    });
  }

  #requestStream(message: RequestDataStream, channel: Channel): void {
    if (message.startStop > 1) return;
    const rateHz = message.startStop === 1 ? message.reqMessageRate : 0;
    const intervalUs = rateHz > 0 ? 1e6 / rateHz : -1;
    for (const messageId of messagesOfStream(message.reqStreamId)) {
      if (canSend(messageId) || this.#services.telemetry(messageId) !== null)
        channel.rates.set(messageId, intervalUs, this.#flight.state.timeS);
    }
  }

  #announceMode(): void {
    if (this.#modeShown === this.#flight.mode) return;
    this.#modeShown = this.#flight.mode;
    this.#broadcastTelemetry(0);
  }

  #announceArmed(): void {
    if (this.#armedShown === this.#flight.armed) return;
    this.#armedShown = this.#flight.armed;
    this.#services.armed(this.#armedShown);
  }

  #missionChanged(type: StoredType): void {
    this.#announceTotal(type);
    if (type === MISSION_TYPE.MISSION) this.#flight.mission.listChanged();
  }

  #announceTotal(type: StoredType): void {
    const name = TOTALS[type];
    const total = this.missions.list(type).length;
    if (this.parameters.number(name) === total) return;
    this.parameters.put(name, total);
    const announcement = this.#parameterServer.announcement(name);
    if (announcement !== null) this.#outbox.broadcast(announcement);
  }

  #powerOn(start: GeoPoint, batteryFraction: number): F {
    const { seed, startupS } = this.#options;
    const { parameters, missions } = this;
    return this.#firmware.createFlight({
      start,
      seed,
      batteryFraction,
      startup: startupTimes(startupS),
      wind: () => this.#faults.wind,
      parameters,
      missions,
      armingObjections: () => this.#services.armingObjections(),
      terrain: this.#services.terrain,
      events: {
        text: (severity, text) => this.#outbox.say(severity, text),
        homeSet: () => this.#homeSet(),
        itemReached: (seq) => this.#outbox.broadcast(buildMessage(MissionItemReached, { seq })),
        payloadCommand: (seq, item) => this.#payloadCommand(seq, item),
        announce: (messageId) => this.#broadcastTelemetry(messageId),
      },
    });
  }

  /** Missions and parameters survive (they are in the real one's EEPROM); clock, home, mode and rates do not. */
  #reboot(): void {
    this.#rebootDue = false;
    for (const channel of this.#outbox.channels) channel.rates.reset();
    const { state, frame } = this.#flight;
    this.#bootEpochMs += Math.round(state.timeS * 1000);
    this.#flight = this.#powerOn(frame.toGeo(state), remainingFraction(state.battery));
    this.#source = this.#sourceOf(this.#flight);
    this.#faults.reapply();
    this.parameters.put('STAT_BOOTCNT', this.parameters.number('STAT_BOOTCNT') + 1);
    this.#services.rebooted();
  }

  #payloadCommand(seq: number, item: MissionItem): void {
    if (this.#payload.length >= HISTORY) this.#payload.shift();
    this.#payload.push({ atS: this.#flight.state.timeS, seq, item });
    this.#services.missionItem(seq, item);
  }

  #homeSet(): void {
    // Home is item 0 of the mission and exists from now on.
    this.#announceTotal(MISSION_TYPE.MISSION);
    this.#broadcastTelemetry(49);
    this.#broadcastTelemetry(242);
  }

  #availableModes(index: number): readonly MavLinkData[] {
    return availableModes(this.#firmware.modes, index);
  }

  #broadcastTelemetry(messageId: number): void {
    const message = this.#telemetry(messageId);
    if (message !== null) this.#outbox.broadcast(message);
  }

  #telemetry(messageId: number): MavLinkData | null {
    return canSend(messageId) ? buildTelemetry(messageId, this.#source) : this.#services.telemetry(messageId);
  }

  #sourceOf(flight: Flight): TelemetrySource {
    return {
      flight,
      firmware: this.#firmware,
      missions: this.missions,
      parameters: this.parameters,
      uid2: this.#options.uid2,
      bootEpochMs: this.#bootEpochMs,
      wind: () => this.#faults.wind,
      addedCapabilities: () => this.#services.capabilities,
    };
  }
}

/** The simulated ArduCopter. */
export class Autopilot extends ArduPilot<CopterFlight> {
  constructor(options: AutopilotOptions) {
    super(options, copterFirmware);
  }
}
