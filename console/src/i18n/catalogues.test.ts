import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import IntlMessageFormat from 'intl-messageformat';
import { expect, test } from 'vitest';
import { faults } from '../../scripts/catalogues';
import { en } from './en';
import { zh } from './zh';

const ROOT = join(import.meta.dirname, '../../..');

test('both languages are complete and agree on what is filled in', () => {
  expect(faults(join(import.meta.dirname, '..'))).toEqual([]);
});

test('every text can be read by the formatter', () => {
  for (const [key, text] of [...Object.entries(en), ...Object.entries(zh)])
    expect(() => new IntlMessageFormat(text, 'en'), key).not.toThrow();
});

test('every problem code of the API has a sentence', () => {
  const source = readFileSync(join(ROOT, 'src/api/codes.rs'), 'utf8');
  const codes = [...source.matchAll(/^ +[A-Z_]+ = "([a-z_]+)", [A-Z_]+,/gm)].map((match) => match[1]);
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !(`problem.of.${code}` in en))).toEqual([]);
});

test('no sentence stands in the code of a page', () => {
  const folder = join(import.meta.dirname, '..');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  // Words between two tags, or in an attribute that people read.
  const literal =
    />\s*([A-Za-z\u4e00-\u9fff]{3,}[^<>{}=]*)<\/|(?:title|label|placeholder|aria-label)="([A-Za-z\u4e00-\u9fff][^"]*)"/g;
  const found = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(literal)].map((match) => `${file}: ${match[1] ?? match[2]}`),
  );
  expect(found.filter((line) => !/Ctrl K/.test(line))).toEqual([]);
});
