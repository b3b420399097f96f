import type { Polygon, Position } from 'geojson';
import { createFrame, mmToLonLat, type PointMm } from '../../missions/geo/frame.ts';
import { type Random, seededRandom } from '../../missions/geo/random.ts';
import { signedAreaMm2 } from '../../missions/geo/region.ts';

/** Centre of the made-up district, near Guilin. */
export const DISTRICT_CENTRE = { lonDeg: 110.29, latDeg: 25.28 } as const;

/** Area that the outline is scaled to. */
export const DISTRICT_AREA_M2 = 50_000_000;

/**
 * Corners of the land side, km east and north of the centre, counter-clockwise from the river's mouth in the south:
 * hill feet, a valley that cuts in from the west, a rounded northern lobe.
 */
const LAND_SIDE_KM: readonly (readonly [number, number])[] = [
  [3.05, 3.55],
  [2.2, 4.3],
  [1.05, 4.15],
  [0.35, 4.75],
  [-0.85, 4.6],
  [-1.6, 3.85],
  [-2.75, 3.6],
  [-3.2, 2.7],
  [-2.55, 1.75],
  [-3.3, 1.05],
  [-4.15, 0.35],
  [-4.0, -0.75],
  [-3.05, -1.2],
  [-3.25, -2.35],
  [-2.35, -3.05],
  [-1.9, -3.95],
  [-0.7, -4.35],
  [0.3, -3.8],
  [1.25, -4.05],
  [1.95, -3.6],
];

/** The river bank on the east side, from south to north; a smooth curve goes through these. */
const RIVER_SIDE_KM: readonly (readonly [number, number])[] = [
  [1.95, -3.6],
  [2.45, -2.9],
  [2.3, -2.05],
  [2.85, -1.25],
  [3.6, -0.65],
  [3.75, 0.25],
  [3.2, 1.0],
  [3.1, 1.85],
  [3.65, 2.7],
  [3.05, 3.55],
];

/** The outline of the sample district: a Polygon of about 50 km², WGS-84, 7 decimals. The same on every run. */
export function buildBoundary(seed: number): Polygon {
  const random = seededRandom(seed);
  const land: (readonly [number, number])[] = [];
  for (let i = 0; i + 1 < LAND_SIDE_KM.length; i++) {
    land.push(
      ...roughen(LAND_SIDE_KM[i] as [number, number], LAND_SIDE_KM[i + 1] as [number, number], 3, random),
    );
  }
  const outline = [...smooth(RIVER_SIDE_KM, 8), ...land];
  const raw: PointMm[] = outline.map(([e, n]) => ({ x: e * 1e6, y: n * 1e6 }));
  const scale = Math.sqrt(DISTRICT_AREA_M2 / (signedAreaMm2(raw) / 1e6));
  const frame = createFrame(DISTRICT_CENTRE);
  const ring: Position[] = raw.map((p) => {
    const { lonDeg, latDeg } = mmToLonLat(frame, { x: p.x * scale, y: p.y * scale });
    return [Math.round(lonDeg * 1e7) / 1e7, Math.round(latDeg * 1e7) / 1e7];
  });
  ring.push([...(ring[0] as Position)]);
  return { type: 'Polygon', coordinates: [ring] };
}

/** Midpoint displacement: `depth` rounds of halving, each with a kick aside of up to 9 % of the length. */
function roughen(
  a: readonly [number, number],
  b: readonly [number, number],
  depth: number,
  random: Random,
): (readonly [number, number])[] {
  if (depth === 0) return [a];
  const kick = (random() - 0.5) * 0.18;
  const middle: [number, number] = [
    (a[0] + b[0]) / 2 - (b[1] - a[1]) * kick,
    (a[1] + b[1]) / 2 + (b[0] - a[0]) * kick,
  ];
  return [...roughen(a, middle, depth - 1, random), ...roughen(middle, b, depth - 1, random)];
}

/** Catmull-Rom curve through the points, `steps` pieces each, without the last point. */
function smooth(points: readonly (readonly [number, number])[], steps: number): [number, number][] {
  const out: [number, number][] = [];
  for (let i = 0; i + 1 < points.length; i++) {
    const p0 = points[Math.max(0, i - 1)] as readonly [number, number];
    const p1 = points[i] as readonly [number, number];
    const p2 = points[i + 1] as readonly [number, number];
    const p3 = points[Math.min(points.length - 1, i + 2)] as readonly [number, number];
    for (let k = 0; k < steps; k++) {
      const t = k / steps;
      const at = (axis: 0 | 1): number =>
        0.5 *
        (2 * p1[axis] +
          (p2[axis] - p0[axis]) * t +
          (2 * p0[axis] - 5 * p1[axis] + 4 * p2[axis] - p3[axis]) * t * t +
          (3 * p1[axis] - p0[axis] - 3 * p2[axis] + p3[axis]) * t * t * t);
      out.push([at(0), at(1)]);
    }
  }
  return out;
}
