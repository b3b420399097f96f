import { useTranslation } from 'react-i18next';
import type { Notice } from '../../contract/index.ts';
import { selectVehicle } from '../fleet/selection.ts';
import { formatTime } from '../i18n/format.ts';
import { acknowledge } from './notice-store.ts';
import { noticeText } from './notice-text.ts';
import { SeverityMark } from './severity-mark.tsx';

export function NoticeRow({ notice, open }: { readonly notice: Notice; readonly open: boolean }) {
  const { t } = useTranslation();
  const { vehicleId, vehicleName } = notice;
  return (
    <li className={`notice notice-${notice.severity} ${open ? 'open' : ''}`} data-testid="notice">
      <SeverityMark severity={notice.severity} />
      <span className="notice-text">
        {vehicleId !== null && vehicleName !== null && (
          <button type="button" className="link-button strong" onClick={() => selectVehicle(vehicleId)}>
            {vehicleName}
          </button>
        )}{' '}
        {noticeText(notice)}
      </span>
      <time className="figure faint" dateTime={new Date(notice.atMs).toISOString()}>
        {formatTime(notice.atMs)}
      </time>
      {open && (
        <button type="button" className="ack-button" onClick={() => acknowledge([notice.noticeId])}>
          {t('notice.acknowledge')}
        </button>
      )}
    </li>
  );
}
