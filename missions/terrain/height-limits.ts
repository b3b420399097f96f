import type { ElevationModel, LonLat, PatternPath, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { aboveLimit, unknownGround } from './follow.ts';
import { groundDistanceM, onLeg } from './profile.ts';

export interface HeightLimitOptions {
  /** Highest that the path may be above the ground straight below, metres. */
  readonly maxAboveTerrainM: number;
  /** Ground height of home; needed when the path's heights are above home. */
  readonly homeAmslM?: number | null;
}

/** A stretch of a path above the limit: from one place to another, in flying order, and its highest place. */
export interface TooHighStretch {
  /** The point before the stretch begins, and the one before it ends. */
  readonly fromPoint: number;
  readonly toPoint: number;
  readonly from: LonLat;
  readonly to: LonLat;
  readonly aboveTerrainM: number;
  readonly at: LonLat;
}

export interface HeightLimitResult {
  readonly stretches: readonly TooHighStretch[];
  /** Least and most height above the ground straight below; null without a known place. */
  readonly leastAboveTerrainM: number | null;
  readonly mostAboveTerrainM: number | null;
  /** One error for each stretch, and one where the ground is first unknown. */
  readonly issues: readonly PlanIssue[];
}

/**
 * Heights of a path above the ground below, looked at every half spacing of the elevation model, against a legal limit.
 * An aircraft that follows the ground by itself (datum above terrain) keeps its height; there only the height counts.
 */
export function heightLimits(
  path: PatternPath,
  elevation: ElevationModel,
  options: HeightLimitOptions,
): HeightLimitResult {
  const { maxAboveTerrainM } = options;
  const homeAmslM = options.homeAmslM ?? null;
  if (path.datum === 'above-home' && homeAmslM === null) {
    const issue = planIssue('plan.bad-request', 'homeAmslM is not known.', {
      field: 'homeAmslM',
      value: 'null',
    });
    return { stretches: [], leastAboveTerrainM: null, mostAboveTerrainM: null, issues: [issue] };
  }
  const zeroM = path.datum === 'above-home' ? (homeAmslM ?? 0) : 0;
  const stepM = Math.max(0.5, elevation.spacingM / 2);
  const stretches: TooHighStretch[] = [];
  let open: TooHighStretch | null = null;
  let unknown: PlanIssue | null = null;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const [k, point] of path.points.entries()) {
    const next = path.points[k + 1] ?? point;
    const fromM = (point.heightM ?? path.heightM) + zeroM;
    const toM = (next.heightM ?? path.heightM) + zeroM;
    const steps = Math.max(1, Math.ceil(groundDistanceM(point, next) / stepM));
    for (let i = 0; i < steps; i++) {
      const at = onLeg(point, next, i / steps);
      const heightM = fromM + ((toM - fromM) * i) / steps;
      const groundM = path.datum === 'above-terrain' ? 0 : elevation.elevationAmslM(at.lonDeg, at.latDeg);
      if (groundM === null) {
        unknown ??= unknownGround(at, k);
        continue;
      }
      const aboveTerrainM = heightM - groundM;
      least = Math.min(least, aboveTerrainM);
      most = Math.max(most, aboveTerrainM);
      if (aboveTerrainM <= maxAboveTerrainM + 1e-4) {
        if (open !== null) stretches.push(open);
        open = null;
      } else if (open === null) {
        open = { fromPoint: k, toPoint: k, from: at, to: at, aboveTerrainM, at };
      } else {
        open = extended(open, { toPoint: k, to: at }, { aboveTerrainM, at });
      }
    }
  }
  if (open !== null) stretches.push(open);
  return {
    stretches,
    leastAboveTerrainM: Number.isFinite(least) ? least : null,
    mostAboveTerrainM: Number.isFinite(most) ? most : null,
    issues: [
      ...stretches.map((s) =>
        aboveLimit({ point: s.fromPoint, aboveTerrainM: s.aboveTerrainM, at: s.at }, maxAboveTerrainM),
      ),
      ...(unknown === null ? [] : [unknown]),
    ],
  };
}

function extended(
  open: TooHighStretch,
  end: Pick<TooHighStretch, 'toPoint' | 'to'>,
  place: Pick<TooHighStretch, 'aboveTerrainM' | 'at'>,
): TooHighStretch {
  return { ...open, ...end, ...(place.aboveTerrainM > open.aboveTerrainM ? place : {}) };
}
