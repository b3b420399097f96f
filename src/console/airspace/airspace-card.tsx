import { CloseOutlined, EditOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../contract/index.ts';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { api, toProblem } from '../state/api.ts';
import { useNow } from '../state/now.ts';
import { patchModel, useConsole } from '../state/store.ts';
import { ConflictList } from './conflict-list.tsx';
import { DrawForm } from './draw-form.tsx';
import { startDrawing, useDraw } from './draw-store.ts';
import { ZoneImport } from './zone-import.tsx';
import { ZoneRow } from './zone-row.tsx';
import { zoneTime } from './zone-text.ts';

const ORDER = { now: 0, later: 1, over: 2 } as const;

/** Zones and who is in trouble with them, over the map that shows both. */
export function AirspaceCard() {
  const { t } = useTranslation();
  const zones = useConsole((model) => model.zones);
  const stale = useConsole((model) => model.airspaceProblem);
  const session = useConsole((model) => (model.session.kind === 'signed-in' ? model.session.session : null));
  const serverOffsetMs = useConsole((model) => model.serverOffsetMs);
  const drawing = useDraw((model) => model.active);
  const [problem, setProblem] = useState<Problem | null>(null);
  useNow();

  const nowMs = Date.now() + serverOffsetMs;
  const roles = session?.roles ?? [];
  const mayLast = roles.includes('supervisor') || roles.includes('admin');
  const mayDraw = mayLast || roles.includes('operator');
  const sorted = [...zones].sort(
    (a, b) => ORDER[zoneTime(a, nowMs)] - ORDER[zoneTime(b, nowMs)] || a.name.localeCompare(b.name),
  );

  const remove = async (zoneId: string) => {
    setProblem(null);
    try {
      await api.removeZone(zoneId);
    } catch (error) {
      setProblem(toProblem(error));
    }
  };

  return (
    <section className="map-card airspace-card" aria-label={t('zone.title')} data-testid="airspace-card">
      <header className="map-card-head">
        <div>
          <h2>{t('zone.title')}</h2>
          <p className="soft">{t('zone.count', { zones: zones.length })}</p>
        </div>
        <button
          type="button"
          className="plain-icon"
          aria-label={t('zone.close')}
          onClick={() => patchModel({ card: null })}
        >
          <CloseOutlined />
        </button>
      </header>
      <div className="map-card-body">
        <ConflictList />
        {stale && <p className="warn-text">{t('zone.stale')}</p>}
        {drawing ? (
          <DrawForm mayLast={mayLast} />
        ) : (
          <>
            {mayDraw && (
              <div className="zone-buttons">
                <Button type="primary" icon={<EditOutlined />} onClick={startDrawing} data-testid="draw-zone">
                  {t(mayLast ? 'zone.draw' : 'zone.draw-temporary')}
                </Button>
                {mayLast && <ZoneImport />}
              </div>
            )}
            <ProblemAlert problem={problem} testId="zone-remove-problem" />
            {sorted.length === 0 ? (
              <p className="empty">{t('zone.none')}</p>
            ) : (
              <ul className="zone-list">
                {sorted.map((zone) => (
                  <ZoneRow
                    key={zone.zoneId}
                    zone={zone}
                    nowMs={nowMs}
                    mayRemove={mayLast || (mayDraw && zone.temporary && zone.createdBy === session?.username)}
                    onRemove={(zoneId) => void remove(zoneId)}
                  />
                ))}
              </ul>
            )}
          </>
        )}
      </div>
    </section>
  );
}
