import area from '@turf/area';
import { booleanPointInPolygon, destination, point } from '@turf/turf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAirspace } from '../airspace/airspace.ts';
import { estimatePath } from '../fleet/energy.ts';
import { SAMPLE_PROFILE } from '../fleet/profile.fixture.ts';
import { straightWays } from '../geo/straight-way.ts';
import type { AirspaceZone, Base, LonLat, WayFinder, Wind } from '../model.ts';
import type { DispatchCandidate } from './model.ts';
import { type DispatchRequest, rankDispatch } from './rank.ts';
import { reachArea, reachTable } from './reach.ts';
import { siteBases } from './siting.ts';
import { type ReachSource, Travel } from './travel.ts';

const HERE: LonLat = { lonDeg: 110.29, latDeg: 25.28 };
const HEIGHT_M = 60;

/** A place so many metres east and north, by Turf's sphere. */
function at(eastM: number, northM: number): LonLat {
  const [lon = 0, lat = 0] = destination(
    destination([HERE.lonDeg, HERE.latDeg], eastM, 90, { units: 'meters' }),
    northM,
    0,
    { units: 'meters' },
  ).geometry.coordinates;
  return { lonDeg: lon, latDeg: lat };
}

const base = (baseId: string, position: LonLat): Base => ({
  baseId,
  name: baseId,
  position,
  pads: 1,
  elevationAmslM: null,
});

function drone(
  vehicleId: string,
  position: LonLat,
  change: Partial<DispatchCandidate> = {},
): DispatchCandidate {
  return {
    vehicleId,
    profile: SAMPLE_PROFILE,
    position,
    heightM: 0,
    remainingFraction: 1,
    isAirborne: false,
    launchLatencyS: 20,
    duty: { kind: 'none', dutyId: null, coverPenaltyS: 0 },
    unavailable: null,
    ...change,
  };
}

const inAir = { isAirborne: true, heightM: HEIGHT_M };

function request(
  candidates: readonly DispatchCandidate[],
  change: Partial<DispatchRequest> = {},
): DispatchRequest {
  return {
    target: HERE,
    heightM: HEIGHT_M,
    onSceneS: 300,
    candidates,
    bases: [base('north', at(0, 2_000)), base('south', at(0, -3_000))],
    ways: null,
    wind: null,
    ...change,
  };
}

/** A wall of 3 km across the way from the south, 300 m from the target. */
function walled(): WayFinder {
  const [a, b, c, d] = [at(-1_500, -400), at(1_500, -400), at(1_500, -300), at(-1_500, -300)];
  const zone: AirspaceZone = {
    zoneId: 'wall',
    kind: 'no-fly',
    name: 'wall',
    geometry: {
      type: 'Polygon',
      coordinates: [[a, b, c, d, a].map(({ lonDeg, latDeg }) => [lonDeg, latDeg])],
    },
    floorM: null,
    ceilingM: null,
    datum: 'above-home',
    activeFromMs: null,
    activeToMs: null,
  };
  const made = createAirspace({
    zones: [zone],
    marginM: 10,
    fromMs: null,
    untilMs: null,
    heightM: HEIGHT_M,
    datum: 'above-home',
    homeElevationAmslM: null,
    elevation: null,
  });
  if (made.kind !== 'ready') throw new Error(JSON.stringify(made.issues));
  return made.airspace;
}

describe('ranking', () => {
  test('times add up: 20 s to lift off, 20 s up 60 m at 3 m/s, 1,000 m at 10 m/s', () => {
    const { options } = rankDispatch(request([drone('one', at(1_000, 0))]));
    expect(options).toHaveLength(1);
    expect(options[0]).toMatchObject({ vehicleId: 'one', rank: 1, latencyS: 20, climbS: 20 });
    expect(options[0]?.cruiseS).toBeCloseTo(100, 0);
    expect(options[0]?.arrivalS).toBeCloseTo(140, 0);
  });

  test('one in the air comes before a nearer one on the ground', () => {
    const { options } = rankDispatch(
      request([drone('ground', at(500, 0)), drone('air', at(700, 0), { ...inAir })]),
    );
    expect(options.map(({ vehicleId }) => vehicleId)).toEqual(['air', 'ground']);
  });

  test('a duty that must not be left weighs as the seconds it is said to be worth', () => {
    const patrol = { kind: 'patrol', dutyId: 'order-7', coverPenaltyS: 60 } as const;
    const { options } = rankDispatch(
      request([
        drone('patrolling', at(500, 0), { ...inAir, duty: patrol }),
        drone('idle', at(900, 0), { ...inAir }),
      ]),
    );
    expect(options.map(({ vehicleId }) => vehicleId)).toEqual(['idle', 'patrolling']);
    expect(options[1]?.leaves).toEqual(patrol);
    expect(options[1]?.scoreS).toBeCloseTo((options[1]?.arrivalS ?? 0) + 60, 6);
  });

  test('the way round a zone counts, not the straight line', () => {
    const candidates = [drone('behind', at(0, -500), { ...inAir }), drone('open', at(0, 900), { ...inAir })];
    const straight = rankDispatch(request(candidates));
    const round = rankDispatch(request(candidates, { ways: walled() }));
    expect(straight.options.map(({ vehicleId }) => vehicleId)).toEqual(['behind', 'open']);
    expect(round.options.map(({ vehicleId }) => vehicleId)).toEqual(['open', 'behind']);
    expect(round.options[1]?.way.points.length).toBeGreaterThan(2);
    expect(round.options[1]?.way.lengthM).toBeGreaterThan(3_000);
  });

  test('it lands at the base that costs least from the place', () => {
    const [best] = rankDispatch(request([drone('one', at(0, -2_900))])).options;
    expect(best?.returnBaseId).toBe('north');
  });

  test('who cannot go is told with reason and figures', () => {
    const { options, refusals } = rankDispatch(
      request([
        drone('charging', HERE, { unavailable: 'It is charging: 12 min.' }),
        drone('empty', at(100, 0), { remainingFraction: 0.3 }),
        drone('lost', { lonDeg: Number.NaN, latDeg: 0 }),
      ]),
    );
    expect(options).toEqual([]);
    expect(refusals.map(({ vehicleId, code }) => [vehicleId, code])).toEqual([
      ['charging', 'unavailable'],
      ['empty', 'energy'],
      ['lost', 'bad-candidate'],
    ]);
    expect(refusals[1]?.details.havePct).toBe(30);
    expect(Number(refusals[1]?.details.needPct)).toBeGreaterThan(30);
  });

  test('no way to the place, none home, too much wind: each says so', () => {
    const nowhere: WayFinder = { way: () => null };
    const code = (change: Partial<DispatchRequest>): string | undefined =>
      rankDispatch(request([drone('one', at(100, 0))], change)).refusals[0]?.code;
    expect(code({ ways: nowhere })).toBe('no-way');
    expect(code({ bases: [] })).toBe('no-way-home');
    expect(code({ wind: { fromDeg: 0, speedMps: 25 } })).toBe('wind');
  });

  test('the stay that is promised leaves the reserve, by the flight model leg by leg', () => {
    const place = fc.record({
      east: fc.integer({ min: -3_000, max: 3_000 }),
      north: fc.integer({ min: -3_000, max: 3_000 }),
    });
    const wind = fc.record({
      fromDeg: fc.integer({ min: 0, max: 359 }),
      speedMps: fc.integer({ min: 0, max: 8 }),
    });
    fc.assert(
      fc.property(place, wind, fc.double({ min: 0.5, max: 1, noNaN: true }), (from, blowing, battery) => {
        const candidate = drone('one', at(from.east, from.north), { remainingFraction: battery });
        const [option] = rankDispatch(request([candidate], { wind: blowing, onSceneS: 0 })).options;
        if (option === undefined) return;
        const home = option.returnBaseId === 'north' ? at(0, 2_000) : at(0, -3_000);
        const stop = (p: LonLat, dwellS: number) => ({ ...p, heightM: HEIGHT_M, dwellS, speedMps: null });
        const flight = (dwellS: number) =>
          estimatePath(
            [stop(candidate.position, 0), stop(HERE, dwellS), stop(home, 0)],
            SAMPLE_PROFILE,
            { climbM: HEIGHT_M, descentM: HEIGHT_M },
            { wind: blowing, airTempC: null },
          ).energyWh;
        const allowedWh = (battery - SAMPLE_PROFILE.reserveFraction) * SAMPLE_PROFILE.batteryCapacityWh;
        // The estimate also slows down for the corner over the place; the stay includes that.
        const corner = Math.abs(flight(option.onSceneS) - allowedWh);
        expect(corner).toBeLessThan((4 * 450) / 3600 + 0.05);
      }),
      { numRuns: 60 },
    );
  });
});

const source = (sourceId: string, position: LonLat): ReachSource => ({
  sourceId,
  position,
  profile: SAMPLE_PROFILE,
  launchLatencyS: 20,
  climbM: HEIGHT_M,
});

describe('reach', () => {
  test('in calm air a circle of v(t − t0): three minutes are 1,400 m', () => {
    const reach = reachArea(source('a', HERE), 180, { ways: null, wind: null });
    if (reach === null) throw new Error('it gets nowhere');
    // A polygon of 72 corners has 0.9987 of the circle.
    expect(area(reach) / (Math.PI * 1_400 ** 2)).toBeCloseTo(0.9987, 2);
    expect(reachArea(source('a', HERE), 40, { ways: null, wind: null })).toBeNull();
  });

  test('wind moves the reach down wind once the air speed is at its end', () => {
    const wind: Wind = { fromDeg: 270, speedMps: 12 };
    const travel = new Travel(source('a', HERE), wind, straightWays);
    expect(travel.rangeM(90, 180)).toBeGreaterThan(2 * travel.rangeM(270, 180));
  });

  test('behind a wall the reach ends sooner, beside it it does not', () => {
    const options = { ways: walled(), wind: null };
    const reach = reachArea(source('a', HERE), 180, options);
    if (reach === null) throw new Error('it gets nowhere');
    const has = (p: LonLat): boolean => booleanPointInPolygon(point([p.lonDeg, p.latDeg]), reach);
    expect(has(at(0, 1_300))).toBe(true);
    expect(has(at(0, -600))).toBe(false);
    expect(has(at(0, -250))).toBe(true);
    expect(has(at(0, 1_500))).toBe(false);
  });

  test('the table is what trying every base gives', () => {
    const ways = walled();
    const spot = fc.tuple(fc.integer({ min: -3_000, max: 3_000 }), fc.integer({ min: -3_000, max: 3_000 }));
    fc.assert(
      fc.property(
        fc.array(spot, { minLength: 1, maxLength: 5 }),
        fc.array(spot, { minLength: 1, maxLength: 8 }),
        fc.record({ fromDeg: fc.integer({ min: 0, max: 359 }), speedMps: fc.integer({ min: 0, max: 10 }) }),
        (from, to, wind) => {
          const sources = from.map(([x, y], i) => source(`s${i}`, at(x, y)));
          const places = to.map(([x, y], i) => ({ placeId: `p${i}`, position: at(x, y), weight: i + 1 }));
          const { rows, withinShares } = reachTable(sources, places, { ways, wind });
          const brute = places.map(({ position }) =>
            Math.min(...sources.map((one) => new Travel(one, wind, ways).arrivalS(position))),
          );
          for (const [i, row] of rows.entries()) {
            expect(row.arrivalS ?? Number.POSITIVE_INFINITY).toBeCloseTo(brute[i] ?? Number.NaN, 6);
          }
          const all = places.reduce((sum, place) => sum + place.weight, 0);
          const share =
            places.reduce((sum, p, i) => ((brute[i] ?? 0) <= 180 ? sum + p.weight : sum), 0) / all;
          expect(withinShares[1]).toBeCloseTo(share, 9);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('siting', () => {
  test('reaches as much as the best of all choices, and keeps the bases that exist', async () => {
    const spot = fc.tuple(fc.integer({ min: -4_000, max: 4_000 }), fc.integer({ min: -4_000, max: 4_000 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(spot, { minLength: 2, maxLength: 7 }),
        fc.array(fc.tuple(spot, fc.integer({ min: 0, max: 9 })), { minLength: 3, maxLength: 14 }),
        fc.integer({ min: 1, max: 3 }),
        async (siteSpots, placeSpots, count) => {
          const sites = siteSpots.map(([x, y], i) => ({ ...source(`s${i}`, at(x, y)), isFixed: i === 0 }));
          const places = placeSpots.map(([[x, y], weight], i) => ({
            placeId: `p${i}`,
            position: at(x, y),
            weight: weight + 1,
          }));
          const result = await siteBases({ sites, places, withinS: 180, count, ways: null, wind: null });
          if (result.kind !== 'optimal') throw new Error(JSON.stringify(result));
          const reached = sites.map((site) => {
            const travel = new Travel(site, null, straightWays);
            return places.map((place) => travel.straightS(place.position) <= 180);
          });
          const all = places.reduce((sum, place) => sum + place.weight, 0);
          let best = 0;
          for (let mask = 1; mask < 2 ** sites.length; mask += 2) {
            const chosen = sites.map((_site, i) => (mask & (1 << i)) !== 0);
            if (chosen.filter(Boolean).length > count) continue;
            const sum = places.reduce(
              (total, place, p) =>
                chosen.some((on, s) => on && reached[s]?.[p]) ? total + place.weight : total,
              0,
            );
            best = Math.max(best, sum / all);
          }
          expect(result.reachedShare).toBeCloseTo(best, 9);
          expect(result.siteIds).toContain('s0');
          expect(result.siteIds.length).toBeLessThanOrEqual(count);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('refuses what cannot be', async () => {
    const sites = [0, 1].map((i) => ({ ...source(`s${i}`, at(i * 100, 0)), isFixed: true }));
    const places = [{ placeId: 'p', position: HERE, weight: 1 }];
    const options = { sites, withinS: 180, ways: null, wind: null };
    expect((await siteBases({ ...options, places, count: 1 })).kind).toBe('refused');
    expect((await siteBases({ ...options, places: [], count: 2 })).kind).toBe('refused');
  });
});
