import { Spin } from 'antd';
import { lazy, Suspense } from 'react';
import { SafetyBar } from '../fleet/safety-bar.tsx';
import { AlarmBanner } from '../notices/alarm-banner.tsx';
import { OperatePage } from '../operate/operate-page.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { useRoute } from './route.ts';
import { TopBar } from './top-bar.tsx';

const FlightsPage = lazy(() => import('../flights/flights-page.tsx'));
const GridPage = lazy(() => import('../grid/grid-page.tsx'));

/** The frame around every page: bar, banners, page, and the safety bar that never goes away. */
export function Shell() {
  const { page, item } = useRoute();
  return (
    <div className="shell">
      <TopBar page={page} />
      <ConnectionBanner />
      <AlarmBanner />
      <ErrorBoundary key={page}>
        <Suspense fallback={<Spin className="page-spin" />}>
          {page === 'operate' && <OperatePage />}
          {page === 'flights' && <FlightsPage flightId={item} />}
          {page === 'grid' && <GridPage />}
        </Suspense>
      </ErrorBoundary>
      <SafetyBar />
    </div>
  );
}
