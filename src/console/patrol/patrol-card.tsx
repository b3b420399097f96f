import { CloseOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { nameIn } from '../grid/grid-index.ts';
import { formatTime } from '../i18n/format.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { patchModel, useConsole } from '../state/store.ts';
import { SortieProgress } from './sortie-progress.tsx';

/** A patrol from launch to landing. */
export function PatrolCard({ patrolId }: { readonly patrolId: string }) {
  const { t } = useTranslation();
  const patrol = useConsole((model) => model.patrols[patrolId]);
  if (patrol === undefined) return null;
  const name = nameIn({ name: patrol.cellName, nameEn: patrol.cellNameEn }, currentLanguage());
  return (
    <section className="map-card" aria-label={t('patrol.title')} data-testid="patrol-card">
      <header className="map-card-head">
        <div>
          <h2>{t('patrol.of', { name })}</h2>
          <p className="soft">
            {t(`purpose.${patrol.purpose}`)} · {patrol.createdBy} ·{' '}
            <span className="figure">{formatTime(patrol.createdAtMs)}</span>
            {patrol.orderNumber !== null && <span className="figure"> · {patrol.orderNumber}</span>}
          </p>
          {patrol.note !== null && <p className="soft">{patrol.note}</p>}
        </div>
        <button
          type="button"
          className="plain-icon"
          aria-label={t('patrol.close')}
          onClick={() => patchModel({ card: null })}
        >
          <CloseOutlined />
        </button>
      </header>
      <div className="map-card-body">
        {patrol.sorties.map((sortie) => (
          <SortieProgress key={sortie.sortieId} sortie={sortie} />
        ))}
      </div>
    </section>
  );
}
