import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Mischief, TestAircraft, TestFleet, Truth } from './test-fleet.ts';
import { TrackRecorder } from './track.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it('samples all aircraft at the same moments and finds flights from arming to disarming', () => {
  let nowS = 100;
  const armedOf = (timeS: number) => (timeS > 102 && timeS < 104) || timeS > 106;
  const truth = (): Truth => ({
    ...{ eastM: nowS, northM: 0, heightM: 0, landed: true, mode: 'AUTO', batteryPct: 100 },
    armed: armedOf(nowS),
  });
  const aircraft = (name: string, read: TestAircraft['truth']): TestAircraft => {
    return { name, systemId: 1, home: { eastM: 0, northM: 0 }, truth: read, commands: () => null };
  };
  const fleet: TestFleet = {
    title: 'two',
    aircraft: [aircraft('D-01', truth), aircraft('D-02', () => (nowS < 101 ? null : truth()))],
    timeS: () => nowS,
    mischief: {} as Mischief,
    lostS: () => 0,
    close: async () => {},
  };
  const recorder = new TrackRecorder(fleet);
  // An eighth of a second is exact in binary: every second look is due.
  for (let step = 0; step < 80; step += 1) {
    nowS += 0.125;
    vi.advanceTimersByTime(10);
  }
  const [one, two] = recorder.stop();
  expect(one?.points.length).toBeGreaterThan(35);
  expect(one?.points.length).toBeLessThanOrEqual(41);
  const times = new Set(one?.points.map(({ timeS }) => timeS));
  expect(two?.points.every(({ timeS }) => times.has(timeS))).toBe(true);
  expect(two?.points[0]?.timeS).toBeGreaterThan(0.8);
  expect(one?.flights).toHaveLength(2);
  expect(one?.flights[0]?.fromS).toBeCloseTo(2, 0);
  expect(one?.flights[0]?.toS).toBeCloseTo(4, 0);
  expect(one?.flights[1]?.toS).toBeNull();
  const points = one?.points.length;
  vi.advanceTimersByTime(1000);
  expect(one?.points.length).toBe(points);
});
