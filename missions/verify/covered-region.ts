import type { MultiPolygon, Polygon } from 'geojson';
import type { FlatPath, VerifierEngine } from './engine.ts';
import type { Projection } from './projection.ts';
import { distanceToRings, isInside, signedArea } from './rings.ts';

/** Polygons in the engine's memory, millimetres. */
export type EnginePaths = ReturnType<VerifierEngine['paths']>;

/** The area as the engine sees it: the union of its polygons, each less its holes. */
export function regionOfArea(
  engine: VerifierEngine,
  projection: Projection,
  area: Polygon | MultiPolygon,
): EnginePaths {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  let region = engine.paths([]);
  for (const [outer, ...holes] of polygons) {
    if (outer === undefined) continue;
    region = engine.union(
      region,
      engine.polygon(
        projection.ring(outer),
        holes.map((hole) => projection.ring(hole)),
      ),
    );
  }
  return region;
}

/** How far a leg may stray outside, metres: 2 % of a swath, but at least half a metre and at most two. */
export function outsideTolerance(swathWidthM: number): number {
  return Math.min(2, Math.max(0.5, 0.02 * swathWidthM));
}

/** Leaves out legs whose ends are in different parts of the area: there is no way inside between those. */
export function legsToJudge(legs: readonly FlatPath[], rings: readonly FlatPath[]): FlatPath[] {
  const outer = rings.filter((ring) => signedArea(ring) > 0);
  if (outer.length <= 1) return legs.filter((l) => l[0] !== l[2] || l[1] !== l[3]);
  const partOf = (x: number, y: number): number => {
    // The nearest outer ring: waypoints may lie a rounding error outside their own.
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    outer.forEach((ring, i) => {
      const d = isInside([ring], x, y) ? 0 : distanceToRings([ring], x, y);
      if (d < least) {
        least = d;
        best = i;
      }
    });
    return best;
  };
  return legs.filter(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => partOf(x1, y1) === partOf(x2, y2));
}

/** Sampling step on pieces of legs that lie outside, and the most samples on one (it may lead round the world). */
const SAMPLE_MM = 250;
const MOST_SAMPLES = 4000;

export interface Farthest {
  readonly distanceM: number;
  /** Where, millimetres; null when nothing is outside. */
  readonly at: readonly [number, number] | null;
}

export function farthestOutside(
  engine: VerifierEngine,
  legs: readonly FlatPath[],
  region: EnginePaths,
  rings: readonly FlatPath[],
): Farthest {
  if (legs.length === 0) return { distanceM: 0, at: null };
  let farthest = 0;
  let at: readonly [number, number] | null = null;
  // 20 mm: positions are rounded to 11 mm on the wire.
  for (const piece of engine.linesOutside(legs, region, 20)) {
    for (let i = 0; i + 3 < piece.length; i += 2) {
      const [x1, y1, x2, y2] = piece.slice(i, i + 4) as [number, number, number, number];
      const steps = Math.max(1, Math.min(MOST_SAMPLES, Math.ceil(Math.hypot(x2 - x1, y2 - y1) / SAMPLE_MM)));
      for (let k = 0; k <= steps; k++) {
        const x = x1 + ((x2 - x1) * k) / steps;
        const y = y1 + ((y2 - y1) * k) / steps;
        if (isInside(rings, x, y)) continue;
        const d = distanceToRings(rings, x, y);
        if (d <= farthest) continue;
        farthest = d;
        at = [x, y];
      }
    }
  }
  return { distanceM: farthest / 1000, at };
}
