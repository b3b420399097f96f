import type { ElevationModel, LonLat } from '../model.ts';
import { discOf } from './elevation-grid.ts';
import { groundDistanceM, onLeg } from './profile.ts';

/** A point with its height settled. */
export interface PlacedPoint extends LonLat {
  readonly amslM: number;
}

/** What sampling the ground under a path found. */
export interface ClearanceProof {
  /** Where the clearance is least, compared with what was asked there. */
  readonly worst: {
    readonly point: number;
    readonly at: LonLat;
    /** Height over the highest ground within the position error. */
    readonly clearanceM: number;
    readonly askedM: number;
  };
  /** Least clearance anywhere, whatever was asked. */
  readonly leastClearanceM: number;
  /** Where the path is highest above the ground straight below. */
  readonly highest: { readonly point: number; readonly at: LonLat; readonly aboveTerrainM: number };
  /** Places that were looked at along the path, and how far apart. */
  readonly samples: number;
  readonly stepM: number;
}

export interface ProofOptions {
  readonly positionErrorM: number;
  /** Clearance asked for at a share of the leg from a point. */
  askedM(point: number, fraction: number): number;
}

/**
 * Samples the flight itself, not the profile that it was made from: every leg in steps of at most half the elevation
 * spacing, at each the ground straight below and within the position error, by plain look-ups. `null` when the ground
 * is unknown somewhere.
 */
export function proveClearance(
  points: readonly PlacedPoint[],
  elevation: ElevationModel,
  options: ProofOptions,
): ClearanceProof | null {
  const stepM = Math.max(0.5, elevation.spacingM / 2);
  let samples = 0;
  let leastClearanceM = Number.POSITIVE_INFINITY;
  let worst: ClearanceProof['worst'] | null = null;
  let highest: ClearanceProof['highest'] | null = null;
  for (const [k, from] of points.entries()) {
    const to = points[k + 1] ?? from;
    const steps = Math.max(1, Math.ceil(groundDistanceM(from, to) / stepM));
    for (let i = 0; i < steps; i++) {
      const fraction = i / steps;
      const at = onLeg(from, to, fraction);
      const amslM = from.amslM + (to.amslM - from.amslM) * fraction;
      const below = elevation.elevationAmslM(at.lonDeg, at.latDeg);
      const around = highestLookedUp(elevation, at, options.positionErrorM);
      if (below === null || around === null) return null;
      samples++;
      const clearanceM = amslM - around;
      const askedM = options.askedM(k, fraction);
      leastClearanceM = Math.min(leastClearanceM, clearanceM);
      if (worst === null || clearanceM - askedM < worst.clearanceM - worst.askedM) {
        worst = { point: k, at, clearanceM, askedM };
      }
      if (highest === null || amslM - below > highest.aboveTerrainM) {
        highest = { point: k, at, aboveTerrainM: amslM - below };
      }
    }
  }
  return worst === null || highest === null ? null : { worst, leastClearanceM, highest, samples, stepM };
}

function highestLookedUp(elevation: ElevationModel, at: LonLat, radiusM: number): number | null {
  let highest = Number.NEGATIVE_INFINITY;
  for (const p of discOf(at, radiusM, elevation.spacingM)) {
    const height = elevation.elevationAmslM(p.lonDeg, p.latDeg);
    if (height === null) return null;
    highest = Math.max(highest, height);
  }
  return highest;
}
