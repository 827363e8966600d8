import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, saved } from './browser';
import { call, callAs, command, TOKENS } from './hub';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const PASSWORD = 'end-to-end password of nobody';

interface User {
  id: string;
  name: string;
  status: string;
  roles: { role: string; scope: string }[];
}

async function user(name: string): Promise<User | undefined> {
  return (await call<{ items: User[] }>(world.url, 'users')).items.find((each) => each.name === name);
}

test('somebody is added, comes in by the link, is given another role, and kept out', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/settings');
  await page.waitForURL(/settings\/people/);
  await page.getByRole('button', { name: 'Add somebody' }).click();
  const sheet = page.getByRole('dialog');
  expect(await sheet.getByRole('button', { name: 'Add somebody' }).getAttribute('aria-disabled')).toBe('true');
  await sheet.getByLabel(/^Name/).fill('bo.chen');
  await sheet.getByLabel('Called').fill('Bo Chen');
  await sheet.getByLabel('Mail address').fill('bo.chen@example.com');
  await sheet.locator('label', { has: page.getByRole('checkbox', { name: /^Operator/ }) }).click();
  expect(await accessibility(page)).toEqual([]);
  await sheet.getByRole('button', { name: 'Add somebody' }).click();
  await sheet.getByText('bo.chen was added').waitFor();
  const link = (await sheet.locator('code.secret').textContent()) ?? '';
  await sheet.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('row', { name: /bo\.chen.*Invited.*Operator/ }).waitFor();

  // The link leads the other person in, once.
  const theirs = await openPage(browser, world.url, new URL(link).pathname + new URL(link).hash, { token: null });
  await theirs.page.getByText('Choose a password for bo.chen').waitFor();
  await theirs.page.getByLabel('Password').fill(PASSWORD);
  await theirs.page.getByRole('button', { name: 'Set and sign in' }).click();
  // An operator begins where it is seen what stands still.
  await theirs.page.getByRole('heading', { name: 'Operations', level: 1 }).waitFor();
  await theirs.page.goto(`${world.url}/settings/people`);
  await theirs.page.getByText('You lack the right to say who may come in').waitFor();

  await page.reload();
  await page.getByRole('row', { name: /bo\.chen/ }).click();
  await sheet.getByText('Active').waitFor();
  expect(await sheet.getByRole('button', { name: 'Save' }).getAttribute('aria-disabled')).toBe('true');
  await sheet.locator('label', { has: page.getByRole('checkbox', { name: /^Auditor/ }) }).click();
  await sheet.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. New rights hold').waitFor();
  expect((await user('bo.chen'))?.roles.map((each) => each.role).sort()).toEqual(['auditor', 'operator']);
  await theirs.page.goto(`${world.url}/audit`);
  await theirs.page.getByRole('button', { name: 'Check that nothing was changed' }).waitFor();

  // A token of one's own may no more than oneself, and ends with one's own way in.
  await theirs.page.goto(`${world.url}/settings/tokens`);
  await theirs.page.getByRole('button', { name: 'Make a token of mine' }).click();
  await theirs.page.getByRole('dialog').getByLabel(/^Name/).fill('laptop');
  expect(
    await theirs.page
      .getByRole('dialog')
      .getByRole('checkbox', { name: /^users/ })
      .count(),
  ).toBe(0);
  await theirs.page.getByRole('button', { name: 'Make it' }).click();
  const secret = (await theirs.page.locator('code.secret').textContent()) ?? '';
  expect(await callAs<{ name: string }>(secret, world.url, 'me')).toMatchObject({ permissions: ['read'] });
  await theirs.page.goto(`${world.url}/settings/account`);
  await theirs.page.getByText('this one').waitFor();

  await sheet.getByRole('button', { name: 'Link for a new password' }).click();
  await sheet.getByText('The old password goes on working').waitFor();
  await sheet.getByRole('button', { name: 'Keep out', exact: true }).click();
  await sheet.getByText('Every session and link ends at once').waitFor();
  await sheet.getByRole('button', { name: 'Keep out now' }).click();
  await sheet.getByRole('button', { name: 'Let in again' }).waitFor();
  expect((await user('bo.chen'))?.status).toBe('disabled');
  await theirs.page.goto(`${world.url}/docs`);
  await theirs.page.getByLabel('Password').waitFor();
  await expect(callAs(secret, world.url, 'me')).rejects.toThrow('401');
  expect(faults).toEqual([]);
  await theirs.context.close();
  await context.close();
});

test('what somebody else has changed meanwhile is not overwritten', async () => {
  await command(world.url, 'users', { name: 'ana.li', title: 'Ana Li', roles: [{ role: 'viewer', scope: 'tenant' }] });
  const { page, context } = await openPage(browser, world.url, '/settings/people');
  await page.getByRole('row', { name: /ana\.li/ }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel('Called').fill('Ana of the finance department');
  const known = await user('ana.li');
  const read = await fetch(`${world.url}/api/v1/users/${known?.id}`, { headers: { authorization: `Bearer ${TOKENS.all}` } });
  const changed = await fetch(`${world.url}/api/v1/users/${known?.id}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${TOKENS.all}`,
      'content-type': 'application/json',
      'if-match': read.headers.get('etag') ?? '',
    },
    body: JSON.stringify({ title: 'Ana Li', roles: [{ role: 'auditor', scope: 'tenant' }] }),
  });
  expect(changed.status).toBe(200);
  await sheet.getByRole('button', { name: 'Save' }).click();
  await sheet.getByText('Somebody else changed it meanwhile').waitFor();
  expect((await user('ana.li'))?.roles.map((each) => each.role)).toEqual(['auditor']);
  await context.close();
});

test('the table of roles says what the hub says', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/settings/roles');
  const { items } = await call<{ items: { role: string; permissions: string[] }[] }>(world.url, 'roles');
  const table = page.getByRole('table');
  await table.waitFor();
  expect(await table.getByRole('row').count()).toBe(items.length + 1);
  for (const [index, item] of items.entries()) {
    const row = table.getByRole('row').nth(index + 1);
    expect(await row.locator('td.yes').count(), item.role).toBe(item.permissions.length);
  }
  expect(faults).toEqual([]);
  await context.close();
});

test('a token of a service is told once, works, and ends', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/settings/tokens');
  const own = page.getByRole('button', { name: 'Make a token of mine' });
  await own.waitFor();
  // A token makes none for a person.
  expect(await own.getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('button', { name: 'Make a token for a service' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel(/^Name/).fill('nightly-report');
  await sheet.getByLabel('Days it lasts').fill('0');
  expect(await sheet.getByRole('button', { name: 'Make it' }).getAttribute('aria-disabled')).toBe('true');
  await sheet.getByLabel('Days it lasts').fill('7');
  await sheet.getByRole('button', { name: 'Make it' }).click();
  await sheet.getByText('It is shown this once').waitFor();
  const secret = (await sheet.locator('code.secret').textContent()) ?? '';
  expect(await callAs<{ permissions: string[] }>(secret, world.url, 'me')).toMatchObject({ permissions: ['read'] });
  await sheet.getByRole('button', { name: 'Close' }).last().click();
  const row = page.getByRole('row', { name: /nightly-report/ });
  await row.getByText('7 days left').waitFor();
  expect(await page.content()).not.toContain(secret);
  expect(await accessibility(page)).toEqual([]);
  await row.getByRole('button', { name: 'End' }).click();
  await sheet.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByText('The token nightly-report has ended').waitFor();
  await expect(callAs(secret, world.url, 'me')).rejects.toThrow('401');
  expect(faults).toEqual([]);
  await context.close();
});

test('a delegation is made for whole days, names both, and ends', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/settings/delegations', { token: TOKENS.lead });
  await page.getByText('Nobody decides for anybody').waitFor();
  await page.getByRole('button', { name: 'Delegate' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByLabel(/Who decides/).fill('赵');
  await sheet.locator('datalist option[value="e1004"]').waitFor({ state: 'attached' });
  await sheet.getByLabel(/Who decides/).fill('e1004');
  await sheet.getByText('赵敏', { exact: true }).waitFor();
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  await sheet.getByLabel(/First day/).fill(day(10));
  await sheet.getByLabel(/Last day/).fill(day(9));
  expect(await sheet.getByRole('button', { name: 'Delegate' }).getAttribute('aria-disabled')).toBe('true');
  await sheet.getByLabel(/Last day/).fill(day(11));
  await sheet.getByText('House approval').waitFor();
  await sheet.locator('label', { has: page.getByRole('checkbox', { name: 'House approval' }) }).click();
  expect(await accessibility(page)).toEqual([]);
  await sheet.getByRole('button', { name: 'Delegate' }).click();
  await page.getByText('赵敏 decides for 陈昱').waitFor();
  const row = page.getByRole('row', { name: /陈昱.*赵敏.*to come.*House approval/ });
  await row.waitFor();
  const { items } = await callAs<{ items: { agent: string; principal: string; from: string; until: string; flows: string[] }[] }>(
    TOKENS.lead,
    world.url,
    'delegations',
  );
  // The browser is in Shanghai: its days begin at 16:00 of the day before.
  expect(items).toMatchObject([
    {
      principal: 'e1003',
      agent: 'e1004',
      from: new Date(`${day(10)}T00:00:00+08:00`).toISOString().replace('.000', ''),
      until: new Date(`${day(12)}T00:00:00+08:00`).toISOString().replace('.000', ''),
      flows: ['house_approval'],
    },
  ]);
  await row.getByRole('button', { name: 'End the delegation' }).click();
  await sheet.getByRole('button', { name: 'End the delegation' }).click();
  await page.getByText('Nobody decides for anybody').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('a calendar shows the year as it was published', async () => {
  const table = readFileSync(resolve(import.meta.dirname, '../../calendars/cn-2026.csv'), 'utf8');
  const rows = table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(','));
  const { page, context, faults } = await openPage(browser, world.url, '/settings/calendars?year=2026');
  await page.getByRole('heading', { name: /2026/ }).waitFor();
  expect(await page.locator('.year .day.holiday').count()).toBe(rows.filter(([, kind]) => kind === 'off').length);
  expect(await page.locator('.year .day.work').count()).toBe(rows.filter(([, kind]) => kind === 'work').length);
  expect(await page.locator('.year .day').count()).toBe(365);
  const october = page.getByRole('table', { name: 'October' });
  await october.getByRole('cell', { name: /^1 holiday/ }).waitFor();
  await page.getByText('Purchase order approval').waitFor();
  await page.getByRole('button', { name: /Year/ }).click();
  await page.getByRole('option', { name: '2027' }).click();
  await page.getByText('Nothing is known of the holidays of 2027 yet').waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('the audit is narrowed, proved, and given as the same table', async () => {
  await command(world.url, 'views', { page: 'documents', name: 'for the audit', query: { q: 'AUDIT' }, shared: false });
  const { page, context, faults } = await openPage(browser, world.url, '/audit?actor=operator');
  const grid = page.getByRole('grid', { name: 'Audit' });
  await page.getByLabel('What', { exact: true }).fill('POST /api/v1/views');
  await page.waitForURL(/action=POST/);
  await grid
    .getByRole('row', { name: /Saved a view/ })
    .first()
    .waitFor();
  const filter = 'actor=operator&action=POST%20%2Fapi%2Fv1%2Fviews&limit=500';
  const { items } = await call<{ items: { id: string }[] }>(world.url, `audit?${filter}`);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'CSV' }).click()]);
  const lines = (await saved(file)).trim().split('\r\n');
  expect(lines).toHaveLength(items.length + 1);
  for (const item of items) expect(lines.some((line) => line.endsWith(item.id))).toBe(true);
  await grid
    .getByRole('row', { name: /Saved a view/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('POST /api/v1/views').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Check that nothing was changed' }).click();
  await page.getByText('The chain holds').waitFor();
  expect(await accessibility(page)).toEqual([]);
  // A chain that does not hold is said as loudly as it deserves.
  await page.route('**/api/v1/audit/proof**', (route) =>
    route.fulfill({ json: { number: 6, hash: 'abc', more: false, broken: 'changed', at: 7, problem: 'entry 7 was changed' } }),
  );
  await page.getByRole('button', { name: 'Check that nothing was changed' }).click();
  await page.getByText('Line 7, or one before it, was changed after it was sealed').waitFor();
  expect(await page.getByText('The chain holds').count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});

test('who may not read the audit is told so and sees nothing of it', async () => {
  const { page, context } = await openPage(browser, world.url, '/audit', { token: TOKENS.reader });
  await page.getByText('You lack the right to read who did what').waitFor();
  expect(await page.getByRole('grid').count()).toBe(0);
  await context.close();
});

test('secrets are told by place and by who uses them, and never by what they hold', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/settings/secrets');
  const row = page.getByRole('row', { name: /env\/WAYBILL_DEMO_ERP_SECRET/ });
  await row.getByText('there', { exact: true }).waitFor();
  await row.getByRole('link', { name: 'erp_hq' }).waitFor();
  expect(await page.content()).not.toContain('mock-erp-secret');
  expect(faults).toEqual([]);
  await context.close();
});

test('a note about a page reaches the owners with the page it is about, and is dealt with once', async () => {
  const reader = await openPage(browser, world.url, '/docs?status=released', { token: TOKENS.reader });
  await reader.page.getByRole('button', { name: /Account|reader/ }).click();
  await reader.page.getByRole('menuitem', { name: /Say something about this page/ }).click();
  const sheet = reader.page.getByRole('dialog');
  await sheet.getByText('/docs?status=released').waitFor();
  await sheet.getByRole('textbox').fill('<b>There</b> is no filter for the supplier.');
  expect(await accessibility(reader.page)).toEqual([]);
  await sheet.getByRole('button', { name: 'Send' }).click();
  await reader.page.getByText('Thank you').waitFor();
  await reader.page.goto(`${world.url}/settings/feedback`);
  await reader.page.getByText('You lack the right to say who may come in').waitFor();
  await reader.context.close();

  const { page, context, faults } = await openPage(browser, world.url, '/settings/feedback');
  const note = page.locator('section.card', { hasText: '<b>There</b> is no filter for the supplier.' });
  expect(await note.getByRole('link').getAttribute('href')).toBe('/docs?status=released');
  await note.getByRole('button', { name: 'Dealt with…' }).click();
  const settle = page.getByRole('dialog');
  await settle.getByRole('textbox').fill('There is one now.');
  await settle.getByRole('button', { name: 'Dealt with…' }).click();
  await note.waitFor({ state: 'detached' });
  await page.goto(`${world.url}/settings/feedback?open=settled`);
  await page.getByText('There is one now.').waitFor();
  const { items } = await call<{ items: { author: string; settled_by: string }[] }>(world.url, 'feedback?settled=true');
  expect(items[0]).toMatchObject({ author: 'reader', settled_by: 'operator' });
  expect(faults).toEqual([]);
  await context.close();
});

test('a role is given for one flow, and named so', async () => {
  await command(world.url, 'users', { name: 'lin.hu', title: 'Lin Hu', roles: [] });
  const { page, context, faults } = await openPage(browser, world.url, '/settings/people');
  await page.getByRole('row', { name: /lin\.hu/ }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('button', { name: 'A role for a part…' }).click();
  await sheet.getByRole('button', { name: /^Viewer Role|Role.*Viewer/ }).click();
  await page.getByRole('option', { name: 'Operator' }).click();
  await sheet.getByLabel('Id', { exact: true }).fill('house_approval');
  expect(await accessibility(page)).toEqual([]);
  await sheet.getByRole('button', { name: 'Add the role' }).click();
  await sheet.getByText('Operator for flow house_approval').waitFor();
  await sheet.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. New rights hold').waitFor();
  expect((await user('lin.hu'))?.roles).toMatchObject([{ role: 'operator', scope: 'flow:house_approval' }]);
  expect(faults).toEqual([]);
  await context.close();
});

test('a notice is shown as it reads for a real document', async () => {
  const { items } = await call<{ items: { id: string; key: string }[] }>(world.url, 'documents?type=purchase_order&limit=1');
  const [document] = items;
  const { page, context, faults } = await openPage(browser, world.url, `/settings/notifications?open=${document?.id ?? ''}`);
  await page.getByText(document ? `采购订单 ${document.key} 已释放` : '采购订单 {{doc.number}} 已释放').waitFor();
  expect(await accessibility(page)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});
