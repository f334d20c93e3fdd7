type FlowState = { key: string; status: string; sentences: { en?: string[] } };
type Known = {
  hasInvoices: boolean;
  flows: readonly FlowState[];
  channels: readonly { key: string; configured: boolean }[];
};

export type Step = {
  key: 'data' | 'flow' | 'channel' | 'publish';
  done: boolean;
  links: { to: string; text: string }[];
};

/** A flow that was begun and only starts and ends, a sentence each, reminds nobody yet. */
const hasSteps = ({ sentences }: FlowState) => (sentences.en?.length ?? 0) > 2;

/** The way to the first reminder, each step with what it can be seen from. The sandbox reaches nobody. */
export function firstSteps({ hasInvoices, flows, channels }: Known): Step[] {
  const draft = flows.find((flow) => flow.status === 'draft' && hasSteps(flow)) ?? flows.find(hasSteps);
  const begun = flows.find((flow) => !hasSteps(flow));
  const path = draft ? `/flows/${encodeURIComponent(draft.key)}` : '/flows';
  return [
    {
      key: 'data',
      done: hasInvoices,
      links: [
        { to: '/import', text: 'import' },
        { to: '/customers?new=1', text: 'byHand' },
      ],
    },
    {
      key: 'flow',
      done: flows.some(hasSteps),
      links: [
        { to: '/market', text: 'market' },
        begun
          ? { to: `/flows/${encodeURIComponent(begun.key)}`, text: 'goOn' }
          : { to: '/flows?new=1', text: 'draw' },
      ],
    },
    {
      key: 'channel',
      done: channels.some(({ key, configured }) => configured && key !== 'sandbox'),
      links: [{ to: '/settings/channels', text: 'channels' }],
    },
    {
      key: 'publish',
      done: flows.some(({ status }) => status === 'live'),
      links: draft ? [{ to: `${path}/rehearsal`, text: 'rehearse' }] : [],
    },
  ];
}
