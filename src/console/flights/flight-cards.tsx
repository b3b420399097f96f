import { useTranslation } from 'react-i18next';
import type { FlightSummary } from '../../contract/index.ts';
import { formatDateTime, formatDistance, formatDuration, formatHeight, MISSING } from '../i18n/format.ts';
import { FlightState } from './flight-state.tsx';
import { flightCellName, flightSeconds } from './flight-text.ts';
import { usePurposeText } from './use-purpose.ts';

interface Props {
  readonly flights: readonly FlightSummary[];
  readonly onOpen: (flightId: string) => void;
}

/** The table for a hand: one card a flight. */
export function FlightCards({ flights, onOpen }: Props) {
  const { t, i18n } = useTranslation();
  const purposeText = usePurposeText();
  if (flights.length === 0) return <p className="empty">{t('flights.none')}</p>;
  return (
    <ul className="flight-cards">
      {flights.map((flight) => (
        <li key={flight.flightId}>
          <button
            type="button"
            data-testid={`flight-row-${flight.flightId}`}
            onClick={() => onOpen(flight.flightId)}
          >
            <span className="flight-card-line">
              <strong>{flight.vehicleName}</strong>
              <span className="grow">{flightCellName(flight, i18n.language) ?? MISSING}</span>
              <FlightState state={flight.state} />
            </span>
            <span className="flight-card-line soft figure">
              {formatDateTime(flight.startedAtMs)} · {purposeText(flight.purpose)}
            </span>
            <span className="flight-card-line soft figure">
              {formatDuration(flightSeconds(flight, Date.now()))} · {formatDistance(flight.distanceM)} ·{' '}
              {formatHeight(flight.maxRelativeAltitudeM)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
