/** Every page in both languages and colours and at three widths: no blocked content, no serious fault of accessibility, no sideways page. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibility, follow, openBrowser, openPage, settled } from './browser';
import { call, command, TOKENS } from './hub';
import { asked, decides, ended, order, reaches, stopped, waiting } from './scenario';
import { world } from './world';

/** Named in `WAYBILL_E2E_SHOTS`, pictures are kept there to be looked at. */
const SHOTS = process.env.WAYBILL_E2E_SHOTS;
/** By whose token, under which name, where. */
type Visit = [string, string, string];

export interface Look {
  language: 'en' | 'zh-CN';
  theme: 'light' | 'dark';
  width: number;
  /** Whether accessibility is judged. */
  judged: boolean;
  /** Whether each page is loaded anew, as from a bookmark; else it is come to as by a link. */
  anew?: boolean;
}

/** Pages looked at side by side: while one waits for the hub, another is drawn or judged. */
const TABS = 3;

/** `tag` keeps what one file makes apart from what another made in the same hub. */
export function everyPage(tag: string, looks: Look[]) {
  let browser: Browser;
  let visits: Visit[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    visits = await made(tag);
  });
  afterAll(async () => {
    await browser.close();
    await draft(tag, 'DELETE');
  });
  for (const look of looks) {
    test(`every page in ${look.language}, ${look.theme}, ${look.width} wide`, { timeout: 120_000 }, async () => {
      const left = [...visits];
      const wrong: string[] = [];
      const tab = async () => {
        while (left[0]) {
          // One after the other as the same caller, in the same window.
          const [token] = left[0];
          const { page, context, faults } = await openPage(browser, world.url, '/help', { ...look, token });
          await settled(page);
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
}

/** Something to see on every page; the pages in the order of who looks at them. */
async function made(tag: string): Promise<Visit[]> {
  await decides(world, 'never');
  await order(world, `PO-${tag}-WAITS`);
  await reaches(world, `PO-${tag}-WAITS`, waiting);
  await decides(world, 'approve');
  await order(world, `PO-${tag}-ENDS`);
  await order(world, `PO-${tag}-STOPS`, { tax_rate: '7' });
  const ends = await reaches(world, `PO-${tag}-ENDS`, ended);
  const stops = await reaches(world, `PO-${tag}-STOPS`, stopped);
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
    name: `kim.${tag}`,
    title: 'Kim Wu',
    roles: [
      { role: 'operator', scope: 'tenant' },
      { role: 'auditor', scope: 'tenant' },
    ],
  });
  await command(world.url, 'tokens', { name: 'monthly-report', permissions: ['read', 'payloads'], days: 7 });
  await command(world.url, 'feedback', { page: '/docs?status=released', text: 'I looked for the supplier and found no filter.' });
  await draft(tag, 'PUT', {
    text: `format: 1\nconnection: look_${tag}\nconnector: demo_oa\nsettings:\n  base_url: http://oa.example.com\n  app_key: waybill\n  app_secret: {secret: env/WAYBILL_LOOK_SECRET}\n  callback_secret: {secret: env/WAYBILL_LOOK_CALLBACK}\negress: {allow: [oa.example.com]}\n`,
  });
  const { task, document } = await asked(world);
  const day = (ahead: number) => new Date(Date.now() + ahead * 86_400_000).toISOString();
  await command(world.url, 'delegations', { agent: 'e1004', from: day(-1), until: day(6) }, TOKENS.finance);
  const personal: Visit[] = [
    [TOKENS.lead, 'tasks', '/tasks'],
    [TOKENS.lead, 'task', `/tasks?task=${task.id}`],
    [TOKENS.finance, 'delegations', '/settings/delegations'],
  ];
  const pages: [string, string][] = [
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
    ['flow-tests', '/flows/purchase_order_approval?tab=tests'],
    ['definitions', '/definitions'],
    ['map', `/definitions/mapping/po_to_oa?tab=map&sample=${ends.id}&rule=4`],
    ['mapping', `/definitions/mapping/po_to_oa?tab=table&sample=${ends.id}`],
    ['versions', '/definitions/mapping/po_to_oa?tab=versions'],
    ['mapping-tests', `/definitions/mapping/po_ref?tab=tests&sample=${ends.id}`],
    ['releases', '/releases'],
    ['people', '/settings/people'],
    ['organisation-none', '/settings/organisation'],
    ['sample', '/settings/sample'],
    ['roles', '/settings/roles'],
    ['tokens', '/settings/tokens'],
    ['calendars', '/settings/calendars?year=2026'],
    ['account', '/settings/account'],
    ['gallery', '/connect'],
    ['connect', '/connect?connector=dingtalk'],
    ['connect-own', '/connect?connector=demo_oa'],
    ['connect-check', `/connect?connector=demo_oa&connection=look_${tag}&step=check`],
    ['dictionary', '/definitions/dictionary/tax_codes'],
    ['compare', '/definitions/mapping/po_to_oa?tab=compare'],
    ['notices', `/settings/notifications?open=${document}&task=${task.id}`],
    ['notices-steps', '/settings/notifications?part=steps&flow=house_approval'],
    ['notices-people', '/settings/notifications?part=people'],
    ['notices-channels', '/settings/notifications?part=channels'],
    ['secrets', '/settings/secrets'],
    ['feedback', '/settings/feedback'],
    ['audit', '/audit'],
    ['nothing', '/there/is/nothing'],
  ];
  return [...pages.map((page): Visit => [TOKENS.all, ...page]), ...personal];
}

/** A connection that was begun, and is taken back for other journeys. */
async function draft(tag: string, method: 'PUT' | 'DELETE', body?: unknown) {
  const seen = method === 'PUT' ? 'if-none-match' : 'if-match';
  const headers = { authorization: `Bearer ${TOKENS.all}`, 'content-type': 'application/json', [seen]: '*' };
  const path = `${world.url}/api/v1/definitions/connection/look_${tag}/draft`;
  expect((await fetch(path, { method, headers, body: body ? JSON.stringify(body) : undefined })).ok).toBe(true);
}

/** What is wrong with a page. */
async function looked(page: Page, [, name, path]: Visit, look: Look): Promise<string[]> {
  if (look.anew) {
    await page.goto(world.url + path);
    await settled(page);
  } else await follow(page, path);
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
