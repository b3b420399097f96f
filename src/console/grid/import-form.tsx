import { FileOutlined } from '@ant-design/icons';
import { Button, Popconfirm, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportReport, Problem } from '../../contract/index.ts';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { formatBytes } from '../i18n/format.ts';
import { api, type CoordinateSystem, toProblem } from '../state/api.ts';
import { loadGrid } from '../state/grid-feed.ts';
import { packFiles } from './pack-files.ts';

const SYSTEMS: readonly CoordinateSystem[] = ['stated', 'wgs84', 'cgcs2000', 'gcj02', 'bd09'];
const ENDINGS =
  '.geojson,.json,.kml,.kmz,.zip,.shp,.dbf,.shx,.prj,.cpg,application/geo+json,application/json';

export function ImportForm({ onReport }: { readonly onReport: (report: ImportReport | null) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [files, setFiles] = useState<readonly File[]>([]);
  const [system, setSystem] = useState<CoordinateSystem>('stated');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);

  const choose = (chosen: readonly File[]) => {
    setFiles(chosen);
    setProblem(null);
    onReport(null);
  };

  const submit = async () => {
    if (files.length === 0) return;
    setBusy(true);
    setProblem(null);
    onReport(null);
    try {
      const { name, body } = await packFiles(files);
      const report = await api.importGrid(body, name, system);
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
          multiple
          accept={ENDINGS}
          className="visually-hidden"
          tabIndex={-1}
          aria-hidden="true"
          data-testid="import-file"
          onChange={(event) => choose([...(event.target.files ?? [])])}
        />
        <Button icon={<FileOutlined />} onClick={() => input.current?.click()}>
          {t('import.choose')}
        </Button>
        <span className={files.length === 0 ? 'faint' : ''}>
          {files.length === 0 ? t('import.no-file') : namesOf(files)}
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
        disabled={files.length === 0 || busy}
      >
        <Button type="primary" disabled={files.length === 0} loading={busy} data-testid="import-submit">
          {t('import.submit')}
        </Button>
      </Popconfirm>
      <ProblemAlert problem={problem} testId="import-problem" />
    </section>
  );
}

function namesOf(files: readonly File[]): string {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return `${files.map((file) => file.name).join(', ')} (${formatBytes(bytes)})`;
}
