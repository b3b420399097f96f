import { useTranslation } from 'react-i18next';
import { patchModel, useConsole } from '../state/store.ts';

/** Opens and closes the airspace card; counts the aircraft in trouble, so that it need not be open to be seen. */
export function AirspaceTool() {
  const { t } = useTranslation();
  const open = useConsole((model) => model.card?.kind === 'airspace');
  const alarms = useConsole(
    (model) => model.zoneConflicts.filter((conflict) => conflict.kind !== 'on-return').length,
  );
  const label = alarms === 0 ? t('zone.title') : t('zone.tool-alarm', { alarms });
  return (
    <button
      type="button"
      className="airspace-tool"
      aria-pressed={open}
      aria-label={label}
      title={label}
      data-testid="airspace-tool"
      onClick={() => patchModel({ card: open ? null : { kind: 'airspace' } })}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" aria-hidden="true">
        <path
          d="M2.5 4.5L9 2l4.5 4-1.5 7-8 .5zM4 11l5-7.5M6.8 12.6L12 5.6"
          stroke="currentColor"
          strokeWidth="1.3"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
      {alarms > 0 && <span className="tool-alarm figure">{alarms}</span>}
    </button>
  );
}
