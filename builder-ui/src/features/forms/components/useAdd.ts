import { useTranslation } from 'react-i18next';
import type { Names } from '@/shared/form/types';
import { addField, addGroup, type Place, placeAfter } from '../model/edit';
import { useDesigner } from '../model/store';
import { focusSoon } from './focus';

/** Adds a field, section or tab: at a place, or after what is selected. */
export function useAdd() {
  const { t, i18n } = useTranslation();
  return (kind: string, at?: Place) => {
    const { doc, selected, published, change, say } = useDesigner.getState();
    const name = (lng: string) => i18n.getFixedT(lng)(`forms.kind.${kind}`);
    const label: Names = { en: name('en'), 'zh-CN': name('zh-CN') };
    const place = at ?? placeAfter(doc, selected);
    if (kind === 'section' || kind === 'tab') {
      const added = addGroup(doc, label, kind === 'tab', place);
      change(added.doc, { group: added.group });
      focusSoon(`group-${added.group}`);
    } else {
      const added = addField(doc, kind, label, place, Object.keys(published?.schema.properties ?? {}));
      change(added.doc, { field: added.key });
      focusSoon(`field-${added.key}`);
    }
    say(t('forms.said.added', { kind: t(`forms.kind.${kind}`) }));
  };
}
