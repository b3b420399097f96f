import { Spin } from 'antd';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { AirspaceCard } from '../airspace/airspace-card.tsx';
import { ErrorBoundary } from '../app/error-boundary.tsx';
import { usePhone } from '../app/use-phone.ts';
import { DronePanel } from '../fleet/drone-panel.tsx';
import { FleetList } from '../fleet/fleet-list.tsx';
import { CellCard } from '../grid/cell-card.tsx';
import { CellTree } from '../grid/cell-tree.tsx';
import { NoticeList } from '../notices/notice-list.tsx';
import { PatrolCard } from '../patrol/patrol-card.tsx';
import { PatrolStrip } from '../patrol/patrol-strip.tsx';
import { PlanCard } from '../patrol/plan-card.tsx';
import { useConsole } from '../state/store.ts';
import { PhoneSheet } from './phone-sheet.tsx';

const MapView = lazy(() => import('../map/map-view.tsx'));

/** Map in the middle; the ground on the left, the air on the right; on a phone the panels share a bottom sheet. */
export function OperatePage() {
  const { t } = useTranslation();
  const phone = usePhone();
  return (
    <main className={phone ? 'operate operate-phone' : 'operate'}>
      {!phone && (
        <aside className="side-panel left" aria-label={t('app.ground-panel')}>
          <CellTree />
          <CellCard />
          <NoticeList />
        </aside>
      )}
      <div className="map-area">
        <ErrorBoundary>
          <Suspense fallback={<Spin className="page-spin" />}>
            <MapView />
          </Suspense>
        </ErrorBoundary>
        <PatrolStrip />
        {!phone && <OpenCard />}
      </div>
      {!phone && (
        <aside className="side-panel right" aria-label={t('app.air-panel')}>
          <FleetList />
          <DronePanel />
        </aside>
      )}
      {phone && <PhoneSheet card={<OpenCard />} />}
    </main>
  );
}

function OpenCard() {
  const card = useConsole((model) => model.card);
  if (card === null) return null;
  switch (card.kind) {
    case 'plan':
      return <PlanCard key={card.cellId} cellId={card.cellId} />;
    case 'patrol':
      return <PatrolCard patrolId={card.patrolId} />;
    case 'airspace':
      return <AirspaceCard />;
  }
}
