import { describe, expect, it } from 'vitest';
import { createRandom } from '../prng.ts';
import { type AircraftState, CALM, type Demand, parkedAircraft, type Wind } from './aircraft-state.ts';
import { batteryAt, drainBattery, powerW, remainingFraction, SIM_POWER } from './battery.ts';
import { cornerSpeedMps, stoppingPoint } from './guidance.ts';
import { COPTER_LIMITS } from './limits.ts';
import { LocalFrame } from './local-frame.ts';
import { stepAircraft } from './step-aircraft.ts';

const DT = 0.04;

function fly(state: AircraftState, demand: Demand, seconds: number, wind: Wind = CALM): AircraftState {
  let now = state;
  for (let t = 0; t < seconds; t += DT) now = stepAircraft(now, DT, { demand, limits: COPTER_LIMITS, wind });
  return now;
}

const hover = (upM: number): AircraftState =>
  fly(parkedAircraft(1), { kind: 'climb', to: { eastM: 0, northM: 0, upM }, climbMps: 2.5 }, upM / 2 + 8);

describe('the airframe', () => {
  it('does not lift before its propellers are up to speed', () => {
    const climb: Demand = { kind: 'climb', to: { eastM: 0, northM: 0, upM: 10 }, climbMps: 2.5 };
    expect(fly(parkedAircraft(1), climb, 1.4).upM).toBe(0);
    expect(fly(parkedAircraft(1), climb, 2.5).upM).toBeGreaterThan(0);
  });

  it('reaches its height without overshoot', () => {
    let now = parkedAircraft(1);
    let highest = 0;
    for (let t = 0; t < 25; t += DT) {
      const demand: Demand = { kind: 'climb', to: { eastM: 0, northM: 0, upM: 30 }, climbMps: 2.5 };
      now = stepAircraft(now, DT, { demand, limits: COPTER_LIMITS, wind: CALM });
      highest = Math.max(highest, now.upM);
    }
    expect(now.upM).toBeCloseTo(30, 1);
    expect(highest).toBeLessThan(30.2);
  });

  it('never accelerates more than its limit, whatever is demanded (50 random flights, seed 42)', () => {
    const random = createRandom(42);
    for (let flight = 0; flight < 50; flight += 1) {
      let now = hover(20);
      for (let step = 0; step < 100; step += 1) {
        const to = { eastM: random() * 400 - 200, northM: random() * 400 - 200, upM: random() * 80 };
        const demand: Demand = { kind: 'track', from: now, to, speedMps: 40, exitSpeedMps: 15 };
        const next = stepAircraft(now, DT, { demand, limits: COPTER_LIMITS, wind: CALM });
        const change = Math.hypot(next.velEastMps - now.velEastMps, next.velNorthMps - now.velNorthMps) / DT;
        expect(change).toBeLessThan(COPTER_LIMITS.accelerationMps2 + 1e-6);
        expect(Math.hypot(next.velEastMps, next.velNorthMps)).toBeLessThan(16);
        now = next;
      }
    }
  });

  it('holds its place within half a metre in gusty wind', () => {
    let now = hover(20);
    let farthest = 0;
    const demand: Demand = { kind: 'hold', at: { eastM: 0, northM: 0, upM: 20 }, speedMps: 3, yawRad: null };
    for (let t = 0; t < 120; t += DT) {
      now = stepAircraft(now, DT, {
        demand,
        limits: COPTER_LIMITS,
        wind: { eastMps: 8, northMps: -3, gustMps: 3 },
      });
      farthest = Math.max(farthest, Math.hypot(now.eastM, now.northM));
    }
    expect(farthest).toBeLessThan(0.5);
    expect(farthest).toBeGreaterThan(0);
  });

  it('comes to rest at the stopping point that it announced', () => {
    const leg: Demand = {
      kind: 'track',
      from: hover(20),
      to: { eastM: 500, northM: 0, upM: 20 },
      speedMps: 12,
      exitSpeedMps: 12,
    };
    const fast = fly(hover(20), leg, 10);
    expect(fast.velEastMps).toBeCloseTo(12, 1);
    const at = stoppingPoint(fast, COPTER_LIMITS);
    const rest = fly(fast, { kind: 'hold', at, speedMps: 15, yawRad: null }, 15);
    expect(rest.eastM).toBeCloseTo(at.eastM, 1);
    // It never flew beyond and came back.
    expect(at.eastM - fast.eastM).toBeGreaterThan(25);
  });

  it('touches down at landing speed and stays down', () => {
    const landed = fly(hover(20), { kind: 'descend', at: { eastM: 0, northM: 0, upM: 0 } }, 40);
    expect(landed).toMatchObject({ onGround: true, upM: 0, velUpMps: 0 });
    expect(landed.touchdownMps).toBeCloseTo(COPTER_LIMITS.landMps, 1);
  });

  it('is pure: the same state gives the same next state and is not changed', () => {
    const state = Object.freeze(hover(20));
    const env = {
      demand: { kind: 'idle' } as const,
      limits: COPTER_LIMITS,
      wind: { eastMps: 1, northMps: 1, gustMps: 1 },
    };
    expect(stepAircraft(state, DT, env)).toEqual(stepAircraft(state, DT, env));
  });

  it('points its nose along the leg', () => {
    const leg: Demand = {
      kind: 'track',
      from: hover(20),
      to: { eastM: 0, northM: -300, upM: 20 },
      speedMps: 10,
      exitSpeedMps: 0,
    };
    expect(fly(hover(20), leg, 8).yawRad).toBeCloseTo(Math.PI, 1);
  });
});

describe('corners', () => {
  it.each([
    [0, 15],
    [Math.PI / 18, 12.9],
    [Math.PI / 2, 2.2],
    [Math.PI, 2.2],
  ])('of %f rad are passed at about %f m/s', (turnRad, speedMps) => {
    expect(cornerSpeedMps(turnRad, COPTER_LIMITS)).toBeCloseTo(speedMps, 0);
  });
});

describe('the battery', () => {
  it.each([
    ['disarmed', 0, 0, SIM_POWER.standbyW],
    ['idle', 0, 0, SIM_POWER.idleW],
    ['flying', 0, 0, SIM_POWER.hoverW],
    ['flying', 10, 0, SIM_POWER.cruiseW],
    ['flying', 0, 2.5, SIM_POWER.climbW],
    ['flying', 0, -2, SIM_POWER.descentW],
  ] as const)('%s at %f m/s, climbing %f m/s, takes %f W', (phase, airspeedMps, climbMps, expectedW) => {
    expect(powerW(phase, airspeedMps, climbMps)).toBeCloseTo(expectedW, 6);
  });

  it('hovers for about 33 minutes and sags under load', () => {
    let battery = batteryAt(1);
    let seconds = 0;
    while (remainingFraction(battery) > 0) {
      battery = drainBattery(battery, SIM_POWER.hoverW, 1);
      seconds += 1;
    }
    expect(seconds / 60).toBeGreaterThan(32);
    expect(seconds / 60).toBeLessThan(34);
    const resting = drainBattery(batteryAt(0.6), 0, 0).voltageV;
    expect(drainBattery(batteryAt(0.6), 550, 1).voltageV).toBeLessThan(resting - 0.3);
  });
});

describe('the local frame', () => {
  it('returns to the same degrees and knows a length', () => {
    const frame = new LocalFrame({ lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150 });
    const point = { lonDeg: 110.3, latDeg: 25.29, altitudeAmslM: 180 };
    const back = frame.toGeo(frame.toLocal(point));
    expect(back.lonDeg).toBeCloseTo(point.lonDeg, 9);
    expect(back.latDeg).toBeCloseTo(point.latDeg, 9);
    // One hundredth of a degree of latitude at 25.3° N on WGS-84: 1107.7 m.
    expect(frame.toLocal({ lonDeg: 110.29, latDeg: 25.29, altitudeAmslM: 150 }).northM).toBeCloseTo(
      1107.7,
      0,
    );
  });
});
