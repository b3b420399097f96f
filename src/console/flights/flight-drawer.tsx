import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Drawer, Spin } from 'antd';
import { lazy, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlightDetail, Problem } from '../../contract/index.ts';
import { usePhone } from '../app/use-phone.ts';
import { problemText } from '../i18n/code-text.ts';
import { formatBytes } from '../i18n/format.ts';
import { api, toProblem } from '../state/api.ts';
import { useConsole } from '../state/store.ts';
import { FlightEvents } from './flight-events.tsx';
import { FlightFacts } from './flight-facts.tsx';

const TrackMap = lazy(() => import('./track-map.tsx'));

export function FlightDrawer({
  flightId,
  onClose,
}: {
  readonly flightId: string | null;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const phone = usePhone();
  const { detail, problem } = useFlightDetail(flightId);
  const name =
    detail === null ? (flightId ?? '') : `${detail.flight.vehicleName} · ${detail.flight.flightId}`;
  return (
    <Drawer
      open={flightId !== null}
      onClose={onClose}
      size={phone ? '100%' : 620}
      title={name}
      destroyOnHidden
      // Inside the page: the safety bar below it stays in reach.
      getContainer={false}
      rootClassName="flight-drawer"
      closable={{ 'aria-label': t('flights.close') }}
    >
      {problem !== null && <Alert type="error" showIcon title={problemText(problem)} />}
      {detail === null && problem === null && <Spin />}
      {detail !== null && flightId !== null && (
        <div data-testid="flight-detail">
          <div className="downloads">
            <Button
              icon={<DownloadOutlined />}
              href={api.downloadUrl(flightId, 'tlog')}
              download
              disabled={detail.flight.tlog === null}
              data-testid="download-tlog"
            >
              {t('flights.tlog')}
              {detail.flight.tlog !== null && (
                <span className="faint"> {formatBytes(detail.flight.tlog.bytes)}</span>
              )}
            </Button>
            <Button
              icon={<DownloadOutlined />}
              href={api.downloadUrl(flightId, 'track.geojson')}
              download
              data-testid="download-geojson"
            >
              {t('flights.geojson')}
            </Button>
            <Button
              icon={<DownloadOutlined />}
              href={api.downloadUrl(flightId, 'track.kml')}
              download
              data-testid="download-kml"
            >
              {t('flights.kml')}
            </Button>
          </div>
          <Suspense fallback={<div className="track-map" />}>
            <TrackMap flightId={flightId} points={detail.flight.trackPoints} />
          </Suspense>
          <FlightFacts flight={detail.flight} />
          <FlightEvents events={detail.events} />
        </div>
      )}
    </Drawer>
  );
}

/** Loads the detail, and again whenever the server tells something new of this flight. */
function useFlightDetail(flightId: string | null) {
  const [detail, setDetail] = useState<FlightDetail | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const update = useConsole((model) => (flightId === null ? undefined : model.flightUpdates[flightId]));
  // While it flies the track grows all the time; worth another look are its end and, some seconds later, the closing
  // of the recording, which then can be downloaded.
  const told = update === undefined ? '' : `${update.state} ${update.tlog?.bytes ?? 'recording'}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was told is the reason to load again
  useEffect(() => {
    if (flightId === null) {
      setDetail(null);
      return;
    }
    let current = true;
    setProblem(null);
    api.flight(flightId).then(
      (loaded) => current && setDetail(loaded),
      (error) => current && setProblem(toProblem(error)),
    );
    return () => {
      current = false;
    };
  }, [flightId, told]);

  return { detail: detail?.flight.flightId === flightId ? detail : null, problem };
}
