import type { PointMm, Region } from '../geo/frame.ts';
import { FreeSpace } from '../geo/free-space.ts';
import { distanceMm, interiorPoint, lengthMm } from '../geo/measure.ts';
import { areaM2, offset, partAreaM2, partsOf, regionOf, simplify } from '../geo/region.ts';
import { contourDrafts } from './coverage-contour.ts';
import { renewPath, turningMm } from './coverage-renew.ts';
import { CoverageRows } from './coverage-rows.ts';
import { wholeMm } from './coverage-turn.ts';
import { coverageFraction, uncoveredRegion } from './exact.ts';
import { candidateLaneSets, type Lane, type LaneSet } from './lanes.ts';
import { orderLanes } from './order.ts';
import { acrossGroup, insertDetour, intoFree, join, patchPath } from './patch.ts';
import { CoverageRaster } from './raster.ts';
import { shortenPath } from './shorten.ts';

/** Least covered share of every plan, by exact polygon arithmetic. */
export const TARGET_COVERAGE = 0.995;
/** What the search is content with by rows, which err by a few hundred-thousandths, and so does rounding to degrees. */
const CONTENT_COVERAGE = TARGET_COVERAGE + 0.00008;
/** What polygon arithmetic must confirm: rounding to degrees on the wire costs a few millionths. */
const CONFIRMED_COVERAGE = TARGET_COVERAGE + 0.00002;
/** The search aims this much higher until it has been told how far its samples are from the truth. */
const SEARCH_MARGIN = 0.0002;
/** Rows to a swath of the measure that steers the search. */
const ROWS_PER_SWATH = 100;
/** By what share of the distance of fine samples the half swath is shortened for them. */
const FINE_SHY = 0.12;
/** What lanes leave open costs this many times the path that would see it with full swaths: leftovers are narrow. */
const OPEN_PRICE = 3;
/** What turning back is worth in swaths of path: enough to prefer the calmer of two equal paths. */
const TURN_PRICE_SWATHS = 0.12;

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
  const search: Search = { region, space, raster, rows, radiusMm, start, effort };
  const sets = bestLaneSets(
    candidateLaneSets(region, free, swathMm, effort.allAngles),
    region,
    swathMm,
    start,
    effort,
  );
  const begun: PointMm[][] = sets.map((set) => fly(set.lanes, space, start));
  if (effort.contours) {
    for (const draft of contourDrafts(region, swathMm)) {
      const inside = insideOnly(draft, space);
      if (inside.length > 1) begun.push(inside);
    }
  }
  const allowed = Math.floor(raster.total * (1 - TARGET_COVERAGE - SEARCH_MARGIN));
  const drafts = begun.map((path): Draft => {
    raster.clear();
    raster.addPath(path);
    const patched = patchPath(path, raster, space, radiusMm, allowed);
    const points = shortenPath(patched, raster, space, { radiusMm, allowed, passes: 2, start });
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
}

/** How much is tried: a small cell differs much between drafts, a district little, and there each is dear. */
interface Effort {
  /** Lane sets that are flown, of all directions and variants. */
  readonly laneSets: number;
  /** Every direction that lanes may have, or only the most promising. */
  readonly allAngles: boolean;
  /** Drafts that follow the border are tried too. */
  readonly contours: boolean;
  /** Drafts that are worked out fully. */
  readonly finalists: number;
  /** Samples to a swath in the last steps. */
  readonly finePerSwath: number;
  readonly passes: number;
  /** Stretches torn out and flown anew. */
  readonly rounds: number;
}

function effortFor(region: Region, swathMm: number): Effort {
  const squares = (areaM2(region) * 1e6) / swathMm ** 2;
  const usual = { allAngles: true, contours: true, finePerSwath: 18, passes: 10 };
  if (squares < 30)
    return { ...usual, laneSets: 3, contours: false, finalists: 1, finePerSwath: 12, passes: 5, rounds: 6 };
  if (squares < 120) return { ...usual, laneSets: 4, finalists: 2, rounds: 150 };
  if (squares < 400) return { ...usual, laneSets: 4, finalists: 2, rounds: 100 };
  const large = { contours: false, finePerSwath: 12, passes: 3, rounds: 0 };
  if (squares < 1500) return { ...large, laneSets: 2, allAngles: false, finalists: 1 };
  return { ...large, laneSets: 5, allAngles: true, finalists: 2 };
}

/** Legs of a draft that lead outside become shortest ways inside; points outside go to the nearest place inside. */
function insideOnly(draft: readonly PointMm[], space: FreeSpace): PointMm[] {
  const points = draft.map((p) => intoFree(space, p));
  const out: PointMm[] = [];
  for (const p of points) {
    const last = out[out.length - 1];
    const way = last === undefined ? [p] : join(space, [last, p]);
    if (way !== null) out.push(...(last === undefined ? way : way.slice(1)));
  }
  return out;
}

/**
 * Samples for the last steps. Search settles between samples: with coarse ones it would leave slivers that none sees,
 * so these are finer and count as seen only what is a hair less than half a swath away.
 */
function fineRaster(region: Region, swathMm: number, finePerSwath: number): CoverageRaster {
  const step = swathMm / finePerSwath;
  return new CoverageRaster(region, swathMm / 2 - FINE_SHY * step, step);
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
  effort: Effort,
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
    const tolerated = 0.8 * (1 - TARGET_COVERAGE) * raster.total * raster.stepMm * raster.stepMm;
    return { set, cost: length + (OPEN_PRICE * Math.max(0, openMm2 - tolerated)) / swathMm };
  });
  judged.sort((a, b) => a.cost - b.cost);
  return judged.slice(0, effort.laneSets).map((j) => j.set);
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
  { region, space, raster, radiusMm, start, effort, rows }: Search,
  allowed: number,
): Draft {
  const middle = wholeMm(interiorPoint(space.region) ?? (region[0]?.[0] as PointMm));
  raster.clear();
  raster.addPath([middle]);
  const points = patchPath([middle], raster, space, radiusMm, allowed);
  return { points, costMm: costMm(points, { region, space, raster, radiusMm, start, effort, rows }) };
}

/**
 * Full shortening and renewing, then the measure by rows. What the samples promised too much or too little corrects
 * the allowance, and it is shortened again; what is missing at last is patched exactly.
 */
function finish(draft: readonly PointMm[], search: Search): PointMm[] {
  const { raster, space, radiusMm, start, rows, effort } = search;
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
    });
    if (attempt === 0 && effort.rounds > 0) {
      const turnPriceMm = TURN_PRICE_SWATHS * 2 * radiusMm;
      const options = { radiusMm, allowed, passes: 0, start, rounds: effort.rounds, turnPriceMm };
      points = renewPath(points, raster, space, options);
    }
    const spare = rows.covered(points) - CONTENT_COVERAGE;
    if (spare >= 0 && (good === null || costMm(points, search) < costMm(good, search))) good = points;
    if (spare >= 0 && (spare < 0.0002 || attempt > 2)) break;
    // Towards the truth: the samples that may stay open are as many as rows say there is room for.
    const change = Math.round(raster.total * (spare >= 0 ? spare - 0.00005 : spare * 1.1 - 0.00005));
    allowed = Math.max(0, raster.uncovered + change);
  }
  return good ?? patchExactly(points, search.region, space, radiusMm);
}

function costMm(points: readonly PointMm[], { start, radiusMm }: Search): number {
  const turnPriceMm = TURN_PRICE_SWATHS * 2 * radiusMm;
  return lengthMm(points) + accessMm(points, start) + turningMm(points, turnPriceMm);
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
