export type Sort = { field: string; descending: boolean };

/** First click sorts upwards, the next turns it round. */
export function nextSort(current: Sort | undefined, field: string): Sort {
  return { field, descending: current?.field === field ? !current.descending : false };
}

/** The sort as the API writes it: `-field` for descending. */
export const sortParam = (sort: Sort) => `${sort.descending ? '-' : ''}${sort.field}`;
