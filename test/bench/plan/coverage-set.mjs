// The fixed polygons on which coverage paths are measured, and how one path over one of them is judged: by the
// verifier's geometry engine (Clipper2 in WebAssembly), not by the planner's.
import { readFileSync } from 'node:fs';
import { VerifierEngine } from '../../../dist/missions/verify/engine.js';

const FILE = new URL('./shapes/coverage-shapes.geojson', import.meta.url);

/**
 * Groups in the order in which they are reported; `bar` is the highest mean ratio of length to the disc bound, `turnsBar`
 * that of turns to those of plain back-and-forth on the same polygon. Our paths are 5 to 50 % shorter and must not pay for
 * that with turns: no more than the baseline where areas have arms or holes, a twentieth more where a cell is so plain
 * that the baseline's lanes could hardly turn less (large, small). A micro cell's baseline has four to twelve turns; the
 * one or two more that ours makes save 15 % of the way.
 */
export const GROUPS = [
  { group: 'large', bar: 1.05, turnsBar: 1.05 },
  { group: 'synthetic', bar: 1.11, turnsBar: 1 },
  { group: 'small', bar: 1.15, turnsBar: 1.05 },
  { group: 'nofly', bar: 1.19, turnsBar: 1 },
  { group: 'micro', bar: 1.32, turnsBar: 1.25 },
];

/** @returns {{name: string, group: string, swathWidthM: number, sortie?: number, geometry: import('geojson').Polygon}[]} */
export function loadShapes() {
  return JSON.parse(readFileSync(FILE, 'utf8')).features.map((f) => ({
    ...f.properties,
    geometry: f.geometry,
  }));
}

/** Disc bound of PLANNING.md: a path that covers `areaM2` with discs of diameter `swathM` is at least this long, metres. */
export const discBoundM = (areaM2, swathM) => (areaM2 - (Math.PI * swathM ** 2) / 4) / swathM;

/** Slack within which a leg counts as inside: positions are rounded to 11 mm on the wire. */
const WIRE_SLACK_MM = 20;

/**
 * Exact judgement of a path as it would be uploaded (degrees rounded to 1e-7).
 * @returns {Promise<{areaM2: number, coverage: number, pointsOutside: number, lengthM: number, turns: number}>}
 * `pointsOutside` counts waypoints and legs that leave the area by more than 20 mm.
 */
export async function judge(geometry, points, swathWidthM) {
  const plane = planeOver(geometry);
  const engine = await VerifierEngine.open();
  try {
    let region = engine.paths([]);
    for (const [outer, ...holes] of geometry.type === 'Polygon'
      ? [geometry.coordinates]
      : geometry.coordinates) {
      region = engine.union(region, engine.polygon(plane.ring(outer), holes.map(plane.ring)));
    }
    const areaM2 = engine.areaM2(region);
    const stops = points.map((p) =>
      plane.point(Math.round(p.lonDeg * 1e7) / 1e7, Math.round(p.latDeg * 1e7) / 1e7),
    );
    const legs =
      stops.length === 1 ? [[...stops[0], ...stops[0]]] : stops.slice(1).map((p, i) => [...stops[i], ...p]);
    const seen = engine.buffer(legs, swathWidthM * 500);
    const coverage = legs.length === 0 ? 0 : engine.areaM2(engine.intersection(seen, region)) / areaM2;
    const real = legs.filter(([a, b, c, d]) => a !== c || b !== d);
    const pointsOutside = real.length === 0 ? 0 : engine.linesOutside(real, region, WIRE_SLACK_MM).length;
    return { areaM2, coverage, pointsOutside, lengthM: length(stops), turns: turnsOf(stops) };
  } finally {
    engine.close();
  }
}

/** Least distance between two parallel lines that hold the outer ring between them, metres (rotating in half degrees). */
export function leastWidthM(geometry) {
  const plane = planeOver(geometry);
  const corners = (geometry.type === 'Polygon' ? geometry.coordinates[0] : geometry.coordinates.flat(2)).map(
    (p) => plane.point(p[0], p[1]),
  );
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 360; k++) {
    const [c, s] = [Math.cos((k * Math.PI) / 360), Math.sin((k * Math.PI) / 360)];
    const heights = corners.map(([x, y]) => y * c - x * s);
    least = Math.min(least, Math.max(...heights) - Math.min(...heights));
  }
  return least / 1000;
}

/** Degrees to whole millimetres about the middle of a geometry (series for the length of a degree on WGS-84). */
export function planeOver(geometry) {
  const all = geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2);
  const lon0 = all.reduce((sum, p) => sum + p[0], 0) / all.length;
  const lat0 = all.reduce((sum, p) => sum + p[1], 0) / all.length;
  const phi = (lat0 * Math.PI) / 180;
  const perLat = 1000 * (111_132.954 - 559.822 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi));
  const perLon = 1000 * (111_412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi));
  const point = (lon, lat) => [Math.round((lon - lon0) * perLon), Math.round((lat - lat0) * perLat)];
  const lonLat = ([x, y]) => ({ lonDeg: lon0 + x / perLon, latDeg: lat0 + y / perLat });
  const ring = (positions) => positions.flatMap((p) => point(p[0], p[1]));
  return { point, lonLat, ring };
}

function length(stops) {
  let sum = 0;
  for (let i = 1; i < stops.length; i++)
    sum += Math.hypot(stops[i][0] - stops[i - 1][0], stops[i][1] - stops[i - 1][1]);
  return sum / 1000;
}

/** Changes of heading by more than 10°: what a pilot calls a turn. */
function turnsOf(stops) {
  let turns = 0;
  let before = null;
  for (let i = 1; i < stops.length; i++) {
    const [dx, dy] = [stops[i][0] - stops[i - 1][0], stops[i][1] - stops[i - 1][1]];
    if (Math.hypot(dx, dy) < 10) continue;
    const heading = Math.atan2(dy, dx);
    if (before !== null && Math.cos(heading - before) < Math.cos(Math.PI / 18)) turns++;
    before = heading;
  }
  return turns;
}
