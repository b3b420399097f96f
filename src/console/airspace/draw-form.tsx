import { Button, Input, InputNumber, Segmented } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem, ZoneKind } from '../../contract/index.ts';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { api, toProblem } from '../state/api.ts';
import { readModel } from '../state/store.ts';
import { drawnPolygon, stopDrawing, undoCorner, useDraw } from './draw-store.ts';

const KINDS: readonly ZoneKind[] = ['no-fly', 'altitude', 'privacy'];
const DEFAULT_MINUTES = 60;
const MOST_MINUTES = 24 * 60;

/** Corners by clicking on the map, what the zone is in the form. Operators may draw a temporary no-fly zone only. */
export function DrawForm({ mayLast }: { readonly mayLast: boolean }) {
  const { t } = useTranslation();
  const corners = useDraw((model) => model.corners);
  const [kind, setKind] = useState<ZoneKind>('no-fly');
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const [floorM, setFloorM] = useState<number | null>(null);
  const [ceilingM, setCeilingM] = useState<number | null>(null);
  const [minutes, setMinutes] = useState<number | null>(mayLast ? null : DEFAULT_MINUTES);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => stopDrawing, []);

  const polygon = drawnPolygon(corners);
  const needsHeight = kind === 'altitude' && floorM === null && ceilingM === null;
  const isReady = polygon !== null && name.trim() !== '' && reason.trim() !== '' && !needsHeight;
  const missing =
    polygon === null
      ? t('zone.draw-hint', { corners: corners.length })
      : needsHeight
        ? t('zone.height-needed')
        : isReady
          ? t('zone.draw-more', { corners: corners.length })
          : t('zone.words-needed');

  const save = async () => {
    if (polygon === null || (!mayLast && minutes === null)) return;
    setBusy(true);
    setProblem(null);
    try {
      const serverNowMs = Date.now() + readModel().serverOffsetMs;
      await api.addZone({
        ...{ kind, name: name.trim(), geometry: polygon, floorM, ceilingM, reason: reason.trim() },
        activeToMs: minutes === null ? null : Math.round(serverNowMs + minutes * 60_000),
        temporary: !mayLast,
      });
      stopDrawing();
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="zone-form" data-testid="zone-form">
      <p className={polygon === null ? 'zone-hint' : 'soft'} aria-live="polite">
        {missing}
      </p>
      {mayLast ? (
        <Segmented<ZoneKind>
          block
          size="small"
          value={kind}
          onChange={setKind}
          aria-label={t('zone.kind')}
          options={KINDS.map((value) => ({ value, label: t(`zone.kind-${value}`) }))}
        />
      ) : (
        <p className="soft">{t('zone.temporary-only')}</p>
      )}
      <label htmlFor="zone-name">{t('zone.name')}</label>
      <Input
        id="zone-name"
        value={name}
        maxLength={120}
        onChange={(event) => setName(event.target.value)}
        data-testid="zone-name"
      />
      <label htmlFor="zone-reason">{t('zone.reason')}</label>
      <Input
        id="zone-reason"
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.target.value)}
        data-testid="zone-reason"
      />
      <div className="zone-numbers">
        <div>
          <label htmlFor="zone-floor">{t('zone.floor')}</label>
          <InputNumber id="zone-floor" min={0} max={1000} value={floorM} onChange={setFloorM} suffix="m" />
        </div>
        <div>
          <label htmlFor="zone-ceiling">{t('zone.ceiling')}</label>
          <InputNumber
            id="zone-ceiling"
            min={1}
            max={1000}
            value={ceilingM}
            onChange={setCeilingM}
            suffix="m"
          />
        </div>
        <div>
          <label htmlFor="zone-minutes">{t('zone.minutes')}</label>
          <InputNumber
            id="zone-minutes"
            min={1}
            max={mayLast ? 525_600 : MOST_MINUTES}
            value={minutes}
            placeholder={t('zone.no-end')}
            onChange={setMinutes}
            suffix="min"
          />
        </div>
      </div>
      <ProblemAlert problem={problem} testId="zone-problem" />
      <div className="zone-buttons">
        <Button
          type="primary"
          disabled={!isReady || (!mayLast && minutes === null)}
          loading={busy}
          onClick={() => void save()}
          data-testid="zone-save"
        >
          {t('zone.save')}
        </Button>
        <Button disabled={corners.length === 0} onClick={undoCorner}>
          {t('zone.undo')}
        </Button>
        <Button onClick={stopDrawing}>{t('action.cancel')}</Button>
      </div>
    </div>
  );
}
