import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useConsole } from '../state/store.ts';
import { NoticeRow } from './notice-row.tsx';
import { isOpenAlarm } from './notice-store.ts';
import { SeverityMark } from './severity-mark.tsx';

/** More than anybody reads back during a shift change; the record has the rest. */
const SHOWN = 120;

/** What happened, newest first; alarms that nobody acknowledged stay on top. */
export function NoticeList() {
  const { t } = useTranslation();
  const notices = useConsole((model) => model.notices);
  const acknowledged = useConsole((model) => model.acknowledged);
  const [withInfo, setWithInfo] = useState(true);
  const open = notices.filter((notice) => isOpenAlarm(notice, acknowledged));
  const rest = notices
    .filter((notice) => !isOpenAlarm(notice, acknowledged) && (withInfo || notice.severity !== 'info'))
    .slice(0, SHOWN);
  return (
    <section className="panel-section notices-section" aria-label={t('notice.title')}>
      <header className="panel-head">
        <h2>{t('notice.title')}</h2>
        {open.length > 0 && (
          <span className="lost-text figure">{t('notice.open', { open: open.length })}</span>
        )}
        <span className="grow" />
        <button
          type="button"
          className="info-toggle"
          aria-pressed={withInfo}
          title={t('notice.show-info')}
          onClick={() => setWithInfo(!withInfo)}
        >
          <SeverityMark severity="info" />
        </button>
      </header>
      {notices.length === 0 ? (
        <p className="empty">{t('notice.none')}</p>
      ) : (
        <ul className="notice-list" role="log" aria-live="polite">
          {[...open, ...rest].map((notice) => (
            <NoticeRow key={notice.noticeId} notice={notice} open={open.includes(notice)} />
          ))}
        </ul>
      )}
    </section>
  );
}
