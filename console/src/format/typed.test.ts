import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { grouped, isTyped } from './count';

test('counts are grouped as the language does', () => {
  expect(grouped(1234567, 'en')).toBe('1,234,567');
  expect(grouped(1234567, 'zh-CN')).toBe('1,234,567');
  expect(grouped(37, 'en')).toBe('37');
});

test('a count that is typed to confirm may be grouped or not', () => {
  for (const text of ['12345', '12,345', ' 12 345 ', '12，345']) expect(isTyped(text, 12_345)).toBe(true);
  for (const text of ['1234', '', '12345x', '-12345']) expect(isTyped(text, 12_345)).toBe(false);
});

test('no text has a count that is not grouped', () => {
  const folder = join(import.meta.dirname, '../i18n');
  const files = ['en', 'zh'].flatMap((language) => readdirSync(join(folder, language)).map((file) => join(folder, language, file)));
  expect(files.length).toBeGreaterThan(30);
  const bare = files
    .filter((file) => !file.endsWith('insight.ts'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^.*\{(?:count|total|max|shown|over|passed)\}.*$/gm)].map(String));
  expect(bare).toEqual([]);
});
