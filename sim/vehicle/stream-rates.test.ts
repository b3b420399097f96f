import { describe, expect, it } from 'vitest';
import { StreamRates } from './stream-rates.ts';

/** How often each message is sent in `seconds`, in steps of 0.04 s. */
function count(rates: StreamRates, seconds: number, fromS = 0): Record<number, number> {
  const counts: Record<number, number> = {};
  for (let step = 1; step <= Math.round(seconds / 0.04); step += 1) {
    rates.emitDue(fromS + step * 0.04, 0.04, (id) => {
      counts[id] = (counts[id] ?? 0) + 1;
    });
  }
  return counts;
}

describe('message rates', () => {
  it('start with HEARTBEAT only', () => {
    expect(count(new StreamRates(0.5), 10)).toEqual({ 0: 10 });
  });

  it.each([
    ['5 Hz', 200_000, 50],
    ['50 Hz, faster than a step', 20_000, 500],
    ['0.5 Hz', 2_000_000, 5],
  ])('%s', (_, intervalUs, expected) => {
    const rates = new StreamRates(0.5);
    rates.set(33, intervalUs, 0.001);
    expect(count(rates, 10)[33]).toBe(expected);
  });

  it.each([
    ['−1 stops', -1, -1],
    ['0 is the default: silence', 0, -1],
    ['less than 1 ms becomes 1 ms', 10, 1000],
    ['more than 60 s becomes 60 s', 90_000_000, 60_000_000],
  ])('%s', (_, intervalUs, expected) => {
    const rates = new StreamRates();
    rates.set(33, 200_000, 0);
    rates.set(33, intervalUs, 0);
    expect(rates.intervalUs(33)).toBe(expected);
  });

  it('gives HEARTBEAT back with 0', () => {
    const rates = new StreamRates();
    rates.set(0, -1, 0);
    expect(count(rates, 3)).toEqual({});
    rates.set(0, 0, 3);
    expect(rates.intervalUs(0)).toBe(1_000_000);
  });

  it('drops the backlog of a stall instead of sending a burst', () => {
    const rates = new StreamRates();
    rates.set(33, 100_000, 0);
    count(rates, 1);
    const counts: number[] = [];
    rates.emitDue(60, 0.04, (id) => counts.push(id));
    expect(counts.filter((id) => id === 33).length).toBeLessThanOrEqual(2);
  });
});
