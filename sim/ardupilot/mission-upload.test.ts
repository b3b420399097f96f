import { describe, expect, it } from 'vitest';
import { item } from '../testing/tower.ts';
import type { Peer } from '../vehicle/outbox.ts';
import {
  GIVE_UP_MS,
  REQUEST_AGAIN_MS,
  stepUpload,
  type UploadEffect,
  type UploadInput,
  type UploadState,
} from './mission-upload.ts';

const gcs: Peer = { systemId: 200, componentId: 190, channelId: 1 };
const other: Peer = { systemId: 255, componentId: 190, channelId: 2 };
const waypoint = item(16, { x: 252_814_390, y: 1_102_900_000, z: 25 });

const count = (n: number, nowMs = 0, from = gcs, capacity = 724): UploadInput => ({
  kind: 'count',
  from,
  type: 0,
  count: n,
  capacity,
  nowMs,
});
const send = (seq: number, nowMs = 0, from = gcs, what = waypoint): UploadInput => ({
  kind: 'item',
  from,
  type: 0,
  seq,
  item: what,
  nowMs,
});

function inShort(effect: UploadEffect): string {
  switch (effect.kind) {
    case 'request':
      return `ask ${effect.seq}`;
    case 'ack':
      return `ack ${effect.result}`;
    case 'store-mission-item':
      return `store ${effect.seq}`;
    case 'truncate-mission':
      return `cut to ${effect.count}`;
    case 'warn':
      return effect.text;
    case 'replace':
      return `replace ${effect.items.length}`;
    case 'complete':
      return 'complete';
  }
}

/** Effects in short: `ask 2`, `ack 13`, `store 1` … of the last input. */
function lastEffects(...inputs: readonly UploadInput[]): readonly string[] {
  let state: UploadState = { kind: 'idle' };
  let shown: readonly string[] = [];
  for (const input of inputs) {
    const step = stepUpload(state, input);
    state = step.state;
    shown = step.effects.map(inShort);
  }
  return shown;
}

describe('receiving a mission', () => {
  it.each<[string, readonly UploadInput[], readonly string[]]>([
    ['cuts the stored mission at COUNT and asks for item 0', [count(3)], ['cut to 3', 'ask 0']],
    ['stores an item at once and asks for the next', [count(3), send(0)], ['store 0', 'ask 1']],
    ['acknowledges after the last item', [count(2), send(0), send(1)], ['store 1', 'ack 0', 'complete']],
    ['answers an item out of order with 13', [count(3), send(1)], ['ack 13']],
    ['answers a repeated item with 13', [count(3), send(0), send(0)], ['ack 13']],
    ['goes on after a 13', [count(3), send(1), send(0)], ['store 0', 'ask 1']],
    ['answers the last item sent again after the end with 1', [count(1), send(0), send(0)], ['ack 1']],
    ['answers an item without a COUNT with 1', [send(0)], ['ack 1']],
    ['has no space for too many', [count(5, 0, gcs, 4)], ['ack 4', 'Only 4 items are supported']],
    [
      'has no space at all before it is ready',
      [count(1, 0, gcs, 0)],
      ['ack 4', 'Only 0 items are supported'],
    ],
    ['denies a second ground station', [count(3), count(2, 0, other)], ['ack 14']],
    ['denies items of a second ground station', [count(3), send(0, 0, other)], ['ack 14']],
    ['lets the same ground station start over', [count(3), send(0), count(2)], ['cut to 2', 'ask 0']],
    ['clears with a COUNT of 0', [count(0)], ['cut to 0', 'ack 0', 'complete']],
    ['refuses a command that it does not know', [count(2), send(0, 0, gcs, item(34))], ['ack 3']],
    [
      'refuses a frame that it does not know',
      [count(2), send(0, 0, gcs, { ...waypoint, frame: 8 })],
      ['ack 2'],
    ],
    [
      'refuses a latitude beyond the pole',
      [count(2), send(0, 0, gcs, { ...waypoint, x: 910_000_000 })],
      ['ack 10'],
    ],
    [
      'refuses a height that is no number',
      [count(2), send(0, 0, gcs, { ...waypoint, z: Number.NaN })],
      ['ack 12'],
    ],
    ['ends the upload with a refused item', [count(2), send(0, 0, gcs, item(34)), send(0)], ['ack 1']],
    ['tells a stranger with the wrong item 13', [count(3), send(2, 0, other)], ['ack 13']],
    ['waits a second for an item', [count(3), { kind: 'tick', nowMs: REQUEST_AGAIN_MS }], []],
    ['then asks again', [count(3), { kind: 'tick', nowMs: REQUEST_AGAIN_MS + 1 }], ['ask 0']],
    [
      'asks again once a second only',
      [count(3), { kind: 'tick', nowMs: 1001 }, { kind: 'tick', nowMs: 1500 }],
      [],
    ],
    [
      'gives up after 8 s with 15',
      [count(3), { kind: 'tick', nowMs: GIVE_UP_MS + 1 }],
      ['ack 15', 'Mission upload timeout'],
    ],
    [
      'counts the 8 s from the last wanted item',
      [count(3), send(0, 7000), { kind: 'tick', nowMs: 14_999 }],
      ['ask 1'],
    ],
    [
      'does not count an unwanted item as progress',
      [count(3), send(2, 7000), { kind: 'tick', nowMs: 8001 }],
      ['ack 15', 'Mission upload timeout'],
    ],
  ])('%s', (_, inputs, expected) => {
    expect(lastEffects(...inputs)).toEqual(expected);
  });

  it('swaps a fence as a whole at the end', () => {
    const vertex = item(5001, { frame: 0, param1: 1, x: 1, y: 1 });
    const fence = (input: UploadInput): UploadInput =>
      input.kind === 'tick' ? input : { ...input, type: 1 };
    expect(lastEffects(fence(count(2)))).toEqual(['ask 0']);
    expect(lastEffects(fence(count(2)), fence(send(0, 0, gcs, vertex)))).toEqual(['ask 1']);
    expect(
      lastEffects(fence(count(2)), fence(send(0, 0, gcs, vertex)), fence(send(1, 0, gcs, vertex))),
    ).toEqual(['replace 2', 'ack 0', 'complete']);
  });
});
