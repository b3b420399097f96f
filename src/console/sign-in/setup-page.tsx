import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem, SetupBody } from '../../contract/index.ts';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { api, toProblem } from '../state/api.ts';
import { enter } from '../state/session.ts';
import { patchModel, readModel } from '../state/store.ts';
import { EntranceFrame } from './entrance-frame.tsx';

/** First start: the one-time code from the server's log opens the first account. */
export function SetupPage() {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async ({ code, username, password }: SetupBody) => {
    setBusy(true);
    setProblem(null);
    try {
      const session = await api.setUp({ code: code.trim(), username, password });
      const { serverInfo } = readModel();
      if (serverInfo !== null) patchModel({ serverInfo: { ...serverInfo, setupNeeded: false } });
      await enter(session);
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <EntranceFrame title={t('setup.title')}>
      <p className="soft">{t('setup.text')}</p>
      <Form layout="vertical" requiredMark={false} onFinish={(body: SetupBody) => void submit(body)}>
        <Form.Item
          name="code"
          label={t('setup.code')}
          rules={[{ required: true, message: t('setup.code-needed') }]}
        >
          <Input
            size="large"
            autoComplete="one-time-code"
            autoFocus
            maxLength={64}
            className="mono"
            data-testid="setup-code"
          />
        </Form.Item>
        <Form.Item
          name="username"
          label={t('sign-in.username')}
          rules={[
            { required: true, message: t('sign-in.username-needed') },
            { pattern: /^[\p{L}\p{N}._-]+$/u, message: t('setup.username-form') },
          ]}
        >
          <Input size="large" autoComplete="username" maxLength={64} data-testid="setup-username" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('setup.password')}
          rules={[{ required: true, min: 10, message: t('setup.password-form') }]}
        >
          <Input.Password
            size="large"
            autoComplete="new-password"
            maxLength={256}
            data-testid="setup-password"
          />
        </Form.Item>
        <ProblemAlert problem={problem} className="form-alert" />
        <Button type="primary" size="large" block htmlType="submit" loading={busy} data-testid="setup-submit">
          {t('setup.submit')}
        </Button>
      </Form>
    </EntranceFrame>
  );
}
