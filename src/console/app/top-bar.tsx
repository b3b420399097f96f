import { LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { signOut } from '../state/session.ts';
import { useConsole } from '../state/store.ts';
import { Clock } from './clock.tsx';
import { ConnectionPill } from './connection-pill.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { goTo, PAGES, type Page } from './route.ts';
import { Wordmark } from './wordmark.tsx';

export function TopBar({ page }: { readonly page: Page }) {
  const { t } = useTranslation();
  const demo = useConsole((model) => model.serverInfo?.demo === true);
  return (
    <header className="top-bar">
      <Wordmark />
      {demo && <span className="demo-mark">{t('app.demo')}</span>}
      <nav className="top-nav" aria-label={t('app.pages')}>
        {PAGES.map((name) => (
          <button
            key={name}
            type="button"
            className={name === page ? 'current' : ''}
            aria-current={name === page ? 'page' : undefined}
            data-testid={`nav-${name}`}
            onClick={() => goTo(name)}
          >
            {t(`app.page-${name}`)}
          </button>
        ))}
      </nav>
      <span className="grow" />
      <ConnectionPill />
      <Clock />
      <LanguageSwitch />
      <UserMenu />
    </header>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const session = useConsole((model) => (model.session.kind === 'signed-in' ? model.session.session : null));
  if (session === null) return null;
  const roles = session.roles.map((role) => t(`role.${role}`)).join(' · ');
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', label: `${session.displayName} (${roles})`, disabled: true },
          { key: 'out', label: t('app.sign-out'), icon: <LogoutOutlined /> },
        ],
        onClick: ({ key }) => {
          if (key === 'out') void signOut();
        },
      }}
    >
      <Button type="text" icon={<UserOutlined />} data-testid="user-menu" aria-label={t('app.account')}>
        <span className="desk-only">{session.displayName}</span>
      </Button>
    </Dropdown>
  );
}
