import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { FormDoc } from '@/shared/form/types';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { type FormEntry, saveDraft, useStaleForms } from '../api/forms';

type Values = { name: string; key: string };

/** A key from a name; Chinese names have none to offer, so a number stands in. */
export function keyFrom(name: string, taken: ReadonlySet<string>): string {
  const words = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9 ]/g, '')
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const camel = words
    .map((word, at) => (at === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
    .slice(0, 30);
  const base = /^[a-z]/.test(camel) ? camel : 'form';
  if (!taken.has(base) && base !== 'form') return base;
  for (let n = base === 'form' ? 1 : 2; ; n++) if (!taken.has(`${base}${n}`)) return `${base}${n}`;
}

export const keyRule = (t: (key: string) => string, taken: ReadonlySet<string>) => [
  { required: true, message: t('field.required') },
  { pattern: /^[a-z][a-zA-Z0-9]{0,39}$/, message: t('forms.formKeyShape') },
  {
    validator: (_: unknown, value: string) =>
      taken.has(value) ? Promise.reject(new Error(t('forms.formKeyTaken'))) : Promise.resolve(),
  },
];

export function NewFormDrawer({ onClose, forms }: { onClose: () => void; forms: FormEntry[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const stale = useStaleForms();
  const taken = new Set(forms.map(({ key }) => key));
  const create = async ({ name, key }: Values) => {
    const doc: FormDoc = {
      key,
      name: { en: name, 'zh-CN': name },
      title: 'name',
      schema: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          name: {
            type: 'string',
            minLength: 1,
            maxLength: 200,
            'x-df-label': { en: 'Name', 'zh-CN': '名称' },
            'x-df-searchable': true,
            'x-df-sortable': true,
          },
        },
      },
      layout: { groups: [{ fields: ['name'] }] },
    };
    stale(await saveDraft(doc, 0));
    navigate(`/forms/${key}`);
  };
  return (
    <FormDrawer<Values>
      open
      onClose={onClose}
      title={t('forms.new')}
      sub={t('forms.newSub')}
      submit={t('forms.create')}
      onSubmit={create}
    >
      {(form) => (
        <>
          <Form.Item
            name="name"
            label={t('forms.name')}
            rules={[{ required: true, whitespace: true, message: t('field.required') }]}
          >
            <Input
              maxLength={100}
              autoComplete="off"
              onBlur={({ target }) =>
                !form.getFieldValue('key') && form.setFieldValue('key', keyFrom(target.value, taken))
              }
            />
          </Form.Item>
          <Form.Item noStyle shouldUpdate>
            {() => (
              <TextField
                name="key"
                label={t('forms.key')}
                max={40}
                rules={keyRule(t, taken)}
                extra={t('forms.keyHint')}
              />
            )}
          </Form.Item>
        </>
      )}
    </FormDrawer>
  );
}
