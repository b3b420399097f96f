import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly children: ReactNode;
}

/** A fault in one panel must not take the safety bar with it. */
export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Fault error={this.state.error} onRetry={() => this.setState({ error: null })} />;
  }
}

function Fault({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="fault" role="alert">
      <p>{t('app.fault')}</p>
      <p className="faint">{error.message}</p>
      <Button onClick={onRetry}>{t('app.try-again')}</Button>
    </div>
  );
}
