/** How people are told: words, steps, people, channels. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { call, TOKENS } from './hub';
import { asked } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function dropped(kind: string, id: string): Promise<string> {
  const { text } = await call<{ text: string }>(world.url, `definitions/${kind}/${id}/draft`);
  const headers = { authorization: `Bearer ${TOKENS.all}` };
  await fetch(`${world.url}/api/v1/definitions/${kind}/${id}/draft`, {
    method: 'DELETE',
    headers: { ...headers, 'if-match': '*' },
  });
  return text;
}

test('a template is tried on a real task, as it reads and as its channel sends it', async () => {
  const { key, document, task } = await asked(world);
  const { page, context, faults } = await openPage(browser, world.url, `/settings/notifications?open=${document}&task=${task.id}`);
  await page.getByText(`Purchase order ${key} is released`).waitFor();
  await page
    .getByRole('button', { name: /Its task/ })
    .getByText('Team lead · 陈昱')
    .waitFor();
  await page.getByRole('button', { name: /Told of/ }).click();
  await page.getByRole('option', { name: 'Reminded' }).click();
  await page.getByRole('button', { name: /As it is sent/ }).click();
  await page.getByRole('option', { name: 'ops' }).click();
  const sent = page.getByRole('group', { name: 'As it is sent' }).first();
  await sent.getByText('"task.reminded"').waitFor();
  expect(await sent.textContent()).toContain(`"key": "${key}"`);
  expect(await sent.textContent()).toContain(`/tasks?task=${task.id}`);
  expect(await accessibility(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test('a step tells in other words by one change of its flow’s text', async () => {
  const live = await call<{ text: string }>(world.url, 'definitions/flow/house_approval/text');
  const { page, context, faults } = await openPage(browser, world.url, '/settings/notifications?part=steps&flow=house_approval');
  await page.getByRole('button', { name: /^Change how people are told: It is their turn, Finance/ }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: /Template/ }).click();
  await page.getByRole('option', { name: 'po_released' }).click();
  await sheet.locator('label', { has: page.getByRole('checkbox', { name: 'ops' }) }).click();
  expect(await accessibility(page)).toEqual([]);
  await sheet.getByRole('button', { name: 'Put into the text' }).click();
  const cell = page.getByRole('row', { name: /Finance/ }).getByRole('button', { name: /It is their turn/ });
  await cell.getByText('po_released').waitFor();
  await page.getByText('no errors').waitFor();
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  const money = 'due: 2wd\n  - id: verdict';
  expect(await dropped('flow', 'house_approval')).toBe(
    live.text.replace(money, `due: 2wd\n    notices: {turn: {template: po_released, channels: [ops]}}\n  - id: verdict`),
  );
  expect(faults).toEqual([]);
  await context.close();
});

test('quiet hours and channels are said for everybody and for one, and what is wrong is told', async () => {
  const live = await call<{ text: string }>(world.url, 'definitions/directory/people/text');
  const { page, context, faults } = await openPage(browser, world.url, '/settings/notifications?part=people');
  await page.getByLabel('Quiet hours', { exact: true }).fill('20:00-08:00');
  await page.keyboard.press('Enter');
  const own = page.getByLabel('Channels of 赵敏');
  await own.fill('mial');
  await page.keyboard.press('Enter');
  await page.getByText(/mial/).last().waitFor();
  await page.getByText(/one error/).waitFor();
  await own.fill('mail, ops');
  await page.keyboard.press('Enter');
  await page.getByText('no errors').waitFor();
  // What a person does not say is shown as it is for everybody.
  expect(await page.getByLabel('Quiet hours of 赵敏').getAttribute('placeholder')).toBe('20:00-08:00');
  expect(await accessibility(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save draft' }).click();
  await page.getByText('Your draft', { exact: true }).waitFor();
  const zhao = 'email: zhao.min@example.com, department: procurement, manager: e1003';
  expect(await dropped('directory', 'people')).toBe(
    `${live.text.replace(zhao, `${zhao}, channels: [mail, ops]`)}quiet: 20:00-08:00\n`,
  );
  await page.goto(`${world.url}/settings/notifications?part=channels`);
  const row = page.getByRole('row', { name: /Operations room/ });
  await row.getByText('ops.send').waitFor();
  await row.getByText('nobody').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
