import { expect, it } from 'vitest';
import { firstSteps } from './steps';

const done = (known: Parameters<typeof firstSteps>[0]) =>
  firstSteps(known)
    .filter((step) => step.done)
    .map(({ key }) => key);
const sandbox = { key: 'sandbox', configured: true };

it('knows what is done from what is there', () => {
  expect(done({ hasInvoices: false, flows: [], channels: [sandbox] })).toEqual([]);
  const draft = { key: 'a b', status: 'draft' };
  expect(done({ hasInvoices: true, flows: [draft], channels: [sandbox] })).toEqual(['data', 'flow']);
  expect(
    done({
      hasInvoices: true,
      flows: [draft, { key: 'x', status: 'live' }],
      channels: [sandbox, { key: 'email', configured: true }],
    }),
  ).toEqual(['data', 'flow', 'channel', 'publish']);
});

it('leads to the rehearsal of a draft, and nowhere before there is one', () => {
  const links = (flows: { key: string; status: string }[]) =>
    firstSteps({ hasInvoices: true, flows, channels: [] })
      .at(-1)
      ?.links.map(({ to }) => to);
  expect(links([])).toEqual([]);
  expect(links([{ key: 'a b', status: 'draft' }])).toEqual(['/flows/a%20b/rehearsal']);
});
