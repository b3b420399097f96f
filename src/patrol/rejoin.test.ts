import { describe, expect, it } from 'vitest';
import type { Diversion } from '../contract/index.ts';
import { rejoinItem } from './rejoin.ts';

const diversion = (leftItem: number | null): Diversion => ({
  ...{ to: [110, 25], relativeAltitudeM: 60, purpose: 'incident-follow-up', note: 'x', orderNumber: null },
  ...{ orderedBy: 'op', atMs: 1, arrived: true, leftAt: [110, 25], leftItem },
});
const at = (leftItem: number | null) =>
  rejoinItem({ diversion: diversion(leftItem), coverFirstIndex: 4, coverLastIndex: 9 });

describe('where a patrol that was left is taken up again', () => {
  it.each([
    ['on a leg that sees the cell, at the beginning of that leg', 7, 6],
    ['on the last leg', 9, 8],
    ['on the way out, where it was going', 3, 3],
    ['on the way to the first lane', 4, 4],
    ['on the way back, where it was going', 11, 11],
    ['still before its take-off, by itself', 0, null],
    ['where it did not say, by itself', null, null],
  ])('%s', (_name, left, item) => {
    expect(at(left)).toBe(item);
  });

  it('is nowhere when it was not left', () => {
    expect(rejoinItem({ diversion: null, coverFirstIndex: 4, coverLastIndex: 9 })).toBeNull();
  });
});
