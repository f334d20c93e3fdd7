import { expect, test } from '@playwright/test';
import { languages, open, speak, still } from './helpers';

test.use(still);

type Card = { id: string; name: string; column: string };

for (const lang of languages)
  test(`the gallery shows the board's cards side by side, with where each stands (${lang})`, async ({
    page,
  }) => {
    const [gallery, hold] = lang === 'en' ? ['Gallery', 'On hold'] : ['画册', '已暂停'];
    await speak(page, lang);
    await open(page, '/board');
    await expect(page.locator('[data-card]').first()).toBeVisible();
    await page.getByRole('button', { name: gallery }).click();
    await expect(page).toHaveURL(/as=gallery/);
    const list = page.getByRole('list', { name: gallery });
    const answer = await page.request.get('/api/v1/boards/collection/cards?limit=30');
    const { columns } = await answer.json();
    const read = columns.flatMap(({ items }: { items: Card[] }) => items);
    await expect(list.locator('[data-card]')).toHaveCount(Math.min(read.length, 60));
    const held = read.find(({ column }: Card) => column === 'onHold');
    await expect(list.locator(`[data-card="${held.id}"]`)).toContainText(hold);

    // By keyboard: a card is opened, and closed again.
    await list.locator(`[data-open="${held.id}"]`).press('Enter');
    const peek = page.locator('.peek');
    await expect(peek.getByRole('heading', { name: held.name })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(peek).toBeHidden();

    await page.reload();
    await expect(list.locator('[data-card]').first()).toBeVisible();
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/gallery-${lang}.png` });
  });
