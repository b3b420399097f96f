import { useTranslation } from 'react-i18next';
import { currentLanguage, switchLanguage } from '../i18n/i18n.ts';

/** Names the other language in that language: whoever needs it can read it. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const other = currentLanguage() === 'en' ? 'zh-CN' : 'en';
  return (
    <button
      type="button"
      className="language-switch"
      data-testid="language-switch"
      lang={other}
      aria-label={t('app.switch-language')}
      onClick={() => switchLanguage(other)}
    >
      {t('app.other-language')}
    </button>
  );
}
