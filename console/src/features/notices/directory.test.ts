import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { read, withCalendar, withLinks, withManner } from './directory';

const TEXT = readFileSync(join(import.meta.dirname, '../../../../examples/notices/config/directory.yaml'), 'utf8');

test('what everybody and each person says of notices is read as it is written', () => {
  const found = read(TEXT);
  expect(found.manners).toEqual({ channels: 'mail', quiet: '20:00-08:00', digest: '', language: 'zh', zone: 'Asia/Shanghai' });
  expect([found.calendar, found.lasts, found.signIn, found.table]).toEqual(['cn', '3d', true, null]);
  expect(found.people.map(({ id, manners }) => `${id} ${manners.channels} ${manners.digest}`)).toContain('e1004 wecom 09:00 16:00');
  expect(read('directory: people\nusers: people.csv\n').table).toBe('people.csv');
});

test('a manner is put in, changed and taken away by a small edit', () => {
  const li = read(TEXT).people.findIndex(({ id }) => id === 'e1001');
  expect(withManner(TEXT, li, 'channels', 'mail，wecom')).toBe(TEXT.replace('channels: log}', 'channels: [mail, wecom]}'));
  expect(withManner(TEXT, li, 'channels', '')).toBe(TEXT.replace(', channels: log}', '}'));
  const min = read(TEXT).people.findIndex(({ id }) => id === 'e1004');
  expect(withManner(TEXT, min, 'digest', 'none')).toBe(TEXT.replace('"09:00 16:00"', '"none"'));
  expect(withManner(TEXT, null, 'channels', 'mail ops')).toBe(TEXT.replace('channels: [mail]', 'channels: [mail, ops]'));
  expect(withManner(TEXT, null, 'quiet', '')).toBe(TEXT.replace('quiet: "20:00-08:00"\n', ''));
  expect(withCalendar(TEXT, 'works')).toBe(TEXT.replace('calendar: cn', 'calendar: works'));
});

test('links that decide are put in with their time, and go with it', () => {
  expect(withLinks(TEXT, '8h', false)).toBe(TEXT.replace('{lasts: 3d}', '{lasts: "8h", sign_in: false}'));
  const without = TEXT.replace('decision_links: {lasts: 3d}\n', '');
  expect(withLinks(TEXT, '', true)).toBe(without);
  expect(read(withLinks(without, '2d', true) ?? '').lasts).toBe('2d');
});
