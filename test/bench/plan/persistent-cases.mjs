// Cases of the persistent patrol. District: the made-up sample district (50 km², 180 small and 2,000 micro cells).
// A cell is served on a way of area / swath, from its centre to its centre, as in PLANNING.md's case.

import { readFileSync } from 'node:fs';
import { seededRandom } from '../../../dist/missions/geo/random.js';

/** Air time and charging of PLANNING.md's case; take-off and landing are part of the 25 min. */
const DRONE = {
  cruiseSpeedMps: 10,
  enduranceS: 25 * 60,
  rechargeS: 27 * 60,
  launchS: 0,
  landS: 0,
  turnaroundS: 0,
};

const KM_LON = 100.7;
const KM_LAT = 110.8;

let district = null;
/** Area (m²) and centre of every cell of a level. */
function gridCells(level) {
  district ??= JSON.parse(
    readFileSync(new URL('../../../sim/district/sample-district.geojson', import.meta.url), 'utf8'),
  ).features;
  return district
    .filter((feature) => feature.properties.level === level)
    .map(({ geometry, properties }) => {
      let twice = 0;
      let sx = 0;
      let sy = 0;
      const [x0, y0] = geometry.coordinates[0][0];
      for (const polygon of geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) {
        for (const ring of polygon) {
          for (let i = 0; i + 1 < ring.length; i++) {
            const [ax, ay] = [ring[i][0] - x0, ring[i][1] - y0];
            const [bx, by] = [ring[i + 1][0] - x0, ring[i + 1][1] - y0];
            const cross = ax * by - bx * ay;
            twice += cross;
            sx += (ax + bx) * cross;
            sy += (ay + by) * cross;
          }
        }
      }
      return {
        cellId: properties.id,
        centroid: { lonDeg: x0 + sx / (3 * twice), latDeg: y0 + sy / (3 * twice) },
        areaM2: (Math.abs(twice) / 2) * KM_LON * KM_LAT * 1e6,
      };
    });
}

/** Bases in the middle of what they serve: Lloyd's iteration from evenly chosen cells. */
function lloydBases(cells, count, pads) {
  const points = cells.map((cell) => [cell.centroid.lonDeg * KM_LON, cell.centroid.latDeg * KM_LAT]);
  let middles = Array.from(
    { length: count },
    (_, i) => points[Math.floor(((i + 0.5) * points.length) / count)],
  );
  for (let round = 0; round < 60; round++) {
    const sums = middles.map(() => [0, 0, 0]);
    for (const [x, y] of points) {
      let best = 0;
      middles.forEach(([mx, my], i) => {
        const [bx, by] = middles[best];
        if (Math.hypot(mx - x, my - y) < Math.hypot(bx - x, by - y)) best = i;
      });
      sums[best][0] += x;
      sums[best][1] += y;
      sums[best][2]++;
    }
    middles = sums.map(([x, y, n], i) => (n === 0 ? middles[i] : [x / n, y / n]));
  }
  return middles.map(([x, y], i) => ({
    baseId: `base-${i + 1}`,
    name: `Base ${i + 1}`,
    position: { lonDeg: x / KM_LON, latDeg: y / KM_LAT },
    pads,
    elevationAmslM: null,
  }));
}

/** A year of incidents round some hot spots and everywhere else, from a seed. */
function incidents(cells, seed, spotKm) {
  const random = seededRandom(seed);
  const spots = Array.from({ length: 6 }, () => cells[Math.floor(random() * cells.length)].centroid);
  return Array.from({ length: 1500 }, () => {
    const spot = random() < 0.6 ? spots[Math.floor(random() * spots.length)] : null;
    const around = spot ?? cells[Math.floor(random() * cells.length)].centroid;
    const radiusKm = spot === null ? 0.1 : spotKm * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = random() * 2 * Math.PI;
    return {
      position: {
        lonDeg: around.lonDeg + (radiusKm * Math.cos(angle)) / KM_LON,
        latDeg: around.latDeg + (radiusKm * Math.sin(angle)) / KM_LAT,
      },
      atS: -random() * 365 * 86400,
      severity: 1,
    };
  });
}

function build({ name, level, near, risk, drones, bases, swathM, seed }, riskWeights) {
  let grid = gridCells(level);
  if (near !== undefined) {
    const middle = grid[Math.floor(grid.length / 2)].centroid;
    const km = (cell) =>
      Math.hypot(
        (cell.centroid.lonDeg - middle.lonDeg) * KM_LON,
        (cell.centroid.latDeg - middle.latDeg) * KM_LAT,
      );
    grid = [...grid].sort((a, b) => km(a) - km(b)).slice(0, near);
  }
  const random = seededRandom(seed);
  // In a part of the district the hot spots are smaller, and so is the kernel.
  const isPart = near !== undefined;
  const byHistory = (scale) =>
    riskWeights(incidents(grid, seed, isPart ? 0.12 : 0.35), grid, {
      nowS: 0,
      halfLifeS: 90 * 86400,
      bandwidthM: isPart ? 100 : 250,
      scale,
    }).cells.map((cell) => [cell.cellId, cell.weight]);
  const weights = new Map(
    risk === 'history' || risk === 'continuous'
      ? byHistory(risk === 'history' ? 'steps' : 'continuous')
      : grid.map((cell) => {
          const r = random();
          return [cell.cellId, risk === 'scattered' ? (r < 0.1 ? 4 : r < 0.3 ? 2 : 1) : 1];
        }),
  );
  const pads = Math.ceil(drones / bases) + 1;
  const places = lloydBases(grid, bases, pads);
  return {
    name,
    cells: grid.map((cell) => ({
      cellId: cell.cellId,
      entry: cell.centroid,
      exit: cell.centroid,
      serviceM: cell.areaM2 / swathM,
      dwellS: 0,
      weight: weights.get(cell.cellId),
    })),
    drones: Array.from({ length: drones }, (_, i) => ({
      ...DRONE,
      vehicleId: `drone-${String(i + 1).padStart(2, '0')}`,
      baseId: places[i % bases].baseId,
    })),
    bases: places,
  };
}

const CASES = [
  { name: 'district.uniform', level: 3, risk: 'none', drones: 16, bases: 8, swathM: 60, seed: 1 },
  { name: 'district.risk124', level: 3, risk: 'history', drones: 16, bases: 8, swathM: 60, seed: 2 },
  { name: 'district.scattered124', level: 3, risk: 'scattered', drones: 16, bases: 8, swathM: 60, seed: 3 },
  { name: 'small.uniform', level: 2, risk: 'none', drones: 12, bases: 4, swathM: 120, seed: 4 },
  { name: 'small.risk124', level: 2, risk: 'history', drones: 12, bases: 4, swathM: 120, seed: 5 },
  { name: 'small.many-bases', level: 2, risk: 'none', drones: 12, bases: 12, swathM: 120, seed: 6 },
  { name: 'small.risk-many-bases', level: 2, risk: 'history', drones: 12, bases: 12, swathM: 120, seed: 7 },
  { name: 'small.two-bases', level: 2, risk: 'none', drones: 8, bases: 2, swathM: 120, seed: 8 },
  { name: 'quarter.one-drone', level: 3, near: 60, risk: 'none', drones: 1, bases: 1, swathM: 60, seed: 9 },
  {
    name: 'quarter.risk-one-drone',
    level: 3,
    near: 60,
    risk: 'history',
    drones: 1,
    bases: 1,
    swathM: 60,
    seed: 10,
  },
  {
    name: 'quarter.risk-four-drones',
    level: 3,
    near: 300,
    risk: 'history',
    drones: 4,
    bases: 2,
    swathM: 60,
    seed: 11,
  },
  {
    name: 'quarter.continuous',
    level: 3,
    near: 300,
    risk: 'continuous',
    drones: 4,
    bases: 1,
    swathM: 60,
    seed: 12,
  },
];

/** @param {(incidents: object[], cells: object[], options: object) => {cells: {cellId: string, weight: number}[]}} riskWeights */
export const persistentCases = (riskWeights) => CASES.map((entry) => build(entry, riskWeights));
