/** Dictionaries as tables, and a mapping's draft against what is live. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, saved, stoodStill } from './browser';
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
  await fetch(`${world.url}/api/v1/definitions/${kind}/${id}/draft`, { method: 'DELETE', headers: { ...AUTHOR, 'if-match': '*' } });
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

test('rows come in from a file that a spreadsheet saved, are looked at first, and go out as they came', async () => {
  const live = await call<{ text: string }>(world.url, 'definitions/dictionary/tax_codes/text');
  const { page, context, faults } = await openPage(browser, world.url, '/definitions/dictionary/tax_codes');
  await page.getByRole('button', { name: 'Import CSV…' }).click();
  const sheet = page.getByRole('dialog');
  const put = sheet.getByRole('button', { name: /into the text/ });
  const give = (lines: (string | Buffer)[]) =>
    sheet.locator('input[type="file"]').setInputFiles({
      name: 'codes.csv',
      mimeType: 'text/csv',
      buffer: Buffer.concat(lines.map((line) => Buffer.from(line as string))),
    });
  // 增值税 in GBK, as spreadsheets on Chinese machines save it.
  const tax = Buffer.from([0xd4, 0xf6, 0xd6, 0xb5, 0xcb, 0xb0]);
  await give([Buffer.from('PK\u0003\u0004\u0000\u0000', 'latin1')]);
  await sheet.getByText('This is no CSV file').waitFor();
  await give(['from,to,name.zh\r\n13,V13,', tax, '\r\n3,V03,', tax, '\r\n5,,\r\n']);
  await sheet.getByRole('button', { name: /read as GBK/ }).waitFor();
  await sheet.getByText('one row changes').waitFor();
  await sheet.getByText('one new row').waitFor();
  await sheet.getByRole('row', { name: /^4 5 has no value of theirs/ }).waitFor();
  await sheet.getByRole('row', { name: /^2 13 Name \(zh\) 13% 进项 增值税/ }).waitFor();
  expect(await put.getAttribute('aria-disabled')).toBe('true');
  await sheet.locator('label', { has: page.getByRole('checkbox', { name: 'Leave the wrong lines out' }) }).click();
  expect(await accessibility(page)).toEqual([]);
  await put.click();
  await page.getByText('The text has 2 changes of the file now').waitFor();
  await page.getByText('no errors').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  const draft = await call<{ text: string }>(world.url, 'definitions/dictionary/tax_codes/draft');
  expect(draft.text).toBe(`${live.text.replace('zh: 13% 进项', 'zh: 增值税')}  - {from: "3", to: V03, name: {zh: 增值税}}\n`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()]);
  const table = await saved(file);
  expect(
    table.startsWith('\ufefffrom,to,valid_from,valid_to,name.en,name.zh\r\n13,V13,2019-04-01,,13 % input tax,增值税\r\n'),
  ).toBe(true);
  await page.getByRole('button', { name: 'Import CSV…' }).click();
  await give([table]);
  await sheet.getByText(/are equal/).waitFor();
  await sheet.getByRole('button', { name: /read as UTF-8/ }).waitFor();
  expect(await put.getAttribute('aria-disabled')).toBe('true');
  await drop('dictionary', 'tax_codes');
  expect(faults).toEqual([]);
  await context.close();
});

/** Above this a page is felt to hang; a machine that is busy with another file's hub needs room besides. */
const STILL_MS_MAX = 3_000;

test('as many rows as a text may have come in and change without the page standing still', { timeout: 120_000 }, async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/definitions/dictionary/tax_codes');
  const sheet = page.getByRole('dialog');
  const table = (to: string) => `from,to\n${Array.from({ length: 5_000 }, (_, number) => `9${number},${to}${number}\n`).join('')}`;
  const times: Record<string, number> = {};
  for (const [what, to] of [
    ['new', 'A'],
    ['changed', 'B'],
  ] as const) {
    await page.getByRole('button', { name: 'Import CSV…' }).click();
    times[`look at ${what}`] = await stoodStill(page, async () => {
      await sheet
        .locator('input[type="file"]')
        .setInputFiles({ name: 'many.csv', mimeType: 'text/csv', buffer: Buffer.from(table(to)) });
      await sheet.getByText(what === 'new' ? '5,000 new rows' : '5,000 rows change').waitFor();
    });
    times[`take ${what}`] = await stoodStill(page, async () => {
      await sheet.getByRole('button', { name: 'Put 5,000 changes into the text' }).click();
      await sheet.waitFor({ state: 'hidden', timeout: 60_000 });
      await page.getByText('The text has 5,000 changes of the file now').first().waitFor();
    });
  }
  times['a cell'] = await stoodStill(page, async () => {
    await page.getByLabel('Theirs of 90', { exact: true }).fill('C');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('[aria-label="Theirs of 90"]')?.value === 'C');
  });
  console.log(
    `5,000 rows of a file: stood still ${Object.entries(times)
      .map(([what, ms]) => `${what} ${ms.toFixed(0)} ms`)
      .join(', ')}`,
  );
  expect(Math.max(...Object.values(times))).toBeLessThan(STILL_MS_MAX);
  await drop('dictionary', 'tax_codes');
  expect(faults).toEqual([]);
  await context.close();
});

test('rows that stand in a file of their own are changed by another file, and that file is what is published', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/definitions/dictionary/units');
  await page.getByRole('row', { name: 'box CT' }).waitFor();
  await page.getByRole('button', { name: 'Import CSV…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet
    .locator('input[type="file"]')
    .setInputFiles({ name: 'units.csv', mimeType: 'text/csv', buffer: Buffer.from('to;from\nCT;box\nPC;piece\nKG;kilogram\n') });
  await sheet.getByRole('button', { name: 'Put 2 changes into the text' }).click();
  await page.getByRole('row', { name: 'kilogram KG' }).waitFor();
  await page.getByText('no errors').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  const file = encodeURIComponent('dictionaries/units.csv');
  expect((await call<{ text: string }>(world.url, `definitions/file/${file}/draft`)).text).toBe(
    'from,to\nbox,CT\npiece,PC\nkilogram,KG\n',
  );
  await page.getByRole('button', { name: 'Publish…' }).click();
  await sheet.getByRole('textbox', { name: /Why/ }).fill('kilograms');
  await sheet.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('As it is live').waitFor();
  expect((await call<{ text: string }>(world.url, `definitions/file/${file}/text`)).text).toContain('kilogram,KG');
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
