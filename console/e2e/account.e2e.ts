import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { world } from './world';

let browser: Browser;

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const PASSWORD = 'end-to-end password of nobody';

test('the first owner comes in by the printed link, and afterwards by name and password', async () => {
  const { page, context, faults } = await openPage(browser, world.url, `/sign-in#link=${world.link}`, { token: null });
  await page.getByText('You are the first owner of this hub.').waitFor();
  // The link is gone from the address at once.
  expect(page.url()).not.toContain('link=');
  expect(await accessibility(page)).toEqual([]);
  await page.getByLabel('Name').fill('owner');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Set and sign in' }).click();
  await page.locator('.banner.bad').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set and sign in' }).click();
  await page.getByRole('heading', { name: 'Documents' }).waitFor();
  // Nothing that a script could read has the session.
  expect(await page.evaluate(() => document.cookie + JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toMatch(
    /waybill\.token|password/,
  );
  await page.reload();
  await page.getByRole('heading', { name: 'Documents' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Name').fill('owner');
  await page.getByLabel('Password').fill('not the password at all');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('The name or the password is not right').waitFor();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Documents' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});
