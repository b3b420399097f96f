import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALIBRATION_POINTS, TAKEOFF_HEIGHT_M } from './calibration-mission.ts';
import { flightFigures, greatestCrossTrackM } from './flight-figures.ts';
import { distanceToSegment, pathDistance } from './path-distance.ts';
import type { FlightRecord, TrackPoint } from './track.ts';

const STEP_S = 0.1;
const SPEED_MPS = 8;
const CLIMB_MPS = 2;
const SINK_MPS = 1;
const REST_S = 3;

/**
 * A flight without any physics: straight lines at one speed, corners in no time, `overshootM` beyond each corner of the
 * level legs. Item 1 is the take-off, as ArduPilot counts.
 */
function flight(
  options: { readonly overshootM?: number; readonly sideM?: number; readonly firstItem?: number } = {},
) {
  const { overshootM = 0, sideM = 0, firstItem = 1 } = options;
  const track: TrackPoint[] = [];
  const reached: { item: number; bootS: number }[] = [];
  let bootS = 100;
  let at = { eastM: 0, northM: 0, heightM: 0 };
  const stay = (seconds: number): void => {
    for (let step = 0; step < seconds / STEP_S; step += 1) {
      track.push({ ...at, bootS, groundSpeedMps: 0, climbMps: 0 });
      bootS += STEP_S;
    }
  };
  const go = (to: typeof at, speedMps: number): void => {
    const [e, n, h] = [to.eastM - at.eastM, to.northM - at.northM, to.heightM - at.heightM];
    const steps = Math.round(Math.hypot(e, n, h) / speedMps / STEP_S);
    const from = at;
    for (let step = 1; step <= steps; step += 1) {
      const t = step / steps;
      bootS += STEP_S;
      track.push({
        ...{ bootS, eastM: from.eastM + e * t, northM: from.northM + n * t, heightM: from.heightM + h * t },
        groundSpeedMps: Math.hypot(e, n) / steps / STEP_S,
        climbMps: h / steps / STEP_S,
      });
    }
    at = to;
  };
  stay(2);
  go({ ...at, heightM: TAKEOFF_HEIGHT_M }, CLIMB_MPS);
  reached.push({ item: firstItem, bootS });
  for (const [index, { eastM, northM, heightM, delayS }] of CALIBRATION_POINTS.entries()) {
    const level = heightM === at.heightM;
    const lengthM = Math.hypot(eastM - at.eastM, northM - at.northM);
    const beyond = lengthM === 0 || index > 3 ? 0 : overshootM / lengthM;
    const corner = { eastM: eastM + (index === 5 ? sideM : 0), northM, heightM };
    go(
      {
        ...corner,
        eastM: corner.eastM + (eastM - at.eastM) * beyond,
        northM: corner.northM + (northM - at.northM) * beyond,
      },
      level ? SPEED_MPS : CLIMB_MPS,
    );
    stay(delayS);
    reached.push({ item: firstItem + index + 1, bootS });
    at = corner;
  }
  go({ ...at, eastM: 0, northM: 0 }, SPEED_MPS);
  stay(REST_S);
  go({ ...at, heightM: 0 }, SINK_MPS);
  stay(4);
  const record: FlightRecord = {
    ...{ track, reached, armedS: 100, disarmedS: bootS, touchedDownS: null },
    ...{ consumedMah: 700, batteryStartPct: 100, batteryEndPct: 93, texts: [] },
  };
  return record;
}

describe('figures of a flight', () => {
  it('are those of a flight that is known', () => {
    const figures = flightFigures(flight());
    expect(figures['flight.armToLiftOffS']).toBeCloseTo(2.3, 1);
    expect(figures['flight.climbTo20mS']).toBeCloseTo(18.5 / CLIMB_MPS, 0);
    expect(figures['leg.leg east, 60 m.s']).toBeCloseTo(60 / SPEED_MPS, 1);
    expect(figures['leg.long leg, 400 m.s']).toBeCloseTo(400 / SPEED_MPS, 1);
    expect(figures['leg.leg west, 60 m, then 5 s.s']).toBeCloseTo(60 / SPEED_MPS + 5, 1);
    expect(figures['leg.climb of 30 m.s']).toBeCloseTo(30 / CLIMB_MPS, 1);
    expect(figures['flight.climbRateMps']).toBeCloseTo(CLIMB_MPS, 2);
    expect(figures['leg.long leg, 400 m.crossTrackM']).toBe(0);
    expect(figures['corner.overshootM']).toBe(0);
    expect(figures['return.heightM']).toBe(50);
    expect(figures['return.flightS']).toBeCloseTo(Math.hypot(60, 460) / SPEED_MPS, 0);
    expect(figures['land.rate40to20Mps']).toBeCloseTo(SINK_MPS, 2);
    expect(figures['land.rate3to1Mps']).toBeCloseTo(SINK_MPS, 2);
    expect(figures['land.groundToDisarmS']).toBeCloseTo(4.3, 0);
    expect(figures['flight.batteryMah']).toBe(700);
    expect(figures['flight.batteryPct']).toBe(7);
  });

  it('are the same when the take-off is item 0, as PX4 counts', () => {
    expect(flightFigures(flight({ firstItem: 0 }))).toEqual(flightFigures(flight()));
  });

  it('see an overshoot, and a leg that is flown beside its line', () => {
    expect(flightFigures(flight({ overshootM: 3 }))['corner.overshootM']).toBeCloseTo(3, 1);
    expect(flightFigures(flight({ sideM: 6 }))['leg.long leg, 400 m.crossTrackM']).toBeCloseTo(6, 1);
  });

  it('say nothing of what was not flown', () => {
    const whole = flight();
    const broken = { ...whole, reached: whole.reached.slice(0, 3), disarmedS: null };
    const figures = flightFigures(broken);
    expect(figures['leg.long leg, 400 m.s']).toBeUndefined();
    expect(figures['return.flightS']).toBeNull();
  });
});

const metres = fc.double({ min: -500, max: 500, noNaN: true });
const point = fc.record({ eastM: metres, northM: metres, heightM: metres });

describe('distances', () => {
  it('of a path from itself is nothing, and of a shifted one the shift at most', () => {
    const record = flight();
    expect(pathDistance(record, record)).toEqual({ greatestM: 0, meanM: 0 });
    const shifted = { ...record, track: record.track.map((p) => ({ ...p, heightM: p.heightM + 7 })) };
    const apart = pathDistance(record, shifted);
    expect(apart?.greatestM).toBeGreaterThan(6.5);
    expect(apart?.greatestM).toBeLessThanOrEqual(7.01);
  });

  it('to a piece of a line is never more than to either end, and nothing on it', () => {
    fc.assert(
      fc.property(point, point, point, fc.double({ min: 0, max: 1, noNaN: true }), (p, a, b, t) => {
        const to = (end: typeof p) =>
          Math.hypot(p.eastM - end.eastM, p.northM - end.northM, p.heightM - end.heightM);
        expect(distanceToSegment(p, a, b)).toBeLessThanOrEqual(Math.min(to(a), to(b)) + 1e-6);
        const on = {
          eastM: a.eastM + t * (b.eastM - a.eastM),
          northM: a.northM + t * (b.northM - a.northM),
          heightM: a.heightM + t * (b.heightM - a.heightM),
        };
        expect(distanceToSegment(on, a, b)).toBeLessThan(1e-6);
      }),
    );
  });

  it('across a track does not depend on its direction', () => {
    const level = (p: { eastM: number; northM: number; heightM: number }): TrackPoint => ({
      ...p,
      ...{ bootS: 0, groundSpeedMps: 0, climbMps: 0 },
    });
    fc.assert(
      fc.property(point, point, point, (p, a, b) => {
        fc.pre(Math.hypot(a.eastM - b.eastM, a.northM - b.northM) > 1);
        const there = greatestCrossTrackM([level(p)], a, b) ?? Number.NaN;
        expect(greatestCrossTrackM([level(p)], b, a)).toBeCloseTo(there, 6);
      }),
    );
  });
});
