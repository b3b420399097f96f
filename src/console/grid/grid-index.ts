import type { CellList, CellView, GridLevel } from '../../contract/index.ts';

/** The grid arranged for the tree, the search and the map labels. */
export interface GridIndex {
  readonly revision: number;
  readonly cells: readonly CellView[];
  readonly byId: ReadonlyMap<string, CellView>;
  /** Children of a cell in name order; the key '' holds the cells without a parent. */
  readonly childrenOf: ReadonlyMap<string, readonly CellView[]>;
  /** Lower-case text in which the search looks: names, id, people, telephone numbers. */
  readonly haystack: ReadonlyMap<string, string>;
  readonly counts: Readonly<Record<GridLevel, number>>;
}

export function buildGridIndex(list: CellList): GridIndex {
  const byId = new Map<string, CellView>();
  const childrenOf = new Map<string, CellView[]>();
  const haystack = new Map<string, string>();
  const counts: Record<GridLevel, number> = { 1: 0, 2: 0, 3: 0 };
  for (const cell of list.cells) byId.set(cell.cellId, cell);
  for (const cell of list.cells) {
    counts[cell.level] += 1;
    // A parent that is not in the grid must not hide its children.
    const parent = cell.parentId !== null && byId.has(cell.parentId) ? cell.parentId : '';
    const siblings = childrenOf.get(parent);
    if (siblings === undefined) childrenOf.set(parent, [cell]);
    else siblings.push(cell);
    haystack.set(cell.cellId, searchText(cell));
  }
  for (const siblings of childrenOf.values()) siblings.sort(byCellId);
  return { revision: list.revision, cells: list.cells, byId, childrenOf, haystack, counts };
}

function searchText(cell: CellView): string {
  const people = cell.responsible.map((person) => `${person.name} ${person.phone ?? ''}`).join(' ');
  return `${cell.name} ${cell.nameEn ?? ''} ${cell.cellId} ${people}`.toLowerCase();
}

function byCellId(a: CellView, b: CellView): number {
  return a.level - b.level || a.cellId.localeCompare(b.cellId, 'en', { numeric: true });
}

/** From the top level down to the cell itself. */
export function ancestorsOf(grid: GridIndex, cellId: string): readonly CellView[] {
  const path: CellView[] = [];
  let cell = grid.byId.get(cellId);
  while (cell !== undefined && path.length < 4) {
    path.unshift(cell);
    cell = cell.parentId === null ? undefined : grid.byId.get(cell.parentId);
  }
  return path;
}

/** A name in the operator's language; the Chinese name stands in when no English one is recorded. */
export function nameIn(
  named: { readonly name: string; readonly nameEn: string | null },
  language: string,
): string {
  return language === 'en' ? (named.nameEn ?? named.name) : named.name;
}
