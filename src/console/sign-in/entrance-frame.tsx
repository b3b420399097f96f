import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '../app/language-switch.tsx';
import { Wordmark } from '../app/wordmark.tsx';
import { useConsole } from '../state/store.ts';
import { GridPattern } from './grid-pattern.tsx';

/** Both doors of the console look alike: the name, what it is, one form. */
export function EntranceFrame({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const version = useConsole((model) => model.serverInfo?.version ?? '');
  return (
    <main className="entrance">
      <GridPattern />
      <div className="entrance-corner">
        <LanguageSwitch />
      </div>
      <section className="entrance-card" aria-labelledby="entrance-title">
        <Wordmark size={34} />
        <p className="entrance-line">{t('sign-in.tagline')}</p>
        <h1 id="entrance-title">{title}</h1>
        {children}
      </section>
      <footer className="entrance-foot faint">
        {t('sign-in.foot')}
        {version !== '' && <span className="figure"> · {version}</span>}
      </footer>
    </main>
  );
}
