import '../contacts/texts';
import { Button } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import type { CustomerPage } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { CallNotice } from '@/shared/ui/CallNow';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import { useContacts } from '../api/customers';

const ContactDrawer = lazy(() => import('../contacts/ContactDrawer'));

/** The people at a customer. Messages go to the primary one; the others stand in where the customer has no address. */
export function Contacts({ page }: { page: CustomerPage }) {
  const { t } = useTranslation();
  const mayWrite = useCan('customer.write');
  const customer = page.record.id;
  const { data: people } = useContacts(customer);
  const [open, setOpen] = useState<string>();
  if (!people || (people.length === 0 && !mayWrite)) return null;
  return (
    <Section
      title={t('contact.title')}
      count={people.length || undefined}
      extra={
        mayWrite && (
          <Button size="small" type="text" onClick={() => setOpen('new')}>
            {t('contact.add')}
          </Button>
        )
      }
    >
      {people.length === 0 ? (
        <p className="list-sub contact-none">{t('contact.none')}</p>
      ) : (
        <>
          {people.some(({ data }) => data.mobile || data.phone) && <CallNotice customer={customer} />}
          <ul className="list">
            {people.map(({ id, data }) => (
              <li key={id} className="list-row list-row-top">
                <div className="list-body">
                  <div className="list-line">
                    <span className="row-title">{data.name}</span>{' '}
                    {data.primary && <Chip tone="green">{t('contact.primary')}</Chip>}
                  </div>
                  {data.role && <div className="list-sub">{data.role}</div>}
                  <div className="list-sub contact-ways">
                    {data.email && <a href={`mailto:${data.email}`}>{data.email}</a>}
                    {[data.mobile, data.phone].filter(Boolean).map((number) => (
                      <a key={number} className="num" href={`tel:${number?.replace(/[^+\d]/g, '')}`}>
                        {number}
                      </a>
                    ))}
                  </div>
                </div>
                {mayWrite && (
                  <div className="list-actions">
                    <Button
                      size="small"
                      type="text"
                      aria-label={t('contact.editOf', { name: data.name })}
                      onClick={() => setOpen(id)}
                    >
                      {t('action.edit')}
                    </Button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      <Suspense>
        {open && (
          <ContactDrawer
            customer={customer}
            id={open}
            first={people.length === 0}
            onClose={() => setOpen(undefined)}
          />
        )}
      </Suspense>
    </Section>
  );
}
