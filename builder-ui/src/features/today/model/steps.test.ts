import { expect, it } from 'vitest';
import { firstSteps } from './steps';

const done = (known: Parameters<typeof firstSteps>[0]) =>
  firstSteps(known)
    .filter((step) => step.done)
    .map(({ key }) => key);
const said = { sentences: { en: ['On the due date', 'Send “Due today” by e-mail', 'End'] } };
const bare = { sentences: { en: ['On the due date', 'End'] } };
const sandbox = { key: 'sandbox', configured: true };

it('knows what is done from what is there', () => {
  expect(done({ hasInvoices: false, flows: [], channels: [sandbox] })).toEqual([]);
  const draft = { key: 'a b', status: 'draft', ...said };
  expect(done({ hasInvoices: true, flows: [draft], channels: [sandbox] })).toEqual(['data', 'flow']);
  expect(
    done({
      hasInvoices: true,
      flows: [draft, { key: 'x', status: 'live', ...said }],
      channels: [sandbox, { key: 'email', configured: true }],
    }),
  ).toEqual(['data', 'flow', 'channel', 'publish']);
});

it('leads to the rehearsal of a draft, and nowhere before there is one', () => {
  const links = (flows: Parameters<typeof firstSteps>[0]['flows']) =>
    firstSteps({ hasInvoices: true, flows, channels: [] })
      .at(-1)
      ?.links.map(({ to }) => to);
  expect(links([])).toEqual([]);
  expect(links([{ key: 'a b', status: 'draft', ...said }])).toEqual(['/flows/a%20b/rehearsal']);
});

it('does not take a flow without steps for a way to remind, and leads back to it', () => {
  const known = { hasInvoices: true, flows: [{ key: 'new', status: 'draft', ...bare }], channels: [] };
  expect(done(known)).toEqual(['data']);
  const [, flow, , publish] = firstSteps(known);
  expect(flow?.links.map(({ to }) => to)).toEqual(['/market', '/flows/new']);
  expect(publish?.links).toEqual([]);
});
