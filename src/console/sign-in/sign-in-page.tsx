import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem, SignInBody } from '../../contract/index.ts';
import { ProblemAlert } from '../app/problem-alert.tsx';
import { api, toProblem } from '../state/api.ts';
import { enter } from '../state/session.ts';
import { useConsole } from '../state/store.ts';
import { EntranceFrame } from './entrance-frame.tsx';

export function SignInPage() {
  const { t } = useTranslation();
  const demo = useConsole((model) => model.serverInfo?.demoSignIn ?? null);
  const [form] = Form.useForm<SignInBody>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (body: SignInBody) => {
    setBusy(true);
    setProblem(null);
    try {
      await enter(await api.signIn(body));
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <EntranceFrame title={t('sign-in.title')}>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(body) => void submit(body)}>
        <Form.Item
          name="username"
          label={t('sign-in.username')}
          rules={[{ required: true, message: t('sign-in.username-needed') }]}
        >
          <Input
            size="large"
            autoComplete="username"
            autoFocus
            maxLength={64}
            data-testid="sign-in-username"
          />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('sign-in.password')}
          rules={[{ required: true, message: t('sign-in.password-needed') }]}
        >
          <Input.Password
            size="large"
            autoComplete="current-password"
            maxLength={256}
            data-testid="sign-in-password"
          />
        </Form.Item>
        <ProblemAlert problem={problem} className="form-alert" />
        <Button
          type="primary"
          size="large"
          block
          htmlType="submit"
          loading={busy}
          data-testid="sign-in-submit"
        >
          {t('sign-in.submit')}
        </Button>
      </Form>
      {demo !== null && (
        <button
          type="button"
          className="demo-hint"
          data-testid="sign-in-demo"
          onClick={() => form.setFieldsValue(demo)}
        >
          <span className="faint">{t('sign-in.demo-hint')}</span>
          <span className="figure">
            {demo.username} / {demo.password}
          </span>
        </button>
      )}
    </EntranceFrame>
  );
}
