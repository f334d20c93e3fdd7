import {
  CopyOutlined,
  DeleteOutlined,
  DownOutlined,
  LockOutlined,
  MoreOutlined,
  UpOutlined,
} from '@ant-design/icons';
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import {
  attachClosestEdge,
  type Edge,
  extractClosestEdge,
} from '@atlaskit/pragmatic-drag-and-drop-hitbox/closest-edge';
import { Button, Dropdown, Input, Tooltip } from 'antd';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupsOf, kindOf } from '@/shared/form/kinds';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { Control } from '@/shared/ui/record/controls';
import { choiceTrouble } from '../model/choices';
import { duplicateField, kindName, moveField, nudge, removeField, unnamed, updateField } from '../model/edit';
import { parseRules } from '../model/rules';
import { useDesigner } from '../model/store';
import { focusSoon } from './focus';
import { KindIcon } from './KindIcon';

type Props = { name: string; group: number; at: number; half: boolean };

/** A field on the canvas, drawn as people will see it; its own controls sleep while it is being designed. */
export function CanvasField({ name, group, at, half }: Props) {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const { doc, selected, problems } = useDesigner();
  const { select, change } = useDesigner.getState();
  const [edge, setEdge] = useState<Edge | null>(null);
  const [naming, setNaming] = useState(false);
  const [along, setAlong] = useState<string[]>([]);
  const item = useRef<HTMLLIElement>(null);
  const property = doc.schema.properties?.[name];
  const locked = property?.['x-df-system'] === true;

  useEffect(() => {
    if (!item.current) return;
    return combine(
      draggable({ element: item.current, getInitialData: () => ({ field: name }), canDrag: () => !naming }),
      dropTargetForElements({
        element: item.current,
        canDrop: ({ source }) => 'tile' in source.data || 'field' in source.data,
        getData: ({ input, element }) => {
          const data = attachClosestEdge({ name }, { input, element, allowedEdges: ['top', 'bottom'] });
          const after = extractClosestEdge(data) === 'bottom';
          return { ...data, place: { group, at: after ? at + 1 : at } };
        },
        onDrag: ({ self }) => setEdge(extractClosestEdge(self.data)),
        onDragLeave: () => setEdge(null),
        onDrop: () => setEdge(null),
      }),
    );
  }, [name, group, at, naming]);

  if (!property) return null;
  const on = selected !== undefined && 'field' in selected && selected.field === name;
  const label = format.text(property['x-df-label']) || property.title || name;
  const kind = kindName(property);
  const known = t(`forms.kind.${kind}`, { defaultValue: kind });
  const bad = problems.some(
    ({ pointer }) =>
      pointer.startsWith(`/schema/properties/${name}/`) || pointer === `/schema/properties/${name}`,
  );
  const ruled = parseRules(doc.schema).sentences.some(({ fields }) => fields.includes(name));
  const trouble = choiceTrouble(property);
  const startNaming = () => {
    const kindIn = (lng: string) => i18n.getFixedT(lng)(`forms.kind.${kind}`);
    setAlong(unnamed(property['x-df-label'], format.lang, kindIn));
    setNaming(true);
  };
  const required = parseRules(doc.schema).required.has(name);

  const step = (by: -1 | 1) => {
    const next = nudge(doc, name, by);
    if (next === doc) return;
    change(next, { field: name });
    const groups = groupsOf(next);
    const now = groups.findIndex(({ fields }) => fields.includes(name));
    const place = groups[now]?.fields.indexOf(name) ?? 0;
    useDesigner.getState().say(
      t('forms.said.movedTo', {
        label,
        place: place + 1,
        total: groups[now]?.fields.length ?? 0,
        section: format.text(groups[now]?.title) || t('forms.sectionAt', { at: now + 1 }),
      }),
    );
    focusSoon(`field-${name}`);
  };
  const remove = () => {
    if (locked) return;
    const keys = groupsOf(doc).flatMap(({ fields }) => fields);
    const heir = keys[keys.indexOf(name) + 1] ?? keys[keys.indexOf(name) - 1];
    change(removeField(doc, name), heir ? { field: heir } : undefined);
    useDesigner.getState().say(t('forms.said.removed', { label }));
    if (heir) focusSoon(`field-${heir}`);
  };
  const copy = () => {
    const made = duplicateField(
      doc,
      name,
      Object.keys(useDesigner.getState().published?.schema.properties ?? {}),
    );
    change(made.doc, { field: made.key });
    focusSoon(`field-${made.key}`);
  };
  const walk = (by: -1 | 1) => {
    const keys = groupsOf(doc).flatMap(({ fields }) => fields);
    const next = keys[keys.indexOf(name) + by];
    if (next) {
      select({ field: next });
      focusSoon(`field-${next}`);
    }
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'ArrowUp') event.altKey ? step(-1) : walk(-1);
    else if (event.key === 'ArrowDown') event.altKey ? step(1) : walk(1);
    else if (event.key === 'Delete' || event.key === 'Backspace') remove();
    else if (event.key === 'F2') startNaming();
    else if ((event.ctrlKey || event.metaKey) && event.key === 'd') copy();
    else return;
    event.preventDefault();
  };
  const places = groupsOf(doc).map((target, to) => ({
    key: String(to),
    label: format.text(target.title) || format.text(target.tab) || t('forms.sectionAt', { at: to + 1 }),
    disabled: to === group,
    onClick: () => {
      change(moveField(doc, name, { group: to, at: target.fields.length }), { field: name });
      focusSoon(`field-${name}`);
    },
  }));

  return (
    <li
      ref={item}
      className={['fd-field', half ? 'rf-half' : 'rf-full', on && 'fd-field-on', bad && 'fd-field-bad']
        .filter(Boolean)
        .join(' ')}
      data-edge={edge ?? undefined}
    >
      {naming ? (
        <Input
          size="small"
          autoFocus
          className="fd-rename"
          aria-label={t('forms.rename', { label })}
          defaultValue={label}
          maxLength={200}
          onFocus={({ target }) => target.select()}
          onBlur={() => setNaming(false)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' && event.key !== 'Escape') return;
            setNaming(false);
            focusSoon(`field-${name}`);
          }}
          onChange={({ target }) =>
            change(
              updateField(doc, name, {
                'x-df-label': {
                  ...property['x-df-label'],
                  ...Object.fromEntries(along.map((lng) => [lng, target.value])),
                  [format.lang]: target.value,
                },
              }),
              undefined,
              `label ${name}`,
            )
          }
        />
      ) : (
        <div className="fd-field-top" aria-hidden>
          <KindIcon kind={kind} />
          <span className="rf-label">{label}</span>
          {required && <span className="rf-required">{t('record.required')}</span>}
          {trouble && <span className="fd-mark fd-mark-warn">{t(`forms.choiceMark.${trouble}`)}</span>}
          {ruled && <span className="fd-mark">{t('forms.hasRule')}</span>}
          {locked && <LockOutlined className="fd-lock" />}
        </div>
      )}
      <div className="fd-sleep" inert>
        <Control
          id={`design-${name}`}
          kind={kindOf(property)}
          property={property}
          label={label}
          value={undefined}
          data={{}}
          form={doc.key}
          onChange={() => {}}
        />
      </div>
      {!naming && (
        <button
          type="button"
          className="fd-pick"
          data-item={`field-${name}`}
          aria-pressed={on}
          aria-label={[
            label,
            known,
            required && t('record.required'),
            locked && t('forms.locked'),
            bad && t('forms.needsWork'),
            trouble && t(`forms.choiceMark.${trouble}`),
          ]
            .filter(Boolean)
            .join(', ')}
          onClick={() => select({ field: name })}
          onDoubleClick={startNaming}
          onKeyDown={keys}
        />
      )}
      {on && !naming && (
        <span className="fd-tools">
          <Tooltip title={t('forms.moveUp')}>
            <Button
              size="small"
              type="text"
              icon={<UpOutlined />}
              aria-label={t('forms.moveUp')}
              onClick={() => step(-1)}
            />
          </Tooltip>
          <Tooltip title={t('forms.moveDown')}>
            <Button
              size="small"
              type="text"
              icon={<DownOutlined />}
              aria-label={t('forms.moveDown')}
              onClick={() => step(1)}
            />
          </Tooltip>
          <Tooltip title={t('forms.duplicate')}>
            <Button
              size="small"
              type="text"
              icon={<CopyOutlined />}
              aria-label={t('forms.duplicate')}
              onClick={copy}
            />
          </Tooltip>
          <Dropdown
            menu={{ items: [{ type: 'group', label: t('forms.moveTo'), children: places }] }}
            trigger={['click']}
          >
            <IconButton size="small" type="text" icon={<MoreOutlined />} label={t('forms.moveTo')} />
          </Dropdown>
          {!locked && (
            <Tooltip title={t('forms.remove')}>
              <Button
                size="small"
                type="text"
                danger
                icon={<DeleteOutlined />}
                aria-label={t('forms.remove')}
                onClick={remove}
              />
            </Tooltip>
          )}
        </span>
      )}
    </li>
  );
}
