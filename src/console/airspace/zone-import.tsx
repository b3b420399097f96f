import { FileOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem, ZoneImportReport } from '../../contract/index.ts';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { Findings } from '../patrol/findings.tsx';
import { api, toProblem } from '../state/api.ts';

/** Zones of a GeoJSON or KML file: all of them or none, and what was wrong. */
export function ZoneImport() {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [report, setReport] = useState<ZoneImportReport | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);

  const send = async (file: File) => {
    setBusy(true);
    setProblem(null);
    setReport(null);
    try {
      setReport(await api.importZones(file, file.name));
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".geojson,.json,.kml,.kmz,application/geo+json"
        className="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        data-testid="zone-file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) void send(file);
          // The same file again, mended, is a change too.
          event.target.value = '';
        }}
      />
      <Button icon={<FileOutlined />} loading={busy} onClick={() => input.current?.click()}>
        {t('zone.import')}
      </Button>
      {report !== null && (
        <div className="zone-report">
          <Alert
            type={report.imported ? 'success' : 'error'}
            showIcon
            title={
              report.imported
                ? t('zone.imported', { added: report.added.length, replaced: report.replaced.length })
                : t('zone.import-refused')
            }
          />
          <Findings findings={report.findings} />
        </div>
      )}
      <ProblemAlert problem={problem} className="zone-report" testId="zone-import-problem" />
    </>
  );
}
