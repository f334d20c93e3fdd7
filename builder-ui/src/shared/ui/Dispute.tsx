import { useTranslation } from 'react-i18next';
import { useUserNames } from '../api/names';
import type { Dispute } from '../api/types';
import { useFormat } from '../lib/useFormat';
import { DateField } from './DateField';
import { SelectField } from './fields';

/** Who settles a dispute, by when; without them the account's owner has ten working days. */
export function DisputeDeadline({ required = false }: { required?: boolean }) {
  const { t } = useTranslation();
  const names = useUserNames();
  return (
    <>
      <SelectField
        name="owner"
        label={t('dispute.owner')}
        extra={required ? undefined : t('dispute.ownerHint')}
        required={required}
        clear={!required}
        options={(names.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      />
      <DateField
        name="deadline"
        label={t('dispute.deadline')}
        extra={required ? undefined : t('dispute.deadlineHint')}
        required={required}
      />
    </>
  );
}

/** A dispute in one line: why, who has it, until when. */
export function DisputeNote({ dispute }: { dispute: Dispute }) {
  const { t } = useTranslation();
  const format = useFormat();
  const owner = useUserNames().data?.find(({ id }) => id === dispute.owner)?.name;
  if (!dispute.deadline && !owner) return null;
  return (
    <span className="cell-sub">
      {[
        owner,
        dispute.deadline && (
          <span key="until" className={dispute.late ? 'text-overdue' : undefined}>
            {t('dispute.until', { date: format.date(dispute.deadline) })}
          </span>
        ),
      ]
        .filter(Boolean)
        .flatMap((part, at) => (at === 0 ? [part] : [' · ', part]))}
    </span>
  );
}
