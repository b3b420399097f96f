import { describe, expect, it } from 'vitest';
import { mmToLonLat } from '../geo/frame.ts';
import { MAV_CMD, MAV_FRAME } from '../mission-item.ts';
import type { AircraftProfile, LonLat, PatrolPlan, PatrolRequest, PlanVehicle } from '../model.ts';
import { polygonOf, SHAPE_FRAME, SYNTHETIC } from '../pattern/shapes.fixture.ts';
import { PLAN_ISSUE_CODES } from '../plan-issue.ts';
import { verifyPatrol } from '../verify/verify-plan.ts';
import { estimateFlight } from './energy.ts';
import { coveringItemRange } from './items.ts';
import { freeLayers, swathWidth } from './layers.ts';
import { planPatrol } from './plan-patrol.ts';
import { SAMPLE_PROFILE } from './profile.fixture.ts';

/** A position in metres east and north of the test shapes' origin. */
const at = (x: number, y: number): LonLat => mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 });

const vehicle = (
  vehicleId: string,
  x: number,
  y: number,
  remainingFraction = 1,
  profile: AircraftProfile = SAMPLE_PROFILE,
): PlanVehicle => ({
  vehicleId,
  position: at(x, y),
  remainingFraction,
  profile,
});

const base: PatrolRequest = {
  area: SYNTHETIC.square as PatrolRequest['area'],
  vehicles: [],
  defaultProfile: SAMPLE_PROFILE,
  relativeAltitudeM: 60,
  layerSpacingM: 12,
  maxRelativeAltitudeM: 120,
  occupiedAltitudesM: [],
  sideOverlapFraction: 0.1,
};

/** 1.5 × 1.2 km: more than one battery. */
const large = polygonOf([
  [0, 0],
  [1500, 0],
  [1500, 1200],
  [0, 1200],
]);
const errors = (plan: PatrolPlan): string[] =>
  plan.issues.filter((i) => i.severity === 'error').map((i) => i.code);

describe('estimateFlight', () => {
  it('adds climb, legs, corners and descent as a pencil does', () => {
    // 1,000 m out and back, one full turn: 60/3 + 2000/10 + 10/2.5 + 60/2 s.
    const estimate = estimateFlight([at(0, 0), at(1000, 0), at(0, 0)], SAMPLE_PROFILE, 60);
    expect(estimate.lengthM).toBeCloseTo(2000, 0);
    expect(estimate.climbS).toBeCloseTo(20, 6);
    expect(estimate.turnS).toBeCloseTo(4, 6);
    expect(estimate.descentS).toBeCloseTo(30, 6);
    expect(estimate.durationS).toBeCloseTo(254, 0);
    expect(estimate.energyWh).toBeCloseTo((20 * 450 + 200 * 330 + 4 * 300 + 30 * 300) / 3600, 1);
  });

  it('costs nothing to turn on a straight line, and nothing to stand still', () => {
    expect(estimateFlight([at(0, 0), at(500, 0), at(1000, 0)], SAMPLE_PROFILE, 0).turnS).toBeCloseTo(0, 6);
    expect(estimateFlight([], SAMPLE_PROFILE, 0).energyWh).toBe(0);
  });
});

describe('height layers', () => {
  it('stack upwards from the lowest and end at the maximum', () => {
    expect(freeLayers(base)).toEqual([60, 72, 84, 96, 108, 120]);
  });

  it('leave out what is nearer than the spacing to a height in use', () => {
    expect(freeLayers({ ...base, occupiedAltitudesM: [70] })).toEqual([84, 96, 108, 120]);
    expect(freeLayers({ ...base, occupiedAltitudesM: [72] })).toEqual([60, 84, 96, 108, 120]);
  });

  it('give the swath of the camera', () => {
    expect(swathWidth(60, 60, 0)).toBeCloseTo(69.28, 2);
    expect(swathWidth(60, 60, 0.25)).toBeCloseTo(51.96, 2);
  });
});

describe('planPatrol', () => {
  it('takes the nearest drone when one is enough, and flies out and home', () => {
    const plan = planPatrol({
      ...base,
      vehicles: [vehicle('far', 3000, 0), vehicle('near', -100, 200), vehicle('mid', 0, 900)],
    });
    expect(plan.issues).toEqual([]);
    expect(plan.sorties.map((s) => [s.vehicleId, s.relativeAltitudeM])).toEqual([['near', 60]]);
    const sortie = plan.sorties[0];
    expect(sortie?.route[0]).toEqual(at(-100, 200));
    expect(sortie?.route.at(-1)).toEqual(at(-100, 200));
    expect(sortie?.batteryNeedFraction).toBeCloseTo((sortie?.energyWh ?? 0) / 180, 9);
    expect(plan.coverageFraction).toBeGreaterThanOrEqual(0.995);
  });

  it('passes over a near drone whose battery does not suffice', () => {
    const plan = planPatrol({
      ...base,
      vehicles: [vehicle('near', -100, 200, 0.3), vehicle('next', 0, 900)],
    });
    expect(plan.sorties.map((s) => s.vehicleId)).toEqual(['next']);
  });

  it('uses the fewest drones for a large area, on different layers, within their batteries', async () => {
    const vehicles = [0, 1, 2, 3, 4].map((k) => vehicle(`d${k}`, 300 * k, -100));
    const plan = planPatrol({ ...base, area: large, vehicles });
    expect(plan.issues).toEqual([]);
    expect(plan.sorties).toHaveLength(3);
    expect(new Set(plan.sorties.map((s) => s.vehicleId)).size).toBe(3);
    expect(plan.sorties.map((s) => s.relativeAltitudeM)).toEqual([60, 72, 84]);
    for (const sortie of plan.sorties) expect(sortie.batteryNeedFraction).toBeLessThanOrEqual(0.75);
    const times = plan.sorties.map((s) => s.durationS);
    const mean = times.reduce((a, b) => a + b, 0) / times.length;
    expect(Math.max(...times) / mean).toBeLessThan(1.05);
    const verdict = await verifyPatrol(large, plan);
    expect(verdict.issues).toEqual([]);
  });

  it('plans for the lowest layer that is really free, with the narrowest camera', () => {
    const narrow = { ...SAMPLE_PROFILE, cameraHorizontalFovDeg: 40 };
    const plan = planPatrol({
      ...base,
      occupiedAltitudesM: [60],
      vehicles: [vehicle('a', 0, 0), vehicle('b', 10, 0, 1, narrow)],
    });
    expect(plan.swathWidthM).toBeCloseTo(swathWidth(72, 40, 0.1), 6);
    expect(plan.sorties[0]?.relativeAltitudeM).toBe(72);
  });

  it('plans anonymous sorties that start at the area when there are no vehicles', () => {
    const plan = planPatrol({ ...base, area: large });
    expect(plan.sorties.length).toBeGreaterThanOrEqual(2);
    expect(plan.sorties.every((s) => s.vehicleId === null)).toBe(true);
    expect(plan.sorties[0]?.route[0]).toEqual(plan.sorties[0]?.points[0]);
  });

  it('writes take-off, speed, waypoints and return', () => {
    const items = planPatrol({ ...base, vehicles: [vehicle('a', 0, 0)] }).sorties[0]?.plan.items ?? [];
    expect(items[0]).toEqual({
      frame: 3,
      command: 22,
      param1: 0,
      param2: 0,
      param3: 0,
      param4: 0,
      x: 0,
      y: 0,
      z: 60,
    });
    expect(items[1]).toMatchObject({
      frame: MAV_FRAME.MISSION,
      command: MAV_CMD.DO_CHANGE_SPEED,
      param1: 1,
      param2: 10,
      param3: -1,
    });
    expect(items.at(-1)).toMatchObject({ frame: MAV_FRAME.MISSION, command: MAV_CMD.NAV_RETURN_TO_LAUNCH });
    const range = coveringItemRange({ items, fence: [], rally: [] });
    expect(range).toEqual({ first: 2, last: items.length - 2 });
    for (const item of items.slice(2, -1)) {
      expect(item).toMatchObject({ frame: 3, command: MAV_CMD.NAV_WAYPOINT, z: 60 });
      expect(Number.isInteger(item.x) && Number.isInteger(item.y)).toBe(true);
      // Around 25.28 N, 110.29 E, latitude first.
      expect(Math.round(item.x / 1e7)).toBe(25);
      expect(Math.round(item.y / 1e7)).toBe(110);
    }
    expect(coveringItemRange({ items: [], fence: [], rally: [] })).toBeNull();
  });

  it('cuts a sortie that the autopilot could not store', () => {
    const small = { ...SAMPLE_PROFILE, missionCapacity: 14 };
    const plan = planPatrol({
      ...base,
      vehicles: [0, 1, 2, 3, 4].map((k) => vehicle(`d${k}`, 50 * k, -50, 1, small)),
    });
    expect(errors(plan)).toEqual([]);
    expect(plan.sorties.length).toBeGreaterThan(1);
    for (const sortie of plan.sorties) expect(sortie.plan.items.length).toBeLessThan(14);
  });

  it('splits a path in the middle of a lane without losing coverage', async () => {
    const weak = { ...SAMPLE_PROFILE, batteryCapacityWh: 42 };
    const plan = planPatrol({
      ...base,
      vehicles: [
        vehicle('a', 0, -50, 1, weak),
        vehicle('b', 400, -50, 1, weak),
        vehicle('c', 200, -50, 1, weak),
      ],
    });
    expect(plan.sorties.length).toBeGreaterThan(1);
    expect((await verifyPatrol(base.area, plan)).coverageFraction).toBeGreaterThanOrEqual(0.995);
  });

  it('lands at the nearest allowed base when bases are given, and makes it the rally point', () => {
    const offer = (baseId: string, x: number, y: number, freePads: number) => ({
      base: { baseId, name: baseId, position: at(x, y), pads: 2, elevationAmslM: null },
      freePads,
      inService: true,
    });
    const vehicles = [vehicle('a', -1500, 0)];
    const bases = [offer('full', 200, 420, 0), offer('open', 200, 600, 1), offer('own', -1500, 0, 0)];
    const home = planPatrol({ ...base, vehicles });
    const plan = planPatrol({ ...base, vehicles, bases });
    const [sortie] = plan.sorties;
    expect(plan.issues).toEqual([]);
    expect(sortie?.returnBaseId).toBe('open');
    expect(sortie?.route.at(-1)).toEqual(at(200, 600));
    expect(sortie?.energyWh).toBeLessThan(home.sorties[0]?.energyWh ?? 0);
    expect(sortie?.plan.rally.map((r) => [r.command, r.x, r.y])).toEqual([
      [5100, Math.round(at(200, 600).latDeg * 1e7), Math.round(at(200, 600).lonDeg * 1e7)],
    ]);
    expect(home.sorties[0]?.plan.rally).toEqual([]);
    const closed = planPatrol({ ...base, vehicles, bases: [offer('full', 200, 420, 0)] });
    expect(errors(closed)).toEqual(['plan.no-base']);
  });

  it('counts wind and cold, and refuses a storm', () => {
    const vehicles = [vehicle('a', -100, 200)];
    const windy = { wind: { fromDeg: 45, speedMps: 9 }, airTempC: 0 };
    const calm = planPatrol({ ...base, vehicles });
    const plan = planPatrol({ ...base, vehicles, conditions: windy });
    expect(plan.sorties[0]?.energyWh).toBeGreaterThan(calm.sorties[0]?.energyWh ?? 0);
    const storm = planPatrol({
      ...base,
      vehicles,
      conditions: { wind: { fromDeg: 45, speedMps: 25 }, airTempC: null },
    });
    expect(errors(storm)).toEqual(['plan.wind-too-strong']);
    expect(storm.sorties).toEqual([]);
  });

  it.each<[string, Partial<PatrolRequest>, string]>([
    [
      'no position',
      { vehicles: [{ ...vehicle('a', 0, 0), position: { lonDeg: 0, latDeg: 0 } }] },
      'plan.no-drone-ready',
    ],
    ['an unknown battery', { vehicles: [vehicle('a', 0, 0, Number.NaN)] }, 'plan.no-drone-ready'],
    [
      'batteries at the reserve',
      { vehicles: [vehicle('a', 0, 0, 0.25), vehicle('b', 0, 0, 0.1)] },
      'plan.battery-too-low',
    ],
    ['too few drones', { area: large, vehicles: [vehicle('a', 0, 0)] }, 'plan.not-enough-drones'],
    ['a base too far away', { vehicles: [vehicle('a', 12_000, 0)] }, 'plan.too-far'],
    ['all heights taken', { occupiedAltitudesM: [60, 72, 84, 96, 108, 120] }, 'plan.no-height-layer'],
    [
      'too few heights',
      {
        area: large,
        maxRelativeAltitudeM: 72,
        vehicles: [0, 1, 2, 3].map((k) => vehicle(`d${k}`, 300 * k, -100)),
      },
      'plan.no-height-layer',
    ],
    [
      'an autopilot that stores nothing',
      { vehicles: [vehicle('a', 0, 0, 1, { ...SAMPLE_PROFILE, missionCapacity: 4 })] },
      'plan.mission-too-long',
    ],
    ['a speed of 0', { defaultProfile: { ...SAMPLE_PROFILE, cruiseSpeedMps: 0 } }, 'plan.bad-request'],
    ['a spacing of NaN', { layerSpacingM: Number.NaN }, 'plan.bad-request'],
    ['no area', { area: { type: 'Polygon', coordinates: [] } }, 'plan.bad-area'],
  ])('refuses %s with a code and figures, and plans nothing', (_, change, code) => {
    const plan = planPatrol({ ...base, ...change });
    expect(plan.sorties).toEqual([]);
    expect(errors(plan)).toEqual([code]);
    const issue = plan.issues.find((i) => i.code === code);
    const known = PLAN_ISSUE_CODES[code as keyof typeof PLAN_ISSUE_CODES].details;
    expect(Object.keys(issue?.details ?? {}).sort()).toEqual([...known].sort());
  });

  it('says how many drones are needed and how many there are', () => {
    const plan = planPatrol({
      ...base,
      area: large,
      vehicles: [vehicle('a', 0, -100), vehicle('b', 300, -100)],
    });
    expect(plan.issues.map((i) => i.details)).toEqual([{ needed: 3, available: 2 }]);
  });
});
