import { Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { FlightSummary } from '../../contract/index.ts';
import {
  formatDateTime,
  formatDistance,
  formatDuration,
  formatHeight,
  formatPercent,
  MISSING,
} from '../i18n/format.ts';
import { FlightState } from './flight-state.tsx';
import { flightCellName, flightSeconds } from './flight-text.ts';
import { usePurposeText } from './use-purpose.ts';

interface Props {
  readonly flights: readonly FlightSummary[];
  readonly loading: boolean;
  readonly onOpen: (flightId: string) => void;
}

export function FlightTable({ flights, loading, onOpen }: Props) {
  const { t, i18n } = useTranslation();
  const purposeText = usePurposeText();
  const columns: TableColumnsType<FlightSummary> = [
    {
      key: 'start',
      title: t('flights.start'),
      width: 168,
      render: (_, flight) => formatDateTime(flight.startedAtMs),
    },
    {
      key: 'drone',
      title: t('flights.drone'),
      width: 90,
      render: (_, flight) => (
        // The row opens with the mouse; this button opens it for keyboards and screen readers.
        <button type="button" className="link-button strong" onClick={() => onOpen(flight.flightId)}>
          {flight.vehicleName}
        </button>
      ),
    },
    {
      key: 'cell',
      title: t('flights.cell'),
      ellipsis: true,
      render: (_, flight) => flightCellName(flight, i18n.language) ?? MISSING,
    },
    {
      key: 'purpose',
      title: t('flights.purpose'),
      ellipsis: true,
      render: (_, flight) => purposeText(flight.purpose),
    },
    {
      key: 'operator',
      title: t('flights.operator'),
      width: 120,
      ellipsis: true,
      render: (_, flight) => flight.operator ?? MISSING,
    },
    {
      key: 'duration',
      title: t('flights.duration'),
      width: 90,
      align: 'right',
      render: (_, flight) => formatDuration(flightSeconds(flight, Date.now())),
    },
    {
      key: 'distance',
      title: t('flights.distance'),
      width: 96,
      align: 'right',
      render: (_, flight) => formatDistance(flight.distanceM),
    },
    {
      key: 'height',
      title: t('flights.height'),
      width: 96,
      align: 'right',
      render: (_, flight) => formatHeight(flight.maxRelativeAltitudeM),
    },
    {
      key: 'battery',
      title: t('flights.battery'),
      width: 96,
      align: 'right',
      render: (_, flight) => formatPercent(flight.batteryUsedPct),
    },
    {
      key: 'state',
      title: t('flights.state'),
      width: 130,
      render: (_, flight) => <FlightState state={flight.state} />,
    },
  ];
  return (
    <Table<FlightSummary>
      className="figure"
      size="small"
      rowKey="flightId"
      columns={columns}
      dataSource={[...flights]}
      loading={loading && flights.length === 0}
      pagination={false}
      locale={{ emptyText: <p className="empty">{t('flights.none')}</p> }}
      onRow={(flight) => ({
        onClick: () => onOpen(flight.flightId),
        'data-testid': `flight-row-${flight.flightId}`,
      })}
    />
  );
}
