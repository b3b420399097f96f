import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LocalFrame } from '../aircraft/local-frame.ts';
import { parseHome, spreadHomes } from './homes.ts';
import { parameterFileText, parseParameters } from './parameters.ts';

describe('--home', () => {
  it.each([
    ['25.28,110.29', { latDeg: 25.28, lonDeg: 110.29, altitudeAmslM: 150, headingDeg: 0 }],
    ['-33.9, 151.2, 12.5', { latDeg: -33.9, lonDeg: 151.2, altitudeAmslM: 12.5, headingDeg: 0 }],
    ['0,0,0,359.5', { latDeg: 0, lonDeg: 0, altitudeAmslM: 0, headingDeg: 359.5 }],
  ])('reads %s', (text, home) => {
    expect(parseHome(text)).toEqual(home);
  });

  it.each([
    ['25.28', /write lat,lon\[,alt\[,hdg\]\]/],
    ['1,2,3,4,5', /write lat,lon/],
    ['110.29,25.28', /the latitude is "110.29"; allowed is a number from -90 to 90/],
    ['25.28,', /the longitude is ""/],
    ['25.28,110.29,high', /the altitude .* is "high"/],
    ['25.28,110.29,150,400', /the heading .* is "400"/],
  ])('refuses %s and says what is allowed', (text, message) => {
    expect(() => parseHome(text)).toThrow(message);
  });

  it('puts no two vehicles on one spot, and all of them near', () => {
    const place = fc.record({
      latDeg: fc.double({ min: -80, max: 80, noNaN: true }),
      lonDeg: fc.double({ min: -179, max: 179, noNaN: true }),
    });
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 40 }), (where, count) => {
        const home = { ...where, altitudeAmslM: 100, headingDeg: 45 };
        const frame = new LocalFrame(home);
        const spots = spreadHomes(home, count).map((spot) => frame.toLocal(spot));
        expect(Math.hypot(spots[0]?.eastM ?? 1, spots[0]?.northM ?? 1)).toBeLessThan(1e-6);
        for (const [index, a] of spots.entries()) {
          expect(Math.hypot(a.eastM, a.northM)).toBeLessThan(100);
          for (const b of spots.slice(index + 1)) {
            expect(Math.hypot(a.eastM - b.eastM, a.northM - b.northM)).toBeGreaterThan(9.9);
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('--params', () => {
  it('reads what ground stations write: spaces, commas, QGroundControl, remarks', () => {
    const text = '# my copter\nWPNAV_SPEED 500\r\nRTL_ALT,2000 # cm\n\n1\t1\tFS_GCS_ENABLE\t1\t2\n';
    expect(parseParameters(text, 'my.parm')).toEqual({ WPNAV_SPEED: 500, RTL_ALT: 2000, FS_GCS_ENABLE: 1 });
  });

  it.each(['WPNAV_SPEED', 'WPNAV_SPEED fast', 'wpnav speed 5', 'A_NAME_LONGER_THAN_16 1'])(
    'names file and line of "%s"',
    (line) => {
      expect(() => parseParameters(`A 1\n${line}\n`, 'my.parm')).toThrow(/my\.parm, line 2: .*NAME VALUE/);
    },
  );

  it('reads back what it writes for ArduPilot', () => {
    const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{0,15}$/);
    const value = fc.double({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.dictionary(name, value), (parameters) => {
        const read = parseParameters(parameterFileText(parameters), 'x');
        expect(Object.keys(read).sort()).toEqual(Object.keys(parameters).sort());
        for (const key of Object.keys(read)) expect(read[key]).toBeCloseTo(parameters[key] ?? Number.NaN, 10);
      }),
    );
  });
});
