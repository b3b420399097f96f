import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MissionItem } from '../../missions/mission-item.ts';
import type { LocalPoint } from '../aircraft/local-frame.ts';
import { FENCE, Fence, fenceNames } from './fence.ts';

const HOME: LocalPoint = { eastM: 0, northM: 0, upM: 0 };

/** An item whose x and y are metres north and east. */
function item(command: number, param1: number, eastM: number, northM: number): MissionItem {
  return { frame: 0, command, param1, param2: 0, param3: 0, param4: 0, x: northM, y: eastM, z: 0 };
}

const square = (command: number, halfM: number, eastM = 0) =>
  [
    [-halfM, -halfM],
    [halfM, -halfM],
    [halfM, halfM],
    [-halfM, halfM],
  ].map(([east = 0, north = 0]) => item(command, 4, eastM + east, north));

function fenceOf(items: readonly MissionItem[], parameters: Readonly<Record<string, number>> = {}) {
  const values = new Map(
    Object.entries({
      FENCE_ENABLE: 1,
      FENCE_TYPE: 7,
      FENCE_ALT_MAX: 100,
      FENCE_ALT_MIN: -10,
      FENCE_RADIUS: 300,
      FENCE_MARGIN: 2,
      FENCE_OPTIONS: 0,
      ...parameters,
    }),
  );
  const texts: string[] = [];
  const fence = new Fence({
    items: () => items,
    locate: ({ x, y }) => ({ eastM: y, northM: x, upM: 0 }),
    parameter: (name) => values.get(name) ?? 0,
    text: (_, text) => texts.push(text),
  });
  const check = (eastM: number, northM: number, heightM = 20) =>
    fence.check({ at: { eastM, northM, upM: heightM }, home: HOME, heightM, timeS: 1, isLanding: false });
  return { fence, check, values, texts };
}

describe('the areas of a fence', () => {
  it.each([
    ['inside an inclusion polygon', square(5001, 50), {}, 0, 0, false],
    ['outside of it', square(5001, 50), {}, 60, 0, true],
    ['inside an exclusion polygon', square(5002, 50), {}, 0, 0, true],
    ['outside of it', square(5002, 50), {}, 60, 0, false],
    ['inside an inclusion circle', [item(5003, 40, 0, 0)], {}, 0, 39, false],
    ['outside of it', [item(5003, 40, 0, 0)], {}, 0, 41, true],
    ['inside an exclusion circle', [item(5004, 10, 40, 0)], {}, 40, 5, true],
    ['in one of two inclusions', [...square(5001, 50), ...square(5001, 50, 200)], {}, 0, 0, true],
    [
      'in one of two, as a union',
      [...square(5001, 50), ...square(5001, 50, 200)],
      { FENCE_OPTIONS: 2 },
      0,
      0,
      false,
    ],
    [
      'in neither, as a union',
      [...square(5001, 50), ...square(5001, 50, 200)],
      { FENCE_OPTIONS: 2 },
      100,
      0,
      true,
    ],
    ['inside, but in a hole', [...square(5001, 50), item(5004, 10, 20, 20)], {}, 20, 20, true],
  ] as const)('%s', (_, items, parameters, eastM, northM, isBreached) => {
    const { check } = fenceOf(items, parameters);
    expect(check(eastM, northM)).toBe(isBreached ? FENCE.POLYGON : 0);
  });

  it('tell how far outside: the distance to the nearest edge (square against arithmetic)', () => {
    const { fence } = fenceOf(square(5001, 50));
    fc.assert(
      fc.property(
        fc.double({ min: -200, max: 200, noNaN: true }),
        fc.double({ min: -200, max: 200, noNaN: true }),
        (eastM, northM) => {
          const out = Math.hypot(Math.max(0, Math.abs(eastM) - 50), Math.max(0, Math.abs(northM) - 50));
          fc.pre(Math.abs(Math.abs(eastM) - 50) > 0.02 && Math.abs(Math.abs(northM) - 50) > 0.02);
          expect(fence.outsideAreasM({ eastM, northM, upM: 0 })).toBeCloseTo(out, 6);
        },
      ),
    );
  });
});

describe('a breach', () => {
  it('is told once, counted, and told again only when it gets 20 m worse', () => {
    const { fence, check } = fenceOf([]);
    expect(check(0, 305)).toBe(FENCE.CIRCLE);
    expect(check(0, 310)).toBe(0);
    expect(check(0, 326)).toBe(FENCE.CIRCLE);
    expect(fence).toMatchObject({ breaches: FENCE.CIRCLE, breachCount: 2, breachType: 3, outsideM: 26 });
    expect(check(0, 290)).toBe(0);
    expect(fence.breaches).toBe(0);
  });

  it('of the height is another type', () => {
    const { fence, check } = fenceOf([]);
    expect(check(0, 0, 101)).toBe(FENCE.ALT_MAX);
    expect(fence.breachType).toBe(2);
  });

  it('of the lowest height counts only after it was once above', () => {
    const { fence, check, texts } = fenceOf([], { FENCE_TYPE: 15, FENCE_ALT_MIN: 10 });
    expect(check(0, 0, 5)).toBe(0);
    expect(check(0, 0, 15)).toBe(0);
    expect(texts).toEqual(['Min Alt fence enabled (auto enable)']);
    expect(check(0, 0, 9)).toBe(FENCE.ALT_MIN);
    expect(fence.breachType).toBe(1);
  });

  it('is none while the fence is off, by parameter or by command', () => {
    const { fence, check, values } = fenceOf([]);
    fence.command(0);
    expect(check(0, 400)).toBe(0);
    fence.command(1);
    expect(check(0, 400)).toBe(FENCE.CIRCLE);
    values.set('FENCE_ENABLE', 0);
    fence.parameterWritten('FENCE_ENABLE');
    expect(fence).toMatchObject({ enabled: false, breaches: 0 });
  });
});

describe('before arming', () => {
  it.each([
    [{}, null],
    [{ FENCE_TYPE: 0 }, 'Fences enabled, but none selected'],
    [{ FENCE_RADIUS: 1 }, 'Circle FENCE_MARGIN is greater than FENCE_RADIUS'],
    [{ FENCE_ALT_MAX: -1 }, 'Invalid FENCE_ALT_MAX value'],
    [{ FENCE_ALT_MIN: 99 }, 'FENCE_MARGIN too big'],
    [{ FENCE_ENABLE: 0, FENCE_TYPE: 0 }, null],
  ])('%o: %s', (parameters, objection) => {
    const { fence } = fenceOf([], parameters);
    expect(fence.armingObjection({ at: HOME, home: HOME })).toBe(objection);
  });

  it('says where it stands outside, and that it needs a position', () => {
    const { fence, check } = fenceOf(square(5001, 50));
    expect(fence.armingObjection({ at: null, home: HOME })).toBe('Fence requires position');
    check(60, 0, 0);
    expect(fence.armingObjection({ at: HOME, home: HOME })).toBe('Vehicle breaching Polygon fence');
    expect(fenceNames(7)).toBe('Max Alt, Circle and Polygon fence');
  });
});
