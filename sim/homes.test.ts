import { describe, expect, it } from 'vitest';
import { parseHomes, readHomes, ringOfHomes } from './homes.ts';

const good = { lonDeg: 110.29, latDeg: 25.28, altitudeAmslM: 150 };

describe('the homes file', () => {
  it('takes places with and without a name', () => {
    expect(parseHomes([good, { ...good, name: 'North' }], 'f')).toEqual([good, { ...good, name: 'North' }]);
  });

  it.each([
    ['is not a list', {}, 'f must hold a list of at least one home'],
    ['is empty', [], 'f must hold a list of at least one home'],
    ['holds no objects', [[1, 2]], 'f, entry 1 is not an object {lonDeg, latDeg, altitudeAmslM, name?}'],
    [
      'lacks a value',
      [{ ...good, latDeg: undefined }],
      'f, entry 1: latDeg is missing; allowed is a number from -90 to 90',
    ],
    [
      'has a text for a number',
      [good, { ...good, lonDeg: '110' }],
      'f, entry 2: lonDeg is "110"; allowed is a number from -180 to 180',
    ],
    [
      'has latitude and longitude swapped',
      [{ ...good, latDeg: 110.29 }],
      'f, entry 1: latDeg is 110.29; allowed is a number from -90 to 90',
    ],
    [
      'has an unknown property',
      [{ ...good, altitude: 3 }],
      'f, entry 1: "altitude" is unknown; allowed are lonDeg, latDeg, altitudeAmslM, name',
    ],
    ['has a number for a name', [{ ...good, name: 3 }], 'f, entry 1: name is 3; allowed is a text'],
  ])('that %s is refused with a reason', (_, content, message) => {
    expect(() => parseHomes(content, 'f')).toThrow(message);
  });

  it('that does not exist is named', async () => {
    await expect(readHomes('/no/such/homes.json')).rejects.toMatchObject({
      code: 'sim.homes-file',
      message: expect.stringContaining('/no/such/homes.json'),
    });
  });
});

describe('the default ring', () => {
  it('spreads the aircraft around 25.28 N 110.29 E', () => {
    const ring = ringOfHomes(6);
    expect(ring).toHaveLength(6);
    expect(ring[0]?.latDeg).toBeGreaterThan(25.29);
    for (const home of ring) {
      expect(Math.abs(home.latDeg - 25.28)).toBeLessThan(0.02);
      expect(Math.abs(home.lonDeg - 110.29)).toBeLessThan(0.02);
    }
  });
});
