import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatAge } from '../i18n/format.ts';
import { ageNow, useNow } from '../state/now.ts';

interface GroupProps {
  readonly title: string;
  /** Null: never reported. */
  readonly ageMs: number | null;
  readonly receivedAtMs: number;
  /** Title above instead of beside: room for the big figures. */
  readonly full?: boolean;
  readonly children: ReactNode;
}

const STALE_MS = 3000;

/** A group of reported values with its age beside it; stale is shown as stale. */
export function FactGroup({ title, ageMs, receivedAtMs, full, children }: GroupProps) {
  const { t } = useTranslation();
  const now = useNow();
  const age = ageMs === null ? null : ageNow(ageMs, receivedAtMs, now);
  const stale = age !== null && age > STALE_MS;
  return (
    <div
      className={`fact-group ${stale ? 'stale' : ''} ${age === null ? 'never' : ''} ${full ? 'full' : ''}`}
    >
      <div className="fact-group-head">
        <h3>{title}</h3>
        <span className={`age figure ${stale ? 'warn-text' : 'faint'}`}>
          {age === null
            ? t('drone.never')
            : age < 1500
              ? t('drone.now')
              : t('drone.age', { age: formatAge(age) })}
        </span>
      </div>
      <dl>{children}</dl>
    </div>
  );
}

interface FactProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly figure?: boolean;
  readonly wide?: boolean;
  readonly half?: boolean;
  readonly third?: boolean;
  readonly testId?: string;
}

export function Fact({ label, value, figure, wide, half, third, testId }: FactProps) {
  const width = wide ? 'fact-wide' : half ? 'fact-half' : third ? 'fact-third' : '';
  return (
    <div className={`fact ${width} ${figure ? 'fact-figure' : ''}`}>
      <dt>{label}</dt>
      <dd className="figure" data-testid={testId}>
        {value}
      </dd>
    </div>
  );
}
