import { useFormDoc } from '../../api/records';
import type { Data } from '../../form/types';
import { useFormat } from '../../lib/useFormat';
import { Fact } from '../Page';
import { useFieldText } from './useFieldText';

/** What a company's own fields of a built-in form hold, to read; fields without a value are left out. */
export function CustomFacts({
  form: key,
  data,
  currency = '',
}: {
  form: string;
  data: object;
  currency?: string;
}) {
  const format = useFormat();
  const text = useFieldText();
  const form = useFormDoc(key);
  return Object.entries(form.data?.schema.properties ?? {})
    .filter(([, property]) => !property['x-df-system'])
    .map(([field, property]) => ({
      field,
      label: format.text(property['x-df-label']) || field,
      value: text(property, (data as Data)[field], currency),
    }))
    .filter(({ value }) => value !== '')
    .map(({ field, label, value }) => (
      <Fact key={field} label={label}>
        {value}
      </Fact>
    ));
}
