import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PointMm } from '../geo/frame.ts';
import { shiftedLegs, targetsOf, wigglesFrom } from './path-moves.ts';
import { turningMm, turnPriceFor, turnShare } from './turn-price.ts';

const at = (x: number, y: number): PointMm => ({ x, y });

function headingRad(a: PointMm | undefined, b: PointMm | undefined): number {
  return a === undefined || b === undefined ? Number.NaN : Math.atan2(b.y - a.y, b.x - a.x);
}

describe('the price of turns', () => {
  it.each([
    ['a micro cell, at least 4 % of a swath', 150_000, 1600],
    ['a small cell, half a hundredth of its side', 500_000, 2500],
    ['a district, at most a tenth of a swath', 9_000_000, 4000],
  ])('in %s', (_, side, price) => {
    const square = [at(0, 0), at(side, 0), at(side, side), at(0, side)];
    expect(turnPriceFor([square], 40_000)).toBeCloseTo(price, 6);
  });

  it.each([
    [0, 0, 0.01],
    [5, 0, 0.01],
    [30, 0.9, 0.95],
    [90, 1, 1.1],
    [180, 1.15, 1.25],
  ])('of %i° lies between %f and %f', (deg, least, most) => {
    const rad = (deg * Math.PI) / 180;
    const share = turnShare(at(0, 0), at(1e5, 0), at(1e5 + 1e5 * Math.cos(rad), 1e5 * Math.sin(rad)));
    expect(share).toBeGreaterThanOrEqual(least);
    expect(share).toBeLessThanOrEqual(most);
  });

  it('is the same flown backwards, and nothing at a leg without length', () => {
    const coordinate = fc.integer({ min: -1e6, max: 1e6 });
    const path = fc.array(fc.record({ x: coordinate, y: coordinate }), { maxLength: 8 });
    fc.assert(
      fc.property(path, (points) => {
        expect(turningMm(points, 1000)).toBeCloseTo(turningMm(points.toReversed(), 1000), 6);
      }),
    );
    expect(turnShare(at(0, 0), at(0, 0), at(5, 5))).toBe(0);
  });
});

describe('moves of a path', () => {
  it('shift a leg without changing a heading where its neighbours run across', () => {
    const angle = fc.integer({ min: 30, max: 150 }).map((deg) => (deg * Math.PI) / 180);
    fc.assert(
      fc.property(angle, angle, fc.integer({ min: 500, max: 5000 }), (before, after, step) => {
        const reach = 200_000;
        const path = [
          at(Math.round(reach * Math.cos(before)), Math.round(reach * Math.sin(before))),
          at(0, 0),
          at(100_000, 0),
          at(Math.round(100_000 + reach * Math.cos(after)), Math.round(reach * Math.sin(after))),
        ];
        const shifted = shiftedLegs(path, 1, step);
        expect(shifted).toHaveLength(2);
        for (const [b, c] of shifted) {
          for (const [p, q, r, s] of [
            [path[0], path[1], path[0], b],
            [path[1], path[2], b, c],
            [path[2], path[3], c, path[3]],
          ])
            expect(headingRad(r, s)).toBeCloseTo(headingRad(p, q), 3);
          expect(Math.abs(b?.y ?? 0)).toBeCloseTo(step, -1);
        }
      }),
    );
  });

  it('find a wiggle and lay it on its mean', () => {
    const path = [at(0, 0), at(40_000, 3000), at(60_000, 1000), at(100_000, 0), at(100_000, 50_000)];
    const whole = wigglesFrom(path, 0, 15_000).find((wiggle) => wiggle.j === 3);
    expect(whole?.lines[0]).toEqual([at(0, 2000), at(100_000, 2000)]);
    expect(whole?.lines[1]).toEqual([at(0, 0), at(100_000, 0)]);
  });

  it('leave a corner alone that is no wiggle', () => {
    expect(wigglesFrom([at(0, 0), at(100_000, 0), at(100_000, 50_000)], 0, 15_000)).toEqual([]);
  });

  it('try no place beyond a neighbour, and none towards a neighbour at the same place', () => {
    expect(targetsOf(at(0, 0), at(500, 0), undefined, 2000)[0]).toEqual(at(500, 0));
    expect(targetsOf(at(0, 0), at(0, 0), undefined, 2000)).toHaveLength(8);
  });
});
