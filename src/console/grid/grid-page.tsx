import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportReport } from '../../contract/index.ts';
import { formatArea } from '../i18n/format.ts';
import { useConsole } from '../state/store.ts';
import { ImportForm } from './import-form.tsx';
import { ImportReportView } from './import-report.tsx';
import { LevelMark } from './level-mark.tsx';

/** The grid in use, and how to replace it. */
export default function GridPage() {
  const { t } = useTranslation();
  const [report, setReport] = useState<ImportReport | null>(null);
  return (
    <main className="page grid-page">
      <header className="page-head">
        <h1>{t('grid-page.title')}</h1>
      </header>
      <div className="page-body">
        <CurrentGrid />
        <ImportForm onReport={setReport} />
        {report !== null && <ImportReportView report={report} />}
      </div>
    </main>
  );
}

function CurrentGrid() {
  const { t } = useTranslation();
  const grid = useConsole((model) => model.grid);
  const bases = useConsole((model) => model.bases.length);
  const areaM2 = (grid?.childrenOf.get('') ?? []).reduce((sum, cell) => sum + cell.areaM2, 0);
  const sample = grid?.cells.some((cell) => cell.sample) === true;
  return (
    <section className="block" aria-label={t('grid-page.current')}>
      <h2>
        {t('grid-page.current')}
        {sample && <span className="tag">{t('cell.sample')}</span>}
      </h2>
      <dl className="grid-figures">
        {([1, 2, 3] as const).map((level) => (
          <div key={level}>
            <dt>
              <LevelMark level={level} /> {t(`grid.level-${level}`)}
            </dt>
            <dd className="figure">{grid?.counts[level] ?? 0}</dd>
          </div>
        ))}
        <div>
          <dt>{t('grid-page.area')}</dt>
          <dd className="figure">{formatArea(areaM2)}</dd>
        </div>
        <div>
          <dt>{t('grid-page.bases')}</dt>
          <dd className="figure">{bases}</dd>
        </div>
        <div>
          <dt>{t('grid-page.revision')}</dt>
          <dd className="figure">{grid?.revision ?? 0}</dd>
        </div>
      </dl>
    </section>
  );
}
