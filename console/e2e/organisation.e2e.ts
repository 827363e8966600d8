/** Who works here by a connected system: readings, conflicts, leavers, and a reading that somebody has to look at. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, shot } from './browser';
import { call, type Hub, post, startHub, TOKENS } from './hub';
import { asked, until } from './scenario';

let browser: Browser;
let hub: Hub;

beforeAll(async () => {
  [browser, hub] = await Promise.all([openBrowser(), startHub({ company: true })]);
  await until('DingTalk was read', async () => (await view()).sources[0]?.people === 5);
});
afterAll(() => Promise.all([browser.close(), hub.stop()]));

interface View {
  sources: { people: number; held: { gone: number } | null; readings: { outcome: string; went: { person: string }[] }[] }[];
  conflicts: { id: string; field: string; used: string; used_of: string | null; other: string }[];
}

const view = () => call<View>(hub.url, 'organisation');

interface Company {
  people: { id: string; number: string; name: string; left: boolean }[];
}

/** Changes who works there, behind the hub's back. */
async function company(change: (people: Company['people']) => unknown[]) {
  const now = (await (await fetch(`${hub.dingtalk}/__mock/organisation`)).json()) as Company;
  await post(`${hub.dingtalk}/__mock/organisation`, { ...now, people: change(now.people) }, 'PUT');
}

async function publish(page: Page) {
  // It is saved by itself.
  await page.getByText('Your draft', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Publish…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('textbox', { name: /Why/ }).fill('as DingTalk has it');
  await sheet.getByRole('button', { name: 'Publish', exact: true }).click();
  await sheet.waitFor({ state: 'hidden' });
  await page.getByText('As it is live').waitFor();
}

test('a conflict shows both words, and the file takes over what the system says', async () => {
  const { page, context, faults } = await openPage(browser, hub.url, '/settings/organisation');
  const card = page.locator('section.card', { hasText: 'contacts' });
  await card.getByRole('table').getByText('5 people').click();
  await card.getByRole('listitem').filter({ hasText: '李慧' }).waitFor();
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'organisation');
  await page.getByRole('tab', { name: /^Conflicts/ }).click();
  const row = page.getByRole('row', { name: /李慧.*Mail address/ });
  await row.getByText('li.hui@example.com').waitFor();
  await row.getByText("the directory's file").waitFor();
  await row.getByText('e1001@example.com', { exact: true }).waitFor();
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'organisation-conflicts');
  await row.getByRole('button', { name: 'Write «e1001@example.com» into the file' }).click();
  await publish(page);
  await row.waitFor({ state: 'hidden' });
  expect((await view()).conflicts.filter(({ id, field }) => id === 'e1001' && field === 'email')).toEqual([]);

  await page
    .getByRole('row', { name: /王涛.*Department/ })
    .getByRole('button', { name: 'Let contacts decide it, for everybody' })
    .click();
  await publish(page);
  await page
    .getByRole('row', { name: /王涛.*Department/ })
    .getByRole('button', { name: 'Let the file decide it' })
    .waitFor();
  const { conflicts } = await view();
  expect(conflicts.find(({ id, field }) => id === 'e1002' && field === 'department')).toMatchObject({
    used: '3',
    used_of: 'contacts',
    other: 'procurement',
  });
  expect(faults).toEqual([]);
  await context.close();
});

test('who leaves there is seen to have left, and their task to have gone on', async () => {
  const { task } = await asked(hub);
  await company((people) => people.map((person) => (person.number === 'e1003' ? { ...person, left: true } : person)));
  const { page, context, faults } = await openPage(browser, hub.url, '/settings/organisation', {
    language: 'zh-CN',
    theme: 'dark',
  });
  await page.getByRole('button', { name: '立即读取' }).click();
  const newest = page.getByRole('table').getByRole('row').nth(1);
  await newest.getByText('陈昱').waitFor();
  await newest.getByText('已采用').waitFor();
  await page.getByRole('tab', { name: /^离职人员/ }).click();
  const row = page.getByRole('row', { name: /陈昱.*e1003.*contacts/ });
  await row.waitFor();
  await until('the task has gone on', async () => {
    const { tasks } = await call<{ tasks: { person: string; state: string }[] }>(hub.url, `instances/${task.instance}/people`);
    return tasks.some(({ person, state }) => person === 'e1006' && state === 'pending');
  });
  await page.reload();
  await row.getByRole('cell', { name: '1', exact: true }).waitFor();
  await row.getByRole('cell', { name: '0', exact: true }).waitFor();
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'organisation-leavers');
  expect(faults).toEqual([]);
  await context.close();
});

test('a reading in which too many are gone waits until somebody has looked at who', async () => {
  const more = Array.from({ length: 20 }, (_, index) => ({
    id: `x${index}`,
    number: `n${index}`,
    name: `New ${index}`,
    departments: [3],
  }));
  await company((people) => [...people, ...more]);
  const { page, context, faults } = await openPage(browser, hub.url, '/settings/organisation', { width: 320 });
  const card = page.locator('section.card', { hasText: 'contacts' });
  await page.getByRole('button', { name: 'Read now' }).click();
  await card.getByText('20 people').first().waitFor();
  await company((people) => people.filter(({ id }) => !id.startsWith('x')));
  await page.getByRole('button', { name: 'Read now' }).click();
  await page.getByText('20 people are gone at once').waitFor();
  expect((await view()).sources[0]?.people).toBe(24);
  await shot(page, 'organisation-held');
  await page.getByRole('button', { name: 'See who is gone' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByText('New 19').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'organisation-accept');
  await sheet.getByRole('button', { name: '20 have left' }).click();
  await card.getByText('Taken by a person').waitFor();
  expect((await view()).sources[0]).toMatchObject({ people: 4, held: null });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});

test('who may not manage users is told so', async () => {
  const { page, context } = await openPage(browser, hub.url, '/settings/organisation', { token: TOKENS.reader });
  await page.getByText('The token lacks a right').waitFor();
  expect(await page.getByText('contacts').count()).toBe(0);
  await context.close();
});
