import { decodeById } from '../../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../../firmware-bridge/codec/framer.ts';
import {
  AutopilotVersion,
  buildMessage,
  CommandAck,
  CommandInt,
  CommandLong,
  type MavLinkData,
  type MavLinkDataConstructor,
  type MavProtocolCapability,
} from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import type { VehicleFault } from '../../faults/model.ts';
import type { Channel } from '../../vehicle/channel.ts';
import { type Command, commandOfInt, commandOfLong, RESULT } from '../../vehicle/command.ts';
import type { OnboardHost, OnboardServiceFactory } from '../../vehicle/onboard-service.ts';
import { AUTOPILOT_COMPONENT, Outbox, type Peer } from '../../vehicle/outbox.ts';
import { ServiceRack } from '../../vehicle/service-rack.ts';
import type { AircraftTruth } from '../../vehicle/truth.ts';

const STEP_S = 0.04;
const CLIMB_MPS = 2;
const HOME_AMSL_M = 150;
const BOOT_EPOCH_MS = 1_795_000_000_000;

export interface Heard {
  readonly message: MavLinkData;
  readonly componentId: number;
}

/** Parameters of the stand: name, MAV_PARAM_TYPE, value. */
export const STAND_PARAMETERS: readonly {
  readonly name: string;
  readonly type: number;
  readonly value: number;
}[] = [
  { name: 'ARMING_CHECK', type: 6, value: 1 },
  { name: 'BATT_CAPACITY', type: 6, value: 10_360 },
  { name: 'BATT_LOW_VOLT', type: 9, value: 10.5 },
  { name: 'BATT_MONITOR', type: 2, value: 4 },
  { name: 'WPNAV_SPEED', type: 9, value: 1000 },
  { name: 'WPNAV_SPEED_DN', type: 9, value: 150.25 },
];

/**
 * The seams of a vehicle (channel, outbox, services) without its flight, for tests of what is aboard: the aircraft is
 * where the test puts it. A ground station sits at its channel; real bytes, time only by `run`.
 */
export class Aboard {
  readonly heard: Heard[] = [];
  readonly texts: string[] = [];
  readonly channel: Channel;
  readonly parameters = new Map<string, number>();
  /** Called with each message as it arrives. */
  onMessage: (message: MavLinkData, componentId: number) => void = () => {};
  /** Simulated seconds per second of the wall's clock. */
  speed = 1;
  wallMs = 1_000;
  mission: readonly MissionItem[] = [];
  truth: AircraftTruth = {
    lonDeg: 110.29,
    latDeg: 25.2809,
    altitudeAmslM: HOME_AMSL_M,
    relativeAltitudeM: 0,
    groundSpeedMps: 0,
    climbMps: 0,
    headingDeg: 90,
    armed: false,
    landed: true,
    mode: 'STABILIZE',
    batteryPct: 100,
    timeS: 0,
    missionSeq: 0,
    readyToArm: true,
  };
  readonly #outbox = new Outbox(1, 0);
  readonly #services: ServiceRack;
  readonly #framer = new Framer();

  constructor(
    services: readonly OnboardServiceFactory[],
    options: { readonly parameters?: Readonly<Record<string, number>> } = {},
  ) {
    for (const { name, value } of STAND_PARAMETERS) this.parameters.set(name, value);
    for (const [name, value] of Object.entries(options.parameters ?? {})) this.parameters.set(name, value);
    this.channel = this.#outbox.openChannel((bytes) => this.#arrive(bytes));
    this.#services = new ServiceRack(services, this.#host());
  }

  get capabilities(): bigint {
    return this.#services.capabilities;
  }

  put(change: Partial<AircraftTruth>): this {
    this.truth = { ...this.truth, ...change };
    return this;
  }

  /** Simulated seconds. */
  run(seconds: number): this {
    for (let step = 0; step < Math.round(seconds / STEP_S); step += 1) {
      const { armed, batteryPct, timeS, climbMps, relativeAltitudeM, altitudeAmslM } = this.truth;
      this.put({
        timeS: timeS + STEP_S,
        batteryPct: batteryPct - (armed ? 0.05 * STEP_S : 0),
        relativeAltitudeM: relativeAltitudeM + climbMps * STEP_S,
        altitudeAmslM: altitudeAmslM + climbMps * STEP_S,
      });
      this.#services.step(STEP_S);
      const source = (messageId: number) => this.#services.telemetry(messageId);
      this.channel.rates.emitDue(this.truth.timeS, STEP_S, (messageId) => {
        const message = source(messageId);
        if (message !== null) this.channel.send(message);
      });
      this.wallMs += (STEP_S * 1000) / this.speed;
      this.#services.tick(this.wallMs);
      this.#outbox.flush();
    }
    return this;
  }

  /** Up to that moment of the wall's clock. */
  runUntil(wallMs: number): void {
    while (this.wallMs + (STEP_S * 1000) / this.speed <= wallMs) this.run(STEP_S);
  }

  send(message: MavLinkData, systemId = 245, componentId = 190): void {
    const peer: Peer = { systemId, componentId, channelId: this.channel.id };
    const { targetComponent = 0 } = message as Partial<{ targetComponent: number }>;
    if (targetComponent <= AUTOPILOT_COMPONENT || this.#services.owns(targetComponent)) {
      if (message instanceof CommandLong) this.#execute(commandOfLong(message), targetComponent, peer);
      else if (message instanceof CommandInt) this.#execute(commandOfInt(message), targetComponent, peer);
      else this.#services.handle(message, peer, targetComponent, this.wallMs);
    }
    this.#outbox.flush();
  }

  /** COMMAND_LONG to a component; the MAV_RESULT. */
  command(targetComponent: number, command: number, ...params: readonly number[]): number {
    return this.commandFrom({ systemId: 245, componentId: 190 }, targetComponent, command, ...params);
  }

  commandFrom(
    from: { readonly systemId: number; readonly componentId: number },
    targetComponent: number,
    command: number,
    ...params: readonly number[]
  ): number {
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
    const before = this.heard.length;
    const message = buildMessage(CommandLong, {
      targetSystem: 1,
      targetComponent,
      command,
      ...{ _param1: p1, _param2: p2, _param3: p3, _param4: p4, _param5: p5, _param6: p6, _param7: p7 },
    });
    this.send(message, from.systemId, from.componentId);
    const ack = this.heard.slice(before).find((heard) => heard.message instanceof CommandAck);
    if (!(ack?.message instanceof CommandAck)) throw new Error(`command ${command} was not answered`);
    return ack.message.result;
  }

  missionItem(item: MissionItem): boolean {
    return this.#services.missionItem(1, item);
  }

  armingObjections(): readonly string[] {
    return this.#services.armingObjections();
  }

  fault(fault: VehicleFault, isActive = true): boolean {
    return this.#services.fault(fault, isActive);
  }

  reboot(): this {
    this.put({ timeS: 0, armed: false });
    this.#services.rebooted();
    return this;
  }

  all<T extends MavLinkData>(messageClass: MavLinkDataConstructor<T>): readonly T[] {
    return this.heard
      .map(({ message }) => message)
      .filter((message): message is T => message instanceof messageClass);
  }

  last<T extends MavLinkData>(messageClass: MavLinkDataConstructor<T>): T {
    const message = this.all(messageClass).at(-1);
    if (message === undefined) throw new Error(`no ${messageClass.MSG_NAME} was heard`);
    return message;
  }

  /** Armed, up, `hoverS` there, down, disarmed. */
  fly(heightM: number, hoverS: number): this {
    const climbS = heightM / CLIMB_MPS;
    this.run(5).put({ mode: 'GUIDED', armed: true });
    this.#services.armed(true);
    this.run(1)
      .put({ landed: false, climbMps: CLIMB_MPS, mode: 'GUIDED' })
      .run(climbS)
      .put({ climbMps: 0 })
      .run(hoverS);
    this.put({ mode: 'LAND', climbMps: -CLIMB_MPS }).run(climbS);
    this.put({ climbMps: 0, landed: true, relativeAltitudeM: 0, altitudeAmslM: HOME_AMSL_M }).run(1);
    this.put({ armed: false });
    this.#services.armed(false);
    return this;
  }

  /** Armed and standing on the ground. */
  arm(): this {
    this.put({ mode: 'GUIDED', armed: true });
    this.#services.armed(true);
    return this;
  }

  #arrive(bytes: Buffer): void {
    for (const frame of this.#framer.pushDatagram(bytes)) {
      const message = decodeById(frame);
      if (message === null) continue;
      this.heard.push({ message, componentId: frame.componentId });
      this.onMessage(message, frame.componentId);
    }
  }

  /** As the autopilots do: the answer first, what it caused behind it. */
  #execute(command: Command, targetComponent: number, peer: Peer): void {
    this.#outbox.hold();
    const result =
      this.#services.command(command, targetComponent, peer) ?? this.#own(command, targetComponent);
    this.#outbox.release(() =>
      this.#outbox.send(
        peer.channelId,
        buildMessage(CommandAck, {
          command: command.command,
          result,
          targetSystem: peer.systemId,
          targetComponent: peer.componentId,
        }),
        Math.max(AUTOPILOT_COMPONENT, targetComponent),
      ),
    );
  }

  #own({ command, params }: Command, targetComponent: number): number {
    if (targetComponent > AUTOPILOT_COMPONENT) return RESULT.UNSUPPORTED;
    if (command === 511) {
      if (this.#services.telemetry(params[0]) === null) return RESULT.FAILED;
      this.channel.rates.set(params[0], params[1], this.truth.timeS);
      return RESULT.ACCEPTED;
    }
    if (command !== 512) return RESULT.UNSUPPORTED;
    const message =
      params[0] === AutopilotVersion.MSG_ID ? this.#version() : this.#services.telemetry(params[0]);
    if (message === null) return RESULT.FAILED;
    this.#outbox.broadcast(message);
    return RESULT.ACCEPTED;
  }

  #version(): AutopilotVersion {
    return buildMessage(AutopilotVersion, {
      capabilities: this.capabilities as unknown as MavProtocolCapability,
      flightCustomVersion: new Array<number>(8).fill(0),
      middlewareCustomVersion: new Array<number>(8).fill(0),
      osCustomVersion: new Array<number>(8).fill(0),
      uid2: new Array<number>(18).fill(1),
    });
  }

  #host(): OnboardHost {
    return {
      systemId: 1,
      seed: 7,
      bootEpochMs: () => BOOT_EPOCH_MS,
      truth: () => this.truth,
      attitudeRad: () => ({ roll: 0, pitch: 0, yaw: (this.truth.headingDeg * Math.PI) / 180 }),
      parameter: (name) => this.parameters.get(name) ?? null,
      parameters: () =>
        STAND_PARAMETERS.map(({ name, type, value }) => ({
          name,
          type,
          value: this.parameters.get(name) ?? value,
        })),
      stored: (type) => (type === 0 ? this.mission : []),
      send: (to, message, componentId) => this.#outbox.send(to.channelId, message, componentId),
      broadcast: (message, componentId) => this.#outbox.broadcast(message, componentId),
      text: (severity, text) => {
        this.texts.push(text);
        this.#outbox.say(severity, text);
      },
    };
  }
}

/** An item with everything zero but what is given. */
export function item(command: number, fields: Partial<MissionItem> = {}): MissionItem {
  return { frame: 6, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0, ...fields, command };
}
