import type { ReactNode } from 'react';
import { useTitle } from '../lib/useTitle';

type PageProps = { title: string; sub?: ReactNode; actions?: ReactNode; wide?: boolean; children: ReactNode };

export function Page({ title, sub, actions, wide, children }: PageProps) {
  useTitle(title);
  return (
    <div className={wide ? 'page page-wide' : 'page'}>
      <div className="page-head">
        <div className="page-titles">
          <h1 className="page-title">{title}</h1>
          {sub && <div className="page-sub">{sub}</div>}
        </div>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

type SectionProps = {
  title: string;
  count?: number | string;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
};

export function Section({ title, count, extra, children, className }: SectionProps) {
  return (
    <section className={`section ${className ?? ''}`} aria-label={title}>
      <div className="section-head">
        <h2 className="section-title">{title}</h2>
        {count !== undefined && <span className="section-count num">{count}</span>}
        {extra && <div className="section-extra">{extra}</div>}
      </div>
      {children}
    </section>
  );
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
