import { CheckCircleOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { Page } from '@/shared/ui/Page';
import type { Applied, Made, Plan } from '../api/packs';
import { byKind } from '../model/plan';

/** It is there; where to look at it, and that nothing is sent yet. */
export function Done({ applied, plan }: { applied: Applied; plan: Plan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = format.text(plan.name) || plan.id;
  const nameOf = ({ kind, key, as }: Made) =>
    format.text(plan.objects?.find((object) => object.kind === kind && object.key === key)?.name) || as;
  const made = (applied.objects ?? []).filter(({ kind }) => kind !== 'forms');
  return (
    <Page title={t('market.doneTitle', { name, version: applied.version })}>
      <div className="section pack-done">
        <p className="pack-line pack-good" role="status">
          <CheckCircleOutlined aria-hidden />
          <span>{t('market.draft')}</span>
        </p>
        {byKind(made).map(({ kind, objects }) => (
          <div key={kind} className="pack-part">
            <h2 className="pack-part-title">{t(`market.kind.${kind}`)}</h2>
            <ul>
              {objects.map((object) => (
                <li key={object.as} className="pack-object">
                  <div className="pack-object-line">
                    <span className="row-title" dir="auto">
                      {nameOf(object)}
                    </span>
                    <Ways object={object} name={nameOf(object)} />
                  </div>
                </li>
              ))}
            </ul>
          </div>
        ))}
        <p className="pack-done-more">
          <Link to="/market?tab=installed">{t('market.toInstalled')}</Link>
          <Link to="/market">{t('market.toMarket')}</Link>
        </p>
      </div>
    </Page>
  );
}

function Ways({ object, name }: { object: Made; name: string }) {
  const { t } = useTranslation();
  const as = encodeURIComponent(object.as);
  const links =
    object.kind === 'flows'
      ? [
          { to: `/flows/${as}`, text: 'market.lookFlow' },
          { to: `/flows/${as}/rehearsal`, text: 'market.rehearse' },
        ]
      : object.kind === 'messages'
        ? [{ to: `/messages/${as}`, text: 'market.lookMessage' }]
        : [{ to: `/board/${as}`, text: 'market.lookBoard' }];
  return (
    <span className="pack-ways-on">
      {links.map(({ to, text }) => (
        <Link key={to} to={to} aria-label={t('market.named', { what: t(text), name })}>
          {t(text)}
        </Link>
      ))}
    </span>
  );
}
