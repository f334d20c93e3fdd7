import { Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStepTexts } from '../canvas/texts';
import type { Place } from '../model/document';
import { moveRefusal } from '../model/graph';
import { inReadingOrder } from '../model/walk';
import { useDesigner } from '../store/designer';

/** The way to move a step without dragging it. */
export default function MoveDialog({
  id,
  onMove,
  onClose,
}: {
  id: string;
  onMove: (place: Place) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const graph = useDesigner((state) => state.graph);
  const layout = useDesigner((state) => state.layout);
  const texts = useStepTexts(useDesigner((state) => state.catalog));
  const [chosen, setChosen] = useState<string>();
  const node = graph.nodes[id];
  const refusal = moveRefusal(graph, id);
  const places = inReadingOrder(layout).flatMap((from) => {
    const ports = graph.ports.get(from);
    const ways = [...new Set([...(ports?.required ?? []), ...(graph.next.get(from)?.keys() ?? [])])];
    return ways
      .map((port) => ({ from, port }))
      .filter((place) => !moveRefusal(graph, id, place) && graph.next.get(from)?.get(place.port) !== id)
      .map((place) => ({
        place,
        value: `${place.from}/${place.port}`,
        label:
          ways.length > 1
            ? t('designer.afterWay', { name: texts.title(graph.nodes[from]!), way: texts.way(graph, place) })
            : t('designer.after', { name: texts.title(graph.nodes[from]!) }),
      }));
  });
  if (!node) return null;
  return (
    <Modal
      open
      title={t('designer.moveTitle', { name: texts.title(node) })}
      okText={t('designer.move')}
      cancelText={t('action.cancel')}
      okButtonProps={{ disabled: !chosen }}
      onCancel={onClose}
      onOk={() => {
        const found = places.find(({ value }) => value === chosen);
        if (found) onMove(found.place);
      }}
      width={440}
    >
      {refusal ? (
        <p>{t(`designer.refused.${refusal}`)}</p>
      ) : (
        <Select
          autoFocus
          className="prop-full"
          aria-label={t('designer.moveWhere')}
          placeholder={t('designer.moveWhere')}
          showSearch={{ optionFilterProp: 'label' }}
          value={chosen}
          options={places.map(({ value, label }) => ({ value, label }))}
          onChange={setChosen}
        />
      )}
    </Modal>
  );
}
