import { Button } from 'antd';
import { Component, type ReactNode } from 'react';
import { Translation } from 'react-i18next';

/** The last net: says that data is safe and offers a fresh start. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <main className="full-page">
            <div className="state" role="alert">
              <h1 className="state-title">{t('error.crashed')}</h1>
              <p className="state-text">{t('error.crashedSafe')}</p>
              <Button type="primary" onClick={() => location.reload()}>
                {t('error.reload')}
              </Button>
            </div>
          </main>
        )}
      </Translation>
    );
  }
}
