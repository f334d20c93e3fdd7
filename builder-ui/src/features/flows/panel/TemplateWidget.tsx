import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import { useTemplates } from '../api/designer';
import { useDesigner } from '../store/designer';
import { usePanel, type WidgetProps } from './context';
import { Choice, useNamedOptions } from './widgets';

/** A message to choose, with the way to read it and to write another; both lead back to this step. */
export function TemplateWidget(props: WidgetProps) {
  const { t } = useTranslation();
  const key = useDesigner((state) => state.key);
  const { readOnly } = usePanel();
  const canWrite = useCan('template.write');
  const step = props.pointer.split('/')[2] ?? '';
  const back = new URLSearchParams({ for: `${key}/${step}` });
  const chosen = typeof props.value === 'string' && props.value !== '' ? props.value : undefined;
  return (
    <>
      <Choice {...props} {...useNamedOptions(useTemplates())} />
      <p className="prop-links">
        {chosen && (
          <Link to={`/messages/${encodeURIComponent(chosen)}?${back}`}>{t('designer.template.open')}</Link>
        )}
        {canWrite && !readOnly && <Link to={`/messages?new=1&${back}`}>{t('designer.template.write')}</Link>}
      </p>
    </>
  );
}
