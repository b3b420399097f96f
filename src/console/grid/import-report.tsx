import { Alert, Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import type { GridFinding, ImportReport } from '../../contract/index.ts';
import { findingText } from '../i18n/code-text.ts';
import { MISSING } from '../i18n/format.ts';

const ORDER: readonly GridFinding['severity'][] = ['error', 'warning', 'repair'];
const PAGE = 50;

/** What the importer found, every line of it. */
export function ImportReportView({ report }: { readonly report: ImportReport }) {
  const { t } = useTranslation();
  const { level1, level2, level3 } = report.cellCounts;
  const findings = report.findings
    .map((finding, index) => ({ ...finding, key: index }))
    .sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  const columns: TableColumnsType<GridFinding & { key: number }> = [
    {
      key: 'severity',
      title: t('import.severity'),
      width: 110,
      filters: ORDER.map((value) => ({ value, text: t(`severity.${value}`) })),
      onFilter: (value, finding) => finding.severity === value,
      render: (_, finding) => (
        <span className={`severity severity-${finding.severity}`}>{t(`severity.${finding.severity}`)}</span>
      ),
    },
    ...(report.sources.length > 1
      ? [
          {
            key: 'file',
            title: t('import.file'),
            width: 160,
            render: (_: unknown, finding: GridFinding) => finding.file ?? MISSING,
          },
        ]
      : []),
    { key: 'cell', title: t('import.cell'), width: 130, render: (_, finding) => finding.cellId ?? MISSING },
    {
      key: 'feature',
      title: t('import.feature'),
      width: 90,
      align: 'right',
      responsive: ['md'],
      render: (_, finding) => (finding.featureIndex === null ? MISSING : finding.featureIndex + 1),
    },
    { key: 'text', title: t('import.finding'), render: (_, finding) => findingText(finding) },
    {
      key: 'code',
      title: t('import.code'),
      width: 210,
      responsive: ['lg'],
      render: (_, finding) => <code className="faint">{finding.code}</code>,
    },
  ];
  return (
    <section className="block" aria-label={t('import.report')} data-testid="import-report">
      <h2>{t('import.report')}</h2>
      <Alert
        showIcon
        role="status"
        type={report.imported ? 'success' : 'error'}
        title={report.imported ? t('import.done', { level1, level2, level3 }) : t('import.refused')}
      />
      <ul className="import-sources soft">
        {report.sources.map(({ file, format, crs, encoding, features }) => (
          <li key={file}>
            {t('import.source', {
              file,
              format: t(`import.format-${format}`, { defaultValue: format }),
              crs,
              encoding,
              features,
            })}
          </li>
        ))}
        {report.notes.map((note) => (
          <li key={`${note.code} ${note.file} ${note.message}`}>{findingText(note)}</li>
        ))}
      </ul>
      {findings.length > 0 ? (
        <Table
          size="small"
          columns={columns}
          dataSource={findings}
          pagination={findings.length > PAGE ? { pageSize: PAGE, showSizeChanger: false } : false}
        />
      ) : (
        <p className="soft">{t('import.clean')}</p>
      )}
    </section>
  );
}
