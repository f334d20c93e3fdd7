import { useTranslation } from 'react-i18next';
import { useUserNames } from '@/shared/api/names';
import { useFormat } from '@/shared/lib/useFormat';
import { type Entry, nameOf } from '../../model/log';

const people = new Set(['user', 'absence']);

/** Entries in the reader's words; what has none is called as the server calls it. */
export function useLogWords() {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  const person = (id?: string) => names.data?.find((user) => user.id === id)?.name;
  const kind = (object: string) => t(`log.kinds.${object}`, { defaultValue: object });

  const who = ({ actor, actorName }: Entry): string => {
    if (!actor) return t('log.nobody');
    // A part of the product signs with its name alone, or with the id of whom it works for.
    if (actorName && actorName !== actor) return actorName;
    return person(actor) ?? t(`log.system.${actor}`, { defaultValue: actor });
  };

  const what = (entry: Entry): string => {
    const { action, object, id } = entry;
    const known =
      object === 'channel' && id
        ? t(`channel.${id}`, { defaultValue: id })
        : format.text(nameOf(entry)) || (people.has(object) ? person(id) : undefined);
    const thing = t(`log.object.${object}`, { defaultValue: object });
    const named = known ? t('log.named', { what: thing, name: known }) : thing;
    return t(`log.action.${action}`, {
      what: named,
      kind: kind(object),
      name: known ?? id,
      defaultValue: t('log.other', { what: named, action }),
    });
  };

  return { who, what, kind };
}
