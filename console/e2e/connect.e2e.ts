/** Connecting a system from the gallery: in the vendor's own words, with secrets by place, to a first call. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { call, TOKENS } from './hub';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Takes a draft back, so that other journeys meet the project as it is live. */
async function drop(kind: string, id: string) {
  const headers = { authorization: `Bearer ${TOKENS.all}` };
  await fetch(`${world.url}/api/v1/definitions/${kind}/${encodeURIComponent(id)}/draft`, {
    method: 'DELETE',
    headers: { ...headers, 'if-match': '*' },
  });
}

test('a system is connected in the words of its connector, published, and called', { timeout: 90_000 }, async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/connections');
  await page.getByRole('button', { name: 'Connect a system…' }).click();
  await page.getByLabel('Find a connector').fill('finance');
  await page.getByText('a system that is part of this product').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Choose demo_finance' }).click();
  await page.getByRole('button', { name: 'Save draft and check' }).click();
  await page.getByText('Some fields above still want something.').waitFor();
  await page.getByLabel('Id *').fill('finance_second');
  await page.getByLabel('Environment').fill('test');
  await page.getByLabel('base_url *').fill(world.mocks.finance);
  await page.getByLabel('app_key *').fill('waybill');
  const secret = page.getByLabel(/^app_secret \*/);
  // A secret that is pasted is noticed, and goes nowhere.
  await secret.fill('hunter2-of-the-vendor');
  await page.getByText('The place of a secret').waitFor();
  await page.getByRole('button', { name: 'Save draft and check' }).click();
  expect(new URL(page.url()).searchParams.get('step')).toBeNull();
  await secret.fill('env/WAYBILL_DEMO_FINANCE_SECRET');
  // Where it may call follows from its address: a machine's own network has to be named as one.
  expect(await page.getByLabel('Allowed').inputValue()).toBe('127.0.0.1/32');
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save draft and check' }).click();
  await page.getByText('no errors, no warnings').waitFor();
  const draft = await call<{ text: string; path: string }>(world.url, 'definitions/connection/finance_second/draft');
  expect(draft.path).toBe('config/connections/finance_second.yaml');
  expect(draft.text).toBe(`format: 1
connection: finance_second
connector: demo_finance
environment: test
settings:
  base_url: ${world.mocks.finance}
  app_key: waybill
  app_secret: {secret: env/WAYBILL_DEMO_FINANCE_SECRET}
egress: {allow: [127.0.0.1/32]}
`);
  // Whoever comes back by the address finds what was filled in.
  await page.getByRole('button', { name: 'Back to the settings' }).click();
  await page.reload();
  await expect.poll(() => page.getByLabel('app_key *').inputValue()).toBe('waybill');
  await page.getByRole('button', { name: 'Save draft and check' }).click();
  await page.getByText('no errors, no warnings').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Publish…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox', { name: /Why/ }).fill('a second finance system');
  await sheet.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('finance_second is live').waitFor();
  await page.getByRole('button', { name: /Operation/ }).click();
  await page.getByRole('option', { name: /^find_payable/ }).click();
  await page.locator('textarea').fill('{"reference": "NO-SUCH-REFERENCE"}');
  await page.getByRole('button', { name: 'Send' }).click();
  // It answered, and knew the credentials: that nothing is there under this reference is an answer.
  await page.getByRole('heading', { name: 'What came back' }).waitFor();
  await page
    .getByText(/HTTP (200|404)/)
    .first()
    .waitFor();
  expect(await page.content()).not.toContain('mock-finance-secret');
  expect(await accessibility(page)).toEqual([]);
  const { items } = await call<{ items: { connection: string }[] }>(world.url, 'connections');
  expect(items.map((item) => item.connection)).toContain('finance_second');
  expect(faults).toEqual([]);
  await context.close();
});

test('a connector that the project lacks brings along what it needs', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/connect?connector=kingdee_galaxy', { language: 'zh-CN' });
  // The vendor's steps, in the reader's language, beside the vendor's own names of the settings.
  await page.getByText('第三方系统登录授权').waitFor();
  await page.getByLabel('标识 *').fill('kingdee_main');
  await page.getByLabel('base_url *').fill('https://k3.example.com/k3cloud/');
  await page.getByLabel('account *').fill('5f0e0c0ffee123');
  await page.getByLabel('user *').fill('integration');
  await page.getByLabel('app_id *').fill('216688_AAEC');
  await page.getByRole('button', { name: '使用 env/WAYBILL_KINGDEE_MAIN_APP_SECRET' }).click();
  expect(await page.getByLabel('允许', { exact: true }).inputValue()).toBe('k3.example.com');
  await page.getByRole('button', { name: '保存草稿并检查' }).click();
  await page.getByText('0 个错误，0 个警告').waitFor();
  for (const path of [
    'connectors/kingdee_galaxy/connector.yaml',
    'mappings/kingdee_order.yaml',
    'dictionaries/kingdee_currencies.yaml',
  ])
    await page.getByText(path, { exact: true }).waitFor();
  const { items } = await call<{ items: { kind: string; id: string }[] }>(world.url, 'drafts');
  const drafted = items.map((item) => `${item.kind}/${item.id}`);
  expect(drafted).toContain('connector/kingdee_galaxy');
  await page.getByRole('button', { name: '发布…' }).click();
  // The whole of it is looked at before anything happens: its cases run, and pass.
  await page.getByRole('dialog').getByText('kingdee_main', { exact: true }).first().waitFor();
  await page.keyboard.press('Escape');
  for (const item of items) await drop(item.kind, item.id);
  expect(faults).toEqual([]);
  await context.close();
});
