import { CloseCircleFilled, ToolFilled, WarningFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../contract/index.ts';
import { findingText, remedyText } from '../i18n/code-text.ts';

const ICONS = { error: CloseCircleFilled, warning: WarningFilled, repair: ToolFilled } as const;
const ORDER: readonly Finding['severity'][] = ['error', 'warning', 'repair'];

/** What the planner and the checker found, worst first, each with what to do. */
export function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const { t } = useTranslation();
  if (findings.length === 0) return null;
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <ul className="findings" aria-label={t('plan.findings')} data-testid="plan-findings">
      {sorted.map((finding, index) => {
        const Icon = ICONS[finding.severity];
        const remedy = remedyText(finding.code, finding.details, null);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: findings have no identity and the list is never edited
          <li key={index} className={`finding finding-${finding.severity}`}>
            <Icon aria-label={t(`severity.${finding.severity}`)} />
            <span>
              {findingText(finding)}
              {remedy !== null && <span className="soft"> {remedy}</span>}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
