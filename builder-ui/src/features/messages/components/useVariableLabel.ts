import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { Variable } from '../api/messages';

/** What a variable is called in the reader's language. */
export function useVariableLabel() {
  const { t } = useTranslation();
  const format = useFormat();
  return useCallback(
    ({ path, label }: Pick<Variable, 'path' | 'label'>) =>
      t(`messages.variable.${path.replace('.', '_')}`, { defaultValue: format.text(label) || path }),
    [t, format],
  );
}
