import {
  buildMessage,
  type MavLinkData,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionCurrent,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import { MISSION_RESULT, MISSION_TYPE, type StoredType } from '../ardupilot/mission-items.ts';
import { crcOfItem } from './px4-mission-crc.ts';
import { keptItem, refusalOf } from './px4-mission-items.ts';

/**
 * The mission protocol with PX4's habits (mavlink_mission), for tests and benchmarks of a ground station:
 *
 *            COUNT ► ask for 0                        REQUEST_LIST ► COUNT
 *   sending ◄──────────────────────── idle ──────────────────────────────► (download) sending
 *   receiving ◄── COUNT ──┘   ▲ ▲ ▲
 *     │ wanted item ► next    │ │ └── ACK, request out of turn ► ACK 1 ── sending
 *     │ other item ► nothing  │ └──── last item ► swap, ACK 0 with the checksum ── receiving
 *     │ 0.25 s ► ask again    └────── 5 s of silence ► "Operation timeout" (no ACK), or ACK 15 from us
 *     └ COUNT again ► ACK 1 (from the same one: with "Busy", and only when something has arrived)
 *
 * The list in use stays until the new one is complete. An item that comes when all is over, and is the last one taken,
 * gets ACK 0 once more, even when the transfer broke off there: an acceptance that means nothing.
 */
export const PX4_ASK_AGAIN_MS = 250;
export const PX4_GIVE_UP_MS = 5_000;
const CAPACITY: Readonly<Record<StoredType, number>> = { 0: 500, 1: 64, 2: 32 };
/** MISSION_CURRENT.total when there is none. */
const NO_MISSION = 65_535;
const CRITICAL = 2;

export interface Px4Peer {
  readonly systemId: number;
  readonly componentId: number;
  /** On which link of the aircraft it was heard. */
  readonly channelId?: number;
}

interface Stored {
  readonly items: readonly MissionItem[];
  readonly crc: number;
}

export interface Px4MissionHost {
  /** To the one that it talks with (`to`), on whatever link that is. */
  send(message: MavLinkData, to: Px4Peer): void;
  text(severity: number, text: string): void;
  /** A PX4 event beside the text, by its name; without arguments. */
  event?(name: string): void;
  /** A list is stored (or cleared). `currentSeq`: the item of a mission that was marked as current, null when none. */
  stored?(type: StoredType, currentSeq: number | null): void;
  /** MISSION_SET_CURRENT of an item that exists. */
  setCurrent?(seq: number): void;
  /** How far the flight is; without it the server counts by itself and nothing is ever flown. */
  progress?(): { readonly seq: number; readonly state: number; readonly mode: number };
}

export class Px4MissionServer {
  readonly #host: Px4MissionHost;
  readonly #stored = new Map<StoredType, Stored>();
  #state: 'idle' | 'receiving' | 'sending' = 'idle';
  #type: StoredType = MISSION_TYPE.MISSION;
  #partner: Px4Peer = { systemId: 0, componentId: 0 };
  #count = 0;
  #seq = 0;
  #crc = 0;
  #incoming: MissionItem[] = [];
  #heardAtMs = 0;
  #askedAtMs = 0;
  #current = 0;
  #marked: number | null = null;
  /** To a second station in an upload: v1.17.0 refuses without a word, others have said "Busy" with it. */
  saysBusyToOthers = true;
  /** Fault: waypoints are stored that much higher than they were sent. */
  storedTooHighM = 0;
  /** Fault: acknowledges an upload, and keeps the old list. */
  keepsOldList = false;
  /** Fault: acknowledges the upload without its last item, as some versions did. */
  acceptIncomplete = false;

  constructor(host: Px4MissionHost) {
    this.#host = host;
  }

  list(type: StoredType): readonly MissionItem[] {
    return this.#stored.get(type)?.items ?? [];
  }

  get isReceiving(): boolean {
    return this.#state === 'receiving';
  }

  /** As sent once a second, and when the current item changes. */
  missionCurrent(): MissionCurrent {
    const total = this.list(MISSION_TYPE.MISSION).length;
    const progress = this.#host.progress?.() ?? { seq: this.#current, state: total === 0 ? 1 : 2, mode: 0 };
    return buildMessage(MissionCurrent, {
      seq: progress.seq,
      total: total === 0 ? NO_MISSION : total,
      missionState: progress.state,
      missionMode: progress.mode,
      missionId: this.#crcOf(MISSION_TYPE.MISSION),
      fenceId: this.#crcOf(MISSION_TYPE.FENCE),
      rallyPointsId: this.#crcOf(MISSION_TYPE.RALLY),
    });
  }

  /** @returns whether the message belonged to the mission protocol. */
  handle(message: MavLinkData, from: Px4Peer, nowMs: number): boolean {
    if (message instanceof MissionCount) this.#onCount(message, from, nowMs);
    else if (message instanceof MissionItemInt) this.#onItem(message, from, nowMs);
    else if (message instanceof MissionRequestList) this.#onList(message, from, nowMs);
    else if (message instanceof MissionRequestInt || message instanceof MissionRequest)
      this.#onRequest(message, from, nowMs);
    else if (message instanceof MissionAck) this.#onAck(message, from);
    else if (message instanceof MissionClearAll) this.#onClear(message.missionType, from, nowMs);
    else if (message instanceof MissionSetCurrent) this.#onSetCurrent(message.seq, from);
    else return false;
    return true;
  }

  tick(nowMs: number): void {
    if (this.#state === 'idle') return;
    if (nowMs - this.#heardAtMs > PX4_GIVE_UP_MS) {
      this.#say('Operation timeout', 'mavlink_mission_op_timeout');
      this.#state = 'idle';
    } else if (this.#state === 'receiving' && nowMs - this.#askedAtMs > PX4_ASK_AGAIN_MS) {
      this.#ask(nowMs);
    }
  }

  #onCount(message: MissionCount, from: Px4Peer, nowMs: number): void {
    const type = storedType(message.missionType);
    if (this.#state === 'sending') {
      this.#busy(from);
      return;
    }
    if (this.#state === 'receiving') {
      this.#heardAtMs = nowMs;
      // The same one may say it again until something has arrived.
      if (!isSame(from, this.#partner)) this.#refuseOther(from);
      else if (this.#seq > 0) this.#busy(from);
      else this.#ask(nowMs);
      return;
    }
    if (type === null) {
      this.#ack(from, MISSION_RESULT.INVALID, 0, message.missionType);
      return;
    }
    this.#type = type;
    this.#partner = from;
    this.#heardAtMs = nowMs;
    this.#crc = 0;
    if (message.count > CAPACITY[type]) {
      this.#ack(from, MISSION_RESULT.NO_SPACE);
      return;
    }
    this.#marked = null;
    if (message.count === 0) {
      this.#store(type, [], 0);
      this.#ack(from, MISSION_RESULT.ACCEPTED);
      this.#told(type);
      return;
    }
    this.#state = 'receiving';
    this.#count = message.count;
    this.#seq = 0;
    this.#incoming = [];
    this.#ask(nowMs);
  }

  #onItem(message: MissionItemInt, from: Px4Peer, nowMs: number): void {
    if (!isSame(from, this.#partner)) {
      this.#host.text(CRITICAL, 'REJ. MIS ITEM: partner id mismatch');
      return;
    }
    if (message.missionType !== this.#type) {
      this.#ack(from, MISSION_RESULT.ERROR);
      return;
    }
    if (this.#state !== 'receiving') {
      const isLastTaken = this.#state === 'idle' && this.#seq === message.seq + 1;
      this.#ack(from, isLastTaken ? MISSION_RESULT.ACCEPTED : MISSION_RESULT.ERROR, this.#crc);
      return;
    }
    this.#heardAtMs = nowMs;
    if (message.seq !== this.#seq) return;
    const item = itemOf(message);
    const refusedWith = refusalOf(this.#type, item);
    if (refusedWith !== null) {
      this.#say('IGN MISSION_ITEM: Invalid item', 'mavlink_mission_mis_item_invalid');
      this.#ack(from, refusedWith);
      this.#state = 'idle';
      return;
    }
    this.#crc = crcOfItem(item, message.autocontinue, this.#crc);
    this.#incoming.push(item);
    if (message.current === 1) this.#marked = message.seq;
    this.#seq += 1;
    const early = this.acceptIncomplete && this.#seq === this.#count - 1;
    if (this.#seq < this.#count && !early) {
      this.#ask(nowMs);
      return;
    }
    const highM = this.#type === MISSION_TYPE.MISSION ? this.storedTooHighM : 0;
    if (!this.keepsOldList) {
      this.#store(
        this.#type,
        this.#incoming.map((one) => keptItem(raised(one, highM))),
        this.#crc,
      );
    }
    this.#state = 'idle';
    this.#ack(from, MISSION_RESULT.ACCEPTED, this.#crc);
    if (!this.keepsOldList) this.#told(this.#type);
  }

  #onList(message: MissionRequestList, from: Px4Peer, nowMs: number): void {
    const type = storedType(message.missionType);
    // All was sent, only the ACK is missing: whoever asks now is served.
    if (this.#state === 'sending' && this.#seq === this.list(this.#type).length) this.#state = 'idle';
    const again = this.#state === 'sending' && type === this.#type && isSame(from, this.#partner);
    if (type === null || (this.#state !== 'idle' && !again)) {
      this.#host.text(6, 'Mission download request ignored, already active');
      return;
    }
    this.#state = 'sending';
    this.#type = type;
    this.#partner = from;
    this.#seq = 0;
    this.#heardAtMs = nowMs;
    this.#host.send(
      buildMessage(MissionCount, {
        ...to(from),
        count: this.list(type).length,
        missionType: type,
        opaqueId: this.#crcOf(type),
      }),
      from,
    );
  }

  #onRequest(message: MissionRequestInt | MissionRequest, from: Px4Peer, nowMs: number): void {
    if (!isSame(from, this.#partner)) {
      this.#host.text(CRITICAL, 'REJ. WP CMD: partner id mismatch');
      return;
    }
    if (this.#state === 'receiving') this.#host.text(CRITICAL, 'WPM: REJ. CMD: Busy');
    if (this.#state !== 'sending' || message.missionType !== this.#type) return;
    this.#heardAtMs = nowMs;
    const items = this.list(this.#type);
    const item = items[message.seq];
    const isWanted = message.seq === this.#seq && this.#seq < items.length;
    if (item === undefined || !(isWanted || message.seq === this.#seq - 1)) {
      this.#state = 'idle';
      this.#ack(from, MISSION_RESULT.ERROR);
      this.#host.text(CRITICAL, 'WPM: REJ. CMD: Req. WP was unexpected');
      return;
    }
    if (isWanted) this.#seq += 1;
    this.#host.send(
      buildMessage(MissionItemInt, {
        ...to(from),
        ...item,
        seq: message.seq,
        current: message.seq === this.#currentSeq() && this.#type === MISSION_TYPE.MISSION ? 1 : 0,
        autocontinue: 1,
        missionType: this.#type,
      }),
      from,
    );
  }

  #onAck(message: MissionAck, from: Px4Peer): void {
    if (!isSame(from, this.#partner)) return;
    if (this.#state === 'sending' && message.missionType === this.#type) this.#state = 'idle';
    const isCancel = message.type === MISSION_RESULT.OPERATION_CANCELLED;
    if (this.#state === 'receiving' && isCancel) this.#state = 'idle';
  }

  #onClear(missionType: number, from: Px4Peer, nowMs: number): void {
    if (this.#state !== 'idle') {
      this.#host.text(CRITICAL, 'WPM: IGN CLEAR CMD: Busy');
      return;
    }
    this.#heardAtMs = nowMs;
    const single = storedType(missionType);
    const types: readonly StoredType[] =
      missionType === MISSION_TYPE.ALL ? [0, 1, 2] : single === null ? [] : [single];
    for (const type of types) this.#store(type, [], 0);
    this.#ack(from, MISSION_RESULT.ACCEPTED, 0, missionType);
    this.#marked = null;
    for (const type of types) this.#told(type);
  }

  #onSetCurrent(seq: number, from: Px4Peer): void {
    if (this.#state !== 'idle') this.#say('WPM: IGN WP CURR CMD: Busy', 'mavlink_mission_state_busy');
    else if (seq >= this.list(MISSION_TYPE.MISSION).length)
      this.#say('WPM: WP CURR CMD: Not in list', 'mavlink_mission_seq_out_of_bounds');
    else {
      this.#current = seq;
      this.#host.setCurrent?.(seq);
      this.#host.send(this.missionCurrent(), from);
    }
  }

  #store(type: StoredType, items: readonly MissionItem[], crc: number): void {
    this.#stored.set(type, { items, crc });
    // Without a marked item the current one stays, as far as the new list goes.
    if (type === MISSION_TYPE.MISSION) {
      this.#current = this.#marked ?? Math.max(0, Math.min(this.#current, items.length - 1));
    }
  }

  /** After the answer: what the rest of the aircraft makes of the new list. */
  #told(type: StoredType): void {
    this.#host.stored?.(type, type === MISSION_TYPE.MISSION ? this.#marked : null);
  }

  #currentSeq(): number {
    return this.#host.progress?.().seq ?? this.#current;
  }

  #say(text: string, event: string): void {
    this.#host.text(CRITICAL, text);
    this.#host.event?.(event);
  }

  #crcOf(type: StoredType): number {
    return this.#stored.get(type)?.crc ?? 0;
  }

  #ask(nowMs: number): void {
    this.#askedAtMs = nowMs;
    this.#host.send(
      buildMessage(MissionRequestInt, { ...to(this.#partner), seq: this.#seq, missionType: this.#type }),
      this.#partner,
    );
  }

  #busy(from: Px4Peer): void {
    this.#say('WPM: IGN MISSION_COUNT: Busy', 'mavlink_mission_ignore_mis_count');
    this.#ack(from, MISSION_RESULT.ERROR);
  }

  #refuseOther(from: Px4Peer): void {
    if (this.saysBusyToOthers) this.#busy(from);
    else this.#ack(from, MISSION_RESULT.ERROR);
  }

  #ack(peer: Px4Peer, type: number, opaqueId = 0, missionType: number = this.#type): void {
    this.#host.send(buildMessage(MissionAck, { ...to(peer), type, missionType, opaqueId }), peer);
  }
}

function raised(item: MissionItem, byM: number): MissionItem {
  return byM !== 0 && item.command === 16 ? { ...item, z: item.z + byM } : item;
}

function storedType(missionType: number): StoredType | null {
  return missionType === 0 || missionType === 1 || missionType === 2 ? missionType : null;
}

function isSame(a: Px4Peer, b: Px4Peer): boolean {
  return a.systemId === b.systemId && a.componentId === b.componentId;
}

function to(peer: Px4Peer): { readonly targetSystem: number; readonly targetComponent: number } {
  return { targetSystem: peer.systemId, targetComponent: peer.componentId };
}

function itemOf(message: MissionItemInt): MissionItem {
  const { frame, command, param1, param2, param3, param4, x, y, z } = message;
  return { frame, command, param1, param2, param3, param4, x, y, z };
}
