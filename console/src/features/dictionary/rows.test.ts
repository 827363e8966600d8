import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { COLUMNS, read, withCell, withoutRow, withRow } from './rows';

const ROOT = join(import.meta.dirname, '../../../..');
const TEXTS = ['dictionaries', 'examples']
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)))
  .filter((file) => /dictionaries\/[^/]+\.yaml$/.test(file))
  .map((file): [string, string] => [file, readFileSync(join(ROOT, file), 'utf8')]);

test('every dictionary that is shipped is a table, and each cell can be changed and changed back', { timeout: 30_000 }, () => {
  expect(TEXTS.length).toBeGreaterThan(10);
  for (const [file, text] of TEXTS) {
    const { rows } = read(text, 'zh');
    expect(rows.length, file).toBe((parse(text) as { rows: unknown[] }).rows.length);
    for (const row of rows.slice(0, 2))
      for (const column of COLUMNS) {
        const value = column.startsWith('valid') ? '2031-02-03' : '值, "x": 1';
        const after = withCell(text, row.index, column, value, 'zh');
        expect(after, `${file} ${row.index} ${column}`).not.toBeNull();
        const changed = read(after ?? '', 'zh').rows[row.index];
        expect(changed, `${file} ${row.index} ${column}`).toEqual({ ...row, [column]: value });
        const back = withCell(after ?? '', row.index, column, row[column], 'zh') ?? '';
        expect(read(back, 'zh').rows, `${file} ${row.index} ${column}`).toEqual(rows);
        // Every line but the row's own is as it was; the row may have its value in quotes now.
        const lines = text.split('\n');
        const others = back.split('\n').filter((line, at) => line !== lines[at]);
        expect(others.length, `${file} ${row.index} ${column}`).toBeLessThanOrEqual(1);
      }
  }
});

const TEXT = `format: 1
dictionary: tax_codes # ours to theirs
rows:
  # the usual one
  - {from: "13", to: "V13", name: {en: 13 %, zh: 13%}, valid_from: 2019-04-01}
  - {from: 10.50, to: V10}
`;

test('a row is added as others are written, and goes with the comment above it', () => {
  expect(withRow(TEXT, '7', '')).toBe(`${TEXT}  - {from: "7", to: ""}\n`);
  expect(withoutRow(TEXT, 0)).toBe('format: 1\ndictionary: tax_codes # ours to theirs\nrows:\n  - {from: 10.50, to: V10}\n');
  expect(withRow('dictionary: x\nrows: []\n', '7', '')).toBe('dictionary: x\nrows:\n  - {from: "7", to: ""}\n');
  expect(withRow('rows: [] # none yet\n', '7', '')).toBeNull();
});

test('a cell is read as it is written, and an emptied one goes with its key', () => {
  expect(read(TEXT, 'en').rows[1]).toMatchObject({ from: '10.50', to: 'V10', name: '' });
  expect(withCell(TEXT, 0, 'valid_from', '', 'en')).toBe(TEXT.replace(', valid_from: 2019-04-01', ''));
  expect(withCell(TEXT, 0, 'name', 'thirteen', 'en')).toBe(TEXT.replace('en: 13 %', 'en: thirteen'));
  expect(withCell(TEXT, 1, 'name', '十', 'zh')).toBe(TEXT.replace('to: V10}', 'to: V10, name: {zh: 十}}'));
  expect(read('dictionary: x\ntable: codes.csv\n', 'en')).toEqual({ rows: [], table: 'codes.csv' });
});

test('a row that hangs on another is edited with the whole text, or not at all', () => {
  const hung = 'dictionary: x\nrows:\n  - {from: a, to: &t T}\n  - {from: b, to: *t}\n  - {from: c, to: C}\n';
  expect(withCell(hung, 2, 'to', 'D', 'en')).toBe(hung.replace('to: C', 'to: D'));
  expect(withCell(hung, 1, 'from', 'B', 'en')).toBe(hung.replace('from: b', 'from: B'));
  expect(withCell(hung, 1, 'to', 'D', 'en')).toBeNull();
  // What cannot be read as a whole is left to the text.
  expect(withCell(`${hung}missing: [\n`, 2, 'to', 'D', 'en')).toBeNull();
});
