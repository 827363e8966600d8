import { expect, test } from 'vitest';
import { type Choice, conflictsOf, merged, settledText, takenOf } from './merge';

const base = 'a: 1\nb: 2\nc: 3\nd: 4\ne: 5\n';
const text = (mine: string, theirs: string, choice?: Choice, of = base) => settledText(merged(of, mine, theirs), () => choice);

test('what only one of the two changed is taken, wherever it is', () => {
  expect(text(base.replace('2', '20'), base.replace('4', '40'))).toBe('a: 1\nb: 20\nc: 3\nd: 40\ne: 5\n');
  expect(text(base, `${base}f: 6\n`)).toBe(`${base}f: 6\n`);
  expect(text(`# mine\n${base}`, base)).toBe(`# mine\n${base}`);
  expect(text(base, base.replace('c: 3\n', ''))).toBe(base.replace('c: 3\n', ''));
  // Theirs is not a deletion of mine, and mine is not undone by theirs.
  expect(text(base.replace('b: 2\n', ''), `${base}f: 6\n`)).toBe(`${base.replace('b: 2\n', '')}f: 6\n`);
  expect(takenOf(merged(base, base.replace('2', '20'), base.replace('4', '40')))).toBe(1);
});

test('what both changed alike is no conflict', () => {
  const both = base.replace('3', '30');
  expect(text(both, both)).toBe(both);
  expect(text(`${both}mine: 1\n`, both.replace('1', '10'))).toBe(`${both.replace('1', '10')}mine: 1\n`);
  expect(conflictsOf(merged(base, both, both))).toEqual([]);
});

test('what both changed differently is for a person, with what it was', () => {
  const merge = merged(base, base.replace('3', '30'), base.replace('3', '33'));
  expect(conflictsOf(merge)).toEqual([{ mine: ['c: 30'], base: ['c: 3'], theirs: ['c: 33'] }]);
  expect(settledText(merge, () => undefined)).toBeNull();
  expect(settledText(merge, () => 'mine')).toBe(base.replace('3', '30'));
  expect(settledText(merge, () => 'theirs')).toBe(base.replace('3', '33'));
  expect(settledText(merge, () => 'both')).toBe(base.replace('c: 3', 'c: 30\nc: 33'));
});

test('changes of neighbouring lines are one conflict, and none of the two is lost', () => {
  const merge = merged(base, base.replace('2', '20'), base.replace('3', '30'));
  expect(conflictsOf(merge)).toEqual([{ mine: ['b: 20', 'c: 3'], base: ['b: 2', 'c: 3'], theirs: ['b: 2', 'c: 30'] }]);
  expect(settledText(merge, () => 'mine')).toBe(base.replace('2', '20'));
});

test('one deletes what the other changes', () => {
  const merge = merged(base, base.replace('c: 3\n', ''), base.replace('3', '30'));
  expect(conflictsOf(merge)).toEqual([{ mine: [], base: ['c: 3'], theirs: ['c: 30'] }]);
  expect(settledText(merge, () => 'mine')).toBe(base.replace('c: 3\n', ''));
});

test('both add at the same place; several conflicts are chosen each for itself', () => {
  const merge = merged(base, `${base.replace('1', '10')}# mine\n`, `${base.replace('1', '11')}# theirs\n`);
  expect(conflictsOf(merge)).toHaveLength(2);
  expect(settledText(merge, ({ base: was }) => (was.length === 0 ? 'both' : 'theirs'))).toBe(
    `${base.replace('1', '11')}# mine\n# theirs\n`,
  );
  expect(settledText(merge, ({ base: was }) => (was.length === 0 ? undefined : 'mine'))).toBeNull();
});

test('line ends are no difference, and stay mine', () => {
  const windows = base.replaceAll('\n', '\r\n');
  expect(text(windows.replace('2', '20'), base.replace('4', '40'))).toBe('a: 1\r\nb: 20\r\nc: 3\r\nd: 40\r\ne: 5\r\n');
  expect(text(base.replace('2', '20'), windows.replace('4', '40'))).toBe('a: 1\nb: 20\nc: 3\nd: 40\ne: 5\n');
  expect(text(windows.replace('3', '30'), base.replace('3', '30'), undefined, windows)).toBe(windows.replace('3', '30'));
});

test('whether the text ends with a line end is a change like any other', () => {
  const bare = 'a: 1';
  expect(text('a: 1\n', 'a: 1', undefined, bare)).toBe('a: 1\n');
  expect(text('', 'a: 1', undefined, '')).toBe('a: 1');
  expect(text('a: 1', '', undefined, 'a: 1')).toBe('');
  expect(text('中文: 一\n', '中文: 一\n', undefined, '')).toBe('中文: 一\n');
});
