import type { FormDoc } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';

/** What a place in a record or a form is called: the label of its field, never how it is stored. */
export function useFieldName(doc: FormDoc, before?: FormDoc) {
  const format = useFormat();
  const labelOf = (key: string) =>
    format.text((doc.schema.properties?.[key] ?? before?.schema.properties?.[key])?.['x-df-label']) || key;
  return {
    labelOf,
    /** "/floor", "/schema/properties/floor/maxLength"; nothing for a place that is no field's. */
    fieldAt: (pointer: string): string | undefined => {
      const parts = pointer.split('/').filter(Boolean);
      const key = parts[0] === 'schema' ? parts[1] === 'properties' && parts[2] : parts[0];
      return key && key in (doc.schema.properties ?? {}) ? key : undefined;
    },
  };
}
