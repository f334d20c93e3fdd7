import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Viewers } from '@/shared/access/Viewers';
import { CustomerPick } from '@/shared/ui/CustomerPick';
import { Section } from '@/shared/ui/Page';
import { Empty } from '@/shared/ui/states';

/** The answer to "who sees this account, and why?", for any account. */
export function ExplainPanel() {
  const { t } = useTranslation();
  const [customer, setCustomer] = useState<{ id: string; name: string }>();
  return (
    <Section title={t('roles.viewers')}>
      <div className="roles-pick">
        <label htmlFor="roles-customer">{t('roles.account')}</label>
        <CustomerPick
          id="roles-customer"
          value={customer}
          onChange={setCustomer}
          placeholder={t('field.findCustomer')}
        />
      </div>
      {customer ? <Viewers customer={customer.id} /> : <Empty small title={t('roles.pickAccount')} />}
    </Section>
  );
}
