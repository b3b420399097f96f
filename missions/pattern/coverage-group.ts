import type { MultiPolygon, Polygon } from 'geojson';
import { frameOf, lonLatToMm, type PointMm, type Region } from '../geo/frame.ts';
import { lengthMm } from '../geo/measure.ts';
import { areaM2, cleanPolygons, offset, regionToGeometry, unionAll } from '../geo/region.ts';
import type { CoveragePath } from '../model.ts';
import { type CoverageOptions, planCoverage } from './coverage.ts';
import { coverageFraction } from './exact.ts';

/** One of the cells that a sortie covers together. */
export interface GroupCell {
  readonly cellId: string;
  readonly geometry: Polygon | MultiPolygon;
}

/** What one cell gets of the common path. */
export interface CellCredit {
  readonly cellId: string;
  readonly areaM2: number;
  /** Exact share of the cell within half a swath of the path, 0–1. */
  readonly coverageFraction: number;
  /** Its part of the flight by area, metres; the parts of all cells add up to the length of the path. */
  readonly lengthM: number;
}

export interface GroupCoverage {
  readonly path: CoveragePath;
  /** In the order of the cells handed in. */
  readonly cells: readonly CellCredit[];
}

/** Gaps up to twice this between neighbouring cells are closed: borders drawn twice differ by centimetres. */
const SEAM_MM = 150;

/**
 * Plans neighbouring cells as one area (group before covering): lanes run through borders and the overhead of ends is
 * paid once. The least covered cell may see less than the whole does, so its share is told for each cell; a caller who
 * needs every cell at a given share checks `cells`. Cells that do not touch are parts of one area, as `planCoverage`
 * treats them. Bad input gives a path with an `error` among its warnings and no credits.
 */
export function planCoverageGroup(cells: readonly GroupCell[], options: CoverageOptions): GroupCoverage {
  const all: MultiPolygon = {
    type: 'MultiPolygon',
    coordinates: cells.flatMap((cell) =>
      cell.geometry.type === 'Polygon' ? [cell.geometry.coordinates] : cell.geometry.coordinates,
    ),
  };
  const frame = frameOf(all);
  // Faults of geometry are judged and worded in one place.
  if (frame === null) return { path: planCoverage(all, options), cells: [] };
  const regions = cells.map((cell) => cleanPolygons(frame, cell.geometry));
  const merged = regionToGeometry(frame, weld(regions), 9);
  const path = planCoverage(merged ?? all, options);
  if (path.warnings.some((w) => w.severity === 'error')) return { path, cells: [] };
  const points: PointMm[] = path.points.map((p) => lonLatToMm(frame, p));
  const sizes = regions.map(areaM2);
  const whole = sizes.reduce((a, b) => a + b, 0);
  return {
    path,
    cells: cells.map((cell, i) => ({
      cellId: cell.cellId,
      areaM2: sizes[i] as number,
      coverageFraction: coverageFraction(regions[i] as Region, points, options.swathWidthM * 500),
      lengthM: whole <= 0 ? 0 : ((lengthMm(points) / 1000) * (sizes[i] as number)) / whole,
    })),
  };
}

/** The union of neighbouring regions without hair-thin gaps; nothing grows beyond the outline but by rounding. */
function weld(regions: readonly Region[]): Region {
  const grown = regions.flatMap((region) => offset(region, SEAM_MM));
  return offset(unionAll(grown), -SEAM_MM);
}
