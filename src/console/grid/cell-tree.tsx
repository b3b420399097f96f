import { SearchOutlined } from '@ant-design/icons';
import { Input, Segmented } from 'antd';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GridLevel } from '../../contract/index.ts';
import { VirtualList, type VirtualListHandle } from '../app/virtual-list.tsx';
import { currentLanguage } from '../i18n/i18n.ts';
import { useConsole } from '../state/store.ts';
import { CELL_ROW_HEIGHT, CellRow } from './cell-row.tsx';
import { ancestorsOf, type GridIndex } from './grid-index.ts';
import { selectCell } from './selection.ts';
import { treeRows } from './tree-rows.ts';

const LEVELS: readonly GridLevel[] = [1, 2, 3];

export function CellTree() {
  const { t } = useTranslation();
  const grid = useConsole((model) => model.grid);
  const problem = useConsole((model) => model.gridProblem);
  if (grid === null) {
    return (
      <section className="panel-section cells-section" aria-label={t('grid.title')}>
        <p className="empty">{problem === null ? t('grid.loading') : t('grid.load-failed')}</p>
      </section>
    );
  }
  return <LoadedTree grid={grid} />;
}

function LoadedTree({ grid }: { readonly grid: GridIndex }) {
  const { t } = useTranslation();
  const language = currentLanguage();
  const selectedId = useConsole((model) => model.selectedCellId);
  const [query, setQuery] = useState('');
  const [level, setLevel] = useState<GridLevel | null>(null);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<VirtualListHandle>(null);
  const lateQuery = useDeferredValue(query);

  const rows = useMemo(
    () => treeRows(grid, { query: lateQuery, level, expanded, language }),
    [grid, lateQuery, level, expanded, language],
  );
  const keyed = useMemo(() => rows.map((row) => ({ key: row.cell.cellId, row })), [rows]);
  const selectedIndex = rows.findIndex((row) => row.cell.cellId === selectedId);

  // A cell picked on the map opens its branch here.
  useEffect(() => {
    if (selectedId === null) return;
    const above = ancestorsOf(grid, selectedId).slice(0, -1);
    setExpanded((open) =>
      above.every((cell) => open.has(cell.cellId))
        ? open
        : new Set([...open, ...above.map((cell) => cell.cellId)]),
    );
  }, [selectedId, grid]);
  useEffect(() => {
    if (selectedIndex >= 0) list.current?.scrollToRow(selectedIndex);
  }, [selectedIndex]);

  const toggle = (cellId: string, open: boolean) => {
    const next = new Set(expanded);
    if (open) next.add(cellId);
    else next.delete(cellId);
    setExpanded(next);
  };

  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows[selectedIndex];
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      const next = rows[Math.max(0, Math.min(rows.length - 1, selectedIndex + step))];
      if (next !== undefined) selectCell(next.cell.cellId);
    } else if (event.key === 'ArrowRight' && row?.expandable) toggle(row.cell.cellId, true);
    else if (event.key === 'ArrowLeft' && row?.expanded) toggle(row.cell.cellId, false);
    else return;
    event.preventDefault();
  };

  return (
    <section className="panel-section cells-section" aria-label={t('grid.title')}>
      <header className="panel-head">
        <h2>{t('grid.title')}</h2>
        <span className="faint figure">
          {grid.counts[1]} / {grid.counts[2]} / {grid.counts[3]}
        </span>
      </header>
      <div className="cells-tools">
        <Input
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t('grid.search')}
          aria-label={t('grid.search')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          data-testid="cell-search"
        />
        <Segmented
          block
          size="small"
          aria-label={t('grid.level-filter')}
          value={level ?? 0}
          onChange={(value) => setLevel(LEVELS.find((known) => known === value) ?? null)}
          options={[
            { value: 0, label: t('grid.level-all') },
            ...LEVELS.map((value) => ({ value: value as number, label: t(`grid.level-${value}`) })),
          ]}
        />
      </div>
      {rows.length === 0 ? (
        <p className="empty">{grid.cells.length === 0 ? t('grid.none') : t('grid.no-match')}</p>
      ) : (
        <VirtualList
          ref={list}
          rows={keyed}
          rowHeight={CELL_ROW_HEIGHT}
          role="tree"
          label={t('grid.title')}
          className="cell-list"
          onKeyDown={onKeyDown}
          render={({ row }) => (
            <CellRow
              row={row}
              language={language}
              selected={row.cell.cellId === selectedId}
              tabStop={row.cell.cellId === selectedId || (selectedIndex < 0 && row === rows[0])}
              onToggle={toggle}
            />
          )}
        />
      )}
    </section>
  );
}
