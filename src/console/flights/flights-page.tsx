import { ReloadOutlined } from '@ant-design/icons';
import { Alert, Button, Input } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { goTo } from '../app/route.ts';
import { usePhone } from '../app/use-phone.ts';
import { problemText } from '../i18n/code-text.ts';
import { timeZoneLabel } from '../i18n/format.ts';
import { FlightCards } from './flight-cards.tsx';
import { FlightDrawer } from './flight-drawer.tsx';
import { FlightTable } from './flight-table.tsx';
import { matchesFlight } from './flight-text.ts';
import { useFlights } from './use-flights.ts';

/** Every flight from arming to disarming, newest first. */
export default function FlightsPage({ flightId }: { readonly flightId: string | null }) {
  const { t, i18n } = useTranslation();
  const phone = usePhone();
  const { flights, problem, loading, more, loadMore, reload } = useFlights();
  const [query, setQuery] = useState('');
  const shown = useMemo(
    () => flights.filter((flight) => matchesFlight(flight, query, i18n.language)),
    [flights, query, i18n.language],
  );
  const open = (id: string) => goTo('flights', id);

  return (
    <main className="page flights-page">
      <header className="page-head">
        <h1>{t('flights.title')}</h1>
        <span className="faint">{t('flights.zone', { zone: timeZoneLabel() })}</span>
        <span className="grow" />
        <Input
          allowClear
          className="page-filter"
          value={query}
          placeholder={t('flights.filter')}
          aria-label={t('flights.filter')}
          onChange={(event) => setQuery(event.target.value)}
        />
        <Button
          icon={<ReloadOutlined />}
          onClick={reload}
          loading={loading}
          aria-label={t('flights.reload')}
        />
      </header>
      {problem !== null && <Alert type="error" showIcon title={problemText(problem)} />}
      <div className="page-body">
        {phone ? (
          <FlightCards flights={shown} onOpen={open} />
        ) : (
          <FlightTable flights={shown} loading={loading} onOpen={open} />
        )}
        {more && (
          <Button block onClick={loadMore} loading={loading}>
            {t('flights.more')}
          </Button>
        )}
      </div>
      <FlightDrawer flightId={flightId} onClose={() => goTo('flights')} />
    </main>
  );
}
