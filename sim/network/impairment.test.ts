import { describe, expect, it } from 'vitest';
import { createRandom } from '../prng.ts';
import { GOOD_NETWORK, Impairment } from './impairment.ts';

/** Carries `n` numbered datagrams one per millisecond and says which arrived, in order. */
function carry(impairment: Impairment, n: number): readonly number[] {
  const arrived: number[] = [];
  for (let ms = 0; ms < n; ms += 1) {
    impairment.carry(ms, () => arrived.push(ms));
    impairment.tick(ms);
  }
  impairment.tick(n + 10_000);
  return arrived;
}

describe('a bad network', () => {
  it('carries everything at once when it is good', () => {
    expect(carry(new Impairment(createRandom(1)), 50)).toEqual(Array.from({ length: 50 }, (_, ms) => ms));
  });

  it('loses its share, the same datagrams for the same seed', () => {
    const lossy = { ...GOOD_NETWORK, lossFraction: 0.3 };
    const first = carry(new Impairment(createRandom(5), lossy), 5000);
    expect(first.length).toBeGreaterThan(3350);
    expect(first.length).toBeLessThan(3650);
    expect(carry(new Impairment(createRandom(5), lossy), 5000)).toEqual(first);
    expect(carry(new Impairment(createRandom(6), lossy), 5000)).not.toEqual(first);
  });

  it('duplicates its share', () => {
    const arrived = carry(new Impairment(createRandom(5), { ...GOOD_NETWORK, duplicateFraction: 0.2 }), 1000);
    expect(new Set(arrived).size).toBe(1000);
    expect(arrived.length).toBeGreaterThan(1150);
    expect(arrived.length).toBeLessThan(1250);
  });

  it('delays, and reorders with jitter', () => {
    const impairment = new Impairment(createRandom(5), { ...GOOD_NETWORK, delayMs: 100 });
    const arrived: string[] = [];
    impairment.carry(0, () => arrived.push('a'));
    impairment.tick(99);
    expect(arrived).toEqual([]);
    impairment.tick(100);
    expect(arrived).toEqual(['a']);
    const jittery = carry(new Impairment(createRandom(5), { ...GOOD_NETWORK, jitterMs: 50 }), 200);
    expect(jittery).not.toEqual([...jittery].sort((a, b) => a - b));
    expect(jittery).toHaveLength(200);
  });

  it('passes nothing during a cut and loses what is on its way', () => {
    const impairment = new Impairment(createRandom(5), { ...GOOD_NETWORK, delayMs: 100 });
    let arrived = 0;
    impairment.carry(0, () => {
      arrived += 1;
    });
    impairment.cutUntil(500);
    impairment.carry(400, () => {
      arrived += 1;
    });
    impairment.tick(450);
    expect(arrived).toBe(0);
    impairment.carry(500, () => {
      arrived += 1;
    });
    impairment.tick(600);
    expect(arrived).toBe(1);
    expect(impairment.dropped).toBe(2);
  });
});
