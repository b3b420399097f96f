import type { MultiPolygon, Polygon } from 'geojson';
import {
  type LocalFrame,
  lonLatToMm,
  mmToLonLat,
  type PointMm,
  polygonsOf,
  type Region,
} from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { lengthMm } from '../geo/measure.ts';
import { areaM2, difference, offset, regionToGeometry, unionAll } from '../geo/region.ts';
import type { CoveragePath, LonLat, PlanIssue } from '../model.ts';
import { planCoverage } from '../pattern/coverage.ts';
import { swathOf } from '../pattern/exact.ts';
import { orderPaths } from '../pattern/order.ts';
import type { Finder } from './split-transit.ts';

/** A plan is not proposed below this share of the area. */
export const TARGET_COVERAGE = 0.995;

/** All areas as one geometry. */
export function mergeAreas(areas: readonly (Polygon | MultiPolygon)[]): Polygon | MultiPolygon {
  const [only] = areas;
  if (areas.length === 1 && only !== undefined) return only;
  return { type: 'MultiPolygon', coordinates: areas.flatMap(polygonsOf) };
}

/** Ways between points of a tour: inside the region where there is one, otherwise round zones, otherwise straight. */
export class TourJoiner {
  private readonly space: FreeSpace;
  private readonly finder: Finder | null;

  constructor(region: Region, finder: Finder | null) {
    // Points that went through degrees may lie a millimetre outside.
    this.space = new FreeSpace(offset(region, 2));
    this.finder = finder;
  }

  join(a: PointMm, b: PointMm): readonly PointMm[] {
    return this.space.way(a, b) ?? this.finder?.(a, b) ?? [a, b];
  }

  /** A path whose legs that leave the region (between its parts) go round zones. */
  repair(points: readonly PointMm[]): PointMm[] {
    const out: PointMm[] = [];
    for (const p of points) {
      const before = out[out.length - 1];
      if (before === undefined || this.space.isVisible(before, p)) out.push(p);
      else out.push(...this.join(before, p).slice(1));
    }
    return out;
  }

  /** Several paths as one tour: each is a lane with two ends, and the shortest way through all of them is taken. */
  link(paths: readonly (readonly PointMm[])[]): PointMm[] {
    const out: PointMm[] = [];
    for (const points of orderPaths(paths, null)) {
      const before = out[out.length - 1];
      const first = points[0] as PointMm;
      if (before === undefined) out.push(first);
      else if (before.x !== first.x || before.y !== first.y) out.push(...this.join(before, first).slice(1));
      out.push(...points.slice(1));
    }
    return out;
  }
}

export interface CoveredRegion {
  readonly points: readonly PointMm[];
  readonly path: CoveragePath;
}

/** A coverage path of a region in the frame of a plan, or the issue that forbids it. */
export function coverRegion(
  region: Region,
  frame: LocalFrame,
  swathWidthM: number,
  start: LonLat | null,
): CoveredRegion | PlanIssue {
  const geometry = regionToGeometry(frame, region) ?? { type: 'Polygon', coordinates: [] };
  const path = planCoverage(geometry, { swathWidthM, ...(start === null ? {} : { start }) });
  const error = path.warnings.find((w) => w.severity === 'error');
  return error ?? { points: path.points.map((p) => lonLatToMm(frame, p)), path };
}

/** Share of a region that lies within half a swath of any of several paths, exact. */
export function jointCoverage(
  region: Region,
  paths: readonly (readonly PointMm[])[],
  swathWidthM: number,
): number {
  const whole = areaM2(region);
  const seen = unionAll(paths.filter((p) => p.length > 0).flatMap((p) => swathOf(p, swathWidthM * 500)));
  return whole <= 0 ? 1 : Math.max(0, 1 - areaM2(difference(region, seen)) / whole);
}

/** Paths as one coverage path, their share of the region measured exactly. */
export function jointPath(
  region: Region,
  frame: LocalFrame,
  paths: readonly (readonly PointMm[])[],
  swathWidthM: number,
  whole: CoveragePath | null,
): CoveragePath {
  return {
    points: paths.flat().map((p) => mmToLonLat(frame, p)),
    lengthM: paths.reduce((sum, p) => sum + lengthMm(p), 0) / 1000,
    swathWidthM,
    coverageFraction: jointCoverage(region, paths, swathWidthM),
    laneDirectionDeg: whole?.laneDirectionDeg ?? null,
    warnings: whole?.warnings ?? [],
  };
}

/** The ground that each path of several is needed for: within half a swath of it and of no earlier one's own. */
export function ownRegions(
  region: Region,
  paths: readonly (readonly PointMm[])[],
  swathWidthM: number,
): Region[] {
  const swaths = paths.map((path) => swathOf(path, swathWidthM * 500));
  let rest: Region = region;
  return swaths.map((swath, i) => {
    const last = i === swaths.length - 1;
    const next = last ? [] : difference(rest, swath);
    const own = last ? rest : difference(rest, next);
    rest = next;
    return own;
  });
}
