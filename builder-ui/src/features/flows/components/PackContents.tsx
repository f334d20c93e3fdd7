import { CheckCircleOutlined, CloseCircleOutlined, ExclamationCircleOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import type { Exported } from '../api/packs';
import { useDesigner } from '../store/designer';
import { useUnitName } from './useUnitName';

/** What is in the package, what was left out of it, and what its author should still look at. */
export function PackContents({ made }: { made: Exported }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <section className="pack-out" aria-label={t('designer.pack.contents')}>
        <h2 className="pack-out-title">{t('designer.pack.contents')}</h2>
        <ul>
          {made.contents.map(({ kind, key, name }) => (
            <li key={kind + key}>
              <Chip>{t(`designer.pack.kind.${kind}`)}</Chip>{' '}
              {format.text(name) || t(`designer.pack.form.${key}`, { defaultValue: key })}
            </li>
          ))}
        </ul>
      </section>
      <Stripped list={made.stripped} />
      <section className="pack-out" aria-label={t('designer.pack.checks')}>
        <h2 className="pack-out-title">{t('designer.pack.checks')}</h2>
        {made.findings.length === 0 ? (
          <p className="pack-out-line">
            <CheckCircleOutlined aria-hidden className="good" /> {t('designer.pack.sound')}
          </p>
        ) : (
          <ul>
            {made.findings.map(({ severity, object, pointer, message }) => (
              <li key={object + pointer + message} className="pack-out-line">
                {severity === 'error' ? (
                  <CloseCircleOutlined aria-label={t('designer.pack.error')} className="bad" />
                ) : (
                  <ExclamationCircleOutlined aria-label={t('designer.pack.warning')} className="warn" />
                )}{' '}
                {message} <span className="list-dim">{object}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}

/** Pointers as sentences: which step lost what. */
function Stripped({ list }: { list: string[] }) {
  const { t } = useTranslation();
  const catalog = useDesigner((state) => state.catalog);
  const nameOf = useUnitName(catalog);
  if (list.length === 0) return null;
  return (
    <section className="pack-out" aria-label={t('designer.pack.stripped')}>
      <h2 className="pack-out-title">{t('designer.pack.stripped')}</h2>
      <ul>
        {list.map((pointer) => {
          const [, room = '', id = ''] = pointer.split('/');
          const what = pointer.split('/').pop() ?? '';
          return (
            <li key={pointer}>
              {t(`designer.pack.out.${what}`, {
                step: nameOf(`${room}/${id}`),
                defaultValue: pointer,
              })}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
