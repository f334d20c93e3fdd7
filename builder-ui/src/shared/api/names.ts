import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import { keys } from './query';
import type { Customer, Ref } from './types';

/** Users by name, for owner pickers. */
export const useUserNames = () =>
  useQuery({
    queryKey: keys.names,
    queryFn: () => api.get<{ items: Ref[] }>('/users/names'),
    select: ({ items }) => items,
    staleTime: 300_000,
  });

/** A customer's owner; the record names the user, the list of names the person. */
export function useOwnerName(customer: Customer): string | undefined {
  const names = useUserNames();
  return customer.system.ownerName || names.data?.find(({ id }) => id === customer.data.owner)?.name;
}
