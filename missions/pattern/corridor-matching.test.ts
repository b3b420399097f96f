import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../geo/random.ts';
import { leastMatching } from './corridor-matching.ts';

/** Cheapest perfect matching by trying every subset: another method, for small numbers. */
function byAllSubsets(n: number, costs: Float64Array): number {
  const best = new Float64Array(1 << n).fill(Number.POSITIVE_INFINITY);
  best[0] = 0;
  for (let set = 0; set < 1 << n; set++) {
    const here = best[set] as number;
    if (here === Number.POSITIVE_INFINITY) continue;
    let i = 0;
    while (i < n && (set & (1 << i)) !== 0) i++;
    for (let j = i + 1; j < n; j++) {
      if ((set & (1 << j)) !== 0) continue;
      const next = set | (1 << i) | (1 << j);
      best[next] = Math.min(best[next] as number, here + (costs[i * n + j] as number));
    }
  }
  return best[(1 << n) - 1] as number;
}

function problem(seed: number, n: number, kind: 'plane' | 'any' | 'few values'): Float64Array {
  const random = seededRandom(seed);
  const places = Array.from({ length: n }, () => [random() * 1000, random() * 1000] as const);
  const costs = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const [a, b] = [places[i] as readonly [number, number], places[j] as readonly [number, number]];
      const far = Math.round(Math.hypot(a[0] - b[0], a[1] - b[1]));
      const cost = kind === 'plane' ? far : Math.floor(random() * (kind === 'any' ? 1e6 : 4));
      costs[i * n + j] = cost;
      costs[j * n + i] = cost;
    }
  }
  return costs;
}

describe('the least matching', () => {
  it('costs what trying every subset finds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom('plane' as const, 'any' as const, 'few values' as const),
        (seed, half, kind) => {
          const n = 2 * half;
          const costs = problem(seed, n, kind);
          const found = leastMatching(n, costs);
          expect(found.cost).toBe(byAllSubsets(n, costs));
          found.partner.forEach((j, i) => {
            expect(found.partner[j]).toBe(i);
            expect(j).not.toBe(i);
          });
        },
      ),
      { numRuns: Number(process.env.FUZZ_RUNS ?? 300) },
    );
  });

  it('is perfect and no worse than the exchange heuristic for many', () => {
    const n = 120;
    const costs = problem(7, n, 'plane');
    const found = leastMatching(n, costs);
    expect(new Set(found.partner).size).toBe(n);
    expect(found.isExact).toBe(true);
  });

  it('says when it is no longer exact', () => {
    const n = 502;
    const found = leastMatching(n, problem(3, n, 'plane'));
    expect(found.isExact).toBe(false);
    found.partner.forEach((j, i) => {
      expect(found.partner[j]).toBe(i);
    });
  });

  it('has nothing to do for nobody', () => {
    expect(leastMatching(0, new Float64Array(0)).cost).toBe(0);
  });
});
