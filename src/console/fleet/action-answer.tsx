import { CloseOutlined } from '@ant-design/icons';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { codeText } from '../i18n/code-text.ts';
import { useConsole } from '../state/store.ts';
import { type ActionRun, dismissActions, useActions } from './actions.ts';

/** Good news goes by itself; a failure stays until somebody has read it. */
const DONE_SHOWN_MS = 12_000;

const MARKS: Readonly<Record<string, string>> = {
  running: 'M8 3.5a4.5 4.5 0 1 0 4.5 4.5',
  done: 'M3.5 8.5l3 3L12.5 5',
  failed: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  unknown: 'M6 6.2a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.3M8 11.6v.3',
};

/** The vehicle's answers to the newest commands: done, refused with its own words, or not known. */
export function ActionAnswers() {
  const runs = useActions((model) => model.runs);
  const list = Object.values(runs);
  if (list.length === 0) return null;
  return (
    <div className="action-answers" aria-live="assertive" data-testid="action-result">
      {list.map((run) => (
        <Answer key={`${run.vehicleId}-${run.startedAtMs}`} run={run} />
      ))}
    </div>
  );
}

function Answer({ run }: { readonly run: ActionRun }) {
  const { t } = useTranslation();
  const name = useConsole((model) => model.vehicles[run.vehicleId]?.view.name ?? run.vehicleId);
  const outcome = run.result?.outcome ?? 'running';

  useEffect(() => {
    if (outcome !== 'done') return;
    const timer = setTimeout(() => dismissActions([run.vehicleId]), DONE_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome, run.vehicleId]);

  return (
    <div className={`answer answer-${outcome}`} data-outcome={outcome}>
      <svg className="answer-mark" width="16" height="16" viewBox="0 0 16 16" fill="none" aria-hidden="true">
        <path
          d={MARKS[outcome]}
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span>
        <strong>
          {t('action.answer', {
            name,
            action: t(`action.${run.action}`),
            outcome: t(`action.outcome-${outcome}`),
          })}
        </strong>
        {run.result !== null && outcome !== 'done' && (
          <> {codeText(run.result.code, run.result.details, run.result.message)}</>
        )}
        {run.result !== null && run.result.reasons.length > 0 && (
          <span className="soft">
            {' '}
            {t('action.vehicle-says')} {run.result.reasons.join(' · ')}
          </span>
        )}
        {outcome === 'unknown' && <span className="soft"> {t('action.unknown-advice')}</span>}
      </span>
      {outcome !== 'running' && (
        <button
          type="button"
          className="plain-icon"
          aria-label={t('action.dismiss')}
          onClick={() => dismissActions([run.vehicleId])}
        >
          <CloseOutlined />
        </button>
      )}
    </div>
  );
}
