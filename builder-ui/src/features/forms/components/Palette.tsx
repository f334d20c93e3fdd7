import { draggable } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { palette } from '../model/kinds';
import { KindIcon } from './KindIcon';
import { useAdd } from './useAdd';

/** Tiles of all kinds: a click adds after what is selected, a drag where it is dropped. */
export function Palette() {
  const { t } = useTranslation();
  return (
    <aside className="fd-palette" aria-label={t('forms.palette')}>
      {palette.map(({ group, kinds }) => (
        <section key={group} aria-label={t(`forms.group.${group}`)}>
          <h2 className="fd-palette-title">{t(`forms.group.${group}`)}</h2>
          <div className="fd-tiles">
            {kinds.map((kind) => (
              <Tile key={kind} kind={kind} />
            ))}
          </div>
        </section>
      ))}
    </aside>
  );
}

function Tile({ kind }: { kind: string }) {
  const { t } = useTranslation();
  const ref = useRef<HTMLButtonElement>(null);
  const add = useAdd();
  useEffect(() => {
    if (!ref.current) return;
    return draggable({ element: ref.current, getInitialData: () => ({ tile: kind }) });
  }, [kind]);
  return (
    <button
      ref={ref}
      type="button"
      className="fd-tile"
      onClick={() => add(kind)}
      title={t(`forms.kindHint.${kind}`)}
    >
      <KindIcon kind={kind} />
      <span>{t(`forms.kind.${kind}`)}</span>
    </button>
  );
}
