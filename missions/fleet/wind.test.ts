import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mmToLonLat } from '../geo/frame.ts';
import type { LonLat } from '../model.ts';
import { SHAPE_FRAME } from '../pattern/shapes.fixture.ts';
import { estimateFlight, estimatePath, temperatureFactor, usableEnergyWh } from './energy.ts';
import { SAMPLE_PROFILE } from './profile.fixture.ts';
import { judgeEnergyWh } from './split.fixture.ts';
import { CALM, legSpeeds, powerCurve, windVector } from './wind.ts';

const at = (x: number, y: number): LonLat => mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 });

describe('the wind triangle', () => {
  it('adds up: air + wind = ground, for every direction and wind (200 cases)', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: 0, max: 14, noNaN: true }),
        (track, fromDeg, speedMps) => {
          const wind = windVector({ fromDeg, speedMps });
          const [east, north] = [Math.sin(track), Math.cos(track)];
          const found = legSpeeds(east, north, 10, wind, 15);
          if (found === null) return;
          const nose = track + (found.crabDeg * Math.PI) / 180;
          // A strong tail wind may ask for less air speed than the wind has: then the nose points back.
          const along = wind.eastMps * east + wind.northMps * north;
          const forward = found.groundSpeedMps >= along ? 1 : -1;
          const crab = (found.crabDeg * Math.PI) / 180;
          const air = forward > 0 ? nose : track + Math.PI - crab;
          expect(found.airSpeedMps * Math.sin(air) + wind.eastMps).toBeCloseTo(
            found.groundSpeedMps * east,
            6,
          );
          expect(found.airSpeedMps * Math.cos(air) + wind.northMps).toBeCloseTo(
            found.groundSpeedMps * north,
            6,
          );
          expect(found.airSpeedMps).toBeLessThanOrEqual(15 + 1e-9);
          expect(found.groundSpeedMps).toBeLessThanOrEqual(10);
        },
      ),
      { numRuns: 200, seed: 4 },
    );
  });

  it.each<[string, number, number, ReturnType<typeof legSpeeds>]>([
    ['no wind', 0, 0, { groundSpeedMps: 10, airSpeedMps: 10, crabDeg: 0 }],
    ['3 m/s from ahead', 90, 3, { groundSpeedMps: 10, airSpeedMps: 13, crabDeg: 0 }],
    ['4 m/s from behind', 270, 4, { groundSpeedMps: 10, airSpeedMps: 6, crabDeg: 0 }],
    ['8 m/s from ahead: slower over the ground', 90, 8, { groundSpeedMps: 7, airSpeedMps: 15, crabDeg: 0 }],
    [
      '9 m/s from the right, nose to the right',
      180,
      9,
      { groundSpeedMps: 10, airSpeedMps: 13.4536, crabDeg: 41.9872 },
    ],
    ['14.5 m/s from ahead', 90, 14.5, null],
    ['16 m/s from the side', 0, 16, null],
  ])('flying east at 10 of at most 15 m/s in %s', (_, fromDeg, speedMps, expected) => {
    const found = legSpeeds(1, 0, 10, windVector({ fromDeg, speedMps }), 15);
    if (expected === null) expect(found).toBeNull();
    else {
      expect(found?.groundSpeedMps).toBeCloseTo(expected.groundSpeedMps, 4);
      expect(found?.airSpeedMps).toBeCloseTo(expected.airSpeedMps, 4);
      expect(found?.crabDeg).toBeCloseTo(expected.crabDeg, 3);
    }
  });

  it('is calm without wind', () => {
    expect(windVector(null)).toEqual(CALM);
    expect(windVector({ fromDeg: 77, speedMps: 0 })).toEqual(CALM);
  });
});

describe('power by air speed', () => {
  it('goes through hover and cruise power, dips between and grows beyond, whatever the profile', () => {
    fc.assert(
      fc.property(
        fc.record({
          cruiseSpeedMps: fc.double({ min: 3, max: 25, noNaN: true }),
          hoverPowerW: fc.double({ min: 50, max: 2000, noNaN: true }),
          ratio: fc.double({ min: 0.5, max: 2, noNaN: true }),
        }),
        ({ cruiseSpeedMps, hoverPowerW, ratio }) => {
          const profile = {
            ...SAMPLE_PROFILE,
            cruiseSpeedMps,
            hoverPowerW,
            cruisePowerW: hoverPowerW * ratio,
          };
          const p = powerCurve(profile);
          expect(p(0)).toBeCloseTo(hoverPowerW, 6);
          expect(p(cruiseSpeedMps)).toBeCloseTo(profile.cruisePowerW, 6);
          expect(p(1.3 * cruiseSpeedMps)).toBeGreaterThanOrEqual(profile.cruisePowerW);
          for (let k = 0; k <= 20; k++) {
            const w = p((k / 10) * cruiseSpeedMps);
            expect(Number.isFinite(w) && w > 0).toBe(true);
          }
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });
});

describe('estimates in wind, over heights and waits', () => {
  const out = at(2000, 0);
  const home = at(0, 0);

  it('costs more out and back in any wind along the way than in calm air', () => {
    const calm = estimateFlight([home, out, home], SAMPLE_PROFILE, 60);
    const windy = estimateFlight([home, out, home], SAMPLE_PROFILE, 60, {
      wind: { fromDeg: 90, speedMps: 8 },
      airTempC: null,
    });
    expect(windy.durationS).toBeGreaterThan(calm.durationS);
    expect(windy.energyWh).toBeGreaterThan(calm.energyWh);
    // 7 m/s against it, 10 with it.
    expect(windy.cruiseS).toBeCloseTo(2000 / 7 + 2000 / 10, 0);
  });

  it('names the leg that the wind forbids, and gives no finite figure for it', () => {
    const found = estimateFlight([home, out, home], SAMPLE_PROFILE, 60, {
      wind: { fromDeg: 90, speedMps: 14.8 },
      airTempC: null,
    });
    expect(found.issues.map((i) => [i.code, i.details])).toEqual([
      ['plan.wind-too-strong', { leg: 1, windMps: 14.8, fromDeg: 90 }],
    ]);
    expect(found.energyWh).toBe(Number.POSITIVE_INFINITY);
  });

  it('agrees with an estimate written a second time, within the spherical distance (0.6 %)', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            x: fc.integer({ min: -1500, max: 1500 }),
            y: fc.integer({ min: -1500, max: 1500 }),
            heightM: fc.integer({ min: 40, max: 60 }),
            dwellS: fc.integer({ min: 0, max: 40 }),
          }),
          { minLength: 2, maxLength: 7 },
        ),
        fc.integer({ min: 0, max: 359 }),
        fc.integer({ min: 0, max: 9 }),
        (stops, fromDeg, speedMps) => {
          const points = stops
            // Legs too short for their change of height are flown slower, which the second estimate does not know.
            .filter(
              (s, i) =>
                i === 0 || Math.hypot(s.x - (stops[i - 1]?.x ?? 0), s.y - (stops[i - 1]?.y ?? 0)) > 150,
            )
            .map((s) => ({ ...at(s.x, s.y), heightM: s.heightM, dwellS: s.dwellS, speedMps: null }));
          if (points.length < 2 || hasShortLeg(points)) return;
          const wind = { fromDeg, speedMps };
          const columns = { climbM: points[0]?.heightM ?? 0, descentM: points.at(-1)?.heightM ?? 0 };
          const mine = estimatePath(points, SAMPLE_PROFILE, columns, { wind, airTempC: null });
          const judged = judgeEnergyWh(points, SAMPLE_PROFILE, wind);
          expect(Math.abs(mine.energyWh / judged - 1)).toBeLessThan(0.006);
        },
      ),
      { numRuns: 100, seed: 6 },
    );
  });
});

function hasShortLeg(points: readonly LonLat[]): boolean {
  return points.some((p, i) => {
    const q = points[i + 1];
    return q !== undefined && Math.hypot((p.lonDeg - q.lonDeg) * 1e5, (p.latDeg - q.latDeg) * 1.1e5) < 140;
  });
}

describe('the battery', () => {
  it.each([
    [null, 1],
    [40, 1],
    [25, 1],
    [0, 0.8],
    [-18, 0.5],
    [12.5, 0.9],
    [-60, 0.3],
  ])('gives at %s °C a share of %s', (airTempC, factor) => {
    expect(temperatureFactor(airTempC)).toBeCloseTo(factor, 9);
  });

  it('may be spent down to the reserve of what cold and age have left', () => {
    expect(usableEnergyWh(SAMPLE_PROFILE, 1)).toBeCloseTo(135, 9);
    expect(usableEnergyWh(SAMPLE_PROFILE, 0.5, 0.8, 0)).toBeCloseTo(0.25 * 180 * 0.8 * 0.8, 9);
    expect(usableEnergyWh(SAMPLE_PROFILE, 0.2)).toBe(0);
  });
});
