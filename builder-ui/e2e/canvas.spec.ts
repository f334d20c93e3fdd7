import { expect, test } from '@playwright/test';
import { open, speak } from './helpers';

/** A flow of n steps: a long chain with a branch now and then. */
function chain(n: number, key: string) {
  const nodes: Record<string, unknown> = {
    start: { type: 'trigger.manual', v: 1, cfg: {} },
    end: { type: 'end', v: 1, cfg: {} },
  };
  const edges: { from: string; port?: string; to: string }[] = [];
  let last = 'start';
  for (let k = 0; k < n - 2; k++) {
    const id = `s${k}`;
    nodes[id] =
      k % 10 === 5
        ? { type: 'switch.tier', v: 1, cfg: { tiers: ['A'] } }
        : { type: 'wait', v: 1, cfg: { for: { value: 1, unit: 'day' } } };
    edges.push({
      from: last,
      ...(nodes[last] && last !== 'start' && isSwitch(last) ? { port: 'else' } : {}),
      to: id,
    });
    if (k % 10 === 5) edges.push({ from: id, port: 'A', to: 'end' });
    last = id;
  }
  edges.push({ from: last, ...(isSwitch(last) ? { port: 'else' } : {}), to: 'end' });
  function isSwitch(id: string) {
    return Number(id.slice(1)) % 10 === 5;
  }
  return {
    format: 'dueflow.flow/1',
    key,
    name: { en: `Chain of ${n}` },
    subject: { form: 'invoice' },
    nodes,
    edges,
  };
}

/** UI bar: 10 ms a move on a quiet machine; the test leaves room for a loaded one. */
test('moving a canvas of 500 steps stays cheap', async ({ page }) => {
  const key = `canvas-${Date.now()}`;
  await open(page, '/flows');
  const session = await (await page.request.get('/api/v1/session')).json();
  const made = await page.request.post('/api/v1/flows', {
    headers: { 'X-CSRF-Token': session.csrf },
    data: { document: chain(500, key) },
  });
  expect(made.status(), await made.text()).toBe(200);
  await open(page, `/flows/${key}`);
  const canvas = page.locator('.react-flow__pane');
  await expect(canvas).toBeVisible();
  const mounted = await page.locator('.react-flow__node').count();
  const box = await canvas.boundingBox();
  if (!box) throw new Error('no canvas');
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const busy = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  const moves = 60;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height - 40);
  await page.mouse.down();
  const before = await busy();
  for (let k = 0; k < moves; k++)
    await page.mouse.move(box.x + box.width / 2, box.y + box.height - 40 - k * 8);
  const spent = ((await busy()) - before) * 1000;
  await page.mouse.up();
  console.log(`500 steps, ${mounted} mounted: ${(spent / moves).toFixed(1)} ms a move`);
  expect(mounted).toBeLessThan(120);
  expect(spent / moves).toBeLessThan(40);
  const removed = await page.request.delete(`/api/v1/flows/${key}`, {
    headers: { 'X-CSRF-Token': session.csrf },
  });
  expect(removed.ok()).toBe(true);
});

test('the canvas moves on while a step is dragged to its border, and stands still after the drop', async ({
  page,
}) => {
  await speak(page, 'en');
  await open(page, '/flows/demo-friendly');
  const view = page.locator('.react-flow__viewport');
  const top = () => view.evaluate((node) => new DOMMatrix(getComputedStyle(node).transform).f);
  const step = page.locator('[data-step]', { hasText: 'Friendly note' });
  const canvas = await page.locator('.canvas').boundingBox();
  const from = await step.boundingBox();
  if (!canvas || !from) throw new Error('nothing to drag');
  const before = await top();
  const x = from.x + from.width / 2;
  await page.mouse.move(x, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(x, from.y + 60, { steps: 4 });
  await page.mouse.move(x, canvas.y + canvas.height - 6, { steps: 8 });
  // A hand is never quite still, and the browser tells of a drag as it moves.
  const hold = async () => {
    await page.mouse.move(x + 3, canvas.y + canvas.height - 8);
    await page.mouse.move(x, canvas.y + canvas.height - 6);
    return top();
  };
  await expect.poll(hold).toBeLessThan(before - 100); // what lies below comes up
  await page.mouse.move(x, canvas.y + canvas.height / 2, { steps: 4 });
  await page.mouse.up();
  const after = await top();
  await page.waitForTimeout(200);
  expect(await top()).toBe(after);
});
