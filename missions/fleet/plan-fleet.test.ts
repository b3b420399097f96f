import { beforeAll, describe, expect, it } from 'vitest';
import { mmToLonLat, polygonsOf, positionToMm } from '../geo/frame.ts';
import { areaM2, cleanPolygons, partsOf } from '../geo/region.ts';
import type { AircraftProfile, BaseOffer, FleetDrone, FleetPlan, FleetRequest, LonLat } from '../model.ts';
import { polygonOf, SHAPE_FRAME } from '../pattern/shapes.fixture.ts';
import { PLAN_ISSUE_CODES } from '../plan-issue.ts';
import { planFleet } from './plan-fleet.ts';
import { assignLayers } from './plan-fleet-layers.ts';
import { sectorsOf } from './plan-fleet-sectors.ts';
import { SAMPLE_PROFILE } from './profile.fixture.ts';
import { judgeEnergyWh, wayBetween } from './split.fixture.ts';

const at = (x: number, y: number): LonLat => mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 });
const rectangle = polygonOf([
  [0, 0],
  [2400, 0],
  [2400, 1600],
  [0, 1600],
]);
const base = (baseId: string, x: number, y: number, more: Partial<BaseOffer> = {}): BaseOffer => ({
  base: { baseId, name: baseId, position: at(x, y), pads: 8, elevationAmslM: null },
  freePads: 8,
  inService: true,
  ...more,
});
const bases = [base('b0', 200, -100), base('b1', 2500, 700), base('b2', 900, 1700)];
const quick = { ...SAMPLE_PROFILE, climbSpeedMps: 6, descentSpeedMps: 5 };
// Batteries of about ten minutes: everybody needs two flights.
const profiles: readonly AircraftProfile[] = [
  { ...quick, batteryCapacityWh: 110 },
  { ...quick, cruiseSpeedMps: 14, batteryCapacityWh: 150, cruisePowerW: 400 },
  { ...quick, cruiseSpeedMps: 8, batteryCapacityWh: 90 },
];
/** Seconds for changing a battery. */
const SWAP_S = 60;
const drones = (count: number): FleetDrone[] =>
  Array.from({ length: count }, (_, i) => ({
    vehicleId: `d${i}`,
    profile: profiles[i % 3] as AircraftProfile,
    position: (bases[i % 3] as BaseOffer).base.position,
    remainingFraction: 1,
    batteryHealthFraction: 1,
    turnaround: { kind: 'swap', seconds: SWAP_S },
  }));
const request: FleetRequest = {
  areas: [rectangle],
  drones: drones(3),
  bases,
  returnTo: 'nearest',
  ways: null,
  conditions: { wind: { fromDeg: 300, speedMps: 4 }, airTempC: 15 },
  mode: 'balanced',
  // A swath of 187 m: few lanes, so that tests are quick.
  relativeAltitudeM: 180,
  layerSpacingM: 10,
  maxRelativeAltitudeM: 260,
  occupiedAltitudesM: [],
  sideOverlapFraction: 0.1,
};

function checkPlan(plan: FleetPlan, asked: FleetRequest): void {
  expect(plan.issues.filter((i) => i.severity === 'error')).toEqual([]);
  expect(plan.coverage?.coverageFraction).toBeGreaterThanOrEqual(0.995);
  expect(plan.makespanS).toBeGreaterThanOrEqual(plan.makespanBound.value);
  expect(plan.sortieBound.value).toBeGreaterThanOrEqual(plan.makespanBound.value);
  expect(plan.makespanS).toBeGreaterThanOrEqual(plan.sortieBound.value);
  expect(plan.shares.map((s) => s.vehicleId)).toEqual(asked.drones.map((d) => d.vehicleId));
  plan.shares.forEach((share, i) => {
    const drone = asked.drones[i] as FleetDrone;
    let readyS = 0;
    let stands: LonLat = drone.position;
    for (const sortie of share.sorties) {
      expect(sortie.startsAtS).toBeCloseTo(readyS, 3);
      readyS = sortie.startsAtS + sortie.durationS + SWAP_S;
      expect(wayBetween(stands, sortie.wayOut[0] as LonLat).wayM).toBeLessThan(0.01);
      stands = sortie.wayBack.at(-1) as LonLat;
      expect(sortie.energyWh).toBeLessThanOrEqual(sortie.allowedWh);
      const flown = [...sortie.wayOut, ...sortie.points.slice(1), ...sortie.wayBack.slice(1)];
      const judged = judgeEnergyWh(
        flown.map((p) => ({ ...p, heightM: sortie.relativeAltitudeM, dwellS: 0 })),
        drone.profile,
        asked.conditions.wind,
      );
      expect(judged).toBeLessThanOrEqual(sortie.allowedWh * 1.006);
      expect(Math.abs(judged / sortie.energyWh - 1)).toBeLessThan(0.006);
    }
    expect(share.finishS).toBeLessThanOrEqual(plan.makespanS);
  });
}

describe('planFleet, balanced', () => {
  let plan: FleetPlan;
  beforeAll(() => {
    plan = planFleet(request);
  });

  it('holds energy, times and bounds when judged a second time', () => checkPlan(plan, request));

  it('lets all drones of different speed and battery finish together', () => {
    expect(plan.shares.every((s) => s.sorties.length > 0)).toBe(true);
    expect(plan.shares.some((s) => s.sorties.length > 1)).toBe(true);
    const times = plan.shares.map((s) => s.finishS);
    const mean = times.reduce((a, b) => a + b, 0) / times.length;
    expect(plan.imbalance).toBeCloseTo(Math.max(...times) / mean, 9);
    expect(plan.imbalance).toBeLessThanOrEqual(1.05);
  });

  it('puts the pieces end to end: nothing is lost and nothing flown twice', () => {
    const pieces = plan.shares.flatMap((s) => s.sorties.map((q) => q.points));
    const length = (points: readonly LonLat[]): number =>
      points.slice(1).reduce((sum, p, i) => sum + wayBetween(points[i] as LonLat, p).wayM, 0);
    const flown = pieces.reduce((sum, piece) => sum + length(piece), 0);
    expect(flown / length(plan.coverage?.points ?? [])).toBeCloseTo(1, 4);
    // Every piece begins where another one ends, except the first.
    const key = (p: LonLat | undefined): string => `${p?.lonDeg.toFixed(8)} ${p?.latDeg.toFixed(8)}`;
    const ends = new Set(pieces.map((piece) => key(piece.at(-1))));
    expect(pieces.filter((piece) => !ends.has(key(piece[0])))).toHaveLength(1);
  });

  it('separates drones in height where they come near each other', () => {
    // Neighbouring pieces touch, so of three drones in a row at least two layers are used.
    const heights = new Set(plan.shares.map((s) => s.sorties[0]?.relativeAltitudeM));
    expect(heights.size).toBeGreaterThanOrEqual(2);
    for (const share of plan.shares) {
      expect(new Set(share.sorties.map((s) => s.relativeAltitudeM)).size).toBe(1);
    }
  });

  it('is the same each time', () => {
    expect(planFleet(request)).toEqual(plan);
  });

  it('finishes no later with more effort', () => {
    const asked: FleetRequest = { ...request, effort: 'thorough' };
    const found = planFleet(asked);
    checkPlan(found, asked);
    expect(found.makespanS).toBeLessThanOrEqual(plan.makespanS * 1.001);
  });

  it('lands only where there are pads', () => {
    const tight = {
      ...request,
      bases: [
        base('b0', 200, -100),
        base('b1', 2500, 700, { freePads: 0 }),
        base('b2', 900, 1700, { freePads: 1 }),
      ],
    };
    const found = planFleet(tight);
    checkPlan(found, tight);
    const guests = (baseId: string): number =>
      found.shares.filter(
        (s, i) =>
          s.sorties.some((q) => q.returnBaseId === baseId) &&
          tight.drones[i]?.position !== bases.find((b) => b.base.baseId === baseId)?.base.position,
      ).length;
    expect(guests('b1')).toBe(0);
    expect(guests('b2')).toBeLessThanOrEqual(1);
  });
});

describe('planFleet, sectors', () => {
  it('gives each drone one connected sector; they tile the area and are finished together', () => {
    const asked: FleetRequest = { ...request, mode: 'sectors' };
    const plan = planFleet(asked);
    checkPlan(plan, asked);
    let sum = 0;
    for (const share of plan.shares) {
      const region = share.sector === null ? [] : cleanPolygons(SHAPE_FRAME, share.sector);
      expect(partsOf(region)).toHaveLength(1);
      sum += areaM2(region);
      // The covering part stays at home.
      const [west, east] = boundsOf(share.sector);
      for (const p of share.sorties.flatMap((s) => s.points)) {
        expect(p.lonDeg).toBeGreaterThanOrEqual(west - 1e-7);
        expect(p.lonDeg).toBeLessThanOrEqual(east + 1e-7);
      }
    }
    expect(sum / (2400 * 1600)).toBeCloseTo(1, 3);
    expect(plan.imbalance).toBeLessThanOrEqual(1.05);
  });

  it('makes sectors of the wanted sizes in a concave region, each in one part', () => {
    const u = cleanPolygons(
      SHAPE_FRAME,
      polygonOf([
        [0, 0],
        [520, 0],
        [520, 420],
        [370, 420],
        [370, 150],
        [150, 150],
        [150, 420],
        [0, 420],
      ]),
    );
    const shares = [0.4, 0.3, 0.2, 0.1];
    const starts = [at(0, 0), at(500, 0), at(500, 400), at(0, 400)];
    const sectors = sectorsOf(
      u,
      shares.map((share, i) => {
        const { lonDeg, latDeg } = starts[i] as LonLat;
        return { share, start: positionToMm(SHAPE_FRAME, [lonDeg, latDeg]) };
      }),
    );
    expect(sectors.map((s) => partsOf(s).length)).toEqual([1, 1, 1, 1]);
    sectors.forEach((sector, i) => {
      expect(Math.abs(areaM2(sector) / areaM2(u) - (shares[i] as number))).toBeLessThan(0.05);
    });
    expect(sectors.reduce((sum, s) => sum + areaM2(s), 0) / areaM2(u)).toBeCloseTo(1, 4);
  });
});

describe('planFleet with what cannot be', () => {
  const small = polygonOf([
    [0, 0],
    [300, 0],
    [300, 300],
    [0, 300],
  ]);
  it.each<[string, Partial<FleetRequest>, string]>([
    ['no drones', { drones: [] }, 'plan.bad-request'],
    ['no areas', { areas: [] }, 'plan.bad-request'],
    ['the same drone twice', { drones: [...drones(1), ...drones(1)] }, 'plan.bad-request'],
    [
      'a wind of NaN',
      { conditions: { wind: { fromDeg: 0, speedMps: Number.NaN }, airTempC: null } },
      'plan.bad-request',
    ],
    [
      'a storm',
      { conditions: { wind: { fromDeg: 0, speedMps: 30 }, airTempC: null } },
      'plan.wind-too-strong',
    ],
    ['an area without positions', { areas: [{ type: 'Polygon', coordinates: [] }] }, 'plan.bad-area'],
    ['no base in service', { bases: bases.map((b) => ({ ...b, inService: false })) }, 'plan.no-base'],
    ['all heights taken', { maxRelativeAltitudeM: 100 }, 'plan.no-height-layer'],
    [
      'one layer for two drones of a base',
      { maxRelativeAltitudeM: 185, drones: [drones(4)[0], drones(4)[3]] as FleetDrone[], areas: [rectangle] },
      'plan.no-height-layer',
    ],
    [
      'a drone too far away',
      { drones: drones(1).map((d) => ({ ...d, position: at(20_000, 0) })), returnTo: 'home', bases: [] },
      'plan.too-far',
    ],
    [
      'too few drones that fly once',
      {
        areas: [rectangle],
        drones: drones(1).map((d) => ({ ...d, turnaround: { kind: 'none' } as const })),
      },
      'plan.not-enough-drones',
    ],
  ])('refuses %s with a code and figures, and plans nothing', (_, change, code) => {
    const plan = planFleet({ ...request, areas: [small], drones: drones(2), ...change });
    expect(plan.shares).toEqual([]);
    expect(plan.issues.map((i) => i.code)).toEqual([code]);
    const known = PLAN_ISSUE_CODES[code as keyof typeof PLAN_ISSUE_CODES].details;
    expect(Object.keys(plan.issues[0]?.details ?? {}).sort()).toEqual([...known].sort());
  });
});

describe('assignLayers', () => {
  const line = (x1: number, y1: number, x2: number, y2: number) => [
    { x: x1 * 1000, y: y1 * 1000 },
    { x: x2 * 1000, y: y2 * 1000 },
  ];
  it('gives crossing and near routes different layers, far ones the same', () => {
    const layers = assignLayers(
      [line(0, 0, 100, 100), line(0, 100, 100, 0), line(0, 140, 100, 140), line(0, 900, 9, 900)],
      50,
    );
    expect(layers[0]).not.toBe(layers[1]);
    expect(layers[1]).not.toBe(layers[2]);
    expect(Math.max(...layers)).toBeLessThanOrEqual(2);
    expect(layers[3]).toBe(0);
  });
});

function boundsOf(geometry: FleetPlan['shares'][number]['sector']): [number, number] {
  const lons =
    geometry === null
      ? []
      : polygonsOf(geometry)
          .flat(2)
          .map((p) => p[0] ?? 0);
  return [Math.min(...lons), Math.max(...lons)];
}
