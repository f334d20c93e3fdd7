import { useTranslation } from 'react-i18next';
import { useUserNames } from '../../api/names';
import { choicesOf, kindOf } from '../../form/kinds';
import type { Json, Property } from '../../form/types';
import { useFormat } from '../../lib/useFormat';

/** Writes a field's value in the reader's language; "" for none, and for what no line of text can say. */
export function useFieldText() {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  return (property: Property, value: Json | undefined, currency: string): string => {
    if (value === undefined || value === null) return '';
    const choice = (one: Json) =>
      format.text(choicesOf(property).find((known) => known.value === one)?.names) || String(one);
    switch (kindOf(property)) {
      case 'money':
        return typeof value === 'number' ? format.money(value, currency) : '';
      case 'number':
        return typeof value === 'number' ? format.number(value) : '';
      case 'percent':
        return `${value} %`;
      case 'date':
        return format.date(String(value));
      case 'date-time':
        return format.instant(String(value));
      case 'boolean':
        return t(value === true ? 'record.yes' : 'record.no');
      case 'choice':
        return choice(value);
      case 'multiChoice':
        return Array.isArray(value) ? value.map(choice).join(t('record.comma')) : '';
      case 'user':
        return names.data?.find(({ id }) => id === value)?.name ?? '';
      case 'reference':
        return '';
    }
    return typeof value === 'object' ? '' : String(value);
  };
}
