import { createHash } from 'node:crypto';
import { decodeById } from '../../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../../firmware-bridge/codec/framer.ts';
import {
  buildMessage,
  CommandAck,
  CommandInt,
  CommandLong,
  Event,
  Heartbeat,
  type MavLinkData,
  type MavLinkDataConstructor,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequestInt,
  MissionRequestList,
  StatusText,
} from '../../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../../missions/mission-item.ts';
import { CALM, type Wind } from '../../aircraft/aircraft-state.ts';
import { LocalFrame, type LocalPoint } from '../../aircraft/local-frame.ts';
import type { Channel } from '../../vehicle/channel.ts';
import type { OnboardServiceFactory } from '../../vehicle/onboard-service.ts';
import { type Px4Options, Px4Vehicle } from '../px4-vehicle.ts';

/** Home of the captured flights. */
export const TEST_HOME = { lonDeg: 110.29, latDeg: 25.2809, altitudeAmslM: 150 };
const STEP_S = 0.04;
const GCS = 245;
const TO = { targetSystem: 1, targetComponent: 1 };

export interface Px4TowerOptions {
  readonly seed?: number;
  readonly startupS?: number;
  readonly wind?: Wind;
  readonly streams?: NonNullable<Px4Options['streams']>;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly services?: readonly OnboardServiceFactory[];
}

/** A ground station in the same process as one simulated PX4: no sockets, time moves only by `run`. */
export class Px4Tower {
  readonly vehicle: Px4Vehicle;
  readonly channel: Channel;
  readonly received: MavLinkData[] = [];
  readonly track: LocalPoint[] = [];
  readonly #framer = new Framer();
  readonly #hash = createHash('sha256');
  #heartbeatInS = 0;
  wallMs = 0;
  /** A ground station sends its heartbeat; false: it is gone. */
  beats = true;

  constructor(options: Px4TowerOptions = {}) {
    const { parameters, services, streams } = options;
    this.vehicle = new Px4Vehicle({
      systemId: 1,
      start: TEST_HOME,
      seed: options.seed ?? 7,
      startupS: options.startupS ?? 2,
      wind: options.wind ?? CALM,
      uid2: new Array<number>(18).fill(1),
      bootEpochMs: 1_800_000_000_000,
      streams: streams ?? 'minimal',
      ...(parameters === undefined ? {} : { parameters }),
      ...(services === undefined ? {} : { services }),
    });
    this.channel = this.vehicle.openChannel((bytes) => {
      this.#hash.update(bytes);
      for (const frame of this.#framer.pushDatagram(bytes)) {
        const message = decodeById(frame);
        if (message !== null) this.received.push(message);
      }
    });
  }

  /** Hash over every byte that the aircraft sent so far. */
  logHash(): string {
    return this.#hash.copy().digest('hex');
  }

  run(seconds: number): this {
    for (let step = 0; step < Math.round(seconds / STEP_S); step += 1) this.#step();
    return this;
  }

  /** @throws Error when `condition` did not hold within `limitS` simulated seconds. */
  runUntil(what: string, limitS: number, condition: () => boolean): this {
    for (let step = 0; step < limitS / STEP_S; step += 1) {
      if (condition()) return this;
      this.#step();
    }
    const { mode, relativeAltitudeM } = this.vehicle.truth;
    const state = `${mode}, ${relativeAltitudeM.toFixed(1)} m`;
    throw new Error(`${what}: not within ${limitS} s; ${state}; said: ${this.texts().slice(-5).join(' | ')}`);
  }

  ready(): this {
    return this.runUntil('ready to arm', 10, () => this.vehicle.truth.readyToArm);
  }

  send(message: MavLinkData, systemId = GCS, componentId = 190): void {
    this.vehicle.handle(message, systemId, componentId, this.channel, this.wallMs);
    this.vehicle.flush();
  }

  /** COMMAND_LONG; the results of all acknowledgements that come until one step later. */
  acks(command: number, ...params: readonly number[]): readonly number[] {
    const before = this.received.length;
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
    const seven = {
      _param1: p1,
      _param2: p2,
      _param3: p3,
      _param4: p4,
      _param5: p5,
      _param6: p6,
      _param7: p7,
    };
    this.send(buildMessage(CommandLong, { ...TO, command, ...seven }));
    this.#step();
    return this.#acksSince(before);
  }

  /** COMMAND_INT, likewise. */
  acksInt(
    command: number,
    frame: number,
    params: readonly number[],
    place: { readonly x: number; readonly y: number; readonly z: number },
  ): readonly number[] {
    const before = this.received.length;
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0] = params;
    const seven = {
      _param1: p1,
      _param2: p2,
      _param3: p3,
      _param4: p4,
      _param5: place.x,
      _param6: place.y,
      _param7: place.z,
    };
    this.send(buildMessage(CommandInt, { ...TO, command, frame, ...seven }));
    this.#step();
    return this.#acksSince(before);
  }

  /** The last word on a command. @throws Error when there was none. */
  command(command: number, ...params: readonly number[]): number {
    const result = this.acks(command, ...params).at(-1);
    if (result === undefined) throw new Error(`command ${command} was not answered`);
    return result;
  }

  setMode(main: number, sub: number): number {
    return this.command(176, 1, main, sub);
  }

  /** Uploads; the MAV_MISSION_RESULT. The first item is marked as current, as ground stations do. */
  upload(items: readonly MissionItem[], missionType = 0): number {
    let next = this.received.length;
    this.send(buildMessage(MissionCount, { ...TO, count: items.length, missionType }));
    for (; next < this.received.length; next += 1) {
      const message = this.received[next];
      if (message instanceof MissionAck) return message.type;
      if (!(message instanceof MissionRequestInt)) continue;
      const { seq } = message;
      const item = items[seq];
      if (item === undefined) throw new RangeError(`no item ${seq}`);
      const current = seq === 0 ? 1 : 0;
      this.send(buildMessage(MissionItemInt, { ...TO, seq, missionType, autocontinue: 1, current, ...item }));
    }
    throw new Error('the upload ended without an acknowledgement');
  }

  download(missionType = 0): readonly MissionItemInt[] {
    const before = this.received.length;
    this.send(buildMessage(MissionRequestList, { ...TO, missionType }));
    const count = this.received.slice(before).find((message) => message instanceof MissionCount);
    const items: MissionItemInt[] = [];
    for (let seq = 0; seq < ((count as MissionCount | undefined)?.count ?? 0); seq += 1) {
      const from = this.received.length;
      this.send(buildMessage(MissionRequestInt, { ...TO, seq, missionType }));
      items.push(...this.received.slice(from).filter((message) => message instanceof MissionItemInt));
    }
    this.send(buildMessage(MissionAck, { ...TO, missionType }));
    return items;
  }

  all<T extends MavLinkData>(messageClass: MavLinkDataConstructor<T>): readonly T[] {
    return this.received.filter((message): message is T => message instanceof messageClass);
  }

  last<T extends MavLinkData>(messageClass: MavLinkDataConstructor<T>): T {
    const found = this.all(messageClass).at(-1);
    if (found === undefined) throw new Error(`no ${messageClass.MSG_NAME} was received`);
    return found;
  }

  /** Texts, joined where they came in chunks, without the tab at the end. */
  texts(): readonly string[] {
    const texts: string[] = [];
    for (const { text, chunkSeq } of this.all(StatusText)) {
      const part = text.replaceAll('\0', '');
      if (chunkSeq === 0) texts.push(part);
      else texts[texts.length - 1] += part;
    }
    return texts.map((text) => text.replace(/\t$/, ''));
  }

  eventIds(): readonly number[] {
    return this.all(Event).map(({ id }) => id);
  }

  #acksSince(index: number): readonly number[] {
    return this.received
      .slice(index)
      .filter((message) => message instanceof CommandAck)
      .map((message) => (message as CommandAck).result);
  }

  #step(): void {
    this.#heartbeatInS -= STEP_S;
    if (this.beats && this.#heartbeatInS <= 0) {
      this.#heartbeatInS = 1;
      this.send(buildMessage(Heartbeat, { type: 6, autopilot: 8, systemStatus: 4, mavlinkVersion: 3 }));
    }
    this.vehicle.step(STEP_S);
    this.wallMs += STEP_S * 1000;
    this.vehicle.tickProtocol(this.wallMs);
    this.vehicle.flush();
    const { eastM, northM, upM } = this.vehicle.aircraft.state;
    this.track.push({ eastM, northM, upM });
  }
}

/** An item with everything zero but what is given; frame 6 (relative height) unless said otherwise. */
export function item(command: number, fields: Partial<MissionItem> = {}): MissionItem {
  return { frame: 6, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0, ...fields, command };
}

/** degE7 of a place that many metres from home. */
export function at(northM: number, eastM: number): { readonly x: number; readonly y: number } {
  const { latDeg, lonDeg } = new LocalFrame(TEST_HOME).toGeo({ northM, eastM, upM: 0 });
  return { x: Math.round(latDeg * 1e7), y: Math.round(lonDeg * 1e7) };
}
