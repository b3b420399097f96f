// Airspace and deconfliction: 60 zones of together 2,000 corners over 10 × 10 km (building, 1,000 shortest ways
// between random points), and 60 flights of 500 legs (closest approaches of all pairs; layers, routes and delays).
import { seededRandom } from '../../../dist/missions/geo/random.js';
import { closestApproaches, createAirspace, deconflict } from '../../../dist/missions/index.js';
import { quantile, round } from '../report.mjs';

const ORIGIN = { lonDeg: 110.29, latDeg: 25.28 };
const LON_PER_M = 1 / 100_740;
const LAT_PER_M = 1 / 110_780;
const EXTENT_M = 10_000;
const PROFILE = {
  cruiseSpeedMps: 10,
  climbSpeedMps: 3,
  descentSpeedMps: 2,
  batteryCapacityWh: 180,
  hoverPowerW: 300,
  cruisePowerW: 330,
  climbPowerW: 450,
  reserveFraction: 0.25,
  cameraHorizontalFovDeg: 60,
  missionCapacity: 700,
};

const at = (x, y) => ({ lonDeg: ORIGIN.lonDeg + x * LON_PER_M, latDeg: ORIGIN.latDeg + y * LAT_PER_M });

function zones(random) {
  return Array.from({ length: 60 }, (_, i) => {
    const [x, y] = [random() * EXTENT_M, random() * EXTENT_M];
    const corners = i < 20 ? 34 : 33;
    const ring = Array.from({ length: corners }, (_, k) => {
      const angle = (2 * Math.PI * k) / corners;
      const r = (200 + 300 * random()) * (0.7 + 0.3 * random());
      const p = at(x + r * Math.cos(angle), y + r * Math.sin(angle));
      return [p.lonDeg, p.latDeg];
    });
    return {
      zoneId: `z${i}`,
      kind: 'no-fly',
      name: '',
      geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]]] },
      floorM: null,
      ceilingM: null,
      datum: 'above-home',
      activeFromMs: null,
      activeToMs: null,
    };
  });
}

function build(list) {
  const result = createAirspace({
    zones: list,
    marginM: 30,
    fromMs: null,
    untilMs: null,
    heightM: 60,
    datum: 'above-home',
    homeElevationAmslM: null,
    elevation: null,
  });
  if (result.kind !== 'ready') throw new Error(result.issues.map((issue) => issue.message).join(' '));
  return result.airspace;
}

/** Back-and-forth patrols of `legs` legs, each in a square of its own, from eight bases. */
function fleet(random, flights, legs) {
  const bases = Array.from({ length: 8 }, () => [random() * EXTENT_M, random() * EXTENT_M]);
  return Array.from({ length: flights }, (_, i) => {
    const base = bases[i % bases.length];
    const [x, y] = [base[0] + 1600 * (random() - 0.5), base[1] + 1600 * (random() - 0.5)];
    const lanes = Math.floor((legs - 2) / 2);
    const points = [];
    for (let k = 0; k < lanes; k++) {
      const sides = k % 2 === 0 ? [0, 40] : [40, 0];
      for (const side of sides) points.push({ ...at(x + side, y + k * 3), heightM: null });
    }
    const home = { ...at(...base), heightM: null };
    return {
      flightId: `f${i}`,
      routes: [[home, ...points, home]],
      layersM: null,
      startMs: 1_800_000_000_000 + Math.round(random() * 600) * 1000,
      profile: PROFILE,
      homeElevationAmslM: 150,
      hold: 'free',
    };
  });
}

/** @param {{ quick: boolean }} options */
export async function measure({ quick }) {
  const list = zones(seededRandom(4));
  build(list);
  const builds = Array.from({ length: quick ? 5 : 15 }, () => {
    const started = performance.now();
    build(list);
    return performance.now() - started;
  });
  const random = seededRandom(5);
  const airspace = build(list);
  const place = () => {
    for (;;) {
      const p = at(random() * EXTENT_M, random() * EXTENT_M);
      if (airspace.isFree(p)) return p;
    }
  };
  const queries = Array.from({ length: 1000 }, () => [place(), place()]);
  let found = 0;
  const times = queries.map(([from, to]) => {
    const started = performance.now();
    if (airspace.way(from, to) !== null) found++;
    return performance.now() - started;
  });
  const flights = fleet(seededRandom(6), 60, 500);
  const options = {
    minHorizontalM: 30,
    minVerticalM: 10,
    layersM: [60, 72, 84, 96, 108, 120],
    maxDelayS: 900,
  };
  const startedPlan = performance.now();
  const plan = deconflict(flights, options);
  const planMs = performance.now() - startedPlan;
  if (plan.kind === 'refused') throw new Error(plan.issues.map((issue) => issue.message).join(' '));
  const tracks = plan.flights.map((flight) => flight.track);
  const startedProof = performance.now();
  const proof = closestApproaches(tracks, { horizontalM: 30, verticalM: 10 });
  const proofMs = performance.now() - startedProof;
  const least = proof.approaches[0]?.separation ?? Number.POSITIVE_INFINITY;
  return [
    { metric: 'airspace_build_ms', value: round(quantile(builds, 0.5), 1), unit: 'ms' },
    { metric: 'way_query_p50_ms', value: round(quantile(times, 0.5)), unit: 'ms' },
    { metric: 'way_query_p95_ms', value: round(quantile(times, 0.95)), unit: 'ms' },
    { metric: 'ways_found', value: found, unit: 'of 1000' },
    {
      metric: 'closest_approaches_60x500_ms',
      value: round(proofMs, 0),
      unit: 'ms',
      bar: '<1000',
      holds: proofMs < 1000,
    },
    { metric: 'deconflict_60x500_ms', value: round(planMs, 0), unit: 'ms' },
    { metric: 'deconflict_60x500_unplaced', value: 60 - plan.flights.length, unit: 'flights' },
    { metric: 'deconflict_60x500_delay_s', value: plan.totalDelayS, unit: 's in all' },
    {
      metric: 'deconflict_least_separation',
      value: round(Math.min(least, 1e6), 4),
      unit: 'share of minima',
      bar: '>=1',
      holds: least >= 1 - 1e-7,
    },
  ];
}
