import { createFrame } from '../geo/frame.ts';
import type { ElevationModel, LonLat } from '../model.ts';
import { highestGround } from './elevation-grid.ts';

/** One place along a path at which the ground was looked at. */
export interface GroundSample extends LonLat {
  /** Distance along the path, horizontal metres. */
  readonly alongM: number;
  /** Index of the path's point that begins the leg on which the sample is (of its own for a point itself). */
  readonly point: number;
  /** Share of that leg, 0–1. */
  readonly legFraction: number;
  /** Highest ground that the aircraft may be over here, whatever its position error, AMSL. */
  readonly groundM: number;
}

export type GroundProfile =
  | { readonly kind: 'ok'; readonly samples: readonly GroundSample[]; readonly lengthM: number }
  | { readonly kind: 'unknown'; readonly at: LonLat; readonly point: number };

/** Horizontal distance over the ground, metres; good to 4·10⁻⁴ over 11 km, as the planner's frames are. */
export function groundDistanceM(a: LonLat, b: LonLat): number {
  const frame = createFrame({ lonDeg: a.lonDeg, latDeg: (a.latDeg + b.latDeg) / 2 });
  return (
    Math.hypot(lonDifference(a, b) * frame.mmPerLonDeg, (b.latDeg - a.latDeg) * frame.mmPerLatDeg) / 1000
  );
}

/** The point of a leg at a share of its length. Autopilots fly straight in a local plane; so does this. */
export function onLeg(a: LonLat, b: LonLat, fraction: number): LonLat {
  if (fraction <= 0) return { lonDeg: a.lonDeg, latDeg: a.latDeg };
  if (fraction >= 1) return { lonDeg: b.lonDeg, latDeg: b.latDeg };
  return {
    lonDeg: a.lonDeg + lonDifference(a, b) * fraction,
    latDeg: a.latDeg + (b.latDeg - a.latDeg) * fraction,
  };
}

/** The short way round, degrees. */
function lonDifference(a: LonLat, b: LonLat): number {
  const d = b.lonDeg - a.lonDeg;
  return d > 180 ? d - 360 : d < -180 ? d + 360 : d;
}

/**
 * The ground along a path, max-filtered: every leg is cut into equal steps of at most `stepM`, and each sample holds
 * the highest ground within `positionErrorM` plus one step. So both samples about any place between them know of the
 * ground there, and a straight flight between two samples that are clear is clear in between.
 */
export function groundAlong(
  points: readonly LonLat[],
  elevation: ElevationModel,
  options: { readonly stepM: number; readonly positionErrorM: number },
): GroundProfile {
  const samples: GroundSample[] = [];
  let lengthM = 0;
  let stepBeforeM = 0;
  for (const [k, point] of points.entries()) {
    const next = points[k + 1];
    const legM = next === undefined ? 0 : groundDistanceM(point, next);
    const steps = Math.max(1, Math.ceil(legM / options.stepM));
    const stepM = legM / steps;
    for (let i = 0; i < steps; i++) {
      const legFraction = i / steps;
      const at = next === undefined ? point : onLeg(point, next, legFraction);
      const reachM = options.positionErrorM + (i === 0 ? Math.max(stepM, stepBeforeM) : stepM);
      const groundM = highestGround(elevation, at, reachM);
      if (groundM === null) return { kind: 'unknown', at, point: k };
      samples.push({
        lonDeg: at.lonDeg,
        latDeg: at.latDeg,
        alongM: lengthM + legFraction * legM,
        point: k,
        legFraction,
        groundM,
      });
    }
    lengthM += legM;
    stepBeforeM = stepM;
  }
  return { kind: 'ok', samples, lengthM };
}
