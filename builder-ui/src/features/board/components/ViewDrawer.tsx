import { Checkbox, Form, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { useSaveView } from '../api/board';
import { columnKeys, conditionsOf, joined, laneKeys } from '../model/query';
import type { ColumnKey, Lanes, SortKey, View } from '../model/types';

type Fields = {
  name: string;
  columns: ColumnKey[];
  lanes: Lanes | 'none';
  sort: SortKey;
  shared: boolean;
  limits?: Partial<Record<ColumnKey, number | null>>;
};

const sorts: SortKey[] = ['oldestDue', '-open', 'name'];

/** Saves what is on the screen as a view of its own, or changes the one shown. */
export default function ViewDrawer({
  view,
  editing,
  onClose,
}: {
  view: View;
  editing?: 'new' | 'change';
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const save = useSaveView();
  const [params] = useSearchParams();
  const change = editing === 'change';
  const param = (key: string) => params.get(key) ?? undefined;

  const submit = async ({ name, columns, lanes, sort, shared, limits }: Fields) => {
    // How long a customer is overdue moves with the days; it stays a filter of the moment.
    const picked = conditionsOf(
      { tier: param('tier'), owner: param('owner'), region: param('region') },
      format.today,
    );
    const parts = [...(view.filter ? [view.filter] : []), ...picked];
    const filter = joined(parts);
    const saved = await save.mutateAsync({
      key: change ? view.key : `v-${Date.now().toString(36)}`,
      version: change ? view.version : undefined,
      name: change ? { ...view.name, [format.lang]: name } : { en: name, 'zh-CN': name },
      columns: columnKeys.filter((column) => columns.includes(column)),
      lanes: lanes === 'none' ? undefined : lanes,
      sort,
      shared,
      limits: Object.fromEntries(
        Object.entries(limits ?? {}).filter(([, limit]) => typeof limit === 'number' && limit > 0),
      ) as View['limits'],
      filter: filter ? JSON.parse(filter) : undefined,
    });
    navigate(`/board/${saved.key}`);
  };
  return (
    <FormDrawer<Fields>
      open={editing !== undefined}
      onClose={onClose}
      title={t(change ? 'board.changeView' : 'board.saveView')}
      sub={t('board.saveViewHint')}
      submit={t('action.save')}
      done={t('state.saved')}
      initial={{
        name: change ? format.text(view.name) : '',
        columns: view.columns,
        lanes: laneKeys.find((key) => key === (param('lanes') ?? view.lanes)) ?? 'none',
        sort: view.sort || 'oldestDue',
        shared: change ? view.shared : false,
        limits: view.limits,
      }}
      onSubmit={submit}
    >
      <TextField name="name" label={t('field.name')} required max={60} />
      <Form.Item
        name="columns"
        label={t('board.columns')}
        rules={[{ required: true, message: t('field.required') }]}
      >
        <Checkbox.Group
          className="choices"
          options={columnKeys.map((key) => ({ value: key, label: t(`board.column.${key}`) }))}
        />
      </Form.Item>
      <Form.Item name="sort" label={t('board.sort')}>
        <Select options={sorts.map((key) => ({ value: key, label: t(`board.sortBy.${key}`) }))} />
      </Form.Item>
      <Form.Item name="lanes" label={t('board.lanes')}>
        <Select
          options={(['none', ...laneKeys] as const).map((key) => ({
            value: key,
            label: t(`board.laneBy.${key}`),
          }))}
        />
      </Form.Item>
      <fieldset className="view-limits">
        <legend className="field-label">{t('board.limits')}</legend>
        {columnKeys
          .filter((key) => key !== 'current')
          .map((key) => (
            <Form.Item key={key} name={['limits', key]} label={t(`board.column.${key}`)} layout="horizontal">
              <InputNumber min={1} max={9999} precision={0} />
            </Form.Item>
          ))}
      </fieldset>
      <Form.Item name="shared" label={t('board.share')} valuePropName="checked" extra={t('board.shareHint')}>
        <Switch />
      </Form.Item>
    </FormDrawer>
  );
}
