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
import { drawRandom } from '../prng.ts';
import { Channel } from './channel.ts';
import { type Command, executeCommand, RESULT } from './commands.ts';
import { FlightController } from './flight-controller.ts';
import { MISSION_TYPE, type StoredType } from './mission-items.ts';
import { MissionServer } from './mission-server.ts';
import { MissionStore } from './mission-store.ts';
import type { Peer } from './mission-upload.ts';
import { COPTER_MODE } from './modes.ts';
import { ParameterServer } from './parameter-server.ts';
import { ParameterTable } from './parameters.ts';
import { startupTimes } from './startup.ts';
import { statusTexts } from './status-text.ts';
import { buildTelemetry, type TelemetrySource } from './telemetry.ts';

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
}

/** One command that reached the aircraft and what it answered. */
export interface ExecutedCommand {
  readonly atS: number;
  readonly fromSystemId: number;
  /** MAV_CMD; SET_MODE messages are recorded as 176. */
  readonly command: number;
  readonly params: readonly number[];
  /** MAV_RESULT. */
  readonly result: number;
}

/** Newest entries kept of what was executed; a day of operation fits many times. */
const HISTORY = 5000;
/** Parameters that count what is stored; the real one announces each change. */
const TOTALS: Readonly<Record<StoredType, string>> = { 0: 'MIS_TOTAL', 1: 'FENCE_TOTAL', 2: 'RALLY_TOTAL' };

/** The autopilot of one simulated aircraft: messages in, messages out on its channels, time by `step`. */
export class Autopilot {
  readonly systemId: number;
  readonly parameters: ParameterTable;
  readonly missions: MissionStore;
  readonly #options: AutopilotOptions;
  readonly #channels = new Map<number, Channel>();
  readonly #missionServer: MissionServer;
  readonly #parameterServer: ParameterServer;
  readonly #commands: ExecutedCommand[] = [];
  readonly #payload: { readonly atS: number; readonly seq: number; readonly item: MissionItem }[] = [];
  #flight: FlightController;
  #nextChannelId = 1;
  #nextTextId = 1;
  #rebootDue = false;
  #modeShown: number = COPTER_MODE.STABILIZE;
  /** Not null while a command is executed: what it makes the autopilot say goes out behind the answer. */
  #deferred: MavLinkData[] | null = null;
  #bootEpochMs: number;

  constructor(options: AutopilotOptions) {
    this.#options = options;
    this.#bootEpochMs = options.bootEpochMs;
    this.systemId = options.systemId;
    this.parameters = new ParameterTable({ ...options.parameters, MAV_SYSID: options.systemId });
    this.missions = new MissionStore(options.missionCapacity);
    this.#parameterServer = new ParameterServer(this.parameters, (channelId, message) =>
      this.#channels.get(channelId)?.send(message),
    );
    this.#missionServer = new MissionServer({
      store: this.missions,
      isReady: () => this.#flight.ready,
      isRunning: () => this.#flight.mission.status === 'active',
      send: (to, message) => this.#channels.get(to.channelId)?.send(message),
      text: (severity, text) => this.#say(severity, text),
      onChanged: (type) => this.#missionChanged(type),
      setCurrent: (seq) => this.#flight.mission.setCurrent(seq, this.#flight.state),
      broadcast: (messageId) => this.#broadcastTelemetry(messageId),
    });
    this.#flight = this.#powerOn(options.start, 1);
  }

  get flight(): FlightController {
    return this.#flight;
  }

  get commands(): readonly ExecutedCommand[] {
    return this.#commands;
  }

  /** Passing payload commands that the mission executed (camera, relay). */
  get payloadCommands(): readonly {
    readonly atS: number;
    readonly seq: number;
    readonly item: MissionItem;
  }[] {
    return this.#payload;
  }

  get missionServer(): MissionServer {
    return this.#missionServer;
  }

  /** A new link; `transmit` gets whole frames, several at a time. */
  openChannel(transmit: (bytes: Buffer) => void): Channel {
    const channel = new Channel(
      this.#nextChannelId,
      this.systemId,
      drawRandom(this.#options.seed).value,
      transmit,
    );
    this.#nextChannelId += 1;
    this.#channels.set(channel.id, channel);
    return channel;
  }

  closeChannel(channel: Channel): void {
    this.#channels.delete(channel.id);
  }

  /** One step of simulated time (at most 0.05 s). Telemetry that became due is queued on the channels. */
  step(dtS: number): void {
    if (this.#rebootDue) this.#reboot();
    this.#flight.step(dtS);
    this.#announceMode();
    const nowS = this.#flight.state.timeS;
    const source = this.#source();
    for (const channel of this.#channels.values()) {
      channel.rates.emitDue(nowS, dtS, (messageId) => {
        const message = buildTelemetry(messageId, source);
        if (message !== null) channel.send(message);
      });
    }
  }

  /** Timers of the mission protocol, in wall time: a sped-up simulation must not give up on a real client sooner. */
  tickProtocol(wallMs: number): void {
    this.#missionServer.tick(wallMs);
    this.#parameterServer.tick();
  }

  flush(): void {
    for (const channel of this.#channels.values()) channel.flush();
  }

  /** A message from a ground station on one channel. What is addressed to others is ignored. */
  handle(
    message: MavLinkData,
    systemId: number,
    componentId: number,
    channel: Channel,
    wallMs: number,
  ): void {
    if (!this.#isForUs(message)) return;
    const peer: Peer = { systemId, componentId, channelId: channel.id };
    if (message instanceof Heartbeat) {
      if (systemId === this.parameters.number('MAV_GCS_SYSID')) this.#flight.gcsHeard();
    } else if (message instanceof CommandLong) {
      this.#execute(fromLong(message), peer, channel);
    } else if (message instanceof CommandInt) {
      this.#execute(fromInt(message), peer, channel);
    } else if (message instanceof SetMode) {
      this.#setMode(message, peer, channel);
    } else if (!this.#missionServer.handle(message, peer, wallMs)) {
      this.#parameterServer.handle(message, channel.id);
    }
  }

  #execute(command: Command, peer: Peer, channel: Channel): void {
    const after: number[] = [];
    this.#deferred = [];
    const result = executeCommand(command, {
      flight: this.#flight,
      setInterval: (messageId, intervalUs) =>
        channel.rates.set(messageId, intervalUs, this.#flight.state.timeS),
      sendAfterAck: (messageId) => {
        if (buildTelemetry(messageId, this.#source()) === null) return false;
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
      const message = buildTelemetry(messageId, this.#source());
      if (message !== null) channel.send(message);
    }
  }

  /** The old SET_MODE message; ArduPilot answers it with a COMMAND_ACK for "command" 11. */
  #setMode(message: SetMode, peer: Peer, channel: Channel): void {
    const isCustom = (message.baseMode & 1) !== 0;
    this.#deferred = [];
    const done = isCustom && this.#flight.requestMode(message.customMode);
    const result = done ? RESULT.ACCEPTED : isCustom ? RESULT.FAILED : RESULT.DENIED;
    this.#record(176, [message.baseMode, message.customMode], result, peer);
    this.#answer(this.#ack(11, result, peer), channel);
  }

  /** As captured: first the acknowledgement, then the new mode, then what the command made the autopilot say. */
  #answer(ack: CommandAck, channel: Channel): void {
    const said = this.#deferred ?? [];
    this.#deferred = null;
    channel.send(ack);
    this.#announceMode();
    for (const message of said) this.#broadcast(message);
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
    if (announcement !== null) this.#broadcast(announcement);
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
      events: {
        text: (severity, text) => this.#say(severity, text),
        homeSet: () => this.#homeSet(),
        itemReached: (seq) => this.#broadcast(buildMessage(MissionItemReached, { seq })),
        payloadCommand: (seq, item) => this.#recordPayload(seq, item),
      },
    });
  }

  /** Missions and parameters survive (they are in the real one's EEPROM); clock, home, mode and rates do not. */
  #reboot(): void {
    this.#rebootDue = false;
    for (const channel of this.#channels.values()) channel.rates.reset();
    const { state, frame } = this.#flight;
    this.#bootEpochMs += Math.round(state.timeS * 1000);
    this.#flight = this.#powerOn(frame.toGeo(state), remainingFraction(state.battery));
    this.parameters.put('STAT_BOOTCNT', this.parameters.number('STAT_BOOTCNT') + 1);
  }

  #recordPayload(seq: number, item: MissionItem): void {
    if (this.#payload.length >= HISTORY) this.#payload.shift();
    this.#payload.push({ atS: this.#flight.state.timeS, seq, item });
  }

  #homeSet(): void {
    // Home is item 0 of the mission and exists from now on.
    this.#announceTotal(MISSION_TYPE.MISSION);
    this.#broadcastTelemetry(49);
    this.#broadcastTelemetry(242);
  }

  #say(severity: number, text: string): void {
    const id = this.#nextTextId;
    this.#nextTextId = id === 65_535 ? 1 : id + 1;
    for (const message of statusTexts(severity, text, id)) this.#broadcast(message);
  }

  #broadcastTelemetry(messageId: number): void {
    const message = buildTelemetry(messageId, this.#source());
    if (message !== null) this.#broadcast(message);
  }

  #broadcast(message: MavLinkData): void {
    if (this.#deferred !== null) {
      this.#deferred.push(message);
      return;
    }
    for (const channel of this.#channels.values()) channel.send(message);
  }

  #source(): TelemetrySource {
    const { uid2 } = this.#options;
    return { flight: this.#flight, missions: this.missions, uid2, bootEpochMs: this.#bootEpochMs };
  }

  #isForUs(message: MavLinkData): boolean {
    const target = message as Partial<{ targetSystem: number; targetComponent: number }>;
    const system = target.targetSystem ?? 0;
    const component = target.targetComponent ?? 0;
    return (system === 0 || system === this.systemId) && (component === 0 || component === 1);
  }
}

function fromLong(message: CommandLong): Command {
  return {
    command: message.command,
    params: [message._param1, message._param2, message._param3, message._param4],
    position: null,
    tail: [message._param5, message._param6, message._param7],
  };
}

function fromInt(message: CommandInt): Command {
  const { frame, _param5: x, _param6: y, _param7: z } = message;
  return {
    command: message.command,
    params: [message._param1, message._param2, message._param3, message._param4],
    position: { frame, x, y, z },
    tail: [x, y, z],
  };
}
