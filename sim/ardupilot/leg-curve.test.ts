import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CurveLimits, LegCurve } from './leg-curve.ts';

/** WPNAV_SPEED 1000, WPNAV_ACCEL 250, WPNAV_JERK 1, and the snap that ATC_INPUT_TC 0.15 s leaves. */
const COPTER: CurveLimits = { speedMps: 10, accelerationMps2: 2.5, jerkMps3: 1, snapMps4: 5.236 };

function motionAt(curve: LegCurve, timeS: number) {
  const out = { distanceM: 0, speedMps: 0, accelerationMps2: 0 };
  curve.at(timeS, out);
  return out;
}

describe('the speed along a leg', () => {
  it('takes 60 m from rest to rest in about 13 s and gets to 9 m/s, as measured on ArduCopter SITL', () => {
    const curve = new LegCurve(60, COPTER);
    expect(curve.durationS).toBeGreaterThan(12);
    expect(curve.durationS).toBeLessThan(14);
    expect(curve.cruiseMps).toBeGreaterThan(8.5);
    expect(curve.cruiseMps).toBeLessThan(9.5);
  });

  it('takes the time of the cruise, of the speed change and of one ramp: 400/10 + 10/2.5 + 2.5/1 + 0.3 s', () => {
    expect(new LegCurve(400, COPTER).durationS).toBeCloseTo(46.8, 1);
  });

  it('is smooth, within its limits and ends where it shall, for any leg', () => {
    const leg = fc.record({
      lengthM: fc.double({ min: 0.5, max: 900, noNaN: true }),
      speedMps: fc.double({ min: 0.5, max: 15, noNaN: true }),
      accelerationMps2: fc.double({ min: 0.5, max: 5, noNaN: true }),
      jerkMps3: fc.double({ min: 0.3, max: 10, noNaN: true }),
    });
    fc.assert(
      fc.property(leg, ({ lengthM, ...given }) => {
        const limits = { ...given, snapMps4: given.jerkMps3 * 5.236 };
        const curve = new LegCurve(lengthM, limits);
        let before = motionAt(curve, 0);
        const stepS = curve.durationS / 200;
        for (let step = 1; step <= 200; step += 1) {
          const now = motionAt(curve, step * stepS);
          expect(now.distanceM).toBeGreaterThanOrEqual(before.distanceM - 1e-6);
          expect(now.speedMps).toBeLessThan(limits.speedMps + 1e-6);
          expect(Math.abs(now.accelerationMps2)).toBeLessThan(limits.accelerationMps2 + 1e-6);
          // The distance is the integral of the speed.
          const meanMps = (now.speedMps + before.speedMps) / 2;
          const missM = Math.abs(now.distanceM - before.distanceM - meanMps * stepS);
          expect(missM).toBeLessThan((limits.accelerationMps2 * stepS * stepS) / 4 + 1e-6);
          before = now;
        }
        expect(before.distanceM).toBeCloseTo(lengthM, 3);
        expect(before.speedMps).toBeCloseTo(0, 3);
      }),
      { numRuns: 60 },
    );
  });

  it('begins and ends with the speeds that it is given', () => {
    const curve = new LegCurve(100, COPTER, 4, 6);
    expect(motionAt(curve, 0).speedMps).toBe(4);
    expect(motionAt(curve, curve.durationS).speedMps).toBeCloseTo(6, 6);
    expect(motionAt(curve, curve.durationS).distanceM).toBeCloseTo(100, 6);
  });

  it('brakes as hard as it must when it begins too fast for its length', () => {
    const curve = new LegCurve(5, COPTER, 10);
    expect(motionAt(curve, curve.durationS)).toMatchObject({ distanceM: 5, speedMps: 0 });
  });
});
