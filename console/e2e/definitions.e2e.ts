import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { call, TOKENS } from './hub';
import { decides, ended, order, reaches } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Types at the end of the editor's text. */
async function append(page: Page, text: string) {
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
}

test('a flow is a picture and an outline over the same text', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/flows/purchase_order_approval');
  const outline = page.getByRole('navigation', { name: 'Outline' });
  await outline.getByRole('button', { name: /budget_again/ }).click();
  await page.waitForURL(/step=budget_again/);
  const picture = page.getByRole('region', { name: 'Picture of the flow' });
  expect(await picture.locator('.flow-card').count()).toBe(16);
  expect(await picture.locator('.flow-card[aria-pressed="true"]').textContent()).toContain('budget_again');
  await picture.locator('.flow-card', { hasText: 'book' }).first().click();
  await page.getByRole('button', { name: 'Fold', exact: true }).click();
  await picture.getByRole('button', { name: '+3 steps' }).waitFor();
  expect(await accessibility(page)).toEqual([]);
  // Each step's own figure, the same as the table's.
  await decides(world, 'approve');
  await order(world, 'PO-HEAT-1');
  await reaches(world, 'PO-HEAT-1', ended);
  await page.reload();
  await page.getByRole('button', { name: /Shown on the picture/ }).click();
  await page.getByRole('option', { name: 'How often it stopped' }).click();
  await page.waitForURL(/overlay=stops/);
  const insight = await call<{ steps: { step: string; stopped: number }[] }>(world.url, 'flows/purchase_order_approval/insight');
  const post = insight.steps.find((each) => each.step === 'post');
  const card = picture.locator('.flow-card.heat', { hasText: 'post' }).first();
  await card.waitFor();
  expect(await card.textContent()).toContain(String(post?.stopped ?? 0));
  expect(await accessibility(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('an error is found where it is written, the draft keeps every byte, and publishing shows what changes', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/definitions/mapping/po_ref?tab=text');
  await page.locator('.cm-content').waitFor();
  const live = await call<{ text: string }>(world.url, 'definitions/mapping/po_ref/text');
  await append(page, 'titel: {en: One}');
  await page
    .getByText(/unknown_key/)
    .first()
    .waitFor();
  // What was meant is written by one click, and taken back by one key.
  await page.getByRole('button', { name: 'Write title' }).click();
  await page.locator('.cm-content').getByText('title: {en: One}').waitFor();
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await append(page, '# kept: 注释');
  await page.getByText('no errors').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  const draft = await call<{ text: string }>(world.url, 'definitions/mapping/po_ref/draft');
  expect(draft.text).toBe(`${live.text}# kept: 注释`);
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Publish…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('# kept: 注释').waitFor();
  await sheet.getByRole('textbox', { name: /Why/ }).fill('a comment from the console');
  await sheet.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('As it is live').waitFor();
  expect((await call<{ text: string }>(world.url, 'definitions/mapping/po_ref/text')).text).toBe(draft.text);
  await page.goto(`${world.url}/releases`);
  await page.getByText('a comment from the console').waitFor();
  // What differs from the version before, and the way back to it.
  await page.goto(`${world.url}/definitions/mapping/po_ref?tab=versions`);
  await page
    .getByRole('group', { name: /^Lines from/ })
    .getByText('# kept: 注释')
    .waitFor();
  await page.getByRole('button', { name: 'Take as draft' }).first().click();
  await page.getByText('The text is that of version').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  expect((await call<{ text: string }>(world.url, 'definitions/mapping/po_ref/draft')).text).toBe(live.text);
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await page.getByText('As it is live').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('a text that was saved elsewhere is never overwritten silently', async () => {
  const { page, context } = await openPage(browser, world.url, '/definitions/mapping/po_to_budget?tab=text');
  await page.locator('.cm-content').waitFor();
  const live = await fetch(`${world.url}/api/v1/definitions/mapping/po_to_budget/text`, {
    headers: { authorization: `Bearer ${TOKENS.all}` },
  });
  const { text } = (await live.json()) as { text: string };
  const saved = await fetch(`${world.url}/api/v1/definitions/mapping/po_to_budget/draft`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${TOKENS.all}`,
      'content-type': 'application/json',
      'if-match': live.headers.get('etag') ?? '',
    },
    body: JSON.stringify({ text: `${text}# of another tab\n` }),
  });
  expect(saved.status).toBe(201);
  await append(page, '# of this tab\n');
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Somebody else changed the text meanwhile').waitFor();
  await page.getByText('# of another tab').first().waitFor();
  expect((await call<{ text: string }>(world.url, 'definitions/mapping/po_to_budget/draft')).text).toBe(
    `${text}# of another tab\n`,
  );
  // Both have added at the same place; a person says which is meant, and nothing of the other is lost.
  await page.getByRole('radio', { name: 'Both, mine first' }).check();
  await page.getByRole('button', { name: 'Go on with this text' }).click();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  expect((await call<{ text: string }>(world.url, 'definitions/mapping/po_to_budget/draft')).text).toBe(
    `${text}# of this tab\n# of another tab\n`,
  );
  await context.close();
});

test('the rules of a mapping show what they make of a real document', async () => {
  await decides(world, 'approve');
  await order(world, 'PO-MAP-1');
  const row = await reaches(world, 'PO-MAP-1', ended);
  const { page, context, faults } = await openPage(browser, world.url, `/definitions/mapping/po_to_oa?tab=table&sample=${row.id}`);
  await page.getByRole('row', { name: /form\['金额'\]/ }).waitFor();
  const detail = await call<{ display: { total_gross: string } }>(world.url, `documents/${row.id}`);
  // Its amount, exactly as the document has it.
  const shown = await page.getByRole('row', { name: /form\['金额'\]/ }).textContent();
  if (shown?.includes(detail.display.total_gross) !== true)
    await page
      .getByRole('row', { name: new RegExp(detail.display.total_gross.replace('.', '\\.')) })
      .first()
      .waitFor();
  expect(await accessibility(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('a real document is played through a flow until it asks, and nothing of it happens', async () => {
  await decides(world, 'approve');
  await order(world, 'PO-SIM-1');
  const row = await reaches(world, 'PO-SIM-1', ended);
  const before = await call<{ items: unknown[] }>(world.url, `instances?document=${row.id}`);
  const { page, context, faults } = await openPage(browser, world.url, '/flows/purchase_order_approval?tab=simulate');
  await page.getByRole('button', { name: /Shown on/ }).click();
  await page.getByRole('option', { name: /^PO-SIM-1\b/ }).click();
  await page.getByRole('button', { name: 'Play' }).click();
  await page.getByText('It waits for').waitFor();
  await page.getByRole('button', { name: 'Take this answer' }).first().click();
  await page
    .getByRole('textbox', { name: /Answers of partners/ })
    .and(page.locator('textarea'))
    .waitFor();
  expect(await page.locator('textarea').first().inputValue()).toContain('erp.check_budget');
  await page.getByRole('button', { name: 'Play' }).click();
  await page.getByText(/budget → size/).waitFor();
  expect((await call<{ items: unknown[] }>(world.url, `instances?document=${row.id}`)).items).toHaveLength(before.items.length);
  expect(faults).toEqual([]);
  await context.close();
});

test('a read is tried at a connection; a write is only shown until it is agreed to', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/connections/erp_hq?tab=try');
  await page.getByRole('button', { name: /Operation/ }).click();
  await page.getByRole('option', { name: /^release_order/ }).click();
  await page.locator('textarea').fill('{"id": "100001"}');
  const send = page.getByRole('button', { name: 'Send' });
  expect(await send.getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('button', { name: 'Show the request' }).click();
  await page.getByText('Not sent').waitFor();
  expect(await page.content()).not.toContain('mock-erp-secret');
  await page.getByRole('button', { name: /Operation/ }).click();
  await page.getByRole('option', { name: /^check_budget/ }).click();
  await page.locator('textarea').fill('{"order_number": "PO-TRY", "amount": "1.00", "currency": "CNY"}');
  await send.click();
  await page.getByText('"available"').first().waitFor();
  expect(await accessibility(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('figures of a flow are the hub’s, and stand beside those of the time before', async () => {
  await decides(world, 'approve');
  await order(world, 'PO-INSIGHT-1');
  await reaches(world, 'PO-INSIGHT-1', ended);
  const { page, context, faults } = await openPage(browser, world.url, '/flows/purchase_order_approval?tab=insight&against=before');
  const table = page.getByRole('table', { name: 'Then and now' });
  await table.waitFor();
  const insight = await call<{ instances: number; total: { clock: { count: number } } }>(
    world.url,
    'flows/purchase_order_approval/insight',
  );
  // The hub of a test has no past: what it has is the change.
  await table.getByRole('row', { name: `Instances 0 ${insight.instances} +${insight.instances}` }).waitFor();
  await table.getByRole('row', { name: /^From beginning to end, median – \S.* –$/ }).waitFor();
  await page.getByText('Beside as many days before').click();
  await table.waitFor({ state: 'detached' });
  expect(new URL(page.url()).searchParams.get('against')).toBeNull();
  expect(faults).toEqual([]);
  await context.close();
});
