import type { IssueSeverity, PlanIssue } from '../model.ts';

/** Every code that reading and writing mission files gives. The console translates by code. */
export const FORMAT_ISSUE_CODES = {
  // The file cannot be read
  'format.unknown': { severity: 'error', details: ['name'] },
  'format.not-json': { severity: 'error', details: ['line', 'column'] },
  'format.not-a-plan': { severity: 'error', details: [] },
  'format.bad-item': { severity: 'error', details: ['item', 'field'] },
  'format.bad-row': { severity: 'error', details: ['line', 'field'] },
  'format.complex-item': { severity: 'error', details: ['item', 'complexItemType'] },
  'format.not-waypoints': { severity: 'error', details: ['line', 'found'] },
  'format.bad-xml': { severity: 'error', details: ['reason'] },
  'format.bad-archive': { severity: 'error', details: ['reason'] },
  'format.empty': { severity: 'error', details: ['format'] },
  // Read, but not all of it
  'format.bad-fence': { severity: 'error', details: ['place'] },
  'format.bad-position': { severity: 'error', details: ['place', 'found'] },
  'format.bad-header': { severity: 'warning', details: ['field', 'found'] },
  'format.unknown-jump': { severity: 'warning', details: ['item', 'target'] },
  'format.survey-flattened': { severity: 'warning', details: ['item', 'complexItemType'] },
  'format.no-auto-continue': { severity: 'warning', details: ['item'] },
  'format.row-order': { severity: 'warning', details: ['line', 'index', 'expected'] },
  'format.left-out': { severity: 'warning', details: ['what', 'count'] },
  'format.height-assumed': { severity: 'warning', details: ['datum', 'points'] },
  'format.moved-point': { severity: 'warning', details: ['place'] },
  'format.no-heights': { severity: 'warning', details: ['points'] },
  // Written, but the format holds less
  'format.cannot-hold': { severity: 'warning', details: ['format', 'what', 'count'] },
} as const satisfies Record<
  string,
  { severity: Exclude<IssueSeverity, 'repair'>; details: readonly string[] }
>;

export type FormatIssueCode = keyof typeof FORMAT_ISSUE_CODES;

/** An issue with the severity that its code has. */
export function formatIssue(
  code: FormatIssueCode,
  message: string,
  details: Readonly<Record<string, string | number>> = {},
): PlanIssue {
  return { severity: FORMAT_ISSUE_CODES[code].severity, code, message, details };
}
