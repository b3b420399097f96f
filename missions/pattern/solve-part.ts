import type { PointMm, Region } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { distanceMm, interiorPoint, lengthMm } from '../geo/measure.ts';
import { areaM2, offset, partAreaM2, partsOf, regionOf, simplify } from '../geo/region.ts';
import { coverageFraction, uncoveredRegion } from './exact.ts';
import { candidateLaneSets, type Lane, type LaneSet, wholeMm } from './lanes.ts';
import { orderLanes } from './order.ts';
import { acrossGroup, insertDetour, join, patchPath } from './patch.ts';
import { CoverageRaster } from './raster.ts';
import { shortenPath } from './shorten.ts';

/** Least covered share of every plan, by exact polygon arithmetic. */
export const TARGET_COVERAGE = 0.995;
/** What the search is content with: rounding positions to 1e-7 degrees may cost a few millionths afterwards. */
const CONTENT_COVERAGE = TARGET_COVERAGE + 0.00003;
/** Samples are a little pessimistic or optimistic by chance; the search aims this much higher. */
const SEARCH_MARGIN = 0.0006;

/** Margins to keep from the border, as shares of a swath, and the last resort in millimetres. */
const MARGIN_SHARES = [0.05, 0.012] as const;
const LEAST_MARGIN_MM = 8;

/**
 * A path that covers one connected region. Margins from the border are tried from comfortable to hair-thin: thin
 * necks and spurs vanish with a wide one. Deterministic; `start` (home) pulls the ends of the path to it.
 */
export function solvePart(region: Region, swathMm: number, start: PointMm | null): PointMm[] {
  const radius = swathMm / 2;
  const middle = interiorPoint(region);
  if (middle !== null && coverageFraction(region, [middle], radius) >= CONTENT_COVERAGE) {
    return [wholeMm(middle)];
  }
  let best: PointMm[] | null = null;
  let bestCoverage = -1;
  const margins = [
    ...MARGIN_SHARES.map((share) => Math.max(LEAST_MARGIN_MM, share * swathMm)),
    LEAST_MARGIN_MM,
  ];
  for (const margin of new Set(margins)) {
    const free = freeSpaceOf(region, margin);
    if (free === null || (partsOf(free).length > 1 && margin > LEAST_MARGIN_MM)) continue;
    const path = solveInside(region, free, swathMm, start);
    const coverage = coverageFraction(region, path, radius);
    if (coverage >= TARGET_COVERAGE) return path;
    if (coverage > bestCoverage) {
      bestCoverage = coverage;
      best = path;
    }
  }
  return best ?? (middle === null ? [] : [wholeMm(middle)]);
}

/** Where the aircraft may be: the region less a margin, with its outline smoothed inside that margin. */
function freeSpaceOf(region: Region, marginMm: number): Region | null {
  const inset = offset(region, -marginMm);
  if (inset.length === 0) return null;
  const smooth = simplify(inset, marginMm * 0.6);
  // Crumbs that a lane could not even turn in only make the graph larger.
  const parts = partsOf(smooth).filter((part) => partAreaM2(part) > Math.min(1, areaM2(smooth) * 1e-4));
  return parts.length === 0 ? null : parts.flatMap(regionOf);
}

interface Draft {
  readonly points: PointMm[];
  readonly lengthMm: number;
}

function solveInside(region: Region, free: Region, swathMm: number, start: PointMm | null): PointMm[] {
  const radius = swathMm / 2;
  const space = new FreeSpace(free);
  const raster = new CoverageRaster(region, radius, rasterStep(region, swathMm));
  const sets = bestLaneSets(candidateLaneSets(region, free, swathMm), region, swathMm, start);
  const allowed = Math.floor(raster.total * (1 - TARGET_COVERAGE - SEARCH_MARGIN));
  const cost = (points: readonly PointMm[]): number => lengthMm(points) + accessMm(points, start);
  const drafts: Draft[] = [];
  for (const set of sets) {
    const ordered = fly(set.lanes, space, start);
    raster.clear();
    raster.addPath(ordered);
    const patched = patchPath(ordered, raster, space, radius, allowed);
    const points = shortenPath(patched, raster, space, { radiusMm: radius, allowed, passes: 2, start });
    drafts.push({ points, lengthMm: cost(points) });
  }
  if (drafts.length === 0) drafts.push(fallbackDraft(region, space, raster, radius, allowed));
  drafts.sort((a, b) => a.lengthMm - b.lengthMm);
  // The runner-up sometimes shortens better, but only when it is close.
  const close = drafts.filter((d, i) => i < 2 && d.lengthMm < (drafts[0] as Draft).lengthMm * 1.03);
  const finished = close.map((draft): Draft => {
    const points = finish(draft.points, region, space, raster, radius, start);
    return { points, lengthMm: cost(points) };
  });
  finished.sort((a, b) => a.lengthMm - b.lengthMm);
  return (finished[0] as Draft).points;
}

/** About 2,500 samples for a small area, a ninth of a swath for a large one. */
function rasterStep(region: Region, swathMm: number): number {
  const wanted = Math.sqrt((areaM2(region) * 1e6) / 2500);
  return Math.max(swathMm / 24, Math.min(swathMm / 9, wanted));
}

/**
 * The most promising lane sets, judged by lane length, the way between successive lanes, and what they leave
 * uncovered on a coarse raster, priced as the path that would cover it.
 */
function bestLaneSets(
  sets: readonly LaneSet[],
  region: Region,
  swathMm: number,
  start: PointMm | null,
): LaneSet[] {
  const raster = new CoverageRaster(
    region,
    swathMm / 2,
    Math.max(swathMm / 10, Math.sqrt(areaM2(region) * 250)),
  );
  const judged = sets.map((set) => {
    raster.clear();
    let length = 0;
    let at: PointMm | null = start;
    for (const lane of set.lanes) {
      raster.addLeg(lane.a, lane.b);
      length += distanceMm(lane.a, lane.b);
      if (at !== null) {
        const turnAround = distanceMm(at, lane.b) < distanceMm(at, lane.a);
        length += distanceMm(at, turnAround ? lane.b : lane.a);
        at = turnAround ? lane.a : lane.b;
      } else at = lane.b;
    }
    const openMm2 = raster.uncovered * raster.stepMm * raster.stepMm;
    return { set, cost: length + (1.2 * openMm2) / swathMm };
  });
  judged.sort((a, b) => a.cost - b.cost);
  // Many lanes are dear to order; a large area also differs less between directions.
  const lanesOfBest = judged[0]?.set.lanes.length ?? 0;
  const keep = lanesOfBest <= 8 ? 5 : lanesOfBest <= 40 ? 4 : 3;
  return judged.slice(0, keep).map((j) => j.set);
}

/** Lanes in their best order, joined by shortest ways inside. Lanes that cannot be reached are left to the patcher. */
function fly(lanes: readonly Lane[], space: FreeSpace, start: PointMm | null): PointMm[] {
  const ends = lanes.flatMap((lane) => [lane.a, lane.b]);
  const tour = orderLanes({
    lanes: lanes.length,
    distances: space.distanceMatrix(ends),
    fromStart: Float64Array.from(ends, (p) => (start === null ? 0 : Math.round(distanceMm(p, start)))),
  });
  const points: PointMm[] = [];
  for (const entry of tour) {
    const a = ends[entry] as PointMm;
    const b = ends[entry ^ 1] as PointMm;
    const last = points[points.length - 1];
    const stops = last === undefined ? [a, b] : [last, a, b];
    const way = join(space, stops);
    if (way === null) continue;
    points.push(...(last === undefined ? way : way.slice(1)));
  }
  return points;
}

function fallbackDraft(
  region: Region,
  space: FreeSpace,
  raster: CoverageRaster,
  radius: number,
  allowed: number,
): Draft {
  const middle = interiorPoint(space.region) ?? (region[0]?.[0] as PointMm);
  raster.clear();
  raster.addPath([wholeMm(middle)]);
  const points = patchPath([wholeMm(middle)], raster, space, radius, allowed);
  return { points, lengthMm: lengthMm(points) };
}

/**
 * Full shortening, then the exact check. When the samples promised too much, again with a smaller allowance; when
 * that does not help either, what is missing is patched exactly.
 */
function finish(
  draft: readonly PointMm[],
  region: Region,
  space: FreeSpace,
  raster: CoverageRaster,
  radius: number,
  start: PointMm | null,
): PointMm[] {
  let margin = SEARCH_MARGIN;
  let nearest: { points: PointMm[]; missing: number } | null = null;
  for (let attempt = 0; attempt < 3; attempt++) {
    const allowed = Math.max(0, Math.floor(raster.total * (1 - TARGET_COVERAGE - margin)));
    raster.clear();
    raster.addPath(draft);
    const patched = patchPath(draft, raster, space, radius, allowed);
    const points = shortenPath(patched, raster, space, { radiusMm: radius, allowed, passes: 12, start });
    const missing = CONTENT_COVERAGE - coverageFraction(region, points, radius);
    if (missing <= 0) return points;
    if (nearest === null || missing < nearest.missing) nearest = { points, missing };
    margin = Math.min(1 - TARGET_COVERAGE, margin + missing * 1.2 + 0.0002);
  }
  return patchExactly(nearest?.points ?? [...draft], region, space, radius);
}

/** Covers exact leftovers, largest first, until the target is met or a round brings nothing. */
function patchExactly(path: PointMm[], region: Region, space: FreeSpace, radius: number): PointMm[] {
  let points = path;
  let open = Number.POSITIVE_INFINITY;
  const whole = areaM2(region);
  for (let round = 0; round < 40; round++) {
    const rest = uncoveredRegion(region, points, radius);
    const restM2 = areaM2(rest);
    if (restM2 <= whole * (1 - CONTENT_COVERAGE) || restM2 >= open) return points;
    open = restM2;
    // Only as many pieces as it takes; the rest may stay uncovered.
    let missingM2 = restM2 - whole * (1 - CONTENT_COVERAGE);
    for (const part of partsOf(rest)) {
      if (missingM2 <= 0) break;
      const inside = interiorPoint([part.outer]);
      const group = inside === null ? part.outer : [...part.outer, inside];
      points = insertDetour(points, acrossGroup(group, points, space, radius), space, null);
      missingM2 -= partAreaM2(part);
    }
  }
  return points;
}

/** Way from home to the first point and from the last one back. */
function accessMm(points: readonly PointMm[], start: PointMm | null): number {
  const first = points[0];
  const last = points[points.length - 1];
  return start === null || !first || !last ? 0 : distanceMm(start, first) + distanceMm(last, start);
}
