import type { ControlProps } from './types';

/** What every control says to those who do not see it. */
export const aria = ({ describedBy, invalid }: ControlProps) => ({
  'aria-describedby': describedBy,
  'aria-invalid': invalid || undefined,
  status: invalid ? ('error' as const) : undefined,
});
