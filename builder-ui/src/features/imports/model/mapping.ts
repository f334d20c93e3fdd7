import type { ImportField, ImportMap } from '../api/imports';

/** How dates may be written, in the server's layouts; none means year first. */
export const layouts: Record<'auto' | 'dmy' | 'mdy', string[] | undefined> = {
  auto: undefined,
  dmy: ['2.1.2006', '2/1/2006', '2-1-2006', '2006-1-2', '2.1.06', '2/1/06'],
  mdy: ['1/2/2006', '1-2-2006', '2006-1-2', '1/2/06'],
};

export function dateOrder({ dates }: ImportMap): 'auto' | 'dmy' | 'mdy' {
  // A proposal lists the year-first ways before what stands in the file.
  for (const layout of dates ?? []) {
    if (/^0?2\D0?1\D/.test(layout)) return 'dmy';
    if (/^0?1\D0?2\D/.test(layout)) return 'mdy';
  }
  return 'auto';
}

/** The map with a column as a field ('' for none): a field has one column, and a column one field. */
export function place(map: ImportMap, column: string, field: string): ImportMap {
  const columns = Object.fromEntries(
    Object.entries(map.columns).filter(([key, name]) => name !== column && key !== field),
  );
  if (field) columns[field] = column;
  const externalId = map.externalId && columns[map.externalId] ? map.externalId : undefined;
  return { ...map, columns, externalId };
}

/** Fields that every record needs and no column has. */
export function missing(fields: ImportField[], map: ImportMap): string[] {
  return fields
    .filter(({ key, required }) => required && !map.columns[key] && key !== 'currency')
    .map(({ key }) => key);
}
