import Flatbush from 'flatbush';
import { frameOf, type LocalFrame, mmToLonLat, type Region } from '../geo/frame.ts';
import { interiorPoint } from '../geo/measure.ts';
import {
  areaM2,
  boundsOf,
  cleanPolygons,
  difference,
  intersect,
  partsOf,
  regionOf,
  unionAll,
} from '../geo/region.ts';
import type { GridCell } from '../model.ts';
import { type IssueList, WHOLE_FILE } from './issues.ts';

/** A cell whose place in the tree is not checked yet. */
export interface DraftCell {
  readonly cell: GridCell;
  readonly featureIndex: number;
}

/** A child may lie outside its parent by this share of its own area: border lines are digitised twice. */
const OUTSIDE_SHARE = 0.01;
/** Overlaps and gaps under these shares (and under `LEAST_M2`) are digitising noise. */
const OVERLAP_SHARE = 0.001;
const GAP_SHARE = 0.005;
const LEAST_M2 = 1;
/** Pairs of siblings with meeting bounding boxes that are looked at in one file; a sound grid of 2,000 cells has some 8,000. */
const MOST_PAIRS = 20_000;

interface Shape {
  readonly draft: DraftCell;
  readonly region: Region;
  readonly areaM2: number;
  readonly bounds: ReturnType<typeof boundsOf>;
}

/**
 * Checks the three-level tree. Cells whose parent does not exist or is of the wrong level are left out with an
 * error; then, as warnings with figures: children outside their parent, overlaps between siblings, cells with the
 * same border, gaps with their place. Load: one union and two differences per parent; single cells are only looked
 * at where a sum does not add up, pairs by a spatial index and at most `MOST_PAIRS` of them.
 */
export function checkTree(drafts: readonly DraftCell[], issues: IssueList): GridCell[] {
  const usable = checkParents(drafts, issues);
  if (usable.length === 0) return [];
  const frame = commonFrame(usable);
  const shapes = new Map<string, Shape>();
  for (const draft of usable) {
    const region = cleanPolygons(frame, draft.cell.geometry);
    shapes.set(draft.cell.cellId, { draft, region, areaM2: areaM2(region), bounds: boundsOf(region) });
  }
  const families = new Map<string, Shape[]>();
  for (const shape of shapes.values()) {
    // Cells without a parent are siblings of those of their own level only.
    const key = shape.draft.cell.parentId ?? `\u0000level ${shape.draft.cell.level}`;
    const family = families.get(key);
    if (family) family.push(shape);
    else families.set(key, [shape]);
  }
  const budget = { pairs: MOST_PAIRS, skipped: 0 };
  for (const [parentId, children] of families) {
    checkFamily(frame, shapes.get(parentId), children, budget, issues);
  }
  if (budget.skipped > 0) {
    issues.add(
      'grid.overlaps-not-checked',
      WHOLE_FILE,
      `So many cells lie on each other that ${budget.skipped} pairs were not compared; mend the overlaps reported and read the file again.`,
      { pairs: budget.skipped },
    );
  }
  return usable.map((draft) => draft.cell);
}

/** Repeats until nothing falls out: a child of a cell that is left out has an unknown parent itself. */
function checkParents(drafts: readonly DraftCell[], issues: IssueList): DraftCell[] {
  const byId = new Map(drafts.map((draft) => [draft.cell.cellId, draft]));
  const out: DraftCell[] = [];
  // Parents before children, so that one pass is enough.
  const ordered = [...drafts].sort((a, b) => a.cell.level - b.cell.level);
  for (const draft of ordered) {
    const { cell, featureIndex } = draft;
    const place = { cellId: cell.cellId, featureIndex };
    if (cell.level === 1) {
      if (cell.parentId !== null) {
        issues.add(
          'grid.unexpected-parent',
          place,
          `Large cell ${cell.cellId} names a parent (${cell.parentId}); large cells have none. It was ignored.`,
          { parentId: cell.parentId },
        );
        out.push({ ...draft, cell: { ...cell, parentId: null } });
      } else out.push(draft);
      continue;
    }
    if (cell.parentId === null) {
      issues.add('grid.no-parent', place, `Cell ${cell.cellId} of level ${cell.level} names no parent.`, {
        level: cell.level,
      });
      out.push(draft);
      continue;
    }
    const parent = byId.get(cell.parentId);
    if (parent === undefined) {
      issues.add(
        'grid.unknown-parent',
        place,
        `The parent ${cell.parentId} of cell ${cell.cellId} is not among the usable cells.`,
        { parentId: cell.parentId },
      );
      byId.delete(cell.cellId);
    } else if (parent.cell.level !== cell.level - 1) {
      issues.add(
        'grid.bad-parent-level',
        place,
        `Cell ${cell.cellId} of level ${cell.level} names ${cell.parentId} as parent, which is of level ${parent.cell.level}.`,
        { parentId: cell.parentId, level: cell.level, parentLevel: parent.cell.level },
      );
      byId.delete(cell.cellId);
    } else out.push(draft);
  }
  return out.sort((a, b) => a.featureIndex - b.featureIndex);
}

interface PairBudget {
  pairs: number;
  skipped: number;
}

function checkFamily(
  frame: LocalFrame,
  parent: Shape | undefined,
  children: readonly Shape[],
  budget: PairBudget,
  issues: IssueList,
): void {
  const together = unionAll(children.flatMap((child) => [...child.region]));
  const sum = children.reduce((total, child) => total + child.areaM2, 0);
  if (sum - areaM2(together) > LEAST_M2) reportOverlaps(children, budget, issues);
  if (parent === undefined) return;
  const smallest = children.reduce((least, child) => Math.min(least, child.areaM2), Number.POSITIVE_INFINITY);
  if (areaM2(difference(together, parent.region)) > smallest * OUTSIDE_SHARE) {
    reportOutside(parent, children, issues);
  }
  const gap = difference(parent.region, together);
  const gapM2 = areaM2(gap);
  if (gapM2 > Math.max(LEAST_M2, parent.areaM2 * GAP_SHARE)) {
    const { cell, featureIndex } = parent.draft;
    const parts = partsOf(gap);
    const largest = parts[0];
    const middle = largest === undefined ? null : interiorPoint(regionOf(largest));
    const place = middle === null ? cell.centroid : mmToLonLat(frame, middle);
    const lonDeg = Math.round(place.lonDeg * 1e6) / 1e6;
    const latDeg = Math.round(place.latDeg * 1e6) / 1e6;
    issues.add(
      'grid.gap',
      { cellId: cell.cellId, featureIndex },
      `The ${children.length} cells inside ${cell.cellId} leave ${Math.round(gapM2)} m² (${percent(gapM2, parent.areaM2)} %) of it uncovered, in ${parts.length} place${parts.length === 1 ? '' : 's'}, the largest at ${lonDeg}, ${latDeg}.`,
      {
        gapM2: Math.round(gapM2),
        gapPct: percent(gapM2, parent.areaM2),
        children: children.length,
        gaps: parts.length,
        lonDeg,
        latDeg,
      },
    );
  }
}

function reportOutside(parent: Shape, children: readonly Shape[], issues: IssueList): void {
  for (const child of children) {
    const outsideM2 = areaM2(difference(child.region, parent.region));
    if (outsideM2 <= child.areaM2 * OUTSIDE_SHARE) continue;
    const { cell, featureIndex } = child.draft;
    const parentId = parent.draft.cell.cellId;
    issues.add(
      'grid.outside-parent',
      { cellId: cell.cellId, featureIndex },
      `${Math.round(outsideM2)} m² (${percent(outsideM2, child.areaM2)} %) of cell ${cell.cellId} lie outside its parent ${parentId}.`,
      { parentId, outsideM2: Math.round(outsideM2), outsidePct: percent(outsideM2, child.areaM2) },
    );
  }
}

function reportOverlaps(children: readonly Shape[], budget: PairBudget, issues: IssueList): void {
  const index = new Flatbush(children.length);
  for (const { bounds } of children) index.add(bounds.minX, bounds.minY, bounds.maxX, bounds.maxY);
  index.finish();
  children.forEach((a, i) => {
    const { minX, minY, maxX, maxY } = a.bounds;
    const others = index.search(minX, minY, maxX, maxY, (k) => k > i).sort((p, q) => p - q);
    for (const k of others) {
      const b = children[k] as Shape;
      // Cells side by side share a border, not more.
      if (b.bounds.minX >= maxX || minX >= b.bounds.maxX || b.bounds.minY >= maxY || minY >= b.bounds.maxY)
        continue;
      if (budget.pairs <= 0) {
        budget.skipped++;
        continue;
      }
      budget.pairs--;
      reportOverlap(a, b, issues);
    }
  });
}

/** Children come in the order of the file, so `first` is the one that was there first. */
function reportOverlap(first: Shape, second: Shape, issues: IssueList): void {
  const overlapM2 = areaM2(intersect(first.region, second.region));
  const smaller = Math.min(first.areaM2, second.areaM2);
  const noise = Math.max(LEAST_M2, smaller * OVERLAP_SHARE);
  if (overlapM2 <= noise) return;
  const place = { cellId: second.draft.cell.cellId, featureIndex: second.draft.featureIndex };
  const otherId = first.draft.cell.cellId;
  if (Math.max(first.areaM2, second.areaM2) - overlapM2 <= noise) {
    issues.add('grid.same-geometry', place, `Cell ${place.cellId} has the same border as ${otherId}.`, {
      otherId,
    });
    return;
  }
  issues.add(
    'grid.overlap',
    place,
    `Cell ${place.cellId} overlaps ${otherId} by ${Math.round(overlapM2)} m² (${percent(overlapM2, smaller)} % of the smaller one).`,
    { otherId, overlapM2: Math.round(overlapM2), overlapPct: percent(overlapM2, smaller) },
  );
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10;
}

function commonFrame(drafts: readonly DraftCell[]): LocalFrame {
  const frame = frameOf({
    type: 'MultiPolygon',
    coordinates: drafts.flatMap(({ cell }) =>
      cell.geometry.type === 'Polygon' ? [cell.geometry.coordinates] : cell.geometry.coordinates,
    ),
  });
  // Every usable cell has finite positions, so a frame exists.
  return frame as LocalFrame;
}
