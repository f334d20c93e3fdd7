import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField, TextField } from '@/shared/ui/fields';
import { type Template, useSaveTemplate } from '../api/messages';
import { docOf, templateKeyFrom } from '../model/template';

type Values = { name: string; from: string };

/** A new template starts from one that is there, so that it has what conduct asks for from its first word. */
export function NewTemplateDrawer({
  onClose,
  templates,
  from,
}: {
  onClose: () => void;
  templates: Template[];
  from?: string;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const save = useSaveTemplate();
  const create = async ({ name, from: source }: Values) => {
    const model = templates.find(({ key }) => key === source);
    if (!model) return;
    const key = templateKeyFrom(name, new Set(templates.map((template) => template.key)), model.key);
    await save.mutateAsync({ doc: { ...docOf(model), key, name: { en: name, 'zh-CN': name } }, version: 0 });
    const step = params.get('for');
    navigate(`/messages/${key}${step ? `?${new URLSearchParams({ for: step })}` : ''}`);
  };
  return (
    <FormDrawer<Values>
      open
      onClose={onClose}
      title={t(from ? 'messages.copy' : 'messages.new')}
      sub={t('messages.newSub')}
      submit={t('messages.create')}
      initial={{ from: from ?? 'overdue-friendly' }}
      onSubmit={create}
    >
      <TextField name="name" label={t('messages.name')} required />
      <SelectField
        name="from"
        label={t('messages.startFrom')}
        required
        options={templates.map(({ key, name }) => ({ value: key, label: format.text(name) || key }))}
      />
    </FormDrawer>
  );
}
