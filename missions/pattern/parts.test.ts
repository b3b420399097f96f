import { describe, expect, it } from 'vitest';
import type { PointMm } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import { areaM2 } from '../geo/region.ts';
import { decompose } from './decompose.ts';
import { coverageFraction, swathOf } from './exact.ts';
import { addTurns, type OrderProblem, orderLanes, tourCost } from './order.ts';
import { CoverageRaster } from './raster.ts';

const rect = (x: number, y: number, w: number, h: number): PointMm[] => [
  { x, y },
  { x: x + w, y },
  { x: x + w, y: y + h },
  { x, y: y + h },
];

function randomProblem(lanes: number, seed: number): OrderProblem {
  const random = seededRandom(seed);
  const ends = Array.from({ length: lanes * 2 }, () => ({ x: random() * 1e6, y: random() * 1e6 }));
  const distances = new Float64Array(ends.length ** 2);
  ends.forEach((a, i) => {
    ends.forEach((b, j) => {
      distances[i * ends.length + j] = Math.round(Math.hypot(a.x - b.x, a.y - b.y));
    });
  });
  return { lanes, distances, fromStart: new Float64Array(ends.length) };
}

function bruteForce(problem: OrderProblem): number {
  let best = Number.POSITIVE_INFINITY;
  const visit = (tour: number[]): void => {
    if (tour.length === problem.lanes) {
      best = Math.min(best, tourCost(problem, tour));
      return;
    }
    for (let end = 0; end < problem.lanes * 2; end++) {
      if (!tour.some((t) => t >> 1 === end >> 1)) visit([...tour, end]);
    }
  };
  visit([]);
  return best;
}

describe('orderLanes', () => {
  it.each([1, 2, 3, 4, 5])('finds the best tour through %i lanes', (lanes) => {
    for (let seed = 1; seed <= 5; seed++) {
      const problem = randomProblem(lanes, seed);
      expect(tourCost(problem, orderLanes(problem))).toBe(bruteForce(problem));
    }
  });

  it('visits each of many lanes once, and near the optimum that the exact search finds', () => {
    for (const lanes of [9, 20, 60]) {
      const tour = orderLanes(randomProblem(lanes, 3));
      expect(new Set(tour.map((end) => end >> 1)).size).toBe(lanes);
    }
  });

  it('pays for the turns between lanes, alike both ways and not within a lane', () => {
    // Two lanes side by side and a third that goes on where the first ends.
    const ends = [
      { x: 0, y: 0 },
      { x: 100_000, y: 0 },
      { x: 0, y: 20_000 },
      { x: 100_000, y: 20_000 },
      { x: 120_000, y: 0 },
      { x: 220_000, y: 0 },
    ];
    const n = ends.length;
    const priced = new Float64Array(n * n).fill(7);
    addTurns(priced, ends, 1000);
    const price = (out: number, into: number): number => (priced[out * n + into] as number) - 7;
    for (let out = 0; out < n; out++)
      for (let into = 0; into < n; into++) expect(price(out, into)).toBe(price(into, out));
    expect(price(0, 1)).toBe(0);
    expect(price(1, 4)).toBe(0);
    // Two corners of 90° to the lane beside, and two turns back to reach the far end of the lane ahead.
    expect(price(1, 3)).toBe(2100);
    expect(price(1, 5)).toBe(1200);
  });

  it('ends on a matrix of equal distances', () => {
    const problem = randomProblem(30, 1);
    problem.distances.fill(1000);
    expect(orderLanes(problem)).toHaveLength(30);
  });
});

describe('the swath of a path', () => {
  it('is a stadium for one leg', () => {
    const area = areaM2(
      swathOf(
        [
          { x: 0, y: 0 },
          { x: 100_000, y: 0 },
        ],
        10_000,
      ),
    );
    expect(area).toBeCloseTo(2000 + Math.PI * 100, -1);
    expect(area).toBeLessThan(2000 + Math.PI * 100);
  });

  it('does not lose the way back on the same line', () => {
    const there = [
      { x: 0, y: 0 },
      { x: 100_000, y: 0 },
    ];
    expect(areaM2(swathOf([...there, ...there.toReversed(), ...there], 10_000))).toBeCloseTo(
      areaM2(swathOf(there, 10_000)),
      0,
    );
  });

  it('covers half of a square from its middle line', () => {
    const square = [rect(0, 0, 100_000, 100_000)];
    const line = [
      { x: -50_000, y: 50_000 },
      { x: 150_000, y: 50_000 },
    ];
    expect(coverageFraction(square, line, 25_000)).toBeCloseTo(0.5, 6);
    expect(coverageFraction(square, [], 25_000)).toBe(0);
  });
});

describe('the coverage raster', () => {
  const square = [rect(0, 0, 1_000_000, 1_000_000)];

  it('agrees with exact arithmetic within its step', () => {
    const random = seededRandom(5);
    const path = Array.from({ length: 12 }, () => ({ x: random() * 1e6, y: random() * 1e6 }));
    const raster = new CoverageRaster(square, 40_000, 8_000);
    raster.addPath(path);
    const sampled = 1 - raster.uncovered / raster.total;
    expect(Math.abs(sampled - coverageFraction(square, path, 40_000))).toBeLessThan(0.005);
  });

  it('is empty again when every leg was taken away', () => {
    const random = seededRandom(8);
    const raster = new CoverageRaster(square, 30_000, 10_000);
    const legs = Array.from({ length: 200 }, () => {
      const a = { x: random() * 1e6, y: random() * 1e6 };
      // Some legs run exactly along an axis, some have no length.
      const b =
        random() < 0.2 ? a : random() < 0.3 ? { x: a.x, y: random() * 1e6 } : { x: random() * 1e6, y: a.y };
      return [a, b] as const;
    });
    for (const [a, b] of legs) raster.addLeg(a, b);
    expect(raster.uncovered).toBeLessThan(raster.total);
    for (const [a, b] of legs) raster.removeLeg(a, b);
    expect(raster.uncovered).toBe(raster.total);
    expect(raster.uncoveredGroups()).toHaveLength(1);
  });
});

describe('the decomposition', () => {
  const options = { leastBranchMm: 60, stepMm: Number.POSITIVE_INFINITY };

  it('leaves a convex shape whole', () => {
    const parts = decompose([rect(0, 0, 1000, 500)], options);
    expect(parts.map((p) => [p.bottom, p.top, p.extentAt(250)])).toEqual([[0, 500, [0, 1000]]]);
  });

  const notch = [
    { x: 0, y: 0 },
    { x: 900, y: 0 },
    { x: 900, y: 600 },
    { x: 600, y: 600 },
    { x: 600, y: 200 },
    { x: 300, y: 200 },
    { x: 300, y: 600 },
    { x: 0, y: 600 },
  ];

  it('splits a U into its foot and its two arms', () => {
    expect(decompose([notch], options).map((p) => [p.bottom, p.top])).toEqual([
      [0, 200],
      [200, 600],
      [200, 600],
    ]);
  });

  it('does not split for an arm lower than the least branch', () => {
    const parts = decompose([notch], { ...options, leastBranchMm: 1000 });
    expect(parts.map((p) => [p.bottom, p.top])).toContainEqual([0, 600]);
  });

  it('splits where the width jumps when told to', () => {
    const step = [
      rect(0, 0, 900, 200)[0],
      { x: 900, y: 0 },
      { x: 900, y: 200 },
      { x: 300, y: 200 },
      { x: 300, y: 600 },
      { x: 0, y: 600 },
    ] as PointMm[];
    expect(decompose([step], options)).toHaveLength(1);
    expect(decompose([step], { ...options, stepMm: 100 })).toHaveLength(2);
  });
});
