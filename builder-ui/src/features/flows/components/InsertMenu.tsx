import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { StepIcon, tintOf } from '../canvas/icons';
import { useStepTexts } from '../canvas/texts';
import { groups, type NodeType } from '../model/catalog';
import { insert } from '../model/graph';
import { useDesigner, useDesignerStore } from '../store/designer';

const width = 340;

/** The one menu behind every "+": it asks what happens next, and puts the answer where it was asked. */
export default function InsertMenu() {
  const menu = useDesigner((state) => state.menu);
  return menu ? <Menu key={`${menu.place.from}/${menu.at.x}/${menu.at.y}`} /> : null;
}

function Menu() {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDesignerStore();
  const { place, at } = store.getState().menu!;
  const { catalog, graph } = store.getState();
  const texts = useStepTexts(catalog);
  const [port, setPort] = useState(place.port);
  const [typed, setTyped] = useState('');
  const [active, setActive] = useState(0);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const taken = graph.next.get(place.from)?.has(port) === true;
  const choices = useMemo(() => {
    const words = typed.trim().toLowerCase();
    return groups.flatMap((group) =>
      catalog
        .newest(group)
        .filter(
          (type) =>
            !words ||
            [type.type, ...Object.values(type.name), ...Object.values(type.about ?? {})].some((name) =>
              name.toLowerCase().includes(words),
            ),
        )
        .map((type) => ({ group, type, refused: taken && type.ports?.length === 0 })),
    );
  }, [catalog, typed, taken]);
  const ports = graph.ports.get(place.from);
  const ways = [...new Set([...(ports?.required ?? []), ...(ports?.optional ?? [])])];

  const close = () => {
    store.getState().open(undefined);
    store.getState().select([place.from], true);
  };
  const choose = (type: NodeType) => {
    const { sync, add, open } = store.getState();
    open(undefined);
    add(insert(sync.local, catalog, type, { from: place.from, port }));
  };
  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) store.getState().open(undefined);
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [store]);
  const chosen = Math.min(active, choices.length - 1);
  const key = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      close();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      const next =
        (chosen + (event.key === 'ArrowDown' ? 1 : -1) + choices.length) % Math.max(1, choices.length);
      setActive(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && (event.target as HTMLElement).role === 'combobox') {
      event.preventDefault();
      const choice = choices[chosen];
      if (choice && !choice.refused) choose(choice.type);
    }
  };
  const height = box.current?.parentElement?.clientHeight ?? window.innerHeight;
  return (
    <div
      ref={box}
      className="insert"
      role="dialog"
      aria-label={t('designer.question.next')}
      style={{
        left: Math.max(8, Math.min(at.x - width / 2, at.width - width - 8)),
        top: Math.max(8, Math.min(at.y, height - 420)),
      }}
      onKeyDown={key}
    >
      <p className="insert-title">{t('designer.question.next')}</p>
      {ways.length > 1 && (
        <div role="group" className="insert-ways" aria-label={t('designer.question.way')}>
          {ways.map((way) => (
            <button
              key={way}
              type="button"
              className="insert-way"
              aria-pressed={way === port}
              onClick={() => setPort(way)}
            >
              {texts.way(graph, { from: place.from, port: way })}
            </button>
          ))}
        </div>
      )}
      <input
        // biome-ignore lint/a11y/noAutofocus: the menu was opened to type into it
        autoFocus
        className="insert-find"
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={choices.length ? `${id}-${chosen}` : undefined}
        aria-label={t('designer.findStep')}
        placeholder={t('designer.findStep')}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setActive(0);
        }}
      />
      <div role="listbox" id={`${id}-list`} className="insert-list" aria-label={t('designer.question.next')}>
        {groups.map((group) => {
          const own = choices
            .map((choice, place) => ({ ...choice, place }))
            .filter((choice) => choice.group === group);
          if (own.length === 0) return null;
          return (
            <div key={group} role="group" aria-label={t(`designer.groups.${group}`)}>
              <p className="insert-group" aria-hidden>
                {t(`designer.groups.${group}`)}
              </p>
              {own.map(({ type, refused, place: at }) => (
                <div
                  key={type.type}
                  id={`${id}-${at}`}
                  role="option"
                  tabIndex={-1}
                  data-type={type.type}
                  aria-selected={at === chosen}
                  aria-disabled={refused || undefined}
                  className={at === chosen ? 'insert-item insert-on' : 'insert-item'}
                  onPointerMove={() => at !== chosen && setActive(at)}
                  onClick={() => !refused && choose(type)}
                  onKeyDown={() => undefined}
                >
                  <span className={`step-icon tint-${tintOf(type)}`} aria-hidden>
                    <StepIcon type={type.type} />
                  </span>
                  <span className="insert-words">
                    <span>{format.text(type.name)}</span>
                    <span className="insert-about">
                      {refused ? t('designer.endRefused') : format.text(type.about)}
                    </span>
                  </span>
                </div>
              ))}
            </div>
          );
        })}
        {choices.length === 0 && <p className="insert-none">{t('designer.noStep')}</p>}
      </div>
    </div>
  );
}
