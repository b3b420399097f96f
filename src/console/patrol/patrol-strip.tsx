import { useTranslation } from 'react-i18next';
import type { PatrolView } from '../../contract/index.ts';
import { nameIn } from '../grid/grid-index.ts';
import { formatPercent } from '../i18n/format.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { patchModel, useConsole } from '../state/store.ts';

/** Patrols in the air as small buttons over the map; each opens its progress. */
export function PatrolStrip() {
  const { t } = useTranslation();
  const patrols = useConsole((model) => model.patrols);
  const card = useConsole((model) => model.card);
  const running = Object.values(patrols)
    .filter((patrol) => patrol.state === 'running')
    .sort((a, b) => a.createdAtMs - b.createdAtMs);
  if (running.length === 0) return null;
  return (
    <div className="patrol-strip" role="toolbar" aria-label={t('patrol.running')}>
      {running.map((patrol) => {
        const open = card?.kind === 'patrol' && card.patrolId === patrol.patrolId;
        return (
          <button
            key={patrol.patrolId}
            type="button"
            aria-pressed={open}
            className={open ? 'open' : ''}
            data-testid={`patrol-chip-${patrol.patrolId}`}
            onClick={() => patchModel({ card: open ? null : { kind: 'patrol', patrolId: patrol.patrolId } })}
          >
            <span className="patrol-chip-fill" style={{ width: `${progress(patrol)}%` }} aria-hidden="true" />
            <span>{nameIn({ name: patrol.cellName, nameEn: patrol.cellNameEn }, currentLanguage())}</span>
            <span className="soft">{patrol.sorties.map((sortie) => sortie.vehicleName).join(' ')}</span>
            <span className="figure">{formatPercent(progress(patrol))}</span>
          </button>
        );
      })}
    </div>
  );
}

function progress(patrol: PatrolView): number {
  if (patrol.sorties.length === 0) return 0;
  return patrol.sorties.reduce((sum, sortie) => sum + sortie.progressPct, 0) / patrol.sorties.length;
}
