import {
  buildMessage,
  CommandAck,
  CommandInt,
  CommandLong,
  Heartbeat,
  type MavLinkData,
  MissionItemReached,
  SetMode,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { Wind } from '../aircraft/aircraft-state.ts';
import { remainingFraction } from '../aircraft/battery.ts';
import type { GeoPoint } from '../aircraft/local-frame.ts';
import { FaultSwitches } from '../faults/fault-switches.ts';
import type { FaultKind, VehicleFault } from '../faults/model.ts';
import { drawRandom } from '../prng.ts';
import type { Channel } from '../vehicle/channel.ts';
import { type Command, commandOfInt, commandOfLong, RESULT } from '../vehicle/command.ts';
import type { OnboardServiceFactory } from '../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, Outbox, type Peer } from '../vehicle/outbox.ts';
import { ServiceRack } from '../vehicle/service-rack.ts';
import type { PayloadCommand, SimulatedVehicle } from '../vehicle/simulated-vehicle.ts';
import type { AircraftTruth, ExecutedCommand } from '../vehicle/truth.ts';
import { executeCommand } from './commands.ts';
import { FlightController } from './flight-controller.ts';
import { MISSION_TYPE, type StoredType } from './mission-items.ts';
import { MissionServer } from './mission-server.ts';
import { MissionStore } from './mission-store.ts';
import { COPTER_MODE, modeName } from './modes.ts';
import { ParameterServer } from './parameter-server.ts';
import { ParameterTable } from './parameters.ts';
import { startupTimes } from './startup.ts';
import { buildTelemetry, canSend, type TelemetrySource } from './telemetry.ts';

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

/** One simulated ArduCopter: messages in, messages out on its channels, time by `step`. */
export class Autopilot implements SimulatedVehicle {
  readonly systemId: number;
  readonly parameters: ParameterTable;
  readonly missions: MissionStore;
  readonly #options: AutopilotOptions;
  readonly #outbox: Outbox;
  readonly #missionServer: MissionServer;
  readonly #parameterServer: ParameterServer;
  readonly #services: ServiceRack;
  readonly #faults = new FaultSwitches((fault, isActive) => this.#switchFault(fault, isActive));
  readonly #commands: ExecutedCommand[] = [];
  readonly #payload: PayloadCommand[] = [];
  #flight: FlightController;
  #rebootDue = false;
  #modeShown: number = COPTER_MODE.STABILIZE;
  #armedShown = false;
  #refusals: { readonly command: number; readonly result: number; times: number }[] = [];
  #bootEpochMs: number;

  constructor(options: AutopilotOptions) {
    this.#options = options;
    this.#bootEpochMs = options.bootEpochMs;
    this.systemId = options.systemId;
    this.parameters = new ParameterTable({ ...options.parameters, MAV_SYSID: options.systemId });
    this.missions = new MissionStore(options.missionCapacity);
    this.#outbox = new Outbox(options.systemId, drawRandom(options.seed).value);
    this.#parameterServer = new ParameterServer(this.parameters, (channelId, message) =>
      this.#outbox.send(channelId, message),
    );
    this.#missionServer = new MissionServer({
      store: this.missions,
      isReady: () => this.#flight.ready,
      isRunning: () => this.#flight.mission.status === 'active',
      send: (to, message) => this.#outbox.send(to.channelId, message),
      text: (severity, text) => this.#outbox.say(severity, text),
      onChanged: (type) => this.#missionChanged(type),
      setCurrent: (seq) => this.#flight.mission.setCurrent(seq, this.#flight.state),
      broadcast: (messageId) => this.#broadcastTelemetry(messageId),
    });
    this.#services = new ServiceRack(options.services ?? [], {
      systemId: options.systemId,
      seed: options.seed,
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
    this.#flight = this.#powerOn(options.start, 1);
  }

  get flight(): FlightController {
    return this.#flight;
  }

  get commands(): readonly ExecutedCommand[] {
    return this.#commands;
  }

  get payloadCommands(): readonly PayloadCommand[] {
    return this.#payload;
  }

  get missionServer(): MissionServer {
    return this.#missionServer;
  }

  get truth(): AircraftTruth {
    const flight = this.#flight;
    const { state } = flight;
    return {
      ...flight.frame.toGeo(state),
      relativeAltitudeM: flight.heightAboveHomeM,
      groundSpeedMps: Math.hypot(state.velEastMps, state.velNorthMps),
      climbMps: state.velUpMps,
      headingDeg: (state.yawRad * 180) / Math.PI,
      armed: flight.armed,
      landed: flight.landed,
      mode: modeName(flight.mode),
      batteryPct: remainingFraction(state.battery) * 100,
      timeS: state.timeS,
      missionSeq: flight.mission.seq,
      readyToArm: flight.prearmObjections().length === 0,
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
    const source = this.#source();
    for (const channel of this.#outbox.channels) {
      channel.rates.emitDue(nowS, dtS, (messageId) => {
        const message = this.#telemetry(messageId, source);
        if (message !== null) channel.send(message);
      });
    }
  }

  tickProtocol(wallMs: number): void {
    this.#missionServer.tick(wallMs);
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
      if (systemId === this.parameters.number('MAV_GCS_SYSID')) this.#flight.gcsHeard();
    } else if (message instanceof CommandLong) {
      this.#execute(commandOfLong(message), component, peer, channel);
    } else if (message instanceof CommandInt) {
      this.#execute(commandOfInt(message), component, peer, channel);
    } else if (message instanceof SetMode) {
      this.#setMode(message, peer, channel);
    } else if (!this.#services.handle(message, peer, component, wallMs)) {
      if (!this.#missionServer.handle(message, peer, wallMs))
        this.#parameterServer.handle(message, channel.id);
    }
  }

  inject(fault: VehicleFault): boolean {
    switch (fault.kind) {
      case 'battery':
        this.#flight.setBatteryFraction(fault.remainingPct / 100);
        return true;
      case 'reboot':
        this.#rebootDue = true;
        return true;
      case 'refuse-command': {
        const { command, result, times } = fault;
        this.#refusals.push({ command, result, times: times ?? Number.POSITIVE_INFINITY });
        return true;
      }
      case 'refuse-arming':
      case 'mission-stored-wrong':
      case 'stuck-payload':
        this.#faults.begin(fault);
        return true;
      default:
        return this.#services.fault(fault, true);
    }
  }

  clearFault(kind: FaultKind): void {
    if (kind === 'refuse-command') this.#refusals = [];
    this.#faults.end(kind);
  }

  setParameter(name: string, value: number): void {
    if (this.parameters.put(name, value) === null) {
      throw new RangeError(`no parameter ${name} in the simulated aircraft`);
    }
  }

  #switchFault(fault: VehicleFault, isActive: boolean): void {
    if (fault.kind === 'refuse-arming') this.#flight.refuseToArm(isActive ? fault.reason : null);
    if (fault.kind === 'mission-stored-wrong') this.#missionServer.storeWrongItem(isActive);
    this.#services.fault(fault, isActive);
  }

  #handleForComponent(message: MavLinkData, component: number, peer: Peer, wallMs: number): void {
    if (!this.#services.owns(component)) return;
    if (!(message instanceof CommandLong || message instanceof CommandInt)) {
      this.#services.handle(message, peer, component, wallMs);
      return;
    }
    const command = message instanceof CommandLong ? commandOfLong(message) : commandOfInt(message);
    this.#outbox.hold();
    const result = this.#services.command(command, component, peer) ?? RESULT.UNSUPPORTED;
    this.#record(command.command, [...command.params, ...command.tail], result, peer);
    this.#outbox.release(() =>
      this.#outbox.send(peer.channelId, this.#ack(command.command, result, peer), component),
    );
  }

  #execute(command: Command, targetComponent: number, peer: Peer, channel: Channel): void {
    const after: number[] = [];
    this.#outbox.hold();
    const result =
      this.#refusal(command.command) ??
      this.#services.command(command, targetComponent, peer) ??
      executeCommand(command, {
        flight: this.#flight,
        setInterval: (messageId, intervalUs) =>
          channel.rates.set(messageId, intervalUs, this.#flight.state.timeS),
        canSend: (messageId) => canSend(messageId) || this.#services.telemetry(messageId) !== null,
        sendAfterAck: (messageId) => {
          if (this.#telemetry(messageId, this.#source()) === null) return false;
          after.push(messageId);
          return true;
        },
        reboot: () => {
          this.#rebootDue = true;
        },
      });
    this.#record(command.command, [...command.params, ...command.tail], result, peer);
    this.#answer(this.#ack(command.command, result, peer), channel);
    for (const messageId of after) {
      const message = this.#telemetry(messageId, this.#source());
      if (message !== null) channel.send(message);
    }
  }

  /** The fault "refuse-command", counted down. */
  #refusal(command: number): number | null {
    const due = this.#refusals.find((refusal) => refusal.command === command);
    if (due === undefined) return null;
    due.times -= 1;
    if (due.times <= 0) this.#refusals = this.#refusals.filter((refusal) => refusal !== due);
    return due.result;
  }

  /** The old SET_MODE message; ArduPilot answers it with a COMMAND_ACK for "command" 11. */
  #setMode(message: SetMode, peer: Peer, channel: Channel): void {
    const isCustom = (message.baseMode & 1) !== 0;
    this.#outbox.hold();
    const done = isCustom && this.#flight.requestMode(message.customMode);
    const result = done ? RESULT.ACCEPTED : isCustom ? RESULT.FAILED : RESULT.DENIED;
    this.#record(176, [message.baseMode, message.customMode], result, peer);
    this.#answer(this.#ack(11, result, peer), channel);
  }

  /** As captured: first the acknowledgement, then the new mode, then what the command made the autopilot say. */
  #answer(ack: CommandAck, channel: Channel): void {
    this.#outbox.release(() => {
      channel.send(ack);
      this.#announceMode();
    });
  }

  #ack(command: number, result: number, peer: Peer): CommandAck {
    return buildMessage(CommandAck, {
      command,
      result,
      targetSystem: peer.systemId,
      targetComponent: peer.componentId,
    });
  }

  #record(command: number, params: readonly number[], result: number, peer: Peer): void {
    if (this.#commands.length >= HISTORY) this.#commands.shift();
    const atS = this.#flight.state.timeS;
    this.#commands.push({ atS, fromSystemId: peer.systemId, command, params, result });
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
    const { mission } = this.#flight;
    if (type === MISSION_TYPE.MISSION && mission.status !== 'active') mission.reset();
  }

  #announceTotal(type: StoredType): void {
    const name = TOTALS[type];
    const total = this.missions.list(type).length;
    if (this.parameters.number(name) === total) return;
    this.parameters.put(name, total);
    const announcement = this.#parameterServer.announcement(name);
    if (announcement !== null) this.#outbox.broadcast(announcement);
  }

  #powerOn(start: GeoPoint, batteryFraction: number): FlightController {
    const { seed, startupS, wind } = this.#options;
    const { parameters, missions } = this;
    return new FlightController({
      start,
      seed,
      batteryFraction,
      startup: startupTimes(startupS),
      wind,
      parameters,
      missions,
      armingObjections: () => this.#services.armingObjections(),
      events: {
        text: (severity, text) => this.#outbox.say(severity, text),
        homeSet: () => this.#homeSet(),
        itemReached: (seq) => this.#outbox.broadcast(buildMessage(MissionItemReached, { seq })),
        payloadCommand: (seq, item) => this.#payloadCommand(seq, item),
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

  #broadcastTelemetry(messageId: number): void {
    const message = this.#telemetry(messageId, this.#source());
    if (message !== null) this.#outbox.broadcast(message);
  }

  #telemetry(messageId: number, source: TelemetrySource): MavLinkData | null {
    return canSend(messageId) ? buildTelemetry(messageId, source) : this.#services.telemetry(messageId);
  }

  #source(): TelemetrySource {
    return {
      flight: this.#flight,
      missions: this.missions,
      uid2: this.#options.uid2,
      bootEpochMs: this.#bootEpochMs,
      addedCapabilities: this.#services.capabilities,
    };
  }
}
