import { formatDate, formatTime, timeZoneLabel } from '../i18n/format.ts';
import { useNow } from '../state/now.ts';

/** Wall clock with its zone: times in the record must never need guessing. */
export function Clock() {
  useNow();
  const now = Date.now();
  return (
    <span className="clock desk-only">
      <span className="faint">{formatDate(now)}</span> <span className="figure">{formatTime(now)}</span>{' '}
      <span className="faint">{timeZoneLabel()}</span>
    </span>
  );
}
