import {
  CommandInt,
  CommandLong,
  CurrentMode,
  Heartbeat,
  type MavLinkData,
  RequestEvent,
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
import { Px4Aircraft } from './px4-aircraft.ts';
import { Px4Announcements } from './px4-announcements.ts';
import { Px4CommandDesk } from './px4-command-desk.ts';
import { EventLog, LEVEL } from './px4-events.ts';
import { Px4Faults } from './px4-faults.ts';
import { Px4MissionServer } from './px4-mission-server.ts';
import { modeOf } from './px4-modes.ts';
import { offboardSetpointOf } from './px4-offboard.ts';
import { Px4ParameterServer } from './px4-parameter-server.ts';
import { Px4Parameters } from './px4-parameters.ts';
import { type StreamSet, streamsOf } from './px4-streams.ts';
import { availableMode, buildTelemetry, canSend } from './px4-telemetry.ts';
import type { Px4TelemetrySource } from './px4-telemetry-source.ts';

export interface Px4Options {
  readonly systemId: number;
  readonly start: GeoPoint;
  readonly seed: number;
  /** Seconds from power-on until it can be armed; the real one takes 6–10. */
  readonly startupS: number;
  readonly wind: Wind;
  readonly uid2: readonly number[];
  readonly bootEpochMs: number;
  readonly parameters?: Readonly<Record<string, number>>;
  /** What flows without being asked for; default `sitl`, about 370 messages a second. */
  readonly streams?: StreamSet;
  /** What is aboard besides flying; default nothing. */
  readonly services?: readonly OnboardServiceFactory[];
}

/** Newest payload commands kept. */
const HISTORY = 5000;
const GCS_TYPE = 6;
/**
 * One simulated PX4 (v1.17, multicopter): messages in, messages out on its channels, time by `step`.
 */
export class Px4Vehicle implements SimulatedVehicle {
  readonly systemId: number;
  readonly parameters: Px4Parameters;
  readonly missionServer: Px4MissionServer;
  readonly #options: Px4Options;
  readonly #outbox: Outbox;
  readonly #parameterServer: Px4ParameterServer;
  readonly #services: ServiceRack;
  readonly #faults: Px4Faults;
  readonly #desk: Px4CommandDesk;
  readonly #payload: PayloadCommand[] = [];
  readonly #streams: readonly (readonly [number, number])[];
  readonly #announcements: Px4Announcements;
  #aircraft: Px4Aircraft;
  #events: EventLog;
  #rebootDue = false;
  #bootEpochMs: number;

  constructor(options: Px4Options) {
    this.#options = options;
    this.#bootEpochMs = options.bootEpochMs;
    this.#streams = streamsOf(options.streams ?? 'sitl');
    this.systemId = options.systemId;
    this.parameters = new Px4Parameters({ ...options.parameters, MAV_SYS_ID: options.systemId });
    this.#outbox = new Outbox(options.systemId, drawRandom(options.seed).value);
    this.#parameterServer = new Px4ParameterServer(this.parameters, (channelId, message) =>
      this.#outbox.send(channelId, message),
    );
    this.#announcements = new Px4Announcements({
      broadcast: (message) => this.#outbox.broadcast(message),
      missionCurrent: () => this.missionServer.missionCurrent(),
      eventSequence: () => this.#events.current(),
      currentMode: () => this.#telemetry(CurrentMode.MSG_ID, this.#source()),
      armed: (isArmed) => this.#services.armed(isArmed),
    });
    this.missionServer = new Px4MissionServer({
      send: (message, to) => {
        if (to.channelId === undefined) this.#outbox.broadcast(message);
        else this.#outbox.send(to.channelId, message);
      },
      text: (severity, text) => this.#outbox.say(severity, `${text}\t`),
      event: (name) => this.#events.say(name, LEVEL.ERROR),
      stored: (type, currentSeq) => {
        if (type === 0) this.#aircraft.missionChanged(currentSeq);
        else if (type === 1) this.#aircraft.fenceChanged();
      },
      setCurrent: (seq) => this.#aircraft.navigator.mission.setCurrent(seq, this.#aircraft.seen()),
      progress: () => this.#announcements.progress(this.#aircraft),
    });
    this.missionServer.saysBusyToOthers = false;
    this.#services = new ServiceRack(options.services ?? [], {
      systemId: options.systemId,
      seed: options.seed,
      bootEpochMs: () => this.#bootEpochMs,
      truth: () => this.truth,
      attitudeRad: () => {
        const { rollRad, pitchRad, yawRad } = this.#aircraft.state;
        return { roll: rollRad, pitch: pitchRad, yaw: yawRad };
      },
      parameter: (name) => this.parameters.byName(name)?.value ?? null,
      parameters: () => this.parameters.all(),
      stored: (type) => this.missionServer.list(type),
      send: (to, message, componentId) => this.#outbox.send(to.channelId, message, componentId),
      broadcast: (message, componentId) => this.#outbox.broadcast(message, componentId),
      text: (severity, text) => this.#outbox.say(severity, text),
    });
    this.#desk = new Px4CommandDesk({
      outbox: this.#outbox,
      services: this.#services,
      faults: () => this.#faults,
      aircraft: () => this.#aircraft,
      canSend: (messageId) => canSend(messageId) || this.#services.telemetry(messageId) !== null,
      build: (messageId) => this.#telemetry(messageId, this.#source()),
      availableMode: (index) => availableMode(index, this.#source()),
      say: (severity, text, event, level, ...args) => {
        this.#outbox.say(severity, `${text}\t`);
        this.#events.say(event, level, ...args);
      },
      reboot: () => {
        this.#rebootDue = true;
      },
    });
    this.#events = this.#newEvents();
    this.#aircraft = this.#powerOn(options.start, 1);
    this.#faults = new Px4Faults({
      aircraft: () => this.#aircraft,
      missions: this.missionServer,
      reboot: () => {
        this.#rebootDue = true;
      },
      services: this.#services,
    });
  }

  get aircraft(): Px4Aircraft {
    return this.#aircraft;
  }

  get commands(): readonly ExecutedCommand[] {
    return this.#desk.executed;
  }

  get payloadCommands(): readonly PayloadCommand[] {
    return this.#payload;
  }

  get truth(): AircraftTruth {
    const aircraft = this.#aircraft;
    const { state } = aircraft;
    return {
      ...aircraft.frame.toGeo(state),
      relativeAltitudeM: aircraft.heightAboveHomeM,
      groundSpeedMps: Math.hypot(state.velEastMps, state.velNorthMps),
      climbMps: state.velUpMps,
      headingDeg: (state.yawRad * 180) / Math.PI,
      armed: aircraft.armed,
      landed: aircraft.landed,
      mode: modeOf(aircraft.nav).name,
      batteryPct: remainingFraction(state.battery) * 100,
      timeS: state.timeS,
      missionSeq: aircraft.navigator.mission.seq,
      readyToArm: aircraft.isReady,
    };
  }

  stored(type: 0 | 1 | 2): readonly MissionItem[] {
    return this.missionServer.list(type);
  }

  openChannel(transmit: (bytes: Buffer) => void): Channel {
    const channel = this.#outbox.openChannel(transmit);
    this.#startStreams(channel);
    return channel;
  }

  closeChannel(channel: Channel): void {
    this.#outbox.closeChannel(channel);
  }

  step(dtS: number): void {
    if (this.#rebootDue) this.#reboot();
    this.#desk.executePending();
    this.#aircraft.step(dtS);
    this.#faults.step(dtS);
    this.#services.step(dtS);
    this.#announcements.step(dtS, this.#aircraft);
    const nowS = this.#aircraft.state.timeS;
    const source = this.#source();
    for (const channel of this.#outbox.channels) {
      channel.rates.emitDue(nowS, dtS, (messageId) => {
        const message = this.#telemetry(messageId, source);
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
    if (component > AUTOPILOT_COMPONENT) {
      this.#handleForComponent(message, component, peer, wallMs);
    } else if (message instanceof Heartbeat) {
      if (message.type === GCS_TYPE) this.#aircraft.links.gcsHeard();
    } else if (message instanceof CommandLong) {
      this.#desk.receive(commandOfLong(message), component, peer, channel);
    } else if (message instanceof CommandInt) {
      this.#desk.receive(commandOfInt(message), component, peer, channel);
    } else if (message instanceof SetMode) {
      this.#desk.receiveSetMode(message, peer);
    } else if (message instanceof RequestEvent) {
      for (const answer of this.#events.answer(message, peer)) channel.send(answer);
    } else if (!this.#takesSetpoint(message) && !this.#services.handle(message, peer, component, wallMs)) {
      if (!this.missionServer.handle(message, peer, wallMs)) {
        this.#parameterServer.handle(message, channel.id);
      }
    }
  }

  inject(fault: VehicleFault): boolean {
    return this.#faults.inject(fault);
  }

  clearFault(kind: FaultKind): void {
    this.#faults.clear(kind);
  }

  setParameter(name: string, value: number): void {
    this.parameters.put(name, value);
  }

  #takesSetpoint(message: MavLinkData): boolean {
    const setpoint = offboardSetpointOf(message, this.#aircraft.frame, this.#aircraft.home);
    if (setpoint === null) return false;
    this.#aircraft.links.offboardHeard();
    this.#aircraft.navigator.setOffboard(setpoint);
    return true;
  }

  #handleForComponent(message: MavLinkData, component: number, peer: Peer, wallMs: number): void {
    if (!this.#services.owns(component)) return;
    if (message instanceof CommandLong) {
      this.#desk.receiveForService(commandOfLong(message), component, peer);
    } else if (message instanceof CommandInt) {
      this.#desk.receiveForService(commandOfInt(message), component, peer);
    } else this.#services.handle(message, peer, component, wallMs);
  }

  #newEvents(): EventLog {
    return new EventLog({
      bootMs: () => Math.round(this.#aircraft.state.timeS * 1000),
      broadcast: (message) => this.#outbox.broadcast(message),
    });
  }

  #powerOn(start: GeoPoint, batteryFraction: number): Px4Aircraft {
    const { seed, startupS, wind } = this.#options;
    return new Px4Aircraft({
      start,
      seed,
      startupS,
      wind,
      batteryFraction,
      parameters: this.parameters,
      events: this.#events,
      stored: (type) => this.missionServer.list(type),
      objections: () => this.#services.armingObjections(),
      text: (severity, text) => this.#outbox.say(severity, text),
      passing: (seq, item) => this.#passing(seq, item),
      homeSet: () => this.#broadcast(242),
    });
  }

  /** Plans and parameters survive (they are on the card of the real one); clock, home, mode and rates do not. */
  #reboot(): void {
    this.#rebootDue = false;
    const { state, frame } = this.#aircraft;
    this.#bootEpochMs += Math.round(state.timeS * 1000);
    this.#desk.restarted();
    this.#announcements.restarted();
    this.#events = this.#newEvents();
    this.#aircraft = this.#powerOn(frame.toGeo(state), remainingFraction(state.battery));
    this.#aircraft.fenceChanged();
    this.#aircraft.missionChanged(0);
    for (const channel of this.#outbox.channels) {
      channel.rates.reset();
      this.#startStreams(channel);
    }
    this.#faults.rebooted();
    this.#services.rebooted();
  }

  /** Each with a phase of its own, so that they do not all come at once. */
  #startStreams(channel: Channel): void {
    const nowS = this.#aircraft.state.timeS;
    for (const [index, [messageId, intervalUs]] of this.#streams.entries()) {
      channel.rates.set(messageId, intervalUs, nowS + ((index * 0.037) % 1) * Math.min(1, intervalUs / 1e6));
    }
  }

  #passing(seq: number, item: MissionItem): void {
    if (this.#payload.length >= HISTORY) this.#payload.shift();
    this.#payload.push({ atS: this.#aircraft.state.timeS, seq, item });
    this.#services.missionItem(seq, item);
  }

  #broadcast(messageId: number): void {
    const message = this.#telemetry(messageId, this.#source());
    if (message !== null) this.#outbox.broadcast(message);
  }

  #telemetry(messageId: number, source: Px4TelemetrySource): MavLinkData | null {
    return canSend(messageId) ? buildTelemetry(messageId, source) : this.#services.telemetry(messageId);
  }

  #source(): Px4TelemetrySource {
    return {
      aircraft: this.#aircraft,
      missions: this.missionServer,
      uid2: this.#options.uid2,
      bootEpochMs: this.#bootEpochMs,
      addedCapabilities: this.#services.capabilities,
      lowCell: this.#faults.lowCell,
    };
  }
}
