import { App as AntApp, Button, ConfigProvider, Spin } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { currentLanguage } from '../i18n/i18n.ts';
import { SetupPage } from '../sign-in/setup-page.tsx';
import { SignInPage } from '../sign-in/sign-in-page.tsx';
import { startSession } from '../state/session.ts';
import { useConsole } from '../state/store.ts';
import { antdTheme } from '../theme/antd-theme.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Shell } from './shell.tsx';

export function App() {
  // Subscribes to the language, so that Ant Design's own words follow.
  useTranslation();
  return (
    <ConfigProvider
      theme={antdTheme}
      locale={currentLanguage() === 'en' ? enUS : zhCN}
      componentSize="middle"
      button={{ autoInsertSpace: false }}
    >
      <AntApp className="app-root">
        <ErrorBoundary>
          <Entrance />
        </ErrorBoundary>
      </AntApp>
    </ConfigProvider>
  );
}

const RETRY_MS = 3000;

/** Set-up, sign-in or the console, by what the server says; while it says nothing, tries again by itself. */
function Entrance() {
  const { t } = useTranslation();
  const session = useConsole((model) => model.session.kind);
  const setupNeeded = useConsole((model) => model.serverInfo?.setupNeeded === true);
  const [unreachable, setUnreachable] = useState(false);

  const tryStart = useCallback(() => {
    startSession().then(
      () => setUnreachable(false),
      () => setUnreachable(true),
    );
  }, []);

  useEffect(tryStart, [tryStart]);
  useEffect(() => {
    if (!unreachable) return;
    const timer = setInterval(tryStart, RETRY_MS);
    return () => clearInterval(timer);
  }, [unreachable, tryStart]);

  if (session === 'signed-in') return <Shell />;
  if (session === 'signed-out') return setupNeeded ? <SetupPage /> : <SignInPage />;
  return (
    <main className="waiting-page">
      {unreachable ? (
        <>
          <p role="alert">{t('app.server-unreachable')}</p>
          <Button onClick={tryStart}>{t('app.try-again')}</Button>
        </>
      ) : (
        <Spin />
      )}
    </main>
  );
}
