import { useTranslation } from 'react-i18next';
import { useUserNames } from '@/shared/api/names';
import type { Customer, CustomerData } from '@/shared/api/types';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField, TextField } from '@/shared/ui/fields';
import { CustomFields } from '@/shared/ui/record/CustomFields';
import { useSaveCustomer } from '../api/customers';
import { cleanData } from '../model/customer';

/** The fields everybody fills in, in the order of a first talk; what the form has besides them follows. */
const own = ['name', 'number', 'tier', 'owner', 'email', 'phone', 'language', 'region', 'note'];

type Props = { open: boolean; onClose: () => void; customer?: Customer; onSaved?: (id: string) => void };

export function CustomerDrawer({ open, onClose, customer, onSaved }: Props) {
  const { t, i18n } = useTranslation();
  const save = useSaveCustomer(customer);
  const owners = useUserNames();
  const submit = async (values: CustomerData) => {
    const saved = await save.mutateAsync(cleanData({ ...customer?.data, ...values }));
    onSaved?.(saved.id);
  };
  return (
    <FormDrawer<CustomerData>
      open={open}
      onClose={onClose}
      title={customer ? t('customer.edit') : t('customer.create')}
      sub={customer?.data.name}
      submit={customer ? t('action.save') : t('customer.create')}
      done={t('state.saved')}
      initial={customer?.data ?? { language: i18n.language as CustomerData['language'], tier: 'B' }}
      onSubmit={submit}
    >
      <TextField name="name" label={t('field.name')} required />
      <div className="field-pair">
        <TextField name="number" label={t('customer.number')} />
        <SelectField
          name="tier"
          label={t('customer.tier')}
          options={['A', 'B', 'C'].map((value) => ({ value, label: t('customer.tierOf', { tier: value }) }))}
        />
      </div>
      <SelectField
        name="owner"
        label={t('customer.owner')}
        clear
        options={(owners.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      <TextField
        name="email"
        label={t('field.email')}
        rules={[{ type: 'email', message: t('field.emailInvalid') }]}
        extra={t('customer.emailHint')}
      />
      <div className="field-pair">
        <TextField name="phone" label={t('field.phone')} />
        <SelectField
          name="language"
          label={t('customer.language')}
          options={[
            { value: 'zh-CN', label: t('langName.zh-CN') },
            { value: 'en', label: t('langName.en') },
          ]}
        />
      </div>
      <TextField name="region" label={t('customer.region')} />
      <TextField name="note" label={t('field.note')} rows={3} />
      <CustomFields form="customer" record={customer?.id} masked={customer?.masked} besides={own} />
    </FormDrawer>
  );
}
