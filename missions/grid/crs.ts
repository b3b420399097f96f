import gcoordModule from 'gcoord';
import type { Position } from 'geojson';
import { bd09ToWgs84, gcj02ToWgs84 } from '../geo/gcj02.ts';
import { inverseTransverseMercator, type TransverseMercator } from './transverse-mercator.ts';
import { childOf, nameOf, numberAt, parseWkt, type WktNode } from './wkt.ts';

const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

/** What longitudes and latitudes refer to. CGCS2000 agrees with WGS-84 within centimetres and is taken as it is. */
export type GridDatum = 'wgs84' | 'cgcs2000' | 'gcj02' | 'bd09';

export type GridProjection =
  | { readonly kind: 'geographic' }
  | { readonly kind: 'web-mercator' }
  | TransverseMercator;

/** A coordinate system that the reader can turn into WGS-84. `label` is for people and reports. */
export interface SourceCrs {
  readonly datum: GridDatum;
  readonly projection: GridProjection;
  readonly label: string;
}

export type CrsReading =
  | { readonly kind: 'known'; readonly crs: SourceCrs }
  /** `name` as the file gives it. */
  | { readonly kind: 'unknown'; readonly name: string };

const GEOGRAPHIC = { kind: 'geographic' } as const;

export const WGS84: SourceCrs = { datum: 'wgs84', projection: GEOGRAPHIC, label: 'WGS-84' };

const DATUM_LABELS: Readonly<Record<GridDatum, string>> = {
  wgs84: 'WGS-84',
  cgcs2000: 'CGCS2000',
  gcj02: 'GCJ-02',
  bd09: 'BD-09',
};

/** GRS 80 flattening of CGCS2000 and the one of WGS-84; they differ by a tenth of a millimetre on the ground. */
const ELLIPSOIDS = {
  wgs84: { semiMajorM: 6_378_137, inverseFlattening: 298.257_223_563 },
  cgcs2000: { semiMajorM: 6_378_137, inverseFlattening: 298.257_222_101 },
} as const;

export function geographicCrs(datum: GridDatum): SourceCrs {
  return { datum, projection: GEOGRAPHIC, label: DATUM_LABELS[datum] };
}

/** A stated datum on top of a file's projection: GIS programs label GCJ-02 data as WGS-84, the user knows better. */
export function withDatum(crs: SourceCrs, datum: GridDatum): SourceCrs {
  const label =
    crs.projection.kind === 'geographic' ? DATUM_LABELS[datum] : `${crs.label} (${DATUM_LABELS[datum]})`;
  return { datum, projection: crs.projection, label };
}

/**
 * A coordinate system by its EPSG number: 4326, 4490, 3857, CGCS2000 Gauss–Krüger 4491–4554 (6° and 3° zones, with
 * and without the zone number in front of the easting), WGS-84 UTM north 32601–32660.
 */
export function crsFromEpsg(code: number): SourceCrs | null {
  const label = `EPSG:${code}`;
  if (code === 4326 || code === 4979) return WGS84;
  if (code === 4490 || code === 4480) return geographicCrs('cgcs2000');
  if (code === 3857 || code === 900913)
    return { datum: 'wgs84', projection: { kind: 'web-mercator' }, label };
  const gaussKruger = (centralMeridianDeg: number, falseEastingM: number): SourceCrs => ({
    datum: 'cgcs2000',
    projection: {
      kind: 'transverse-mercator',
      centralMeridianDeg,
      scale: 1,
      falseEastingM,
      falseNorthingM: 0,
      ...ELLIPSOIDS.cgcs2000,
    },
    label: `${label}, CGCS2000 Gauss–Krüger ${centralMeridianDeg}°`,
  });
  // EPSG: zones 13–23 of 6°, the same by meridian, zones 25–45 of 3°, the same by meridian 75°–135°.
  if (code >= 4491 && code <= 4501) {
    const zone = code - 4491 + 13;
    return gaussKruger(6 * zone - 3, zone * 1e6 + 500_000);
  }
  if (code >= 4502 && code <= 4512) return gaussKruger(75 + 6 * (code - 4502), 500_000);
  if (code >= 4513 && code <= 4533) {
    const zone = code - 4513 + 25;
    return gaussKruger(3 * zone, zone * 1e6 + 500_000);
  }
  if (code >= 4534 && code <= 4554) return gaussKruger(75 + 3 * (code - 4534), 500_000);
  if (code >= 32601 && code <= 32660) {
    return {
      datum: 'wgs84',
      projection: {
        kind: 'transverse-mercator',
        centralMeridianDeg: 6 * (code - 32600) - 183,
        scale: 0.9996,
        falseEastingM: 500_000,
        falseNorthingM: 0,
        ...ELLIPSOIDS.wgs84,
      },
      label: `${label}, UTM ${code - 32600}N`,
    };
  }
  return null;
}

/** A coordinate system by any name that files and people use: "GCJ-02", "EPSG:4547", "urn:ogc:def:crs:OGC:1.3:CRS84", a WKT. */
export function crsFromText(text: string): CrsReading {
  const name = text.trim();
  if (/^(PROJCS|GEOGCS)\s*[[(]/i.test(name)) return crsFromWkt(name);
  const squeezed = name.toLowerCase().replace(/[\s_\-–]/g, '');
  const epsg = /(?:^|epsg:+(?:[\d.]*:)?)(\d{4,6})$/.exec(squeezed)?.[1];
  const byCode = epsg === undefined ? null : crsFromEpsg(Number(epsg));
  if (byCode !== null) return { kind: 'known', crs: byCode };
  if (/crs:?:?84$|^wgs(19)?84$/.test(squeezed)) return { kind: 'known', crs: WGS84 };
  if (/^(cgcs2000|国家2000|2000国家大地坐标系|大地2000)$/.test(squeezed)) return known('cgcs2000');
  if (/^(gcj02|gcj|火星坐标系?|国测局坐标系?|高德|腾讯)$/.test(squeezed)) return known('gcj02');
  if (/^(bd09(ll)?|百度坐标系?|百度)$/.test(squeezed)) return known('bd09');
  return { kind: 'unknown', name: name.slice(0, 80) };
}

const known = (datum: GridDatum): CrsReading => ({ kind: 'known', crs: geographicCrs(datum) });

/** A coordinate system from the well-known text of a .prj. Other datums (Beijing 54, Xian 80 …) are unknown: they are off by up to 100 m. */
export function crsFromWkt(wkt: string): CrsReading {
  const root = parseWkt(wkt.replace(/^\uFEFF/, ''));
  const name = nameOf(root) || wkt.trim().slice(0, 80) || 'an empty .prj';
  const unknown: CrsReading = { kind: 'unknown', name };
  if (root === null) return unknown;
  const geographic = root.keyword === 'GEOGCS' ? root : childOf(root, 'GEOGCS');
  if (geographic === null || (root.keyword !== 'GEOGCS' && root.keyword !== 'PROJCS')) return unknown;
  const datum = datumOf(geographic);
  if (datum === null || (numberAt(childOf(geographic, 'PRIMEM'), 1) ?? 0) !== 0) return unknown;
  const degree = numberAt(childOf(geographic, 'UNIT'), 1) ?? Math.PI / 180;
  if (Math.abs(degree - Math.PI / 180) > 1e-9) return unknown;
  if (root.keyword === 'GEOGCS') return { kind: 'known', crs: { ...geographicCrs(datum), label: name } };
  const projection = projectionOf(root, geographic);
  return projection === null ? unknown : { kind: 'known', crs: { datum, projection, label: name } };
}

function datumOf(geographic: WktNode): GridDatum | null {
  const names = `${nameOf(geographic)} ${nameOf(childOf(geographic, 'DATUM'))}`;
  if (/CGCS[ _]?2000|China[ _]2000|China[ _]Geodetic[ _]Coordinate[ _]System[ _]2000/i.test(names))
    return 'cgcs2000';
  if (/WGS[ _]?(19)?84/i.test(names)) return 'wgs84';
  return null;
}

function projectionOf(root: WktNode, geographic: WktNode): GridProjection | null {
  const method = nameOf(childOf(root, 'PROJECTION')).toLowerCase().replaceAll(' ', '_');
  const parameters = new Map<string, number>();
  for (const value of root.values) {
    if (typeof value !== 'object' || value.keyword !== 'PARAMETER') continue;
    const number = numberAt(value, 1);
    if (number === null) return null;
    parameters.set(nameOf(value).toLowerCase(), number);
  }
  const unitM = numberAt(childOf(root, 'UNIT'), 1) ?? 1;
  if (unitM !== 1) return null;
  if (method === 'mercator_auxiliary_sphere' || /pseudo.?mercator/i.test(`${nameOf(root)} ${method}`)) {
    return { kind: 'web-mercator' };
  }
  if (method !== 'transverse_mercator' && method !== 'gauss_kruger') return null;
  if ((parameters.get('latitude_of_origin') ?? 0) !== 0) return null;
  const centralMeridianDeg = parameters.get('central_meridian');
  const spheroid = childOf(childOf(geographic, 'DATUM') ?? geographic, 'SPHEROID');
  const semiMajorM = numberAt(spheroid, 1);
  const inverseFlattening = numberAt(spheroid, 2);
  if (centralMeridianDeg === undefined || semiMajorM === null || inverseFlattening === null) return null;
  if (!(inverseFlattening > 1) || !(semiMajorM > 1)) return null;
  return {
    kind: 'transverse-mercator',
    centralMeridianDeg,
    scale: parameters.get('scale_factor') ?? 1,
    falseEastingM: parameters.get('false_easting') ?? 0,
    falseNorthingM: parameters.get('false_northing') ?? 0,
    semiMajorM,
    inverseFlattening,
  };
}

/** Even a 6° zone with generous overlap ends here; the nearest wrong zone number is 500 km further. */
const MOST_OFF_AXIS_M = 480_000;
const NOWHERE: Position = [Number.NaN, Number.NaN];

/** Turns finite positions of the system into WGS-84 `[lonDeg, latDeg]`; NaN where the projection does not reach. */
export function toWgs84(crs: SourceCrs): (position: Position) => Position {
  const unproject = inverseOf(crs.projection);
  if (crs.datum === 'gcj02') return (position) => gcj02ToWgs84(unproject(position));
  if (crs.datum === 'bd09') return (position) => bd09ToWgs84(unproject(position));
  return unproject;
}

function inverseOf(projection: GridProjection): (position: Position) => Position {
  switch (projection.kind) {
    case 'geographic':
      return (position) => position;
    case 'web-mercator':
      return ([x = 0, y = 0]) => gcoord.transform([x, y], gcoord.EPSG3857, gcoord.WGS84);
    case 'transverse-mercator': {
      const inverse = inverseTransverseMercator(projection);
      return ([x = 0, y = 0]) => {
        // Northing first, or another zone number: not silently somewhere else on the Earth.
        if (Math.abs(x - projection.falseEastingM) > MOST_OFF_AXIS_M) return NOWHERE;
        return inverse(x, y);
      };
    }
  }
}
