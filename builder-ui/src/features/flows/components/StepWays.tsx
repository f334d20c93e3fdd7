import { PlusOutlined } from '@ant-design/icons';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/shared/ui/IconButton';
import { useStepTexts } from '../canvas/texts';
import { usePanel } from '../panel/context';
import { useDesigner, useDesignerStore } from '../store/designer';
import { below } from './useCanvasEvents';

/** Where each way out leads; choosing another step wires it there, also back to an earlier one. */
export function StepWays({ id }: { id: string }) {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const { readOnly } = usePanel();
  const graph = useDesigner((state) => state.graph);
  const catalog = useDesigner((state) => state.catalog);
  const texts = useStepTexts(catalog);
  const ports = graph.ports.get(id);
  const ways = [
    ...new Set([
      ...(ports?.required ?? []),
      ...(ports?.optional ?? []),
      ...(graph.next.get(id)?.keys() ?? []),
    ]),
  ];
  if (ways.length === 0) return null;
  const targets = Object.entries(graph.nodes)
    .filter(([other]) => other !== graph.trigger)
    .map(([other, node]) => ({ value: other, label: texts.title(node) }));
  const optional = new Set(ports?.optional ?? []);
  return (
    <fieldset className="prop-nested">
      <legend className="prop-label">{t('designer.ways')}</legend>
      {ways.map((port) => {
        const name = texts.way(graph, { from: id, port });
        return (
          <div key={port} className="way-row">
            <span className="way-name" dir="auto" title={name}>
              {name}
            </span>
            <Select
              size="small"
              className="prop-grow"
              aria-label={t('designer.wayTo', { name })}
              placeholder={t(optional.has(port) ? 'designer.asOut' : 'designer.open')}
              allowClear={optional.has(port)}
              showSearch={{ optionFilterProp: 'label' }}
              disabled={readOnly}
              value={graph.next.get(id)?.get(port)}
              options={targets}
              onChange={(to) => store.getState().set(`edges/${id}/${port}`, to ?? null)}
            />
            {!readOnly && (
              <IconButton
                size="small"
                type="text"
                icon={<PlusOutlined />}
                label={t('designer.addOn', { name })}
                onClick={(event) =>
                  store.getState().open({ place: { from: id, port }, at: below(event.currentTarget) })
                }
              />
            )}
          </div>
        );
      })}
    </fieldset>
  );
}
