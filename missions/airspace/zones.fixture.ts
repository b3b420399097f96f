import type { MultiPolygon, Polygon } from 'geojson';
import { mmToLonLat, mmToRing } from '../geo/frame.ts';
import { type Random, seededRandom } from '../geo/random.ts';
import type { AirspaceZone, LonLat } from '../model.ts';
import { polygonOf, SHAPE_FRAME } from '../pattern/shapes.fixture.ts';
import { type Airspace, createAirspace } from './airspace.ts';
import type { AirspaceRequest } from './request.ts';

/** Zones for tests, in metres about the origin of the test shapes. Not part of the planner. */
type Corners = readonly (readonly [number, number])[];

/** A position in metres east and north of the test shapes' origin. */
export const at = (x: number, y: number): LonLat => mmToLonLat(SHAPE_FRAME, { x: x * 1000, y: y * 1000 });

export const box = (x: number, y: number, w: number, h: number): [number, number][] => [
  [x, y],
  [x + w, y],
  [x + w, y + h],
  [x, y + h],
];

export function zoneOf(
  zoneId: string,
  geometry: Polygon | MultiPolygon,
  change: Partial<AirspaceZone> = {},
): AirspaceZone {
  return {
    zoneId,
    kind: 'no-fly',
    name: '',
    geometry,
    floorM: null,
    ceilingM: null,
    datum: 'above-home',
    activeFromMs: null,
    activeToMs: null,
    ...change,
  };
}

export const REQUEST: AirspaceRequest = {
  zones: [],
  marginM: 0,
  fromMs: null,
  untilMs: null,
  heightM: 60,
  datum: 'above-home',
  homeElevationAmslM: null,
  elevation: null,
  origin: SHAPE_FRAME.origin,
};

export function airspaceOf(zones: readonly AirspaceZone[], change: Partial<AirspaceRequest> = {}): Airspace {
  const result = createAirspace({ ...REQUEST, zones, ...change });
  if (result.kind !== 'ready') throw new Error(result.issues.map((issue) => issue.message).join(' '));
  return result.airspace;
}

/** A shape of a random kind on a 10 m raster, so that shapes touch, overlap and nest all the time. */
export function randomShape(random: Random, extentM: number): Polygon {
  const whole = (most: number): number => Math.floor(random() * (most + 1));
  const x = whole(extentM / 10) * 10;
  const y = whole(extentM / 10) * 10;
  const w = 10 + whole(extentM / 40) * 10;
  const h = 10 + whole(extentM / 40) * 10;
  switch (whole(5)) {
    case 0:
      return polygonOf(box(x, y, w, h));
    case 1:
      // A ring: a pocket that can be free inside.
      return polygonOf(box(x, y, w + 40, h + 40), box(x + 10, y + 10, w + 20, h + 20));
    case 2:
      // A sliver, 2 cm wide.
      return polygonOf([
        [x, y],
        [x + w + 100, y + h],
        [x + w + 100, y + h + 0.02],
        [x, y + 0.02],
      ]);
    case 3: {
      // An L with its corners on the raster.
      return polygonOf([
        [x, y],
        [x + w + 30, y],
        [x + w + 30, y + 10],
        [x + 10, y + 10],
        [x + 10, y + h + 30],
        [x, y + h + 30],
      ]);
    }
    default:
      return star(random, x, y, 20 + random() * (extentM / 6), 3 + whole(9));
  }
}

/** A star-shaped polygon with corners at random distances from its middle. */
export function star(random: Random, x: number, y: number, radiusM: number, corners: number): Polygon {
  const ring: Corners = Array.from({ length: corners }, (_, i) => {
    const r = radiusM * (0.3 + 0.7 * random());
    const angle = (2 * Math.PI * (i + 0.8 * random())) / corners;
    return [x + r * Math.cos(angle), y + r * Math.sin(angle)];
  });
  return {
    type: 'Polygon',
    coordinates: [
      mmToRing(
        SHAPE_FRAME,
        ring.map(([east, north]) => ({ x: east * 1000, y: north * 1000 })),
      ),
    ],
  };
}

export function randomZones(seed: number, count: number, extentM: number): AirspaceZone[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => zoneOf(`z${i}`, randomShape(random, extentM)));
}
