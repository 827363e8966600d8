import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCsv, writeCsv } from '../../format/csv';
import { type Field, known, merged, type Plan, plan, ROWS_MAX, tableOf } from './importing';
import { read } from './rows';

const ROOT = join(import.meta.dirname, '../../../..');
const TITLES = new Map<string, Field>([['我方', 'from']]);

function planned(text: string, csv: string): Plan {
  const found = plan(known(text), readCsv(csv), 'en', TITLES);
  if (!found) throw new Error('no plan');
  return found;
}

const TEXT = `format: 1
dictionary: tax_codes # ours to theirs
rows:
  # the usual one
  - {from: "13", to: "V13", name: {en: 13 %, zh: 13%}, valid_from: 2019-04-01} # since the reform
  - from: "10"
    to: V10 # of old
    name: ten
  # gone soon
  - {from: 9, to: V09}
missing: exception
`;

test('every dictionary that is shipped comes back equal from its own table', () => {
  const files = ['dictionaries', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(ROOT, folder, file)),
  );
  const texts = files.filter((file) => /dictionaries\/[^/]+\.yaml$/.test(file)).map((file) => readFileSync(file, 'utf8'));
  expect(texts.length).toBeGreaterThan(10);
  for (const text of [TEXT, ...texts]) {
    const found = planned(text, writeCsv(tableOf(text)).slice(1));
    const rows = read(text, 'en').rows.length;
    expect(found).toEqual({ fresh: [], changed: [], equal: rows, wrong: [], only: [], unknown: [] });
    expect(merged(text, found, true)).toBe(text);
  }
});

test('what a file changes is changed where it stands, with every comment kept', () => {
  const found = planned(
    TEXT,
    '我方,TO,name,Valid_From,note\n13,V13,thirteen,2019/4/1,x\n10,V11,ten,,x\n0,V00,none,2016-05-01,x\n"a, b",true,,,x\n',
  );
  expect(found.unknown).toEqual(['note']);
  expect(found.equal).toBe(0);
  expect(found.changed.map(({ from, changes }) => [from, changes])).toEqual([
    ['13', [{ field: 'name.en', before: '13 %', after: 'thirteen' }]],
    ['10', [{ field: 'to', before: 'V10', after: 'V11' }]],
  ]);
  expect(found.only.map(({ values }) => values.from)).toEqual(['9']);
  const added = '  - {from: "0", to: V00, name: none, valid_from: 2016-05-01}\n  - {from: "a, b", to: "true"}\n';
  const kept = TEXT.replace('en: 13 %', 'en: thirteen').replace('V10 #', 'V11 #');
  expect(merged(TEXT, found, false)).toBe(kept.replace('missing:', `${added}missing:`));
  expect(merged(TEXT, found, true)).toBe(kept.replace('  # gone soon\n  - {from: 9, to: V09}\n', added));
});

test('a cell that is empty takes the value away, and a column that is not there leaves it', () => {
  const emptied = planned(TEXT, 'from,to,name.zh,valid_from\n13,V13,,\n');
  expect(merged(TEXT, emptied, false)).toBe(TEXT.replace(', zh: 13%}, valid_from: 2019-04-01', '}'));
  expect(planned(TEXT, 'from,to\n13,V13\n').equal).toBe(1);
});

test('rows of one value are told apart by their days', () => {
  const text = 'rows:\n  - {from: a, to: x, valid_to: 2020-12-31}\n  - {from: a, to: y, valid_from: 2021-01-01}\n';
  const found = planned(text, 'from,to,valid_from,valid_to\na,z,2021-01-01,2025-12-31\na,x,,2020-12-31\na,w,2026-01-01,\n');
  expect([found.equal, found.changed.length, found.fresh.length, found.only.length]).toEqual([1, 1, 1, 0]);
  expect(merged(text, found, false)).toBe(
    `${text.replace('{from: a, to: y, valid_from: 2021-01-01}', '{from: a, to: z, valid_from: 2021-01-01, valid_to: 2025-12-31}')}  - {from: a, to: w, valid_from: 2026-01-01}\n`,
  );
});

test('each wrong line is told with its reason, and the others are read', () => {
  const lines = [
    'from,to,valid_from,valid_to,name.zh',
    ',V,,,',
    'a,,,,',
    'b,V,2026-02-30,,',
    'c,V,2026-02-01,2026-01-01,',
    'd,V',
    'e,V,,2025-12-31,',
    'e,W,2025-12-31,,',
    '10,V10,,,十',
    'f,V,,,',
    '"open,V,,,',
  ];
  const found = planned(TEXT, lines.join('\n'));
  expect(found.wrong.map(({ line, reason, about }) => [line, reason, about])).toEqual([
    [2, 'no_from', ''],
    [3, 'no_to', 'a'],
    [4, 'bad_date', '2026-02-30'],
    [5, 'ends_before', 'c'],
    [6, 'columns', '2'],
    [8, 'double', '7'],
    [9, 'name_once', 'ten'],
    [11, 'broken', ''],
  ]);
  expect(found.fresh.map(({ from }) => from)).toEqual(['e', 'f']);
  expect(plan(known(TEXT), readCsv('ours;theirs\na;b\n'), 'en', TITLES)).toBeNull();
  expect(plan(known(TEXT), readCsv(''), 'en', TITLES)).toBeNull();
});

test('rows come into a dictionary that has none, and what only the text can change is left to it', () => {
  const empty = 'dictionary: x\nrows: []\nmissing: keep\n';
  expect(merged(empty, planned(empty, 'from,to\na,b\n'), false)).toBe(
    'dictionary: x\nrows:\n  - {from: a, to: b}\nmissing: keep\n',
  );
  const flow = 'rows: [{from: a, to: b}]\n';
  expect(merged(flow, planned(flow, 'from,to\na,c\n'), false)).toBeNull();
  const anchored = 'rows:\n  - &one {from: a, to: b}\n';
  expect(merged(anchored, planned(anchored, 'from,to,valid_from\na,b,2026-01-01\n'), false)).toBeNull();
});

test('as many rows as a text may hold are merged in a moment', { timeout: 30_000 }, () => {
  const line = (index: number, to: string) => `k${index},${to}`;
  const csv = (to: string) => ['from,to', ...Array.from({ length: ROWS_MAX }, (_, index) => line(index, to))].join('\n');
  const text = merged('rows: []\n', planned('rows: []\n', csv('one')), false) ?? '';
  const began = Date.now();
  const found = planned(text, `${csv('two')}\nover,limit\n`);
  expect(found.changed).toHaveLength(ROWS_MAX);
  expect(found.wrong).toMatchObject([{ reason: 'too_many' }]);
  expect(merged(text, found, false)).toBe(text.replaceAll('to: one', 'to: two'));
  console.log(`${ROWS_MAX} rows changed: ${Date.now() - began} ms`);
});

test('as many rows as a text may hold are taken over, and the time does not grow with their square', { timeout: 60_000 }, () => {
  const lines = (count: number, to: string) => Array.from({ length: count }, (_, number) => `${number},${to}${number}\n`).join('');
  const took = (count: number) => {
    const empty = 'format: 1\ndictionary: big\nrows:\n  - {from: first, to: F} # stays\n';
    const begun = performance.now();
    const fresh = planned(empty, `from,to\n${lines(count, 'A')}`);
    const full = merged(empty, fresh, false) ?? '';
    const changed = planned(full, `from,to\n${lines(count, 'B')}`);
    expect(changed.changed).toHaveLength(count);
    const after = merged(full, changed, false) ?? '';
    expect(after).toBe(full.replaceAll(/to: A(\d+)/g, 'to: B$1'));
    return performance.now() - begun;
  };
  took(50);
  const small = took(ROWS_MAX / 10);
  // Ten times as many; what is left of it is for a busy machine.
  expect(took(ROWS_MAX)).toBeLessThan(Math.max(small, 20) * 40);
});
