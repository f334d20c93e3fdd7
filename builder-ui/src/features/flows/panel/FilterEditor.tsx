import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/shared/ui/IconButton';
import {
  type Field,
  type Group,
  type Item,
  type Mode,
  opsOf,
  readFilter,
  valueFor,
  writeFilter,
} from '../model/conditions';
import { type Filter, same } from '../model/document';
import { usePanel } from './context';
import { Field as Labelled } from './Field';
import { FilterValue } from './FilterValue';
import { Matches } from './Matches';
import { useFieldOptions } from './widgets';

const modes: Mode[] = ['all', 'any', 'none', 'notAll'];
const deepest = 6;

type Props = {
  label: string;
  help?: string;
  value?: Filter;
  onChange: (filter: Filter | undefined) => void;
  pointer: string;
};

/**
 * Conditions from pickers. Lines that are not finished stay here until they are: the flow itself only ever
 * holds conditions that mean something.
 */
export function FilterEditor({ label, help, value, onChange, pointer }: Props) {
  const { t } = useTranslation();
  const { errorAt } = usePanel();
  const [group, setGroup] = useState(() => readFilter(value));
  const written = useRef<Filter | undefined>(value);
  useEffect(() => {
    // Somebody else, or undo, changed it: what is shown follows, unfinished lines included.
    if (same(value ?? {}, written.current ?? {})) return;
    written.current = value;
    setGroup(readFilter(value));
  }, [value]);
  const change = (next: Group) => {
    setGroup(next);
    const filter = writeFilter(next);
    if (same(filter ?? {}, written.current ?? {})) return;
    written.current = filter;
    onChange(filter);
  };
  return (
    <Labelled group label={label} help={help} error={errorAt(pointer) ?? errorBelow(errorAt, pointer)}>
      {() => (
        <div className="filter">
          <GroupEditor group={group} onChange={change} depth={0} name={label} />
          {group.items.length === 0 && <p className="prop-help">{t('designer.filter.everything')}</p>}
          <Matches filter={value} />
        </div>
      )}
    </Labelled>
  );
}

/** A verdict on one comparison is shown at the condition it belongs to. */
function errorBelow(errorAt: (pointer: string) => string | undefined, pointer: string) {
  return errorAt(`${pointer}/*`);
}

type GroupProps = {
  group: Group;
  onChange: (group: Group) => void;
  onRemove?: () => void;
  depth: number;
  name: string;
};

function GroupEditor({ group, onChange, onRemove, depth, name }: GroupProps) {
  const { t } = useTranslation();
  const { readOnly } = usePanel();
  const set = (at: number, item: Item | undefined) => {
    const items = [...group.items];
    if (item) items[at] = item;
    else items.splice(at, 1);
    onChange({ ...group, items });
  };
  const add = (item: Item) => onChange({ ...group, items: [...group.items, item] });
  const showMode = group.items.length > 1 || depth > 0 || group.mode !== 'all';
  return (
    <div className={depth ? 'filter-group filter-nested' : 'filter-group'}>
      {showMode && (
        <div className="filter-mode">
          <Select
            size="small"
            variant="filled"
            aria-label={t('designer.filter.modeOf', { name })}
            popupMatchSelectWidth={false}
            value={group.mode}
            disabled={readOnly}
            options={modes.map((mode) => ({ value: mode, label: t(`designer.filter.mode.${mode}`) }))}
            onChange={(mode) => onChange({ ...group, mode })}
          />
          {onRemove && !readOnly && (
            <IconButton
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              label={t('designer.filter.removeGroup')}
              onClick={onRemove}
            />
          )}
        </div>
      )}
      <ul className="filter-items">
        {group.items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; it has no other identity
          <li key={at}>
            {item.kind === 'group' ? (
              <GroupEditor
                group={item}
                name={t('designer.filter.group', { number: at + 1 })}
                depth={depth + 1}
                onChange={(next) => set(at, next)}
                onRemove={() => set(at, undefined)}
              />
            ) : item.kind === 'opaque' ? (
              <p className="prop-help">{t('designer.filter.opaque')}</p>
            ) : (
              <Line
                item={item}
                number={at + 1}
                onChange={(next) => set(at, next)}
                onRemove={() => set(at, undefined)}
              />
            )}
          </li>
        ))}
      </ul>
      {!readOnly && (
        <div className="filter-add">
          <Button
            size="small"
            type="text"
            icon={<PlusOutlined />}
            onClick={() => add({ kind: 'is', field: '', op: 'eq' })}
          >
            {t('designer.filter.add')}
          </Button>
          {depth < deepest && group.items.length > 0 && (
            <Button
              size="small"
              type="text"
              onClick={() =>
                add({
                  kind: 'group',
                  mode: group.mode === 'any' ? 'all' : 'any',
                  items: [{ kind: 'is', field: '', op: 'eq' }],
                })
              }
            >
              {t('designer.filter.addGroup')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

type LineProps = {
  item: Extract<Item, { kind: 'is' }>;
  number: number;
  onChange: (item: Item) => void;
  onRemove: () => void;
};

function Line({ item, number, onChange, onRemove }: LineProps) {
  const { t } = useTranslation();
  const { readOnly } = usePanel();
  const { options, fields, loading } = useFieldOptions();
  const field: Field | undefined = fields.find(({ path }) => path === item.field);
  const pick = (path: string) => {
    const next = fields.find((entry) => entry.path === path);
    if (!next) return;
    const op = opsOf(next).includes(item.op) && item.field ? item.op : (opsOf(next)[0] ?? 'eq');
    onChange({ kind: 'is', field: path, op, value: valueFor(next, op) });
  };
  const known = item.field && !field && !loading ? [{ value: item.field, label: item.field }] : [];
  return (
    <div className="filter-line">
      <Select
        className="filter-field"
        aria-label={t('designer.filter.field', { number })}
        placeholder={t('designer.filter.pickField')}
        showSearch={{ optionFilterProp: 'label' }}
        popupMatchSelectWidth={280}
        value={item.field || undefined}
        disabled={readOnly}
        options={[...options, ...known]}
        onChange={pick}
      />
      {field && (
        <Select
          className="filter-op"
          aria-label={t('designer.filter.op', { number })}
          popupMatchSelectWidth={false}
          value={item.op}
          disabled={readOnly}
          options={[...new Set([...opsOf(field), item.op])].map((op) => ({
            value: op,
            label: t(`designer.op.${field.type === 'date' || field.type === 'instant' ? 'date.' : ''}${op}`),
          }))}
          onChange={(op) => onChange({ ...item, op, value: valueFor(field, op, item.value) })}
        />
      )}
      {field && (
        <FilterValue
          field={field}
          op={item.op}
          number={number}
          value={item.value}
          onChange={(value) => onChange({ ...item, value })}
        />
      )}
      {!readOnly && (
        <IconButton
          className="filter-remove"
          type="text"
          size="small"
          icon={<DeleteOutlined />}
          label={t('designer.filter.remove', { number })}
          onClick={onRemove}
        />
      )}
    </div>
  );
}
