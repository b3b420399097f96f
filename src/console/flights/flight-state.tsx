import { useTranslation } from 'react-i18next';
import type { FlightSummary } from '../../contract/index.ts';

const MARKS: Readonly<Record<FlightSummary['state'], string>> = {
  open: 'M8 12V4.5M4.8 7.6L8 4.4l3.2 3.2',
  closed: 'M3.5 8.5l3 3L12.5 5',
  interrupted: 'M8 4v5M8 11.4v.5',
};

export function FlightState({ state }: { readonly state: FlightSummary['state'] }) {
  const { t } = useTranslation();
  return (
    <span className={`flight-state flight-${state}`}>
      <svg width="14" height="14" viewBox="0 0 16 16" fill="none" aria-hidden="true">
        <path
          d={MARKS[state]}
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {t(`flight-state.${state}`)}
    </span>
  );
}
