import { CaretDownOutlined, CaretRightOutlined } from '@ant-design/icons';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { fitCell } from '../map/map-commands.ts';
import { useConsole } from '../state/store.ts';
import { nameIn } from './grid-index.ts';
import { LevelMark } from './level-mark.tsx';
import { selectCell } from './selection.ts';
import type { TreeRow } from './tree-rows.ts';

export const CELL_ROW_HEIGHT = 32;
const INDENT = 16;

interface Props {
  readonly row: TreeRow;
  readonly language: string;
  readonly selected: boolean;
  /** The one row that Tab reaches; arrows move from there. */
  readonly tabStop: boolean;
  readonly onToggle: (cellId: string, open: boolean) => void;
}

export function CellRow({ row, language, selected, tabStop, onToggle }: Props) {
  const { t } = useTranslation();
  const { cell, depth, expandable, expanded, path } = row;
  const flown = useConsole((model) =>
    Object.values(model.patrols).some(
      (patrol) => patrol.cellId === cell.cellId && patrol.state === 'running',
    ),
  );
  // Arrow keys move the selection; the focus follows when it is in the tree, and only then.
  const item = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const focused = document.activeElement;
    if (selected && focused !== item.current && focused?.getAttribute('role') === 'treeitem') {
      item.current?.focus({ preventScroll: true });
    }
  }, [selected]);

  return (
    <div
      ref={item}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={expandable ? expanded : undefined}
      tabIndex={tabStop ? 0 : -1}
      className={`cell-row ${selected ? 'selected' : ''}`}
      style={{ paddingLeft: 4 + depth * INDENT }}
      data-testid={`cell-row-${cell.cellId}`}
      onClick={() => {
        selectCell(cell.cellId);
        fitCell(cell.cellId);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        selectCell(cell.cellId);
        fitCell(cell.cellId);
      }}
    >
      {expandable ? (
        <button
          type="button"
          tabIndex={-1}
          className="cell-caret"
          aria-label={expanded ? t('grid.fold') : t('grid.unfold')}
          onClick={(event) => {
            event.stopPropagation();
            onToggle(cell.cellId, !expanded);
          }}
        >
          {expanded ? <CaretDownOutlined /> : <CaretRightOutlined />}
        </button>
      ) : (
        <span className="cell-caret" />
      )}
      <LevelMark level={cell.level} />
      <span className="cell-name" title={nameIn(cell, language)}>
        {nameIn(cell, language)}
        {path !== null && <span className="cell-path faint">{path}</span>}
      </span>
      {flown && (
        <span
          className="flown-mark"
          title={t('grid.flown-now')}
          role="img"
          aria-label={t('grid.flown-now')}
        />
      )}
      <span className="cell-id figure faint">{cell.cellId}</span>
    </div>
  );
}
