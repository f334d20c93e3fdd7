import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Data, FormDoc } from '../form/types';
import { api } from './client';
import { keys } from './query';
import type { Command, Invoice, Payment, PaymentData, StoredRecord } from './types';

/** Everything a change of an account's money or state may show up in. */
export function useAccountChanged() {
  const client = useQueryClient();
  return (customer: string) => {
    for (const queryKey of [
      keys.customer(customer),
      keys.records('customer'),
      keys.records('invoice'),
      keys.records('payment'),
      keys.today,
      keys.runs,
      keys.messages,
      keys.tasks,
    ]) {
      client.invalidateQueries({ queryKey });
    }
  };
}

/** Records money received, or saves what may be changed of it later. */
export function useSavePayment(existing?: Payment) {
  const changed = useAccountChanged();
  return useMutation({
    mutationFn: (data: PaymentData) =>
      existing
        ? api.put<Payment>(`/records/payment/${existing.id}`, { data }, existing.version)
        : api.post<Payment>('/records/payment', { data }),
    onSuccess: (_, { customer }) => changed(customer),
  });
}

export function useCommand(customer: string) {
  const changed = useAccountChanged();
  return useMutation({
    mutationFn: (command: Command) => api.post(`/customers/${customer}/commands`, command),
    onSuccess: () => changed(customer),
  });
}

export const useInvoice = (id: string, known?: Invoice) =>
  useQuery({
    queryKey: [...keys.records('invoice'), 'one', id],
    queryFn: () => api.get<Invoice>(`/records/invoice/${id}`),
    initialData: known,
    initialDataUpdatedAt: 0,
  });

export function useSaveInvoice(existing?: Invoice) {
  const changed = useAccountChanged();
  return useMutation({
    mutationFn: (data: Invoice['data']) =>
      existing
        ? api.put<Invoice>(`/records/invoice/${existing.id}`, { data }, existing.version)
        : api.post<Invoice>('/records/invoice', { data }),
    onSuccess: (_, { customer }) => changed(customer),
  });
}

/** A record of any form. */
export type FormRecord = StoredRecord<Data, Data> & { masked?: string[] };

/** A form itself: its fields with their names. */
export const useFormDoc = (form: string) =>
  useQuery({
    queryKey: [...keys.form, form],
    queryFn: () => api.get<FormDoc>(`/forms/${form}`),
    staleTime: 60_000,
  });

export function useSaveRecord(form: string, record?: FormRecord) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (data: Data) =>
      record
        ? api.put<FormRecord>(`/records/${form}/${record.id}`, { data }, record.version)
        : api.post<FormRecord>(`/records/${form}`, { data }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.records(form) }),
  });
}
