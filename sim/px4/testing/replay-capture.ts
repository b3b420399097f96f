import { readFileSync } from 'node:fs';
import { decodeById } from '../../../firmware-bridge/codec/decoder.ts';
import { Framer } from '../../../firmware-bridge/codec/framer.ts';
import {
  CommandAck,
  Event,
  ExtendedSysState,
  Heartbeat,
  type MavLinkData,
  MissionAck,
  MissionCurrent,
  ParamValue,
  StatusText,
  SysStatus,
} from '../../../firmware-bridge/codec/messages.ts';
import { readTlog } from '../../../firmware-bridge/codec/tlog-reader.ts';
import { CALM } from '../../aircraft/aircraft-state.ts';
import { Px4Vehicle } from '../px4-vehicle.ts';
import { TEST_HOME } from './px4-tower.ts';

const STEP_S = 0.04;
/** System id of the captured aircraft; all others are ground stations. */
const AIRCRAFT = 27;

/** What one aircraft said, as lines that can be compared. */
export interface Said {
  /** "command:result". */
  readonly acks: readonly string[];
  readonly texts: readonly string[];
  /** Number and arguments in hexadecimal, without zeros at the end. */
  readonly events: readonly string[];
  /** "main.sub", with * while armed; changes only. */
  readonly modes: readonly string[];
  /** "type of list: result, checksum". */
  readonly missionAcks: readonly string[];
  /** "seq/total state mode"; changes only. */
  readonly missions: readonly string[];
  readonly landed: readonly number[];
  /** Pre-arm bit, changes only. */
  readonly prearm: readonly boolean[];
  readonly messages: readonly MavLinkData[];
}

export interface Replay {
  readonly real: Said;
  readonly ours: Said;
}

export interface ReplayOptions {
  /** Seconds after the first frame in which the captured one had its position. */
  readonly startupS: number;
  readonly parameters?: Readonly<Record<string, number>>;
  /** Called before each step with the seconds since the first frame. */
  readonly during?: (vehicle: Px4Vehicle, atS: number) => void;
}

/**
 * A captured conversation with a real PX4 once more, with the simulated one: every frame of the ground station comes at
 * its time. Both sides of what was said, to be compared.
 */
export function replayCapture(path: string, options: ReplayOptions): Replay {
  const records = [...readTlog(readFileSync(path))];
  const [first] = records;
  const realMessages: MavLinkData[] = [];
  const ourMessages: MavLinkData[] = [];
  const framer = new Framer();
  const vehicle = new Px4Vehicle({
    systemId: AIRCRAFT,
    start: TEST_HOME,
    seed: 7,
    startupS: options.startupS,
    wind: CALM,
    uid2: new Array<number>(18).fill(1),
    bootEpochMs: 1_800_000_000_000,
    streams: 'minimal',
    ...(options.parameters === undefined ? {} : { parameters: options.parameters }),
  });
  const channel = vehicle.openChannel((bytes) => {
    for (const frame of framer.pushDatagram(bytes)) {
      const message = decodeById(frame);
      if (message !== null) ourMessages.push(message);
    }
  });
  channel.rates.set(245, 200_000, 0);
  channel.rates.set(1, 200_000, 0);
  let nowS = 0;
  for (const { atUs, frame } of records) {
    const atS = Number(atUs - (first?.atUs ?? 0n)) / 1e6;
    const message = decodeById(frame);
    if (message === null) continue;
    if (frame.systemId === AIRCRAFT) {
      realMessages.push(message);
      continue;
    }
    for (; nowS + STEP_S <= atS; nowS += STEP_S) {
      options.during?.(vehicle, nowS);
      vehicle.step(STEP_S);
      vehicle.tickProtocol(nowS * 1000);
      vehicle.flush();
    }
    vehicle.handle(message, frame.systemId, frame.componentId, channel, atS * 1000);
    vehicle.flush();
  }
  return { real: said(realMessages), ours: said(ourMessages) };
}

function said(messages: readonly MavLinkData[]): Said {
  const acks: string[] = [];
  const texts: string[] = [];
  const events: string[] = [];
  const modes: string[] = [];
  const missionAcks: string[] = [];
  const missions: string[] = [];
  const landed: number[] = [];
  const prearm: boolean[] = [];
  /** Events that were asked for again come twice. */
  const sequences = new Set<number>();
  for (const message of messages) {
    if (message instanceof CommandAck) acks.push(`${message.command}:${message.result}`);
    else if (message instanceof StatusText) {
      const part = message.text.replaceAll('\0', '').replace(/\t$/, '');
      if (message.chunkSeq === 0) texts.push(part);
      else texts[texts.length - 1] += part;
    } else if (message instanceof Event) {
      if (sequences.has(message.sequence)) continue;
      sequences.add(message.sequence);
      const hex = Buffer.from(message.arguments)
        .toString('hex')
        .replace(/(00)+$/, '');
      events.push(`${message.id.toString(16)} ${message.logLevels.toString(16)} ${hex}`);
    } else if (message instanceof Heartbeat) {
      const armed = (message.baseMode & 0x80) !== 0 ? '*' : '';
      change(modes, `${(message.customMode >>> 16) & 0xff}.${message.customMode >>> 24}${armed}`);
    } else if (message instanceof MissionAck) {
      missionAcks.push(`${message.missionType}: ${message.type}, ${message.opaqueId}`);
    } else if (message instanceof MissionCurrent) {
      change(missions, `${message.seq}/${message.total} ${message.missionState} ${message.missionMode}`);
    } else if (message instanceof ExtendedSysState) change(landed, message.landedState as number);
    else if (message instanceof SysStatus) {
      change(prearm, (message.onboardControlSensorsHealth & 0x1000_0000) !== 0);
    }
  }
  return { acks, texts, events, modes, missionAcks, missions, landed, prearm, messages };
}

function change<T>(list: T[], value: T): void {
  if (list.at(-1) !== value) list.push(value);
}

/** The parameters among the messages, by name, as 4 bytes in hexadecimal. */
export function parameterBytes(messages: readonly MavLinkData[]): ReadonlyMap<string, string> {
  const bytes = Buffer.alloc(4);
  const found = new Map<string, string>();
  for (const message of messages) {
    if (!(message instanceof ParamValue)) continue;
    bytes.writeFloatLE(message.paramValue);
    found.set(message.paramId.replaceAll('\0', ''), bytes.toString('hex'));
  }
  return found;
}
