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
      <SourceList report={report} />
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

/** How each file was read, its remarks below it; remarks on all files at the end. */
function SourceList({ report }: { readonly report: ImportReport }) {
  const { t } = useTranslation();
  const remarksOn = (file: string | null) =>
    report.notes
      .filter((note) => note.file === file)
      .map((note) => (
        <li key={`${note.code} ${note.message}`} className="faint">
          {findingText(note)}
        </li>
      ));
  return (
    <ul className="import-sources soft">
      {report.sources.map(({ file, format, crs, encoding, features }) => (
        <li key={file}>
          {t('import.source', {
            ...{ file, crs, encoding, features },
            format: t(`import.format-${format}`, { defaultValue: format }),
          })}
          <ul>{remarksOn(file)}</ul>
        </li>
      ))}
      {remarksOn(null)}
    </ul>
  );
}
