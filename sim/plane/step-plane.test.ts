import { describe, expect, it } from 'vitest';
import { type AircraftState, CALM, parkedAircraft, type Wind } from '../aircraft/aircraft-state.ts';
import { bankForCircle, bankForLine, climbTo, heightAlong } from './plane-guidance.ts';
import { PLANE_LIMITS } from './plane-limits.ts';
import { airspeedMps, type PlaneDemand, stepPlane } from './step-plane.ts';

const STEP_S = 0.04;

function run(
  from: AircraftState,
  forS: number,
  demand: (state: AircraftState) => PlaneDemand,
  wind: Wind = CALM,
): { readonly last: AircraftState; readonly track: readonly AircraftState[] } {
  let state = from;
  const track: AircraftState[] = [];
  for (let t = 0; t < forS; t += STEP_S) {
    state = stepPlane(state, STEP_S, { demand: demand(state), limits: PLANE_LIMITS, wind });
    track.push(state);
  }
  return { last: state, track };
}

/** Level at cruise speed, 100 m up, heading north. */
const cruising: AircraftState = {
  ...parkedAircraft(7),
  upM: 100,
  velNorthMps: PLANE_LIMITS.airspeedCruiseMps,
  onGround: false,
  spoolS: 60,
};
const line = (state: AircraftState, toEastM: number, toNorthM: number, upM = 100): PlaneDemand => {
  const from = { eastM: 0, northM: 0, upM: 100 };
  const to = { eastM: toEastM, northM: toNorthM, upM };
  return {
    kind: 'fly',
    airspeedMps: PLANE_LIMITS.airspeedCruiseMps,
    climbMps: climbTo(state, heightAlong(state, from, to), PLANE_LIMITS),
    rollRad: bankForLine(state, from, to, PLANE_LIMITS),
  };
};

describe('a simulated fixed-wing aircraft', () => {
  it('runs over the ground until it is fast enough, then climbs', () => {
    const { track } = run(parkedAircraft(7), 15, () => ({ kind: 'roll', climbMps: 4 }));
    const lifted = track.find(({ onGround }) => !onGround);
    // 13 m/s at 4 m/s² is 3.25 s and 21 m of runway.
    expect(lifted?.timeS).toBeCloseTo(3.3, 0);
    expect(lifted?.northM).toBeGreaterThan(18);
    expect(lifted?.northM).toBeLessThan(26);
    expect(track.at(-1)?.upM).toBeGreaterThan(30);
  });

  it('keeps flying: it cannot stop in the air', () => {
    const { track } = run(cruising, 30, () => ({ kind: 'fly', airspeedMps: 12, climbMps: 0, rollRad: 0 }));
    expect(Math.min(...track.map((state) => airspeedMps(state, CALM)))).toBeGreaterThan(11.9);
    expect(track.at(-1)?.upM).toBeCloseTo(100, 0);
  });

  it('turns by g·tan(bank)/airspeed: at 20 m/s and 30° of bank a circle of 70.6 m radius', () => {
    const rollRad = Math.PI / 6;
    const { track } = run(cruising, 60, () => ({ kind: 'fly', airspeedMps: 20, climbMps: 0, rollRad }));
    const settled = track.slice(250);
    const east = settled.map(({ eastM }) => eastM);
    const diameterM = Math.max(...east) - Math.min(...east);
    expect(diameterM / 2).toBeGreaterThan(69.5);
    expect(diameterM / 2).toBeLessThan(71.7);
  });

  it.each([
    { name: 'still air', wind: CALM },
    { name: 'cross wind of 6 m/s', wind: { eastMps: 6, northMps: 0, gustMps: 0 } },
  ])('comes onto a line and stays within 3 m of it in $name', ({ wind }) => {
    const off = { ...cruising, eastM: 60 };
    const { track } = run(off, 70, (state) => line(state, 0, 2000), wind);
    const late = track.slice(-500);
    expect(Math.max(...late.map(({ eastM }) => Math.abs(eastM)))).toBeLessThan(3);
  });

  it('keeps a loiter circle of 80 m within 8 m, in wind too', () => {
    const wind = { eastMps: 5, northMps: 2, gustMps: 0 };
    const centre = { eastM: 0, northM: 300, upM: 100 };
    const { track } = run(
      cruising,
      120,
      (state) => ({
        kind: 'fly',
        airspeedMps: 20,
        climbMps: 0,
        rollRad: bankForCircle(state, centre, 80, true, PLANE_LIMITS),
      }),
      wind,
    );
    const late = track.slice(-1500).map(({ eastM, northM }) => Math.hypot(eastM, northM - 300));
    expect(Math.max(...late)).toBeLessThan(88);
    expect(Math.min(...late)).toBeGreaterThan(72);
  });

  it('changes height evenly along the leg', () => {
    const { track } = run(cruising, 51, (state) => line(state, 0, 1000, 160));
    const half = track.find(({ northM }) => northM > 500);
    expect(half?.upM).toBeGreaterThan(122);
    expect(half?.upM).toBeLessThan(134);
    expect(track.at(-1)?.upM).toBeCloseTo(160, -1);
  });

  it('touches down, rolls out and stands', () => {
    const low = { ...cruising, upM: 5, velNorthMps: 14 };
    const { last, track } = run(low, 30, () => ({ kind: 'fly', airspeedMps: 13, climbMps: -1, rollRad: 0 }));
    expect(last.onGround).toBe(true);
    expect(Math.hypot(last.velEastMps, last.velNorthMps)).toBe(0);
    const touched = track.find(({ onGround }) => onGround);
    expect(touched?.touchdownMps).toBeLessThan(1.1);
    // Rolled some 40 m beyond: 13 m/s at 2 m/s² braking.
    expect(last.northM - (touched?.northM ?? 0)).toBeGreaterThan(30);
  });

  it('glides when the engine is off in the air, and uses a third of the power of hovering in cruise', () => {
    const { last } = run(cruising, 20, () => ({ kind: 'off' }));
    expect(last.upM).toBeLessThan(75);
    expect(last.upM).toBeGreaterThan(50);
    const used = (demand: PlaneDemand) => run(cruising, 60, () => demand).last.battery.usedWh;
    const wing = used({ kind: 'fly', airspeedMps: 20, climbMps: 0, rollRad: 0 });
    const rotors = used({
      kind: 'hover',
      demand: { kind: 'hold', at: cruising, speedMps: 3, yawRad: null },
    });
    expect(wing / rotors).toBeLessThan(0.34);
  });
});
