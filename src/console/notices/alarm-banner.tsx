import { useTranslation } from 'react-i18next';
import { selectVehicle } from '../fleet/selection.ts';
import { formatTime } from '../i18n/format.ts';
import { useConsole } from '../state/store.ts';
import { acknowledge, isOpenAlarm } from './notice-store.ts';
import { noticeText } from './notice-text.ts';
import { SeverityMark } from './severity-mark.tsx';

/** The newest alarm that nobody acknowledged, across every page. It goes when somebody says so, not before. */
export function AlarmBanner() {
  const { t } = useTranslation();
  const notices = useConsole((model) => model.notices);
  const acknowledged = useConsole((model) => model.acknowledged);
  const open = notices.filter((notice) => isOpenAlarm(notice, acknowledged));
  const newest = open[0];
  return (
    <div
      aria-live="assertive"
      role="alert"
      className={newest === undefined ? '' : 'banner banner-alarm'}
      data-testid="alarm-banner"
    >
      {newest !== undefined && (
        <>
          <SeverityMark severity="alarm" />
          <span className="banner-text">
            {newest.vehicleName !== null && <strong>{newest.vehicleName} </strong>}
            {noticeText(newest)} <span className="figure soft">{formatTime(newest.atMs)}</span>
            {open.length > 1 && (
              <span className="soft"> · {t('notice.more', { more: open.length - 1 })}</span>
            )}
          </span>
          {newest.vehicleId !== null && (
            <button
              type="button"
              className="ack-button"
              onClick={() => newest.vehicleId !== null && selectVehicle(newest.vehicleId)}
            >
              {t('notice.select')}
            </button>
          )}
          <button
            type="button"
            className="ack-button"
            data-testid="acknowledge-alarms"
            onClick={() => acknowledge(open.map((notice) => notice.noticeId))}
          >
            {open.length > 1 ? t('notice.acknowledge-all', { open: open.length }) : t('notice.acknowledge')}
          </button>
        </>
      )}
    </div>
  );
}
