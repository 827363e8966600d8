import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { describe as describeConnector, namesUnder } from './connector';
import { example, steps } from './readme';
import { BLANK, egressFor, type Filled, faultOf, fixedEgress, placeFor, read, written } from './text';

const FOLDER = join(import.meta.dirname, '../../../../connectors');
const CONNECTORS = readdirSync(FOLDER).map((id) => {
  const text = readFileSync(join(FOLDER, id, 'connector.yaml'), 'utf8');
  const described = describeConnector(text);
  if (!described) throw new Error(`${id} is not read`);
  return { id, text, described };
});

function page(id: string, name: string): string | null {
  try {
    return readFileSync(join(FOLDER, id, name), 'utf8');
  } catch {
    return null;
  }
}

test('every connector of the gallery says what it can, how it is proven and what it wants', () => {
  expect(CONNECTORS.length).toBeGreaterThan(15);
  for (const { id, text, described } of CONNECTORS) {
    const plain = parse(text) as Record<string, Record<string, unknown>>;
    expect(described.id).toBe(id);
    expect(
      described.settings.map((setting) => setting.name),
      id,
    ).toEqual(Object.keys(plain.settings ?? {}));
    expect(described.operations.map((operation) => operation.id).sort(), id).toEqual(Object.keys(plain.operations ?? {}).sort());
    expect(described.events.map((event) => event.id).sort(), id).toEqual(Object.keys(plain.events ?? {}).sort());
    expect(described.proof.with, id).not.toBe('');
  }
});

test('operations are told apart by what they are to whoever looks for one', () => {
  const of = (id: string) =>
    Object.fromEntries(
      CONNECTORS.find((one) => one.id === id)?.described.operations.map((operation) => [operation.id, operation.ability]) ?? [],
    );
  expect(of('dingtalk')).toMatchObject({
    create_approval: 'creates',
    find_approval: 'finds',
    get_approval: 'reads',
    withdraw_approval: 'changes',
  });
  expect(of('mail')).toEqual({ send: 'creates' });
  expect(of('kingdee_galaxy')).toMatchObject({ create_order: 'creates', find_order: 'finds', release_order: 'changes' });
});

test('a setting has its author’s note, and its default', () => {
  const weaver = CONNECTORS.find((one) => one.id === 'weaver_ecology')?.described;
  expect(weaver?.settings.find((setting) => setting.name === 'secret')).toMatchObject({
    type: 'secret',
    note: '`secrit` of the registration',
    standard: null,
  });
  expect(weaver?.settings.find((setting) => setting.name === 'verdict_approved')?.standard).toBe('1');
});

test('the set-up steps of every manual are read in both languages, and its example fits the connector', () => {
  for (const { id, text, described } of CONNECTORS) {
    const en = page(id, 'README.md');
    if (en === null) continue;
    const readme = { en, zh: page(id, 'README.zh-CN.md') };
    for (const language of ['en', 'zh-CN'] as const) {
      const found = steps(readme, language);
      expect(found.blocks.length, `${id} in ${language}`).toBeGreaterThan(2);
      expect(JSON.stringify(found.blocks), id).not.toMatch(/\]\(|\*\*/);
    }
    const shown = example(readme);
    expect(Object.keys(shown.settings).length, id).toBeGreaterThan(0);
    const names = described.settings.map((setting) => setting.name);
    expect(Object.keys(shown.settings).filter((name) => !names.includes(name))).toEqual([]);
    // The example is a connection that the page itself would take.
    for (const setting of described.settings) {
      const value = shown.settings[setting.name] ?? '';
      if (value !== '') expect(faultOf(setting, value), `${id}.${setting.name}`).toBeNull();
    }
    const filled: Filled = { id: 'one', environment: 'test', settings: shown.settings, egress: shown.egress };
    const plain = parse(written(described, filled)) as { settings: Record<string, unknown>; egress: { allow: string[] } };
    expect(plain.egress.allow, id).toEqual(shown.egress);
    expect(read(described, written(described, filled)), id).not.toBeNull();
    // What the vendor's own text calls is suggested without being asked for.
    expect(shown.egress).toEqual(expect.arrayContaining(fixedEgress(text, shown.egress)));
  }
});

const ERP = CONNECTORS.find((one) => one.id === 'erpnext')?.described ?? CONNECTORS[0]?.described;

test('a connection is written as a person would, and read back the same', () => {
  if (!ERP) throw new Error('no connector');
  const filled: Filled = {
    id: 'erp_main',
    environment: 'test',
    settings: {
      base_url: 'https://erp.example.com',
      api_key: '0123456789',
      api_secret: 'env/ERP_SECRET',
      webhook_secret: 'env/ERP_HOOK',
    },
    egress: ['erp.example.com'],
  };
  expect(written(ERP, filled)).toBe(`format: 1
connection: erp_main
connector: erpnext
environment: test
settings:
  base_url: https://erp.example.com
  api_key: "0123456789"
  api_secret: {secret: env/ERP_SECRET}
  webhook_secret: {secret: env/ERP_HOOK}
egress: {allow: [erp.example.com]}
`);
  expect(read(ERP, written(ERP, filled))).toEqual(filled);
  expect(read(ERP, `${written(ERP, filled)}# by hand\n`)).toBeNull();
  expect(parse(written(ERP, { ...filled, settings: { api_key: 'a: b #c, "d"' } }))).toMatchObject({
    settings: { api_key: 'a: b #c, "d"' },
  });
  expect(written(ERP, BLANK)).not.toContain('settings');
});

test('a secret is asked for by its place, and a pasted one is noticed', () => {
  const secret = { name: 'key', type: 'secret', optional: false, standard: null, note: '' };
  for (const place of ['env/ERP_SECRET', 'file/secrets/erp', placeFor('erp_main', 'api_secret')])
    expect(faultOf(secret, place)).toBeNull();
  for (const pasted of ['hunter2', 'sk-0123abc', 'env/sk-0123abc', 'env/lower', 'store/x'])
    expect(faultOf(secret, pasted)).toBe('not_place');
  expect(faultOf(secret, '')).toBe('needed');
  expect(faultOf({ ...secret, optional: true }, '')).toBeNull();
  expect(placeFor('erp_main', 'api_secret')).toBe('env/WAYBILL_ERP_MAIN_API_SECRET');
});

test('what may be called follows from the addresses among the settings', () => {
  const connector = {
    ...(ERP as NonNullable<typeof ERP>),
    settings: [{ name: 'at', type: 'url', optional: false, standard: null, note: '' }],
  };
  const of = (at: string, fixed: string[] = []) => egressFor(connector, { at }, fixed);
  expect(of('https://erp.example.com/path')).toEqual(['erp.example.com']);
  expect(of('http://10.1.2.3:8080')).toEqual(['10.1.2.3/32']);
  expect(of('https://[2001:db8::1]/x')).toEqual(['2001:db8::1/128']);
  expect(of('http://localhost:8000')).toEqual(['127.0.0.1/32']);
  expect(of('sftp://user@files.example.com:22/drop')).toEqual(['files.example.com:22']);
  expect(of('file:///srv/x')).toEqual([]);
  expect(of('nonsense', ['api.vendor.com'])).toEqual(['api.vendor.com']);
});

test('names under a key are found wherever they stand', () => {
  const text = readFileSync(join(FOLDER, '../mappings/kingdee_order.yaml'), 'utf8');
  expect(namesUnder(text, 'lookup')).toEqual(['kingdee_currencies']);
  expect(namesUnder(text, 'inputs')).toContain('samples/kingdee-order-1.inputs.json');
});
