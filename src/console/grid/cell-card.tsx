import { AimOutlined, PhoneOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { formatArea } from '../i18n/format.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { fitCell } from '../map/map-commands.ts';
import { openPlan } from '../patrol/plan-store.ts';
import { useConsole } from '../state/store.ts';
import { ancestorsOf, nameIn } from './grid-index.ts';
import { LevelMark } from './level-mark.tsx';

/** The selected cell: what it is, who answers for it, and the way to a patrol. */
export function CellCard() {
  const { t } = useTranslation();
  const language = currentLanguage();
  const grid = useConsole((model) => model.grid);
  const cellId = useConsole((model) => model.selectedCellId);
  const cell = cellId === null ? undefined : grid?.byId.get(cellId);
  if (grid === null || cell === undefined) {
    return (
      <section className="panel-section cell-card" aria-label={t('cell.title')}>
        <p className="empty">{t('cell.none')}</p>
      </section>
    );
  }
  const above = ancestorsOf(grid, cell.cellId).slice(0, -1);
  return (
    <section className="panel-section cell-card" aria-label={t('cell.title')} data-testid="cell-card">
      <header className="cell-card-head">
        <div>
          <h2>
            <LevelMark level={cell.level} /> {nameIn(cell, language)}
          </h2>
          <p className="soft">
            {above.length > 0 && <>{above.map((parent) => nameIn(parent, language)).join(' › ')} · </>}
            <span className="figure">
              {cell.cellId} · {formatArea(cell.areaM2)}
            </span>
            {cell.sample && <span className="tag">{t('cell.sample')}</span>}
          </p>
        </div>
        <button
          type="button"
          className="plain-icon"
          aria-label={t('cell.show')}
          title={t('cell.show')}
          onClick={() => fitCell(cell.cellId)}
        >
          <AimOutlined />
        </button>
      </header>
      <ul className="people">
        {cell.responsible.map((person) => (
          <li key={`${person.role}-${person.name}`}>
            <span>
              {person.name} <span className="soft">{person.role}</span>
            </span>
            {person.phone !== null && (
              <a href={`tel:${person.phone}`} className="figure">
                <PhoneOutlined aria-hidden="true" /> {person.phone}
              </a>
            )}
          </li>
        ))}
        {cell.responsible.length === 0 && <li className="faint">{t('cell.nobody')}</li>}
      </ul>
      <Button type="primary" block data-testid="plan-patrol" onClick={() => openPlan(cell.cellId)}>
        {t('cell.plan')}
      </Button>
    </section>
  );
}
