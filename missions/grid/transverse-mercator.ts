import type { Position } from 'geojson';

/** A transverse Mercator projection (Gauss–Krüger, UTM) with the equator as its latitude of origin. */
export interface TransverseMercator {
  readonly kind: 'transverse-mercator';
  readonly centralMeridianDeg: number;
  /** Scale on the central meridian: 1 for Gauss–Krüger, 0.9996 for UTM. */
  readonly scale: number;
  /** With a zone number in front (38 500 000) or without (500 000). */
  readonly falseEastingM: number;
  readonly falseNorthingM: number;
  readonly semiMajorM: number;
  readonly inverseFlattening: number;
}

/**
 * Easting and northing (m) to longitude and latitude (degrees, on the projection's own ellipsoid). Krüger's series
 * to the fourth power of the third flattening: below a micrometre within 10° of the central meridian.
 * Source: Krüger 1912 as printed by Karney, "Transverse Mercator with an accuracy of a few nanometers" (2011),
 * eqs. 12–14, 36 (β), and for conformal → geodetic latitude by Kawase (2011), δ.
 */
export function inverseTransverseMercator(
  tm: TransverseMercator,
): (eastingM: number, northingM: number) => Position {
  const f = 1 / tm.inverseFlattening;
  const n = f / (2 - f);
  const n2 = n * n;
  const n3 = n2 * n;
  const n4 = n3 * n;
  const rectifyingM = (tm.semiMajorM / (1 + n)) * (1 + n2 / 4 + n4 / 64) * tm.scale;
  const beta = [
    n / 2 - (2 / 3) * n2 + (37 / 96) * n3 - n4 / 360,
    n2 / 48 + n3 / 15 - (437 / 1440) * n4,
    (17 / 480) * n3 - (37 / 840) * n4,
    (4397 / 161280) * n4,
  ];
  const delta = [
    2 * n - (2 / 3) * n2 - 2 * n3 + (116 / 45) * n4,
    (7 / 3) * n2 - (8 / 5) * n3 - (227 / 45) * n4,
    (56 / 15) * n3 - (136 / 35) * n4,
    (4279 / 630) * n4,
  ];
  return (eastingM, northingM) => {
    const xi = (northingM - tm.falseNorthingM) / rectifyingM;
    const eta = (eastingM - tm.falseEastingM) / rectifyingM;
    let xiSphere = xi;
    let etaSphere = eta;
    beta.forEach((b, i) => {
      const k = 2 * (i + 1);
      xiSphere -= b * Math.sin(k * xi) * Math.cosh(k * eta);
      etaSphere -= b * Math.cos(k * xi) * Math.sinh(k * eta);
    });
    const conformal = Math.asin(Math.sin(xiSphere) / Math.cosh(etaSphere));
    let lat = conformal;
    delta.forEach((d, i) => {
      lat += d * Math.sin(2 * (i + 1) * conformal);
    });
    const lon = Math.atan2(Math.sinh(etaSphere), Math.cos(xiSphere));
    return [tm.centralMeridianDeg + (lon * 180) / Math.PI, (lat * 180) / Math.PI];
  };
}
