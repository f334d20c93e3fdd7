import '../texts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { currencies } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { DayInput } from '@/shared/ui/DayInput';
import { FilterBar, Pick } from '@/shared/ui/Filters';
import { Page } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { ageingFile, useAgeing } from '../api/ageing';
import { endOfLastMonth, shownDay } from '../model/day';
import { AgeingTable } from './AgeingTable';

/** Who owed what on a day, and how late: today's ageing by customer, and that of any day before. */
export default function AgeingPage() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const params = useParamState();
  const asOf = params.get('day');
  const currency = params.get('currency');
  const day = asOf ?? format.today;
  const report = useAgeing({ asOf, currency });
  const file = (of?: string) => ageingFile({ asOf: day, currency: of, language: i18n.language });
  // Today is the day that the address does not name: a link to it goes on meaning today.
  const choose = (chosen: string) => params.set({ day: chosen === format.today ? undefined : chosen });
  const monthEnd = endOfLastMonth(format.today);

  return (
    <Page
      title={t('nav.ageing')}
      sub={t('ageing.sub')}
      wide
      actions={
        <Button href={file(currency)} download>
          {t('action.export')}
        </Button>
      }
    >
      <FilterBar>
        <DayInput aria-label={t('ageing.asOf')} value={shownDay(day)} required onChange={choose} />
        <DayButton
          label={t('ageing.today')}
          pressed={day === format.today}
          onPress={() => choose(format.today)}
        />
        <DayButton
          label={t('ageing.lastMonth')}
          pressed={day === monthEnd}
          onPress={() => choose(monthEnd)}
        />
        <Pick
          label={t('field.currency')}
          value={currency}
          onChange={(value) => params.set({ currency: value })}
          options={currencies.map((value) => ({ value, label: value }))}
        />
      </FilterBar>
      {report.error ? (
        <ErrorState error={report.error} onRetry={() => report.refetch()} />
      ) : !report.data ? (
        <div className="section" aria-busy>
          <Lines rows={8} />
        </div>
      ) : report.data.currencies.length === 0 ? (
        <div className="section">
          <Empty
            title={t('ageing.none', { day: format.date(report.data.asOf) })}
            text={t('ageing.noneText')}
          />
        </div>
      ) : (
        <div
          className={report.isPlaceholderData ? 'ageing-groups table-stale' : 'ageing-groups'}
          aria-busy={report.isPlaceholderData}
        >
          {report.data.currencies.map((group) => (
            <AgeingTable key={group.currency} group={group} file={file(group.currency)} />
          ))}
        </div>
      )}
    </Page>
  );
}

function DayButton({ label, pressed, onPress }: { label: string; pressed: boolean; onPress: () => void }) {
  return (
    <Button className={pressed ? 'day-on' : undefined} aria-pressed={pressed} onClick={onPress}>
      {label}
    </Button>
  );
}
