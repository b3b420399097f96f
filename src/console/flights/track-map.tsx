import 'maplibre-gl/dist/maplibre-gl.css';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../state/api.ts';
import { useConsole } from '../state/store.ts';
import { openTrackMap } from './track-map-controller.ts';

/** The flown track over the district. */
export default function TrackMap({
  flightId,
  points,
}: {
  readonly flightId: string;
  readonly points: number;
}) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const outlines = useConsole((model) => model.outlines);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const element = box.current;
    if (element === null || points < 2) return;
    let close: (() => void) | null = null;
    let current = true;
    api.flightTrack(flightId).then(
      (track) => {
        if (current) close = openTrackMap(element, track, outlines);
      },
      () => setFailed(true),
    );
    return () => {
      current = false;
      close?.();
    };
  }, [flightId, points, outlines]);

  if (points < 2) return <p className="empty">{t('flights.no-track')}</p>;
  if (failed) return <p className="empty">{t('flights.track-failed')}</p>;
  return <section ref={box} className="track-map" data-testid="track-map" aria-label={t('flights.track')} />;
}
