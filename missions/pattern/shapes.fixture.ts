import type { Polygon } from 'geojson';
import { createFrame, mmToRing, type PointMm, type Region } from '../geo/frame.ts';
import { seededRandom } from '../geo/random.ts';
import {
  areaM2,
  cleanRings,
  difference,
  partAreaM2,
  partsOf,
  regionOf,
  regionToGeometry,
  union,
} from '../geo/region.ts';

/** Shapes for planner tests, in metres about a point near Guilin. Not part of the planner. */
export const SHAPE_FRAME = createFrame({ lonDeg: 110.29, latDeg: 25.28 });

/** A polygon from corners in metres; further rings are holes. */
export function polygonOf(...rings: (readonly (readonly [number, number])[])[]): Polygon {
  return {
    type: 'Polygon',
    coordinates: rings.map((ring) =>
      mmToRing(
        SHAPE_FRAME,
        ring.map(([x, y]) => ({ x: x * 1000, y: y * 1000 })),
      ),
    ),
  };
}

const box = (x: number, y: number, w: number, h: number): [number, number][] => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];

/** The shapes on which peers were measured (swath 30 m). */
export const SYNTHETIC: Readonly<Record<string, Polygon>> = {
  square: polygonOf(box(0, 0, 400, 400)),
  L: polygonOf([
    [0, 0],
    [500, 0],
    [500, 160],
    [180, 160],
    [180, 480],
    [0, 480],
  ]),
  U: polygonOf([
    [0, 0],
    [520, 0],
    [520, 420],
    [370, 420],
    [370, 150],
    [150, 150],
    [150, 420],
    [0, 420],
  ]),
  comb: polygonOf([
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
  ]),
  star: polygonOf(
    Array.from({ length: 10 }, (_, k) => {
      const r = k % 2 === 0 ? 320 : 140;
      return [r * Math.cos((k * Math.PI) / 5), r * Math.sin((k * Math.PI) / 5)] as const;
    }),
  ),
  spiral: polygonOf([
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
  ]),
  oneHole: polygonOf(box(0, 0, 500, 400), box(180, 150, 120, 100)),
  threeHoles: polygonOf(
    box(0, 0, 600, 450),
    box(80, 80, 90, 120),
    box(300, 60, 150, 90),
    box(250, 270, 100, 110),
  ),
  islandCourt: polygonOf(box(0, 0, 420, 420), box(120, 120, 180, 180)),
};

/** A star-shaped polygon of 100–500 m radius with up to two star-shaped holes; its largest part is taken. */
export function randomStar(seed: number, corners: number, holes: number): Polygon {
  const random = seededRandom(seed);
  const star = (cx: number, cy: number, least: number, most: number, n: number): PointMm[] =>
    Array.from({ length: n }, (_, k) => {
      const angle = (2 * Math.PI * k) / n;
      const r = least + (most - least) * random();
      return { x: Math.round(cx + r * Math.cos(angle)), y: Math.round(cy + r * Math.sin(angle)) };
    });
  let region: Region = cleanRings([star(0, 0, 100_000, 500_000, corners)]);
  for (let h = 0; h < holes; h++) {
    const at = (): number => (random() - 0.5) * 400_000;
    region = difference(region, cleanRings([star(at(), at(), 15_000, 80_000, 7)]));
  }
  return largest(region);
}

/** A union of random boxes less some smaller ones: rectilinear, often with holes and narrow places. */
export function randomRectilinear(seed: number): Polygon {
  const random = seededRandom(seed);
  const randomBox = (most: number): PointMm[] => {
    const size = (): number => 20 + Math.floor(random() * most);
    const [x, y, w, h] = [random() * 400, random() * 400, size(), size()].map(
      (v) => Math.round(v) * 1000,
    ) as [number, number, number, number];
    return [
      { x, y },
      { x: x + w, y },
      { x: x + w, y: y + h },
      { x, y: y + h },
    ];
  };
  let region: Region = [];
  for (let k = 0; k < 6; k++) region = union(region, [randomBox(300)]);
  for (let k = 0; k < 4; k++) region = difference(region, [randomBox(80)]);
  return largest(region);
}

function largest(region: Region): Polygon {
  const part = partsOf(region)[0];
  if (part === undefined || partAreaM2(part) < 100) throw new Error('the random shape came out empty');
  return regionToGeometry(SHAPE_FRAME, regionOf(part)) as Polygon;
}

/** Lower bound of the length of a path that covers `areaM2` with discs of half a swath, metres. */
export function lowerBoundM(area: number, swathM: number): number {
  return (area - (Math.PI * swathM * swathM) / 4) / swathM;
}

export { areaM2 };
