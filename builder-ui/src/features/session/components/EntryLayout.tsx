import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { Logo } from '@/shared/ui/Logo';

export function EntryLayout({ children, wide }: { children: ReactNode; wide?: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="entry">
      <header className="entry-head">
        <span className="entry-brand">
          <Logo size={26} />
          <span>Dueflow</span>
        </span>
        <LanguageSwitch />
      </header>
      <main className={wide ? 'entry-card entry-wide' : 'entry-card'}>{children}</main>
      <footer className="entry-foot">{t('session.promise')}</footer>
    </div>
  );
}
