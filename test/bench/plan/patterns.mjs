// Patterns of missions/pattern but coverage, for `npm run bench:plan`: corridors over random street grids against the
// postman bound (sum of the streets + least matching of odd crossings), tours over points against the Held–Karp
// 1-tree bound, perimeters of random areas with holes and keep-outs. Everything is seeded.
import { seededRandom } from '../../../dist/missions/geo/random.js';
import { planCorridor, planPerimeter, planPoints } from '../../../dist/missions/index.js';
import { mean, quantile, round } from '../report.mjs';

const ORIGIN = { lonDeg: 110.29, latDeg: 25.28 };
const M_PER_LAT_DEG = 110_800;
const M_PER_LON_DEG = 100_700;
const FLIGHT = {
  heightM: 60,
  datum: 'above-home',
  speedMps: 10,
  entry: [],
  exit: [],
  capture: { kind: 'none' },
};
const ANYWHERE = { allowed: null, keepOuts: [], keepOutMarginM: 0, wayFinder: null };

const position = ([x, y]) => [ORIGIN.lonDeg + x / M_PER_LON_DEG, ORIGIN.latDeg + y / M_PER_LAT_DEG];
const lonLat = (p) => {
  const [lonDeg, latDeg] = position(p);
  return { lonDeg, latDeg };
};

/** @param {{quick: boolean}} options */
export async function measure({ quick }) {
  const corridor = corridors(quick ? 3 : 12);
  const points = tours(quick ? 2 : 6);
  const perimeterMs = perimeters(quick ? 20 : 80);
  return [
    {
      metric: 'corridor_ratio.median',
      value: round(quantile(corridor.ratios, 0.5), 4),
      unit: 'tour/(streets + least matching)',
      bar: '<=1.05',
      holds: quantile(corridor.ratios, 0.5) <= 1.05,
    },
    { metric: 'corridor_ratio.max', value: round(Math.max(...corridor.ratios), 4), unit: 'tour/bound' },
    {
      metric: 'corridor_ratio.pieces_median',
      value: round(quantile(corridor.scattered, 0.5), 4),
      unit: 'tour/bound, 60 % of the streets chosen',
    },
    {
      metric: 'corridor_ms',
      value: round(quantile(corridor.times, 0.5), 0),
      unit: 'ms for 300 streets',
      bar: '<1000',
      holds: quantile(corridor.times, 0.5) < 1000,
    },
    {
      metric: 'points_tour_ratio',
      value: round(mean(points.ratios), 4),
      unit: 'tour/Held–Karp 1-tree bound, 200 points',
      bar: '<=1.03',
      holds: mean(points.ratios) <= 1.03,
    },
    { metric: 'points_tour_ms', value: round(quantile(points.times, 0.5), 0), unit: 'ms for 200 points' },
    {
      metric: 'perimeter_ms',
      value: round(quantile(perimeterMs, 0.5), 1),
      unit: 'ms, area with 2 holes and 3 keep-outs',
      bar: '<100',
      holds: quantile(perimeterMs, 0.5) < 100,
    },
  ];
}

/** Jittered grids of 13 × 13 crossings with missing stretches: about 280–300 streets. */
function grid(seed, share) {
  const random = seededRandom(seed);
  const size = 13;
  const at = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_unused, j) => [
      i * 90 + (random() - 0.5) * 40,
      j * 110 + (random() - 0.5) * 40,
    ]),
  );
  const streets = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (const [di, dj] of [
        [1, 0],
        [0, 1],
      ]) {
        const b = at[i + di]?.[j + dj];
        if (b === undefined || random() < 0.05) continue;
        streets.push({
          streetId: `${i}-${j}-${di}`,
          isChosen: random() < share,
          geometry: { type: 'LineString', coordinates: [position(at[i][j]), position(b)] },
        });
      }
    }
  }
  return streets;
}

function corridors(count) {
  const plan = (seed, share) => {
    const streets = grid(seed, share);
    const started = performance.now();
    const path = planCorridor(streets, {
      snapM: 1,
      mergeParallelM: null,
      corridorWidthM: 20,
      swathWidthM: 40,
      directions: 'one-way',
      start: null,
      gimbalPitchDeg: -45,
      space: ANYWHERE,
      flight: FLIGHT,
    });
    const tookMs = performance.now() - started;
    if (path.warnings.length > 0) throw new Error(`a corridor has findings: ${path.warnings[0].message}`);
    return { tookMs, ratio: path.tourM / path.lowerBoundM };
  };
  const all = Array.from({ length: count }, (_, k) => plan(k + 1, 1));
  const some = Array.from({ length: count }, (_, k) => plan(k + 1, 0.6));
  return {
    ratios: all.map(({ ratio }) => ratio),
    times: all.map(({ tookMs }) => tookMs),
    scattered: some.map(({ ratio }) => ratio),
  };
}

function tours(count) {
  const ratios = [];
  const times = [];
  for (let seed = 1; seed <= count; seed++) {
    const random = seededRandom(seed * 7919);
    const places = Array.from({ length: 200 }, () => [random() * 4000, random() * 4000]);
    const home = [2000, 2000];
    const started = performance.now();
    const path = planPoints(
      places.map((place, i) => ({
        pointId: `p${i}`,
        name: `Point ${i}`,
        position: lonLat(place),
        heightM: null,
        dwellS: 0,
        lookAt: null,
        photo: false,
        speak: null,
        window: null,
        priority: 1,
      })),
      {
        start: lonLat(home),
        end: lonLat(home),
        withEnds: true,
        cruiseSpeedMps: 10,
        space: ANYWHERE,
        flight: FLIGHT,
      },
    );
    times.push(performance.now() - started);
    // The planner's frame differs from the flat one here by a few parts in 10,000; both lengths are taken here.
    const length = path.points.slice(1).reduce((sum, q, i) => sum + flat(path.points[i], q), 0);
    ratios.push(length / oneTreeBound([home, ...places]));
  }
  return { ratios, times };
}

function flat(a, b) {
  return Math.hypot((a.lonDeg - b.lonDeg) * M_PER_LON_DEG, (a.latDeg - b.latDeg) * M_PER_LAT_DEG);
}

/** Held–Karp bound of a closed tour by subgradient ascent over 1-trees (M. Held, R. M. Karp, 1971). */
function oneTreeBound(places) {
  const n = places.length;
  const distance = (i, j) => Math.hypot(places[i][0] - places[j][0], places[i][1] - places[j][1]);
  const weight = new Float64Array(n);
  let best = 0;
  let step = 30;
  const momentum = new Float64Array(n);
  for (let round = 0; round < 1500; round++) {
    // Prim over all but place 0, which then gets its two cheapest edges.
    const degree = new Int32Array(n).fill(-2);
    const key = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(n).fill(-1);
    const done = new Uint8Array(n);
    let total = 0;
    let at = 1;
    done[1] = 1;
    for (let k = 2; k < n; k++) {
      for (let j = 1; j < n; j++) {
        if (done[j] === 1) continue;
        const w = distance(at, j) + weight[at] + weight[j];
        if (w < key[j]) {
          key[j] = w;
          from[j] = at;
        }
      }
      let next = -1;
      for (let j = 1; j < n; j++) if (done[j] === 0 && (next < 0 || key[j] < key[next])) next = j;
      done[next] = 1;
      total += key[next];
      degree[next]++;
      degree[from[next]]++;
      at = next;
    }
    const edges = Array.from({ length: n - 1 }, (_, j) => [
      distance(0, j + 1) + weight[0] + weight[j + 1],
      j + 1,
    ]);
    edges.sort((a, b) => a[0] - b[0]);
    for (const [w, j] of edges.slice(0, 2)) {
      total += w;
      degree[j]++;
      degree[0]++;
    }
    for (let i = 0; i < n; i++) total -= 2 * weight[i];
    best = Math.max(best, total);
    for (let i = 0; i < n; i++) {
      weight[i] += step * (0.7 * degree[i] + 0.3 * momentum[i]);
      momentum[i] = degree[i];
    }
    step *= 0.995;
  }
  return best;
}

/** Star-shaped areas of about a kilometre with two holes and three keep-outs, 30 m inside. */
function perimeters(count) {
  const times = [];
  for (let seed = 1; seed <= count; seed++) {
    const random = seededRandom(seed * 104_729);
    const star = (x, y, least, most, corners) => {
      const ring = Array.from({ length: corners }, (_, k) => {
        const r = least + (most - least) * random();
        const angle = (2 * Math.PI * k) / corners;
        return position([x + r * Math.cos(angle), y + r * Math.sin(angle)]);
      });
      return [...ring, ring[0]];
    };
    const somewhere = () => (random() - 0.5) * 600;
    const area = {
      type: 'Polygon',
      coordinates: [star(0, 0, 350, 600, 40), star(-120, 0, 30, 80, 9), star(130, 60, 30, 80, 9)],
    };
    const keepOuts = [0, 1, 2].map(() => ({
      type: 'Polygon',
      coordinates: [star(somewhere(), somewhere(), 30, 120, 8)],
    }));
    const started = performance.now();
    const path = planPerimeter(area, {
      insetM: 30,
      laps: 1,
      direction: 'clockwise',
      includeHoles: true,
      start: ORIGIN,
      look: 'inwards',
      gimbalPitchDeg: -30,
      space: { keepOuts, keepOutMarginM: 15, wayFinder: null },
      flight: FLIGHT,
    });
    times.push(performance.now() - started);
    if (path.points.length === 0)
      throw new Error(`perimeter ${seed} is empty: ${path.warnings.at(-1).message}`);
  }
  return times;
}
