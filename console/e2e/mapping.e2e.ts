import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { call } from './hub';
import { decides, ended, order, reaches } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  await decides(world, 'approve');
  await order(world, 'PO-MAPS-1');
});
afterAll(() => browser.close());

test('a rule is changed where its value is made, seen on a real document, and the text changes by that one value', async () => {
  const row = await reaches(world, 'PO-MAPS-1', ended);
  const live = await call<{ text: string }>(world.url, 'definitions/mapping/po_to_oa/text');
  const { page, context, faults } = await openPage(browser, world.url, `/definitions/mapping/po_to_oa?tab=map&sample=${row.id}`);
  const targets = page.getByRole('list', { name: 'What is made' });
  await targets
    .getByRole('button', { name: /^title/ })
    .getByText('PO-MAPS-1')
    .waitFor();
  // A line from each field that a rule reads, for the rows that are seen.
  expect(await page.locator('.map-line').count()).toBeGreaterThan(2);
  await targets.getByRole('button', { name: /级别/ }).click();
  const expression = page.getByRole('textbox', { name: /^Expression of form\['级别'\]/ });
  await expression.click();
  await page.keyboard.press('Control+a');
  const typed = "doc.total_gross > 1 ? 'high: ' + doc.number : 'low'";
  await page.keyboard.insertText(typed);
  await page.locator('.rule-bar').getByText('high: PO-MAPS-1').waitFor();
  const began = Date.now();
  await page.keyboard.press('Control+End');
  await page.keyboard.type(" + '!'");
  await page.keyboard.press('Control+z');
  console.log(`preview after a key: ${Date.now() - began} ms`);
  // A field of the tree is put where the cursor is, by the name that the rule may use.
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'Put doc.currency into the chosen rule' }).click();
  await page.locator('.rule-bar').getByText('CNY', { exact: true }).waitFor();
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  const draft = await call<{ text: string }>(world.url, 'definitions/mapping/po_to_oa/draft');
  expect(draft.text).toBe(live.text.replace(`"doc.total_gross > 50000 ? 'A' : 'B'"`, '"doc.currency"'));
  // The other tabs show the same text, saved or not.
  await page.getByRole('tab', { name: 'Text' }).click();
  await page.locator('.cm-content').getByText('doc.currency').first().waitFor();
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await page.getByText('As it is live').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('a rule that fails says so where it stands', async () => {
  const row = await reaches(world, 'PO-MAPS-1', ended);
  const { page, context } = await openPage(browser, world.url, `/definitions/mapping/po_to_oa?tab=map&sample=${row.id}&rule=2`);
  const expression = page.getByRole('textbox', { name: /^Expression of/ });
  await expression.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('doc.nomber');
  await page.locator('.rule-bar').getByText('nomber').last().waitFor();
  await page
    .getByRole('list', { name: 'What is made' })
    .getByText('unknown_field')
    .or(page.getByText('expression_name'))
    .first()
    .waitFor();
  await context.close();
});
