import { expect, test } from 'vitest';
import { fold } from './story';

const entry = (minute: number, kind: string, en = kind) => ({
  at: new Date(Date.UTC(2026, 8, 28, 10, minute)).toISOString(),
  kind,
  step: 'oa',
  visit: 1,
  words: { en },
});

test('repeats in a row are one line with a count', () => {
  const told = fold([
    entry(0, 'called'),
    entry(1, 'again', 'busy'),
    entry(2, 'again', 'busy'),
    entry(3, 'again', 'gone'),
    entry(4, 'done'),
  ]);
  expect(told.map((item) => [item.entry.kind, item.times])).toEqual([
    ['called', 1],
    ['again', 2],
    ['again', 1],
    ['done', 1],
  ]);
  expect(told[1]?.last).toBe(entry(2, '').at);
});

test('a silence of a tenth of the story is a break; seconds never are', () => {
  const told = fold([entry(0, 'a'), entry(5, 'b'), entry(59, 'c')]);
  expect(told.map((item) => item.gap)).toEqual([null, null, 54 * 60_000]);
  const quick = [0, 900, 1000].map((millis, index) => ({ ...entry(0, `k${index}`), at: new Date(millis).toISOString() }));
  expect(fold(quick).map((item) => item.gap)).toEqual([null, null, null]);
  expect(fold([])).toEqual([]);
});
