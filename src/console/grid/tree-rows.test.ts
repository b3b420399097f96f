import { describe, expect, it } from 'vitest';
import type { CellView } from '../../contract/index.ts';
import { ancestorsOf, buildGridIndex } from './grid-index.ts';
import { type TreeView, treeRows } from './tree-rows.ts';

const cell = (cellId: string, level: 1 | 2 | 3, parentId: string | null, person = ''): CellView => ({
  cellId,
  level,
  parentId,
  name: `网格${cellId}`,
  nameEn: `Cell ${cellId}`,
  areaM2: 1,
  centroid: [110, 25],
  responsible: person === '' ? [] : [{ name: person, role: '网格长', phone: '199-0000-0001' }],
  sample: true,
});

const grid = buildGridIndex({
  revision: 1,
  cells: [
    cell('M2', 3, 'S1', '李磊'),
    cell('L10', 1, null),
    cell('L2', 1, null),
    cell('S1', 2, 'L2'),
    cell('M1', 3, 'S1'),
    cell('X', 2, 'nowhere'),
  ],
});

const view = (patch: Partial<TreeView> = {}): TreeView => ({
  query: '',
  level: null,
  expanded: new Set(),
  language: 'en',
  ...patch,
});
const ids = (patch: Partial<TreeView>) => treeRows(grid, view(patch)).map((row) => row.cell.cellId);

describe('the rows of the grid tree', () => {
  it('starts with the top level in natural order, orphans included', () => {
    expect(ids({})).toEqual(['L2', 'L10', 'X']);
  });

  it('shows the children of what is open, indented', () => {
    const rows = treeRows(grid, view({ expanded: new Set(['L2', 'S1']) }));
    expect(rows.map((row) => `${row.depth}${row.cell.cellId}`)).toEqual([
      '0L2',
      '1S1',
      '2M1',
      '2M2',
      '0L10',
      '0X',
    ]);
  });

  it('finds by person, telephone, id and either name, all words together', () => {
    expect(ids({ query: '李磊' })).toEqual(['M2']);
    expect(ids({ query: '0001' })).toEqual(['M2']);
    expect(ids({ query: '网格M' })).toEqual(['M1', 'M2']);
    expect(ids({ query: 'cell l2' })).toEqual(['L2']);
    expect(ids({ query: 'cell nobody' })).toEqual([]);
  });

  it('says where a found cell lies', () => {
    expect(treeRows(grid, view({ query: 'M1' }))[0]?.path).toBe('Cell L2 › Cell S1');
  });

  it('lists one level flat when filtered', () => {
    expect(ids({ level: 2 })).toEqual(['S1', 'X']);
  });

  it('knows the way up', () => {
    expect(ancestorsOf(grid, 'M1').map((above) => above.cellId)).toEqual(['L2', 'S1', 'M1']);
  });
});
