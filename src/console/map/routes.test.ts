import { describe, expect, it } from 'vitest';
import type { LonLatPair } from '../../contract/index.ts';
import { levelAtZoom } from './cell-layers.ts';
import { firstPart } from './line-length.ts';
import { transitParts } from './route-layers.ts';

const line: LonLatPair[] = [
  [110, 25],
  [110.001, 25],
  [110.002, 25],
];

describe('the flown part of a line', () => {
  it('ends exactly where the share ends', () => {
    const [, middle] = firstPart(line, 0.25);
    expect(middle?.[0]).toBeCloseTo(110.0005, 6);
    expect(firstPart(line, 0.75)).toHaveLength(3);
  });

  it('is the beginning alone at nothing and the whole line at everything', () => {
    expect(firstPart(line, 0)).toEqual([line[0]]);
    expect(firstPart(line, 1)).toEqual(line);
    expect(firstPart([], 0.5)).toEqual([]);
  });
});

describe('the ways there and back', () => {
  const home: LonLatPair = [109.99, 25.01];

  it('are the route without its covering part', () => {
    expect(transitParts([home, ...line, home], line)).toEqual([
      [home, line[0]],
      [line[2], home],
    ]);
  });

  it('are the whole route when the covering part is not in it', () => {
    const route = [home, [1, 1] as LonLatPair];
    expect(transitParts(route, line)).toEqual([route]);
  });
});

describe('the level that a click means', () => {
  it('follows what the zoom shows', () => {
    expect([12, 14, 16].map(levelAtZoom)).toEqual([1, 2, 3]);
  });
});
