/** A hub of its own with its mock systems, on free ports of this machine, in a folder that goes when it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { preview } from 'vite';

const ROOT = resolve(import.meta.dirname, '../..');
const PROJECT = [
  'documents',
  'dictionaries',
  'forms',
  'tables',
  'calendars',
  'connectors',
  'mappings',
  'flows',
  'config',
  'samples',
];
/** Starting, from the first process to a hub that is ready. */
const READY_WITHIN_MS = 60_000;

export const TOKENS = {
  all: 'e2e-token-that-may-do-everything',
  reader: 'e2e-token-that-may-only-read-and-no-more',
  lead: 'e2e-token-of-the-lead-who-decides',
  finance: 'e2e-token-of-finance-which-decides',
} as const;

export interface Hub {
  url: string;
  mocks: Record<'erp' | 'oa' | 'finance', string>;
  /** DingTalk's mock, where who works here is read from it. */
  dingtalk: string;
  /** The one-time link by which the first owner comes in, as the hub printed it. */
  link: string;
  /** Where the hub's own files are. */
  folder: string;
  stop: () => Promise<void>;
}

/** The binary: given, or where cargo puts it. */
function binary(): string {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
  const found = [process.env.WAYBILL_BIN, join(target, 'debug/waybill'), join(target, 'release/waybill')].find(
    (path) => path && existsSync(path),
  );
  if (!found) throw new Error('there is no waybill binary: run `cargo build`, or name one in WAYBILL_BIN');
  return found;
}

function freePort(): Promise<number> {
  return new Promise((give, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address && typeof address === 'object' ? give(address.port) : fail(new Error('no port'))));
    });
  });
}

function start(args: string[], cwd: string, env: Record<string, string>): { process: ChildProcess; said: () => string } {
  const child = spawn(binary(), args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (piece) => {
      said = (said + piece).slice(-20_000);
    });
  }
  return { process: child, said: () => said };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 25_000);
  await over;
  clearTimeout(late);
}

async function until<T>(what: string, look: () => Promise<T | undefined | false>, said: () => string): Promise<T> {
  const end = Date.now() + READY_WITHIN_MS;
  while (Date.now() < end) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(`${what} did not come in time; it said:\n${said()}`);
}

interface Wanted {
  store?: string;
  guarded?: boolean;
  company?: boolean;
  elsewhere?: boolean;
  letters?: string;
}

/**
 * `store` is a PostgreSQL to work on instead of a file of its own. `guarded`: it keeps secrets, wants a second person for them,
 * and keeps the supplier's name back. `company`: DingTalk says who works here too.
 * `elsewhere`: it knows who its people are in the OA, so that what the OA asks them stands in their lists.
 * `letters`: an address to which the lead's notices go, with links that decide.
 */
export async function startHub({ store, guarded = false, company = false, elsewhere = false, letters }: Wanted = {}): Promise<Hub> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-e2e-'));
  const vendor = company ? ['--vendor', 'dingtalk'] : [];
  const mock = start(['mock', '--erp-port', '0', '--oa-port', '0', '--finance-port', '0', ...vendor], folder, {});
  const stops = [() => ended(mock.process)];
  const stop = async () => {
    for (const end of stops.reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const addresses = await until(
      'the mock systems',
      async () =>
        parsed(
          mock
            .said()
            .split('\n')
            .find((line) => line.startsWith('{')),
        ),
      mock.said,
    );
    const mocks = { erp: addresses.erp ?? '', oa: addresses.oa ?? '', finance: addresses.finance ?? '' };
    const project = join(folder, 'project');
    mkdirSync(project);
    for (const part of PROJECT) cpSync(join(ROOT, part), join(project, part), { recursive: true });
    // One connector of the gallery is not of this project, so that it can be brought in.
    for (const part of ['connectors/kingdee_galaxy', 'mappings/kingdee_order.yaml', 'dictionaries/kingdee_currencies.yaml'])
      rmSync(join(project, part), { recursive: true });
    point(project, mocks);
    channel(project);
    writeFileSync(
      join(project, 'dictionaries/units.yaml'),
      'format: 1\ndictionary: units\nmissing: keep\ntable: dictionaries/units.csv\n',
    );
    writeFileSync(join(project, 'dictionaries/units.csv'), 'from,to\nbox,CT\npiece,EA\n');
    writeFileSync(join(project, 'flows/house_approval.yaml'), HOUSE);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const config = join(project, 'config/waybill.yaml');
    writeFileSync(config, CONFIG(port, store ?? `sqlite:${join(folder, 'hub.sqlite')}`, guarded, letters !== undefined));
    if (letters) postOffice(project, letters);
    if (elsewhere) appendFileSync(join(project, 'config/connections/oa_main.yaml'), 'people: people_oa\n');
    if (company) staff(project, addresses.dingtalk ?? '');
    if (guarded) appendFileSync(join(project, 'documents/purchase_order.yaml'), 'sensitive: [supplier.name]\n');
    const secret = (name: string) => `whsec_${Buffer.from(`end-to-end secret of ${name}`).toString('base64')}`;
    const env = {
      WAYBILL_DEMO_ERP_SECRET: 'mock-erp-secret',
      WAYBILL_DEMO_OA_SECRET: 'mock-oa-secret',
      WAYBILL_DEMO_FINANCE_SECRET: 'mock-finance-secret',
      WAYBILL_DEMO_ERP_WEBHOOK_SECRET: secret('erp'),
      WAYBILL_DEMO_OA_CALLBACK_SECRET: secret('oa'),
      E2E_TOKEN_ALL: TOKENS.all,
      E2E_TOKEN_READER: TOKENS.reader,
      E2E_TOKEN_LEAD: TOKENS.lead,
      E2E_TOKEN_FINANCE: TOKENS.finance,
      E2E_DINGTALK_SECRET: 'mock-dingtalk-app-secret',
      E2E_MASTER_KEY: 'end-to-end master key, as long as it has to be',
    };
    const hub = start(['serve', '--config', config], folder, env);
    stops.push(() => ended(hub.process));
    await until('the hub', async () => (await fetch(`${url}/ready`)).ok, hub.said);
    const hooks = await connections(url);
    for (const [system, connection, webhook, name] of [
      ['erp', 'erp_hq', 'orders', 'erp'],
      ['oa', 'oa_main', 'approvals', 'oa'],
    ] as const) {
      const hook = hooks.find((item) => item.connection === connection)?.webhooks[webhook] ?? '';
      const address = hook.startsWith('http') ? hook : `${url}${hook.startsWith('/') ? hook : `/hooks/${hook}`}`;
      await post(`${mocks[system]}/__mock/webhook`, { url: address, secret: secret(name), mode: 'thin' });
    }
    // Printed once the doors are open.
    const link = await until('the link of the first owner', async () => /#link=([\w.~-]+)/.exec(hub.said())?.[1], hub.said);
    const front = process.env.WAYBILL_E2E_PAGES === 'preview' ? await before(url) : null;
    if (front) stops.push(front.close);
    return { url: front?.url ?? url, mocks, dingtalk: addresses.dingtalk ?? '', link, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * For writing pages: those of `npm run build` in front of the hub, so that it need not be built anew. What the hub itself does with
 * pages (caching, packing) is then not seen; the suite counts only without this.
 */
async function before(hub: string) {
  const proxy = Object.fromEntries(
    ['/api', '/ready', '/health', '/hooks', '/decide'].map((path) => [path, { target: hub, changeOrigin: false }]),
  );
  // The hub's own policy, with the word that stands in the built pages for what is fresh in each answer of the hub.
  const policy = (await fetch(hub, { headers: { accept: 'text/html' } })).headers.get('content-security-policy') ?? '';
  const headers = { 'content-security-policy': policy.replace(/'nonce-[^']+'/g, "'nonce-__WAYBILL_NONCE__'") };
  const server = await preview({ root: `${import.meta.dirname}/..`, preview: { host: '127.0.0.1', port: 0, proxy, headers } });
  return { url: server.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '', close: () => server.close() };
}

/** A flow whose approvals are our own; the shipped ones leave them to the OA. */
const HOUSE = `format: 1
flow: house_approval
title: {en: House approval, zh: 内部审批}
document: purchase_request
owner: {role: procurement_head}
calendar: cn
start:
  - {api: true}
  # For how its fields are drawn; no request is begun by it.
  - {form: purchase_request, when: "doc.total_gross < decimal('0.00')"}
steps:
  - id: lead
    title: {en: Team lead, zh: 主管审批}
    approve: {by: {user: e1003}, empty: block, fields: {reason: edit, category: edit, urgent: hide}, comment: [reject]}
    due: 2wd
    sets: in_approval
  - id: money
    title: {en: Finance, zh: 财务审批}
    when: steps.lead.outcome == 'approved'
    approve: {by: {role: finance_manager}, empty: block}
    due: 2wd
  - id: verdict
    choose:
      branches:
        - {id: agreed, when: steps.money.outcome == 'approved', steps: [{id: done, end: {outcome: approved, status: approved}}]}
      otherwise: {id: refused, steps: [{id: stop, end: {outcome: rejected, status: rejected}}]}
`;

const CONFIG = (port: number, store: string, guarded: boolean, reached: boolean) => `format: 1
server:
  listen: 127.0.0.1:${port}
${reached ? `  public_url: http://127.0.0.1:${port}\n` : ''}${guarded ? '  four_eyes: [secrets]\n' : ''}  tokens:
    - {name: operator, token: {secret: env/E2E_TOKEN_ALL}}
    - {name: reader, token: {secret: env/E2E_TOKEN_READER}, permissions: [read]}
    - {name: lead, token: {secret: env/E2E_TOKEN_LEAD}, permissions: [read, decide, payloads], person: e1003}
    - {name: finance, token: {secret: env/E2E_TOKEN_FINANCE}, permissions: [read, decide, payloads], person: e1005}
store:
  url: ${store}
${guarded ? '  master_keys: [{id: e2e, key: {secret: env/E2E_MASTER_KEY}}]\n' : ''}gateway:
  allow_loopback: true
project:
  folder: ..
`;

/** The connections of the project speak to the mock systems of this run. */
function point(project: string, mocks: Record<string, string>) {
  const folder = join(project, 'config/connections');
  for (const file of readdirSync(folder)) {
    let text = readFileSync(join(folder, file), 'utf8');
    for (const [from, to] of [
      ['http://127.0.0.1:7101', mocks.erp],
      ['http://127.0.0.1:7102', mocks.oa],
      ['http://127.0.0.1:7103', mocks.finance],
    ] as [string, string][]) {
      text = text.replaceAll(from, to);
    }
    writeFileSync(join(folder, file), text);
  }
  // A difference is no drift while a change of it may be on its way; nobody here wants to wait ten minutes for that.
  for (const name of ['demo_erp', 'demo_oa', 'demo_finance']) {
    const file = join(project, 'connectors', name, 'connector.yaml');
    const text = readFileSync(file, 'utf8').replace('settle: 10m', 'settle: 1s');
    // What journeys change in the ERP behind everybody's back must stay unseen until it is read back: a poll of what changed
    // within the last minute would find it some time or other. Webhooks tell of everything else.
    writeFileSync(file, name === 'demo_erp' ? text.replace('every: 30s', 'every: 12h') : text);
  }
}

/** A way by which notices go out, so that there is one to be seen and chosen; nobody in the journeys is told by it. */
function channel(project: string) {
  const put = (path: string, text: string) => {
    mkdirSync(join(project, path, '..'), { recursive: true });
    writeFileSync(join(project, path), text);
  };
  // With the example that its case names: a project whose cases cannot be run is not published.
  for (const path of ['mappings/notice_to_webhook.yaml', 'samples/notice.inputs.json', 'samples/notice.notice_to_webhook.json'])
    cpSync(join(ROOT, 'examples/notices', path), join(project, path));
  put(
    'config/channels/ops.yaml',
    'format: 1\nchannel: ops\ntitle: {en: Operations room, zh: 运维大屏}\noperation: ops.send\nmap: notice_to_webhook\nto: group\n',
  );
  put(
    'config/connections/ops_room.yaml',
    'format: 1\nconnection: ops_room\nconnector: webhook\nsettings: {url: "http://127.0.0.1:9/hooks", secret: {secret: env/WAYBILL_DEMO_OA_SECRET}}\negress: {allow: [127.0.0.1/32]}\n',
  );
  const bindings = join(project, 'config/bindings.yaml');
  writeFileSync(
    bindings,
    readFileSync(bindings, 'utf8').replace('finance: finance_main}', 'finance: finance_main, ops: ops_room}'),
  );
}

/** The lead is told by webhook, with links that decide by themselves. */
function postOffice(project: string, address: string) {
  const put = (path: string, text: string) => writeFileSync(join(project, path), text);
  put('config/channels/letters.yaml', 'format: 1\nchannel: letters\noperation: letters.send\nmap: notice_to_letters\nto: each\n');
  put(
    'config/connections/letters.yaml',
    `format: 1\nconnection: letters\nconnector: webhook\nsettings: {url: "${address}", secret: {secret: env/WAYBILL_DEMO_OA_CALLBACK_SECRET}}\negress: {allow: [127.0.0.1/32]}\n`,
  );
  put(
    'mappings/notice_to_letters.yaml',
    'format: 1\nmapping: notice_to_letters\ninputs: {notice: notice}\nto: {operation: letters.send}\nfields:\n  - {to: type, text: "task.{{notice.event}}"}\n  - {to: at, value: notice.at}\n  - {to: data.key, value: notice.key}\n  - {to: data.approve, value: notice.approve_url}\n  - {to: data.reject, value: notice.reject_url}\n',
  );
  const bindings = join(project, 'config/bindings.yaml');
  writeFileSync(bindings, readFileSync(bindings, 'utf8').replace('ops: ops_room}', 'ops: ops_room, letters: letters}'));
  const directory = join(project, 'config/directory.yaml');
  const lead = '{id: e1003, ';
  const text = readFileSync(directory, 'utf8').replace(lead, `${lead}channels: [letters], `);
  writeFileSync(directory, `${text}decision_links: {lasts: 3d, sign_in: false}\n`);
}

/** DingTalk's contacts as a source of the directory. */
function staff(project: string, address: string) {
  writeFileSync(
    join(project, 'config/connections/contacts.yaml'),
    `format: 1\nconnection: contacts\nconnector: dingtalk_contacts\nsettings: {base_url: "${address}", app_key: dingmockapp0001, app_secret: {secret: env/E2E_DINGTALK_SECRET}}\negress: {allow: [127.0.0.1/32]}\n`,
  );
  appendFileSync(join(project, 'config/directory.yaml'), 'sources:\n  - {connection: contacts, known_by: number, every: 1d}\n');
}

function parsed(line: string | undefined): Record<string, string> | undefined {
  return line === undefined ? undefined : (JSON.parse(line) as Record<string, string>);
}

async function connections(url: string): Promise<{ connection: string; webhooks: Record<string, string> }[]> {
  return (await call<{ items: { connection: string; webhooks: Record<string, string> }[] }>(url, 'connections')).items;
}

/** A read of the hub's API, to judge pages by what the hub itself says. */
export function call<T>(url: string, path: string): Promise<T> {
  return callAs(TOKENS.all, url, path);
}

/** The same as somebody else. */
export async function callAs<T>(token: string, url: string, path: string): Promise<T> {
  const response = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** A command to the hub's API, to bring about what a page is then looked at for. */
export async function command<T>(
  url: string,
  path: string,
  body: unknown,
  token: string = TOKENS.all,
  method: 'POST' | 'PUT' = 'POST',
  seen?: string,
): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(seen && { 'if-match': seen }) };
  const response = await fetch(`${url}/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Steers a mock system. */
export async function post(address: string, body: unknown, method = 'POST'): Promise<Record<string, unknown>> {
  const response = await fetch(address, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${address}: ${response.status} ${text}`);
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}
