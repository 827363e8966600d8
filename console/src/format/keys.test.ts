import { expect, test } from 'vitest';
import { KEYS_MAX, lookedFor, pastedKeys } from './keys';

test('a column, a line and Chinese separators give keys, each once', () => {
  expect(pastedKeys(' PO-1 \r\nPO-2\n\nPO-1\tPO 3')).toEqual(['PO-1', 'PO-2', 'PO 3']);
  expect(pastedKeys('a，b；c、d')).toEqual(['a', 'b', 'c', 'd']);
  expect(pastedKeys('  ')).toEqual([]);
});

test('more keys than are looked for at once are cut, and it is known how many there were', () => {
  const keys = Array.from({ length: KEYS_MAX + 3 }, (_, index) => `PO-${index}`);
  expect(lookedFor(keys.slice(0, KEYS_MAX))).toEqual({ keys: keys.slice(0, KEYS_MAX), cut: null });
  expect(lookedFor(keys)).toEqual({ keys: keys.slice(0, KEYS_MAX), cut: { max: KEYS_MAX, count: KEYS_MAX + 3 } });
});
