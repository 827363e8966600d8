import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, shot } from './browser';
import { callAs, command, TOKENS } from './hub';
import { asked, type Task, taskOf } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function state(task: Task): Promise<string> {
  const detail = await callAs<{ task: Task }>(TOKENS.lead, world.url, `tasks/${task.id}`);
  return detail.task.state;
}

/** A phone as chats open pages: narrow, touched, with a webview's name. */
async function phone(path: string, language: 'en' | 'zh-CN' = 'en') {
  return openPage(browser, world.url, path, { width: 320, height: 640, token: TOKENS.lead, language, alone: true });
}

async function offline(context: BrowserContext, off: boolean) {
  await context.setOffline(off);
}

test('a task is read and decided on the desk, from the keyboard, and the next one is asked', async () => {
  const { key, task } = await asked(world);
  const { page, context, faults } = await openPage(browser, world.url, '/tasks', { token: TOKENS.lead });
  const row = page.getByRole('grid', { name: 'To do' }).getByRole('row', { name: new RegExp(key) });
  await row.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Task' });
  await panel.getByText('old ones broke').waitFor();
  // The step hides this field.
  expect(await panel.getByText('Urgent').count()).toBe(0);
  // Steps and people by what they are called, not by their ids.
  await row.getByText('Team lead').waitFor();
  await panel.getByText(/Perhaps Finance: 孙磊/).waitFor();
  expect(await accessibility(page)).toEqual([]);
  await panel.getByRole('button', { name: 'approve' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Reason').fill('new ones are needed');
  // Drawn as the form draws it: what can be chosen, in words.
  await sheet.getByLabel('Category').selectOption({ label: 'IT' });
  await shot(page, 'task-edits');
  await sheet.getByLabel('Comment').fill('within the budget');
  await sheet.getByRole('button', { name: 'approve' }).click();
  await page.getByText('Done: approve.').waitFor();
  expect(await state(task)).toBe('approved');
  const next = await taskOf(world, TOKENS.finance, task.instance);
  const detail = await callAs<{ document: { reason: string; category: string }; people: { decisions: { comment?: string }[] } }>(
    TOKENS.finance,
    world.url,
    `tasks/${next.id}`,
  );
  expect(detail.document).toMatchObject({ reason: 'new ones are needed', category: 'it' });
  expect(detail.people.decisions.map((each) => each.comment)).toContain('within the budget');
  expect(faults).toEqual([]);
  await context.close();
});

test('a no wants a reason, before anything is sent', async () => {
  const { task } = await asked(world);
  const { page, context } = await openPage(browser, world.url, `/tasks?task=${task.id}`, { token: TOKENS.lead });
  await page.getByRole('region', { name: 'Task' }).getByRole('button', { name: 'reject' }).click();
  const sheet = page.getByRole('dialog');
  expect(await sheet.getByRole('button', { name: 'reject' }).getAttribute('aria-disabled')).toBe('true');
  await sheet.getByLabel(/Comment/).fill('too dear');
  await sheet.getByRole('button', { name: 'reject' }).click();
  await page.getByText('Done: reject.').waitFor();
  expect(await state(task)).toBe('rejected');
  await context.close();
});

test('on a phone a task fits its page and is decided in two taps', async () => {
  const { task, key } = await asked(world);
  const { page, context, faults } = await phone(`/a/${task.id}`, 'zh-CN');
  await page.getByRole('heading', { name: key }).waitFor();
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBe(0);
  const low = await page
    .locator('.phone-bar .button')
    .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44));
  expect(low).toHaveLength(0);
  expect(await accessibility(page)).toEqual([]);
  await page.locator('.phone-bar').getByRole('button', { name: '同意' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '同意' }).click();
  await page.getByText('已发送并生效').waitFor();
  expect(await state(task)).toBe('approved');
  expect(faults).toEqual([]);
  await context.close();
});

test('a decision without a network waits, is said to wait, and is sent once', async () => {
  const { task } = await asked(world);
  const { page, context } = await phone(`/a/${task.id}`);
  await page.locator('.phone-bar').getByRole('button', { name: 'approve' }).waitFor();
  await offline(context, true);
  await page.locator('.phone-bar').getByRole('button', { name: 'approve' }).click();
  await page.getByRole('dialog').getByLabel('Comment').fill('from the train');
  await page.getByRole('dialog').getByRole('button', { name: 'approve' }).click();
  await page.getByText('Waiting to be sent').waitFor();
  expect(await state(task)).toBe('pending');
  await offline(context, false);
  await page.getByText('Sent and taken.').waitFor();
  expect(await state(task)).toBe('approved');
  const { decisions } = await callAs<{ decisions: { comment?: string }[] }>(
    TOKENS.lead,
    world.url,
    `instances/${task.instance}/people`,
  );
  expect(decisions.filter((each) => each.comment === 'from the train')).toHaveLength(1);
  await context.close();
});

test('an answer that is lost on the way back is asked for again, and nothing is decided twice', async () => {
  const { task } = await asked(world);
  const { page, context } = await phone(`/a/${task.id}`);
  // The phone looks every ten seconds whether the network is back; its clock is put forward.
  await page.clock.install();
  await page.reload();
  let lost = 0;
  await page.route(`**/tasks/${task.id}/approve`, async (route) => {
    if (lost > 0) return route.continue();
    lost += 1;
    // The hub has done it; the phone never hears of it.
    await route.fetch();
    await route.abort();
  });
  await page.locator('.phone-bar').getByRole('button', { name: 'approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'approve' }).click();
  await page.getByText('Waiting to be sent').waitFor();
  await page.clock.fastForward(11_000);
  await page.getByText('Sent and taken.').waitFor();
  const { decisions } = await callAs<{ decisions: { verb: string }[] }>(
    TOKENS.lead,
    world.url,
    `instances/${task.instance}/people`,
  );
  expect(decisions.filter((each) => each.verb === 'approve')).toHaveLength(1);
  await context.close();
});

test('who comes too late is told who was faster, and has nothing to press', async () => {
  const { task } = await asked(world);
  const { page, context } = await phone(`/a/${task.id}`);
  const bar = page.locator('.phone-bar');
  await bar.getByRole('button', { name: 'approve' }).click();
  await page.getByRole('dialog').waitFor();
  await command(world.url, `tasks/${task.id}/reject`, { comment: 'by the other window' }, TOKENS.lead);
  await page.getByRole('dialog').getByRole('button', { name: 'approve' }).click();
  await page.getByText(/It was not taken/).waitFor();
  await page.getByText(/has already decided: rejected/).waitFor();
  expect(await bar.getByRole('button', { name: 'approve' }).count()).toBe(0);
  expect(await state(task)).toBe('rejected');
  await context.close();
});
