import { createHash } from 'node:crypto';
import { decodeById } from '../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../firmware-bridge/codec/framer.ts';
import {
  buildMessage,
  CommandAck,
  CommandLong,
  type MavLinkData,
  type MavLinkDataConstructor,
  MissionAck,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  StatusText,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import { CALM, type Wind } from '../aircraft/aircraft-state.ts';
import { distanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { Autopilot } from '../ardupilot/autopilot.ts';
import { DEFAULT_MISSION_CAPACITY } from '../ardupilot/mission-store.ts';
import type { Channel } from '../vehicle/channel.ts';
import type { OnboardServiceFactory } from '../vehicle/onboard-service.ts';

/** Home of the captured flights. */
export const TEST_HOME = { lonDeg: 110.29, latDeg: 25.2809, altitudeAmslM: 150 };
const STEP_S = 0.04;
const GCS = 200;

export interface TowerOptions {
  readonly seed?: number;
  readonly startupS?: number;
  readonly wind?: Wind;
  readonly missionCapacity?: number;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly services?: readonly OnboardServiceFactory[];
}

/**
 * A ground station in the same process as one autopilot, for tests: no sockets, time moves only by `run`. What the
 * aircraft sends goes through the real encoder and framer.
 */
export class Tower {
  readonly autopilot: Autopilot;
  readonly channel: Channel;
  readonly received: MavLinkData[] = [];
  readonly track: LocalPoint[] = [];
  readonly #framer = new Framer();
  readonly #hash = createHash('sha256');
  wallMs = 0;

  constructor(options: TowerOptions = {}) {
    this.autopilot = new Autopilot({
      systemId: 1,
      start: TEST_HOME,
      seed: options.seed ?? 7,
      startupS: options.startupS ?? 4,
      wind: options.wind ?? CALM,
      uid2: new Array<number>(18).fill(1),
      bootEpochMs: 1_800_000_000_000,
      missionCapacity: options.missionCapacity ?? DEFAULT_MISSION_CAPACITY,
      ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
      ...(options.services === undefined ? {} : { services: options.services }),
    });
    this.channel = this.autopilot.openChannel((bytes) => {
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
    throw new Error(`${what}: not within ${limitS} s; said: ${this.texts().slice(-5).join(' | ')}`);
  }

  send(message: MavLinkData, systemId = GCS, componentId = 190): void {
    this.autopilot.handle(message, systemId, componentId, this.channel, this.wallMs);
    this.autopilot.flush();
  }

  /** COMMAND_LONG; the MAV_RESULT of its acknowledgement. */
  command(command: number, ...params: readonly number[]): number {
    const before = this.received.length;
    const [p1 = 0, p2 = 0, p3 = 0, p4 = 0, p5 = 0, p6 = 0, p7 = 0] = params;
    this.send(
      buildMessage(CommandLong, {
        targetSystem: 1,
        targetComponent: 1,
        command,
        _param1: p1,
        _param2: p2,
        _param3: p3,
        _param4: p4,
        _param5: p5,
        _param6: p6,
        _param7: p7,
      }),
    );
    const ack = this.received.slice(before).find((message) => message instanceof CommandAck);
    if (!(ack instanceof CommandAck)) throw new Error(`command ${command} was not answered`);
    return ack.result;
  }

  /** Uploads `items` as they are (slot 0 included); the MAV_MISSION_RESULT. */
  upload(items: readonly MissionItem[], missionType = 0): number {
    let next = this.received.length;
    this.send(
      buildMessage(MissionCount, { targetSystem: 1, targetComponent: 1, count: items.length, missionType }),
    );
    for (; next < this.received.length; next += 1) {
      const message = this.received[next];
      if (message instanceof MissionAck) return message.type;
      if (message instanceof MissionRequest) this.sendItem(items, message.seq, missionType);
    }
    throw new Error('the upload ended without an acknowledgement');
  }

  sendItem(items: readonly MissionItem[], seq: number, missionType = 0): void {
    const item = items[seq];
    if (item === undefined) throw new RangeError(`no item ${seq}`);
    this.send(
      buildMessage(MissionItemInt, {
        targetSystem: 1,
        targetComponent: 1,
        seq,
        missionType,
        autocontinue: 1,
        ...item,
      }),
    );
  }

  all<T extends MavLinkData>(messageClass: MavLinkDataConstructor<T>): readonly T[] {
    return this.received.filter((message): message is T => message instanceof messageClass);
  }

  texts(): readonly string[] {
    return this.all(StatusText).map((message) => message.text.replaceAll('\0', ''));
  }

  /** Nearest that the flown track came to a point. */
  nearestM(point: LocalPoint): number {
    return this.track.reduce(
      (nearest, at) => Math.min(nearest, distanceM(at, point)),
      Number.POSITIVE_INFINITY,
    );
  }

  #step(): void {
    this.autopilot.step(STEP_S);
    this.wallMs += STEP_S * 1000;
    this.autopilot.tickProtocol(this.wallMs);
    this.autopilot.flush();
    const { eastM, northM, upM } = this.autopilot.flight.state;
    this.track.push({ eastM, northM, upM });
  }
}

/** An item with everything zero but what is given; frame 6 (relative height) unless said otherwise. */
export function item(command: number, fields: Partial<MissionItem> = {}): MissionItem {
  return { frame: 6, param1: 0, param2: 0, param3: 0, param4: 0, x: 0, y: 0, z: 0, ...fields, command };
}

/** The seven items of the captured ArduCopter flight: home, take-off, a square of about 60 m, return. */
export function capturedMission(): readonly MissionItem[] {
  return [
    item(16, { frame: 0, x: 252_809_000, y: 1_102_900_000, z: 150 }),
    item(22, { x: 252_809_000, y: 1_102_900_000, z: 20 }),
    item(16, { x: 252_814_390, y: 1_102_900_000, z: 25 }),
    item(16, { x: 252_814_390, y: 1_102_905_961, z: 25 }),
    item(16, { x: 252_809_000, y: 1_102_905_961, z: 25 }),
    item(16, { x: 252_809_898, y: 1_102_900_993, z: 20 }),
    item(20, { frame: 2 }),
  ];
}
