import { useTranslation } from 'react-i18next';
import { formatPercent } from '../i18n/format.ts';

/** Filled share plus figure; under 30 % and 15 % the outline and a mark change, not the colour alone. */
export function BatteryBar({ percent }: { readonly percent: number | null }) {
  const { t } = useTranslation();
  const level = percent === null ? 'none' : percent < 15 ? 'critical' : percent < 30 ? 'low' : 'fine';
  const text = formatPercent(percent);
  return (
    <span
      className={`battery battery-${level}`}
      role="img"
      aria-label={t('fleet.battery-label', { value: text })}
    >
      <span className="battery-case" aria-hidden="true">
        <span className="battery-fill" style={{ width: `${Math.max(0, Math.min(100, percent ?? 0))}%` }} />
      </span>
      <span className="figure" aria-hidden="true">
        {level === 'critical' || level === 'low' ? '▾' : ''}
        {text}
      </span>
    </span>
  );
}
