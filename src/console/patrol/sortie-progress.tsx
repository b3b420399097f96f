import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { SortieStep, SortieView } from '../../contract/index.ts';
import { goTo } from '../app/route.ts';
import { selectVehicle } from '../fleet/selection.ts';
import { codeText, remedyText } from '../i18n/code-text.ts';
import { formatPercent, formatTime } from '../i18n/format.ts';
import { useConsole } from '../state/store.ts';

/** The sortie is over, one way or another. */
export function isOver(sortie: SortieView): boolean {
  return sortie.state === 'done' || sortie.state === 'partly-done' || sortie.state === 'failed';
}

export function SortieProgress({ sortie }: { readonly sortie: SortieView }) {
  const { t } = useTranslation();
  const selected = useConsole((model) => model.selectedVehicleIds.includes(sortie.vehicleId));
  const over = isOver(sortie);
  return (
    <div className="sortie">
      <div className="sortie-head">
        <strong>{sortie.vehicleName}</strong>
        <span
          className={`sortie-state sortie-${sortie.state}`}
          data-testid="sortie-state"
          data-state={sortie.state}
        >
          {sortie.diversion == null ? t(`sortie.${sortie.state}`) : t('sortie.diverted')}
        </span>
        <span className="grow" />
        <span className="figure">{formatPercent(sortie.progressPct)}</span>
      </div>
      <div
        className="sortie-bar"
        role="progressbar"
        aria-label={t('patrol.progress')}
        aria-valuenow={Math.round(sortie.progressPct)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <span style={{ width: `${Math.min(100, sortie.progressPct)}%` }} />
      </div>
      <ol className="steps">
        {sortie.steps.map((step) => (
          <Step key={step.step} step={step} />
        ))}
      </ol>
      {sortie.diversion != null && (
        <p className="soft" data-testid="diversion">
          {t('patrol.diverted', {
            purpose: t(`purpose.${sortie.diversion.purpose}`),
            note: sortie.diversion.note,
          })}
        </p>
      )}
      {sortie.failure !== null && <Failure failure={sortie.failure} />}
      <div className="sortie-foot">
        {!over && !selected && (
          <Button size="small" onClick={() => selectVehicle(sortie.vehicleId)}>
            {t('patrol.take-in-hand', { name: sortie.vehicleName })}
          </Button>
        )}
        {!over && selected && <span className="soft">{t('patrol.abort-hint')}</span>}
        {over && sortie.flightId !== null && (
          <Button size="small" onClick={() => goTo('flights', sortie.flightId)}>
            {t('patrol.open-flight')}
          </Button>
        )}
      </div>
    </div>
  );
}

const STEP_MARKS: Readonly<Record<SortieStep['state'], string>> = {
  waiting: 'M8 6.8a1.2 1.2 0 1 0 .01 0',
  running: 'M8 3.2a4.8 4.8 0 1 0 4.8 4.8',
  done: 'M3.5 8.5l3 3L12.5 5',
  failed: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  skipped: 'M4 8h8',
};

function Step({ step }: { readonly step: SortieStep }) {
  const { t } = useTranslation();
  const counted = step.itemsTotal !== undefined && step.itemsTotal > 0 && step.state === 'running';
  return (
    <li className={`step step-${step.state}`} data-testid={`step-${step.step}`} data-state={step.state}>
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" aria-hidden="true">
        <path
          d={STEP_MARKS[step.state]}
          stroke="currentColor"
          strokeWidth="1.8"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span>
        {t(`step.${step.step}`)}
        <span className="visually-hidden"> {t(`step-state.${step.state}`)}</span>
      </span>
      <span className="figure faint">
        {counted && `${step.itemsDone ?? 0}/${step.itemsTotal} `}
        {step.atMs !== null && step.state !== 'running' ? formatTime(step.atMs) : ''}
      </span>
    </li>
  );
}

function Failure({ failure }: { readonly failure: NonNullable<SortieView['failure']> }) {
  const { t } = useTranslation();
  const remedy = remedyText(failure.code, failure.details, null);
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      data-testid="sortie-failure"
      title={codeText(failure.code, failure.details, failure.message)}
      description={
        <>
          {failure.reasons.length > 0 && (
            <p>
              {t('action.vehicle-says')} {failure.reasons.join(' · ')}
            </p>
          )}
          {remedy !== null && <p>{remedy}</p>}
        </>
      }
    />
  );
}
