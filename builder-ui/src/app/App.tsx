import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntdApp, ConfigProvider } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { BrowserRouter } from 'react-router';
import { queryClient } from '@/shared/api/query';
import { controlWords } from '@/shared/i18n';
import { ErrorBoundary } from './ErrorBoundary';
import { Router } from './Router';
import { useIsDark, useIsStill, useIsTouch } from './systemPrefs';
import { themeConfig } from './theme';

export function App({ nonce }: { nonce: string }) {
  const { i18n } = useTranslation();
  const isDark = useIsDark();
  const isStill = useIsStill();
  const isTouch = useIsTouch();
  const theme = useMemo(() => themeConfig({ isDark, isStill, isTouch }), [isDark, isStill, isTouch]);
  const chinese = i18n.language === 'zh-CN';

  useEffect(() => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
  }, [isDark]);
  useEffect(() => {
    dayjs.locale(chinese ? 'zh-cn' : 'en');
  }, [chinese]);

  return (
    <ConfigProvider
      theme={theme}
      locale={controlWords.get(chinese ? 'zh-CN' : 'en')}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: 'optional' }}
    >
      <AntdApp message={{ maxCount: 3 }} notification={{ placement: 'bottomRight' }}>
        <QueryClientProvider client={queryClient}>
          <ErrorBoundary>
            <BrowserRouter>
              <Router />
            </BrowserRouter>
          </ErrorBoundary>
        </QueryClientProvider>
      </AntdApp>
    </ConfigProvider>
  );
}
