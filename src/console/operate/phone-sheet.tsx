import { DownOutlined, UpOutlined } from '@ant-design/icons';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DronePanel } from '../fleet/drone-panel.tsx';
import { FleetList } from '../fleet/fleet-list.tsx';
import { CellCard } from '../grid/cell-card.tsx';
import { CellTree } from '../grid/cell-tree.tsx';
import { NoticeList } from '../notices/notice-list.tsx';
import { isOpenAlarm } from '../notices/notice-store.ts';
import { useConsole } from '../state/store.ts';

const TABS = ['cells', 'fleet', 'drone', 'notices'] as const;
type Tab = (typeof TABS)[number];

/** The side panels of a phone: one at a time over the lower half of the map, put away with one tap. */
export function PhoneSheet({ card }: { readonly card: ReactNode }) {
  const { t } = useTranslation();
  const [tab, setTab] = useState<Tab>('cells');
  const [open, setOpen] = useState(false);
  const cardOpen = useConsole((model) => model.card !== null);
  const cellId = useConsole((model) => model.selectedCellId);
  const alarms = useConsole(
    (model) => model.notices.filter((notice) => isOpenAlarm(notice, model.acknowledged)).length,
  );

  // A cell touched on the map shows itself; a plan or patrol opens its card.
  useEffect(() => {
    if (cellId === null) return;
    setTab('cells');
    setOpen(true);
  }, [cellId]);
  useEffect(() => {
    if (!cardOpen) return;
    setTab('cells');
    setOpen(true);
  }, [cardOpen]);

  const choose = (next: Tab) => {
    setOpen(next !== tab || !open);
    setTab(next);
  };

  return (
    <section className={`sheet ${open ? 'open' : ''} ${cardOpen && tab === 'cells' ? 'with-card' : ''}`}>
      {open && (
        <div className="sheet-body">
          {tab === 'cells' && (cardOpen ? card : <CellsTab />)}
          {tab === 'fleet' && <FleetList />}
          {tab === 'drone' && <DronePanel />}
          {tab === 'notices' && <NoticeList />}
        </div>
      )}
      <div className="sheet-tabs" role="tablist" aria-label={t('app.panels')}>
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={open && tab === name}
            data-testid={`sheet-${name}`}
            onClick={() => choose(name)}
          >
            {t(`sheet.${name}`)}
            {name === 'notices' && alarms > 0 && <span className="alarm-count figure">{alarms}</span>}
          </button>
        ))}
        <button
          type="button"
          className="sheet-toggle"
          aria-expanded={open}
          aria-label={open ? t('sheet.close') : t('sheet.open')}
          onClick={() => setOpen(!open)}
        >
          {open ? <DownOutlined /> : <UpOutlined />}
        </button>
      </div>
    </section>
  );
}

function CellsTab() {
  const selected = useConsole((model) => model.selectedCellId !== null);
  return (
    <>
      {selected && <CellCard />}
      <CellTree />
    </>
  );
}
