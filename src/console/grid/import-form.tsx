import { FileOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportReport, Problem } from '../../contract/index.ts';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { formatBytes } from '../i18n/format.ts';
import { api, type CoordinateSystem, toProblem } from '../state/api.ts';
import { loadGrid } from '../state/grid-feed.ts';

const SYSTEMS: readonly CoordinateSystem[] = ['wgs84', 'cgcs2000', 'gcj02'];

export function ImportForm({ onReport }: { readonly onReport: (report: ImportReport | null) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [system, setSystem] = useState<CoordinateSystem>('wgs84');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const choose = (chosen: File | null) => {
    setFile(chosen);
    setProblem(null);
    onReport(null);
  };

  const submit = async () => {
    if (file === null) return;
    setBusy(true);
    setProblem(null);
    onReport(null);
    try {
      const report = await api.importGrid(file, system);
      onReport(report);
      if (report.imported) await loadGrid();
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className="block" aria-label={t('import.title')}>
      <h2>{t('import.title')}</h2>
      <p className="soft">{t('import.text')}</p>
      <div className="import-row">
        <input
          ref={input}
          type="file"
          accept=".geojson,.json,application/geo+json,application/json"
          className="visually-hidden"
          tabIndex={-1}
          aria-hidden="true"
          data-testid="import-file"
          onChange={(event) => choose(event.target.files?.[0] ?? null)}
        />
        <Button icon={<FileOutlined />} onClick={() => input.current?.click()}>
          {t('import.choose')}
        </Button>
        <span className={file === null ? 'faint' : ''}>
          {file === null ? t('import.no-file') : `${file.name} (${formatBytes(file.size)})`}
        </span>
      </div>
      <div className="import-row">
        <label htmlFor="import-system">{t('import.system')}</label>
        <Select<CoordinateSystem>
          id="import-system"
          value={system}
          onChange={setSystem}
          className="import-system"
          data-testid="import-system"
          options={SYSTEMS.map((value) => ({ value, label: t(`import.system-${value}`) }))}
        />
      </div>
      <p className="faint">{t(`import.hint-${system}`)}</p>
      <Popconfirm
        title={t('import.question')}
        okText={t('import.submit')}
        cancelText={t('action.cancel')}
        okButtonProps={{ 'data-testid': 'confirm-import' } as Record<string, string>}
        onConfirm={() => void submit()}
        disabled={file === null || busy}
      >
        <Button type="primary" disabled={file === null} loading={busy} data-testid="import-submit">
          {t('import.submit')}
        </Button>
      </Popconfirm>
      <ProblemAlert problem={problem} testId="import-problem" />
    </section>
  );
}
