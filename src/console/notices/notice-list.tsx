import { useTranslation } from 'react-i18next';
import { useConsole } from '../state/store.ts';
import { NoticeRow } from './notice-row.tsx';
import { isOpenAlarm } from './notice-store.ts';

/** More than anybody reads back during a shift change; the record has the rest. */
const SHOWN = 120;

/** What happened, newest first; alarms that nobody acknowledged stay on top. */
export function NoticeList() {
  const { t } = useTranslation();
  const notices = useConsole((model) => model.notices);
  const acknowledged = useConsole((model) => model.acknowledged);
  const open = notices.filter((notice) => isOpenAlarm(notice, acknowledged));
  const rest = notices.filter((notice) => !isOpenAlarm(notice, acknowledged)).slice(0, SHOWN);
  return (
    <section className="panel-section notices-section" aria-label={t('notice.title')}>
      <header className="panel-head">
        <h2>{t('notice.title')}</h2>
        {open.length > 0 && (
          <span className="lost-text figure">{t('notice.open', { open: open.length })}</span>
        )}
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
