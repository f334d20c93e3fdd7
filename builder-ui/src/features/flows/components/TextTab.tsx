import { PrinterOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { type Inspection, readDraft, useFlowTypes } from '../api/designer';
import { useStepTexts } from '../canvas/texts';
import { type FlowDocument, portOf } from '../model/document';
import { toUnits } from '../model/draft';
import { graphOf } from '../model/graph';
import { useInspection } from './useDocuments';

/** The whole flow as a page of sentences: to read aloud, to print, to put under a contract. */
export default function TextTab({ flowKey, mine }: { flowKey: string; mine: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const draft = useQuery({
    queryKey: ['flow-document', flowKey, mine],
    queryFn: () => readDraft(flowKey, mine),
    staleTime: 0,
  });
  const inspection = useInspection(draft.data?.document);
  const error = draft.error ?? inspection.error;
  if (error)
    return (
      <ErrorState error={error} onRetry={() => (draft.error ? draft.refetch() : inspection.refetch())} />
    );
  if (!draft.data || !inspection.data)
    return (
      <div className="page">
        <Lines rows={8} />
      </div>
    );
  const { document } = draft.data;
  const name = format.text(document.name);
  const { window, contactBudget, priority = 'normal' } = document.settings ?? {};
  return (
    <div className="page flow-text-page">
      <div className="page-head">
        <h2 className="page-title" dir="auto">
          {name}
        </h2>
        <div className="page-actions no-print">
          <Button icon={<PrinterOutlined />} onClick={() => globalThis.print()}>
            {t('designer.text.print')}
          </Button>
        </div>
      </div>
      {document.about && (
        <p className="flow-text-about" dir="auto">
          {format.text(document.about)}
        </p>
      )}
      <h3>{t('designer.text.steps')}</h3>
      {inspection.data.order.length === 0 ? (
        <Empty small title={t('designer.text.none')} />
      ) : (
        <Steps document={document} inspection={inspection.data} />
      )}
      {(document.stopWhen?.length ?? 0) > 0 && (
        <>
          <h3>{t('designer.text.ends')}</h3>
          <ul className="flow-text-rules">
            {document.stopWhen?.map(({ id, outcome }) => (
              <li key={id} dir="auto">
                {t(`designer.outcome.${outcome}`)}
                {t('designer.colon')}
                {format.text(inspection.data.stops?.[id]) || id}
              </li>
            ))}
          </ul>
        </>
      )}
      {(window || contactBudget || priority !== 'normal') && (
        <>
          <h3>{t('designer.text.rules')}</h3>
          <ul className="flow-text-rules">
            {priority !== 'normal' && <li>{t(`designer.text.priority.${priority}`)}</li>}
            {window && (
              <li>
                {t('designer.text.window', {
                  from: window.from,
                  to: window.to,
                  days: t(`designer.days.${window.days ?? 'working'}`),
                })}
              </li>
            )}
            {contactBudget && (
              <li>
                {t(contactBudget.class ? 'designer.text.budgetOf' : 'designer.text.budget', {
                  count: contactBudget.max,
                  max: contactBudget.max,
                  value: contactBudget.per.value,
                  unit: t(`designer.unit.${contactBudget.per.unit}`),
                  what: contactBudget.class && t(`designer.budgetClasses.${contactBudget.class}`),
                })}
              </li>
            )}
          </ul>
        </>
      )}
    </div>
  );
}

/** The steps by number, each with where it leads unless that is the next one. */
function Steps({ document, inspection }: { document: FlowDocument; inspection: Inspection }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { catalog } = useFlowTypes();
  const texts = useStepTexts(catalog);
  const graph = graphOf(toUnits(document), catalog);
  const place = new Map(inspection.order.map((id, at) => [id, at + 1]));
  return (
    <ol className="flow-text-steps">
      {inspection.order.map((id, at) => {
        const ways = (document.edges ?? []).filter(({ from, to }) => from === id && place.has(to));
        const on = ways.length === 1 && place.get(ways[0]!.to) !== at + 2 ? ways[0] : undefined;
        return (
          <li key={id} dir="auto">
            {format.text(inspection.nodes[id]?.sentence) || texts.title(document.nodes[id]!)}
            {on && <span className="list-sub"> {t('designer.text.on', { number: place.get(on.to) })}</span>}
            {ways.length > 1 && (
              <ul className="flow-text-ways">
                {ways.map((edge) => (
                  <li key={portOf(edge)}>
                    {t('designer.text.way', {
                      way: texts.way(graph, { from: id, port: portOf(edge) }),
                      number: place.get(edge.to),
                    })}
                  </li>
                ))}
              </ul>
            )}
          </li>
        );
      })}
    </ol>
  );
}
