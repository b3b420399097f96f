import { useTranslation } from 'react-i18next';
import type { PatrolPreview, SortiePreview } from '../../contract/index.ts';
import {
  formatArea,
  formatDistance,
  formatDuration,
  formatHeight,
  formatPercent,
  MISSING,
} from '../i18n/format.ts';
import { routeColours } from '../theme/tokens.ts';

/** The plan in figures: totals first, then who flies what. */
export function PreviewFigures({ preview }: { readonly preview: PatrolPreview }) {
  const { t } = useTranslation();
  const { sorties } = preview;
  if (sorties.length === 0) return null;
  const lengthM = sorties.reduce((sum, sortie) => sum + sortie.lengthM, 0);
  // Several drones fly at the same time: the patrol lasts as long as its longest sortie.
  const durationS = Math.max(...sorties.map((sortie) => sortie.durationS));
  const tightest = [...sorties].sort((a, b) => reserve(a) - reserve(b))[0];
  return (
    <>
      <dl className="preview-figures">
        <Figure label={t('plan.length')} value={formatDistance(lengthM)} testId="preview-length" />
        <Figure
          label={t('plan.duration')}
          value={formatDuration(durationS)}
          testId="preview-duration"
          hint={t('plan.duration-unit')}
        />
        <Figure
          label={t('plan.battery')}
          value={formatPercent(tightest?.batteryNeedPct ?? null)}
          hint={t('plan.battery-now', { value: formatPercent(tightest?.batteryNowPct ?? null) })}
          testId="preview-battery"
        />
        <Figure
          label={t('plan.coverage')}
          value={formatPercent(preview.coveragePct, 1)}
          hint={t('plan.coverage-hint')}
        />
        <Figure label={t('plan.swath')} value={formatHeight(preview.swathWidthM)} />
        <Figure label={t('plan.area')} value={formatArea(preview.areaM2)} />
      </dl>
      <ul className="sortie-list" aria-label={t('plan.drones')}>
        {sorties.map((sortie, index) => (
          <SortieLine key={sortie.vehicleId} sortie={sortie} index={index} />
        ))}
      </ul>
    </>
  );
}

function reserve(sortie: SortiePreview): number {
  return (sortie.batteryNowPct ?? 0) - sortie.batteryNeedPct;
}

interface FigureProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly testId?: string;
}

function Figure({ label, value, hint, testId }: FigureProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="figure" data-testid={testId}>
        {value}
      </dd>
      {hint !== undefined && <span className="faint figure-hint">{hint}</span>}
    </div>
  );
}

/** One drone: need against what the battery holds, drawn on the same scale. */
function SortieLine({ sortie, index }: { readonly sortie: SortiePreview; readonly index: number }) {
  const { t } = useTranslation();
  const now = sortie.batteryNowPct;
  return (
    <li>
      <span
        className="route-swatch"
        style={{ background: routeColours[index % routeColours.length] }}
        aria-hidden="true"
      />
      <strong>{sortie.vehicleName}</strong>
      <span className="figure soft">
        {formatHeight(sortie.relativeAltitudeM)} · {formatDistance(sortie.lengthM)} ·{' '}
        {formatDuration(sortie.durationS)}
      </span>
      <span
        className="need-bar"
        role="img"
        aria-label={t('plan.need-label', {
          need: formatPercent(sortie.batteryNeedPct),
          now: now === null ? MISSING : formatPercent(now),
        })}
      >
        <span className="need-now" style={{ width: `${now ?? 0}%` }} />
        <span
          className={`need-need ${now !== null && sortie.batteryNeedPct > now ? 'too-much' : ''}`}
          style={{ width: `${Math.min(100, sortie.batteryNeedPct)}%` }}
        />
      </span>
      <span className="figure soft need-text">
        {formatPercent(sortie.batteryNeedPct)} / {formatPercent(now)}
      </span>
    </li>
  );
}
