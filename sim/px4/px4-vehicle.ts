import {
  buildMessage,
  CommandAck,
  CommandInt,
  CommandLong,
  CurrentMode,
  Heartbeat,
  type MavLinkData,
  MessageInterval,
  MissionItemReached,
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
import { type Command, commandOfInt, commandOfLong, RESULT } from '../vehicle/command.ts';
import type { OnboardServiceFactory } from '../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, Outbox, type Peer } from '../vehicle/outbox.ts';
import { ServiceRack } from '../vehicle/service-rack.ts';
import type { PayloadCommand, SimulatedVehicle } from '../vehicle/simulated-vehicle.ts';
import type { AircraftTruth, ExecutedCommand } from '../vehicle/truth.ts';
import { Px4Aircraft } from './px4-aircraft.ts';
import { executeCommand } from './px4-commands.ts';
import { EventLog, LEVEL } from './px4-events.ts';
import { Px4Faults } from './px4-faults.ts';
import { Px4MissionServer } from './px4-mission-server.ts';
import { modeOf, NAV } from './px4-modes.ts';
import { offboardSetpointOf } from './px4-offboard.ts';
import { Px4ParameterServer } from './px4-parameter-server.ts';
import { Px4Parameters } from './px4-parameters.ts';
import { receiverCommand } from './px4-receiver.ts';
import { type StreamSet, streamsOf } from './px4-streams.ts';
import { availableMode, buildTelemetry, canSend, type Px4TelemetrySource } from './px4-telemetry.ts';

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

/** Newest entries kept of what was executed. */
const HISTORY = 5000;
const GCS_TYPE = 6;
/** MISSION_CURRENT and a reached item are told once a second, CURRENT_EVENT_SEQUENCE every three. */
const SLOW_EVERY_S = 1;
const SEQUENCE_EVERY_S = 3;
/** How long a reached item is told again (captured: ten times). */
const REACHED_FOR_S = 10;
/** The old SET_MODE message: MAV_CMD_DO_SET_MODE. */
const DO_SET_MODE = 176;

interface PendingCommand {
  readonly command: Command;
  readonly targetComponent: number;
  readonly peer: Peer;
}

/**
 * One simulated PX4 (v1.17, multicopter): messages in, messages out on its channels, time by `step`. As in the real one
 * a receiver answers what is its own (rates, requests) at once, and hands the rest to the commander, which answers in
 * the next step; DO_SET_MODE is answered by both.
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
  readonly #commands: ExecutedCommand[] = [];
  readonly #payload: PayloadCommand[] = [];
  readonly #streams: readonly (readonly [number, number])[];
  #pending: PendingCommand[] = [];
  #aircraft: Px4Aircraft;
  #events: EventLog;
  #missionState = 1;
  #slowInS = SLOW_EVERY_S;
  #sequenceInS = SEQUENCE_EVERY_S;
  #reachedTold = -1;
  #reachedAtS = 0;
  #armedTold = false;
  #modeTold = '';
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
      progress: () => this.#progress(),
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
    return this.#commands;
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
    this.#executePending();
    this.#aircraft.step(dtS);
    this.#faults.step(dtS);
    this.#services.step(dtS);
    this.#announce(dtS);
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
      if (message.type === GCS_TYPE) this.#aircraft.gcsHeard();
    } else if (message instanceof CommandLong) {
      this.#receive(commandOfLong(message), component, peer, channel);
    } else if (message instanceof CommandInt) {
      this.#receive(commandOfInt(message), component, peer, channel);
    } else if (message instanceof SetMode) {
      this.#setMode(message, peer);
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
    this.#aircraft.offboardHeard();
    this.#aircraft.navigator.setOffboard(setpoint);
    return true;
  }

  #handleForComponent(message: MavLinkData, component: number, peer: Peer, wallMs: number): void {
    if (!this.#services.owns(component)) return;
    if (!(message instanceof CommandLong || message instanceof CommandInt)) {
      this.#services.handle(message, peer, component, wallMs);
      return;
    }
    const command = message instanceof CommandLong ? commandOfLong(message) : commandOfInt(message);
    this.#outbox.hold();
    const result =
      this.#faults.refusal(command.command) ??
      this.#services.command(command, component, peer) ??
      RESULT.UNSUPPORTED;
    this.#record(command.command, [...command.params, ...command.tail], result, peer);
    this.#outbox.release(() =>
      this.#outbox.send(peer.channelId, this.#ack(command.command, result, peer), component),
    );
  }

  /** What the receiver itself answers, at once; everything else waits for the next step. */
  #receive(command: Command, targetComponent: number, peer: Peer, channel: Channel): void {
    const refusal = this.#faults.refusal(command.command);
    const nowS = this.#aircraft.state.timeS;
    const own =
      refusal !== null
        ? { result: refusal, messages: [] }
        : receiverCommand(command, {
            setInterval: (messageId, intervalUs) => channel.rates.set(messageId, intervalUs, nowS),
            intervalUs: (messageId) => channel.rates.intervalUs(messageId),
            canSend: (messageId) => canSend(messageId) || this.#services.telemetry(messageId) !== null,
            build: (messageId) => this.#telemetry(messageId, this.#source()),
            availableMode: (index) => availableMode(index, this.#source()),
            interval: (messageId, intervalUs) => buildMessage(MessageInterval, { messageId, intervalUs }),
          });
    if (own === null) {
      if (command.command === DO_SET_MODE) channel.send(this.#ack(DO_SET_MODE, RESULT.ACCEPTED, peer));
      this.#pending.push({ command, targetComponent, peer });
      return;
    }
    this.#record(command.command, [...command.params, ...command.tail], own.result, peer);
    channel.send(this.#ack(command.command, own.result, peer));
    for (const message of own.messages) channel.send(message);
  }

  #executePending(): void {
    if (this.#pending.length === 0) return;
    const due = this.#pending;
    this.#pending = [];
    for (const { command, targetComponent, peer } of due) {
      this.#outbox.hold();
      const outcome =
        this.#services.command(command, targetComponent, peer) ??
        executeCommand(command, {
          aircraft: this.#aircraft,
          say: (severity, text, event, level, ...args) => {
            this.#outbox.say(severity, `${text}\t`);
            this.#events.say(event, level, ...args);
          },
          reboot: () => {
            this.#rebootDue = true;
          },
        });
      const params = [...command.params, ...command.tail];
      // Nobody answers: for the truth it is "unsupported".
      this.#record(command.command, params, outcome === 'silent' ? RESULT.UNSUPPORTED : outcome, peer);
      this.#outbox.release(() => {
        if (outcome === 'silent') return;
        this.#outbox.send(peer.channelId, this.#ack(command.command, outcome, peer));
      });
    }
  }

  /** The old SET_MODE message carries the whole custom mode; it is not answered. */
  #setMode(message: SetMode, peer: Peer): void {
    const { baseMode, customMode } = message;
    const params = [baseMode, (customMode >>> 16) & 0xff, customMode >>> 24, 0] as const;
    const command: Command = { command: DO_SET_MODE, params, position: null, tail: [0, 0, 0] };
    this.#pending.push({ command, targetComponent: 0, peer: { ...peer, channelId: 0 } });
  }

  #ack(command: number, result: number, peer: Peer): CommandAck {
    const { systemId: targetSystem, componentId: targetComponent } = peer;
    return buildMessage(CommandAck, { command, result, targetSystem, targetComponent });
  }

  #record(command: number, params: readonly number[], result: number, peer: Peer): void {
    if (this.#commands.length >= HISTORY) this.#commands.shift();
    const atS = this.#aircraft.state.timeS;
    this.#commands.push({ atS, fromSystemId: peer.systemId, command, params, result });
  }

  /** What comes by itself, besides the streams. */
  #announce(dtS: number): void {
    const { armed, navigator, nav, commander } = this.#aircraft;
    if (armed !== this.#armedTold) {
      this.#armedTold = armed;
      this.#services.armed(armed);
    }
    const { reached } = navigator.mission;
    if (reached !== this.#reachedTold) {
      this.#reachedTold = reached;
      this.#reachedAtS = this.#aircraft.state.timeS;
      if (reached >= 0) this.#outbox.broadcast(buildMessage(MissionItemReached, { seq: reached }));
    }
    const mode = `${nav} ${commander.intended}`;
    if (mode !== this.#modeTold) {
      this.#modeTold = mode;
      this.#broadcast(CurrentMode.MSG_ID);
    }
    this.#slowInS -= dtS;
    if (this.#slowInS <= 0) {
      this.#slowInS += SLOW_EVERY_S;
      this.#outbox.broadcast(this.missionServer.missionCurrent());
      const isNews = this.#aircraft.state.timeS - this.#reachedAtS <= REACHED_FOR_S;
      if (reached >= 0 && isNews) this.#outbox.broadcast(buildMessage(MissionItemReached, { seq: reached }));
    }
    this.#sequenceInS -= dtS;
    if (this.#sequenceInS > 0) return;
    this.#sequenceInS += SEQUENCE_EVERY_S;
    const current = this.#events.current();
    if (current !== null) this.#outbox.broadcast(current);
  }

  /** MISSION_CURRENT as mavlink_mission.cpp makes it (update_mission_state): one state can last over several modes. */
  #progress(): { readonly seq: number; readonly state: number; readonly mode: number } {
    const { nav, navigator, missionOk } = this.#aircraft;
    const { mission } = navigator;
    const isActive = nav === NAV.MISSION || nav === NAV.TAKEOFF || nav === NAV.LAND;
    if (this.missionServer.list(0).length === 0 || !missionOk) this.#missionState = 1;
    else if (mission.finished) this.#missionState = 5;
    else if (isActive) this.#missionState = 3;
    else if (mission.reached >= 0) this.#missionState = 4;
    else if (mission.seq < 1) this.#missionState = 2;
    return { seq: mission.seq, state: this.#missionState, mode: isActive ? 1 : 2 };
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
    this.#pending = [];
    this.#reachedTold = -1;
    this.#armedTold = false;
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
