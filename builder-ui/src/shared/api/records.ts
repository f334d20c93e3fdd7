import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Data } from '../form/types';
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

export function useRecordPayment() {
  const changed = useAccountChanged();
  return useMutation({
    mutationFn: (data: PaymentData) => api.post<Payment>('/records/payment', { data }),
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

export function useSaveInvoice() {
  const changed = useAccountChanged();
  return useMutation({
    mutationFn: (data: Invoice['data']) => api.post<Invoice>('/records/invoice', { data }),
    onSuccess: (_, { customer }) => changed(customer),
  });
}

/** A record of any form. */
export type FormRecord = StoredRecord<Data, Data> & { masked?: string[] };

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
