import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import type { Message } from '@/shared/api/types';

export type Letter = Message & { missing?: string };
export type LetterStatus = 'waiting' | 'sent' | 'failed';

const key = ['letters'] as const;

export const useLetters = (status: LetterStatus) =>
  usePages<Letter>([...key, status], '/letters', { status });

export const usePost = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (values: { ids: string[]; why?: string }) =>
      api.post<{ items: string[] }>('/letters/posted', values),
    onSuccess: () => {
      for (const queryKey of [key, keys.messages]) client.invalidateQueries({ queryKey });
    },
  });
};

/** The browser downloads it: the session is in its cookie. */
export const pdfOf = (ids: string[]) => `/api/v1/letters/pdf?ids=${ids.map(encodeURIComponent).join(',')}`;

/** As many letters as one file may hold. */
export const mostInOne = 200;
