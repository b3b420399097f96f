import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../geo/random.ts';
import { polygonOf } from '../pattern/shapes.fixture.ts';
import { type ScanSpot, ZoneScan } from './zone-scan.ts';
import { airspaceOf, at, box, randomShape, zoneOf } from './zones.fixture.ts';

const SEED = Number(process.env.PROPERTY_SEED ?? 11);
const spot = (x: number, y: number, aboveHomeM = 60): ScanSpot => ({ ...at(x, y), aboveHomeM });

describe('zones on a way', () => {
  const scan = new ZoneScan([
    zoneOf('square', polygonOf(box(100, -50, 100, 100)), { ceilingM: 80 }),
    zoneOf('high-only', polygonOf(box(300, -50, 100, 100)), { kind: 'altitude', floorM: 50, ceilingM: 100 }),
    zoneOf('school', polygonOf(box(0, -50, 50, 100)), { kind: 'privacy' }),
    zoneOf('sea', polygonOf(box(500, -50, 100, 100)), { datum: 'amsl', ceilingM: 200 }),
  ]);

  it('are told with the distance to the first of them', () => {
    const [entry, ...others] = scan.entries([spot(0, 0), spot(50, 0), spot(250, 0)], 150);
    expect(others).toEqual([]);
    expect(entry?.zone.zoneId).toBe('square');
    expect(entry?.distanceM).toBeCloseTo(100, 1);
    expect(entry?.at.lonDeg).toBeCloseTo(at(100, 0).lonDeg, 6);
  });

  it('count only at their heights', () => {
    expect(scan.entries([spot(0, 0, 90), spot(250, 0, 90)], 150)).toEqual([]);
    // On the way down it is in the band somewhere.
    expect(scan.entries([spot(0, 0, 90), spot(250, 0, 70)], 150)).toHaveLength(1);
    expect(scan.entries([spot(250, 0, 60), spot(450, 0, 60)], 150)).toEqual([]);
    expect(scan.entries([spot(250, 0, 110), spot(450, 0, 110)], 150)).toHaveLength(1);
    expect(scan.entries([spot(450, 0, 60), spot(700, 0, 60)], 150)).toEqual([]);
    expect(scan.entries([spot(450, 0, 60), spot(700, 0, 60)], 130)).toHaveLength(1);
    // What cannot be compared is told.
    expect(scan.entries([spot(450, 0, 60), spot(700, 0, 60)], null)).toHaveLength(1);
  });

  it('are known from within', () => {
    expect(scan.at(spot(150, 0), 150).map((zone) => zone.zoneId)).toEqual(['square']);
    expect(scan.at(spot(150, 0, 90), 150)).toEqual([]);
    expect(scan.at(spot(25, 0), 150)).toEqual([]);
    expect(scan.entries([spot(150, 0), spot(250, 0)], 150)[0]?.distanceM).toBe(0);
    // A way of one spot is where somebody hovers.
    expect(scan.entries([spot(150, 0)], 150)).toHaveLength(1);
  });

  it('agrees with the planner about what is free, and enters where it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (seed) => {
        const random = seededRandom(seed);
        const zone = zoneOf('z', randomShape(random, 400));
        const airspace = airspaceOf([zone]);
        const one = new ZoneScan([zone]);
        const place = (): ScanSpot => spot(random() * 800 - 200, random() * 800 - 200);
        const way = [place(), place()];
        const [from, to] = way as [ScanSpot, ScanSpot];
        const [entry] = one.entries(way, null);
        // The planner keeps 6 mm from a zone: what it takes for free is free.
        if (airspace.isStraightFree(from, to)) expect([seed, entry]).toEqual([seed, undefined]);
        if (entry === undefined) return;
        expect([seed, airspace.isStraightFree(from, to)]).toEqual([seed, false]);
        const share = (metres: number): ScanSpot => {
          const whole = Math.hypot(...difference(from, to));
          return {
            lonDeg: from.lonDeg + ((to.lonDeg - from.lonDeg) * metres) / whole,
            latDeg: from.latDeg + ((to.latDeg - from.latDeg) * metres) / whole,
            aboveHomeM: 60,
          };
        };
        if (entry.distanceM > 1) {
          expect([seed, one.entries([from, share(entry.distanceM - 0.5)], null)]).toEqual([seed, []]);
        }
        expect([seed, one.entries([from, share(entry.distanceM + 0.5)], null).length]).toEqual([seed, 1]);
      }),
      { numRuns: 300, seed: SEED },
    );
  });
});

/** Metres east and north, near the test shapes' origin. */
function difference(a: ScanSpot, b: ScanSpot): [number, number] {
  const unit = at(1, 1);
  const zero = at(0, 0);
  return [
    (b.lonDeg - a.lonDeg) / (unit.lonDeg - zero.lonDeg),
    (b.latDeg - a.latDeg) / (unit.latDeg - zero.latDeg),
  ];
}
