import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import IntlMessageFormat from 'intl-messageformat';
import { expect, test } from 'vitest';
import { faults } from '../../scripts/catalogues';
import { en } from './en';
import { phone } from './en/phone';
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

/** The files of a page's own that an entry leads to. */
function reached(file: string, seen: Set<string> = new Set()): Set<string> {
  const found = ['', '.ts', '.tsx', '/index.ts', '/index.tsx']
    .map((end) => file + end)
    .find((path) => existsSync(path) && statSync(path).isFile());
  if (!found || seen.has(found) || !/\.tsx?$/.test(found) || found.includes('/i18n/')) return seen;
  seen.add(found);
  const text = readFileSync(found, 'utf8');
  for (const [, from] of text.matchAll(/^(?:import|export)(?! type)[^;]*?from '(\.[^']+)'/gm))
    reached(join(dirname(found), from ?? ''), seen);
  return seen;
}

test('the phone has every text that its page names', () => {
  const files = reached(join(import.meta.dirname, '../approve/main.tsx'));
  expect(files.size).toBeGreaterThan(15);
  const missing = [...files].flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const whole = [...text.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((match) => match[1] ?? '').filter((key) => !(key in phone));
    // Of words and made-up keys the beginning is known, and every one of that room has to be there.
    const rooms = [...text.matchAll(/\b(?:t\(\s*`([\w.]+)\.\$|word\('(\w+)')/g)].map((match) => `${match[1] ?? match[2]}.`);
    const lacking = Object.keys(en).filter((key) => rooms.some((room) => key.startsWith(room)) && !(key in phone));
    return [...whole, ...lacking].map((key) => `${file}: ${key}`);
  });
  expect(missing).toEqual([]);
});
