// node test/bench/plan/shapes/make-shapes.mjs writes coverage-shapes.geojson beside it: the polygons on which coverage
// paths are measured. The file in the repository is what counts; it was written once (2026-11-24) and stays as it is,
// so that figures of different days are of the same polygons. Needs the build in dist/ (polygon unions only).
import { readFileSync, writeFileSync } from 'node:fs';
import { createFrame, frameOf, mmToRing } from '../../../../dist/missions/geo/frame.js';
import { containsPoint } from '../../../../dist/missions/geo/measure.js';
import { seededRandom } from '../../../../dist/missions/geo/random.js';
import {
  areaM2,
  cleanPolygons,
  difference,
  offset,
  partAreaM2,
  partsOf,
  regionOf,
  union,
  unionAll,
} from '../../../../dist/missions/geo/region.js';

const FRAME = createFrame({ lonDeg: 110.29, latDeg: 25.28 });
const features = [];

/** Adds the largest part of a region (millimetres about FRAME) to a group. */
function add(group, name, swathWidthM, region, more = {}, frame = FRAME) {
  const part = partsOf(region)[0];
  if (part === undefined) throw new Error(`${name} is empty`);
  const rings = regionOf(part).map((ring) => mmToRing(frame, ring, 7));
  features.push({
    type: 'Feature',
    properties: { group, name, swathWidthM, areaM2: Math.round(partAreaM2(part)), ...more },
    geometry: { type: 'Polygon', coordinates: rings },
  });
}

const m = (ring) => ring.map(([x, y]) => ({ x: Math.round(x * 1000), y: Math.round(y * 1000) }));
const box = (x, y, w, h) => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];
const disc = (x, y, r, n = 16) =>
  Array.from({ length: n }, (_, k) => [
    x + r * Math.cos((2 * Math.PI * k) / n),
    y + r * Math.sin((2 * Math.PI * k) / n),
  ]);

/** Midpoint displacement: every edge is bent until its pieces are shorter than `leastM`. `roughness` 0.1 calm, 0.3 wild. */
function roughen(ring, random, leastM, roughness) {
  let points = ring.map((p) => [p.x / 1000, p.y / 1000]);
  for (let round = 0; round < 12; round++) {
    const out = [];
    let changed = false;
    points.forEach((a, i) => {
      const b = points[(i + 1) % points.length];
      out.push(a);
      const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
      if (Math.hypot(dx, dy) <= leastM) return;
      changed = true;
      const t = 0.35 + 0.3 * random();
      const s = (random() - 0.5) * 2 * roughness;
      out.push([a[0] + dx * t - dy * s, a[1] + dy * t + dx * s]);
    });
    points = out;
    if (!changed) break;
  }
  return m(points);
}

/** A natural outline: a few lumps grown together, with bays bitten out, scaled to an area and given a rough border. */
function natural(seed, targetM2, { lumps = 5, bays = 2, roughness = 0.18, detail = 40 } = {}) {
  const random = seededRandom(seed);
  let region = [];
  let at = [0, 0];
  for (let k = 0; k < lumps; k++) {
    const r = 250 + 350 * random();
    const squash = 0.5 + 0.8 * random();
    const turn = random() * Math.PI;
    const lump = disc(0, 0, r, 9).map(([x, y]) => {
      const [u, v] = [x * squash, y / squash];
      return [
        at[0] + u * Math.cos(turn) - v * Math.sin(turn),
        at[1] + u * Math.sin(turn) + v * Math.cos(turn),
      ];
    });
    region = union(region, [m(lump)]);
    const heading = random() * 2 * Math.PI;
    at = [at[0] + 550 * Math.cos(heading), at[1] + 550 * Math.sin(heading)];
  }
  const outer = partsOf(region)[0].outer;
  for (let k = 0; k < bays; k++) {
    const p = outer[Math.floor(random() * outer.length)];
    region = difference(region, [m(disc(p.x / 1000, p.y / 1000, 120 + 160 * random(), 7))]);
  }
  let ring = partsOf(region)[0].outer;
  const scale = Math.sqrt(targetM2 / areaM2([ring]));
  ring = ring.map((p) => ({ x: Math.round(p.x * scale), y: Math.round(p.y * scale) }));
  const rough = unionAll([roughen(ring, random, detail, roughness)]);
  return regionOf({ outer: partsOf(rough)[0].outer, holes: [] });
}

/** The bank of a river or a road: a bending strip of changing width. */
function strip(seed, lengthM, widthM) {
  const random = seededRandom(seed);
  const left = [];
  const right = [];
  let [x, y, heading, bend] = [0, 0, random() * 6, 0];
  const step = Math.max(25, widthM / 3);
  for (let s = 0; s < lengthM; s += step) {
    bend = bend * 0.7 + (random() - 0.5) * 0.35;
    heading += bend * (step / 50);
    const half = (widthM / 2) * (0.65 + 0.7 * random());
    left.push([x - half * Math.sin(heading), y + half * Math.cos(heading)]);
    right.push([x + half * Math.sin(heading), y - half * Math.cos(heading)]);
    x += step * Math.cos(heading);
    y += step * Math.sin(heading);
  }
  return unionAll([m([...right, ...left.reverse()])]);
}

// ---- the sample district: cells by level, and unions of neighbouring micro cells (concave administrative areas) ----
const district = JSON.parse(
  readFileSync(new URL('../../../../sim/district/sample-district.geojson', import.meta.url), 'utf8'),
).features;
const regionOfCell = (feature) => cleanPolygons(FRAME, feature.geometry);
const byLevel = (level) => district.filter((f) => f.properties.level === level);
const micro = byLevel(3).map((f) => ({ f, region: regionOfCell(f) }));
const keyOf = (p) => `${Math.round(p.x / 20)},${Math.round(p.y / 20)}`;
const cornerOwners = new Map();
micro.forEach(({ region }, i) => {
  for (const p of region[0]) {
    const key = keyOf(p);
    cornerOwners.set(key, [...(cornerOwners.get(key) ?? []), i]);
  }
});
function neighboursOf(i) {
  const shared = new Map();
  for (const p of micro[i].region[0]) {
    for (const j of cornerOwners.get(keyOf(p)) ?? []) if (j !== i) shared.set(j, (shared.get(j) ?? 0) + 1);
  }
  return [...shared].filter(([, corners]) => corners >= 2).map(([j]) => j);
}
/** A random, not compact, union of `count` neighbouring micro cells. */
function cluster(seed, count) {
  const random = seededRandom(seed);
  const chosen = new Set([Math.floor(random() * micro.length)]);
  while (chosen.size < count) {
    const rim = [...chosen].flatMap(neighboursOf).filter((j) => !chosen.has(j));
    if (rim.length === 0) break;
    chosen.add(rim[Math.floor(random() * rim.length)]);
  }
  const glued = unionAll([...chosen].flatMap((i) => offset(micro[i].region, 100)));
  return offset(glued, -100);
}
/** A compact group of micro cells about one of them: what one sortie flies. */
function neighbourhood(first, count) {
  const centre = micro[first].region[0][0];
  const chosen = [first];
  while (chosen.length < count) {
    const rim = chosen.flatMap(neighboursOf).filter((j) => !chosen.includes(j));
    if (rim.length === 0) break;
    const far = (j) => {
      const ring = micro[j].region[0];
      const x = ring.reduce((s, p) => s + p.x, 0) / ring.length;
      const y = ring.reduce((s, p) => s + p.y, 0) / ring.length;
      return Math.hypot(x - centre.x, y - centre.y);
    };
    chosen.push(rim.reduce((a, b) => (far(b) < far(a) ? b : a)));
  }
  return chosen;
}

// ---- large: w = 120 ----
const whole = offset(unionAll(byLevel(1).flatMap((f) => offset(regionOfCell(f), 200))), -200);
add('large', 'sample district, all of it', 120, whole, { source: 'sim/district' });
add('large', 'natural 43 km²', 120, natural(101, 43e6, { lumps: 5, detail: 250 }));
const lake = natural(102, 62e6, { lumps: 6, bays: 3, detail: 250 });
add(
  'large',
  'natural 62 km² with a lake and an airfield',
  120,
  difference(difference(lake, [roughen(m(disc(0, 0, 900, 8)), seededRandom(7), 150, 0.2)]), [
    m(box(-2600, 1200, 1900, 350)),
  ]),
);
add('large', 'natural 92 km²', 120, natural(103, 92e6, { lumps: 8, bays: 4, roughness: 0.22, detail: 250 }));
// Natural Earth 1:50m urban areas (public domain, naturalearthdata.com; nvkelso/natural-earth-vector at 693f1142):
// the built-up areas about Vallejo, Monterey and San Rafael, California.
const naturalEarth = {
  Vallejo: [
    [-122.170703, 38.085738],
    [-122.147577, 38.075506],
    [-122.14179, 38.071217],
    [-122.153779, 38.065532],
    [-122.208297, 38.072534],
    [-122.297982, 38.11664],
    [-122.318626, 38.163097],
    [-122.27018, 38.184052],
    [-122.229717, 38.17581],
    [-122.208814, 38.139068],
    [-122.191632, 38.099587],
    [-122.170703, 38.085738],
  ],
  Monterey: [
    [-121.689673, 36.740548],
    [-121.620116, 36.727991],
    [-121.61345, 36.675901],
    [-121.632829, 36.626395],
    [-121.706442, 36.641691],
    [-121.734424, 36.702592],
    [-121.689673, 36.740548],
  ],
  'San Rafael': [
    [-122.523291, 38.027472],
    [-122.512413, 38.01737],
    [-122.490993, 38.008456],
    [-122.494895, 37.953575],
    [-122.483423, 37.906317],
    [-122.536882, 37.909831],
    [-122.584476, 37.940734],
    [-122.592589, 37.991041],
    [-122.590083, 38.042717],
    [-122.592021, 38.07318],
    [-122.598015, 38.099587],
    [-122.57737, 38.094859],
    [-122.55993, 38.0869],
    [-122.550421, 38.06052],
    [-122.533342, 38.038454],
    [-122.523291, 38.027472],
  ],
};
for (const [name, ring] of Object.entries(naturalEarth)) {
  const geometry = { type: 'Polygon', coordinates: [ring] };
  const frame = frameOf(geometry);
  add(
    'large',
    `urban area of ${name}`,
    120,
    cleanPolygons(frame, geometry),
    { source: 'Natural Earth' },
    frame,
  );
}

// ---- synthetic: w = 30; the shapes on which planners are usually shown ----
const synthetic = {
  square: [box(0, 0, 400, 400)],
  L: [
    [
      [0, 0],
      [500, 0],
      [500, 160],
      [180, 160],
      [180, 480],
      [0, 480],
    ],
  ],
  U: [
    [
      [0, 0],
      [520, 0],
      [520, 420],
      [370, 420],
      [370, 150],
      [150, 150],
      [150, 420],
      [0, 420],
    ],
  ],
  comb: [
    [
      [0, 0],
      [640, 0],
      [640, 320],
      [540, 320],
      [540, 110],
      [430, 110],
      [430, 320],
      [320, 320],
      [320, 110],
      [210, 110],
      [210, 320],
      [100, 320],
      [100, 110],
      [0, 110],
    ],
  ],
  star: [
    Array.from({ length: 10 }, (_, k) => {
      const r = k % 2 === 0 ? 320 : 140;
      return [r * Math.cos((k * Math.PI) / 5), r * Math.sin((k * Math.PI) / 5)];
    }),
  ],
  spiral: [
    [
      [0, 0],
      [500, 0],
      [500, 500],
      [100, 500],
      [100, 200],
      [300, 200],
      [300, 300],
      [200, 300],
      [200, 400],
      [400, 400],
      [400, 100],
      [0, 100],
    ],
  ],
  'one hole': [box(0, 0, 500, 400), box(180, 150, 120, 100)],
  'three holes': [box(0, 0, 600, 450), box(80, 80, 90, 120), box(300, 60, 150, 90), box(250, 270, 100, 110)],
  'island court': [box(0, 0, 420, 420), box(120, 120, 180, 180)],
  // After the cell-decomposition examples of the literature: a room with a round and a pointed obstacle.
  'room with a pillar and a wedge': [
    box(0, 0, 480, 380),
    disc(150, 230, 60, 20),
    [
      [260, 60],
      [420, 120],
      [300, 200],
    ],
  ],
};
for (const [name, [outer, ...holes]] of Object.entries(synthetic)) {
  let region = unionAll([m(outer)]);
  for (const hole of holes) region = difference(region, unionAll([m(hole)]));
  add('synthetic', name, 30, region);
}

// ---- small: 0.05–1 km², w = 40–80 ----
const swaths = [40, 60, 80];
const small = [];
byLevel(2)
  .filter((_, i) => i % 15 === 4)
  .forEach((f) => {
    small.push([`cell ${f.properties.id}`, regionOfCell(f), 'sim/district']);
  });
for (let k = 0; k < 12; k++) {
  small.push([`union of ${4 + k * 2} micro cells`, cluster(300 + k, 4 + k * 2), 'sim/district']);
}
for (let k = 0; k < 10; k++) {
  const size = [0.05, 0.08, 0.12, 0.18, 0.25, 0.33, 0.45, 0.6, 0.8, 1][k] * 1e6;
  small.push([
    `village ${k + 1}`,
    natural(400 + k, size, {
      lumps: 3 + (k % 4),
      bays: 1 + (k % 3),
      roughness: 0.16 + 0.02 * (k % 4),
      detail: 25,
    }),
    'generated',
  ]);
}
[
  [1500, 90],
  [2400, 140],
  [1200, 60],
  [3000, 200],
  [900, 110],
  [1800, 75],
].forEach(([length, width], k) => {
  small.push([`river bank ${k + 1}`, strip(500 + k, length, width), 'generated']);
});
small.forEach(([name, region, source], i) => {
  add('small', name, swaths[i % 3], region, { source });
});

// ---- small cells with no-fly zones inside: the zone with its margin is a hole, or bites the border ----
const roomy = small.filter(([, region]) => areaM2(region) > 100_000);
const hosts = Array.from({ length: 20 }, (_, k) => roomy[Math.floor((k * roomy.length) / 20)]);
hosts.forEach(([name, region, source], i) => {
  const random = seededRandom(700 + i);
  const bounds = region[0];
  const [minX, maxX] = [Math.min(...bounds.map((p) => p.x)), Math.max(...bounds.map((p) => p.x))];
  const [minY, maxY] = [Math.min(...bounds.map((p) => p.y)), Math.max(...bounds.map((p) => p.y))];
  let rest = region;
  for (let placed = 0, tries = 0; placed < 1 + (i % 3) && tries < 200; tries++) {
    const x = minX + random() * (maxX - minX);
    const y = minY + random() * (maxY - minY);
    if (!containsPoint(region, { x, y })) continue;
    const r = 25 + 45 * random();
    const zone =
      random() < 0.5 ? disc(x / 1000, y / 1000, r) : box(x / 1000 - r, y / 1000 - r * 0.7, 2 * r, 1.4 * r);
    const cut = difference(rest, [m(zone)]);
    // A zone that cuts the cell in two is a case of its own, not of this group.
    if (partsOf(cut).length > 1) continue;
    rest = cut;
    placed++;
  }
  add('nofly', `${name} with zones`, swaths[(i + 1) % 3], rest, { source });
});

// ---- micro: w = 40; five neighbourhoods of twelve, each the work of one sortie ----
for (let k = 0; k < 5; k++) {
  for (const i of neighbourhood(150 + k * 400, 12)) {
    const { f, region } = micro[i];
    add('micro', f.properties.id, 40, region, { sortie: k + 1, source: 'sim/district' });
  }
}

// ---- one cell of 3 km² with 3 holes, w = 60 ----
const big = natural(900, 3e6, { lumps: 5, bays: 1, roughness: 0.15, detail: 60 });
const holes3 = [disc(0, 0, 90), box(250, -420, 180, 130), disc(-420, 260, 70)].map(m);
add(
  'cell3km2',
  '3 km² with 3 holes',
  60,
  holes3.reduce((rest, hole) => difference(rest, [hole]), big),
);

const text = features.map((f) => JSON.stringify(f)).join(',\n');
writeFileSync(
  new URL('./coverage-shapes.geojson', import.meta.url),
  `{"type":"FeatureCollection","name":"coverage-shapes","features":[\n${text}\n]}\n`,
);
const count = (group) => features.filter((f) => f.properties.group === group).length;
for (const group of new Set(features.map((f) => f.properties.group))) {
  const areas = features.filter((f) => f.properties.group === group).map((f) => f.properties.areaM2);
  console.log(group, count(group), Math.min(...areas), Math.max(...areas));
}
