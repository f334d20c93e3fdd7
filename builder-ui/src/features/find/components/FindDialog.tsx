import '../texts';
import { Input, type InputRef, Modal } from 'antd';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useDebounced } from '@/shared/lib/useDebounced';
import { type Format, useFormat } from '@/shared/lib/useFormat';
import { StatusChip } from '@/shared/ui/Chip';
import { ErrorState } from '@/shared/ui/states';
import { type Found, useFound } from '../api/find';

type Hit = { id: string; to: string; title: string; sub?: string; end?: ReactNode };
type Group = { title: string; hits: Hit[]; all: string };

/** One field for whoever has a name or a number in hand: type, choose with the arrows, Enter. */
export default function FindDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const text = useDebounced(typed, 200);
  const found = useFound(open ? text : '');
  const groups = useGroups(found, text, format);
  const hits = groups.flatMap((group) => group.hits);
  const id = useId();
  const field = useRef<InputRef>(null);
  const optionId = (index: number) => `${id}-${index}`;
  const settled = typed.trim() !== '' && typed === text && !found.pending;

  // biome-ignore lint/correctness/useExhaustiveDependencies: other words start at the first hit again
  useEffect(() => setAt(0), [text]);

  const go = (to: string) => {
    onClose();
    navigate(to);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // Enter and arrows are the input method's now
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.length > 0) {
      event.preventDefault();
      const next = (at + step + hits.length) % hits.length;
      setAt(next);
      document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' });
    }
    const hit = hits[at];
    if (event.key === 'Enter' && settled && hit) go(hit.to);
  };

  let index = -1;
  return (
    <Modal
      open={open}
      onCancel={onClose}
      footer={null}
      title={t('find.title')}
      width={560}
      destroyOnHidden
      afterClose={() => setTyped('')}
      // The dialog takes the focus for itself while it opens.
      afterOpenChange={(shown) => shown && field.current?.focus()}
      className="find"
    >
      <Input
        ref={field}
        role="combobox"
        aria-label={t('find.title')}
        aria-expanded={hits.length > 0}
        aria-controls={hits.length > 0 ? `${id}-list` : undefined}
        aria-activedescendant={hits.length > 0 ? optionId(at) : undefined}
        placeholder={t('find.placeholder')}
        value={typed}
        maxLength={100}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={onKey}
      />
      {hits.length > 0 && (
        <div id={`${id}-list`} role="listbox" aria-label={t('find.title')} className="find-list">
          {groups.map(({ title, hits: list, all }) => (
            <div key={title} role="group" aria-label={title}>
              <div className="find-group" aria-hidden>
                <span>{title}</span>
                {list.length === 5 && (
                  <button type="button" className="find-all" tabIndex={-1} onClick={() => go(all)}>
                    {t('find.all')}
                  </button>
                )}
              </div>
              {list.map((hit) => {
                index += 1;
                const own = index;
                return (
                  // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and the keys
                  <div
                    key={hit.id}
                    id={optionId(own)}
                    role="option"
                    tabIndex={-1}
                    aria-selected={own === at}
                    className="find-hit"
                    onMouseMove={() => setAt(own)}
                    onClick={() => go(hit.to)}
                  >
                    <span className="cell-stack">
                      <span className="row-title">{hit.title}</span>
                      {hit.sub && <span className="cell-sub">{hit.sub}</span>}
                    </span>
                    {hit.end}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
      )}
      <div className="find-foot" role="status">
        {found.error ? (
          <ErrorState error={found.error} />
        ) : settled && hits.length === 0 ? (
          t('find.none')
        ) : (
          t('find.keys')
        )}
      </div>
    </Modal>
  );
}

function useGroups({ customers, invoices, payments }: Found, text: string, format: Format): Group[] {
  const { t } = useTranslation();
  const q = encodeURIComponent(text.trim());
  return [
    {
      title: t('nav.customers'),
      all: `/customers?q=${q}`,
      hits: customers.map(({ id, data }) => ({
        id,
        to: `/customers/${id}`,
        title: data.name,
        sub: data.number,
      })),
    },
    {
      title: t('nav.invoices'),
      all: `/invoices?status=all&q=${q}`,
      hits: invoices.map(({ id, data, system }) => ({
        id,
        to: `/invoices?status=all&q=${encodeURIComponent(data.number)}&invoice=${id}`,
        title: data.number,
        sub: `${system.customerName} · ${format.money(system.open || data.amount, data.currency)}`,
        end: <StatusChip kind="invoice" status={system.status} />,
      })),
    },
    {
      title: t('nav.payments'),
      all: `/payments?q=${q}`,
      hits: payments.map(({ id, data, system }) => ({
        id,
        to: `/payments?q=${q}&payment=${id}`,
        title: data.reference || format.date(data.valueDate),
        sub: `${system.customerName} · ${format.date(data.valueDate)}`,
        end: <span className="num">{format.money(data.amount, data.currency)}</span>,
      })),
    },
  ].filter(({ hits }) => hits.length > 0);
}
