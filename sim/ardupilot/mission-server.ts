import {
  buildMessage,
  type MavLinkData,
  MissionAck,
  MissionClearAll,
  MissionCount,
  MissionItemInt,
  MissionRequest,
  MissionRequestInt,
  MissionRequestList,
  MissionSetCurrent,
} from '../../firmware-bridge/codec/messages.ts';
import { MAV_CMD, type MissionItem } from '../../missions/mission-item.ts';
import type { Peer } from '../vehicle/outbox.ts';
import { MISSION_RESULT, MISSION_TYPE, type MissionDialect, type StoredType } from './mission-items.ts';
import type { MissionStore } from './mission-store.ts';
import { stepUpload, type UploadEffect, type UploadInput, type UploadState } from './mission-upload.ts';

export interface MissionServerHost {
  readonly store: MissionStore;
  readonly dialect: MissionDialect;
  /** Before "ArduPilot Ready" there is room for nothing. */
  isReady(): boolean;
  /** AUTO is flying the mission: it cannot be cleared now. */
  isRunning(): boolean;
  /** Item that is flown: it reads back as the current one. */
  currentSeq(): number;
  send(to: Peer, message: MavLinkData): void;
  text(severity: number, text: string): void;
  onChanged(type: StoredType): void;
  setCurrent(seq: number): boolean;
  broadcast(messageId: number): void;
}

const MISSION_CURRENT_ID = 42;
const WARNING = 4;
const INFO = 6;
const DEBUG = 7;

/** The mission protocol of the aircraft: upload (`mission-upload.ts`), download, clear, set current. */
export class MissionServer {
  readonly #host: MissionServerHost;
  #upload: UploadState = { kind: 'idle' };
  #storeWrongItem = false;
  #storeNothing = false;

  constructor(host: MissionServerHost) {
    this.#host = host;
  }

  /** Fault: while on, item 2 of an uploaded mission is stored 100 m higher than it was sent. */
  storeWrongItem(on: boolean): void {
    this.#storeWrongItem = on;
  }

  /** Fault: while on, an upload is acknowledged and what was stored before stays. */
  storeNothing(on: boolean): void {
    this.#storeNothing = on;
  }

  /** @returns whether the message belonged to the mission protocol. */
  handle(message: MavLinkData, from: Peer, nowMs: number): boolean {
    if (message instanceof MissionCount) this.#onCount(message, from, nowMs);
    else if (message instanceof MissionItemInt) this.#onItem(message, from, nowMs);
    else if (message instanceof MissionRequestInt || message instanceof MissionRequest) {
      this.#sendItem(message.missionType, message.seq, from);
    } else if (message instanceof MissionRequestList) this.#sendCount(message.missionType, from);
    else if (message instanceof MissionClearAll) this.#clear(message.missionType, from);
    else if (message instanceof MissionSetCurrent) {
      if (this.#host.setCurrent(message.seq)) this.#host.broadcast(MISSION_CURRENT_ID);
    } else return message instanceof MissionAck;
    return true;
  }

  tick(nowMs: number): void {
    if (this.#upload.kind === 'receiving') this.#step({ kind: 'tick', nowMs });
  }

  #onCount(message: MissionCount, from: Peer, nowMs: number): void {
    const type = storedType(message.missionType);
    if (type === null) {
      this.#ack(from, message.missionType, MISSION_RESULT.UNSUPPORTED);
      return;
    }
    const capacity = this.#host.isReady() ? this.#host.store.capacity(type) : 0;
    this.#step({ kind: 'count', from, type, count: message.count, capacity, nowMs });
  }

  #onItem(message: MissionItemInt, from: Peer, nowMs: number): void {
    const type = storedType(message.missionType);
    if (type === null) {
      this.#ack(from, message.missionType, MISSION_RESULT.UNSUPPORTED);
      return;
    }
    this.#step({ kind: 'item', from, type, seq: message.seq, item: itemOf(message), nowMs });
  }

  #step(input: UploadInput): void {
    const { state, effects } = stepUpload(this.#upload, input, this.#host.dialect);
    this.#upload = state;
    for (const effect of effects) this.#apply(effect);
  }

  #apply(effect: UploadEffect): void {
    const { store } = this.#host;
    switch (effect.kind) {
      case 'request': {
        const { systemId, componentId } = effect.to;
        // MISSION_REQUEST, not MISSION_REQUEST_INT: so does the real one, and it wants MISSION_ITEM_INT all the same.
        const request = buildMessage(MissionRequest, {
          targetSystem: systemId,
          targetComponent: componentId,
          seq: effect.seq,
          missionType: effect.type,
        });
        this.#host.send(effect.to, request);
        return;
      }
      case 'ack':
        this.#ack(effect.to, effect.type, effect.result);
        return;
      case 'warn':
        this.#host.text(WARNING, effect.text);
        return;
      case 'truncate-mission':
        if (this.#storeNothing) return;
        store.truncateMission(effect.count);
        this.#host.onChanged(MISSION_TYPE.MISSION);
        return;
      case 'store-mission-item':
        if (this.#storeNothing) return;
        store.putMissionItem(effect.seq, this.#maybeWrong(effect.seq, effect.item));
        this.#host.onChanged(MISSION_TYPE.MISSION);
        return;
      case 'replace':
        if (this.#storeNothing) return;
        store.replace(effect.type, effect.items);
        this.#host.onChanged(effect.type);
        return;
      case 'complete':
        if (effect.type === MISSION_TYPE.MISSION) this.#host.text(INFO, 'Flight plan received');
        if (effect.type === MISSION_TYPE.FENCE) this.#host.text(DEBUG, 'Fence Indexed OK');
    }
  }

  #maybeWrong(seq: number, item: MissionItem): MissionItem {
    const isWaypoint = seq > 0 && item.command === MAV_CMD.NAV_WAYPOINT;
    return this.#storeWrongItem && isWaypoint ? { ...item, z: Math.fround(item.z + 100) } : item;
  }

  #sendCount(missionType: number, to: Peer): void {
    const type = storedType(missionType);
    if (type === null) {
      this.#ack(to, missionType, MISSION_RESULT.UNSUPPORTED);
      return;
    }
    if (this.#upload.kind === 'receiving') {
      this.#ack(to, missionType, MISSION_RESULT.DENIED);
      return;
    }
    const count = buildMessage(MissionCount, {
      targetSystem: to.systemId,
      targetComponent: to.componentId,
      count: this.#host.store.list(type).length,
      missionType: type,
    });
    this.#host.send(to, count);
  }

  #sendItem(missionType: number, seq: number, to: Peer): void {
    if (this.#upload.kind === 'receiving') {
      this.#ack(to, missionType, MISSION_RESULT.DENIED);
      return;
    }
    const type = storedType(missionType);
    const item = type === null ? undefined : this.#host.store.list(type)[seq];
    if (type === null || item === undefined) {
      this.#ack(to, missionType, MISSION_RESULT.ERROR);
      return;
    }
    const message = buildMessage(MissionItemInt, {
      targetSystem: to.systemId,
      targetComponent: to.componentId,
      seq,
      frame: item.frame,
      command: item.command,
      current: type === MISSION_TYPE.MISSION && seq > 0 && seq === this.#host.currentSeq() ? 1 : 0,
      autocontinue: type === MISSION_TYPE.MISSION ? 1 : 0,
      param1: item.param1,
      param2: item.param2,
      param3: item.param3,
      param4: item.param4,
      x: item.x,
      y: item.y,
      z: item.z,
      missionType: type,
    });
    this.#host.send(to, message);
  }

  #clear(missionType: number, from: Peer): void {
    const single = storedType(missionType);
    const types: readonly StoredType[] =
      missionType === MISSION_TYPE.ALL ? [0, 1, 2] : single === null ? [] : [single];
    if (types.length === 0) {
      this.#ack(from, missionType, MISSION_RESULT.UNSUPPORTED);
      return;
    }
    const isFlown = types.includes(MISSION_TYPE.MISSION) && this.#host.isRunning();
    if (isFlown || this.#upload.kind === 'receiving') {
      this.#ack(from, missionType, MISSION_RESULT.ERROR);
      return;
    }
    for (const type of types) {
      this.#host.store.clear(type);
      this.#host.onChanged(type);
    }
    this.#ack(from, missionType, MISSION_RESULT.ACCEPTED);
    if (types.includes(MISSION_TYPE.FENCE)) this.#host.text(DEBUG, 'Fence Indexed OK');
  }

  #ack(to: Peer, missionType: number, type: number): void {
    const ack = buildMessage(MissionAck, {
      targetSystem: to.systemId,
      targetComponent: to.componentId,
      type,
      missionType,
    });
    this.#host.send(to, ack);
  }
}

function storedType(missionType: number): StoredType | null {
  return missionType === 0 || missionType === 1 || missionType === 2 ? missionType : null;
}

function itemOf(message: MissionItemInt): MissionItem {
  const { frame, command, param1, param2, param3, param4, x, y, z } = message;
  return { frame, command, param1, param2, param3, param4, x, y, z };
}
