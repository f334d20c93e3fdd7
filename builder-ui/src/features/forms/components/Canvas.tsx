import { dropTargetForElements, monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { groupsOf } from '@/shared/form/kinds';
import type { Group } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { moveField, type Place } from '../model/edit';
import { useDesigner } from '../model/store';
import { CanvasField } from './CanvasField';
import { GroupHead } from './GroupHead';
import { useAdd } from './useAdd';

/** The form itself, in its own layout; everything on it can be selected, moved and renamed in place. */
export function Canvas() {
  const { t } = useTranslation();
  const { doc, select } = useDesigner();
  const add = useAdd();
  const box = useRef<HTMLDivElement>(null);
  const groups = groupsOf(doc);
  const empty = groups.every(({ fields }) => fields.length === 0);

  useEffect(() => {
    const stops = [
      monitorForElements({
        onDrop: ({ source, location }) => {
          const over = location.current.dropTargets[0]?.data as { place?: Place } | undefined;
          if (!over?.place) return;
          if (typeof source.data.tile === 'string') return add(source.data.tile, over.place);
          const { doc, change, say } = useDesigner.getState();
          const field = source.data.field;
          if (typeof field !== 'string') return;
          change(moveField(doc, field, over.place), { field });
          say(t('forms.said.moved'));
        },
      }),
    ];
    if (box.current) stops.push(autoScrollForElements({ element: box.current }));
    return () => {
      for (const stop of stops) stop();
    };
  });

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a click beside the form selects the form; its button does so too
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      className="fd-canvas"
      ref={box}
      onClick={({ target, currentTarget }) => target === currentTarget && select(undefined)}
    >
      <div className="fd-paper">
        {empty && <p className="fd-empty">{t('forms.emptyForm')}</p>}
        {groups.map((group, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sections are known by their place
          <CanvasGroup key={at} group={group} at={at} />
        ))}
      </div>
    </div>
  );
}

function CanvasGroup({ group, at }: { group: Group; at: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const layout = useDesigner(({ doc }) => doc.layout);
  const ref = useRef<HTMLDivElement>(null);
  const count = group.fields.length;
  useEffect(() => {
    if (!ref.current) return;
    return dropTargetForElements({
      element: ref.current,
      canDrop: ({ source }) => 'tile' in source.data || 'field' in source.data,
      getData: () => ({ place: { group: at, at: count } }),
      onDragEnter: () => ref.current?.classList.add('fd-drop'),
      onDragLeave: () => ref.current?.classList.remove('fd-drop'),
      onDrop: () => ref.current?.classList.remove('fd-drop'),
    });
  }, [at, count]);
  return (
    <section className={group.tab ? 'fd-group fd-group-tab' : 'fd-group'}>
      <GroupHead group={group} at={at} />
      <div className="fd-fields" ref={ref}>
        {group.fields.length === 0 && <p className="fd-group-empty">{t('forms.emptySection')}</p>}
        <ul
          className="rf-grid"
          aria-label={format.text(group.title) || format.text(group.tab) || t('forms.fields')}
        >
          {group.fields.map((key, place) => (
            <CanvasField key={key} name={key} group={at} at={place} half={layout?.widths?.[key] === 'half'} />
          ))}
        </ul>
      </div>
    </section>
  );
}
