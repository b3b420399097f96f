import { describe, expect, it } from 'vitest';
import { at } from './district.fixture.ts';
import { weightLevels } from './levels.ts';
import { riskWeights } from './risk.ts';

const DAY_S = 86_400;
const cells = Array.from({ length: 9 }, (_, i) => ({
  cellId: `c${i}`,
  centroid: at((i % 3) * 1000, Math.floor(i / 3) * 1000),
}));
const incident = (cell: number, ageDays: number, severity = 1) => ({
  position: (cells[cell] as (typeof cells)[0]).centroid,
  atS: -ageDays * DAY_S,
  severity,
});

describe('risk weights', () => {
  it('are 1 everywhere when nothing happened', () => {
    expect(riskWeights([], cells, { nowS: 0 }).cells.map((cell) => cell.weight)).toEqual(Array(9).fill(1));
  });

  it('halve an incident with every half-life and add severities', () => {
    const { cells: risk } = riskWeights([incident(4, 30), incident(4, 60, 2), incident(0, 0)], cells, {
      nowS: 0,
    });
    expect(risk[4]?.score).toBeCloseTo(0.5 + 2 * 0.25, 9);
    expect(risk[0]?.score).toBeCloseTo(1, 9);
    expect(risk[4]?.incidents).toBe(2);
  });

  it('spread an incident over its neighbourhood by the Gaussian of its distance', () => {
    const { cells: risk } = riskWeights([incident(4, 0)], cells, { nowS: 0, bandwidthM: 500 });
    // 1,000 m are two bandwidths: exp(−2); the corners are 2.83 bandwidths away: exp(−4).
    expect(risk[1]?.score).toBeCloseTo(Math.exp(-2), 2);
    expect(risk[0]?.score).toBeCloseTo(Math.exp(-4), 3);
  });

  it('give 4 to the hottest and 1 to the quiet, or anything between', () => {
    const history = [...Array(20).fill(incident(4, 1)), ...Array(6).fill(incident(1, 1)), incident(0, 1)];
    const steps = riskWeights(history, cells, { nowS: 0, bandwidthM: 200 });
    expect([4, 1, 0, 8].map((i) => steps.cells[i]?.weight)).toEqual([4, 2, 1, 1]);
    const smooth = riskWeights(history, cells, { nowS: 0, bandwidthM: 200, scale: 'continuous' });
    expect(smooth.cells[1]?.weight).toBeCloseTo(smooth.cells[1]?.relative ?? 0, 9);
    expect(smooth.cells.every((cell) => cell.weight >= 1 && cell.weight <= 4)).toBe(true);
  });

  it('count what they leave out', () => {
    const odd = { position: { lonDeg: Number.NaN, latDeg: 0 }, atS: 0, severity: 1 };
    const result = riskWeights([incident(0, -1), odd, incident(0, 1, -3)], cells, { nowS: 0 });
    expect([result.skippedFuture, result.skippedUnplaced]).toEqual([1, 2]);
  });

  it('refuse a half-life of zero', () => {
    const result = riskWeights([incident(0, 1)], cells, { nowS: 0, halfLifeS: 0 });
    expect(result.issues[0]?.details).toMatchObject({ field: 'halfLifeS' });
    expect(result.cells.every((cell) => cell.weight === 1)).toBe(true);
  });
});

describe('levels of weights', () => {
  it.each([
    [[1, 2, 4], [2, 1, 0], 4],
    [[3, 3, 3], [0, 0, 0], 1],
    [[1, 1000], [4, 0], 16],
    [[1, 3], [1, 0], 2],
  ])('of %j are depths %j in %d frames', (weights, depth, frames) => {
    const levels = weightLevels(
      weights,
      weights.map(() => 1),
    );
    expect([...levels.depth]).toEqual(depth);
    expect(levels.frames).toBe(frames);
  });
});
