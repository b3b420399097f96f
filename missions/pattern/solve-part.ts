import type { PointMm, Region } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { distanceMm, interiorPoint, lengthMm } from '../geo/measure.ts';
import { areaM2, offset, partAreaM2, partsOf, regionOf, simplify } from '../geo/region.ts';
import { borderDrafts, laneDrafts } from './coverage-drafts.ts';
import { type Effort, effortFor, rasterStep } from './coverage-effort.ts';
import { renewPath } from './coverage-renew.ts';
import { CoverageRows } from './coverage-rows.ts';
import { wholeMm } from './coverage-turn.ts';
import { coverageFraction, TARGET_COVERAGE, uncoveredRegion } from './exact.ts';
import { acrossGroup, insertDetour, patchPath } from './patch.ts';
import { CoverageRaster } from './raster.ts';
import { shortenPath } from './shorten.ts';
import { turningMm, turnPriceFor } from './turn-price.ts';

/** What the search is content with by rows, which err by a few hundred-thousandths, and so does rounding to degrees. */
const CONTENT_COVERAGE = TARGET_COVERAGE + 0.00008;
/** What polygon arithmetic must confirm: rounding to degrees on the wire costs a few millionths. */
const CONFIRMED_COVERAGE = TARGET_COVERAGE + 0.00002;
/** Of that, so much may be given up again after the first attempt. */
const NEAR_MISS = 0.00002;
/** The search aims this much higher until it has been told how far its samples are from the truth. */
const SEARCH_MARGIN = 0.0002;
/** Rows to a swath of the measure that steers the search. */
const ROWS_PER_SWATH = 100;
/** By what share of the distance of fine samples the half swath is shortened for them. */
const FINE_SHY = 0.12;

/**
 * A pilot compares with plain lanes: when paths are chosen, turns beyond this many times those of the calmest lanes cost
 * `EXTRA_TIMES` the price of a turn on top. Lanes that are only begun leave strips open, which also take turns.
 */
const FAIR_TIMES = 1.9;
const EXTRA_TIMES = 2.4;

/** Sweeps over a draft before drafts are compared. */
const DRAFT_PASSES = 2;

/** Margins to keep from the border, as shares of a swath, and the last resort in millimetres. */
const MARGIN_SHARES = [0.05, 0.012] as const;
const LEAST_MARGIN_MM = 8;

/** A path over one part and its coverage by polygon arithmetic. */
export interface SolvedPart {
  readonly points: PointMm[];
  readonly coverageFraction: number;
}

/**
 * A path that covers one connected region. Margins from the border are tried from comfortable to hair-thin: thin
 * necks and spurs vanish with a wide one. Deterministic; `start` (home) pulls the ends of the path to it.
 */
export function solvePart(region: Region, swathMm: number, start: PointMm | null): SolvedPart {
  const radius = swathMm / 2;
  const judged = (points: PointMm[]): SolvedPart => ({
    points,
    coverageFraction: coverageFraction(region, points, radius),
  });
  const middle = interiorPoint(region);
  const rows = new CoverageRows(region, radius, swathMm / ROWS_PER_SWATH);
  if (middle !== null && rows.covered([middle]) >= CONTENT_COVERAGE) return judged([wholeMm(middle)]);
  let best: SolvedPart | null = null;
  const margins = [
    ...MARGIN_SHARES.map((share) => Math.max(LEAST_MARGIN_MM, share * swathMm)),
    LEAST_MARGIN_MM,
  ];
  for (const margin of new Set(margins)) {
    const free = freeSpaceOf(region, margin);
    if (free === null || (partsOf(free).length > 1 && margin > LEAST_MARGIN_MM)) continue;
    const solved = judged(solveInside(region, free, rows, swathMm, start));
    if (solved.coverageFraction >= CONFIRMED_COVERAGE) return solved;
    if (best === null || solved.coverageFraction > best.coverageFraction) best = solved;
  }
  return best ?? judged(middle === null ? [] : [wholeMm(middle)]);
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
  readonly costMm: number;
}

function solveInside(
  region: Region,
  free: Region,
  rows: CoverageRows,
  swathMm: number,
  start: PointMm | null,
): PointMm[] {
  const radiusMm = swathMm / 2;
  const effort = effortFor(region, swathMm);
  const space = new FreeSpace(free);
  const raster = new CoverageRaster(region, radiusMm, rasterStep(region, swathMm));
  const turnPriceMm = turnPriceFor(region, swathMm);
  const task = { region, free, space, swathMm, start, effort, turnPriceMm };
  const lanes = laneDrafts(task);
  const fairTurns = FAIR_TIMES * Math.min(...lanes.map((path) => turningMm(path, 1)));
  const search: Search = { ...task, raster, rows, radiusMm, fairTurns };
  const allowed = Math.floor(raster.total * (1 - TARGET_COVERAGE - SEARCH_MARGIN));
  const drafts = [...lanes, ...borderDrafts(task)].map((path): Draft => {
    raster.clear();
    raster.addPath(path);
    const patched = patchPath(path, raster, space, radiusMm, allowed);
    const options = { radiusMm, allowed, passes: DRAFT_PASSES, start, turnPriceMm };
    const points = shortenPath(patched, raster, space, options);
    return { points, costMm: costMm(points, search) };
  });
  if (drafts.length === 0) drafts.push(fallbackDraft(search, allowed));
  drafts.sort((a, b) => a.costMm - b.costMm);
  // A runner-up sometimes shortens better, but only when it is close.
  const close = drafts.filter(
    (d, i) => i < effort.finalists && d.costMm <= (drafts[0] as Draft).costMm * 1.04,
  );
  const fine = { ...search, raster: fineRaster(region, swathMm, effort.finePerSwath) };
  const finished = close.map((draft): Draft => {
    const points = finish(draft.points, fine);
    return { points, costMm: costMm(points, search) };
  });
  finished.sort((a, b) => a.costMm - b.costMm);
  return (finished[0] as Draft).points;
}

/** What all steps of one search share. */
interface Search {
  readonly region: Region;
  readonly space: FreeSpace;
  readonly raster: CoverageRaster;
  readonly rows: CoverageRows;
  readonly radiusMm: number;
  readonly start: PointMm | null;
  readonly effort: Effort;
  readonly turnPriceMm: number;
  /** More turns than these cost extra, see `FAIR_TIMES`. Infinite when there are no lanes to compare with. */
  readonly fairTurns: number;
}

/**
 * Samples for the last steps. Search settles between samples: with coarse ones it would leave slivers that none sees,
 * so these are finer and count as seen only what is a hair less than half a swath away.
 */
function fineRaster(region: Region, swathMm: number, finePerSwath: number): CoverageRaster {
  const step = swathMm / finePerSwath;
  return new CoverageRaster(region, swathMm / 2 - FINE_SHY * step, step);
}

function fallbackDraft(search: Search, allowed: number): Draft {
  const { region, space, raster, radiusMm } = search;
  const middle = wholeMm(interiorPoint(space.region) ?? (region[0]?.[0] as PointMm));
  raster.clear();
  raster.addPath([middle]);
  const points = patchPath([middle], raster, space, radiusMm, allowed);
  return { points, costMm: costMm(points, search) };
}

/**
 * Full shortening and renewing, then the measure by rows. What the samples promised too much or too little corrects
 * the allowance, and it is shortened again; what is missing at last is patched exactly.
 */
function finish(draft: readonly PointMm[], search: Search): PointMm[] {
  const { raster, space, radiusMm, start, rows, effort, turnPriceMm } = search;
  let points: PointMm[] = [...draft];
  let good: PointMm[] | null = null;
  raster.clear();
  raster.addPath(points);
  // The samples see less than the truth: what they miss of a draft that is well covered may stay open.
  const room = rows.covered(points) - CONTENT_COVERAGE - SEARCH_MARGIN;
  let allowed = Math.max(0, raster.uncovered + Math.round(raster.total * room));
  for (let attempt = 0; attempt < 5; attempt++) {
    points = patchPath(points, raster, space, radiusMm, allowed);
    points = shortenPath(points, raster, space, {
      radiusMm,
      allowed,
      passes: attempt === 0 ? effort.passes : Math.min(4, effort.passes),
      start,
      turnPriceMm,
    });
    if (attempt === 0 && effort.rounds > 0) {
      const options = { radiusMm, allowed, passes: 0, start, rounds: effort.rounds, turnPriceMm };
      points = renewPath(points, raster, space, options);
    }
    // A near miss is still above what is confirmed; chasing it took five attempts on some areas.
    const near = attempt === 0 ? 0 : NEAR_MISS;
    const spare = rows.covered(points) - CONTENT_COVERAGE + near;
    if (spare >= 0 && (good === null || costMm(points, search) < costMm(good, search))) good = points;
    if (spare >= 0 && (spare < 0.0002 || attempt > 2)) break;
    // Towards the truth: the samples that may stay open are as many as rows say there is room for.
    const change = Math.round(raster.total * (spare >= 0 ? spare - 0.00005 : spare * 1.1 - 0.00005));
    allowed = Math.max(0, raster.uncovered + change);
  }
  return good ?? patchExactly(points, search.region, space, radiusMm);
}

function costMm(points: readonly PointMm[], search: Search): number {
  const { start, turnPriceMm, fairTurns } = search;
  const turns = turningMm(points, 1);
  const extra = Math.max(0, turns - fairTurns);
  return lengthMm(points) + accessMm(points, start) + (turns + EXTRA_TIMES * extra) * turnPriceMm;
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
