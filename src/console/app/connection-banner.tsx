import { DisconnectOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { formatAge } from '../i18n/format.ts';
import { useNow } from '../state/now.ts';
import { useConsole } from '../state/store.ts';

/** A blink of the network is not worth a banner. */
const PATIENCE_MS = 1200;

/** Says that the picture is old, how old, and what the aircraft do without this console. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const { state, sinceMs } = useConsole((model) => model.connection);
  const now = useNow();
  const ageMs = now - sinceMs;
  if (state === 'online' || ageMs < PATIENCE_MS) return null;
  if (state === 'connecting' && ageMs < 3 * PATIENCE_MS) return null;
  return (
    <div className="banner banner-lost" role="alert">
      <DisconnectOutlined aria-hidden="true" />
      <div>
        <strong>{t('connection.lost-title', { age: formatAge(ageMs) })}</strong>{' '}
        <span>{t('connection.lost-text')}</span>
      </div>
    </div>
  );
}
