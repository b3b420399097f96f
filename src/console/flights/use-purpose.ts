import { useTranslation } from 'react-i18next';

/** The purpose in words; a flight armed from outside Airgrid says so. */
export function usePurposeText(): (purpose: string | null) => string {
  const { t, i18n } = useTranslation();
  return (purpose) => {
    if (purpose === null) return t('flights.no-purpose');
    return i18n.exists(`purpose.${purpose}`) ? t(`purpose.${purpose}`) : purpose;
  };
}
