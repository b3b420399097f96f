import { frameOf, type LocalFrame, type Region } from '../geo/frame.ts';
import { areaM2, boundsOf, cleanPolygons, difference, intersect, unionAll } from '../geo/region.ts';
import type { GridCell } from '../model.ts';
import type { IssueList } from './issues.ts';

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

interface Shape {
  readonly draft: DraftCell;
  readonly region: Region;
  readonly areaM2: number;
  readonly bounds: ReturnType<typeof boundsOf>;
}

/**
 * Checks the three-level tree. Cells whose parent does not exist or is of the wrong level are left out with an
 * error; then, as warnings with figures: children outside their parent, overlaps between siblings, gaps.
 * Load: one union and two differences per parent; single cells are only looked at where a sum does not add up.
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
  for (const [parentId, children] of families) {
    checkFamily(shapes.get(parentId), children, issues);
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

function checkFamily(parent: Shape | undefined, children: readonly Shape[], issues: IssueList): void {
  const together = unionAll(children.flatMap((child) => [...child.region]));
  const sum = children.reduce((total, child) => total + child.areaM2, 0);
  if (sum - areaM2(together) > LEAST_M2) reportOverlaps(children, issues);
  if (parent === undefined) return;
  const smallest = Math.min(...children.map((child) => child.areaM2));
  if (areaM2(difference(together, parent.region)) > smallest * OUTSIDE_SHARE) {
    reportOutside(parent, children, issues);
  }
  const gapM2 = areaM2(difference(parent.region, together));
  if (gapM2 > Math.max(LEAST_M2, parent.areaM2 * GAP_SHARE)) {
    const { cell, featureIndex } = parent.draft;
    issues.add(
      'grid.gap',
      { cellId: cell.cellId, featureIndex },
      `The ${children.length} cells inside ${cell.cellId} leave ${Math.round(gapM2)} m² (${percent(gapM2, parent.areaM2)} %) of it uncovered.`,
      { gapM2: Math.round(gapM2), gapPct: percent(gapM2, parent.areaM2), children: children.length },
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

function reportOverlaps(children: readonly Shape[], issues: IssueList): void {
  const sorted = [...children].sort((a, b) => a.bounds.minX - b.bounds.minX);
  sorted.forEach((a, i) => {
    for (const b of sorted.slice(i + 1)) {
      if (b.bounds.minX >= a.bounds.maxX) break;
      if (b.bounds.minY >= a.bounds.maxY || a.bounds.minY >= b.bounds.maxY) continue;
      const overlapM2 = areaM2(intersect(a.region, b.region));
      const smaller = Math.min(a.areaM2, b.areaM2);
      if (overlapM2 <= Math.max(LEAST_M2, smaller * OVERLAP_SHARE)) continue;
      const [first, second] = a.draft.featureIndex < b.draft.featureIndex ? [a, b] : [b, a];
      const otherId = first.draft.cell.cellId;
      issues.add(
        'grid.overlap',
        { cellId: second.draft.cell.cellId, featureIndex: second.draft.featureIndex },
        `Cell ${second.draft.cell.cellId} overlaps ${otherId} by ${Math.round(overlapM2)} m² (${percent(overlapM2, smaller)} % of the smaller one).`,
        { otherId, overlapM2: Math.round(overlapM2), overlapPct: percent(overlapM2, smaller) },
      );
    }
  });
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
