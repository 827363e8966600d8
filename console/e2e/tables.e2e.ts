/** Dictionaries as tables, and a mapping's draft against what is live. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { call, TOKENS } from './hub';
import { decides, ended, order, reaches, stopped } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const AUTHOR = { authorization: `Bearer ${TOKENS.all}`, 'content-type': 'application/json' };

async function drop(kind: string, id: string) {
  await fetch(`${world.url}/api/v1/definitions/${kind}/${id}/draft`, { method: 'DELETE', headers: AUTHOR });
}

test('a value that documents miss is put into the table by one click, and the text keeps every other byte', async () => {
  await decides(world, 'approve');
  await order(world, 'PO-TABLE-1', { tax_rate: '4' });
  await reaches(world, 'PO-TABLE-1', stopped);
  const live = await call<{ text: string }>(world.url, 'definitions/dictionary/tax_codes/text');
  const { page, context, faults } = await openPage(browser, world.url, '/definitions/dictionary/tax_codes');
  const missing = page.getByRole('listitem').filter({ hasText: 'one document is stopped by it' }).filter({ hasText: '4' });
  await missing.getByRole('button', { name: 'Add a row for 4' }).click();
  // The code that is still to be written has the focus.
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Theirs of 4');
  await page.keyboard.type('V04');
  await page.keyboard.press('Enter');
  await missing.waitFor({ state: 'detached' });
  await page.getByLabel('Holds until of 6').fill('2031-12-31');
  await page.getByLabel('Name of 13').fill('thirteen');
  await page.keyboard.press('Enter');
  await page.getByText('no errors').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  const draft = await call<{ text: string }>(world.url, 'definitions/dictionary/tax_codes/draft');
  expect(draft.text).toBe(
    `${live.text
      .replace('valid_from: 2016-05-01}\n  - {from: "0"', 'valid_from: 2016-05-01, valid_to: 2031-12-31}\n  - {from: "0"')
      .replace('en: 13 % input tax', 'en: thirteen')}  - {from: "4", to: V04}\n`.replace('to: V04', 'to: "V04"'),
  );
  await page.getByRole('button', { name: 'Remove the row of 4' }).click();
  await missing.waitFor();
  // From the value to what it stopped, and from there back to the table.
  await missing.getByRole('link', { name: 'one document is stopped by it' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Add the row to tax_codes' }).click();
  await page.waitForURL(/definitions\/dictionary\/tax_codes/);
  await drop('dictionary', 'tax_codes');
  expect(faults).toEqual([]);
  await context.close();
});

test('a mapping’s draft is held against what is live over real documents, field by field', async () => {
  await decides(world, 'approve');
  await order(world, 'PO-COMPARE-1');
  const row = await reaches(world, 'PO-COMPARE-1', ended);
  const live = await call<{ text: string; etag: string }>(world.url, 'definitions/mapping/po_ref/text');
  const saved = await fetch(`${world.url}/api/v1/definitions/mapping/po_ref/draft`, {
    method: 'PUT',
    headers: { ...AUTHOR, 'if-match': `"${live.etag}"` },
    body: JSON.stringify({ text: live.text.replace('value: doc.source.id', 'value: doc.number') }),
  });
  expect(saved.status).toBe(201);
  const { page, context, faults } = await openPage(browser, world.url, '/definitions/mapping/po_ref?tab=compare');
  const field = page.getByRole('table', { name: 'By field' }).getByRole('row', { name: /^id/ });
  await field.waitFor();
  const document = page.getByRole('listitem').filter({ hasText: 'PO-COMPARE-1' });
  await document.getByText('changed', { exact: true }).waitFor();
  await document.getByText('one field differs').click();
  const detail = await call<{ external_id?: string }>(world.url, `documents/${row.id}`);
  const cells = await document.getByRole('row', { name: /^id/ }).getByRole('cell').allTextContents();
  expect(cells[1]).toBe('PO-COMPARE-1');
  if (detail.external_id) expect(cells[0]).toBe(detail.external_id);
  expect(await accessibility(page)).toEqual([]);
  await document.getByRole('link', { name: 'PO-COMPARE-1' }).click();
  await page.waitForURL(new RegExp(`/docs/${row.id}`));
  await drop('mapping', 'po_ref');
  await page.goto(`${world.url}/definitions/mapping/po_ref?tab=compare`);
  await page.getByText('Every field is made as it is now.').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
