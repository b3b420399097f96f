import { useTranslation } from 'react-i18next';
import { formatAge } from '../i18n/format.ts';
import { useNow } from '../state/now.ts';
import { useConsole } from '../state/store.ts';

export function ConnectionPill() {
  const { t } = useTranslation();
  const { state, sinceMs } = useConsole((model) => model.connection);
  const now = useNow();
  const text =
    state === 'offline'
      ? t('connection.offline-for', { age: formatAge(Math.max(0, now - sinceMs)) })
      : t(`connection.${state}`);
  return (
    <span
      className={`connection-pill connection-${state}`}
      data-testid="connection-state"
      data-state={state}
      role="status"
    >
      <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true" fill="none">
        {state === 'offline' ? (
          <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
        ) : (
          <circle
            cx="6"
            cy="6"
            r="3.6"
            stroke="currentColor"
            strokeWidth="1.6"
            {...(state === 'online' ? { fill: 'currentColor' } : {})}
          />
        )}
      </svg>
      <span className="desk-only">{text}</span>
    </span>
  );
}
