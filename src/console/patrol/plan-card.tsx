import { CloseOutlined } from '@ant-design/icons';
import { Button, InputNumber, Spin } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { nameIn } from '../grid/grid-index.ts';
import { currentLanguage } from '../i18n/i18n.ts';
import { useConsole } from '../state/store.ts';
import { Findings } from './findings.tsx';
import { LaunchForm } from './launch-form.tsx';
import { closePlan, plan, usePlan } from './plan-store.ts';
import { PreviewFigures } from './preview-figures.tsx';

const MIN_ALTITUDE_M = 20;

/** Plan → look → launch, over the map that shows the path. */
export function PlanCard({ cellId }: { readonly cellId: string }) {
  const { t } = useTranslation();
  const cell = useConsole((model) => model.grid?.byId.get(cellId));
  const maxAltitudeM = useConsole((model) => model.config?.maxPatrolAltitudeM ?? 120);
  const { state, preview, problem, altitudeM } = usePlan();
  const [height, setHeight] = useState<number | null>(altitudeM);
  useEffect(() => setHeight(altitudeM), [altitudeM]);

  const changed = height !== null && height !== altitudeM;
  const replan = () => void plan(cellId, height ?? altitudeM);

  return (
    <section className="map-card" aria-label={t('plan.title')} data-testid="plan-card">
      <header className="map-card-head">
        <div>
          <h2>{t('plan.title')}</h2>
          <p className="soft">{cell === undefined ? cellId : nameIn(cell, currentLanguage())}</p>
        </div>
        <button type="button" className="plain-icon" aria-label={t('plan.close')} onClick={closePlan}>
          <CloseOutlined />
        </button>
      </header>
      <div className="map-card-body">
        <div className="height-row">
          <label htmlFor="plan-height">{t('plan.height')}</label>
          <InputNumber
            id="plan-height"
            min={MIN_ALTITUDE_M}
            max={maxAltitudeM}
            step={5}
            value={height}
            suffix="m"
            onChange={setHeight}
            onPressEnter={replan}
            data-testid="plan-height"
          />
          <Button onClick={replan} disabled={state === 'planning'} type={changed ? 'primary' : 'default'}>
            {t('plan.again')}
          </Button>
        </div>
        {state === 'planning' && (
          <div className="plan-wait" role="status">
            <Spin size="small" /> {t('plan.working')}
          </div>
        )}
        <ProblemAlert problem={problem} testId="plan-problem" />
        {preview !== null && (
          <>
            <PreviewFigures preview={preview} />
            <Findings findings={preview.findings} />
            <LaunchForm preview={preview} outdated={changed} onPlanAgain={replan} />
          </>
        )}
      </div>
    </section>
  );
}
