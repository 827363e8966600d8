import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, saved } from './browser';
import { call, command, post, TOKENS } from './hub';
import { type Diagnosis, decides, diagnosis, ended, find, order, reaches, stopped, until, waiting } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  await decides(world, 'approve');
  await order(world, 'PO-DOC-1');
  await order(world, 'PO-DOC-2', { amount: '2000000.00' });
  await order(world, 'PO-DOC-3', { tax_rate: '7' });
  await reaches(world, 'PO-DOC-1', ended);
  await reaches(world, 'PO-DOC-2', stopped);
  await reaches(world, 'PO-DOC-3', stopped);
});
afterAll(() => browser.close());

test('filters stand in the address, and a list can be walked and picked from the keyboard', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/docs?q=PO-DOC&type=purchase_order');
  const grid = page.getByRole('grid', { name: 'Documents' });
  await grid.getByRole('link', { name: 'PO-DOC-1' }).waitFor();
  expect(await grid.getByRole('row').count()).toBe(4);
  await page.getByRole('button', { name: /^Stopped/ }).click();
  expect(new URL(page.url()).search).toBe('?standing=stopped');
  await page.goBack();
  await grid.getByRole('link', { name: 'PO-DOC-1' }).waitFor();
  await grid.getByRole('row').nth(1).focus();
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.getByText('2 picked').waitFor();
  const name = await grid.getByRole('row').nth(2).getByRole('link').textContent();
  await page.keyboard.press('Enter');
  await page.getByText('Why it is where it is').waitFor();
  expect(await page.title()).toContain(name);
  expect(faults).toEqual([]);
  await context.close();
});

test('five hundred pasted numbers are answered with what was found and what was not', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/docs');
  await page.getByRole('button', { name: 'Paste numbers' }).click();
  const numbers = ['PO-DOC-1', 'PO-DOC-2', ...Array.from({ length: 498 }, (_, index) => `NOT-THERE-${index}`)];
  await page.getByRole('textbox', { name: /One number a line/ }).fill(numbers.join('\n'));
  await page.getByRole('button', { name: 'Find 500' }).click();
  await page.getByText('2 of 500 numbers found, 498 not found').waitFor();
  await page.getByRole('link', { name: 'PO-DOC-2', exact: true }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('the table that is exported has the rows of the filter', async () => {
  const { page, context } = await openPage(browser, world.url, '/docs?q=PO-DOC-2&type=purchase_order');
  await page.getByRole('link', { name: 'PO-DOC-2' }).waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  const text = await saved(file);
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toContain('PO-DOC-2');
  await context.close();
});

test('a view is saved under a name and found again', async () => {
  const { page, context } = await openPage(browser, world.url, '/docs?standing=stopped');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'Save this view' }).click();
  await page.getByLabel('Name').fill('what stopped');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved.').waitFor();
  await page.goto(`${world.url}/docs`);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('menuitem', { name: 'what stopped' }).first().click();
  await page.waitForURL(/standing=stopped/);
  await context.close();
});

test('every tab of a document tells what the hub knows', async () => {
  const row = await reaches(world, 'PO-DOC-1', ended);
  const { page, context, faults } = await openPage(browser, world.url, `/docs/${row.id}`);
  await page.getByText('has ended with the outcome').waitFor();
  await page.getByText('The document was taken.').waitFor();
  await page.getByRole('button', { name: /^oa/ }).click();
  await page.waitForURL(/step=oa/);
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Data' }).click();
  await page.getByText('total_gross', { exact: true }).waitFor();
  const detail = await call<{ display: { total_gross: string } }>(world.url, `documents/${row.id}`);
  await page.getByText(detail.display.total_gross, { exact: true }).first().waitFor();
  await page.getByRole('tab', { name: 'Calls' }).click();
  await page.getByText('create_approval').first().waitFor();
  await page.locator('details.attempt').first().locator('summary').click();
  await page.getByRole('button', { name: 'Copy as curl' }).first().click();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  expect(curl).toContain('curl -X');
  expect(curl).not.toContain('mock-oa-secret');
  await page.getByRole('tab', { name: 'Ledger' }).click();
  await page.getByRole('row', { name: /oa_main/ }).waitFor();
  await page.getByRole('tab', { name: 'Who did what' }).click();
  await page.getByText('Nobody has acted on it').waitFor();
  expect(await page.content()).not.toContain('mock-erp-secret');
  expect(faults).toEqual([]);
  await context.close();
});

test('a retry that fails again is never called done', async () => {
  const row = await reaches(world, 'PO-DOC-2', stopped);
  const { page, context, faults } = await openPage(browser, world.url, `/docs/${row.id}`);
  await page.getByRole('button', { name: 'Retry', exact: true }).click();
  const sheet = page.getByRole('dialog');
  // What it would send is there without being asked for.
  await sheet.getByText('One call at once').waitFor();
  await sheet.getByText('Idempotency key').waitFor();
  await sheet.getByRole('button', { name: 'Retry', exact: true }).click();
  await sheet.getByText('The hub has accepted the command').waitFor();
  await sheet.getByText('Stopped again').waitFor();
  expect(await sheet.locator('.chip', { hasText: /^Done$/ }).count()).toBe(0);
  expect((await diagnosis(world, row.id)).state).toBe('stopped');
  expect(faults).toEqual([]);
  await context.close();
});

test('a step is skipped with a reason, and the document goes on to its end', async () => {
  await order(world, 'PO-DOC-SKIP', { amount: '2000000.00' });
  const row = await reaches(world, 'PO-DOC-SKIP', stopped);
  const { page, context, faults } = await openPage(browser, world.url, `/docs/${row.id}`);
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Skip the step' }).click();
  const sheet = page.getByRole('dialog');
  // Without its reason nothing is sent.
  await sheet.getByRole('button', { name: 'Skip the step' }).click();
  await sheet.getByText('This is needed.').waitFor();
  await sheet.getByRole('textbox', { name: /Reason/ }).fill('booked by hand, voucher 7');
  await sheet.getByRole('button', { name: 'Skip the step' }).click();
  await sheet.getByText('The hub has accepted the command').waitFor();
  await sheet.locator('.chip', { hasText: /^Done$/ }).waitFor();
  expect((await diagnosis(world, row.id)).state).toBe('ended');
  await sheet.getByRole('button', { name: 'Close' }).first().click();
  await page.getByRole('tab', { name: 'Who did what' }).click();
  await page.getByText('booked by hand, voucher 7').first().waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('an answer that was lost is shown as unknown, with nothing to press', async () => {
  // Every look-up fails until the page has been looked at: that takes as long as it takes.
  const switches = (operations: unknown) => post(`${world.mocks.oa}/__mock/switches`, { operations }, 'PUT');
  await switches({ create_approval: { lost_response_next: 1 }, list_approvals: { reset_before: 1 } });
  await order(world, 'PO-DOC-UNKNOWN');
  const row = await reaches(world, 'PO-DOC-UNKNOWN', (found) => found.code === 'outcome_unknown');
  const { page, context, faults } = await openPage(browser, world.url, `/docs/${row.id}`);
  const card = page.locator('section.card').first();
  await card.getByText('unknown', { exact: true }).waitFor();
  expect(await card.getByRole('button').count()).toBe(0);
  await switches({ list_approvals: { reset_before: 0 } });
  await reaches(world, 'PO-DOC-UNKNOWN', ended);
  // The page hears of it by itself.
  await card.getByText('has ended with the outcome').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('a page that is open when a call goes wrong says so by itself', async () => {
  const switches = (operations: unknown) => post(`${world.mocks.oa}/__mock/switches`, { operations }, 'PUT');
  const hold = (state: string) =>
    command(world.url, 'connections/oa_main/breaker', { state, reason: 'a look at the page' }, TOKENS.all, 'PUT', '*');
  await hold('open');
  try {
    // Replicas hear of it within seconds; until then calls go out.
    await until('the hub holds calls to the OA back', async () => {
      const { lines } = await call<{ lines: { breaker: string }[] }>(world.url, 'connections/oa_main/health');
      return lines.length > 0 && lines.every((line) => line.breaker === 'held_open');
    });
    await order(world, 'PO-DOC-WATCHED');
    const about = (found: Diagnosis) => found.code === 'calling' && found.cause.en.includes('create_approval');
    const row = await reaches(world, 'PO-DOC-WATCHED', about);
    const { page, context } = await openPage(browser, world.url, `/docs/${row.id}`);
    const card = page.locator('section.card').first();
    await card.getByText('is under way or next in line').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    // Nothing changes but that a call was tried.
    await switches({ create_approval: { lost_response_next: 1 }, list_approvals: { reset_before: 1 } });
    await hold('auto');
    await card.getByText('unknown', { exact: true }).waitFor();
    await switches({ list_approvals: { reset_before: 0 } });
    await reaches(world, 'PO-DOC-WATCHED', ended);
    await context.close();
  } finally {
    await hold('auto');
    await switches({ list_approvals: { reset_before: 0 } });
  }
});

test('what partners send is shown as text and never as markup', async () => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await decides(world, 'never');
  await order(world, 'PO-DOC-XSS', { supplier_name: evil });
  const row = await reaches(world, 'PO-DOC-XSS', waiting);
  const { page, context, faults } = await openPage(browser, world.url, `/docs/${row.id}`);
  for (const tab of ['Story', 'Data', 'Calls', 'Ledger', 'Who did what']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('tabpanel').waitFor();
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    expect(await page.locator('img').count()).toBe(0);
  }
  await page.goto(`${world.url}/docs?q=PO-DOC-XSS`);
  await page.getByText(evil).first().waitFor();
  expect(await page.title()).toContain('Waybill');
  expect(faults).toEqual([]);
  await decides(world, 'approve');
  expect(await find(world, 'PO-DOC-XSS')).toBeDefined();
  await context.close();
});

test('a form is judged by the hub field by field, and makes one document', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/forms/purchase_request');
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('One or more fields are not valid.').waitFor();
  expect(await page.locator('.fault').filter({ hasText: /./ }).count()).toBeGreaterThan(0);
  await page.getByRole('textbox', { name: 'In whose name' }).fill('e1002');
  await page.getByRole('button', { name: /Category/ }).click();
  await page.getByRole('option', { name: 'Goods' }).click();
  await page.getByRole('textbox', { name: /Description/ }).fill('Desk lamps');
  await page.getByRole('textbox', { name: /^Amount/ }).fill('480.00');
  const made = await call<{ items: unknown[] }>(world.url, 'documents?type=purchase_request');
  await page.getByRole('button', { name: 'Show who will be asked' }).click();
  await page.getByText('Nobody is asked.').waitFor();
  expect((await call<{ items: unknown[] }>(world.url, 'documents?type=purchase_request')).items).toEqual(made.items);
  // What was foretold holds for what was filled in.
  await page.getByRole('textbox', { name: /^Amount/ }).fill('481.00');
  await page.getByRole('button', { name: 'Show who will be asked' }).waitFor();
  await page.getByRole('button', { name: 'Submit' }).click();
  await page.getByText('Taken').waitFor();
  const key = (await page.getByRole('link', { name: /^PR-/ }).textContent()) ?? '';
  const { items } = await call<{ items: { key: string; type: string }[] }>(world.url, `documents?key=${key}`);
  expect(items).toMatchObject([{ key, type: 'purchase_request' }]);
  expect(faults).toEqual([]);
  await context.close();
});
