import { DisconnectOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { codeText } from '../i18n/code-text.ts';
import { useConsole } from '../state/store.ts';

/** Links that are not open, and why: the reason that aircraft may be missing from the list below. */
export function LinkTroubles() {
  const { t } = useTranslation();
  const links = useConsole((model) => model.links);
  const troubled = Object.values(links).flatMap((link) =>
    link.problem === null || link.state === 'open' ? [] : [{ ...link, problem: link.problem }],
  );
  if (troubled.length === 0) return null;
  return (
    <ul className="link-troubles" data-testid="link-troubles">
      {troubled.map(({ linkId, url, problem }) => (
        <li key={linkId} title={problem.message}>
          <DisconnectOutlined aria-hidden="true" />
          <span>
            <strong>{t('link.trouble', { link: url })}</strong>{' '}
            {codeText(problem.code, problem.details, problem.message)}
          </span>
        </li>
      ))}
    </ul>
  );
}
