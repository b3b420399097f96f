import { describe, expect, it } from 'vitest';
import { type AirspaceZone, ZoneScan } from '../../missions/index.ts';
import { type FlightNow, findConflicts } from './conflicts.ts';

const NOW = 1_700_000_000_000;
/** Degrees of a metre north at the equator; east it is 0.7 % less, which does not matter here. */
const M = 1 / 110_574;
const spot = (eastM: number, northM: number, aboveHomeM = 60) => ({
  lonDeg: eastM * M,
  latDeg: northM * M,
  aboveHomeM,
});
const zone = (northM: number, changes: Partial<AirspaceZone> = {}): AirspaceZone => ({
  ...{ zoneId: `z${northM}`, kind: 'no-fly', name: `at ${northM}`, floorM: null, ceilingM: null },
  ...{ datum: 'above-home', activeFromMs: null, activeToMs: null },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [-50, northM],
        [50, northM],
        [50, northM + 100],
        [-50, northM + 100],
        [-50, northM],
      ].map(([east = 0, north = 0]) => [east * M, north * M]),
    ],
  },
  ...changes,
});
const flight = (changes: Partial<FlightNow> = {}): FlightNow => ({
  ...{ vehicleId: 'v1', vehicleName: 'D-01', patrolId: null, at: spot(0, 0), isAirborne: true },
  ...{
    way: [spot(0, 0), spot(0, 1000), spot(0, -1000)],
    wayHome: null,
    speedMps: 10,
    homeElevationAmslM: null,
  },
  ...changes,
});
const found = (zones: AirspaceZone[], one: FlightNow, nowMs = NOW) =>
  findConflicts(new ZoneScan(zones), [one], nowMs).map((conflict) => [
    conflict.zone.zoneId,
    conflict.kind,
    Math.round(conflict.secondsToEntry),
  ]);

describe('conflicts of a flight', () => {
  it('are one for each zone, the most pressing, with the time along the way', () => {
    const home = { wayHome: [spot(0, 0), spot(0, -1000)] };
    expect(found([zone(-20), zone(300), zone(-500)], flight(home))).toEqual([
      ['z-20', 'inside', 0],
      ['z300', 'on-route', 30],
      // 1,000 m out, and 1,400 m back.
      ['z-500', 'on-route', 240],
    ]);
    expect(found([zone(-500)], flight({ ...home, way: [spot(0, 0)] }))).toEqual([['z-500', 'on-return', 40]]);
  });

  it('count a zone that will be in force when it gets there, and not one that will be over', () => {
    const at = (seconds: number) => NOW + seconds * 1000;
    expect(found([zone(300, { activeToMs: at(29) })], flight())).toEqual([]);
    expect(found([zone(300, { activeToMs: at(31) })], flight())).toHaveLength(1);
    // It is on the way for 300 s, and then ten minutes more where it lands or hovers.
    expect(found([zone(300, { activeFromMs: at(800) })], flight())).toHaveLength(1);
    expect(found([zone(300, { activeFromMs: at(1000) })], flight())).toEqual([]);
    expect(found([zone(-20, { activeFromMs: at(10) })], flight({ way: [spot(0, 0)] }))).toHaveLength(1);
    expect(found([zone(-20, { activeToMs: at(-1) })], flight())).toEqual([]);
  });

  it('on the ground are those of the way that it will fly', () => {
    expect(found([zone(-20)], flight({ isAirborne: false, way: [spot(0, 0, 0)] }))).toEqual([
      ['z-20', 'on-route', 0],
    ]);
    expect(found([zone(300)], flight({ isAirborne: false }))).toEqual([['z300', 'on-route', 30]]);
  });

  it('never are of a privacy zone, or at other heights', () => {
    expect(found([zone(-20, { kind: 'privacy' }), zone(300, { ceilingM: 50 })], flight())).toEqual([]);
  });
});
