import { SettingOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { LocalText, Subject } from '../model/document';
import { stopsOf } from '../model/draft';
import { useDesigner } from '../store/designer';
import { useStopName } from './useUnitName';

/** The flow in a few lines, before anybody opens its settings: what it is for and how it ends by itself. */
export function FlowSummary({ onSettings }: { onSettings: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const local = useDesigner((state) => state.sync.local);
  const stopName = useStopName();
  const said = useDesigner((state) => state.inspection?.stops);
  const subject = (local.subject as Subject | undefined)?.form ?? 'invoice';
  const about = format.text(local.about as LocalText | undefined);
  // A new flow has a start and an end, and nothing between.
  const bare = useDesigner((state) => Object.keys(state.graph.nodes).length < 3);
  const stops = stopsOf(local);
  return (
    <div className="panel-body">
      <h2 className="panel-title">{format.text(local.name as LocalText | undefined)}</h2>
      {about && <p>{about}</p>}
      <p className="list-sub panel-each">{t(`designer.summary.${subject}`)}</p>
      {stops.length > 0 && (
        <>
          <h3 className="panel-sub">{t('designer.summary.stops')}</h3>
          <ul className="panel-list">
            {stops.map(({ id }) => (
              <li key={id}>{format.text(said?.[id]) || stopName(id)}</li>
            ))}
          </ul>
        </>
      )}
      <p className="list-sub panel-hint">{t(bare ? 'designer.summary.start' : 'designer.summary.hint')}</p>
      <Button icon={<SettingOutlined />} onClick={onSettings}>
        {t('designer.flowSettings')}
      </Button>
    </div>
  );
}
