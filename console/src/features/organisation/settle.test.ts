import { expect, test } from 'vitest';
import { type Conflict, waysOf } from './settle';

const TEXT = `format: 1
directory: people
sources:
  - {connection: dingtalk, known_by: number, wins: [department]} # once a day
  - connection: hr
users:
  - {id: e1001, name: Li Hui, department: sales}
  - id: 1002
    name: Wu   # as on the badge
departments:
  - {id: "7", title: {en: Buying, zh: 采购}, head: e1001}
`;

const conflict = (more: Partial<Conflict>): Conflict =>
  ({
    about: 'person',
    id: 'e1001',
    name: 'Li Hui',
    field: 'name',
    used: 'Li Hui',
    used_of: null,
    other: '李慧',
    other_of: 'dingtalk',
    unusable: null,
    ...more,
  }) as Conflict;

const made = (more: Partial<Conflict>) => Object.fromEntries(waysOf(conflict(more), TEXT).map(({ way, text }) => [way, text]));

test('the source is let decide, or the file says what the source says', () => {
  expect(made({})).toEqual({
    source: TEXT.replace('wins: [department]', 'wins: [department, name]'),
    copy: TEXT.replace('name: Li Hui', 'name: 李慧'),
  });
});

test('a source without fields of its own gets the first one', () => {
  expect(made({ other_of: 'hr', id: '1002', used: 'Wu', other: 'Wu Gang' })).toEqual({
    source: TEXT.replace('connection: hr\n', 'connection: hr\n    wins: [name]\n'),
    copy: TEXT.replace('name: Wu ', 'name: Wu Gang '),
  });
});

test('where the source counts, the file is let decide again', () => {
  expect(made({ field: 'department', used: '3', used_of: 'dingtalk', other: 'sales', other_of: null })).toMatchObject({
    file: TEXT.replace(', wins: [department]', ''),
  });
});

test('a word that reads as a number stays a text', () => {
  const { copy } = made({ field: 'department', used: '3', used_of: 'dingtalk', other: 'sales', other_of: null });
  expect(copy).toContain('department: "3"');
});

test('a department is settled like a person', () => {
  const { copy } = made({ about: 'department', id: '7', field: 'head', used: 'e1001', other: 'e1002' });
  expect(copy).toBe(TEXT.replace('head: e1001', 'head: e1002'));
});

test('what only the systems can settle is left to them', () => {
  expect(waysOf(conflict({ used_of: 'hr' }), TEXT)).toEqual([]);
  expect(waysOf(conflict({ field: 'active', used: 'false', other: 'true' }), TEXT)).toEqual([]);
  expect(waysOf(conflict({ used: null, unusable: 'nobody' }), TEXT)).toEqual([]);
});

test('whom the text does not name, and a source that stands elsewhere, are left to the text', () => {
  expect(made({ id: 'nobody', other_of: 'elsewhere' })).toEqual({ source: null, copy: null });
});
