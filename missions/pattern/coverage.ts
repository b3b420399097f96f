import type { MultiPolygon, Polygon } from 'geojson';
import {
  frameOf,
  type LocalFrame,
  lonLatToMm,
  mmToLonLat,
  type PointMm,
  polygonsOf,
  type Region,
} from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { distanceMm, lengthMm } from '../geo/measure.ts';
import { areaM2, cleanPolygons, offset, partAreaM2, partsOf, regionOf } from '../geo/region.ts';
import type { CoveragePath, LonLat, PlanIssue } from '../model.ts';
import { planIssue } from '../plan-issue.ts';
import { leastWidth } from './coverage-turn.ts';
import { coverageFraction, TARGET_COVERAGE } from './exact.ts';
import { orderPaths } from './order.ts';
import { solvePart } from './solve-part.ts';

export interface CoverageOptions {
  /** Width of ground that one pass sees, metres, 1–2,000. */
  readonly swathWidthM: number;
  /** Where the aircraft comes from and returns to; the ends of the path are drawn to it. It may lie outside. */
  readonly start?: LonLat;
}

/** Above this many lanes of path (area / swath²) one plan would take minutes: such an area is divided first. */
const MOST_SWATH_SQUARES = 40_000;

/**
 * A path over an area from which everything is seen: at least 99.5 % of it lies within half a swath, by exact
 * polygon arithmetic. Every leg stays inside the area, except between the parts of an area that is in pieces.
 * Deterministic. Never throws for bad input: with an `error` among `warnings` the path must not be flown.
 */
export function planCoverage(area: Polygon | MultiPolygon, options: CoverageOptions): CoveragePath {
  const { swathWidthM } = options;
  if (!Number.isFinite(swathWidthM) || swathWidthM < 1 || swathWidthM > 2000) {
    return refused(
      swathWidthM,
      planIssue('plan.bad-swath', `A swath of ${swathWidthM} m cannot be planned; it must be 1–2,000 m.`, {
        swathWidthM: String(swathWidthM),
      }),
    );
  }
  const prepared = prepareArea(area, swathWidthM);
  if ('code' in prepared) return refused(swathWidthM, prepared);
  const { frame, region } = prepared;
  const swathMm = swathWidthM * 1000;
  const warnings: PlanIssue[] = [];
  const parts = plannableParts(region, swathMm, warnings);
  const start = options.start === undefined ? null : lonLatToMm(frame, options.start);
  const solved = parts.map((part) => solvePart(part, swathMm, parts.length === 1 ? start : null));
  const points = joinParts(
    solved.map((part) => part.points),
    start,
  );
  const [only] = solved;
  const coverage =
    solved.length === 1 && only !== undefined && !warnings.some((w) => w.code === 'plan.sliver-skipped')
      ? only.coverageFraction
      : coverageFraction(region, points, swathMm / 2);
  warnings.push(...remarks(region, parts, points, swathMm, coverage));
  return {
    points: points.map((p) => mmToLonLat(frame, p)),
    lengthM: lengthMm(points) / 1000,
    swathWidthM,
    coverageFraction: coverage,
    laneDirectionDeg: mainDirection(solved[0]?.points ?? []),
    turns: turnsOf(points),
    warnings,
  };
}

/** Frame and clean region of an area, or the issue that forbids planning it. */
export function prepareArea(
  area: Polygon | MultiPolygon,
  swathWidthM: number,
): { readonly frame: LocalFrame; readonly region: Region } | PlanIssue {
  const reason = faultOf(area);
  const frame = reason === null ? frameOf(area) : null;
  if (reason !== null || frame === null) {
    return planIssue('plan.bad-area', `The area cannot be read: ${reason ?? 'it has no positions'}.`, {
      reason: reason ?? 'it has no positions',
    });
  }
  const region = cleanPolygons(frame, area);
  const sizeM2 = areaM2(region);
  if (sizeM2 < 1) {
    return planIssue('plan.empty-area', `The area encloses ${sizeM2.toFixed(1)} m²: nothing to cover.`, {
      areaM2: Math.round(sizeM2 * 10) / 10,
    });
  }
  const squares = sizeM2 / swathWidthM ** 2;
  if (squares > MOST_SWATH_SQUARES) {
    return planIssue(
      'plan.area-too-large',
      `The area of ${Math.round(sizeM2 / 1e4) / 100} km² is too large for one plan with a swath of ${swathWidthM} m; divide it.`,
      { areaM2: Math.round(sizeM2), swathWidthM, lanesNeeded: Math.round(Math.sqrt(squares)) },
    );
  }
  return { frame, region };
}

/** Callers hand over what came from files: shape and numbers are checked before geometry touches them. */
function faultOf(area: unknown): string | null {
  const record = typeof area === 'object' && area !== null ? (area as Record<string, unknown>) : {};
  if ((record.type !== 'Polygon' && record.type !== 'MultiPolygon') || !Array.isArray(record.coordinates)) {
    return 'it is not a Polygon or MultiPolygon';
  }
  for (const rings of polygonsOf(area as Polygon | MultiPolygon) as unknown[]) {
    if (!Array.isArray(rings)) return 'a polygon is not a list of rings';
    for (const ring of rings) {
      if (!Array.isArray(ring)) return 'a ring is not a list of positions';
      for (const position of ring) {
        if (!Array.isArray(position)) return 'a position is not a pair of numbers';
        const [lon, lat] = position;
        if (!Number.isFinite(lon) || !Number.isFinite(lat)) return 'a position is not a pair of numbers';
        if (Math.abs(lon) > 180 || Math.abs(lat) > 89) return `the position [${lon}, ${lat}] is out of range`;
      }
    }
  }
  return null;
}

/** Connected parts, largest first; slivers that are nothing beside the rest are left out and reported. */
function plannableParts(region: Region, swathMm: number, warnings: PlanIssue[]): Region[] {
  const whole = areaM2(region);
  const parts = partsOf(region);
  const isSliver = (m2: number): boolean => m2 < (swathMm / 1000) ** 2 / 50 && m2 < whole * 0.0005;
  const kept = parts.filter((part) => !isSliver(partAreaM2(part)));
  const skipped = parts.filter((part) => isSliver(partAreaM2(part)));
  if (skipped.length > 0) {
    const skippedM2 = Math.round(skipped.reduce((sum, part) => sum + partAreaM2(part), 0) * 10) / 10;
    warnings.push(
      planIssue(
        'plan.sliver-skipped',
        `${skipped.length} slivers of together ${skippedM2} m² are not flown to.`,
        {
          parts: skipped.length,
          areaM2: skippedM2,
        },
      ),
    );
  }
  return kept.map(regionOf);
}

/** One path over all parts: each part is a lane between its ends, and the shortest tour through them is taken. */
function joinParts(solved: readonly (readonly PointMm[])[], start: PointMm | null): PointMm[] {
  const usable = solved.filter((part) => part.length > 0);
  const only = usable[0];
  if (only === undefined) return [];
  if (usable.length === 1) return [...only];
  return orderPaths(usable, start).flat();
}

function remarks(
  region: Region,
  parts: readonly Region[],
  points: readonly PointMm[],
  swathMm: number,
  coverage: number,
): PlanIssue[] {
  const out: PlanIssue[] = [];
  const { widthMm } = leastWidth(region);
  if (parts.length === 1 && widthMm <= swathMm) {
    out.push(
      planIssue(
        'plan.cell-smaller-than-swath',
        `The cell is only ${Math.round(widthMm / 1000)} m wide; a single pass of ${Math.round(swathMm / 1000)} m sees all of it.`,
        { widthM: Math.round(widthMm / 1000), swathWidthM: swathMm / 1000 },
      ),
    );
  }
  if (parts.length > 1) {
    out.push(
      planIssue(
        'plan.area-in-parts',
        `The area is in ${parts.length} separate parts; ways between them lead outside.`,
        {
          parts: parts.length,
        },
      ),
    );
  }
  const allowed = new FreeSpace(offset(region, 1));
  let legs = 0;
  let length = 0;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1] as PointMm;
    const b = points[i] as PointMm;
    if (allowed.isVisible(a, b)) continue;
    legs++;
    length += distanceMm(a, b);
  }
  if (legs > 0) {
    out.push(
      planIssue(
        'plan.crosses-outside',
        `${legs} legs (${Math.round(length / 1000)} m) cross ground outside the area.`,
        {
          legs,
          lengthM: Math.round(length / 1000),
        },
      ),
    );
  }
  if (coverage < TARGET_COVERAGE - 1e-6) {
    out.push(
      planIssue('plan.coverage-low', `Only ${(coverage * 100).toFixed(2)} % of the area would be seen.`, {
        coveragePct: Math.round(coverage * 10_000) / 100,
      }),
    );
  }
  return out;
}

/**
 * Compass direction, 0–180°, along which most of a path runs (legs within 4° of each other count together); `null`
 * for a path without length. A lane has no sense, so 170° and 350° are one.
 */
function mainDirection(points: readonly PointMm[]): number | null {
  const legs = points.slice(1).map((b, i) => {
    const a = points[i] as PointMm;
    const deg = (Math.atan2(b.x - a.x, b.y - a.y) * 180) / Math.PI;
    return { deg: (deg + 360) % 180, length: distanceMm(a, b) };
  });
  let best: number | null = null;
  let most = 0;
  for (const leg of legs) {
    const together = legs
      .filter((other) => Math.abs(((other.deg - leg.deg + 270) % 180) - 90) < 4)
      .reduce((sum, other) => sum + other.length, 0);
    if (together > most) {
      most = together;
      best = leg.deg;
    }
  }
  return best === null ? null : Math.round(best * 10) / 10;
}

/** Changes of heading below this, degrees, are flown without slowing down. */
const STRAIGHT_ON_DEG = 10;

function turnsOf(points: readonly PointMm[]): number {
  let turns = 0;
  let before: number | null = null;
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1] as PointMm;
    const b = points[i] as PointMm;
    if (distanceMm(a, b) === 0) continue;
    const heading = Math.atan2(b.y - a.y, b.x - a.x);
    if (before !== null && Math.cos(heading - before) < Math.cos((STRAIGHT_ON_DEG * Math.PI) / 180)) turns++;
    before = heading;
  }
  return turns;
}

function refused(swathWidthM: number, issue: PlanIssue): CoveragePath {
  return {
    points: [],
    lengthM: 0,
    swathWidthM,
    coverageFraction: 0,
    laneDirectionDeg: null,
    turns: 0,
    warnings: [issue],
  };
}
