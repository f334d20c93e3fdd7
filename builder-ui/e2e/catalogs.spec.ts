import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectAccessible, open, speak } from './helpers';

const binary = process.env.DUEFLOW_BINARY ?? '';
const folders = process.env.DUEFLOW_CATALOG_FOLDERS ?? '';
const shipped = join(import.meta.dirname, '../../schemas/pack/packs/gentle-three-steps');

/** A publisher's signed catalogue of one pack, in a folder that the server allows; gives the public key. */
function publish(folder: string, id: string): string {
  const work = mkdtempSync(join(tmpdir(), 'dueflow-publisher-'));
  const run = (...args: string[]) => execFileSync(binary, ['pack', ...args], { encoding: 'utf8' });
  const key = /ed25519:\S+/.exec(run('keygen', join(work, 'key.pem')))?.[0] ?? '';
  cpSync(shipped, join(work, 'pack'), { recursive: true });
  const head = join(work, 'pack/pack.json');
  const about = JSON.parse(readFileSync(head, 'utf8'));
  const name = { en: 'Steps of our association', 'zh-CN': '协会推荐步骤' };
  writeFileSync(head, JSON.stringify({ ...about, id, name, publisher: { name: 'Association' } }));
  const shelf = join(folders, folder);
  rmSync(shelf, { recursive: true, force: true });
  mkdirSync(shelf, { recursive: true });
  const sign = ['--key', join(work, 'key.pem')];
  run('build', join(work, 'pack'), '--out', join(shelf, 'steps.dfpkg'), ...sign);
  run('index', shelf, ...sign, '--name', 'en=Association', '--name', 'zh-CN=行业协会');
  rmSync(work, { recursive: true, force: true });
  return key;
}

const words = {
  en: {
    add: 'Add a catalogue',
    at: 'Address or folder',
    keys: "Publisher's public key",
    check: 'Check and add',
    privately: 'leads into a private network',
    wrong: 'is not signed by the key',
    trusted: 'Signed by a trusted key',
    again: 'Look at Association again',
    pack: 'Steps of our association',
    from: 'Association',
    remove: 'Remove Association',
    confirm: 'Remove',
    none: 'No catalogues yet',
  },
  'zh-CN': {
    add: '添加目录',
    at: '地址或文件夹',
    keys: '发布者公钥',
    check: '检查并添加',
    privately: '指向内部网络',
    wrong: '并非由指定的密钥签名',
    trusted: '由受信任的密钥签名',
    again: '重新查看 行业协会',
    pack: '协会推荐步骤',
    from: '行业协会',
    remove: '移除 行业协会',
    confirm: '移除',
    none: '还没有目录',
  },
} as const;

test.describe.configure({ mode: 'serial' });

for (const lang of ['en', 'zh-CN'] as const) {
  const say = words[lang];
  test(`a workspace adds a catalogue, finds its pack in the market, and removes it again (${lang})`, async ({
    page,
  }) => {
    test.skip(!binary || !folders, 'needs the servers of tools/e2e.sh');
    const key = publish(`shelf-${lang}`, 'association-steps');
    await speak(page, lang);
    await open(page, '/settings/catalogs');
    await expect(page.getByText(say.none)).toBeVisible();
    await page.getByRole('button', { name: say.add }).click();
    const drawer = page.getByRole('dialog', { name: say.add });
    const at = drawer.getByLabel(say.at);
    const keys = drawer.getByLabel(say.keys);

    // What the server must not call, and what another has signed, is refused at its place.
    await at.fill('https://127.0.0.1/packs');
    await keys.fill(key);
    await drawer.getByRole('button', { name: say.check }).click();
    await expect(drawer.getByText(say.privately)).toBeVisible();
    await expectAccessible(page);
    await at.fill(`shelf-${lang}`);
    await keys.fill(`ed25519:${Buffer.alloc(32, 7).toString('base64')}`);
    await drawer.getByRole('button', { name: say.check }).click();
    await expect(drawer.getByText(say.wrong)).toBeVisible();
    await keys.fill(key);
    await drawer.getByRole('button', { name: say.check }).click();
    await expect(drawer).toBeHidden();
    const row = page.getByRole('listitem').filter({ hasText: say.from });
    await expect(row).toContainText(say.trusted);
    await expectAccessible(page);
    await page.getByRole('button', { name: say.again }).click();

    await open(page, '/market');
    const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: say.pack }) });
    await expect(card).toContainText(say.from);
    await card.getByRole('link', { name: say.pack }).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(say.pack);

    await open(page, '/settings/catalogs');
    await page.getByRole('button', { name: say.remove }).click();
    await page.getByRole('dialog').getByRole('button', { name: say.confirm, exact: true }).click();
    await expect(page.getByText(say.none)).toBeVisible();
    await open(page, '/market');
    await expect(page.getByRole('heading', { name: say.pack })).toHaveCount(0);
  });
}
