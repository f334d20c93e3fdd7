/**
 * How long a browser takes to open the board: from the navigation to the first cards on the screen, and to a quiet
 * network. Each time first with nothing of ours in its cache ("cold"), then once more ("warm"), as on any day after the
 * first. Prints one line of JSON for the benchmark.
 * usage: node openBoard.mjs ADDRESS EMAIL PASSWORD [TIMES]
 */
import { chromium } from '@playwright/test';

const [address = '', email = '', password = '', times = '5'] = process.argv.slice(2);
const still = 500; // ms without any request

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

const door = await browser.newContext({ baseURL: address });
const answer = await door.request.post('/api/v1/session', { data: { email, password } });
if (!answer.ok()) throw new Error(`signing in: ${answer.status()} ${await answer.text()}`);
const storageState = await door.storageState();

async function once() {
  const context = await browser.newContext({
    baseURL: address,
    storageState,
    viewport: { width: 1440, height: 900 },
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = window;
    const look = () => {
      if (seen.firstCard !== undefined || !document.querySelector('[data-card]')) return;
      // After the next frame it is on the screen, not only in the document.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (seen.firstCard !== undefined) return;
          seen.firstCard = performance.now();
          console.info(`first card ${seen.firstCard}`);
        }),
      );
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true });
  });
  let open = 0;
  let last = 0;
  page.on('request', () => {
    open++;
  });
  const ended = () => {
    open--;
    last = performance.now();
  };
  page.on('requestfinished', ended);
  page.on('requestfailed', ended);
  const visit = async () => {
    const start = performance.now();
    // The page tells by itself: asking it would load the test's own script into it, which costs it more than a card.
    const told = page.waitForEvent('console', (message) => message.text().startsWith('first card'));
    await page.goto('/board', { waitUntil: 'commit' });
    const cards = (await told).text().split(' ').at(-1);
    while (open > 0 || performance.now() - last < still) await page.waitForTimeout(20);
    return { cards: Number(cards), quiet: last - start };
  };
  const cold = await visit();
  await page.goto('about:blank');
  const warm = await visit();
  const count = await page.locator('[data-card]').count();
  await context.close();
  return { cold, warm, count };
}

await once(); // the first start of a browser is not the board's
const all = [];
for (let n = 0; n < Number(times); n++) all.push(await once());
await browser.close();
console.log(JSON.stringify(all));
