import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, shot } from './browser';
import { call, type Hub, startHub } from './hub';
import { asked, until } from './scenario';

interface Letter {
  data: { key: string; approve: string; reject: string };
}

let browser: Browser;
let hub: Hub;
let box: Server;
const letters: Letter[] = [];

beforeAll(async () => {
  box = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      letters.push(JSON.parse(Buffer.concat(pieces).toString('utf8')) as Letter);
      response.end('{}');
    });
  });
  await new Promise<void>((listening) => box.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(box.address() as AddressInfo).port}/letters`;
  [browser, hub] = await Promise.all([openBrowser(), startHub({ letters: address })]);
});
afterAll(() => Promise.all([browser.close(), hub.stop(), new Promise((closed) => box.close(closed))]));

/** A request that waits for the lead, and the letter that told of it. */
async function told() {
  const begun = await asked(hub);
  await until('the letter has come', async () => letters.some(({ data }) => data.key === begun.key));
  const letter = letters.find(({ data }) => data.key === begun.key);
  return { ...begun, approve: letter?.data.approve ?? '', reject: letter?.data.reject ?? '' };
}

interface Look {
  language?: 'en' | 'zh-CN';
  theme?: 'light' | 'dark';
  width?: number;
}

/** As on the phone of somebody who is not signed in. */
async function follow(link: string, { language = 'en', theme = 'light', width = 320 }: Look = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 640 },
    locale: language,
    colorScheme: theme,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on(
    'console',
    (message) => message.type() === 'error' && !/Failed to load/.test(message.text()) && faults.push(message.text()),
  );
  page.on('request', (request) => !request.url().startsWith(hub.url) && faults.push(`request to ${request.url()}`));
  const answer = await page.goto(link);
  return { page, context, faults, status: answer?.status() };
}

/** What is wrong with how a page looks. */
async function wrong(page: Page, name: string): Promise<string[]> {
  await shot(page, name);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return [...(await accessibility(page)), ...(over > 0 ? [`${over} px wider than its window`] : [])];
}

const stateOf = async (instance: string) =>
  (await call<{ decisions: { verb: string; comment: string | null }[] }>(hub.url, `instances/${instance}/people`)).decisions;

test('the page asks in the reader’s language, whatever the light and the width', { timeout: 120_000 }, async () => {
  const { key, approve, reject, task } = await told();
  for (const language of ['en', 'zh-CN'] as const)
    for (const theme of ['light', 'dark'] as const)
      for (const width of [320, 1440]) {
        const { page, context, faults } = await follow(approve, { language, theme, width });
        const zh = language === 'zh-CN';
        await page.getByRole('heading', { name: zh ? '同意这张单据？' : 'Approve this?' }).waitFor();
        await page.getByText(zh ? '采购申请' : 'Purchase request').waitFor();
        for (const fact of [key, zh ? '主管审批' : 'Team lead', '陈昱']) await page.getByText(fact, { exact: true }).waitFor();
        expect(await wrong(page, `decide-${language}-${theme}-${width}`)).toEqual([]);
        // A finger finds the button.
        const button = await page.getByRole('button', { name: zh ? '同意' : 'Approve' }).boundingBox();
        expect(button?.height).toBeGreaterThanOrEqual(44);
        expect(faults).toEqual([]);
        await context.close();
      }
  const { page, context } = await follow(reject);
  await page.getByRole('link', { name: '中文' }).click();
  await page.getByRole('heading', { name: '驳回这张单据？' }).waitFor();
  expect(await wrong(page, 'decide-reject')).toEqual([]);
  // Nothing was decided by all this.
  expect(await stateOf(task.instance)).toEqual([]);
  await context.close();
});

test('a no wants words, and is one; a link counts once, and says so', { timeout: 120_000 }, async () => {
  const { approve, reject, task } = await told();
  const { page, context, faults } = await follow(reject, { theme: 'dark' });
  await page.getByRole('button', { name: 'Reject' }).click();
  // The browser asks for the comment; nothing was sent.
  expect(await page.getByLabel('Comment (required)').evaluate((field: HTMLTextAreaElement) => field.validity.valueMissing)).toBe(
    true,
  );
  expect(await stateOf(task.instance)).toEqual([]);
  await page.getByLabel('Comment (required)').fill('two lamps are enough <b>');
  await page.getByRole('button', { name: 'Reject' }).click();
  await page.getByRole('heading', { name: 'Done' }).waitFor();
  expect(await wrong(page, 'decide-done')).toEqual([]);
  expect(await stateOf(task.instance)).toMatchObject([{ verb: 'reject', comment: 'two lamps are enough <b>' }]);
  expect(faults).toEqual([]);
  await context.close();

  const late = await follow(approve, { language: 'zh-CN' });
  expect(late.status).toBe(409);
  await late.page.getByText('任务已结束').waitFor();
  expect(await wrong(late.page, 'decide-over')).toEqual([]);
  await late.page.getByRole('link', { name: '打开我的待办' }).waitFor();
  await late.context.close();

  const forged = await follow(`${hub.url}/decide/made.up`);
  expect(forged.status).toBe(404);
  await forged.page.getByRole('heading', { name: 'Not decided' }).waitFor();
  expect(await wrong(forged.page, 'decide-forged')).toEqual([]);
  await forged.context.close();
});
