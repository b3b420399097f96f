import fc from 'fast-check';
import { parseShp } from 'shpjs';
import { describe, expect, it } from 'vitest';
import { bd09ToWgs84, gcj02ToWgs84, wgs84ToBd09, wgs84ToGcj02 } from '../geo/gcj02.ts';
import { crsFromEpsg, crsFromText, crsFromWkt, toWgs84 } from './crs.ts';
import { writeShp } from './shapefile-writer.fixture.ts';
import { parseWkt } from './wkt.ts';

const METRES_PER_DEG = 111_320;
const CGCS2000 =
  'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]';
const gaussKruger = (meridian: number, falseEasting: number, geographic = CGCS2000): string =>
  `PROJCS["test",${geographic},PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",${falseEasting}],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",${meridian}],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`;

/** proj4, by way of shpjs, which reprojects with it: a point of a triangle through a .prj. */
function byProj4(wkt: string, x: number, y: number): readonly number[] {
  const shp = writeShp([
    {
      rings: [
        [
          [x, y],
          [x, y + 1],
          [x + 1, y],
          [x, y],
        ],
      ],
    },
  ]);
  const [geometry] = parseShp(new DataView(shp.buffer), wkt) as { coordinates: number[][][] }[];
  return geometry?.coordinates[0]?.[0] ?? [];
}

describe('GCJ-02 and BD-09', () => {
  const nearGuilin = fc.tuple(
    fc.double({ min: 109.6, max: 111, noNaN: true }),
    fc.double({ min: 24.7, max: 25.9, noNaN: true }),
  );

  it('shifts Guilin by 558 m', () => {
    const [lon = 0, lat = 0] = wgs84ToGcj02([110.29, 25.28]);
    const shiftM = Math.hypot((lon - 110.29) * 100_703, (lat - 25.28) * 110_776);
    expect(shiftM).toBeGreaterThan(553);
    expect(shiftM).toBeLessThan(563);
  });

  it.each([
    ['GCJ-02', wgs84ToGcj02, gcj02ToWgs84],
    ['BD-09', wgs84ToBd09, bd09ToWgs84],
  ] as const)('%s there and back, and back and there, to far below a centimetre', (_, forward, backward) => {
    fc.assert(
      fc.property(nearGuilin, (position) => {
        const offM = (a: readonly number[]): number =>
          Math.hypot((a[0] ?? 0) - position[0], (a[1] ?? 0) - position[1]) * METRES_PER_DEG;
        expect(offM(backward(forward(position)))).toBeLessThan(0.0001);
        expect(offM(forward(backward(position)))).toBeLessThan(0.0001);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves positions outside China alone and ends at the rim of its box', () => {
    expect(gcj02ToWgs84([2.35, 48.86])).toEqual([2.35, 48.86]);
    for (const position of [
      [72.0041, 30],
      [137.8347, 30],
      [110, 0.8294],
      [110, 55.827],
    ]) {
      expect(gcj02ToWgs84(position).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('projected coordinate systems', () => {
  it('agree with proj4 to a tenth of a millimetre, in any zone of China', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 25, max: 45 }),
        fc.double({ min: -170_000, max: 170_000, noNaN: true }),
        fc.double({ min: 1_900_000, max: 5_900_000, noNaN: true }),
        fc.boolean(),
        (zone, off, northing, numbered) => {
          const falseEasting = numbered ? zone * 1e6 + 500_000 : 500_000;
          const wkt = gaussKruger(zone * 3, falseEasting);
          const byEpsg = crsFromEpsg((numbered ? 4513 : 4534) + zone - 25);
          const byWkt = crsFromWkt(wkt);
          if (byEpsg === null || byWkt.kind !== 'known') throw new Error('not known');
          const expected = byProj4(wkt, falseEasting + off, northing);
          for (const crs of [byEpsg, byWkt.crs]) {
            const [lon = 0, lat = 0] = toWgs84(crs)([falseEasting + off, northing]);
            expect(Math.abs(lon - (expected[0] ?? 0)) * METRES_PER_DEG).toBeLessThan(0.0001);
            expect(Math.abs(lat - (expected[1] ?? 0)) * METRES_PER_DEG).toBeLessThan(0.0001);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    [4547, 114, 500_000],
    [4526, 114, 38_500_000],
    [4546, 111, 500_000],
    [4508, 111, 500_000],
    [4497, 111, 19_500_000],
    [32649, 111, 500_000],
  ])('EPSG:%i has the meridian %i and the false easting %i', (code, centralMeridianDeg, falseEastingM) => {
    expect(crsFromEpsg(code)?.projection).toMatchObject({ centralMeridianDeg, falseEastingM });
  });

  it('gives no position for an easting that is none of the zone: northing first, or another zone number', () => {
    const crs = crsFromEpsg(4546);
    if (crs === null) throw new Error('not known');
    expect(toWgs84(crs)([2_796_000, 430_000])).toEqual([Number.NaN, Number.NaN]);
    expect(toWgs84(crs)([37_430_000, 2_796_000])).toEqual([Number.NaN, Number.NaN]);
  });

  it('reads Web Mercator', () => {
    const reading = crsFromText('urn:ogc:def:crs:EPSG::3857');
    if (reading.kind !== 'known') throw new Error('not known');
    // EPSG guidance note 7-2, 3857: x = a λ, y = a ln tan(π/4 + φ/2).
    const x = 6_378_137 * ((110.29 * Math.PI) / 180);
    const y = 6_378_137 * Math.log(Math.tan(Math.PI / 4 + (25.28 * Math.PI) / 360));
    const [lon = 0, lat = 0] = toWgs84(reading.crs)([x, y]);
    expect(lon).toBeCloseTo(110.29, 9);
    expect(lat).toBeCloseTo(25.28, 9);
  });
});

describe('names of coordinate systems', () => {
  it.each([
    ['WGS84', 'wgs84'],
    ['wgs-84', 'wgs84'],
    ['urn:ogc:def:crs:OGC:1.3:CRS84', 'wgs84'],
    ['EPSG:4326', 'wgs84'],
    ['urn:ogc:def:crs:EPSG::4490', 'cgcs2000'],
    ['urn:ogc:def:crs:EPSG:6.18:4490', 'cgcs2000'],
    ['CGCS 2000', 'cgcs2000'],
    ['国家2000', 'cgcs2000'],
    ['GCJ-02', 'gcj02'],
    ['gcj02', 'gcj02'],
    ['火星坐标系', 'gcj02'],
    ['BD09', 'bd09'],
    ['EPSG:4549', 'cgcs2000'],
    [CGCS2000, 'cgcs2000'],
  ])('%s', (text, datum) => {
    expect(crsFromText(text)).toMatchObject({ kind: 'known', crs: { datum } });
  });

  it.each([
    'EPSG:4214', // Beijing 1954
    'EPSG:4610', // Xian 1980
    'EPSG:2326',
    '北京54',
    '',
    gaussKruger(111, 500_000, CGCS2000.replace('298.257222101', '"?"')),
    gaussKruger(
      111,
      500_000,
      'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]',
    ),
    gaussKruger(111, 500_000).replace('UNIT["Meter",1.0]', 'UNIT["Foot",0.3048]'),
    gaussKruger(111, 500_000).replace('"Gauss_Kruger"', '"Lambert_Conformal_Conic"'),
    'PROJCS["cut off",GEOGCS["GCS_',
    `GEOGCS${'["a",X'.repeat(5000)}`,
  ])('%s is unknown, so that nothing is put in a wrong place', (text) => {
    expect(crsFromText(text).kind).toBe('unknown');
    expect(crsFromWkt(text).kind).toBe('unknown');
  });

  it('reads well-known text with doubled quotes, round brackets and bare words', () => {
    expect(parseWkt('A("x ""y""", B[-1.5e3], EAST)')).toEqual({
      keyword: 'A',
      values: ['x "y"', { keyword: 'B', values: [-1500] }, 'EAST'],
    });
  });
});
