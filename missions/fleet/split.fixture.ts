import type { AircraftProfile, LonLat, Wind } from '../model.ts';

/**
 * Energy and time of a flight written a second time for tests: distances by the haversine formula, the wind triangle
 * by bisection on the ground speed, the power curve from its published form. Shares no code with the planner.
 */
export interface JudgedPoint extends LonLat {
  readonly heightM: number;
  readonly dwellS: number;
}

const EARTH_M = 6_371_008.8;
const rad = (deg: number): number => (deg * Math.PI) / 180;

/** Metres and bearing (radians, clockwise from north) on a sphere. */
export function wayBetween(a: LonLat, b: LonLat): { readonly wayM: number; readonly bearing: number } {
  const dLat = rad(b.latDeg - a.latDeg);
  const dLon = rad(b.lonDeg - a.lonDeg);
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(rad(a.latDeg)) * Math.cos(rad(b.latDeg)) * Math.sin(dLon / 2) ** 2;
  const bearing = Math.atan2(dLon * Math.cos(rad((a.latDeg + b.latDeg) / 2)), dLat);
  return { wayM: 2 * EARTH_M * Math.asin(Math.sqrt(h)), bearing };
}

function airSpeed(bearing: number, groundMps: number, wind: Wind | null): number {
  if (wind === null) return groundMps;
  const to = rad(wind.fromDeg + 180);
  const north = groundMps * Math.cos(bearing) - wind.speedMps * Math.cos(to);
  const east = groundMps * Math.sin(bearing) - wind.speedMps * Math.sin(to);
  return Math.hypot(north, east);
}

/** Fastest ground speed up to cruise whose air speed is at most half as much again. */
function groundSpeed(bearing: number, profile: AircraftProfile, wind: Wind | null): number {
  const most = 1.5 * profile.cruiseSpeedMps;
  let speed = profile.cruiseSpeedMps;
  while (speed > 0 && airSpeed(bearing, speed, wind) > most) speed -= 0.001;
  return speed;
}

function power(v: number, p: AircraftProfile): number {
  const induced = (x: number): number =>
    Math.sqrt(Math.sqrt(1 + x ** 4 / (4 * 5 ** 4)) - x ** 2 / (2 * 5 ** 2));
  let s = 0.6;
  let drag = p.cruisePowerW - p.hoverPowerW * (0.4 + 0.6 * induced(p.cruiseSpeedMps));
  if (drag < 0.1 * p.cruisePowerW) {
    drag = 0.1 * p.cruisePowerW;
    s = (p.hoverPowerW + drag - p.cruisePowerW) / (p.hoverPowerW * (1 - induced(p.cruiseSpeedMps)));
  }
  const w = p.hoverPowerW * (1 - s + s * induced(v)) + drag * (v / p.cruiseSpeedMps) ** 3;
  return Math.max(w, v > p.cruiseSpeedMps ? p.cruisePowerW : Math.min(p.hoverPowerW, p.cruisePowerW) / 2);
}

/** Wh of a flight along points at cruise speed, with take-off and landing columns down to height 0. */
export function judgeEnergyWh(
  points: readonly JudgedPoint[],
  profile: AircraftProfile,
  wind: Wind | null,
): number {
  const hover = Math.max(profile.hoverPowerW, power(wind?.speedMps ?? 0, profile));
  const climb = profile.climbPowerW - profile.hoverPowerW;
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return 0;
  let ws = (first.heightM / profile.climbSpeedMps) * (hover + climb);
  ws += (last.heightM / profile.descentSpeedMps) * hover;
  let before: number | null = null;
  points.forEach((p, i) => {
    ws += p.dwellS * hover;
    const next = points[i + 1];
    if (next === undefined) return;
    const { wayM, bearing } = wayBetween(p, next);
    const rise = next.heightM - p.heightM;
    if (rise > 0) ws += (rise / profile.climbSpeedMps) * climb;
    if (wayM < 0.002) {
      ws += (rise > 0 ? rise / profile.climbSpeedMps : -rise / profile.descentSpeedMps) * hover;
      return;
    }
    if (before !== null) {
      ws += (hover * (profile.cruiseSpeedMps / 2.5) * (1 - Math.cos(bearing - before))) / 2;
    }
    before = bearing;
    const speed = groundSpeed(bearing, profile, wind);
    ws += (wayM / speed) * power(airSpeed(bearing, speed, wind), profile);
  });
  return ws / 3600;
}
