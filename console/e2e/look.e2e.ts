/** Every page in both languages and colours and at three widths: no blocked content, no serious fault of accessibility, no sideways page. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, openBrowser, openPage } from './browser';
import { call, command, TOKENS } from './hub';
import { asked, decides, ended, order, reaches, stopped, waiting } from './scenario';
import { world } from './world';

/** Named in `WAYBILL_E2E_SHOTS`, pictures are kept there to be looked at. */
const SHOTS = process.env.WAYBILL_E2E_SHOTS;
let browser: Browser;
let pages: [string, string][] = [];
/** By whose token, under which name, where. */
type Visit = [string, string, string];

/** What only a person of the directory sees something in. */
let personal: Visit[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  await decides(world, 'never');
  await order(world, 'PO-LOOK-WAITS');
  await reaches(world, 'PO-LOOK-WAITS', waiting);
  await decides(world, 'approve');
  await order(world, 'PO-LOOK-ENDS');
  await order(world, 'PO-LOOK-STOPS', { tax_rate: '7' });
  const ends = await reaches(world, 'PO-LOOK-ENDS', ended);
  const stops = await reaches(world, 'PO-LOOK-STOPS', stopped);
  const { items } = await call<{ items: { id: string }[] }>(world.url, `exceptions?document=${stops.id}&state=open`);
  const selection = await command<Record<string, string>>(world.url, 'selections', {
    resource: 'exceptions',
    ids: items.map((item) => item.id),
  });
  const batch = await command<Record<string, string>>(world.url, 'batches', {
    selection: selection.selection,
    action: 'retry',
    dry_run: true,
  });
  await command(world.url, 'users', {
    name: 'kim.wu',
    title: 'Kim Wu',
    roles: [
      { role: 'operator', scope: 'tenant' },
      { role: 'auditor', scope: 'tenant' },
    ],
  });
  await command(world.url, 'tokens', { name: 'monthly-report', permissions: ['read', 'payloads'], days: 7 });
  await command(world.url, 'feedback', { page: '/docs?status=released', text: 'I looked for the supplier and found no filter.' });
  await draft('PUT', {
    text: 'format: 1\nconnection: look_main\nconnector: demo_oa\nsettings:\n  base_url: http://oa.example.com\n  app_key: waybill\n  app_secret: {secret: env/WAYBILL_LOOK_SECRET}\n  callback_secret: {secret: env/WAYBILL_LOOK_CALLBACK}\negress: {allow: [oa.example.com]}\n',
  });
  const { task } = await asked(world);
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString();
  await command(world.url, 'delegations', { agent: 'e1004', from: day(-1), until: day(6) }, TOKENS.finance);
  personal = [
    [TOKENS.lead, 'tasks', '/tasks'],
    [TOKENS.lead, 'task', `/tasks?task=${task.id}`],
    [TOKENS.finance, 'delegations', '/settings/delegations'],
  ];
  pages = [
    ['documents', '/docs'],
    ['documents-none', '/docs?q=NOTHING-LIKE-THIS'],
    ['document-stopped', `/docs/${stops.id}`],
    ['document-data', `/docs/${ends.id}?tab=data`],
    ['document-calls', `/docs/${ends.id}?tab=attempts`],
    ['document-ledger', `/docs/${ends.id}?tab=links`],
    ['document-audit', `/docs/${stops.id}?tab=audit`],
    ['exceptions', '/ops/dead-letters'],
    ['exception', `/ops/dead-letters?tab=list&open=${items[0]?.id}`],
    ['messages', '/ops/dead-letters?tab=messages'],
    ['batches', '/ops/batches'],
    ['batch', `/ops/batches/${batch.id}`],
    ['differences', '/reconciliation?state=any'],
    ['readings', '/reconciliation?tab=runs'],
    ['help', '/help?q=expect'],
    ['setup', '/connections/erp_hq?tab=setup'],
    ['ops', '/ops'],
    ['connections', '/connections'],
    ['connection', '/connections/oa_main'],
    ['webhooks', '/connections/erp_hq?tab=webhooks'],
    ['forms', '/forms'],
    ['form', '/forms/purchase_request'],
    ['try', '/connections/erp_hq?tab=try'],
    ['flows', '/flows'],
    ['flow-simulate', '/flows/purchase_order_approval?tab=simulate'],
    ['flow', '/flows/purchase_order_approval'],
    ['insight', '/flows/purchase_order_approval?tab=insight'],
    ['flow-text', '/flows/purchase_order_approval?tab=yaml'],
    ['flow-instances', '/flows/purchase_order_approval?tab=instances'],
    ['definitions', '/definitions'],
    ['map', `/definitions/mapping/po_to_oa?tab=map&sample=${ends.id}&rule=4`],
    ['mapping', `/definitions/mapping/po_to_oa?tab=table&sample=${ends.id}`],
    ['versions', '/definitions/mapping/po_to_oa?tab=versions'],
    ['releases', '/releases'],
    ['people', '/settings/people'],
    ['roles', '/settings/roles'],
    ['tokens', '/settings/tokens'],
    ['calendars', '/settings/calendars?year=2026'],
    ['account', '/settings/account'],
    ['gallery', '/connect'],
    ['connect', '/connect?connector=dingtalk'],
    ['connect-own', '/connect?connector=demo_oa'],
    ['connect-check', '/connect?connector=demo_oa&connection=look_main&step=check'],
    ['dictionary', '/definitions/dictionary/tax_codes'],
    ['compare', '/definitions/mapping/po_to_oa?tab=compare'],
    ['notices', `/settings/notifications?open=${ends.id}`],
    ['secrets', '/settings/secrets'],
    ['feedback', '/settings/feedback'],
    ['audit', '/audit'],
    ['nothing', '/there/is/nothing'],
  ];
});
afterAll(async () => {
  await browser.close();
  await draft('DELETE');
});

/** A connection that was begun, and is taken back for other journeys. */
async function draft(method: 'PUT' | 'DELETE', body?: unknown) {
  const headers = { authorization: `Bearer ${TOKENS.all}`, 'content-type': 'application/json', 'if-none-match': '*' };
  if (method === 'DELETE') Reflect.deleteProperty(headers, 'if-none-match');
  const path = `${world.url}/api/v1/definitions/connection/look_main/draft`;
  expect((await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined })).ok).toBe(true);
}

/** Each pair of language, colours and width comes up at least once; accessibility is judged in both colours and at both ends of the widths. */
const GRID = [
  { language: 'en', theme: 'light', width: 1440, judged: true },
  { language: 'zh-CN', theme: 'dark', width: 1440, judged: true },
  { language: 'en', theme: 'dark', width: 768, judged: false },
  { language: 'zh-CN', theme: 'light', width: 768, judged: false },
  { language: 'zh-CN', theme: 'dark', width: 320, judged: true },
  { language: 'en', theme: 'light', width: 320, judged: false },
] as const;
/** Pages looked at side by side: while one waits for the hub, another is drawn or judged. */
const TABS = 3;

for (const look of GRID) {
  test(`every page in ${look.language}, ${look.theme}, ${look.width} wide`, { timeout: 120_000 }, async () => {
    const left: Visit[] = [...pages.map((page): Visit => [TOKENS.all, ...page]), ...personal];
    const wrong: string[] = [];
    const tab = async () => {
      while (left[0]) {
        // One after the other as the same caller, in the same window.
        const [token] = left[0];
        const { page, context, faults } = await openPage(browser, world.url, '/help', { ...look, token });
        for (let next = left[0]; next?.[0] === token; next = left[0]) {
          left.shift();
          wrong.push(...(await looked(page, next, look)));
        }
        wrong.push(...faults);
        await context.close();
      }
    };
    await Promise.all(Array.from({ length: TABS }, tab));
    expect(wrong).toEqual([]);
  });
}

/** What is wrong with a page. */
async function looked(page: Page, [, name, path]: Visit, look: (typeof GRID)[number]): Promise<string[]> {
  await page.goto(world.url + path);
  await page.locator('h1, h2').first().waitFor();
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(150);
  const wrong = look.judged ? (await accessibility(page)).map((found) => `${name}: ${found}`) : [];
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) wrong.push(`${name}: ${over} px wider than its window`);
  const raw = await page.evaluate(() => /\b(undefined|NaN|\[object Object\])\b/.exec(document.body.textContent ?? '')?.[0]);
  if (raw) wrong.push(`${name}: shows ${raw}`);
  if (SHOTS) {
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, `${name}-${look.language}-${look.theme}-${look.width}.png`) });
  }
  return wrong;
}
