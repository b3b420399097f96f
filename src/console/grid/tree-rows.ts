import type { CellView, GridLevel } from '../../contract/index.ts';
import { ancestorsOf, type GridIndex, nameIn } from './grid-index.ts';

export interface TreeRow {
  readonly cell: CellView;
  /** 0 at the top level. */
  readonly depth: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
  /** Where a found cell lies, e.g. "Area 3 › Block 14"; null in the tree, where the indent says it. */
  readonly path: string | null;
}

export interface TreeView {
  readonly query: string;
  readonly level: GridLevel | null;
  readonly expanded: ReadonlySet<string>;
  readonly language: string;
}

/** The rows to show, in order: the open part of the tree, or a flat list of finds when searching or filtering. */
export function treeRows(grid: GridIndex, view: TreeView): readonly TreeRow[] {
  const words = view.query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && view.level === null) return openRows(grid, view);
  const rows: TreeRow[] = [];
  for (const cell of sortedCells(grid)) {
    if (view.level !== null && cell.level !== view.level) continue;
    const text = grid.haystack.get(cell.cellId) ?? '';
    if (!words.every((word) => text.includes(word))) continue;
    const above = ancestorsOf(grid, cell.cellId).slice(0, -1);
    rows.push({
      cell,
      depth: 0,
      expandable: false,
      expanded: false,
      path: above.length === 0 ? null : above.map((parent) => nameIn(parent, view.language)).join(' › '),
    });
  }
  return rows;
}

function openRows(grid: GridIndex, view: TreeView): readonly TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (parentId: string, depth: number) => {
    for (const cell of grid.childrenOf.get(parentId) ?? []) {
      const expandable = (grid.childrenOf.get(cell.cellId)?.length ?? 0) > 0;
      const expanded = expandable && view.expanded.has(cell.cellId);
      rows.push({ cell, depth, expandable, expanded, path: null });
      if (expanded) visit(cell.cellId, depth + 1);
    }
  };
  visit('', 0);
  return rows;
}

/** Tree order without its folding: parents before children. */
function sortedCells(grid: GridIndex): readonly CellView[] {
  const all: CellView[] = [];
  const visit = (parentId: string) => {
    for (const cell of grid.childrenOf.get(parentId) ?? []) {
      all.push(cell);
      visit(cell.cellId);
    }
  };
  visit('');
  // Coarser levels first, so that a search for a name finds the area before its micro cells.
  return all.sort((a, b) => a.level - b.level);
}
