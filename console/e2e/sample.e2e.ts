/** Sample data: offered where there is nothing, known as such wherever it is seen, and gone without a trace. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, shot } from './browser';
import { call, command, TOKENS } from './hub';
import { decides, ended, order, reaches } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

const loaded = async () => (await call<{ documents: number }>(world.url, 'sample')).documents;

test('sample documents come by a press, bear their mark, move for nobody, and go wholly', async () => {
  await decides(world, 'approve');
  await order(world, 'PO-BESIDE-SAMPLE');
  const real = await reaches(world, 'PO-BESIDE-SAMPLE', ended);
  const { page, context, faults } = await openPage(browser, world.url, '/settings/sample');
  await page.getByText('No sample documents are loaded').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Load sample data' }).click();
  await page.getByText('12 documents').waitFor();
  await shot(page, 'sample-loaded');
  await page.goto(`${world.url}/docs?q=SAMPLE-009`);
  const row = page.getByRole('row', { name: /SAMPLE-009/ });
  await row.getByText('Sample', { exact: true }).waitFor();
  await page.goto(`${world.url}/docs`);
  const beside = page.getByRole('row', { name: /PO-BESIDE-SAMPLE/ }).first();
  await beside.waitFor();
  expect(
    await page
      .getByRole('row', { name: /PO-BESIDE-SAMPLE/ })
      .getByText('Sample', { exact: true })
      .count(),
  ).toBe(0);
  await shot(page, 'sample-list');
  await row.getByRole('link', { name: 'SAMPLE-009' }).click();
  await page.getByText('This is sample data. Nothing carries it out.').waitFor();
  await page.getByText('has no row in the dictionary').first().waitFor();
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'sample-document');
  // Whoever tries all the same is told, and nothing has moved.
  const { items } = await call<{ items: { id: string; flow: string }[] }>(world.url, 'exceptions?state=open&limit=500');
  const stopped = items.find(({ flow }) => flow === 'waybill:sample');
  await expect(command(world.url, `exceptions/${stopped?.id}/retry`, {})).rejects.toThrow(/: 4\d\d /);
  await page.getByRole('link', { name: 'Remove sample data' }).click();
  await page.getByRole('button', { name: 'Remove sample data' }).click();
  await shot(page, 'sample-remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove sample data' }).click();
  await page.getByText('No sample documents are loaded').waitFor();
  expect(await loaded()).toBe(0);
  expect((await call<{ items: unknown[] }>(world.url, 'documents?q=SAMPLE-0')).items).toEqual([]);
  expect((await call<{ key: string }>(world.url, `documents/${real.id}`)).key).toBe('PO-BESIDE-SAMPLE');
  const audit = await call<{ items: { action: string }[] }>(world.url, 'audit?action=DELETE%20%2Fapi%2Fv1%2Fsample');
  expect(audit.items.length).toBe(1);
  expect(faults).toEqual([]);
  await context.close();
});

test('a hub without documents offers them, in the reader’s language', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/ops', { language: 'zh-CN', theme: 'dark', width: 320 });
  // As in a hub that has none yet; loading is real.
  await page.route('**/api/v1/documents?*', async (route) =>
    (await loaded()) === 0 ? route.fulfill({ json: { items: [] } }) : route.continue(),
  );
  await page.goto(`${world.url}/docs`);
  await page.getByRole('button', { name: '加载示例数据' }).waitFor();
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'sample-empty');
  await page.getByRole('button', { name: '加载示例数据' }).click();
  await page.getByText('SAMPLE-012').first().waitFor();
  await page.getByText('示例', { exact: true }).first().waitFor();
  await fetch(`${world.url}/api/v1/sample`, { method: 'DELETE', headers: { authorization: `Bearer ${TOKENS.all}` } });
  expect(await loaded()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});
