import { useFormat } from '../lib/useFormat';

export function Money({
  amount,
  currency,
  tone,
}: {
  amount: number;
  currency: string;
  tone?: 'overdue' | 'quiet';
}) {
  const format = useFormat();
  return <span className={`num${tone ? ` money-${tone}` : ''}`}>{format.money(amount, currency)}</span>;
}
