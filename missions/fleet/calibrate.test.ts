import { describe, expect, it } from 'vitest';
import { seededRandom } from '../geo/random.ts';
import { type Calibration, calibrate, type FlightPhase, type RecordedFlight } from './calibrate.ts';
import { fitNonNegative } from './calibrate-fit.ts';
import { SAMPLE_PROFILE } from './profile.fixture.ts';

const phase = (kind: FlightPhase['kind'], durationS: number, distanceM = 0): FlightPhase => ({
  kind,
  durationS,
  distanceM,
  heightChangeM: null,
  headingDeg: null,
  wind: null,
});

/** A flight of an aircraft whose true powers are 260, 360 and 520 W; the energy carries an error of some percent. */
function flight(id: number, random: () => number, error = 0.02): RecordedFlight {
  const cruiseS = 200 + 900 * random();
  const hoverS = 20 + 300 * random();
  const climbS = 15 + 60 * random();
  const exact = (260 * (hoverS + 30) + 360 * cruiseS + 520 * climbS) / 3600;
  return {
    flightId: `f${id}`,
    phases: [
      phase('climb', climbS),
      phase('cruise', cruiseS, cruiseS * SAMPLE_PROFILE.cruiseSpeedMps),
      phase('hover', hoverS),
      phase('descent', 30),
    ],
    energyWh: exact * (1 + error * (2 * random() - 1)),
  };
}

function calibrated(flights: readonly RecordedFlight[]): Extract<Calibration, { kind: 'calibrated' }> {
  const found = calibrate(SAMPLE_PROFILE, flights);
  if (found.kind !== 'calibrated')
    throw new Error(`refused: ${found.issues.map((i) => i.message).join(' ')}`);
  return found;
}

describe('calibrate', () => {
  it('finds the true powers from 200 flights (seed 11)', () => {
    const random = seededRandom(11);
    const found = calibrated(Array.from({ length: 200 }, (_, i) => flight(i, random)));
    expect(found.profile.hoverPowerW / 260).toBeCloseTo(1, 1);
    expect(found.profile.cruisePowerW / 360).toBeCloseTo(1, 1);
    expect(Math.abs(found.profile.hoverPowerW - 260)).toBeLessThan(10);
    expect(Math.abs(found.profile.cruisePowerW - 360)).toBeLessThan(5);
    expect(found.figures.map((f) => f.flights)).toEqual([200, 200, 200]);
    for (const f of found.figures) expect(f.errorW).toBeLessThan(0.15 * f.beforeW);
  });

  it('moves the profile only a little for one flight, and less the less there is of a phase', () => {
    const found = calibrated([flight(1, seededRandom(3))]);
    const moved = (name: 'hoverPowerW' | 'cruisePowerW' | 'climbPowerW'): number =>
      Math.abs(found.profile[name] / SAMPLE_PROFILE[name] - 1);
    expect(moved('cruisePowerW')).toBeLessThan(0.12);
    expect(moved('climbPowerW')).toBeLessThan(0.03);
  });

  it('is not led astray by one flight whose energy is half of what it was', () => {
    const random = seededRandom(12);
    const good = Array.from({ length: 30 }, (_, i) => flight(i, random));
    const first = good[0] as RecordedFlight;
    const broken = { ...first, flightId: 'broken', energyWh: first.energyWh * 0.5 };
    const clean = calibrated(good).profile.cruisePowerW;
    const found = calibrated([...good, broken]);
    expect(Math.abs(found.profile.cruisePowerW / clean - 1)).toBeLessThan(0.015);
    const residual = found.residuals.find((r) => r.flightId === 'broken');
    expect(residual?.weight).toBeLessThan(0.2);
    expect(residual?.relative).toBeLessThan(-0.4);
    expect(found.residuals).toHaveLength(31);
  });

  it('does not blame the aircraft for the wind', () => {
    // Flown east at 10 m/s against 5 m/s: 15 m/s through the air costs far more than cruise.
    const windy: RecordedFlight = {
      flightId: 'w',
      phases: [{ ...phase('cruise', 600, 6000), headingDeg: 90, wind: { fromDeg: 90, speedMps: 5 } }],
      energyWh: (600 * 620) / 3600,
    };
    const blind = { ...windy, phases: windy.phases.map((p) => ({ ...p, wind: null })) };
    const knowing = calibrated([windy]).profile.cruisePowerW;
    expect(Math.abs(knowing / SAMPLE_PROFILE.cruisePowerW - 1)).toBeLessThan(0.12);
    expect(calibrated([blind]).profile.cruisePowerW).toBeGreaterThan(knowing * 1.3);
  });

  it.each<[string, Partial<RecordedFlight>]>([
    ['energy of 0', { energyWh: 0 }],
    ['energy of NaN', { energyWh: Number.NaN }],
    ['energy in mWh', { energyWh: 60_000 }],
    ['a negative duration', { phases: [phase('hover', -5)] }],
    ['a flight of 5 s', { phases: [phase('hover', 5)] }],
    ['2 km in 10 s', { phases: [phase('cruise', 10, 2000), phase('hover', 100)] }],
    ['a climb downwards', { phases: [{ ...phase('climb', 60), heightChangeM: -40 }] }],
  ])('leaves out a record with %s, says so, and refuses when nothing is left', (_, change) => {
    const good = flight(1, seededRandom(9));
    const bad = { ...flight(2, seededRandom(8)), ...change };
    const found = calibrate(SAMPLE_PROFILE, [good, bad]);
    expect(found.issues.map((i) => [i.code, i.details.flight])).toEqual([['plan.bad-flight-record', 'f2']]);
    expect(found.kind === 'calibrated' && found.residuals.map((r) => r.flightId)).toEqual(['f1']);
    const none = calibrate(SAMPLE_PROFILE, [bad]);
    expect(none.kind).toBe('refused');
    expect(none.issues.map((i) => i.code)).toEqual(['plan.bad-flight-record', 'plan.calibration-refused']);
  });

  it('keeps the profile when many records agree on nonsense', () => {
    const random = seededRandom(13);
    const flights = Array.from({ length: 60 }, (_, i) => {
      const f = flight(i, random);
      return { ...f, energyWh: f.energyWh * 3.5 };
    });
    const found = calibrate(SAMPLE_PROFILE, flights);
    expect(found.kind).toBe('refused');
    expect(found.issues.at(-1)?.code).toBe('plan.calibration-refused');
  });
});

describe('fitNonNegative', () => {
  it('solves a system with one exact answer', () => {
    const fit = fitNonNegative([
      { factors: [1, 1], value: 5, spread: 1 },
      { factors: [1, -1], value: 1, spread: 1 },
    ]);
    expect(fit.values[0]).toBeCloseTo(3, 9);
    expect(fit.values[1]).toBeCloseTo(2, 9);
    expect(fit.errors[0]).toBeCloseTo(Math.SQRT1_2, 9);
  });

  it('holds at zero what would be negative', () => {
    const fit = fitNonNegative([
      { factors: [1, 0], value: 2, spread: 1 },
      { factors: [0, 1], value: -3, spread: 1 },
    ]);
    expect(fit.values).toEqual([2, 0]);
  });
});
