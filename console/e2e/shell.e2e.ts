import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { TOKENS } from './hub';
import { decides, ended, order, reaches } from './scenario';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
  await decides(world, 'approve');
  await order(world, 'PO-SHELL-1');
  await reaches(world, 'PO-SHELL-1', ended);
});
afterAll(() => browser.close());

test('a wrong token is refused with the reason, a right one leads to the page that was asked for', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/ops', { token: null });
  await page.getByRole('button', { name: 'Sign in with a token instead' }).click();
  await page.getByLabel('Token').fill('not a token of this hub');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('The token is not one that this hub knows.').waitFor();
  expect(await accessibility(page)).toEqual([]);
  await page.getByLabel('Token').fill(TOKENS.all);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Operations' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/ops');
  // The token is for this tab, and nowhere in the address or in what outlives the tab.
  expect(page.url()).not.toContain(TOKENS.all);
  expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).not.toContain(TOKENS.all);
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Password').waitFor();
  expect(await page.evaluate(() => sessionStorage.getItem('waybill.token'))).toBeNull();
  expect(faults).toEqual([]);
  await context.close();
});

test('a session that ends in the middle asks for a token again and comes back to the page', async () => {
  const { page, context } = await openPage(browser, world.url, '/connections');
  await page.getByRole('heading', { name: 'Connections', level: 1 }).waitFor();
  await page.route('**/api/v1/**', (route) =>
    route.fulfill({
      status: 401,
      contentType: 'application/problem+json',
      body: JSON.stringify({
        type: 'urn:waybill:problem:unauthenticated',
        title: 'Not signed in',
        status: 401,
        code: 'unauthenticated',
        detail: 'x',
        hint: '',
        docs: '',
      }),
    }),
  );
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.getByText('The session has ended').waitFor();
  await page.unroute('**/api/v1/**');
  await page.getByLabel('Token').fill(TOKENS.all);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Operations' }).waitFor();
  await context.close();
});

test('any number is found and opened from the keyboard', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/ops');
  await page.getByRole('heading', { name: 'Operations' }).waitFor();
  await page.keyboard.press('Control+k');
  const began = Date.now();
  await page.keyboard.insertText('PO-SHELL-1');
  await page
    .getByRole('option', { name: /PO-SHELL-1/ })
    .first()
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Why it is where it is').waitFor();
  const took = Date.now() - began;
  console.log(`from key to page: ${took} ms`);
  expect(took).toBeLessThan(2_000);
  expect(faults).toEqual([]);
  await context.close();
});

test('language and colours change at once and are remembered', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/docs');
  await page.getByRole('heading', { name: 'Documents' }).waitFor();
  await page.getByRole('button', { name: /^Switch the language/ }).click();
  await page.getByRole('heading', { name: '单据' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('zh-CN');
  await page.getByRole('button', { name: '外观' }).click();
  await page.getByRole('menuitem', { name: '深色' }).click();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  await page.reload();
  await page.getByRole('heading', { name: '单据' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  expect(faults).toEqual([]);
  await context.close();
});

test('a page says what changed without being asked, and keeps saying it when the stream cannot be had', async () => {
  const { page, context } = await openPage(browser, world.url, '/docs?q=PO-LIVE', { alone: true });
  await page.getByText('Nothing fits').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await order(world, 'PO-LIVE-1');
  await page.getByRole('button', { name: /\d+ new/ }).click();
  await page.getByRole('link', { name: 'PO-LIVE-1', exact: true }).waitFor();
  await page.route('**/events/stream**', (route) => route.abort());
  // The stream that is open ends; no other can be had. The page's own clock is put forward, so that nobody waits for it.
  await page.clock.install();
  await page.reload();
  await page.getByText('Not live').waitFor();
  await page.clock.fastForward(11_000);
  await page.getByText('Live updates are interrupted').waitFor();
  await order(world, 'PO-LIVE-2');
  await reaches(world, 'PO-LIVE-2', ended);
  await page.clock.fastForward(16_000);
  await page.getByRole('button', { name: /\d+ new/ }).waitFor();
  await context.close();
});

test('what changed before the stream began is not missed', async () => {
  const { page, context } = await openPage(browser, world.url, '/ops');
  await page.getByRole('heading', { name: 'Operations' }).waitFor();
  let begin = () => {};
  const begun = new Promise<void>((done) => {
    begin = done;
  });
  // The list is read while the stream's request is still on its way, as over a slow line.
  await page.route('**/events/stream**', async (route) => {
    await begun;
    await route.continue();
  });
  await page.goto(`${world.url}/docs?q=PO-GAP`);
  await page.getByText('Nothing fits').waitFor();
  await order(world, 'PO-GAP-1');
  await reaches(world, 'PO-GAP-1', ended);
  begin();
  await page.getByRole('button', { name: /\d+ new/ }).click();
  await page.getByRole('link', { name: 'PO-GAP-1', exact: true }).waitFor();
  await context.close();
});

test('who may only read sees no contents, and disabled controls say why', async () => {
  const row = await reaches(world, 'PO-SHELL-1', ended);
  const { page, context, faults } = await openPage(browser, world.url, `/docs/${row.id}?tab=data`, { token: TOKENS.reader });
  await page.getByText('You lack the right to see what documents and answers hold').waitFor();
  await page.goto(`${world.url}/connections/erp_hq`);
  const stop = page.getByRole('button', { name: 'Stop calls' });
  await stop.waitFor();
  expect(await stop.getAttribute('aria-disabled')).toBe('true');
  await stop.focus();
  await page.getByText('You lack the right to hold breakers').first().waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test('what an address has too much is said, and a page that is not there is no error', async () => {
  const { page, context } = await openPage(browser, world.url, '/docs?status=released&utm=x');
  await page.getByText('they were left out: utm').waitFor();
  await page.goto(`${world.url}/nothing/here`);
  await page.getByText('There is no such page').waitFor();
  await context.close();
});

test('a right for one connection is a right there, and elsewhere it is said where it holds', async () => {
  const { page, context, faults } = await openPage(browser, world.url, '/help', { token: TOKENS.reader });
  await page.route('**/api/v1/me', async (route) => {
    const response = await route.fetch();
    const scope = { scope: 'connection:erp_hq', permissions: ['operate'], capabilities: ['hold_breakers'] };
    await route.fulfill({ response, json: { ...((await response.json()) as object), scopes: [scope] } });
  });
  await page.goto(`${world.url}/connections/erp_hq`);
  const stop = page.getByRole('button', { name: 'Stop calls' });
  await stop.waitFor();
  await expect.poll(() => stop.getAttribute('aria-disabled')).toBeNull();
  await page.goto(`${world.url}/connections/oa_main`);
  await stop.waitFor();
  await expect.poll(() => stop.getAttribute('aria-disabled')).toBe('true');
  await page.getByText('You have the right to hold breakers for connection:erp_hq alone').first().waitFor({ state: 'attached' });
  expect(faults).toEqual([]);
  await context.close();
});
