import type { MissionItem } from '../../missions/mission-item.ts';
import type { Peer } from '../vehicle/outbox.ts';
import {
  convertItem,
  MISSION_RESULT,
  MISSION_TYPE,
  type MissionDialect,
  type StoredType,
} from './mission-items.ts';

/**
 * Receiving a mission, fence or rally list, with ArduPilot's habits (GCS_Common/MissionItemProtocol):
 *
 *            COUNT ► truncate, ask for 0
 *   idle ───────────────────────────────► receiving ── wanted item ► store, ask for the next
 *    ▲ ▲                                   │  │  └──── other item  ► ACK 13, goes on
 *    │ └──── last item ► ACK 0 ────────────┘  └─────── 1 s silence ► ask again
 *    ├────── item that it cannot take ► ACK 2–12
 *    └────── 8 s without a wanted item ► ACK 15
 *
 * A mission is not atomic: it is cut at COUNT and overwritten item by item. Fence and rally are swapped at the end.
 */
export type UploadState = { readonly kind: 'idle' } | ReceivingState;

interface ReceivingState {
  readonly kind: 'receiving';
  readonly peer: Peer;
  readonly type: StoredType;
  readonly count: number;
  readonly wantedSeq: number;
  readonly lastItemAtMs: number;
  readonly lastRequestAtMs: number;
  /** Fence and rally items so far. */
  readonly buffer: readonly MissionItem[];
}

export type UploadInput =
  | {
      readonly kind: 'count';
      readonly from: Peer;
      readonly type: StoredType;
      readonly count: number;
      readonly capacity: number;
      readonly nowMs: number;
    }
  | {
      readonly kind: 'item';
      readonly from: Peer;
      readonly type: StoredType;
      readonly seq: number;
      readonly item: MissionItem;
      readonly nowMs: number;
    }
  | { readonly kind: 'tick'; readonly nowMs: number };

export type UploadEffect =
  | { readonly kind: 'request'; readonly to: Peer; readonly type: StoredType; readonly seq: number }
  | { readonly kind: 'ack'; readonly to: Peer; readonly type: StoredType; readonly result: number }
  | { readonly kind: 'warn'; readonly text: string }
  | { readonly kind: 'truncate-mission'; readonly count: number }
  | { readonly kind: 'store-mission-item'; readonly seq: number; readonly item: MissionItem }
  | { readonly kind: 'replace'; readonly type: 1 | 2; readonly items: readonly MissionItem[] }
  | { readonly kind: 'complete'; readonly type: StoredType };

export interface UploadStep {
  readonly state: UploadState;
  readonly effects: readonly UploadEffect[];
}

export const REQUEST_AGAIN_MS = 1000;
export const GIVE_UP_MS = 8000;

export function stepUpload(
  state: UploadState,
  input: UploadInput,
  dialect: MissionDialect = 'copter',
): UploadStep {
  switch (input.kind) {
    case 'count':
      return onCount(state, input);
    case 'item':
      return onItem(state, input, dialect);
    case 'tick':
      return onTick(state, input.nowMs);
  }
}

function onCount(state: UploadState, input: Extract<UploadInput, { kind: 'count' }>): UploadStep {
  const { from, type, count, capacity, nowMs } = input;
  // The same ground station may start over, another one has to wait.
  if (state.kind === 'receiving' && !isSamePeer(state.peer, from)) {
    return { state, effects: [{ kind: 'ack', to: from, type, result: MISSION_RESULT.DENIED }] };
  }
  if (count > capacity) {
    return {
      state: { kind: 'idle' },
      effects: [
        { kind: 'ack', to: from, type, result: MISSION_RESULT.NO_SPACE },
        { kind: 'warn', text: `Only ${capacity} items are supported` },
      ],
    };
  }
  const truncate: readonly UploadEffect[] =
    type === MISSION_TYPE.MISSION ? [{ kind: 'truncate-mission', count }] : [];
  if (count === 0) {
    const replace: readonly UploadEffect[] =
      type === MISSION_TYPE.MISSION ? truncate : [{ kind: 'replace', type, items: [] }];
    return { state: { kind: 'idle' }, effects: [...replace, ...finished(from, type)] };
  }
  return {
    state: {
      kind: 'receiving',
      peer: from,
      type,
      count,
      wantedSeq: 0,
      lastItemAtMs: nowMs,
      lastRequestAtMs: nowMs,
      buffer: [],
    },
    effects: [...truncate, { kind: 'request', to: from, type, seq: 0 }],
  };
}

function onItem(
  state: UploadState,
  input: Extract<UploadInput, { kind: 'item' }>,
  dialect: MissionDialect,
): UploadStep {
  const { from, type, seq, nowMs } = input;
  const answer = (result: number): UploadStep => ({
    state,
    effects: [{ kind: 'ack', to: from, type, result }],
  });
  // Also what the last item gets when it is sent again after the end.
  if (state.kind === 'idle') return answer(MISSION_RESULT.ERROR);
  if (type !== state.type) return answer(MISSION_RESULT.ERROR);
  // The order of these two is the real one's: a stranger with the wrong item hears 13, not 14.
  if (seq !== state.wantedSeq) return answer(MISSION_RESULT.INVALID_SEQUENCE);
  if (!isSamePeer(state.peer, from)) return answer(MISSION_RESULT.DENIED);
  const conversion = convertItem(type, input.item, dialect);
  if (conversion.kind === 'refused') return { ...answer(conversion.result), state: { kind: 'idle' } };
  const isMission = type === MISSION_TYPE.MISSION;
  const buffer = isMission ? state.buffer : [...state.buffer, conversion.item];
  const store: readonly UploadEffect[] = isMission
    ? [{ kind: 'store-mission-item', seq, item: conversion.item }]
    : [];
  const wantedSeq = seq + 1;
  if (wantedSeq === state.count) {
    const replace: readonly UploadEffect[] = isMission ? [] : [{ kind: 'replace', type, items: buffer }];
    return { state: { kind: 'idle' }, effects: [...store, ...replace, ...finished(from, type)] };
  }
  return {
    state: { ...state, wantedSeq, buffer, lastItemAtMs: nowMs, lastRequestAtMs: nowMs },
    effects: [...store, { kind: 'request', to: from, type, seq: wantedSeq }],
  };
}

function onTick(state: UploadState, nowMs: number): UploadStep {
  if (state.kind === 'idle') return { state, effects: [] };
  const { peer, type, wantedSeq } = state;
  if (nowMs - state.lastItemAtMs > GIVE_UP_MS) {
    return {
      state: { kind: 'idle' },
      effects: [
        { kind: 'ack', to: peer, type, result: MISSION_RESULT.OPERATION_CANCELLED },
        { kind: 'warn', text: 'Mission upload timeout' },
      ],
    };
  }
  if (nowMs - state.lastRequestAtMs <= REQUEST_AGAIN_MS) return { state, effects: [] };
  return {
    state: { ...state, lastRequestAtMs: nowMs },
    effects: [{ kind: 'request', to: peer, type, seq: wantedSeq }],
  };
}

function finished(to: Peer, type: StoredType): readonly UploadEffect[] {
  return [
    { kind: 'ack', to, type, result: MISSION_RESULT.ACCEPTED },
    { kind: 'complete', type },
  ];
}

function isSamePeer(a: Peer, b: Peer): boolean {
  return a.systemId === b.systemId && a.componentId === b.componentId;
}
