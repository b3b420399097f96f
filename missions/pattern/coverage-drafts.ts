import type { PointMm, Region } from '../geo/frame.ts';
import type { FreeSpace } from '../geo/free-space.ts';
import { distanceMm } from '../geo/measure.ts';
import { areaM2 } from '../geo/region.ts';
import { contourDrafts } from './coverage-contour.ts';
import type { Effort } from './coverage-effort.ts';
import { TARGET_COVERAGE } from './exact.ts';
import { candidateLaneSets, type Lane, type LaneSet } from './lanes.ts';
import { addTurns, orderLanes } from './order.ts';
import { intoFree, join } from './patch.ts';
import { CoverageRaster } from './raster.ts';

/** What lanes leave open costs this many times the path that would see it with full swaths: leftovers are narrow. */
const OPEN_PRICE = 3;

/** What drafts are made of. */
export interface DraftTask {
  readonly region: Region;
  /** Where the aircraft may be: the region less a margin. */
  readonly free: Region;
  readonly space: FreeSpace;
  readonly swathMm: number;
  readonly start: PointMm | null;
  readonly effort: Effort;
  readonly turnPriceMm: number;
}

/** The most promising lanes, flown: they leave strips open that are patched later. Empty when no lane fits. */
export function laneDrafts(task: DraftTask): PointMm[][] {
  const { region, free, space, swathMm, start, effort, turnPriceMm } = task;
  const sets = candidateLaneSets(region, free, swathMm, effort.allAngles);
  const best = bestLaneSets(sets, region, swathMm, start, effort);
  return best.map((set) => fly(set.lanes, space, start, turnPriceMm));
}

/** Drafts that follow the border inwards, where the effort has room for them. */
export function borderDrafts({ region, space, swathMm, effort }: DraftTask): PointMm[][] {
  if (!effort.contours) return [];
  const drafts = contourDrafts(region, swathMm).map((draft) => insideOnly(draft, space));
  return drafts.filter((draft) => draft.length > 1);
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
function fly(
  lanes: readonly Lane[],
  space: FreeSpace,
  start: PointMm | null,
  turnPriceMm: number,
): PointMm[] {
  const ends = lanes.flatMap((lane) => [lane.a, lane.b]);
  const distances = space.distanceMatrix(ends);
  addTurns(distances, ends, turnPriceMm);
  const tour = orderLanes({
    lanes: lanes.length,
    distances,
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
