import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { call, TOKENS } from './hub';
import { decides, find, order, reaches, stopped } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  await decides(world, 'approve');
  for (const number of ['PO-DESK-1', 'PO-DESK-2', 'PO-DESK-3']) await order(world, number, { amount: '2000000.00' });
  for (const number of ['PO-DESK-1', 'PO-DESK-2', 'PO-DESK-3']) await reaches(world, number, stopped);
});
afterAll(() => browser.close());

interface Batch {
  id: string;
  total: number;
  dry_run: boolean;
  items: Record<string, number>;
}

test('what stopped for one cause is one group, and a dry run of all of it tells each outcome', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/ops/dead-letters');
  const group = page.locator('section.card', { hasText: 'expect_failed' }).first();
  await group.getByText('the answer is not what the step expects').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await group.getByRole('button', { name: 'Act on all of it' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText(/things as of now/).waitFor();
  // What would be sent is there before anything is asked for.
  await sheet.getByText(/^The first/).waitFor();
  await sheet.getByRole('button', { name: 'Dry run' }).click();
  await sheet.getByRole('link', { name: 'Each of them' }).click();
  await page.waitForURL(/\/ops\/batches\//);
  await page.getByText('This only tells what would happen.').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await page
    .getByRole('row', { name: /Would be taken/ })
    .first()
    .waitFor();
  const batch = await call<Batch>(world.url, `batches/${id}`);
  expect(batch.dry_run).toBe(true);
  // Nothing has happened to what it was about.
  expect((await find(world, 'PO-DESK-1'))?.status).toBe('in_approval');
  await page
    .getByRole('row', { name: /Would be taken/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('Idempotency key').first().waitFor();
  // By the number that people know, not by an id.
  await page
    .getByRole('dialog')
    .getByRole('link', { name: /^PO-DESK-\d$/ })
    .waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('a batch acts on what was frozen, whatever stops afterwards', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/docs?standing=stopped&q=PO-DESK');
  const grid = page.getByRole('grid', { name: 'Documents' });
  await grid.getByRole('link', { name: 'PO-DESK-1' }).waitFor();
  // As a person does it: on the box, which is the label of a hidden input.
  for (const name of ['Pick PO-DESK-1', 'Pick PO-DESK-2'])
    await grid.locator('label', { has: page.getByRole('checkbox', { name }) }).click();
  await page.getByRole('button', { name: 'Act on these' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('2 things as of now').waitFor();
  await order(world, 'PO-DESK-LATER', { amount: '2000000.00' });
  await reaches(world, 'PO-DESK-LATER', stopped);
  await sheet.getByRole('button', { name: /Action/ }).click();
  await page.getByRole('option', { name: 'Skip the step' }).click();
  await sheet.getByRole('textbox', { name: /Reason/ }).fill('the budget was raised outside');
  await sheet.getByRole('button', { name: 'Skip the step: 2' }).click();
  await page.waitForURL(/\/ops\/batches\//);
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await page.getByText('2 of 2').waitFor();
  // After a reload it is still the batch of those two.
  await page.reload();
  await page.getByText('2 of 2').waitFor();
  const batch = await call<Batch>(world.url, `batches/${id}`);
  expect(batch).toMatchObject({ total: 2, dry_run: false, items: { done: 2 } });
  await reaches(world, 'PO-DESK-1', (found) => found.state === 'ended');
  expect((await reaches(world, 'PO-DESK-LATER', stopped)).key).toBe('PO-DESK-LATER');
  expect(await accessibility(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('an exception is taken, and two people do not take the same one', async () => {
  const row = await reaches(world, 'PO-DESK-3', stopped);
  const { items } = await call<{ items: { id: string }[] }>(world.url, `exceptions?document=${row.id}&state=open`);
  const id = items[0]?.id ?? '';
  const { page, context } = await openPage(browser, world.url, `/ops/dead-letters?tab=list&open=${id}`);
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'Take it' }).waitFor();
  await sheet.getByRole('link', { name: 'PO-DESK-3' }).waitFor();
  // Somebody else takes it while this page is open.
  const read = await fetch(`${world.url}/api/v1/exceptions/${id}`, { headers: { authorization: `Bearer ${TOKENS.all}` } });
  const taken = await fetch(`${world.url}/api/v1/exceptions/${id}/assignee`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${TOKENS.all}`,
      'content-type': 'application/json',
      'if-match': read.headers.get('etag') ?? '',
    },
    body: JSON.stringify({ assignee: 'somebody_else' }),
  });
  expect(taken.status).toBe(200);
  await sheet.getByRole('button', { name: 'Take it' }).click();
  // Either the page has heard of it and takes it from who has it knowingly, or the hub refuses the old sight of it.
  await sheet
    .getByText('somebody_else')
    .or(sheet.getByText('Somebody else changed it meanwhile'))
    .or(sheet.getByRole('button', { name: 'Give it back' }))
    .first()
    .waitFor();
  await sheet.getByRole('textbox', { name: 'Write a note' }).fill('asked the finance department');
  await sheet.getByRole('button', { name: 'Add' }).click();
  await sheet.getByText('asked the finance department').waitFor();
  await context.close();
});

test('a connection is stopped and let go with a reason, and its history keeps both', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/connections/finance_main');
  await page.getByRole('button', { name: 'Stop calls' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox', { name: /Reason/ }).fill('closing of the month');
  await sheet.getByRole('button', { name: 'Stop calls' }).click();
  await page.getByText('operator holds the breaker: closing of the month').waitFor();
  await page.getByRole('button', { name: 'Let the breaker decide' }).click();
  await sheet.getByRole('textbox', { name: /Reason/ }).fill('closed');
  await sheet.getByRole('button', { name: 'Let the breaker decide' }).click();
  await page.getByRole('button', { name: 'Stop calls' }).waitFor();
  await page.getByRole('list').getByText('Held open').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await page.goto(`${world.url}/connections/erp_hq?tab=webhooks`);
  await page.getByText('genuine', { exact: true }).first().waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
