/**
 * The console over very many documents on PostgreSQL: the hub itself, the answers that its pages are made of, and two of its
 * pages in a browser.
 *
 *   WAYBILL_MEASURE_DOCUMENTS   how many (1,000,000)
 *   WAYBILL_MEASURE_ROUNDS      times each question is asked (60)
 *   WAYBILL_TEST_POSTGRES       the server, by a role that may create databases
 *   WAYBILL_BIN                 the hub; a release build, else the figures mean little
 *
 * The database `waybill_measure_N` stays, so that loading and measuring can be done apart: drop it by hand.
 */
import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, openPage } from '../e2e/browser';
import { call, command, type Hub, startHub, TOKENS } from '../e2e/hub';
import { decides, ended, order, reaches, stopped } from '../e2e/scenario';

const COUNT = Number(process.env.WAYBILL_MEASURE_DOCUMENTS ?? 1_000_000);
const ADMIN = process.env.WAYBILL_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/postgres';
const NAME = `waybill_measure_${COUNT}`;
const STORE = ADMIN.replace(/\/[^/]*$/, `/${NAME}`);
/** Rounds of each question, each about other documents. */
const ROUNDS = Number(process.env.WAYBILL_MEASURE_ROUNDS ?? 60);
/** The bars of the specification, milliseconds of the 95th percentile. */
const SEARCH_MS = 200;
const PAGE_MS = 300;

let hub: Hub;
let browser: Browser;

function sql(url: string, text: string): string {
  return execFileSync('psql', [url, '-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', '-f', '-'], { input: text, encoding: 'utf8' });
}

/**
 * Documents, each with a revision, a link in the ERP and one in the OA, an instance with its history (the newest twentieth
 * still open: what is under way is recent), and an open exception for one in four hundred. Written by the database itself: ids and times follow from the number.
 */
function mass(count: number): string {
  const id = (kind: string) => `md5('${kind}' || n)::uuid`;
  const at = '(1760000000 + n)::bigint * 1000000';
  const from = `FROM generate_series(1, ${count}) AS n`;
  const open = `n > ${Math.floor(count * 0.95)}`;
  return `
INSERT INTO document (id, created_at, tenant_id, kind, source, key, external_id, amount, updated_at, revision, withdrawn, status, source_status, display)
  SELECT ${id('d')}, ${at}, 1, 'purchase_order', 'erp_hq', 'PO-2026-' || lpad(n::text, 7, '0'), n::text, (n % 100000) * 10000, ${at}, 1, false,
    CASE WHEN ${open} THEN 'in_approval' ELSE 'released' END, 'submitted',
    '{"number":"PO-2026-' || lpad(n::text, 7, '0') || '","total_gross":"' || (n % 100000) || '.00","currency":"CNY","supplier":"Harbour Steel Ltd"}' ${from};
INSERT INTO revision (document_id, created_at, tenant_id, number, hash, body)
  SELECT ${id('d')}, ${at}, 1, 1, md5(n::text), '{"number":"PO-2026-' || lpad(n::text, 7, '0') || '","total_gross":"' || (n % 100000) || '.00","note":"' || repeat(md5(n::text), 20) || '"}' ${from};
INSERT INTO link (document_id, tenant_id, connection, external_id, rereads, closed)
  SELECT ${id('d')}, 1, 'erp_hq', n::text, 0, true ${from};
INSERT INTO link (document_id, tenant_id, connection, external_id, rereads, closed)
  SELECT ${id('d')}, 1, 'oa_main', 'A-' || (n::bigint * 7)::text, 0, true ${from};
INSERT INTO instance (id, document_id, started_at, tenant_id, revision, flow, version, updated_at, lock, status, at_step, state)
  SELECT ${id('i')}, ${id('d')}, ${at}, 1, 1, 'purchase_order_approval', 'of-old', ${at}, 1, CASE WHEN ${open} THEN 'running' ELSE 'ended' END, 'oa', '{}' ${from};
INSERT INTO history (instance_id, at, tenant_id, lock, entries)
  SELECT ${id('i')}, ${at}, 1, 1, '[{"kind":"started"}]' ${from};
INSERT INTO exception (id, instance_id, document_id, opened_at, tenant_id, fingerprint, flow, step, connection, cause, code, message, owner, state)
  SELECT ${id('x')}, ${id('i')}, ${id('d')}, ${at}, 1, md5((n % 7)::text)::uuid, 'purchase_order_approval', 'oa#1', 'oa_main', 'data_wrong', 'call_failed', 'the partner refused it', 'role:clerk', 'open'
  ${from} WHERE n % 400 = 0;
VACUUM ANALYZE;
`;
}

beforeAll(async () => {
  const there = sql(ADMIN, `SELECT 1 FROM pg_database WHERE datname = '${NAME}'`).trim() === '1';
  if (!there) sql(ADMIN, `CREATE DATABASE ${NAME}`);
  hub = await startHub({ store: STORE });
  const known = Number(sql(STORE, "SELECT count(*) FROM document WHERE key LIKE 'PO-2026-%' AND source = 'erp_hq'").trim());
  if (known < COUNT) {
    expect(known, 'a database that was loaded in part: drop it').toBe(0);
    const began = Date.now();
    sql(STORE, mass(COUNT));
    console.log(`loaded ${COUNT} documents in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  }
  browser = await openBrowser();
}, 3_600_000);
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

interface Figures {
  name: string;
  times: number[];
  limit: number;
}

const percentile = ({ times }: Figures, of: number) =>
  [...times].sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor((times.length * of) / 100))] ?? 0;

function told(all: Figures[]) {
  console.log(`${'ms, p50 / p95 / worst'.padStart(78)}`);
  for (const one of all) {
    const shown = [50, 95, 100].map((of) => percentile(one, of).toFixed(1).padStart(8)).join(' ');
    console.log(`  ${percentile(one, 95) <= one.limit ? 'ok  ' : 'OVER'} ${one.name.padEnd(46)} ${shown}   of ${one.limit}`);
  }
}

async function asked(
  name: string,
  limit: number,
  question: (round: number) => Promise<unknown>,
  rounds = ROUNDS,
): Promise<Figures> {
  // Once before it counts: a first answer has connections to open and plans to make.
  await question(rounds);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    await question(round);
    times.push(performance.now() - began);
  }
  return { name, times, limit };
}

const number = (round: number) => ((round * 7_919) % COUNT) + 1;
const key = (round: number) => `PO-2026-${String(number(round)).padStart(7, '0')}`;
const get = (path: string) => call<{ items: { id: string; key: string }[] }>(hub.url, path);

/** Reads a page's answers at once, as the console does. */
const together = (paths: string[]) => Promise.all(paths.map((path) => call<unknown>(hub.url, path)));

test('the documents are there', () => {
  expect(Number(sql(STORE, 'SELECT count(*) FROM document').trim())).toBeGreaterThanOrEqual(COUNT);
});

test('answers of search, lists and a document’s page', async () => {
  await decides(hub, 'approve');
  const real = `PO-MEASURE-${Date.now()}`;
  await order(hub, `${real}-E`);
  await order(hub, `${real}-S`, { tax_rate: '7' });
  const done = await reaches(hub, `${real}-E`, ended);
  const held = await reaches(hub, `${real}-S`, stopped);
  const instanceOf = async (id: string) => (await get(`instances?document=${id}`)).items[0]?.id ?? '';
  const instances = new Map<string, string>([
    [done.id, await instanceOf(done.id)],
    [held.id, await instanceOf(held.id)],
  ]);
  const page = (id: string) =>
    together([
      `documents/${id}`,
      `documents/${id}/diagnosis`,
      `documents/${id}/story`,
      `instances/${instances.get(id)}/path`,
      `exceptions?document=${id}&state=open`,
    ]);
  const found = async (path: string, least: number) => {
    const { items } = await get(path);
    expect(items.length, path).toBeGreaterThanOrEqual(Math.min(least, COUNT / 1_000));
  };
  told([
    await asked('search: a whole key', SEARCH_MS, (round) => found(`documents?q=${key(round)}`, 1)),
    await asked("search: a partner's key", SEARCH_MS, (round) => found(`documents?q=A-${number(round) * 7}`, 1)),
    await asked('search: a beginning', SEARCH_MS, (round) => found(`documents?q=${key(round).slice(0, 12)}`, 1)),
    await asked('search: an end', SEARCH_MS, (round) => found(`documents?q=${key(round).slice(9)}`, 1)),
    await asked('search: nothing has it', SEARCH_MS, (round) => found(`documents?q=NO-SUCH-${round}`, 0)),
    await asked('search: 500 pasted keys', SEARCH_MS, (round) =>
      command(hub.url, 'documents/find', { keys: Array.from({ length: 500 }, (_, place) => key(round + place)) }),
    ),
    await asked('list: the newest', PAGE_MS, () => found('documents?limit=100', 100)),
    await asked('list: in approval', PAGE_MS, () => found('documents?status=in_approval&limit=100', 100)),
    await asked('list: stopped', PAGE_MS, () => found('documents?standing=stopped&limit=100', 100)),
    await asked('list: in flight', PAGE_MS, () => found('documents?standing=open&limit=100', 100)),
    await asked('list: a status nothing has', PAGE_MS, () => found('documents?status=expired&limit=100', 0)),
    await asked('list: amount and system', PAGE_MS, () =>
      found('documents?amount_from=100&amount_to=150&system=oa_main&limit=100', 51),
    ),
    await asked('list: a month of long ago', PAGE_MS, () =>
      found('documents?since=2025-10-09T09:00:00Z&until=2025-10-09T11:00:00Z&limit=100', 1),
    ),
    await asked(
      'list: a piece of content',
      PAGE_MS,
      (round) => found(`documents?body=${encodeURIComponent(`"${key(round)}"`)}`, 0),
      10,
    ),
    await asked('quick filters with their counts', PAGE_MS, () => call(hub.url, 'documents/counts')),
    await asked('exception desk by cause', PAGE_MS, () => found('exceptions/groups', 7)),
    await asked('exception desk one by one', PAGE_MS, () => found('exceptions?state=open&limit=100', 100)),
    await asked('operations', PAGE_MS, () => together(['ops', 'timers', 'streams', 'connections/health'])),
    await asked('instances of a flow', PAGE_MS, () => found('instances?flow=purchase_order_approval&limit=100', 100)),
    await asked('a document that ended, its first tab', PAGE_MS, () => page(done.id)),
    await asked('a document that stopped, its first tab', PAGE_MS, () => page(held.id)),
    await asked('a document of the mass', PAGE_MS, async (round) => {
      const { items } = await get(`documents?q=${key(round)}`);
      await together([`documents/${items[0]?.id}`, `documents/${items[0]?.id}/story`]);
    }),
  ]);
});

test('two pages in a browser', async () => {
  const { page, context } = await openPage(browser, hub.url, '/help', { token: TOKENS.all });
  const list: number[] = [];
  const open: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    await page
      .getByRole('link', { name: /^Help|Connections/ })
      .first()
      .click();
    await page.getByRole('heading', { level: 1, name: 'Connections' }).waitFor();
    let began = performance.now();
    await page.getByRole('link', { name: 'Documents' }).first().click();
    await page.getByRole('row').nth(1).waitFor();
    list.push(performance.now() - began);
    // From the key that opens the search to the page of the document.
    began = performance.now();
    await page.keyboard.press('Control+k');
    await page.keyboard.insertText(key(round + 5));
    await page
      .getByRole('option', { name: new RegExp(key(round + 5)) })
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/docs\/[0-9a-f-]{36}/);
    await page
      .getByText(key(round + 5))
      .first()
      .waitFor();
    open.push(performance.now() - began);
  }
  told([
    { name: 'the list of documents, from the click to its rows', times: list.slice(2), limit: 500 },
    { name: 'a number, from the first key to its page', times: open.slice(2), limit: 2_000 },
  ]);
  await context.close();
});
