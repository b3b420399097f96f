import { useTranslation } from 'react-i18next';
import type { FlightEvent } from '../../contract/index.ts';
import { formatTime } from '../i18n/format.ts';

/** What happened on the flight in order, the autopilot's own words left as they are. */
export function FlightEvents({ events }: { readonly events: readonly FlightEvent[] }) {
  const { t, i18n } = useTranslation();
  return (
    <section aria-label={t('flights.events')}>
      <h3 className="section-title">{t('flights.events')}</h3>
      {events.length === 0 && <p className="empty">{t('flights.no-events')}</p>}
      <ol className="flight-events">
        {events.map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: events have no identity and are never reordered
          <li key={index} className={`event-${event.kind}`}>
            <time className="figure faint">{formatTime(event.atMs)}</time>
            <span className="event-kind">
              {i18n.exists(`event.${event.kind}`) ? t(`event.${event.kind}`) : event.kind}
            </span>
            <span className="soft">{event.text}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
