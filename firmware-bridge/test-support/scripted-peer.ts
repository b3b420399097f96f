import type { MissionItem } from '../../missions/mission-item.ts';
import { decodeById } from '../codec/decoder.ts';
import { Encoder } from '../codec/encoder.ts';
import { Framer } from '../codec/framer.ts';
import {
  Attitude,
  AutopilotVersion,
  buildMessage,
  CommandAck,
  CommandLong,
  EkfStatusReport,
  ExtendedSysState,
  GlobalPositionInt,
  Heartbeat,
  MavCmd,
  type MavLinkData,
  MissionAck,
  MissionCount,
  MissionCurrent,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  StatusText,
  SysStatus,
  SystemTime,
} from '../codec/messages.ts';
import type { Clock, TimerHandle } from '../model.ts';

/**
 * A peer that answers like ArduCopter, as far as the tests need it: seq 0 is home, MISSION_REQUEST for items, ACK 13
 * for items out of order, frames 6 → 3 and 2 → 0 in its store, texts before a refusal. Every misbehaviour is a
 * switch. Written from PROTOCOL.md and the recordings, not from the client under test.
 */
export interface PeerBehaviour {
  systemId: number;
  uid: readonly number[] | null;
  prearmOk: boolean;
  positionOk: boolean;
  prearmTexts: readonly string[];
  refuseToArm: readonly string[];
  /** Changes an item as it is stored. */
  alter: (seq: number, item: MissionItem) => MissionItem;
  capacity: number;
  /** Extra ACK 13 for every item taken. */
  ack13Storm: boolean;
  /** Modes that are refused. */
  refusedModes: readonly number[];
  climbMps: number;
  /** Answers nothing, sends nothing. */
  silent: boolean;
}

const HOME = { latE7: 252_809_000, lonE7: 1_102_900_000, amslMm: 150_000 };
const OURS = 245;

export class ScriptedPeer {
  readonly behaviour: PeerBehaviour;
  readonly received: MavLinkData[] = [];
  readonly counts = new Map<string, number>();
  store: MissionItem[] = [];
  armed = false;
  customMode = 0;
  heightM = 0;
  missionSeq = 0;
  bootMs = 60_000;
  #climbTargetM: number | null = null;
  #receiving: { count: number; next: number; lastAskMs: number; startedMs: number; by: number } | null = null;
  #timer: TimerHandle | null = null;
  #slow = 0;
  readonly #clock: Clock;
  readonly #encoder: Encoder;
  readonly #framer = new Framer();
  readonly #transmit: (bytes: Buffer, message: MavLinkData) => void;

  constructor(
    clock: Clock,
    transmit: (bytes: Buffer, message: MavLinkData) => void,
    behaviour: Partial<PeerBehaviour> = {},
  ) {
    this.#clock = clock;
    this.#transmit = transmit;
    this.behaviour = {
      systemId: 1,
      uid: [1, 2, 3, 4, 5, 6, 7, 8, behaviour.systemId ?? 1],
      prearmOk: true,
      positionOk: true,
      prearmTexts: [],
      refuseToArm: [],
      alter: (_seq, item) => item,
      capacity: 700,
      ack13Storm: false,
      refusedModes: [],
      climbMps: 2.5,
      silent: false,
      ...behaviour,
    };
    this.#encoder = new Encoder({ systemId: this.behaviour.systemId, componentId: 1 });
  }

  /** Telemetry at 4 Hz. */
  start(): void {
    const tick = (): void => {
      this.#timer = this.#clock.setTimer(tick, 250);
      this.#fly(0.25);
      this.telemetry();
    };
    tick();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  send(message: MavLinkData): void {
    if (this.behaviour.silent) return;
    this.#transmit(this.#encoder.encode(message), message);
  }

  text(text: string, severity = 4): void {
    this.send(buildMessage(StatusText, { severity, text }));
  }

  reboot(): void {
    this.bootMs = 500;
    this.armed = false;
    this.customMode = 0;
    this.heightM = 0;
  }

  receive(bytes: Uint8Array): void {
    if (this.behaviour.silent) return;
    for (const frame of this.#framer.pushDatagram(bytes)) {
      const message = decodeById(frame);
      if (message === null) continue;
      this.received.push(message);
      const name = message.constructor.name;
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      this.#answer(message, frame.systemId);
    }
  }

  telemetry(): void {
    const { prearmOk, positionOk } = this.behaviour;
    this.#slow = (this.#slow + 1) % 4;
    this.send(
      buildMessage(GlobalPositionInt, {
        timeBootMs: this.bootMs,
        lat: HOME.latE7,
        lon: HOME.lonE7,
        alt: HOME.amslMm + this.heightM * 1000,
        relativeAlt: Math.round(this.heightM * 1000),
        hdg: 9000,
      }),
    );
    this.send(buildMessage(Attitude, { timeBootMs: this.bootMs, roll: 0, pitch: 0, yaw: 1.5 }));
    if (this.#slow !== 0) return;
    this.send(buildMessage(SystemTime, { timeUnixUsec: 0n, timeBootMs: this.bootMs }));
    this.heartbeat();
    this.send(
      buildMessage(SysStatus, {
        onboardControlSensorsPresent: 0x10000000,
        onboardControlSensorsHealth: (prearmOk ? 0x10000000 : 0) as number,
        voltageBattery: 12_600,
        currentBattery: 150,
        batteryRemaining: 88,
      }),
    );
    this.send(buildMessage(EkfStatusReport, { flags: (positionOk ? 831 : 167) as number }));
    this.send(buildMessage(ExtendedSysState, { landedState: this.heightM > 0.5 ? 2 : 1 }));
    this.send(
      buildMessage(MissionCurrent, {
        seq: this.missionSeq,
        total: Math.max(0, this.store.length - 1),
        missionState: this.store.length > 1 ? 2 : 1,
      }),
    );
  }

  heartbeat(): void {
    this.send(
      buildMessage(Heartbeat, {
        type: 2,
        autopilot: 3,
        baseMode: (this.armed ? 217 : 89) as number,
        customMode: this.customMode,
        systemStatus: this.heightM > 0.5 ? 4 : 3,
        mavlinkVersion: 3,
      }),
    );
  }

  #fly(seconds: number): void {
    this.bootMs += seconds * 1000;
    if (this.#climbTargetM !== null) {
      this.heightM = Math.min(this.#climbTargetM, this.heightM + this.behaviour.climbMps * seconds);
    }
    if (this.#receiving !== null) {
      const { lastAskMs, startedMs } = this.#receiving;
      const nowMs = this.#clock.nowMs();
      if (nowMs - startedMs > 8_000) {
        this.#ack(15);
        this.#receiving = null;
      } else if (nowMs - lastAskMs >= 1_000) this.#ask();
    }
  }

  #answer(message: MavLinkData, from: number): void {
    if (message instanceof CommandLong) this.#command(message, from);
    else if (message instanceof MissionCount) {
      if (message.count - 1 > this.behaviour.capacity) {
        this.text(`Only ${this.behaviour.capacity + 1} items are supported`);
        this.#ack(4, from);
        return;
      }
      this.store = this.store.slice(0, message.count);
      const nowMs = this.#clock.nowMs();
      this.#receiving = { count: message.count, next: 0, lastAskMs: 0, startedMs: nowMs, by: from };
      this.#ask();
    } else if (message instanceof MissionItemInt) this.#takeItem(message, from);
    else if (message instanceof MissionRequestList) {
      if (this.#receiving !== null) this.#ack(14, from);
      else {
        this.send(buildMessage(MissionCount, { ...to(from), count: this.store.length }));
      }
    } else if (message instanceof MissionRequestInt) {
      const item = this.store[message.seq];
      if (item === undefined) this.#ack(13, from);
      else {
        this.send(buildMessage(MissionItemInt, { ...to(from), ...item, seq: message.seq, autocontinue: 1 }));
      }
    } else if (message instanceof MissionAck && message.type === 15) this.#receiving = null;
  }

  #takeItem(message: MissionItemInt, from: number): void {
    const receiving = this.#receiving;
    if (receiving === null) {
      this.#ack(1, from);
      return;
    }
    if (message.seq !== receiving.next) {
      this.#ack(13, from);
      return;
    }
    if (this.behaviour.ack13Storm) for (let i = 0; i < 3; i++) this.#ack(13, from);
    const { command, param1, param2, param3, param4, x, y, z } = message;
    const frame = message.frame === 6 ? 3 : message.frame === 2 ? 0 : message.frame;
    const item = { frame, command, param1, param2, param3, param4, x, y, z };
    this.store[message.seq] =
      message.seq === 0
        ? { ...item, command: 16, frame: 0, x: HOME.latE7, y: HOME.lonE7, z: 150.09 }
        : this.behaviour.alter(message.seq, item);
    receiving.next++;
    receiving.startedMs = this.#clock.nowMs();
    if (receiving.next < receiving.count) this.#ask();
    else {
      this.#receiving = null;
      this.#ack(0, from);
    }
  }

  #ask(): void {
    const receiving = this.#receiving;
    if (receiving === null) return;
    receiving.lastAskMs = this.#clock.nowMs();
    this.send(buildMessage(MissionRequest, { ...to(receiving.by), seq: receiving.next }));
  }

  #ack(type: number, target = this.#receiving?.by ?? OURS): void {
    this.send(buildMessage(MissionAck, { ...to(target), type }));
  }

  #command(message: CommandLong, from: number): void {
    const reply = (result: number): void =>
      this.send(
        buildMessage(CommandAck, {
          command: message.command,
          result,
          targetSystem: from,
          targetComponent: 190,
        }),
      );
    switch (message.command) {
      case MavCmd.REQUEST_MESSAGE:
        reply(0);
        if (message._param1 === AutopilotVersion.MSG_ID && this.behaviour.uid !== null) {
          const uid2 = [...this.behaviour.uid, ...new Array(18).fill(0)].slice(0, 18);
          this.send(
            buildMessage(AutopilotVersion, {
              flightSwVersion: 0x04070000,
              uid2,
              flightCustomVersion: new Array(8).fill(0),
              middlewareCustomVersion: new Array(8).fill(0),
              osCustomVersion: new Array(8).fill(0),
            }),
          );
        }
        return;
      case MavCmd.DO_SET_MODE:
        if (this.behaviour.refusedModes.includes(message._param2)) {
          this.text('Mode change failed: requires position');
          reply(4);
          return;
        }
        this.customMode = message._param2;
        if (message._param2 !== 4 && message._param2 !== 3) this.#climbTargetM = null;
        if (message._param2 === 3 && this.missionSeq === 0) this.missionSeq = 1;
        reply(0);
        return;
      case MavCmd.COMPONENT_ARM_DISARM:
        if (this.behaviour.refuseToArm.length > 0) {
          for (const text of this.behaviour.refuseToArm) this.text(text, 2);
          reply(4);
          return;
        }
        this.armed = message._param1 === 1;
        reply(0);
        return;
      case MavCmd.NAV_TAKEOFF:
        if (!this.armed || this.customMode !== 4) {
          reply(4);
          return;
        }
        this.#climbTargetM = message._param7;
        reply(0);
        return;
      case MavCmd.MISSION_START:
        reply(0);
        if (this.armed) {
          this.customMode = 3;
          this.missionSeq = Math.max(1, this.missionSeq);
        }
        return;
      case MavCmd.RUN_PREARM_CHECKS:
        for (const text of this.behaviour.prearmTexts) this.text(`PreArm: ${text}`);
        reply(0);
        return;
      case MavCmd.SET_MESSAGE_INTERVAL:
        reply(0);
        return;
      default:
        reply(3);
    }
  }
}

function to(systemId: number): { targetSystem: number; targetComponent: number } {
  return { targetSystem: systemId, targetComponent: 190 };
}
