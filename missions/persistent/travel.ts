import { createFrame, lonLatToMm } from '../geo/frame.ts';
import type { WayFinder } from '../model/airspace.ts';
import type { LonLat } from '../model/basics.ts';

/** Ways between places that are known by index. */
export interface Travel {
  readonly places: readonly LonLat[];
  /** Metres east and north in one local frame. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Metres; Infinity when there is no way. */
  metres(from: number, to: number): number;
  /** Corners between two places, both left out. */
  corners(from: number, to: number): readonly LonLat[];
}

/**
 * Straight ways, or shortest ways round zones when `ways` is given. A way round zones is looked up once, when the
 * search first asks for it: of 4 million pairs of a district it asks for some tens of thousands.
 */
export function createTravel(places: readonly LonLat[], ways: WayFinder | null): Travel {
  const count = places.length;
  const frame = createFrame(middle(places));
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  places.forEach((place, i) => {
    const p = lonLatToMm(frame, place);
    x[i] = p.x / 1000;
    y[i] = p.y / 1000;
  });
  if (ways === null) {
    return {
      places,
      x,
      y,
      metres: (from, to) => {
        const dx = (x[from] as number) - (x[to] as number);
        const dy = (y[from] as number) - (y[to] as number);
        return Math.sqrt(dx * dx + dy * dy);
      },
      corners: () => [],
    };
  }
  const known = new Map<number, number>();
  return {
    places,
    x,
    y,
    metres: (from, to) => {
      if (from === to) return 0;
      const key = from < to ? from * count + to : to * count + from;
      const found = known.get(key);
      if (found !== undefined) return found;
      const way = ways.way(places[from] as LonLat, places[to] as LonLat);
      const metres = way === null ? Number.POSITIVE_INFINITY : way.lengthM;
      known.set(key, metres);
      return metres;
    },
    corners: (from, to) => ways.way(places[from] as LonLat, places[to] as LonLat)?.points.slice(1, -1) ?? [],
  };
}

function middle(places: readonly LonLat[]): LonLat {
  const lons = places.map((p) => p.lonDeg);
  const lats = places.map((p) => p.latDeg);
  const span = (values: readonly number[]): number =>
    (values.reduce((a, b) => Math.min(a, b)) + values.reduce((a, b) => Math.max(a, b))) / 2;
  return places.length === 0 ? { lonDeg: 0, latDeg: 0 } : { lonDeg: span(lons), latDeg: span(lats) };
}
