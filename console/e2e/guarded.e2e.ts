/** What is guarded: fields that are kept back, secrets that the hub keeps, and changes that want two people. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage, settled, shot } from './browser';
import { call, command, type Hub, startHub } from './hub';
import { find, order, until } from './scenario';

let browser: Browser;
let hub: Hub;

beforeAll(async () => {
  [browser, hub] = await Promise.all([openBrowser(), startHub({ guarded: true })]);
});
afterAll(() => Promise.all([browser.close(), hub.stop()]));

const SUPPLIER = 'Canary Paper Works';
const VALUE = 'canary-value-that-nothing-gives-back';
const PASSWORD = 'end-to-end password of nobody';

test('what a type keeps back is shown to whoever says why, and the audit has it', async () => {
  await order(hub, 'GUARD-1', { supplier_name: SUPPLIER });
  await until('the order is here', async () => (await find(hub, 'GUARD-1')) !== undefined);
  const id = (await find(hub, 'GUARD-1'))?.id;
  const { page, faults } = await openPage(browser, hub.url, `/docs/${id}?tab=data`);
  await page.getByText('These fields are masked: supplier.name').waitFor();
  await settled(page);
  expect(await page.content()).not.toContain(SUPPLIER);
  expect(await accessibility(page)).toEqual([]);
  await shot(page, 'masked');
  await page.getByRole('button', { name: 'Show them' }).first().click();
  const sheet = page.getByRole('dialog');
  const show = sheet.getByRole('button', { name: 'Show them' });
  expect(await show.getAttribute('aria-disabled')).toBe('true');
  await sheet.getByLabel(/^Reason/).fill('the supplier asks where its money is');
  await shot(page, 'reveal');
  await show.click();
  await page.getByText(SUPPLIER).first().waitFor();
  await shot(page, 'revealed');
  const audit = await call<{ items: { action: string; detail: { reason?: string } }[] }>(hub.url, 'audit?action=reveal');
  expect(audit.items[0]?.detail.reason).toBe('the supplier asks where its money is');
  // Shown to this page alone, and not kept.
  await page.reload();
  await page.getByText('These fields are masked: supplier.name').waitFor();
  expect(await page.content()).not.toContain(SUPPLIER);
  expect(faults).toEqual([]);
});

test('a secret is kept once a second person has agreed, and nothing gives it back', async () => {
  const made = await command<{ link: { url: string } }>(hub.url, 'users', {
    name: 'bo.chen',
    roles: [{ role: 'owner', scope: 'tenant' }],
  });
  const { page, faults } = await openPage(browser, hub.url, '/settings/secrets');
  const set = async () => {
    await page.getByRole('button', { name: 'Set a secret' }).first().click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(/^Name/).fill('erp_key');
    await sheet.getByLabel(/^Value/).fill(VALUE);
    await shot(page, 'secret-set');
    await sheet.getByRole('button', { name: 'Set a secret' }).click();
    return sheet;
  };
  const sheet = await set();
  await sheet.getByText('a second person has to confirm it').waitFor();
  await shot(page, 'secret-waits');
  await sheet.getByRole('button', { name: 'Close' }).last().click();

  const link = new URL(made.link.url, hub.url);
  const theirs = await openPage(browser, hub.url, link.pathname + link.hash, { token: null });
  await theirs.page.getByLabel('Password').fill(PASSWORD);
  await theirs.page.getByRole('button', { name: 'Set and sign in' }).click();
  await theirs.page.getByText('Live', { exact: true }).waitFor();
  await theirs.page.goto(`${hub.url}/settings/proposals`);
  await theirs.page.getByText('/api/v1/secrets/erp_key').waitFor();
  await theirs.page.getByText('What was asked, without secrets').click();
  expect(await theirs.page.content()).not.toContain(VALUE);
  expect(await accessibility(theirs.page)).toEqual([]);
  await shot(theirs.page, 'proposals');
  await theirs.page.getByRole('button', { name: 'Confirm' }).click();
  await theirs.page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click();
  await theirs.page.getByRole('button', { name: 'Decline' }).waitFor();

  await set();
  await page.getByRole('row', { name: /store\/erp_key/ }).waitFor();
  await shot(page, 'secret-kept');
  expect(await page.content()).not.toContain(VALUE);
  expect(JSON.stringify(await call(hub.url, 'secrets'))).not.toContain(VALUE);
  expect([...faults, ...theirs.faults]).toEqual([]);
});
