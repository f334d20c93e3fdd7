import { type Browser, expect, type Page, test } from '@playwright/test';
import { languages, speak } from './helpers';
import { type MailServer, mailServer } from './mail';
import { type Fresh, freshServer } from './servers';
import { timed } from './walk';
import { bring, files, ownField, reach, seeEmpty, setUp } from './walkData';
import { draw, install, packs, rehearseAndPublish, seeRunning } from './walkFlows';
import { wordsOf } from './words';

const binary = process.env.DUEFLOW_BINARY;

test.describe('first day', () => {
  test.skip(!binary, 'DUEFLOW_BINARY is not set: say which server to start');
  test.describe.configure({ mode: 'serial' });

  for (const lang of languages) {
    let server: Fresh;
    let browserPage: Page;
    let mail: MailServer;
    const say = wordsOf(lang);
    const walk = () => ({ page: browserPage, say, lang, at: (path: string) => server.url + path });

    test.describe(lang, () => {
      test.beforeAll(async ({ browser }: { browser: Browser }) => {
        mail = await mailServer();
        server = await freshServer(binary ?? '', '--allow-private');
        browserPage = await browser.newPage({ reducedMotion: 'reduce', timezoneId: 'Asia/Shanghai' });
        browserPage.setDefaultTimeout(15_000);
        await speak(browserPage, lang);
      });
      test.afterAll(async () => {
        await browserPage?.close();
        await server?.stop();
        await mail?.stop();
      });

      test('from the printed link to reminders that are under way', async () => {
        test.setTimeout(240_000); // a busy machine takes twice what a quiet one does
        const w = walk();
        const own = lang === 'en' ? 'Needs special care' : '需特别关照';
        await timed('wizard, empty workspace', () => setUp(w, server.link));
        await timed('empty places', () => seeEmpty(w));
        await timed('three steps drawn', async () => {
          const { clicks, seconds } = await draw(w);
          console.log(`  a flow of three steps: ${clicks} clicks, ${seconds.toFixed(1)} s`);
          expect(clicks).toBeLessThan(30);
        });
        await timed('a channel', () => reach(w, mail));
        await timed('customers', () => bring(w, 'customer', files[lang].customers, files[lang].badCustomers));
        await timed('invoices', () => bring(w, 'invoice', files[lang].invoices, 2));
        await timed('a field of its own', () => ownField(w, own));
        for (const [at, pack] of packs[lang].entries())
          await timed(pack, async () => {
            const flow = await install(w, pack, at === 1 ? own : undefined);
            await rehearseAndPublish(w, flow, String(at + 1));
          });
        await timed('what is under way', () => seeRunning(w));
      });
    });
  }
});
