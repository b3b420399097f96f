import { createFrame } from '../geo/frame.ts';
import { type Random, seededRandom } from '../geo/random.ts';
import type { PathPoint, PatternPath } from '../model.ts';
import { type ElevationTile, gridElevation } from './elevation-grid.ts';
import { groundDistanceM } from './profile.ts';

/** South-west corner of the made-up ground. */
export const CORNER = { lonDeg: 110.2, latDeg: 25.2 } as const;

/** Made-up ground: hills and cliffs, nodes 30 m apart, about 3 km wide. */
export function randomGround(seed: number, options: { readonly cliffs?: boolean } = {}): ElevationTile {
  const random = seededRandom(seed);
  const nodes = 101;
  const stepDeg = 1 / 3600;
  const hills = Array.from({ length: 12 }, () => ({
    column: random() * nodes,
    row: random() * nodes,
    heightM: (random() - 0.3) * 120,
    radius: 3 + random() * 20,
  }));
  const heights = Float64Array.from({ length: nodes * nodes }, (_, index) => {
    const column = index % nodes;
    const row = Math.floor(index / nodes);
    let heightM = 150;
    for (const hill of hills) {
      const d2 = ((column - hill.column) ** 2 + (row - hill.row) ** 2) / hill.radius ** 2;
      if (options.cliffs === true) heightM += d2 < 1 ? hill.heightM : 0;
      else heightM += hill.heightM * Math.exp(-d2);
    }
    return Math.round(heightM);
  });
  return gridElevation({
    westDeg: CORNER.lonDeg,
    northDeg: CORNER.latDeg + (nodes - 1) * stepDeg,
    stepLonDeg: stepDeg,
    stepLatDeg: stepDeg,
    columns: nodes,
    rows: nodes,
    heightAt: (index) => heights[index] ?? null,
  });
}

/** A path of a few points well inside that ground. */
export function randomPath(random: Random, datum: PatternPath['datum'], heightM: number): PatternPath {
  const frame = createFrame(CORNER);
  const points = Array.from(
    { length: 2 + Math.floor(random() * 5) },
    (): PathPoint => ({
      lonDeg: CORNER.lonDeg + ((300 + random() * 2100) * 1000) / frame.mmPerLonDeg,
      latDeg: CORNER.latDeg + ((300 + random() * 2300) * 1000) / frame.mmPerLatDeg,
      heightM: random() < 0.3 ? heightM + Math.round(random() * 20) : null,
      actions: random() < 0.3 ? [{ kind: 'photo' }] : [],
    }),
  );
  let lengthM = 0;
  for (let i = 1; i < points.length; i++) {
    lengthM += groundDistanceM(points[i - 1] as PathPoint, points[i] as PathPoint);
  }
  return { points, heightM, datum, lengthM, warnings: [] };
}
