import { describe, expect, it } from 'vitest';
import { type AircraftState, CALM, parkedAircraft } from '../aircraft/aircraft-state.ts';
import { distanceM, type LocalPoint } from '../aircraft/local-frame.ts';
import { stepAircraft } from '../aircraft/step-aircraft.ts';
import { COPTER_PARAMETERS } from './copter/copter-parameters.ts';
import { copterSettings, NO_WISHES } from './copter/copter-settings.ts';
import { ParameterTable } from './parameters.ts';
import { type Onward, WaypointTrack } from './waypoint-track.ts';

const STEP_S = 0.04;
const settings = copterSettings(new ParameterTable(COPTER_PARAMETERS), NO_WISHES);
const at = (eastM: number, northM: number, upM = 20): LocalPoint => ({ eastM, northM, upM });
const hovering: AircraftState = { ...parkedAircraft(1), upM: 20, onGround: false, spoolS: 10 };

interface Flown {
  readonly path: readonly (LocalPoint & { readonly speedMps: number; readonly timeS: number })[];
  /** When each point counted as reached. */
  readonly reachedS: readonly number[];
}

function fly(points: readonly LocalPoint[], kind: 'straight' | 'spline' = 'straight'): Flown {
  let state = hovering;
  const track = new WaypointTrack(state, settings.track);
  const path: Flown['path'][number][] = [];
  const reachedS: number[] = [];
  let timeS = 0;
  for (const [index, to] of points.entries()) {
    const next = points[index + 1];
    const onward: Onward = next === undefined ? { kind: 'stop' } : { kind, to: next };
    if (kind === 'spline') track.setSpline(to, onward, state, settings.track);
    else track.setStraight(to, onward, state, settings.track);
    for (let step = 0; step < 3000 && !track.reached; step += 1) {
      track.advance(STEP_S, state, settings.track);
      const demand = track.demand(null);
      state = stepAircraft(state, STEP_S, { demand, limits: settings.limits, wind: CALM });
      timeS += STEP_S;
      const speedMps = Math.hypot(state.velEastMps, state.velNorthMps);
      path.push({ eastM: state.eastM, northM: state.northM, upM: state.upM, speedMps, timeS });
    }
    reachedS.push(timeS);
  }
  return { path, reachedS };
}

const nearestM = (flown: Flown, point: LocalPoint) =>
  Math.min(...flown.path.map((place) => distanceM(place, point)));

describe('a square of 60 m, against the figures of ArduCopter SITL', () => {
  const corners = [at(0, 60), at(60, 60), at(60, 0), at(0, 0)];
  const flown = fly(corners);

  it('takes 11.3 s for the first leg, 8.8 s between corners', () => {
    const [first = 0, second = 0, third = 0] = flown.reachedS;
    expect(first).toBeGreaterThan(10.3);
    expect(first).toBeLessThan(12.3);
    for (const legS of [second - first, third - second]) {
      expect(legS).toBeGreaterThan(8);
      expect(legS).toBeLessThan(9.6);
    }
  });

  it('rounds each corner about 1.3 m beside it with about 2.9 m/s', () => {
    for (const corner of corners.slice(0, 3)) {
      expect(nearestM(flown, corner)).toBeGreaterThan(0.8);
      expect(nearestM(flown, corner)).toBeLessThan(2.1);
      const slowest = Math.min(
        ...flown.path.filter((place) => distanceM(place, corner) < 6).map(({ speedMps }) => speedMps),
      );
      expect(slowest).toBeGreaterThan(2);
      expect(slowest).toBeLessThan(4);
    }
  });

  it('comes to rest at the last point', () => {
    const last = flown.path.at(-1);
    expect(last?.speedMps).toBeLessThan(0.3);
    expect(nearestM(flown, at(0, 0))).toBeLessThan(0.3);
  });
});

describe('legs', () => {
  it('straight on are not slowed down for', () => {
    const flown = fly([at(0, 200), at(0, 400)]);
    const middle = flown.path.filter((place) => Math.abs(place.northM - 200) < 20);
    expect(Math.min(...middle.map(({ speedMps }) => speedMps))).toBeGreaterThan(5);
  });

  it('climb evenly along the way, no faster than WPNAV_SPEED_UP', () => {
    const flown = fly([at(0, 30, 80)]);
    const half = flown.path.find(({ northM }) => northM > 15);
    expect(half?.upM).toBeCloseTo(50, -1);
    const duration = flown.reachedS[0] ?? 0;
    // 60 m at 2.5 m/s.
    expect(duration).toBeGreaterThan(24);
    expect(duration).toBeLessThan(32);
  });

  it('as splines pass through their points and swing wide of the straight line', () => {
    const points = [at(0, 60), at(60, 60), at(60, 0)];
    const flown = fly(points, 'spline');
    for (const point of points) expect(nearestM(flown, point)).toBeLessThan(1.5);
    expect(Math.max(...flown.path.map(({ northM }) => northM))).toBeGreaterThan(62);
  });

  it('pause and go on', () => {
    let state = hovering;
    const track = new WaypointTrack(state, settings.track);
    track.setStraight(at(0, 300), { kind: 'stop' }, state, settings.track);
    const run = (seconds: number) => {
      for (let t = 0; t < seconds; t += STEP_S) {
        track.advance(STEP_S, state, settings.track);
        state = stepAircraft(state, STEP_S, {
          demand: track.demand(null),
          limits: settings.limits,
          wind: CALM,
        });
      }
    };
    run(15);
    expect(state.velNorthMps).toBeGreaterThan(9);
    track.paused = true;
    run(10);
    expect(state.velNorthMps).toBeLessThan(0.1);
    track.paused = false;
    run(40);
    expect(track.reached).toBe(true);
  });
});
