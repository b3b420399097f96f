import {
  buildMessage,
  type MavLinkData,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionCurrent,
  MissionItemInt,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
} from '../../firmware-bridge/codec/messages.ts';
import type { MissionItem } from '../../missions/mission-item.ts';
import { MISSION_RESULT, MISSION_TYPE, type StoredType } from '../ardupilot/mission-items.ts';
import { crcOfItem } from './px4-mission-crc.ts';

/**
 * The mission protocol with PX4's habits (mavlink_mission), for tests and benchmarks of a ground station:
 *
 *            COUNT ► ask for 0                        REQUEST_LIST ► COUNT
 *   sending ◄──────────────────────── idle ──────────────────────────────► (download) sending
 *   receiving ◄── COUNT ──┘   ▲ ▲ ▲
 *     │ wanted item ► next    │ │ └── ACK, request out of turn ► ACK 1 ── sending
 *     │ other item ► nothing  │ └──── last item ► swap, ACK 0 with the checksum ── receiving
 *     │ 0.25 s ► ask again    └────── 5 s of silence ► "Operation timeout" (no ACK), or ACK 15 from us
 *     └ COUNT again ► ACK 1, "Busy" (from the same one: only when something has arrived)
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
}

interface Stored {
  readonly items: readonly MissionItem[];
  readonly crc: number;
}

export interface Px4MissionHost {
  send(message: MavLinkData): void;
  text(severity: number, text: string): void;
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
    return buildMessage(MissionCurrent, {
      seq: this.#current,
      total: total === 0 ? NO_MISSION : total,
      missionState: total === 0 ? 1 : 2,
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
    else if (message instanceof MissionRequestInt) this.#onRequest(message, from, nowMs);
    else if (message instanceof MissionAck) this.#onAck(message, from);
    else if (message instanceof MissionClearAll) this.#onClear(message.missionType, from, nowMs);
    else if (message instanceof MissionSetCurrent) this.#onSetCurrent(message.seq);
    else return false;
    return true;
  }

  tick(nowMs: number): void {
    if (this.#state === 'idle') return;
    if (nowMs - this.#heardAtMs > PX4_GIVE_UP_MS) {
      this.#host.text(CRITICAL, 'Operation timeout');
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
      const isPartner = isSame(from, this.#partner);
      if (isPartner) this.#heardAtMs = nowMs;
      if (!isPartner || this.#seq > 0) this.#busy(from);
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
    if (message.count === 0) {
      this.#store(type, [], 0);
      this.#ack(from, MISSION_RESULT.ACCEPTED);
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
    const refusedWith = refusal(this.#type, item);
    if (refusedWith !== null) {
      this.#host.text(CRITICAL, 'IGN MISSION_ITEM: Invalid item');
      this.#ack(from, refusedWith);
      this.#state = 'idle';
      return;
    }
    this.#crc = crcOfItem(item, message.autocontinue, this.#crc);
    this.#incoming.push(item);
    this.#seq += 1;
    const early = this.acceptIncomplete && this.#seq === this.#count - 1;
    if (this.#seq < this.#count && !early) {
      this.#ask(nowMs);
      return;
    }
    this.#store(this.#type, this.#incoming.map(kept), this.#crc);
    this.#state = 'idle';
    this.#ack(from, MISSION_RESULT.ACCEPTED, this.#crc);
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
    );
  }

  #onRequest(message: MissionRequestInt, from: Px4Peer, nowMs: number): void {
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
        current: message.seq === this.#current && this.#type === MISSION_TYPE.MISSION ? 1 : 0,
        autocontinue: 1,
        missionType: this.#type,
      }),
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
  }

  #onSetCurrent(seq: number): void {
    if (this.#state !== 'idle') this.#host.text(CRITICAL, 'WPM: IGN WP CURR CMD: Busy');
    else if (seq >= this.list(MISSION_TYPE.MISSION).length)
      this.#host.text(CRITICAL, 'WPM: WP CURR CMD: Not in list');
    else {
      this.#current = seq;
      this.#host.send(this.missionCurrent());
    }
  }

  #store(type: StoredType, items: readonly MissionItem[], crc: number): void {
    this.#stored.set(type, { items, crc });
    if (type === MISSION_TYPE.MISSION) this.#current = 0;
  }

  #crcOf(type: StoredType): number {
    return this.#stored.get(type)?.crc ?? 0;
  }

  #ask(nowMs: number): void {
    this.#askedAtMs = nowMs;
    this.#host.send(
      buildMessage(MissionRequestInt, { ...to(this.#partner), seq: this.#seq, missionType: this.#type }),
    );
  }

  #busy(from: Px4Peer): void {
    this.#host.text(CRITICAL, 'WPM: REJ. CMD: Busy');
    this.#ack(from, MISSION_RESULT.ERROR);
  }

  #ack(peer: Px4Peer, type: number, opaqueId = 0, missionType: number = this.#type): void {
    this.#host.send(buildMessage(MissionAck, { ...to(peer), type, missionType, opaqueId }));
  }
}

/** Refused by PX4's parser although ArduPilot takes them (PROTOCOL.md, seen on v1.17). */
const REFUSED_COMMANDS: ReadonlySet<number> = new Set([18, 82, 115, 183]);
const GLOBAL_FRAMES: ReadonlySet<number> = new Set([0, 2, 3, 5, 6]);

function refusal(type: StoredType, item: MissionItem): number | null {
  if (!GLOBAL_FRAMES.has(item.frame)) return MISSION_RESULT.UNSUPPORTED_FRAME;
  if (type === MISSION_TYPE.MISSION) {
    if (item.command >= 5000 && item.command <= 5100) return MISSION_RESULT.ERROR;
    return REFUSED_COMMANDS.has(item.command) ? MISSION_RESULT.UNSUPPORTED : null;
  }
  if (type === MISSION_TYPE.RALLY) return item.command === 5100 ? null : MISSION_RESULT.UNSUPPORTED;
  if (item.command < 5000 || item.command > 5004) return MISSION_RESULT.UNSUPPORTED;
  const isVertex = item.command === 5001 || item.command === 5002;
  return isVertex && Math.floor(item.param1 + 0.5) < 3 ? MISSION_RESULT.ERROR : null;
}

/** What it gives back: integer frames, positions that went through a double and may lose the last unit. */
function kept(item: MissionItem): MissionItem {
  const frame = item.frame === 0 ? 5 : item.frame === 3 ? 6 : item.frame;
  const trunc = (e7: number): number => Math.trunc(e7 * 1e-7 * 1e7);
  return { ...item, frame, x: trunc(item.x), y: trunc(item.y), z: Math.fround(item.z) };
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
