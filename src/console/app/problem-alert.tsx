import { Alert } from 'antd';
import type { Problem } from '../../contract/index.ts';
import { problemRemedy, problemText } from '../i18n/code-text.ts';

/** What went wrong and what to do about it, in the language of the console; nothing when nothing did. */
export function ProblemAlert({
  problem,
  className,
  testId,
}: {
  readonly problem: Problem | null;
  readonly className?: string;
  readonly testId?: string;
}) {
  if (problem === null) return null;
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={problemText(problem)}
      description={problemRemedy(problem)}
      {...(className === undefined ? {} : { className })}
      {...(testId === undefined ? {} : { 'data-testid': testId })}
    />
  );
}
