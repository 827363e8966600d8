/** What an approval in another system asks people: shown in their lists, decided there. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, shot } from './browser';
import { callAs, type Hub, post, startHub, TOKENS } from './hub';
import { decides, order, until } from './scenario';

let browser: Browser;
let hub: Hub;

beforeAll(async () => {
  [browser, hub] = await Promise.all([openBrowser(), startHub({ elsewhere: true })]);
});
afterAll(() => Promise.all([browser.close(), hub.stop()]));

interface Item {
  id: string;
  origin: string;
  outside?: { connection: string; external_id: string };
  document: { key: string } | null;
}

const mine = async () => (await callAs<{ items: Item[] }>(TOKENS.finance, hub.url, 'tasks?limit=500')).items;

test('what the OA asks stands in the list, says where it is decided, takes no verb, and goes when it is decided there', async () => {
  await decides(hub, 'never');
  // The OA draws whom it asks, one of three: of so many some are this person's.
  for (let number = 1; number <= 20; number += 1) await order(hub, `PO-OUT-${number}`);
  await until('the OA asks finance', async () => (await mine()).length > 0);
  const item = (await mine())[0] as Item;
  expect(item).toMatchObject({ origin: 'external', outside: { connection: 'oa_main' } });
  const key = item.document?.key ?? '';
  const id = item.outside?.external_id ?? '';

  const { page, context, faults } = await openPage(browser, hub.url, '/tasks', { token: TOKENS.finance });
  const row = page.getByRole('grid', { name: 'To do' }).getByRole('row', { name: new RegExp(`${key}\\b`) });
  await row.getByText('in Generic OA').waitFor();
  await row.click();
  const panel = page.getByRole('region', { name: 'Task' });
  await panel.getByText(`as ${id}, and is decided there`).waitFor();
  expect(await panel.locator('.verbs').getByRole('button').count()).toBe(0);
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'task-elsewhere');
  const refused = await fetch(`${hub.url}/api/v1/tasks/${item.id}/approve`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKENS.finance}`, 'content-type': 'application/json', 'idempotency-key': 'elsewhere-1' },
    body: '{}',
  });
  expect(refused.status).toBe(409);
  expect(((await refused.json()) as { detail: string }).detail).toContain('oa_main');

  await post(`${hub.mocks.oa}/__mock/approvals/${id}/decide`, { status: 'approved' });
  await until('it is gone', async () => !(await mine()).some((other) => other.id === item.id));
  await page
    .getByRole('grid', { name: 'To do' })
    .getByRole('row', { name: new RegExp(`${key}\\b`) })
    .waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await context.close();

  const chinese = await openPage(browser, hub.url, '/tasks', {
    token: TOKENS.finance,
    language: 'zh-CN',
    theme: 'dark',
    width: 320,
  });
  await shot(chinese.page, 'task-elsewhere-zh-320');
  await chinese.context.close();
});
