import { useTranslation } from 'react-i18next';
import type { FlightSummary } from '../../contract/index.ts';
import {
  formatDateTime,
  formatDistance,
  formatDuration,
  formatHeight,
  formatPercent,
  MISSING,
  timeZoneLabel,
} from '../i18n/format.ts';
import { FlightState } from './flight-state.tsx';
import { flightCellName, flightSeconds } from './flight-text.ts';
import { usePurposeText } from './use-purpose.ts';

export function FlightFacts({ flight }: { readonly flight: FlightSummary }) {
  const { t, i18n } = useTranslation();
  const purposeText = usePurposeText();
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    [t('flights.state'), <FlightState key="state" state={flight.state} />],
    [t('flights.cell'), flightCellName(flight, i18n.language) ?? MISSING],
    [t('flights.purpose'), purposeText(flight.purpose)],
    [t('flights.operator'), flight.operator ?? MISSING],
    [t('flights.start'), `${formatDateTime(flight.startedAtMs)} ${timeZoneLabel()}`],
    [
      t('flights.end'),
      flight.endedAtMs === null ? MISSING : `${formatDateTime(flight.endedAtMs)} ${timeZoneLabel()}`,
    ],
    [t('flights.duration'), formatDuration(flightSeconds(flight, Date.now()))],
    [t('flights.distance'), formatDistance(flight.distanceM)],
    [t('flights.height'), formatHeight(flight.maxRelativeAltitudeM)],
    [t('flights.battery'), formatPercent(flight.batteryUsedPct)],
    [t('flights.points'), String(flight.trackPoints)],
    [t('flights.frames'), flight.tlog === null ? MISSING : String(flight.tlog.frames)],
  ];
  return (
    <dl className="flight-facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="figure">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
