/** Small distances on the sphere of WGS-84's mean radius: to 0.5 % over 50 km, which limits and arrival need. */
export interface LonLat {
  readonly lonDeg: number;
  readonly latDeg: number;
}

const EARTH_RADIUS_M = 6_371_008.8;
const RAD = Math.PI / 180;

/** Along the great circle. */
export function distanceM(a: LonLat, b: LonLat): number {
  const dLat = (b.latDeg - a.latDeg) * RAD;
  const dLon = (b.lonDeg - a.lonDeg) * RAD;
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(a.latDeg * RAD) * Math.cos(b.latDeg * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** 0–360, from north over east. */
export function bearingDeg(from: LonLat, to: LonLat): number {
  const dLon = (to.lonDeg - from.lonDeg) * RAD;
  const y = Math.sin(dLon) * Math.cos(to.latDeg * RAD);
  const x =
    Math.cos(from.latDeg * RAD) * Math.sin(to.latDeg * RAD) -
    Math.sin(from.latDeg * RAD) * Math.cos(to.latDeg * RAD) * Math.cos(dLon);
  return wrap360(Math.atan2(y, x) / RAD);
}

/** The place at that bearing and distance. */
export function placeFrom(from: LonLat, bearing: number, metres: number): LonLat {
  const angle = metres / EARTH_RADIUS_M;
  const lat = from.latDeg * RAD;
  const sinLat = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing * RAD);
  const dLon = Math.atan2(
    Math.sin(bearing * RAD) * Math.sin(angle) * Math.cos(lat),
    Math.cos(angle) - Math.sin(lat) * sinLat,
  );
  const lonDeg = from.lonDeg + dLon / RAD;
  return { lonDeg: ((lonDeg + 540) % 360) - 180, latDeg: Math.asin(sinLat) / RAD };
}

export function wrap360(deg: number): number {
  return ((deg % 360) + 360) % 360;
}

/** −180 … 180. */
export function turnDeg(fromDeg: number, toDeg: number): number {
  return wrap360(toDeg - fromDeg + 180) - 180;
}
